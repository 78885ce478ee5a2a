/*
 * bin_columns.c
 *	  The bins of all columns of a table, found by several processes.
 *
 * Each worker has a slot in shared memory, into which the leader puts the keys of a column
 * and from which it takes the cuts.  In between it cuts columns itself.
 */
#include "compat.h"

#include "miscadmin.h"
#include "storage/condition_variable.h"

#include "core/base/sort.h"
#include "host/memory_limit.h"
#include "host/pg_host.h"
#include "host/processors.h"
#include "rows/row_store.h"
#include "training/bin_columns.h"
#include "training/workers.h"

/*
 * Below so many numbers starting workers, which takes some milliseconds, costs more than they
 * give.
 */
#define MIN_CUT_NUMBERS 10000000

/* What a worker takes for each row: a key in its slot, two of its own, and a bit of them. */
#define WORKER_BYTES (3 * sizeof(uint64) + 1)

typedef enum SlotState
{
	SLOT_FREE,
	SLOT_GIVEN, /* there are keys to cut */
	SLOT_CUT	/* there are cuts to take */
} SlotState;

typedef struct Slot
{
	pg_atomic_uint32 state;	 /* a SlotState; who changes it has written what comes next before */
	uint32			 column; /* the leader's */
	uint32			 n;		 /* the keys */
	SpkStatus		 status;
	SpkCuts			 cuts;
} Slot;

typedef struct SharedSlots
{
	uint32			  n_rows;
	uint32			  max_bins;
	pg_atomic_uint32  ended; /* no column will come any more */
	ConditionVariable changed;
	Slot			  slots[FLEXIBLE_ARRAY_MEMBER]; /* one for each worker */
} SharedSlots;

/* The leader's view. */
typedef struct Binner
{
	const SpkHost	 *host;
	const SpkTable	 *table;
	SpkBinning		  binning;
	SpkFeature		 *features;
	SpkTrainProgress *progress;
	uint32			  n_binned; /* with those before, of n_total */
	uint32			  n_total;
	uint64			 *keys; /* as spk_bin_column_in has it */
	SpkWorkers		  workers;
	SpkMemoryBlock	  block; /* the keys of all slots */
	SharedSlots		 *shared;
	int				  n_slots; /* of workers that have come */
} Binner;

static void
check(SpkStatus status)
{
	spk_check(status, "training set", NULL);
}

static Size
slot_bytes(uint32 n_rows)
{
	return TYPEALIGN(SPK_ALIGNMENT, (Size) n_rows * sizeof(uint64));
}

static uint64 *
slot_keys(const SpkMemoryBlock *block, uint32 n_rows, int slot)
{
	return (uint64 *) ((char *) block->memory + slot * slot_bytes(n_rows));
}

static SlotState
state_of(Slot *slot)
{
	SlotState state = (SlotState) pg_atomic_read_u32(&slot->state);

	pg_read_barrier();
	return state;
}

static void
set_state(SharedSlots *shared, Slot *slot, SlotState state)
{
	/* which is a barrier, too */
	(void) pg_atomic_exchange_u32(&slot->state, state);
	ConditionVariableBroadcast(&shared->changed);
}

/* ---- A worker ---- */

/* Waits for keys; false when none come any more. */
static bool
await_keys(SharedSlots *shared, Slot *slot)
{
	bool given;

	while (!(given = state_of(slot) == SLOT_GIVEN) && pg_atomic_read_u32(&shared->ended) == 0)
		ConditionVariableSleep(&shared->changed, PG_WAIT_EXTENSION);
	ConditionVariableCancelSleep();
	return given;
}

void
spk_bin_columns_worker(dsm_segment *seg, shm_toc *toc)
{
	SpkHost		 host = spk_pg_large_host(CurrentMemoryContext);
	SpkWorker	 worker;
	SharedSlots *shared;
	Slot		*slot;
	uint64		*keys = NULL;

	spk_worker_attach(&worker, seg, toc);
	shared = worker.shared;
	slot = &shared->slots[ParallelWorkerNumber];
	while (await_keys(shared, slot))
	{
		/* memory of the process may have large pages, over which keys are spread much faster */
		if (keys == NULL)
			keys = spk_must_alloc(&host, shared->n_rows, 2 * sizeof(uint64), "training set");
		memcpy(keys, slot_keys(&worker.block, shared->n_rows, ParallelWorkerNumber),
			   slot->n * sizeof(uint64));
		slot->status = spk_cut_keys(&host, keys, keys + shared->n_rows, slot->n, shared->max_bins,
									&slot->cuts);
		set_state(shared, slot, SLOT_CUT);
	}
	spk_worker_detach(&worker);
}

/* ---- The leader ---- */

static void
note_binned(Binner *b)
{
	spk_train_progress(b->progress, "columns binned", ++b->n_binned, b->n_total);
}

/* Takes the cuts of a slot, if there are any. */
static void
take_cuts(Binner *b, Slot *slot)
{
	if (state_of(slot) != SLOT_CUT)
		return;
	check(slot->status);
	check(spk_bin_cuts(b->host, &b->table->columns[slot->column], b->table->n_rows, &slot->cuts,
					   slot->n, &b->features[slot->column]));
	set_state(b->shared, slot, SLOT_FREE);
	note_binned(b);
}

/* Gives a column of numbers to a worker that has none; false when there is none. */
static bool
give_column(Binner *b, uint32 column)
{
	for (int i = 0; i < b->n_slots; i++)
	{
		Slot *slot = &b->shared->slots[i];

		take_cuts(b, slot);
		if (state_of(slot) != SLOT_FREE)
			continue;
		check(spk_column_keys(b->host, &b->table->columns[column], b->table->n_rows,
							  slot_keys(&b->block, b->table->n_rows, i), &slot->n));
		slot->column = column;
		set_state(b->shared, slot, SLOT_GIVEN);
		return true;
	}
	return false;
}

/* Waits until all slots are free, and has the workers end. */
static void
end_workers(Binner *b)
{
	for (int i = 0; i < b->n_slots; i++)
	{
		Slot *slot = &b->shared->slots[i];

		while (state_of(slot) == SLOT_GIVEN)
			ConditionVariableSleep(&b->shared->changed, PG_WAIT_EXTENSION);
		ConditionVariableCancelSleep();
		take_cuts(b, slot);
	}
	pg_atomic_write_u32(&b->shared->ended, 1);
	ConditionVariableBroadcast(&b->shared->changed);
	spk_workers_wait(&b->workers);
	spk_workers_end(&b->workers);
	spk_block_release(&b->block);
}

static void
bin_all(Binner *b)
{
	const SpkTable *table = b->table;

	for (uint32 c = 0; c < table->n_columns; c++)
	{
		/* the first one is done while they start */
		if (c == 1 && b->shared != NULL)
			b->n_slots = (int) spk_workers_count(&b->workers);
		if (table->columns[c].kind != SPK_CATEGORY && give_column(b, c))
			continue;
		check(spk_bin_column_in(b->host, &table->columns[c], table->n_rows, b->binning, &b->keys,
								&b->features[c]));
		note_binned(b);
	}
}

/* How many workers are worth it, and have memory beside the table and the leader's keys? */
static int
wanted_workers(const SpkTable *table)
{
	uint64 held = spk_table_size(table) + table->n_rows * WORKER_BYTES;
	uint64 worker = table->n_rows * WORKER_BYTES;
	uint64 limit = spk_memory_limit();
	int64  most = spk_processors() - 1;
	uint32 n = 0;

	for (uint32 c = 0; c < table->n_columns; c++)
	{
		/* values in a file are there because memory is scarce */
		if (table->columns[c].pages != NULL)
			return 0;
		n += table->columns[c].kind != SPK_CATEGORY;
	}
	most = Min(most, (int64) n - 1);
	if (limit < held + worker)
		return 0;
	return spk_wanted_workers((double) n * table->n_rows, MIN_CUT_NUMBERS,
							  Min(most, (int64) ((limit - held) / worker)));
}

/* Starts as many workers as are free.  They are not missed: the leader does what they do not. */
static void
start_workers(Binner *b, int n)
{
	uint64		   bytes = (uint64) n * slot_bytes(b->table->n_rows);
	SpkWorkersPlan plan = {"spk_bin_columns_worker", n,
						   offsetof(SharedSlots, slots) + n * sizeof(Slot), .block = &b->block};

	if (n == 0 || !spk_memory_shared_fits(bytes + SPK_CONTEXT_SIZE) ||
		!spk_block_share(&b->block, bytes, SPK_CONTEXT_SIZE))
		return;
	spk_workers_new(&b->workers, &plan);
	b->shared = b->workers.shared;
	b->shared->n_rows = b->table->n_rows;
	b->shared->max_bins = b->binning.max_bins;
	pg_atomic_init_u32(&b->shared->ended, 0);
	ConditionVariableInit(&b->shared->changed);
	for (int i = 0; i < n; i++)
		pg_atomic_init_u32(&b->shared->slots[i].state, SLOT_FREE);
	spk_workers_launch(&b->workers);
}

void
spk_bin_columns(const SpkHost *host, const SpkTable *table, SpkBinning binning,
				SpkFeature *features, SpkTrainProgress *progress, uint32 n_before, uint32 n_total)
{
	Binner b = {host, table, binning, features, progress, n_before, n_total};

	start_workers(&b, wanted_workers(table));
	bin_all(&b);
	if (b.shared != NULL)
		end_workers(&b);
	spk_release(host, b.keys);
}
