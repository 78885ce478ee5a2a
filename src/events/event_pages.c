/*
 * event_pages.c
 *	  Puts rows into the pages of a table, or of the partitions that they belong to.
 *
 * This is what COPY FROM does for tables that need nothing but plain inserts:
 * defaults, constraints, routing to partitions, and a batch of rows for each.
 */
#include "compat.h"

#include "access/tableam.h"
#include "access/tupconvert.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "executor/execPartition.h"
#include "executor/executor.h"
#include "parser/parse_relation.h"

#include "events/event_batch.h"
#include "events/event_defaults.h"
#include "events/event_pages.h"
#include "events/event_plain.h"
#include "events/event_tuple.h"

/*
 * All batches are written when together they have BATCH_BYTES for each of them,
 * but of at most FEW_BATCHES.  More would not stay in the processor's cache.
 */
#define BATCH_BYTES (64 * 1024)
#define FEW_BATCHES 16

/* The most partitions that have a batch at the same time. */
#define MAX_BATCHES 128

/* The WAL writer is woken each time that this much was written. */
#define FLUSH_BYTES (512 * 1024)

struct SpkPages
{
	Relation			   rel;
	SpkBinding			  *binding;
	int64				  *place; /* of the row at work, or 0 */
	bool				   shared;
	EState				  *estate; /* its per-tuple memory holds the batches' rows */
	ResultRelInfo		  *result;
	ModifyTableState	  *modify;	  /* what routing wants to see */
	PartitionTupleRouting *routing;	  /* NULL for an ordinary table */
	TupleTableSlot		  *root_slot; /* for the row that is routed */
	SpkDefaults			  *defaults;  /* of all columns */
	SpkTuples			  *tuples;	  /* makes the rows, or NULL: they are made as Datums */
	CommandId			   command;

	SpkBatch *batches[MAX_BATCHES];
	int		  n_batches;
	SpkBatch *last;		/* the one that got the last row */
	int		  max_rows; /* of a batch; then all are written */
	size_t	  bytes;	/* of the rows that are not written yet, roughly */

	XLogRecPtr asked; /* up to here the WAL writer was asked to flush */
};

#ifdef USE_ASSERT_CHECKING

/* Checks all that is true of the pages between two rows; batches check their own rows. */
static void
check_pages(const SpkPages *pages)
{
	int	 n_rows = 0;
	bool has_last = false;

	Assert(pages->max_rows >= 1 && pages->max_rows <= SPK_BATCH_ROWS);
	Assert(pages->n_batches >= 0 && pages->n_batches <= MAX_BATCHES);
	for (int i = 0; i < pages->n_batches; i++)
	{
		const SpkBatch *batch = pages->batches[i];

		Assert(batch->n_slots <= pages->max_rows);
		for (int k = 0; k < i; k++)
			Assert(pages->batches[k]->result != batch->result);
		n_rows += batch->n_slots;
		has_last |= batch == pages->last;
	}
	Assert(has_last == (pages->last != NULL));
	Assert(pages->routing != NULL ||
		   (pages->n_batches == 1 && pages->last->result == pages->result));
	Assert((n_rows == 0) == (pages->bytes == 0));
	Assert(*pages->place == 0);
}

#else
#define check_pages(pages) ((void) 0)
#endif

static void
prepare_defaults(SpkPages *pages)
{
	int	  natts = RelationGetDescr(pages->rel)->natts;
	bool *want = palloc(sizeof(bool) * Max(natts, 1));

	memset(want, true, sizeof(bool) * natts);
	pages->defaults = spk_defaults_new(pages->rel, want);
	if (pages->defaults->in_step)
		pages->max_rows = 1;
}

static Bitmapset *
inserted_columns(const SpkPages *pages)
{
	Bitmapset *inserted = NULL;

	for (int i = 0; i < RelationGetDescr(pages->rel)->natts; i++)
	{
		if (pages->binding->columns[i] != SPK_EVENT_NO_COLUMN)
			inserted = bms_add_member(inserted, i + 1 - FirstLowInvalidHeapAttributeNumber);
	}
	return inserted;
}

/* Checks the privileges of an INSERT of these columns, and names the relation to the executor. */
static void
open_range_table(SpkPages *pages)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	List		  *permissions = NIL;
	SpkPermission *permission;

	rte->rtekind = RTE_RELATION;
	rte->relid = RelationGetRelid(pages->rel);
	rte->relkind = pages->rel->rd_rel->relkind;
	rte->rellockmode = RowExclusiveLock;
	permission = spk_add_permission(rte, &permissions);
	permission->requiredPerms = ACL_INSERT;
	permission->insertedCols = inserted_columns(pages);
	spk_check_permissions(rte, permissions);
	spk_init_range_table(pages->estate, rte, permissions);
}

/* As COPY does it: routing wants the state of a ModifyTable, which no plan has made here. */
static void
open_routing(SpkPages *pages)
{
	pages->modify = makeNode(ModifyTableState);
	pages->modify->ps.state = pages->estate;
	pages->modify->operation = CMD_INSERT;
	pages->modify->resultRelInfo = pages->result;
	pages->modify->rootResultRelInfo = pages->result;
	pages->routing = spk_setup_routing(pages->estate, pages->modify, pages->rel);
	pages->root_slot = MakeSingleTupleTableSlot(RelationGetDescr(pages->rel),
												pages->tuples != NULL ? &TTSOpsHeapTuple :
																		&TTSOpsVirtual);
}

/* How a row becomes one of the partition whose columns are in another order; or NULL. */
static TupleConversionMap *
partition_map(const SpkPages *pages, ResultRelInfo *result)
{
	return pages->routing == NULL ? NULL : spk_partition_map(result, pages->estate);
}

/*
 * Makes the batch of a table or partition that has none yet; there must be room for it.  The
 * rows become tuples once, in the order of the table's columns, and are used as such where the
 * heap and the partition's columns allow that.
 */
static SpkBatch *
add_batch(SpkPages *pages, ResultRelInfo *result)
{
	MemoryContext oldcontext = MemoryContextSwitchTo(pages->estate->es_query_cxt);
	bool		  direct = pages->tuples != NULL && partition_map(pages, result) == NULL &&
		spk_batch_takes_tuples(result->ri_RelationDesc);
	SpkBatch *batch = spk_batch_new(result, pages->command, pages->shared, direct);

	/* each page that is made ahead is pinned, so only a few tables have some */
	if (direct && pages->n_batches < FEW_BATCHES)
		spk_pages_ahead_init(&batch->ahead, result->ri_RelationDesc, batch->bulk);
	MemoryContextSwitchTo(oldcontext);
	pages->batches[pages->n_batches++] = batch;
	pages->last = batch;
	return batch;
}

SpkPages *
spk_pages_open(Relation rel, SpkBinding *binding, bool shared, int64 *place)
{
	SpkPages	 *pages = palloc0(sizeof(SpkPages));
	MemoryContext oldcontext;

	pages->rel = rel;
	pages->binding = binding;
	pages->place = place;
	pages->shared = shared;
	pages->max_rows = SPK_BATCH_ROWS;
	pages->command = GetCurrentCommandId(true);
	pages->estate = CreateExecutorState();
	oldcontext = MemoryContextSwitchTo(pages->estate->es_query_cxt);

	/* the range table comes first: the result relation stands in it as number 1 */
	open_range_table(pages);
	prepare_defaults(pages);
	/* defaults are made of Datums, and other than heaps have rows of their own */
	if (!pages->defaults->any &&
		(rel->rd_rel->relkind == RELKIND_PARTITIONED_TABLE || spk_batch_takes_tuples(rel)))
		pages->tuples = spk_tuples_new(RelationGetDescr(rel), binding);
	pages->result = makeNode(ResultRelInfo);
	InitResultRelInfo(pages->result, rel, 1, NULL, 0);
	ExecOpenIndices(pages->result, false);
	if (rel->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
		open_routing(pages);
	else
		(void) add_batch(pages, pages->result);
	MemoryContextSwitchTo(oldcontext);
	check_pages(pages);
	return pages;
}

/*
 * Has the WAL writer flush what was written while this process goes on.  Otherwise
 * this process would wait for a flush whenever a page leaves its small ring of
 * buffers, at times with the extension lock held.
 */
static void
ask_for_flush(SpkPages *pages)
{
	if (XactLastRecEnd < pages->asked + FLUSH_BYTES)
		return;
	XLogSetAsyncXactLSN(XactLastRecEnd);
	pages->asked = XactLastRecEnd;
}

void
spk_pages_flush(SpkPages *pages)
{
	EState		 *estate = pages->estate;
	MemoryContext oldcontext = MemoryContextSwitchTo(GetPerTupleMemoryContext(estate));

	check_pages(pages);
	for (int i = 0; i < pages->n_batches; i++)
		spk_batch_write(pages->batches[i], estate, pages->place);
	ask_for_flush(pages);
	/* with many partitions not each may keep a page pinned */
	for (int i = 0; i < pages->n_batches && pages->n_batches > 1; i++)
		ReleaseBulkInsertStatePin(pages->batches[i]->bulk);
	MemoryContextSwitchTo(oldcontext);
	ResetPerTupleExprContext(estate);
	if (pages->tuples != NULL)
		spk_tuples_reset(pages->tuples);
	pages->bytes = 0;
	check_pages(pages);
}

/* Frees all batches, which are empty. */
static void
free_batches(SpkPages *pages)
{
	for (int i = 0; i < pages->n_batches; i++)
		spk_batch_release(pages->batches[i]);
	pages->n_batches = 0;
	pages->last = NULL;
}

/*
 * The partitions there were when the load began have been checked, and locked
 * since then, but others can be attached at any time.
 */
static void
check_partition(const ResultRelInfo *result)
{
	if (!spk_is_plain_partition(result->ri_RelationDesc))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("partition \"%s\" was attached during the load",
						RelationGetRelationName(result->ri_RelationDesc)),
				 errdetail("Its rows need more than plain inserts, those of the others do not."),
				 errhint("Load again.")));
}

static SpkBatch *
find_batch(SpkPages *pages, ResultRelInfo *result)
{
	if (pages->last != NULL && pages->last->result == result)
		return pages->last;
	for (int i = 0; i < pages->n_batches; i++)
	{
		if (pages->batches[i]->result == result)
			return pages->last = pages->batches[i];
	}
	return NULL;
}

static void
fill_slot(SpkPages *pages, TupleTableSlot *slot, const SpkEventRow *row)
{
	ExecClearTuple(slot);
	spk_event_row_datums(row, pages->binding, pages->binding->columns, slot->tts_values,
						 slot->tts_isnull);
	spk_defaults_apply(pages->defaults, GetPerTupleExprContext(pages->estate), slot->tts_values,
					   slot->tts_isnull);
	ExecStoreVirtualTuple(slot);
}

/* Puts the row into a slot of its partition, whose columns may come in another order. */
static void
fill_partition_slot(SpkPages *pages, SpkBatch *batch, TupleTableSlot *slot)
{
	TupleTableSlot	   *root = pages->root_slot;
	TupleConversionMap *map = partition_map(pages, batch->result);

	if (map != NULL)
	{
		(void) execute_attr_map_slot(map->attrMap, root, slot);
		return;
	}
	slot_getallattrs(root);
	ExecClearTuple(slot);
	memcpy(slot->tts_values, root->tts_values, sizeof(Datum) * root->tts_nvalid);
	memcpy(slot->tts_isnull, root->tts_isnull, sizeof(bool) * root->tts_nvalid);
	ExecStoreVirtualTuple(slot);
}

/*
 * The batch of the partition that the row in root_slot belongs to.  When there
 * are too many batches, all are written and freed.  That is not done by
 * spk_pages_flush, which would free the memory that the row is in.
 */
static SpkBatch *
route(SpkPages *pages)
{
	ResultRelInfo *result = ExecFindPartition(pages->modify, pages->result, pages->routing,
											  pages->root_slot, pages->estate);
	SpkBatch	  *batch = find_batch(pages, result);
	int64		   place = *pages->place;

	if (batch != NULL)
		return batch;
	check_partition(result);
	if (pages->n_batches == MAX_BATCHES)
	{
		for (int i = 0; i < pages->n_batches; i++)
			spk_batch_write(pages->batches[i], pages->estate, pages->place);
		free_batches(pages);
		*pages->place = place;
	}
	return add_batch(pages, result);
}

/* Puts the row as Datums into the next slot of its batch. */
static SpkBatch *
add_datums(SpkPages *pages, const SpkEventRow *row)
{
	SpkBatch *batch = pages->last;

	if (pages->routing == NULL)
	{
		fill_slot(pages, spk_batch_slot(batch), row);
		return batch;
	}
	fill_slot(pages, pages->root_slot, row);
	batch = route(pages);
	fill_partition_slot(pages, batch, spk_batch_slot(batch));
	return batch;
}

/* The same of a row that becomes a tuple at once. */
static SpkBatch *
add_tuple(SpkPages *pages, const SpkEventRow *row)
{
	HeapTuple tuple = spk_tuple_make(pages->tuples, row);
	SpkBatch *batch = pages->last;

	if (pages->routing != NULL)
	{
		ExecStoreHeapTuple(tuple, pages->root_slot, false);
		batch = route(pages);
	}
	if (batch->direct)
		spk_batch_store(spk_batch_slot(batch), tuple);
	else
		fill_partition_slot(pages, batch, spk_batch_slot(batch));
	return batch;
}

static bool
is_due(const SpkPages *pages)
{
	return pages->last->n_slots >= pages->max_rows ||
		pages->bytes >= BATCH_BYTES * Min(pages->n_batches, FEW_BATCHES);
}

void
spk_pages_add(SpkPages *pages, const SpkEventRow *row, size_t bytes, int64 place)
{
	EState		   *estate = pages->estate;
	MemoryContext	oldcontext = MemoryContextSwitchTo(GetPerTupleMemoryContext(estate));
	SpkBatch	   *batch;
	TupleTableSlot *slot;
	Relation		rel;

	/* from here on errors are about this row */
	*pages->place = place;
	batch = pages->tuples != NULL ? add_tuple(pages, row) : add_datums(pages, row);
	slot = spk_batch_slot(batch);
	MemoryContextSwitchTo(oldcontext);

	/* now and not when the batch is written, so that the first bad line is the one that is told */
	rel = batch->result->ri_RelationDesc;
	slot->tts_tableOid = RelationGetRelid(rel);
	if (RelationGetDescr(rel)->constr != NULL)
		ExecConstraints(batch->result, slot, estate);
	if (pages->routing == NULL && rel->rd_rel->relispartition)
		(void) ExecPartitionCheck(batch->result, slot, estate, true);

	spk_batch_keep(batch, place);
	*pages->place = 0;
	pages->bytes += bytes;
	if (is_due(pages))
		spk_pages_flush(pages);
}

void
spk_pages_close(SpkPages *pages)
{
	free_batches(pages);
	ExecResetTupleTable(pages->estate->es_tupleTable, false);
	if (pages->routing != NULL)
	{
		ExecDropSingleTupleTableSlot(pages->root_slot);
		ExecCleanupTupleRouting(pages->modify, pages->routing);
	}
	ExecCloseIndices(pages->result);
	FreeExecutorState(pages->estate);
}
