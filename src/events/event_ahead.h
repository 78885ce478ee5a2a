/*
 * event_ahead.h
 *	  Pages that a load adds to a heap before it has rows for them.
 */
#ifndef SPK_EVENTS_EVENT_AHEAD_H
#define SPK_EVENTS_EVENT_AHEAD_H

#include "postgres.h"

#include "access/heapam.h"
#include "executor/tuptable.h"
#include "utils/rel.h"

/* The most pages that are made at once.  Each of them is pinned until its turn comes. */
#define SPK_AHEAD_PAGES 32

/* Of one heap; all zeros: none are made ahead. */
typedef struct SpkPagesAhead
{
	BulkInsertState bulk;
	BlockNumber		begin; /* none are made before the heap has this many pages; 0: it has */
	int				most;  /* pages to make at once; 0: none are made */
	int				pages; /* to make the next time */

	Buffer buffers[SPK_AHEAD_PAGES]; /* pages that were made, zeros, pinned and not locked */
	int	   n;
	int	   next; /* the first one that was not begun */
} SpkPagesAhead;

/* Begins, for rows that go to the heap by this bulk insert. */
extern void spk_pages_ahead_init(SpkPagesAhead *ahead, Relation rel, BulkInsertState bulk);

/* table_multi_insert of slots that hold tuples of a heap. */
extern void spk_pages_ahead_insert(SpkPagesAhead *ahead, Relation rel, TupleTableSlot **slots,
								   int n, CommandId command, int options);

/* Gives the pages that were not needed to whoever inserts next. */
extern void spk_pages_ahead_release(SpkPagesAhead *ahead, Relation rel);

#endif /* SPK_EVENTS_EVENT_AHEAD_H */
