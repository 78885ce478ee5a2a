/*
 * json_fdw_parallel.c
 *	  The foreign data wrapper sparkify_json: scans by several processes, and what all of
 *	  them have seen.
 *
 * The list of files lies in shared memory, cut into many chunks, and each process takes
 * one after the other.
 */
#include "compat.h"

#include "access/parallel.h"

#include "events/json_scan.h"
#include "events/json_readers.h"

/*
 * The processes of a parallel scan and what they have seen, in shared memory behind
 * their list of files.  At the end of each chunk a process writes its own tally, and then
 * counts the chunk as finished.
 */
struct SpkSharedTallies
{
	SpkJsonReaders	 readers;
	pg_atomic_uint64 finished;						 /* chunks, by all processes */
	int				 n;								 /* tallies */
	Size			 size;							 /* of each */
	char			 tallies[FLEXIBLE_ARRAY_MEMBER]; /* the leader's, then each worker's */
};

#ifdef USE_ASSERT_CHECKING

void
spk_json_check_scan(const SpkJsonScan *scan)
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

#endif

static SpkEventTally *
shared_tally(SpkSharedTallies *shared, int i)
{
	return (SpkEventTally *) (shared->tallies + shared->size * i);
}

void
spk_json_finish_chunk(SpkJsonScan *scan)
{
	spk_json_check_scan(scan);
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

void
spk_json_before_chunk(SpkJsonScan *scan)
{
	if (scan->shared == NULL)
		return;
	if (scan->is_reading)
		spk_readers_go_on(&scan->shared->readers, scan->chunks, &scan->blocks_read);
	else
		spk_readers_join(&scan->shared->readers, scan->chunks, &scan->blocks_read);
	scan->is_reading = true;
}

void
spk_json_stop_reading(SpkJsonScan *scan)
{
	if (scan->is_reading)
		spk_readers_leave(&scan->shared->readers);
	scan->is_reading = false;
}

void
spk_json_keep_tally(SpkJsonScan *scan)
{
	SpkSharedTallies *shared = scan->shared;

	spk_json_check_scan(scan);
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

/* What a tally takes in shared memory, where the next one has to be aligned. */
static Size
tally_room(const SpkJsonScan *scan)
{
	return MAXALIGN(spk_tally_size(scan->binding->schema->n_columns));
}

static Size
estimate_dsm(ForeignScanState *node, ParallelContext *pcxt)
{
	SpkJsonScan *scan = node->fdw_state;
	Size		 tallies = offsetof(SpkSharedTallies, tallies);

	tallies = add_size(tallies, mul_size(tally_room(scan), pcxt->nworkers + 1));
	return add_size(MAXALIGN(scan->own->bytes), tallies);
}

static SpkSharedTallies *
shared_tallies(SpkChunks *chunks)
{
	return (SpkSharedTallies *) ((char *) chunks + MAXALIGN(chunks->bytes));
}

static void
clear_tallies(SpkSharedTallies *shared, const SpkJsonScan *scan)
{
	pg_atomic_write_u64(&shared->finished, 0);
	for (int i = 0; i < shared->n; i++)
		spk_tally_clear(shared_tally(shared, i), scan->binding->schema->n_columns);
}

static void
initialize_dsm(ForeignScanState *node, ParallelContext *pcxt, void *coordinate)
{
	SpkJsonScan *scan = node->fdw_state;

	scan->chunks = coordinate;
	memcpy(scan->chunks, scan->own, scan->own->bytes);
	pg_atomic_init_u64(&scan->chunks->next, 0);
	spk_chunks_cut(scan->chunks, SPK_PARALLEL_CHUNK_BYTES);
	scan->shared = shared_tallies(scan->chunks);
	spk_readers_init(&scan->shared->readers);
	pg_atomic_init_u64(&scan->shared->finished, 0);
	scan->shared->n = pcxt->nworkers + 1;
	scan->shared->size = tally_room(scan);
	clear_tallies(scan->shared, scan);
}

static void
reinitialize_dsm(ForeignScanState *node, ParallelContext *pcxt, void *coordinate)
{
	SpkJsonScan *scan = node->fdw_state;

	spk_json_keep_tally(scan);
	clear_tallies(shared_tallies(coordinate), scan);
	spk_readers_reset(&shared_tallies(coordinate)->readers);
	spk_chunks_restart(coordinate);
}

static void
initialize_worker(ForeignScanState *node, shm_toc *toc, void *coordinate)
{
	SpkJsonScan *scan = node->fdw_state;

	scan->chunks = coordinate;
	scan->shared = shared_tallies(scan->chunks);
}

/* The shared memory goes away; for EXPLAIN there is the leader's own list. */
static void
shutdown_scan(ForeignScanState *node)
{
	SpkJsonScan *scan = node->fdw_state;

	if (scan->reader == NULL || scan->chunks == scan->own)
		return;
	spk_chunk_reader_release(scan->reader);
	scan->in_chunk = false;
	spk_json_stop_reading(scan);
	spk_json_keep_tally(scan);
	scan->chunks = NULL;
	scan->shared = NULL;
}

void
spk_json_parallel_routine(FdwRoutine *routine)
{
	routine->EstimateDSMForeignScan = estimate_dsm;
	routine->InitializeDSMForeignScan = initialize_dsm;
	routine->ReInitializeDSMForeignScan = reinitialize_dsm;
	routine->InitializeWorkerForeignScan = initialize_worker;
	routine->ShutdownForeignScan = shutdown_scan;
}
