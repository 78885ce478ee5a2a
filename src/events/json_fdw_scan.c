/*
 * json_fdw_scan.c
 *	  The foreign data wrapper sparkify_json: execution.
 *
 * A scan by one process reads each file as one chunk, so that errors can tell line
 * numbers.  In a parallel scan the list of files lies in shared memory, cut into
 * many chunks, and each process takes one after the other.
 */
#include "compat.h"

#include SPK_EXPLAIN_FORMAT_H
#include SPK_EXPLAIN_STATE_H
#include "access/parallel.h"
#include "executor/executor.h"
#include "utils/rel.h"

#include "events/event_row.h"
#include "events/event_tell.h"
#include "events/json_chunks.h"
#include "events/json_fdw.h"

/*
 * What the processes of a parallel scan have seen, in shared memory behind their
 * list of files.  At the end of each chunk a process writes its own tally, and then
 * counts the chunk as finished.
 */
typedef struct SharedTallies
{
	pg_atomic_uint64 finished;						 /* chunks, by all processes */
	int				 n;								 /* tallies */
	Size			 size;							 /* of each */
	char			 tallies[FLEXIBLE_ARRAY_MEMBER]; /* the leader's, then each worker's */
} SharedTallies;

typedef struct JsonScan
{
	SpkJsonOptions	options;
	SpkBinding	   *binding;
	int			   *columns; /* by attribute: the column of the schema, if that is needed */
	SpkChunks	   *own;	 /* this process's list; NULL in a worker */
	SpkChunks	   *chunks;	 /* the list to take from, own or shared */
	SpkChunkReader *reader;
	bool			in_chunk; /* the reader is aimed at a chunk that is not finished */

	uint64		  *wanted;	 /* the set of columns that are needed */
	SpkEventTally *tally;	 /* of this process */
	int64		   finished; /* chunks, of a scan by one process */
	SharedTallies *shared;	 /* or NULL */
	bool		   complete; /* everything was read once, and all_seen tells of it */
	SpkEventTally *all_seen;

	int64		  skipped;	   /* invalid lines */
	char		 *first_place; /* of the first of them */
	SpkEventFault first_fault;
} JsonScan;

#ifdef USE_ASSERT_CHECKING

/* Checks all that is true of a scan between two rows. */
static void
check_scan(const JsonScan *scan)
{
	Assert(!scan->in_chunk || scan->reader->source != NULL);
	Assert(scan->skipped == 0 || (scan->options.skip_faults && scan->first_place != NULL));
	if (scan->chunks == NULL)
		return;
	if (scan->shared == NULL)
		Assert(scan->chunks == scan->own && scan->finished <= scan->chunks->n_chunks);
	else
	{
		Assert(scan->chunks != scan->own && scan->finished == 0);
		Assert(pg_atomic_read_u64(&scan->shared->finished) <= (uint64) scan->chunks->n_chunks);
	}
}

#else
#define check_scan(scan) ((void) 0)
#endif

/* Binds the columns of the table, and notes those that the attributes needed mean. */
static void
bind_columns(JsonScan *scan, Relation rel, const List *needed)
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

/* Begins a scan.  A worker of a parallel one gets its list of files later, from shared memory. */
static void
begin_scan(ForeignScanState *node, int eflags)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	Relation	 rel = node->ss.ss_currentRelation;
	JsonScan	*scan = palloc0(sizeof(JsonScan));

	node->fdw_state = scan;
	scan->options = spk_json_options(RelationGetRelid(rel));
	bind_columns(scan, rel, linitial(plan->fdw_private));
	if (eflags & EXEC_FLAG_EXPLAIN_ONLY)
		return;

	scan->reader = spk_chunk_reader_new(scan->binding, scan->wanted);
	scan->reader->tally = scan->tally;
	if (plan->scan.plan.parallel_aware && IsParallelWorker())
		return;
	scan->own = spk_chunks_new(scan->options.filename, false);
	scan->chunks = scan->own;
}

/* Aims the reader at the next chunk; false at the end. */
static bool
next_chunk(JsonScan *scan)
{
	int64 chunk;

	if (scan->chunks == NULL || !spk_chunks_take(scan->chunks, &chunk))
	{
		spk_chunk_reader_release(scan->reader);
		return false;
	}
	spk_chunk_reader_aim(scan->reader, scan->chunks, chunk);
	scan->in_chunk = true;
	return true;
}

static SpkEventTally *
shared_tally(SharedTallies *shared, int i)
{
	return (SpkEventTally *) (shared->tallies + shared->size * i);
}

static void
finish_chunk(JsonScan *scan)
{
	check_scan(scan);
	scan->in_chunk = false;
	if (scan->shared == NULL)
	{
		scan->finished++;
		return;
	}
	memcpy(shared_tally(scan->shared, IsParallelWorker() ? ParallelWorkerNumber + 1 : 0),
		   scan->tally, spk_tally_size(scan->tally->n_columns));
	/* which is a barrier, too */
	pg_atomic_fetch_add_u64(&scan->shared->finished, 1);
}

/*
 * Keeps what was seen, if everything was read to its end: nothing is known of rows
 * that a LIMIT left out.  A scan that is repeated has seen everything the first
 * time.
 */
static void
keep_tally(JsonScan *scan)
{
	SharedTallies *shared = scan->shared;

	check_scan(scan);
	if (scan->complete || scan->chunks == NULL)
		return;
	if (shared == NULL)
	{
		scan->complete = (scan->finished == scan->chunks->n_chunks);
		if (scan->complete)
			memcpy(scan->all_seen, scan->tally, spk_tally_size(scan->tally->n_columns));
		return;
	}
	scan->complete = (pg_atomic_read_u64(&shared->finished) == (uint64) scan->chunks->n_chunks);
	pg_read_barrier();
	for (int i = 0; scan->complete && i < shared->n; i++)
		spk_tally_merge(scan->all_seen, shared_tally(shared, i));
}

static void
handle_fault(ForeignScanState *node, JsonScan *scan)
{
	SpkEventSource *source = scan->reader->source;
	MemoryContext	oldcontext;

	if (!scan->options.skip_faults)
		spk_source_report(source, ERROR);
	if (scan->skipped++ > 0)
		return;
	oldcontext = MemoryContextSwitchTo(node->ss.ps.state->es_query_cxt);
	scan->first_place = spk_source_place(source, source->lines->place);
	scan->first_fault = source->fault;
	MemoryContextSwitchTo(oldcontext);
}

/* Returns the next row.  The executor calls it in the memory context of a tuple. */
static TupleTableSlot *
iterate_scan(ForeignScanState *node)
{
	JsonScan	   *scan = node->fdw_state;
	TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;

	ExecClearTuple(slot);

	/* a fault that is skipped and the end of a chunk give no row: on to what comes next */
	while (scan->in_chunk || next_chunk(scan))
	{
		SpkEventSource *source = scan->reader->source;

		switch (spk_source_next(source))
		{
			case SPK_NEXT_EVENT:
				spk_event_row_datums(source->row, scan->binding, scan->columns, slot->tts_values,
									 slot->tts_isnull);
				return ExecStoreVirtualTuple(slot);
			case SPK_NEXT_FAULT:
				handle_fault(node, scan);
				break;

			case SPK_NEXT_END:
				finish_chunk(scan);
				break;
		}
	}
	return slot;
}

/* Starts again with its own list; reinitialize_dsm does it with a shared one. */
static void
rescan(ForeignScanState *node)
{
	JsonScan *scan = node->fdw_state;

	keep_tally(scan);
	spk_tally_clear(scan->tally, scan->binding->schema->n_columns);
	scan->finished = 0;
	scan->in_chunk = false;
	scan->skipped = 0;
	if (scan->own != NULL)
		spk_chunks_restart(scan->own);
}

/* Tells for all processes.  A worker of a parallel scan, which has no own list, tells nothing. */
static void
tell_events(ForeignScanState *node, JsonScan *scan)
{
	if (scan->own == NULL)
		return;
	keep_tally(scan);
	if (scan->complete)
		spk_tell_events(scan->all_seen, scan->binding, scan->wanted,
						psprintf("of foreign table \"%s\"",
								 RelationGetRelationName(node->ss.ss_currentRelation)),
						DEBUG1);
}

/* Each process of a scan tells of its own lines. */
static void
report_skipped(ForeignScanState *node, JsonScan *scan)
{
	if (scan->skipped == 0)
		return;
	ereport(WARNING,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg_plural("skipped %lld invalid line of foreign table \"%s\"",
						   "skipped %lld invalid lines of foreign table \"%s\"",
						   (unsigned long) scan->skipped, (long long) scan->skipped,
						   RelationGetRelationName(node->ss.ss_currentRelation)),
			 errdetail("The first one is %s: %s.",
					   scan->first_place, scan->first_fault.reason)));
}

static void
end_scan(ForeignScanState *node)
{
	JsonScan *scan = node->fdw_state;

	if (scan == NULL || scan->reader == NULL)
		return;
	spk_chunk_reader_release(scan->reader);
	scan->in_chunk = false;
	report_skipped(node, scan);
	tell_events(node, scan);
}

/* What a tally takes in shared memory, where the next one has to be aligned. */
static Size
tally_room(const JsonScan *scan)
{
	return MAXALIGN(spk_tally_size(scan->binding->schema->n_columns));
}

static Size
estimate_dsm(ForeignScanState *node, ParallelContext *pcxt)
{
	JsonScan *scan = node->fdw_state;
	Size	  tallies = offsetof(SharedTallies, tallies);

	tallies = add_size(tallies, mul_size(tally_room(scan), pcxt->nworkers + 1));
	return add_size(MAXALIGN(scan->own->bytes), tallies);
}

static SharedTallies *
shared_tallies(SpkChunks *chunks)
{
	return (SharedTallies *) ((char *) chunks + MAXALIGN(chunks->bytes));
}

static void
clear_tallies(SharedTallies *shared, const JsonScan *scan)
{
	pg_atomic_write_u64(&shared->finished, 0);
	for (int i = 0; i < shared->n; i++)
		spk_tally_clear(shared_tally(shared, i), scan->binding->schema->n_columns);
}

static void
initialize_dsm(ForeignScanState *node, ParallelContext *pcxt, void *coordinate)
{
	JsonScan *scan = node->fdw_state;

	scan->chunks = coordinate;
	memcpy(scan->chunks, scan->own, scan->own->bytes);
	pg_atomic_init_u64(&scan->chunks->next, 0);
	spk_chunks_cut(scan->chunks, SPK_PARALLEL_CHUNK_BYTES);
	scan->shared = shared_tallies(scan->chunks);
	pg_atomic_init_u64(&scan->shared->finished, 0);
	scan->shared->n = pcxt->nworkers + 1;
	scan->shared->size = tally_room(scan);
	clear_tallies(scan->shared, scan);
}

static void
reinitialize_dsm(ForeignScanState *node, ParallelContext *pcxt, void *coordinate)
{
	JsonScan *scan = node->fdw_state;

	keep_tally(scan);
	clear_tallies(shared_tallies(coordinate), scan);
	spk_chunks_restart(coordinate);
}

static void
initialize_worker(ForeignScanState *node, shm_toc *toc, void *coordinate)
{
	JsonScan *scan = node->fdw_state;

	scan->chunks = coordinate;
	scan->shared = shared_tallies(scan->chunks);
}

/* The shared memory goes away; for EXPLAIN there is the leader's own list. */
static void
shutdown_scan(ForeignScanState *node)
{
	JsonScan *scan = node->fdw_state;

	if (scan->reader == NULL || scan->chunks == scan->own)
		return;
	spk_chunk_reader_release(scan->reader);
	scan->in_chunk = false;
	keep_tally(scan);
	scan->chunks = NULL;
	scan->shared = NULL;
}

static void
explain_columns(ForeignScanState *node, JsonScan *scan, ExplainState *es)
{
	TupleDesc tupdesc = RelationGetDescr(node->ss.ss_currentRelation);
	List	 *names = NIL;

	for (int i = 0; i < scan->binding->natts; i++)
	{
		if (scan->columns[i] != SPK_EVENT_NO_COLUMN)
			names = lappend(names, NameStr(TupleDescAttr(tupdesc, i)->attname));
	}
	ExplainPropertyList("Decoded Columns", names, es);
}

static void
explain_scan(ForeignScanState *node, ExplainState *es)
{
	JsonScan  *scan = node->fdw_state;
	SpkChunks *chunks = scan->own;

	if (chunks == NULL)
		chunks = spk_chunks_new(scan->options.filename, true);
	ExplainPropertyText("Foreign File", scan->options.filename, es);
	if (chunks->n_files != 1)
		ExplainPropertyInteger("Files", NULL, chunks->n_files, es);
	if (es->costs)
		ExplainPropertyInteger("Foreign File Size", "b", chunks->total, es);
	if (es->verbose)
		explain_columns(node, scan, es);
}

void
spk_json_scan_routine(FdwRoutine *routine)
{
	routine->BeginForeignScan = begin_scan;
	routine->IterateForeignScan = iterate_scan;
	routine->ReScanForeignScan = rescan;
	routine->EndForeignScan = end_scan;
	routine->ExplainForeignScan = explain_scan;
	routine->EstimateDSMForeignScan = estimate_dsm;
	routine->InitializeDSMForeignScan = initialize_dsm;
	routine->ReInitializeDSMForeignScan = reinitialize_dsm;
	routine->InitializeWorkerForeignScan = initialize_worker;
	routine->ShutdownForeignScan = shutdown_scan;
}
