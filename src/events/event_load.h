/*
 * event_load.h
 *	  A load of files of JSON lines into a table.
 */
#ifndef SPK_EVENTS_EVENT_LOAD_H
#define SPK_EVENTS_EVENT_LOAD_H

#include "postgres.h"

#include "events/event_load_options.h"
#include "events/event_source.h"
#include "events/event_target.h"
#include "host/progress.h"

typedef struct SpkEventLoad
{
	const SpkLoadOptions *options;
	MemoryContext		  context;		/* what a file needs is made below it */
	MemoryContext		  file_context; /* of the current file */
	SpkEventSource		 *source;		/* of the current file, or NULL */
	SpkEventTarget		 *target;
	SpkLoadProgress		  progress;
	SpkEventTally		  tally;
	int64				  rows;
	int64				  rejected;
	int64				  bytes; /* of the lines of the files before */
	int64				  read;	 /* of those files */

	/* when a statement pulls the rows */
	int					 number;
	struct SpkEventLoad *outer;	   /* whose target's trigger began this load */
	struct SpkEventLoad *scan;	   /* the reading of its files that began last */
	bool				 complete; /* a reading has come to its end */

	/* of such a reading */
	int	  next_path;
	int64 place;  /* of the row that was pulled last */
	bool  silent; /* another one told of everything */
} SpkEventLoad;

/* Opens a file of the load: its events come by spk_load_next. */
extern void spk_load_open_file(SpkEventLoad *load, const char *path);

/* Moves to the next event of the current file; false at its end. */
extern bool spk_load_next(SpkEventLoad *load);

/* Closes the current file and counts it. */
extern void spk_load_close_file(SpkEventLoad *load);

/* A number that no load at work has. */
extern int spk_load_number(void);

/* Runs the target's statement, which pulls the rows by sparkify_loading_events. */
extern void spk_load_pull(SpkEventLoad *load);

#endif /* SPK_EVENTS_EVENT_LOAD_H */
