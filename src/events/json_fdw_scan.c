/*
 * json_fdw_scan.c
 *	  The foreign data wrapper sparkify_json: execution.
 *
 * A scan by one process reads each file as one chunk, so that errors can tell line
 * numbers; json_fdw_parallel.c has those by several.  A scan either returns an event as a
 * row, or makes groups of events (json_groups.h) and returns these.
 */
#include "compat.h"

#include SPK_EXPLAIN_STATE_H
#include "access/parallel.h"
#include "access/table.h"
#include "executor/executor.h"
#include "executor/instrument.h"
#include "jit/jit.h"
#include "utils/rel.h"

#include "events/event_row.h"
#include "events/event_tell.h"
#include "events/json_fdw_explain.h"
#include "events/json_fdw_upper.h"
#include "events/json_scan.h"

/* Binds the columns of the table, and notes those that the attributes needed mean. */
static void
bind_columns(SpkJsonScan *scan, Relation rel, const List *needed)
{
	SpkBinding *binding = spk_json_binding(rel, NULL);
	ListCell   *cell;

	scan->binding = binding;
	scan->wanted = palloc0(SPK_BITS_WORDS(binding->schema->n_columns) * sizeof(uint64));
	scan->columns = palloc(sizeof(int) * Max(binding->natts, 1));
	for (int i = 0; i < binding->natts; i++)
		scan->columns[i] = SPK_EVENT_NO_COLUMN;
	foreach (cell, needed)
	{
		int i = lfirst_int(cell) - 1;

		scan->columns[i] = binding->columns[i];
		if (scan->columns[i] != SPK_EVENT_NO_COLUMN)
			spk_bits_add(scan->wanted, scan->columns[i]);
	}
	scan->tally = spk_tally_new(binding->schema);
	scan->all_seen = spk_tally_new(binding->schema);
}

/*
 * The planner has expressions compiled in plans that cost much.  Where that is the reading
 * of events, for which the executor computes nothing, compiling them in each process takes
 * longer than all that they are for.  Nodes above, and workers, begin later than this.
 */
static void
leave_uncompiled(ForeignScanState *node, const SpkJsonGroups *groups)
{
	EState	   *estate = node->ss.ps.state;
	const Plan *whole = estate->es_plannedstmt->planTree;

	if (estate->es_jit_flags == PGJIT_NONE || spk_json_groups_compute(groups) ||
		whole->total_cost - node->ss.ps.plan->total_cost >= jit_above_cost)
		return;
	estate->es_jit_flags = PGJIT_NONE;
	/* what was made before is compiled when it is used */
	ExecAssignScanProjectionInfoWithVarno(&node->ss, INDEX_VAR);
}

/* Begins a scan.  A worker of a parallel one gets its list of files later, from shared memory. */
static void
begin_scan(ForeignScanState *node, int eflags)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	SpkJsonScan *scan = palloc0(sizeof(SpkJsonScan));

	node->fdw_state = scan;
	/* a scan of groups has no table of its own for the executor */
	scan->rel = node->ss.ss_currentRelation;
	if (scan->rel == NULL)
		scan->rel = table_open(linitial_oid(list_nth(plan->fdw_private, SPK_SCAN_GROUPS_OF)),
							   AccessShareLock);
	scan->options = spk_json_options(RelationGetRelid(scan->rel));
	bind_columns(scan, scan->rel, list_nth(plan->fdw_private, SPK_SCAN_NEEDED));
	if (eflags & EXEC_FLAG_EXPLAIN_ONLY)
		return;

	if (plan->scan.scanrelid == 0)
	{
		scan->groups = spk_json_groups_new(node, scan->binding);
		leave_uncompiled(node, scan->groups);
	}

	scan->reader = spk_chunk_reader_new(scan->binding, scan->wanted);
	scan->reader->tally = scan->tally;
	if (plan->scan.plan.parallel_aware && IsParallelWorker())
		return;
	scan->own = spk_chunks_new(scan->options.filename, false);
	scan->chunks = scan->own;
}

/* Aims the reader at the next chunk; false at the end. */
static bool
next_chunk(SpkJsonScan *scan)
{
	int64 chunk;

	if (scan->groups != NULL)
		spk_json_before_chunk(scan);
	if (scan->chunks == NULL || !spk_chunks_take(scan->chunks, &chunk))
	{
		spk_chunk_reader_release(scan->reader);
		return false;
	}
	spk_chunk_reader_aim(scan->reader, scan->chunks, chunk);
	scan->in_chunk = true;
	return true;
}

static void
handle_fault(ForeignScanState *node, SpkJsonScan *scan)
{
	SpkEventSource *source = scan->reader->source;
	MemoryContext	oldcontext;

	if (!scan->options.skip_faults)
	{
		/* an event before it may be an error, too */
		if (scan->groups != NULL)
			spk_json_groups_feed(scan->groups);
		spk_source_report(source, ERROR);
	}
	if (scan->skipped++ > 0)
		return;
	oldcontext = MemoryContextSwitchTo(node->ss.ps.state->es_query_cxt);
	scan->first_place = spk_source_place(source, source->lines->place);
	scan->first_fault = source->fault;
	MemoryContextSwitchTo(oldcontext);
}

/* Moves to the next event, and returns it; NULL at the end. */
static const SpkEventRow *
next_event(ForeignScanState *node, SpkJsonScan *scan)
{
	/* a fault that is skipped and the end of a chunk give no row: on to what comes next */
	while (scan->in_chunk || next_chunk(scan))
	{
		SpkEventSource *source = scan->reader->source;

		switch (spk_source_next(source))
		{
			case SPK_NEXT_EVENT:
				return source->row;
			case SPK_NEXT_FAULT:
				handle_fault(node, scan);
				break;

			case SPK_NEXT_END:
				spk_json_finish_chunk(scan);
				break;
		}
	}
	return NULL;
}

/* Adds events to groups, until there are no more or the groups take too much memory. */
static void
make_groups(ForeignScanState *node, SpkJsonScan *scan)
{
	while (!scan->at_end && !spk_json_groups_full(scan->groups))
	{
		const SpkEventRow *row;

		if (!spk_json_groups_wait(scan->groups))
			ResetExprContext(node->ss.ps.ps_ExprContext);
		row = next_event(node, scan);
		if (row == NULL)
			scan->at_end = true;
		else if (!spk_json_groups_add(scan->groups, row))
			InstrCountFiltered1(node, 1);
	}
	spk_json_groups_feed(scan->groups);
	spk_json_stop_reading(scan);
}

/* Returns the next row.  The executor calls it in the memory context of a tuple. */
static TupleTableSlot *
iterate_scan(ForeignScanState *node)
{
	SpkJsonScan		  *scan = node->fdw_state;
	TupleTableSlot	  *slot = node->ss.ss_ScanTupleSlot;
	const SpkEventRow *row;

	ExecClearTuple(slot);
	if (scan->groups == NULL)
	{
		row = next_event(node, scan);
		if (row == NULL)
			return slot;
		spk_event_row_datums(row, scan->binding, scan->columns, slot->tts_values, slot->tts_isnull);
		return ExecStoreVirtualTuple(slot);
	}

	/* groups that were handed out before the end are made once more from what follows */
	while (!scan->handing_out || !spk_json_groups_take(scan->groups, slot))
	{
		if (scan->at_end)
			return slot;
		make_groups(node, scan);
		scan->handing_out = true;
	}
	return slot;
}

/*
 * When a row was changed meanwhile, and a query is tried again with its new version, some
 * versions of the executor call this instead for a scan without a table of its own, also
 * in a subquery.  Groups do not depend on that row, but for parameters, and are made as
 * ever.
 */
static bool
recheck_scan(ForeignScanState *node, TupleTableSlot *slot)
{
	SpkJsonScan	 *scan = node->fdw_state;
	MemoryContext oldcontext;

	if (scan->groups == NULL)
		return true;
	oldcontext = MemoryContextSwitchTo(node->ss.ps.ps_ExprContext->ecxt_per_tuple_memory);
	iterate_scan(node);
	MemoryContextSwitchTo(oldcontext);
	return !TupIsNull(slot);
}

/* Starts again with its own list; reinitialize_dsm does it with a shared one. */
static void
rescan(ForeignScanState *node)
{
	SpkJsonScan *scan = node->fdw_state;

	spk_json_keep_tally(scan);
	spk_tally_clear(scan->tally, scan->binding->schema->n_columns);
	scan->finished = 0;
	scan->in_chunk = false;
	scan->skipped = 0;
	scan->handing_out = false;
	scan->at_end = false;
	if (scan->groups != NULL)
		spk_json_groups_clear(scan->groups);
	if (scan->own != NULL)
		spk_chunks_restart(scan->own);
}

/* Tells for all processes.  A worker of a parallel scan, which has no own list, tells nothing. */
static void
tell_events(SpkJsonScan *scan)
{
	if (scan->own == NULL)
		return;
	spk_json_keep_tally(scan);
	if (scan->complete)
		spk_tell_events(scan->all_seen, scan->binding, scan->wanted,
						psprintf("of foreign table \"%s\"", RelationGetRelationName(scan->rel)),
						DEBUG1);
}

/* Each process of a scan tells of its own lines. */
static void
report_skipped(const SpkJsonScan *scan)
{
	if (scan->skipped == 0)
		return;
	ereport(WARNING,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg_plural("skipped %lld invalid line of foreign table \"%s\"",
						   "skipped %lld invalid lines of foreign table \"%s\"",
						   (unsigned long) scan->skipped, (long long) scan->skipped,
						   RelationGetRelationName(scan->rel)),
			 errdetail("The first one is %s: %s.",
					   scan->first_place, scan->first_fault.reason)));
}

static void
end_scan(ForeignScanState *node)
{
	SpkJsonScan *scan = node->fdw_state;

	if (scan == NULL)
		return;
	if (scan->reader != NULL)
	{
		spk_chunk_reader_release(scan->reader);
		scan->in_chunk = false;
		report_skipped(scan);
		tell_events(scan);
	}
	if (scan->rel != node->ss.ss_currentRelation)
		table_close(scan->rel, NoLock);
}

static void
explain_scan(ForeignScanState *node, ExplainState *es)
{
	SpkJsonScan *scan = node->fdw_state;
	SpkChunks	*chunks = scan->own;

	if (chunks == NULL)
		chunks = spk_chunks_new(scan->options.filename, true);
	if (((ForeignScan *) node->ss.ps.plan)->scan.scanrelid == 0)
		spk_json_explain_groups(node, scan->rel, es);
	spk_json_explain_files(scan->options.filename, chunks, es);
	if (es->verbose)
		spk_json_explain_columns(scan->rel, scan->binding, scan->columns, es);
}

void
spk_json_scan_routine(FdwRoutine *routine)
{
	routine->BeginForeignScan = begin_scan;
	routine->IterateForeignScan = iterate_scan;
	routine->RecheckForeignScan = recheck_scan;
	routine->ReScanForeignScan = rescan;
	routine->EndForeignScan = end_scan;
	routine->ExplainForeignScan = explain_scan;
	spk_json_parallel_routine(routine);
}
