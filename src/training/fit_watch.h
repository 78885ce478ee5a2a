/*
 * fit_watch.h
 *	  A host for fits that processes draw from tickets: its polls tell how many are done.
 */
#ifndef SPK_TRAINING_FIT_WATCH_H
#define SPK_TRAINING_FIT_WATCH_H

#include "postgres.h"

#include "host/progress.h"
#include "training/workers.h"

typedef struct SpkFitWatch
{
	SpkHost			  host;		/* what memory and cancellation come from */
	SpkTrainProgress *progress; /* NULL when nothing is to be told */
	const char		 *unit;		/* what is told, as in "folds scored" */
	SpkTickets		 *tickets;
	uint32			  n_before;	 /* fits that were done before these tickets */
	uint32			  n_planned; /* all fits, those before and those that are still to come */
} SpkFitWatch;

/* The host; the watch must stay where it is as long as the host is used. */
extern SpkHost spk_fit_watch_host(SpkFitWatch *watch);

#endif /* SPK_TRAINING_FIT_WATCH_H */
