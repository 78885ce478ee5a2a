/*
 * train_progress.h
 *	  Notices of how far long training is.
 */
#ifndef SPK_HOST_TRAIN_PROGRESS_H
#define SPK_HOST_TRAIN_PROGRESS_H

#include "postgres.h"

#include "portability/instr_time.h"

typedef struct SpkTrainProgress
{
	instr_time	start;
	double		next_notice;	/* in seconds after the start */
} SpkTrainProgress;

extern void spk_train_progress_start(SpkTrainProgress *progress);

/*
 * Tells in a NOTICE every two seconds, when sparkify.progress is on, how much
 * of what is done and how long the rest should take.  things are "columns
 * binned", "trees grown" and the like.
 */
extern void spk_train_progress(SpkTrainProgress *progress, const char *things, uint32 done, uint32 total);

#endif							/* SPK_HOST_TRAIN_PROGRESS_H */
