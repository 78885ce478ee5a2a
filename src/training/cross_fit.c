/*
 * cross_fit.c
 *	  Scores of all rows by models that have not seen them, spread over parallel
 *	  workers.
 *
 * The rows, binned once, and their folds lie in one block of memory, shared
 * when there are workers; leader and workers draw folds from a ticket, and
 * leave the scores of each in its place.  Each fit is serial.
 */
#include "compat.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "port/atomics.h"
#include "utils/memutils.h"

#include "core/rows/binning.h"
#include "core/models/codec.h"
#include "core/rows/folds.h"
#include "core/judging/cross_fit.h"
#include "training/cross_fit.h"
#include "models/model_type.h"
#include "host/pg_host.h"
#include "rows/row_store.h"
#include "training/shared_matrix.h"
#include "training/calibrate.h"
#include "host/memory_limit.h"
#include "host/progress.h"

/* Key of the parallel context's table of contents */
#define KEY_SEGMENT		UINT64CONST(1)	/* dsm_handle of the block */

/* Rows times features times trees below which the start of workers costs more than they give. */
#define MIN_CROSS_FIT_WORK	1000000.0

/* What counts as so many trees where there are none: a regression's iterations. */
#define TREES_OF_REGRESSION	10

/* Space that a parallel context takes beside the block. */
#define CROSS_FIT_CONTEXT	(1024 * 1024)

/* The block starts with this; places are bytes from there. */
typedef struct HeldOut
{
	SpkAlgorithm algorithm;
	SpkOptions	options;
	SpkMatrix	matrix;			/* of trees: but for codes */
	SpkValues	values;			/* of others: but for values */
	uint32		start[SPK_CALIBRATION_FOLDS];	/* place of each fold among the scores */
	pg_atomic_uint32 next_fold;
	pg_atomic_uint32 n_done;
	Size		features;		/* a model that has them, and its size */
	Size		features_size;
	Size		rows;			/* codes or values */
	Size		folds;			/* of them */
	Size		scored;
	Size		size;
} HeldOut;

static void
check(SpkStatus status)
{
	spk_check(status, "training set", NULL);
}

static inline void *
at_place(const HeldOut *h, Size place)
{
	return (char *) h + place;
}

/* ---- The block ---- */

/* The features as workers read them: those of a tree of one leaf. */
static bytea *
pack_features(const SpkModel *like, uint32 n_rows)
{
	SpkModel	model = {SPK_DECISION_TREE, spk_options_default(SPK_DECISION_TREE), 0.5};
	SpkNode		leaf = {{0.5}, n_rows, 0, 0, 0, SPK_NODE_LEAF};
	SpkTree		tree = {1, 0, &leaf, NULL};

	for (int i = 0; i < SPK_N_FACTS; i++)
		model.facts[i] = NAN;
	model.n_features = like->n_features;
	model.features = like->features;
	model.n_trees = 1;
	model.trees = &tree;
	return spk_model_to_bytes(&model);
}

static Size
take(Size *at, uint64 size)
{
	Size		taken = *at;

	*at += TYPEALIGN(SPK_ALIGNMENT, size);
	return taken;
}

static HeldOut
lay_out(const SpkTable *table, const SpkModel *like, const bytea *features)
{
	bool		forest = spk_algorithm_is_forest(like->algorithm);
	HeldOut		h = {like->algorithm, like->options};
	Size		at = TYPEALIGN(SPK_ALIGNMENT, sizeof(HeldOut));

	h.features_size = VARSIZE_ANY_EXHDR(features);
	h.features = take(&at, h.features_size);
	h.rows = take(&at, forest ? (uint64) table->n_rows * spk_matrix_stride(table->n_columns) :
				  spk_values_size(table->n_rows, table->n_columns));
	h.folds = take(&at, table->n_rows);
	h.scored = take(&at, (uint64) table->n_rows * sizeof(SpkScored));
	h.size = at;
	return h;
}

/* Puts the rows and their folds in. */
static void
fill(HeldOut *h, const SpkHost *host, const SpkTable *table, const SpkModel *like, const bytea *features,
	 const uint8 *folds)
{
	uint32	   *origins = spk_must_alloc(host, table->n_rows, sizeof(uint32), "training set");
	uint8	   *ordered = at_place(h, h->folds);
	uint32		n_rows[SPK_CALIBRATION_FOLDS] = {0};

	memcpy(at_place(h, h->features), VARDATA_ANY(features), h->features_size);
	if (spk_algorithm_is_forest(like->algorithm))
		check(spk_bin_table(host, table, like->features, at_place(h, h->rows), &h->matrix, origins));
	else
		check(spk_values_fill(host, table, like->features, at_place(h, h->rows), &h->values, origins));
	for (uint32 row = 0; row < table->n_rows; row++)
	{
		ordered[row] = folds[origins[row]];
		n_rows[ordered[row]]++;
	}
	spk_release(host, origins);
	for (int fold = 1; fold < SPK_CALIBRATION_FOLDS; fold++)
		h->start[fold] = h->start[fold - 1] + n_rows[fold - 1];
	pg_atomic_init_u32(&h->next_fold, 0);
	pg_atomic_init_u32(&h->n_done, 0);
}

/* ---- Fits ---- */

static SpkSamples
samples_of(const HeldOut *h)
{
	SpkSamples	samples = {h->matrix, NULL, h->values, NULL};

	if (spk_algorithm_is_forest(h->algorithm))
	{
		samples.matrix.codes = at_place(h, h->rows);
		samples.matrix_folds = at_place(h, h->folds);
	}
	else
	{
		samples.values.values = at_place(h, h->rows);
		samples.values_folds = at_place(h, h->folds);
	}
	return samples;
}

/* Scores folds until none is left; progress, if not NULL, tells of it. */
static void
score_folds(HeldOut *h, SpkTrainProgress *progress)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "churn model fit",
												  ALLOCSET_DEFAULT_SIZES);
	SpkHost		host = spk_pg_host(context);
	SpkSamples	samples = samples_of(h);
	SpkModel	model;
	const char *why = NULL;
	uint32		fold;

	spk_check(spk_model_decode(&host, at_place(h, h->features), h->features_size, &model, &why),
			  "churn model", why);
	model.algorithm = h->algorithm;
	model.options = h->options;
	while ((fold = pg_atomic_fetch_add_u32(&h->next_fold, 1)) < SPK_CALIBRATION_FOLDS)
	{
		size_t		n;

		check(spk_score_unseen(&host, &samples, (int) fold, &model,
							   (SpkScored *) at_place(h, h->scored) + h->start[fold], &n));
		pg_atomic_fetch_add_u32(&h->n_done, 1);
		if (progress != NULL)
			spk_train_progress(progress, "folds scored", pg_atomic_read_u32(&h->n_done),
							   SPK_CALIBRATION_FOLDS);
	}
	MemoryContextDelete(context);
}

static void
score_in_parallel(HeldOut *h, dsm_segment *segment, int n_workers, SpkTrainProgress *progress)
{
	ParallelContext *pcxt;
	dsm_handle *handle;

	EnterParallelMode();
	pcxt = CreateParallelContext("sparkify", "spk_held_out_worker", n_workers);
	shm_toc_estimate_chunk(&pcxt->estimator, sizeof(dsm_handle));
	shm_toc_estimate_keys(&pcxt->estimator, 1);
	InitializeParallelDSM(pcxt);
	handle = shm_toc_allocate(pcxt->toc, sizeof(dsm_handle));
	*handle = dsm_segment_handle(segment);
	shm_toc_insert(pcxt->toc, KEY_SEGMENT, handle);
	if (pcxt->seg != NULL)
		LaunchParallelWorkers(pcxt);
	score_folds(h, progress);
	if (pcxt->seg != NULL)
		WaitForParallelWorkersToFinish(pcxt);
	DestroyParallelContext(pcxt);
	ExitParallelMode();
}

void
spk_held_out_worker(dsm_segment *seg, shm_toc *toc)
{
	dsm_handle *handle = shm_toc_lookup(toc, KEY_SEGMENT, false);
	dsm_segment *segment = dsm_attach(*handle);

	if (segment == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("could not map dynamic shared memory segment")));
	score_folds(dsm_segment_address(segment), NULL);
	dsm_detach(segment);
}

/* ---- All ---- */

/* How many workers are worth asking for? */
static int
wanted_workers(const SpkTable *table, const SpkModel *like)
{
	double		trees = like->algorithm == SPK_LOGISTIC_REGRESSION ? TREES_OF_REGRESSION :
		spk_option_applies(SPK_OPT_TREES, like->algorithm) ? like->options.value[SPK_OPT_TREES] : 1;

	if (IsParallelWorker() || !IsUnderPostmaster ||
		(double) table->n_rows * table->n_columns * trees < MIN_CROSS_FIT_WORK)
		return 0;
	return Min(Min(max_parallel_maintenance_workers, max_parallel_workers), SPK_CALIBRATION_FOLDS - 1);
}

/*
 * How many of them there is memory for, beside the table and its folds; an
 * error when there is none for the leader alone.
 */
static int
affordable_workers(const SpkTable *table, const SpkModel *like, uint64 block, int n_workers)
{
	uint64		fit = spk_fit_size(like, table->n_rows);
	uint64		ordering = (uint64) table->n_rows * sizeof(uint32) + spk_values_work_size(table->n_rows);
	uint64		scored = (uint64) table->n_rows * sizeof(SpkScored);
	uint64		held = spk_table_size(table) + table->n_rows + scored + block;

	spk_check_training_memory(held + Max(ordering, fit), table->n_rows, table->n_columns);
	return (int) Min((uint64) n_workers, (spk_max_training_memory() - held - fit) / fit);
}

void
spk_score_held_out(const SpkHost *host, const SpkTable *table, const SpkModel *like, uint8 *folds,
				   SpkScored *scored)
{
	bytea	   *features = pack_features(like, table->n_rows);
	HeldOut		layout = lay_out(table, like, features);
	int			n_workers = affordable_workers(table, like, layout.size, wanted_workers(table, like));
	dsm_segment *segment = n_workers > 0 ? spk_shared_segment(layout.size, CROSS_FIT_CONTEXT) : NULL;
	HeldOut    *h = segment != NULL ? dsm_segment_address(segment) :
		spk_must_alloc(host, layout.size, 1, "training set");
	SpkTrainProgress progress;

	*h = layout;
	fill(h, host, table, like, features, folds);
	pfree(features);
	spk_release(host, folds);
	spk_train_progress_start(&progress);
	if (segment != NULL)
		score_in_parallel(h, segment, n_workers, &progress);
	else
		score_folds(h, &progress);
	memcpy(scored, at_place(h, h->scored), (Size) table->n_rows * sizeof(SpkScored));
	if (segment != NULL)
		dsm_detach(segment);
	else
		spk_release(host, h);
}
