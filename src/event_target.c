/*
 * event_target.c
 *	  The table that events are loaded into.
 *
 * A smaller form of what COPY FROM does: rows are put straight into slots and
 * written a batch at a time with table_multi_insert.  What that cannot do right
 * (triggers, row security, partition routing, generated columns) is refused,
 * with INSERT ... SELECT as the way out.
 */
#include "compat.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/catalog.h"
#include "catalog/pg_am.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "rewrite/prs2lock.h"
#include "rewrite/rewriteHandler.h"
#include "storage/bufmgr.h"
#include "storage/freespace.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"

#include "event_target.h"

/*
 * A batch is written when it has so many rows or bytes; a larger one would not
 * stay in the processor's cache.
 */
#define BATCH_ROWS		1000
#define BATCH_BYTES		(64 * 1024)

/*
 * A table that several sessions load into grows by so many pages, once each of
 * them has filled as many: 1 MB.
 */
#define EXTEND_BLOCKS	128

struct SpkEventTarget
{
	Relation	rel;
	EState	   *estate;			/* its per-tuple memory holds a batch */
	ResultRelInfo *result;
	int		   *columns;		/* by attribute: the event's column */
	ExprState **defaults;		/* by attribute: or NULL */
	BulkInsertState bulk;
	BufferAccessStrategy strategy;
	CommandId	command;
	int			options;
	bool		extend;			/* make pages ahead */
	BlockNumber last_block;		/* of the rows written */
	int			spare_blocks;	/* to fill before more are made ahead */

	TupleTableSlot *slots[BATCH_ROWS];
	int64		places[BATCH_ROWS];
	int			n_slots;		/* filled */
	int			max_slots;
	size_t		bytes;
	int64		place;
};

static void
refuse(Relation rel, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_WRONG_OBJECT_TYPE),
			 errmsg("cannot load events into \"%s\"", RelationGetRelationName(rel)),
			 errdetail("%s", detail),
			 errhint("Use INSERT ... SELECT * FROM churn_read_events(...).")));
}

static bool
has_insert_trigger(const TriggerDesc *triggers)
{
	return triggers != NULL &&
		(triggers->trig_insert_before_row || triggers->trig_insert_after_row ||
		 triggers->trig_insert_instead_row ||
		 triggers->trig_insert_before_statement ||
		 triggers->trig_insert_after_statement ||
		 triggers->trig_insert_new_table);
}

static bool
has_insert_rule(const RuleLock *rules)
{
	for (int i = 0; rules != NULL && i < rules->numLocks; i++)
	{
		if (rules->rules[i]->event == CMD_INSERT)
			return true;
	}
	return false;
}

/* Foreign keys and deferrable constraints are triggers too. */
static void
check_relation(Relation rel)
{
	TupleDesc	tupdesc = RelationGetDescr(rel);

	if (rel->rd_rel->relkind != RELKIND_RELATION)
		refuse(rel, "It is not an ordinary table.");
	if (IsSystemRelation(rel))
		refuse(rel, "It is a system catalog.");
	if (RELATION_IS_OTHER_TEMP(rel))
		refuse(rel, "It is a temporary table of another session.");
	if (has_insert_trigger(rel->trigdesc))
		refuse(rel, "It has triggers, foreign keys or deferrable constraints.");
	if (has_insert_rule(rel->rd_rules))
		refuse(rel, "It has rules for INSERT.");
	if (check_enable_rls(RelationGetRelid(rel), InvalidOid, false) == RLS_ENABLED)
		refuse(rel, "Row-level security applies to it.");
	for (int i = 0; i < tupdesc->natts; i++)
	{
		if (TupleDescAttr(tupdesc, i)->attgenerated != '\0')
			refuse(rel, "It has generated columns.");
	}
}

static void
check_privilege(Oid relid)
{
	AclResult	result = pg_class_aclcheck(relid, GetUserId(), ACL_INSERT);
	char		relkind = get_rel_relkind(relid);
	char	   *name = get_rel_name(relid);

	if (relkind == '\0' || name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relid)));
	if (result != ACLCHECK_OK)
		aclcheck_error(result, get_relkind_objtype(relkind), name);
}

/* Without these a row is no event that anything here could use. */
static void
check_columns(Relation rel, const int *columns)
{
	static const SpkEventColumn required[] = {
		SPK_COL_TS, SPK_COL_USERID, SPK_COL_SESSIONID, SPK_COL_PAGE
	};
	int			natts = RelationGetDescr(rel)->natts;

	for (int i = 0; i < lengthof(required); i++)
	{
		int			att = 0;

		while (att < natts && columns[att] != required[i])
			att++;
		if (att == natts)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("cannot load events into \"%s\"",
							RelationGetRelationName(rel)),
					 errdetail("It has no column \"%s\".",
							   spk_columns[required[i]].name),
					 errhint("CREATE TABLE ... OF churn_event makes a table with all columns.")));
	}
}

/*
 * Prepares the defaults of the columns beyond the event's.  A volatile default
 * may look at the table, so each row must then be there before the next; a
 * sequence does no such thing.
 */
static void
prepare_defaults(SpkEventTarget *target)
{
	TupleDesc	tupdesc = RelationGetDescr(target->rel);

	target->defaults = palloc0(sizeof(ExprState *) * Max(tupdesc->natts, 1));
	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);
		Expr	   *expr;

		if (att->attisdropped || target->columns[i] != SPK_NO_COLUMN)
			continue;
		expr = (Expr *) build_column_default(target->rel, i + 1);
		if (expr == NULL)
		{
			/* a NULL of a domain would have to be checked */
			if (get_typtype(att->atttypid) == TYPTYPE_DOMAIN)
				refuse(target->rel, "It has a further column of a domain type without a default.");
			continue;
		}
		expr = expression_planner(expr);
		if (contain_volatile_functions_not_nextval((Node *) expr))
			target->max_slots = 1;
		target->defaults[i] = ExecInitExpr(expr, NULL);
	}
}

static void
open_result(SpkEventTarget *target)
{
	MemoryContext oldcontext;

	target->estate = CreateExecutorState();
	oldcontext = MemoryContextSwitchTo(target->estate->es_query_cxt);
	target->result = makeNode(ResultRelInfo);
	InitResultRelInfo(target->result, target->rel, 0, NULL, 0);
	ExecOpenIndices(target->result, false);
	MemoryContextSwitchTo(oldcontext);

	target->bulk = GetBulkInsertState();
	target->strategy = GetAccessStrategy(BAS_BULKWRITE);
	target->command = GetCurrentCommandId(true);
	if (target->rel->rd_createSubid != InvalidSubTransactionId)
		target->options |= TABLE_INSERT_SKIP_FSM;
}

SpkEventTarget *
spk_target_open(Oid relid, bool shared)
{
	SpkEventTarget *target = palloc0(sizeof(SpkEventTarget));

	/* first without the lock, so that nobody locks what is not theirs */
	check_privilege(relid);
	LockRelationOid(relid, RowExclusiveLock);
	check_privilege(relid);
	target->rel = table_open(relid, NoLock);
	check_relation(target->rel);
	if (!target->rel->rd_islocaltemp)
		PreventCommandIfReadOnly("churn_load_events()");

	target->columns = spk_bind_columns(RelationGetDescr(target->rel));
	check_columns(target->rel, target->columns);
	target->max_slots = BATCH_ROWS;
	target->extend = PG_VERSION_NUM < 160000 && shared &&
		target->rel->rd_rel->relam == HEAP_TABLE_AM_OID &&
		target->rel->rd_createSubid == InvalidSubTransactionId;
	target->spare_blocks = EXTEND_BLOCKS;
	target->last_block = InvalidBlockNumber;
	prepare_defaults(target);
	open_result(target);
	return target;
}

/*
 * Before PostgreSQL 16 a table grows by a page at a time, and sessions that
 * load into it together mostly wait for each other to do that.  So each makes
 * many at once, which all of them find in the free space map.
 */
static void
extend_ahead(SpkEventTarget *target)
{
	Relation	rel = target->rel;
	BlockNumber first = InvalidBlockNumber;
	BlockNumber block = InvalidBlockNumber;

	LockRelationForExtension(rel, ExclusiveLock);
	for (int i = 0; i < EXTEND_BLOCKS; i++)
	{
		Buffer		buffer = ReadBufferExtended(rel, MAIN_FORKNUM, P_NEW,
												RBM_ZERO_AND_LOCK, target->strategy);
		Page		page = BufferGetPage(buffer);
		Size		space;

		PageInit(page, BufferGetPageSize(buffer), 0);
		MarkBufferDirty(buffer);
		space = PageGetHeapFreeSpace(page);
		block = BufferGetBlockNumber(buffer);
		UnlockReleaseBuffer(buffer);
		RecordPageWithFreeSpace(rel, block, space);
		if (i == 0)
			first = block;
	}
	FreeSpaceMapVacuumRange(rel, first, block + 1);
	UnlockRelationForExtension(rel, ExclusiveLock);
	target->spare_blocks = EXTEND_BLOCKS;
}

/* Notes the page of a row; each page that is begun uses up one made ahead. */
static void
count_block(SpkEventTarget *target, const TupleTableSlot *slot)
{
	BlockNumber block = ItemPointerGetBlockNumber(&slot->tts_tid);

	if (block == target->last_block)
		return;
	target->last_block = block;
	target->spare_blocks--;
}

void
spk_target_flush(SpkEventTarget *target)
{
	EState	   *estate = target->estate;
	MemoryContext oldcontext = MemoryContextSwitchTo(GetPerTupleMemoryContext(estate));

	if (target->extend && target->n_slots > 0 && target->spare_blocks <= 0)
		extend_ahead(target);
	if (target->n_slots > 0)
	{
		table_multi_insert(target->rel, target->slots, target->n_slots,
						   target->command, target->options, target->bulk);

		/*
		 * Has the WAL writer flush what was written, while this process goes on.
		 * Otherwise it waits for that at each page of its small ring that is
		 * written out, at times with the extension lock held.
		 */
		if (RelationNeedsWAL(target->rel))
			XLogSetAsyncXactLSN(XactLastRecEnd);
	}
	for (int i = 0; i < target->n_slots; i++)
	{
		target->place = target->places[i];
		if (target->result->ri_NumIndices > 0)
			(void) spk_insert_index_tuples(target->result, target->slots[i], estate);
		count_block(target, target->slots[i]);
		ExecClearTuple(target->slots[i]);
	}
	MemoryContextSwitchTo(oldcontext);
	ResetPerTupleExprContext(estate);

	target->place = 0;
	target->n_slots = 0;
	target->bytes = 0;
}

/* Slots are made when the first batch needs them and used again. */
static TupleTableSlot *
next_slot(SpkEventTarget *target)
{
	TupleTableSlot **slot = &target->slots[target->n_slots];

	if (*slot == NULL)
	{
		MemoryContext oldcontext =
			MemoryContextSwitchTo(target->estate->es_query_cxt);

		*slot = table_slot_create(target->rel, &target->estate->es_tupleTable);
		MemoryContextSwitchTo(oldcontext);
	}
	return *slot;
}

static void
eval_defaults(SpkEventTarget *target, TupleTableSlot *slot)
{
	ExprContext *econtext = GetPerTupleExprContext(target->estate);
	int			natts = RelationGetDescr(target->rel)->natts;

	for (int i = 0; i < natts; i++)
	{
		if (target->defaults[i] != NULL)
			slot->tts_values[i] = ExecEvalExpr(target->defaults[i], econtext,
											   &slot->tts_isnull[i]);
	}
}

void
spk_target_add(SpkEventTarget *target, const SpkEventRow *row, size_t bytes,
			   int64 place)
{
	EState	   *estate = target->estate;
	TupleTableSlot *slot = next_slot(target);
	MemoryContext oldcontext;

	target->place = place;
	oldcontext = MemoryContextSwitchTo(GetPerTupleMemoryContext(estate));
	ExecClearTuple(slot);
	spk_row_datums(row, target->columns, RelationGetDescr(target->rel)->natts,
				   slot->tts_values, slot->tts_isnull);
	eval_defaults(target, slot);
	ExecStoreVirtualTuple(slot);
	slot->tts_tableOid = RelationGetRelid(target->rel);
	MemoryContextSwitchTo(oldcontext);

	if (RelationGetDescr(target->rel)->constr != NULL)
		ExecConstraints(target->result, slot, estate);
	if (target->rel->rd_rel->relispartition)
		(void) ExecPartitionCheck(target->result, slot, estate, true);

	target->places[target->n_slots++] = place;
	target->place = 0;
	target->bytes += bytes;
	if (target->n_slots >= target->max_slots || target->bytes >= BATCH_BYTES)
		spk_target_flush(target);
}

uint32
spk_target_columns(const SpkEventTarget *target)
{
	int			natts = RelationGetDescr(target->rel)->natts;
	uint32		columns = 0;

	for (int i = 0; i < natts; i++)
	{
		if (target->columns[i] != SPK_NO_COLUMN)
			columns |= UINT32_C(1) << target->columns[i];
	}
	return columns;
}

int64
spk_target_place(const SpkEventTarget *target)
{
	return target->place;
}

void
spk_target_close(SpkEventTarget *target)
{
	spk_target_flush(target);
	FreeBulkInsertState(target->bulk);
	FreeAccessStrategy(target->strategy);
	table_finish_bulk_insert(target->rel, target->options);
	ExecResetTupleTable(target->estate->es_tupleTable, false);
	ExecCloseIndices(target->result);
	FreeExecutorState(target->estate);
	table_close(target->rel, NoLock);
}
