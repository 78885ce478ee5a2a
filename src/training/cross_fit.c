/*
 * cross_fit.c
 *	  Scores of all rows by models that have not seen them, spread over parallel
 *	  workers.
 *
 * The rows, which are binned once, and their folds lie in one block of memory, which is
 * shared when there are workers.  Leader and workers draw folds from a ticket, and leave
 * the scores of each fold in its place.  Each fit is serial.
 */
#include "compat.h"

#include "utils/memutils.h"

#include "core/judging/cross_fit.h"
#include "core/models/codec.h"
#include "core/models/learner.h"
#include "core/rows/binning.h"
#include "core/rows/folds.h"
#include "core/rows/users.h"
#include "core/trees/statistics.h"
#include "host/pg_host.h"
#include "host/memory_limit.h"
#include "host/progress.h"
#include "rows/row_store.h"
#include "training/calibrate.h"
#include "training/cross_fit.h"
#include "training/fit_watch.h"
#include "training/workers.h"

/* Rows times features times trees below which the start of workers costs more than they give. */
#define MIN_CROSS_FIT_WORK 1000000.0

/* A fit that iterates passes over the rows about so often; it counts as so many trees. */
#define USUAL_ITERATIONS 10

/* The block starts with this.  Places are in bytes from its start. */
typedef struct CrossFit
{
	SpkAlgorithm algorithm;
	SpkOptions	 options;
	SpkMatrix	 matrix;					   /* for learners from codes, without the codes */
	SpkValues	 values;					   /* for learners from values, without the values */
	uint32		 start[SPK_CALIBRATION_FOLDS]; /* place of each fold among the scores */
	uint32		 n_scored;					   /* how many rows there are in these folds */
	SpkTickets	 tickets;					   /* the folds that are scored */
	Size		 features;					   /* place of the encoded features */
	Size		 features_size;
	Size		 rows;	/* place of the codes or values */
	Size		 folds; /* place of the rows' folds, a byte each */
	Size		 users; /* place of the numbers of the rows' users, when has_users */
	bool		 has_users;
	Size		 scored;
	Size		 size;
} CrossFit;

static void
check(SpkStatus status)
{
	spk_check(status, "training set", NULL);
}

static inline void *
at_place(const CrossFit *cross, Size place)
{
	return (char *) cross + place;
}

/* ---- The block ---- */

/* Do fits need to know which of the table's rows are of one user? */
static bool
needs_users(const SpkTable *table, const SpkModel *like)
{
	return table->groups != NULL &&
		(spk_parts_rows(&like->options, like->algorithm) || spk_orders_users(like));
}

static CrossFit
lay_out(const SpkTable *table, const SpkModel *like, Size features_size)
{
	uint64	 rows = spk_learns_codes(like->algorithm) ?
		  (uint64) table->n_rows * spk_table_shape(table, like->features).stride :
		  spk_table_values_size(table);
	CrossFit cross = {like->algorithm, like->options};
	Size	 at = TYPEALIGN(SPK_ALIGNMENT, sizeof(CrossFit));

	cross.features_size = features_size;
	cross.features = spk_block_part(&at, cross.features_size);
	cross.rows = spk_block_part(&at, rows);
	cross.folds = spk_block_part(&at, table->n_rows);
	cross.users =
		spk_block_part(&at, needs_users(table, like) ? (uint64) table->n_rows * sizeof(uint32) : 0);
	cross.scored = spk_block_part(&at, (uint64) table->n_rows * sizeof(SpkScored));
	cross.size = at;
	return cross;
}

/* Puts the rows and their folds into the block. */
static void
fill(CrossFit *cross, const SpkHost *host, const SpkTable *table, const SpkModel *like,
	 const void *features, const uint8 *folds, uint32 n_scored)
{
	uint32 *origins = spk_must_alloc(host, table->n_rows, sizeof(uint32), "training set");
	uint8  *ordered = at_place(cross, cross->folds);
	uint32	n_rows[SPK_CALIBRATION_FOLDS] = {0};

	memcpy(at_place(cross, cross->features), features, cross->features_size);
	if (spk_learns_codes(like->algorithm))
		check(spk_bin_table(host, table, like->features, at_place(cross, cross->rows),
							&cross->matrix, origins));
	else
		check(spk_values_fill(host, table, like->features, at_place(cross, cross->rows),
							  &cross->values, origins));

	if (needs_users(table, like))
		check(spk_number_users(host, table->groups, origins, at_place(cross, cross->users),
							   &cross->matrix));
	cross->has_users = cross->matrix.users != NULL;

	/* rows are in the canonical order now: their folds follow them */
	for (uint32 row = 0; row < table->n_rows; row++)
	{
		ordered[row] = folds[origins[row]];
		n_rows[ordered[row]]++;
	}
	spk_release(host, origins);
	for (int fold = 1; fold < SPK_CALIBRATION_FOLDS; fold++)
		cross->start[fold] = cross->start[fold - 1] + n_rows[fold - 1];
	for (uint32 fold = 0; fold < n_scored; fold++)
		cross->n_scored += n_rows[fold];
	spk_tickets_init(&cross->tickets, n_scored);
}

/* ---- Fits ---- */

static SpkSamples
samples_of(const CrossFit *cross)
{
	SpkSamples samples = {cross->matrix, NULL, cross->values, NULL};

	if (spk_learns_codes(cross->algorithm))
	{
		samples.matrix.codes = at_place(cross, cross->rows);
		samples.matrix.users = cross->has_users ? at_place(cross, cross->users) : NULL;
		samples.matrix_folds = at_place(cross, cross->folds);
	}
	else
	{
		samples.values.values = at_place(cross, cross->rows);
		samples.values_folds = at_place(cross, cross->folds);
	}
	return samples;
}

/* Scores folds until none is left, and tells of it when progress is not NULL. */
static void
score_folds(CrossFit *cross, SpkTrainProgress *progress)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "churn model fit",
												  ALLOCSET_DEFAULT_SIZES);
	SpkFitWatch	  watch = {spk_pg_host(context), progress, "folds scored",
						   &cross->tickets,		 0,		   cross->tickets.n};
	SpkHost		  host = spk_fit_watch_host(&watch);
	SpkSamples	  samples = samples_of(cross);
	SpkModel	  like = {cross->algorithm, cross->options};
	const char	 *why = NULL;
	uint32		  fold;

	/* features have pointers, which would mean nothing in another process: they come as bytes */
	spk_check(spk_features_decode(&host, at_place(cross, cross->features), cross->features_size,
								  &like.features, &like.n_features, &why),
			  "set of features", why);
	while (spk_tickets_draw(&cross->tickets, &fold))
	{
		size_t n;

		check(spk_cross_fit_score(&host, &samples, (int) fold, &like,
								  (SpkScored *) at_place(cross, cross->scored) + cross->start[fold],
								  &n));
		(void) spk_tickets_note(&cross->tickets);
	}
	MemoryContextDelete(context);
}

static void
score_in_parallel(CrossFit *cross, const SpkMemoryBlock *block, int n_workers,
				  SpkTrainProgress *progress)
{
	SpkWorkersPlan plan = {"spk_cross_fit_worker", n_workers, .block = block};
	SpkWorkers	   workers;

	spk_workers_new(&workers, &plan);
	spk_workers_launch(&workers);
	score_folds(cross, progress);
	spk_workers_wait(&workers);
	spk_workers_end(&workers);
}

void
spk_cross_fit_worker(dsm_segment *seg, shm_toc *toc)
{
	SpkWorker worker;

	spk_worker_attach(&worker, seg, toc);
	score_folds(worker.block.memory, NULL);
	spk_worker_detach(&worker);
}

/* ---- All ---- */

/* How many workers are worth asking for? */
static int
wanted_workers(const SpkTable *table, const SpkModel *like, uint32 n_fits)
{
	double passes = spk_option_applies(SPK_OPT_MAX_ITER, like->algorithm) ? USUAL_ITERATIONS :
		spk_option_applies(SPK_OPT_TREES, like->algorithm) ? like->options.value[SPK_OPT_TREES] :
															 1;

	return spk_wanted_workers((double) table->n_rows * table->n_columns * passes,
							  MIN_CROSS_FIT_WORK, (int64) n_fits - 1);
}

/*
 * How many of these workers is there memory for, beside the table, its folds and what the
 * caller holds?  Not
 * enough for the leader alone is an error.
 */
static int
affordable_workers(const SpkTable *table, const SpkModel *like, uint64 block, uint64 caller,
				   int n_workers)
{
	bool   users = needs_users(table, like);
	uint64 keys = table->groups == NULL ? 0 : table->n_rows * sizeof(uint64);
	uint64 sorting = Max(spk_values_work_size(table->n_rows),
						 users ? spk_users_work_size(table->n_rows) : 0);
	uint64 ordering = (uint64) table->n_rows * sizeof(uint32) + sorting;
	uint64 scored = (uint64) table->n_rows * sizeof(SpkScored);
	uint64 held = spk_table_size(table) + caller + keys + table->n_rows + scored + block;
	uint64 fit = spk_samples_fit_size(like, table->n_rows);

	/* a fit copies the numbers of users, and numbers those that are left */
	if (users)
		fit += 2 * (uint64) table->n_rows * sizeof(uint32);
	spk_memory_check_training(held + Max(ordering, fit), table->n_rows, table->n_columns);
	return (int) Min((uint64) n_workers, (spk_memory_limit() - held - fit) / fit);
}

/*
 * Makes the block.  It is shared with as many of *n_workers workers as there is memory and
 * room for, and *n_workers is set to that; without any it is the process's own.
 */
static void
new_block(const SpkHost *host, const SpkTable *table, const SpkModel *like, uint64 size,
		  uint64 caller, SpkMemoryBlock *block, int *n_workers)
{
	*n_workers = affordable_workers(table, like, size, caller, *n_workers);
	if (*n_workers > 0 && spk_block_share(block, size, SPK_CONTEXT_SIZE))
		return;
	*n_workers = 0;
	spk_block_alloc(block, host, size, "training set");
}

/* The units of the rows' weights, fold by fold, as their scores are. */
static double
weigh_folds(const CrossFit *cross, uint32 n_scored, uint32 *multiples)
{
	SpkSamples samples = samples_of(cross);
	double	   unit = 1;

	for (uint32 fold = 0; fold < n_scored; fold++)
		unit = spk_samples_weights(&samples, (int) fold, cross->algorithm,
								   multiples + cross->start[fold]);
	return unit;
}

double
spk_cross_fit_rows(const SpkHost *host, const SpkTable *table, const SpkModel *like, uint8 *folds,
				   uint32 n_scored, uint64 caller, SpkScored *scored, uint32 *multiples, size_t *n)
{
	SpkWriter		 features = spk_writer(host);
	CrossFit		 layout;
	CrossFit		*cross;
	SpkMemoryBlock	 block;
	int				 n_workers = wanted_workers(table, like, n_scored);
	SpkTrainProgress progress;
	double			 unit = 1;

	check(spk_features_encode(like->features, like->n_features, &features));
	layout = lay_out(table, like, features.len);
	new_block(host, table, like, layout.size, caller, &block, &n_workers);
	cross = block.memory;
	*cross = layout;
	fill(cross, host, table, like, features.data, folds, n_scored);

	/* the block has copies of these, and fits need memory */
	spk_release(host, features.data);
	spk_release(host, folds);

	spk_train_progress_start(&progress);
	if (n_workers > 0)
		score_in_parallel(cross, &block, n_workers, &progress);
	else
		score_folds(cross, &progress);
	*n = cross->n_scored;
	memcpy(scored, at_place(cross, cross->scored), *n * sizeof(SpkScored));
	if (multiples != NULL)
		unit = weigh_folds(cross, n_scored, multiples);
	spk_block_release(&block);
	return unit;
}
