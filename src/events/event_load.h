/*
 * event_load.h
 *	  A load of files of JSON lines into a table, for the two ways that rows take:
 *	  pushed into the target, or pulled by the target's statement.
 */
#ifndef SPK_EVENTS_EVENT_LOAD_H
#define SPK_EVENTS_EVENT_LOAD_H

#include "postgres.h"

#include "events/event_load_options.h"
#include "events/event_source.h"
#include "events/event_target.h"
#include "host/progress.h"

/*
 * A load, or one reading of a load's files by a statement that pulls its rows.
 * All zeros in the beginning but for the options and the context.
 */
typedef struct SpkEventLoad
{
	const SpkLoadOptions *options;
	MemoryContext		  context;		/* that of each file is made below it */
	MemoryContext		  file_context; /* of the current file */
	SpkEventSource		 *source;		/* of the current file, or NULL */
	SpkEventTarget		 *target;
	SpkLoadProgress		  progress;
	SpkEventTally		 *tally;	/* of the events read */
	int64				  rows;		/* read, or in the end those that a statement reports */
	int64				  rejected; /* lines */
	int64				  bytes;	/* of the lines of the files that are closed */
	int64				  read;		/* of those files as they are, see bytes_read */
	int64				  n_whole;	/* files so far of which each goes to one part as a whole */
#ifdef USE_ASSERT_CHECKING
	int64 n_lines; /* of those files, blank ones left out */
#endif

	/* of a load whose rows a statement pulls */
	int					 number;
	struct SpkEventLoad *outer;	   /* the load whose target's trigger began this one */
	struct SpkEventLoad *scan;	   /* the reading of its files that began last, or NULL */
	bool				 complete; /* a reading has come to the end of the files */

	/* of a reading */
	int	  next_path; /* in options->paths */
	int64 place;	 /* of the row that was pulled last */
	bool  silent;	 /* a reading before it has told all faults */
} SpkEventLoad;

/*
 * Opens a file of the load, whose events spk_load_next gives.  Errors are those of
 * spk_source_open.  In a load in parts it gives those of the part.
 */
extern void spk_load_open_file(SpkEventLoad *load, const char *path);

/*
 * Moves to the next event of the current file, which is load->source->row; false
 * at the file's end.  Faults on the way are told and counted, or are errors, as
 * the options say.
 */
extern bool spk_load_next(SpkEventLoad *load);

/* Closes the current file, frees what it needed and counts its bytes. */
extern void spk_load_close_file(SpkEventLoad *load);

/* A number for a load, which no load at work has. */
extern int spk_load_number(void);

/*
 * Runs the target's statement, which pulls the rows by sparkify_loading_events.
 * Fills in the load's counts.
 */
extern void spk_load_pull(SpkEventLoad *load);

#endif /* SPK_EVENTS_EVENT_LOAD_H */
