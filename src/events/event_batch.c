/*
 * event_batch.c
 *	  Rows of one table that are written together.
 *
 * A smaller form of what COPY FROM does: rows are put straight into slots and
 * written with table_multi_insert.
 */
#include "compat.h"

#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_am.h"
#include "executor/executor.h"
#include "storage/bufmgr.h"
#include "storage/freespace.h"
#include "storage/lmgr.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "events/event_batch.h"

/*
 * A table that several sessions load into grows by this many pages, 1 MB, at a
 * time.  Each session adds them once it has begun as many.
 */
#define EXTEND_BLOCKS 128

#ifdef USE_ASSERT_CHECKING

/* Checks all that is true of a batch while no row is on its way into it. */
static void
check_batch(const SpkBatch *batch)
{
	Oid relid = RelationGetRelid(batch->result->ri_RelationDesc);

	Assert(batch->n_slots >= 0 && batch->n_slots <= SPK_BATCH_ROWS);
	Assert(batch->bulk != NULL && (!batch->extend || batch->strategy != NULL));
	for (int i = 0; i < batch->n_slots; i++)
	{
		Assert(batch->slots[i] != NULL && !TTS_EMPTY(batch->slots[i]));
		Assert(batch->slots[i]->tts_tableOid == relid);
		Assert(batch->places[i] > (i == 0 ? 0 : batch->places[i - 1]));
	}
	for (int i = batch->n_slots; i < SPK_BATCH_ROWS && batch->slots[i] != NULL; i++)
		Assert(TTS_EMPTY(batch->slots[i]));
}

#else
#define check_batch(batch) ((void) 0)
#endif

bool
spk_batch_takes_tuples(Relation rel)
{
	return rel->rd_tableam == GetHeapamTableAmRoutine();
}

SpkBatch *
spk_batch_new(ResultRelInfo *result, CommandId command, bool shared, bool direct)
{
	SpkBatch *batch = palloc0(sizeof(SpkBatch));
	Relation  rel = result->ri_RelationDesc;

	batch->result = result;
	batch->command = command;
	batch->direct = direct;
	if (rel->rd_createSubid != InvalidSubTransactionId)
		batch->options |= TABLE_INSERT_SKIP_FSM;
	batch->bulk = GetBulkInsertState();
	batch->extend = SPK_TABLES_GROW_BY_A_PAGE && shared &&
		rel->rd_rel->relam == HEAP_TABLE_AM_OID && rel->rd_createSubid == InvalidSubTransactionId;
	if (batch->extend)
		batch->strategy = GetAccessStrategy(BAS_BULKWRITE);
	batch->spare_blocks = EXTEND_BLOCKS;
	batch->last_block = InvalidBlockNumber;
	check_batch(batch);
	return batch;
}

/* Slots are made when they are first needed, and are used again. */
TupleTableSlot *
spk_batch_slot(SpkBatch *batch)
{
	TupleTableSlot **slot = &batch->slots[batch->n_slots];

	if (*slot == NULL)
	{
		Relation	  rel = batch->result->ri_RelationDesc;
		MemoryContext oldcontext = MemoryContextSwitchTo(GetMemoryChunkContext(batch));

		*slot = MakeSingleTupleTableSlot(RelationGetDescr(rel),
										 batch->direct ? &TTSOpsHeapTuple :
														 table_slot_callbacks(rel));
		MemoryContextSwitchTo(oldcontext);
	}
	return *slot;
}

/*
 * The heap takes rows as tuples of their own memory, and would copy one that is not.
 * The slot is told that this one is.  empty_slot takes it back, because nobody may free it.
 */
void
spk_batch_store(TupleTableSlot *slot, HeapTuple tuple)
{
	ExecStoreHeapTuple(tuple, slot, false);
	slot->tts_flags |= TTS_FLAG_SHOULDFREE;
}

static void
empty_slot(const SpkBatch *batch, TupleTableSlot *slot)
{
	if (batch->direct)
		slot->tts_flags &= ~TTS_FLAG_SHOULDFREE;
	ExecClearTuple(slot);
}

void
spk_batch_keep(SpkBatch *batch, int64 place)
{
	batch->places[batch->n_slots++] = place;
}

/*
 * Before PostgreSQL 16 a table grows by one page at a time, and sessions that load
 * into it together spend most of their time waiting for each other to do that.  So
 * each session makes many pages at once, and all find them in the free space map.
 */
static void
extend_ahead(SpkBatch *batch)
{
	Relation	rel = batch->result->ri_RelationDesc;
	BlockNumber first = InvalidBlockNumber;
	BlockNumber block = InvalidBlockNumber;

	/* one wait for the lock instead of one for each page */
	LockRelationForExtension(rel, ExclusiveLock);
	for (int i = 0; i < EXTEND_BLOCKS; i++)
	{
		Buffer buffer = ReadBufferExtended(rel, MAIN_FORKNUM, P_NEW, RBM_ZERO_AND_LOCK,
										   batch->strategy);
		Page   page = BufferGetPage(buffer);
		Size   space;

		PageInit(page, BufferGetPageSize(buffer), 0);
		MarkBufferDirty(buffer);
		space = PageGetHeapFreeSpace(page);
		block = BufferGetBlockNumber(buffer);
		UnlockReleaseBuffer(buffer);
		RecordPageWithFreeSpace(rel, block, space);
		if (i == 0)
			first = block;
	}

	/* only now do searches from the top of the map find the pages */
	FreeSpaceMapVacuumRange(rel, first, block + 1);
	UnlockRelationForExtension(rel, ExclusiveLock);
	batch->spare_blocks = EXTEND_BLOCKS;
}

/* Notes the page that a row went to.  Each page that is begun uses up one that was made ahead. */
static void
count_block(SpkBatch *batch, const TupleTableSlot *slot)
{
	BlockNumber block = ItemPointerGetBlockNumber(&slot->tts_tid);

	if (block == batch->last_block)
		return;
	batch->last_block = block;
	batch->spare_blocks--;
}

void
spk_batch_write(SpkBatch *batch, EState *estate, int64 *place)
{
	Relation rel = batch->result->ri_RelationDesc;

	check_batch(batch);
	if (batch->n_slots == 0)
		return;
	if (batch->extend && batch->ahead.most == 0 && batch->spare_blocks <= 0)
		extend_ahead(batch);
	if (batch->direct)
		spk_pages_ahead_insert(&batch->ahead, rel, batch->slots, batch->n_slots, batch->command,
							   batch->options);
	else
		table_multi_insert(rel, batch->slots, batch->n_slots, batch->command, batch->options,
						   batch->bulk);
	for (int i = 0; i < batch->n_slots; i++)
	{
		*place = batch->places[i];
		if (batch->result->ri_NumIndices > 0)
			(void) spk_insert_index_tuples(batch->result, batch->slots[i], estate);
		count_block(batch, batch->slots[i]);
		empty_slot(batch, batch->slots[i]);
	}
	*place = 0;
	batch->n_slots = 0;
	check_batch(batch);
}

void
spk_batch_release(SpkBatch *batch)
{
	for (int i = 0; i < SPK_BATCH_ROWS && batch->slots[i] != NULL; i++)
		ExecDropSingleTupleTableSlot(batch->slots[i]);
	spk_pages_ahead_release(&batch->ahead, batch->result->ri_RelationDesc);
	FreeBulkInsertState(batch->bulk);
	if (batch->strategy != NULL)
		FreeAccessStrategy(batch->strategy);
	table_finish_bulk_insert(batch->result->ri_RelationDesc, batch->options);
	pfree(batch);
}
