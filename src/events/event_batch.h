/*
 * event_batch.h
 *	  Rows of one table that are written together.
 */
#ifndef SPK_EVENTS_EVENT_BATCH_H
#define SPK_EVENTS_EVENT_BATCH_H

#include "postgres.h"

#include "access/heapam.h"
#include "nodes/execnodes.h"

/* No batch has more rows; a larger one would not stay in the processor's cache. */
#define SPK_BATCH_ROWS 1000

typedef struct SpkBatch
{
	ResultRelInfo		*result;
	CommandId			 command;
	int					 options;
	BulkInsertState		 bulk;
	BufferAccessStrategy strategy;	   /* of pages made ahead */
	bool				 extend;	   /* make pages ahead */
	BlockNumber			 last_block;   /* of the rows written */
	int					 spare_blocks; /* to fill before more are made ahead */

	int				n_slots; /* filled */
	TupleTableSlot *slots[SPK_BATCH_ROWS];
	int64			places[SPK_BATCH_ROWS];
} SpkBatch;

/*
 * An empty batch for a table whose indexes are open, in the current memory
 * context.  shared says that other sessions write at the same time.
 */
extern SpkBatch *spk_batch_create(ResultRelInfo *result, CommandId command, bool shared);

/* The next slot to fill; it belongs to the batch from spk_batch_keep on. */
extern TupleTableSlot *spk_batch_slot(SpkBatch *batch);
extern void			   spk_batch_keep(SpkBatch *batch, int64 place);

/*
 * Writes the rows and their index entries and empties the batch, with the place
 * of the row at work in *place.  To be called in memory that is reset soon.
 */
extern void spk_batch_write(SpkBatch *batch, EState *estate, int64 *place);

/* Frees an empty batch; the table is done with when it is the last one of it. */
extern void spk_batch_free(SpkBatch *batch);

#endif /* SPK_EVENTS_EVENT_BATCH_H */
