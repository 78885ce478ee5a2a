/*
 * json_scan.h
 *	  The foreign data wrapper sparkify_json: what is known of a scan while it runs, and
 *	  what several processes of one share.
 */
#ifndef SPK_EVENTS_JSON_SCAN_H
#define SPK_EVENTS_JSON_SCAN_H

#include "postgres.h"

#include "nodes/execnodes.h"
#include "utils/rel.h"

#include "events/json_chunks.h"
#include "events/json_fdw.h"
#include "events/json_groups.h"

typedef struct SpkSharedTallies SpkSharedTallies;

typedef struct SpkJsonScan
{
	SpkJsonOptions	options;
	SpkBinding	   *binding;
	int			   *columns; /* by attribute: the column of the schema, if that is needed */
	SpkChunks	   *own;	 /* this process's list; NULL in a worker */
	SpkChunks	   *chunks;	 /* the list to take from, own or shared */
	SpkChunkReader *reader;
	bool			in_chunk; /* the reader is aimed at a chunk that is not finished */
	Relation		rel;

	SpkJsonGroups *groups;		/* of a scan that feeds aggregates, or NULL */
	bool		   handing_out; /* groups are handed out, and not made */
	bool		   at_end;		/* all events are in groups */
	bool		   is_reading;	/* this process is counted among those that read */
	int64		   blocks_read; /* likewise: from disks, see json_readers.h */

	uint64			 *wanted;	/* the set of columns that are needed */
	SpkEventTally	 *tally;	/* of this process */
	int64			  finished; /* chunks, of a scan by one process */
	SpkSharedTallies *shared;	/* or NULL */
	bool			  complete; /* everything was read once, and all_seen tells of it */
	SpkEventTally	 *all_seen;

	int64		  skipped;	   /* invalid lines */
	char		 *first_place; /* of the first of them */
	SpkEventFault first_fault;
} SpkJsonScan;

#ifdef USE_ASSERT_CHECKING
/* Checks all that is true of a scan between two rows. */
extern void spk_json_check_scan(const SpkJsonScan *scan);
#else
#define spk_json_check_scan(scan) ((void) 0)
#endif

/* Counts the chunk that was read to its end, and shares what this process has seen. */
extern void spk_json_finish_chunk(SpkJsonScan *scan);

/*
 * For a scan that makes groups, before it takes a chunk and when it takes none for now:
 * what the processes of a parallel one tell each other (see json_readers.h).
 */
extern void spk_json_before_chunk(SpkJsonScan *scan);
extern void spk_json_stop_reading(SpkJsonScan *scan);

/*
 * Keeps what was seen, if everything was read to its end: nothing is known of rows
 * that a LIMIT left out.  A scan that is repeated has seen everything the first
 * time.
 */
extern void spk_json_keep_tally(SpkJsonScan *scan);

/* Sets the callbacks that share a scan among processes. */
extern void spk_json_parallel_routine(FdwRoutine *routine);

#endif /* SPK_EVENTS_JSON_SCAN_H */
