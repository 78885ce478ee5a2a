/*
 * event_batch.h
 *	  A batch: rows of one table or partition that are written together.
 */
#ifndef SPK_EVENTS_EVENT_BATCH_H
#define SPK_EVENTS_EVENT_BATCH_H

#include "postgres.h"

#include "access/heapam.h"
#include "nodes/execnodes.h"

#include "events/event_ahead.h"

/* The most rows of a batch.  A larger one would not stay in the processor's cache. */
#define SPK_BATCH_ROWS 1000

typedef struct SpkBatch
{
	ResultRelInfo		*result;
	CommandId			 command;
	int					 options;
	BulkInsertState		 bulk;
	BufferAccessStrategy strategy;	   /* for the pages that are made ahead */
	bool				 extend;	   /* pages are made ahead */
	bool				 direct;	   /* the slots take tuples, by spk_batch_store */
	SpkPagesAhead		 ahead;		   /* of a direct batch */
	BlockNumber			 last_block;   /* that a row was written to */
	int					 spare_blocks; /* to begin before more are made ahead */

	int				n_slots; /* that are filled */
	TupleTableSlot *slots[SPK_BATCH_ROWS];
	int64			places[SPK_BATCH_ROWS]; /* of the rows in their file, ascending */
} SpkBatch;

/*
 * An empty batch, in the current memory context, for a table or partition whose
 * indexes are open.  shared says that other sessions load into it at the same
 * time; direct that its rows are tuples, for which spk_batch_takes_tuples has to be
 * true.
 */
extern SpkBatch *spk_batch_new(ResultRelInfo *result, CommandId command, bool shared, bool direct);

/* Can rows of this table be tuples of a heap? */
extern bool spk_batch_takes_tuples(Relation rel);

/*
 * The next slot to fill.  spk_batch_keep makes its row, which came from this place
 * in the file, one of the batch; without that the slot is given out again.
 */
extern TupleTableSlot *spk_batch_slot(SpkBatch *batch);
extern void			   spk_batch_keep(SpkBatch *batch, int64 place);

/*
 * Puts a tuple into such a slot of a direct batch.  It is not copied: it has to live
 * until the batch is written, and its header is changed then.
 */
extern void spk_batch_store(TupleTableSlot *slot, HeapTuple tuple);

/*
 * Writes the rows and their index entries, and empties the batch.  While a row's
 * index entries are made, *place is its place, for errors to tell; it is 0 at the
 * end.  To be called in a memory context that is reset soon.
 */
extern void spk_batch_write(SpkBatch *batch, EState *estate, int64 *place);

/* Frees a batch that is empty, and ends its bulk insert into the table. */
extern void spk_batch_release(SpkBatch *batch);

#endif /* SPK_EVENTS_EVENT_BATCH_H */
