/*
 * compare_fit.c
 *	  The fits of a contest, by whoever is free.
 *
 * A fit depends on its number alone.  Leader and workers draw numbers from a
 * shared ticket, the dearest first; each fit is serial, and leaves figures in
 * its own slot.  Only models fitted to all folds are kept, as bytes.
 */
#include "compat.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "portability/instr_time.h"
#include "storage/lwlock.h"
#include "utils/memutils.h"

#include "judging/compare.h"
#include "core/models/calibration.h"
#include "core/models/codec.h"
#include "core/judging/cross_fit.h"
#include "models/model_type.h"
#include "host/pg_host.h"
#include "training/calibrate.h"
#include "host/memory_limit.h"
#include "host/progress.h"

/* Keys of the parallel context's table of contents */
#define KEY_ARENA		UINT64CONST(1)
#define KEY_MODELS_AREA		UINT64CONST(2)

/* First size of the area that workers leave models in; it grows. */
#define MODELS_AREA_SIZE			(256 * 1024)

/* A segment that the area grows by is at most so many times what it is to hold, and some. */
#define AREA_GROWTH			2

/* What workers need to find the arena. */
typedef struct SharedArena
{
	dsm_handle	contest;
	bool		has_values;
	dsm_handle	values;
} SharedArena;

void
spk_contest_release_values(SpkArena *arena)
{
	if (arena->values_segment != NULL)
		dsm_detach(arena->values_segment);
	else if (arena->values != NULL)
		pfree(arena->values);
	arena->values_segment = NULL;
	arena->values = NULL;
}

/* ---- The leader's host ---- */

/* Memory for one fit, whose polls tell how far all of them are. */
typedef struct Watch
{
	SpkHost		host;
	SpkContest *contest;
	SpkTrainProgress *progress; /* NULL: tells nothing */
} Watch;

static void *
watch_alloc(void *ctx, size_t size)
{
	Watch	   *watch = ctx;

	return watch->host.alloc(watch->host.ctx, size);
}

static void
watch_release(void *ctx, void *ptr)
{
	Watch	   *watch = ctx;

	watch->host.release(watch->host.ctx, ptr);
}

static bool
watch_cancelled(void *ctx)
{
	Watch	   *watch = ctx;

	if (watch->progress != NULL)
		spk_train_progress(watch->progress, "fits done", pg_atomic_read_u32(&watch->contest->n_done),
						   spk_contest_n_fits(watch->contest));
	return watch->host.cancelled(watch->host.ctx);
}

/* ---- One fit ---- */

static SpkSamples
samples_of(const SpkArena *arena, const SpkContestForm *form, int part)
{
	const SpkContest *contest = arena->contest;
	SpkSamples	samples = {{0}};
	uint32		n_rows = contest->n_rows[part];

	samples.matrix.n_rows = n_rows;
	samples.matrix.n_positives = form->n_positives[part];
	samples.matrix.n_features = contest->n_features;
	samples.matrix.stride = spk_matrix_stride(contest->n_features);
	samples.matrix.codes = spk_contest_at(contest, form->codes[part]);
	samples.matrix_folds = spk_contest_at(contest, form->code_folds);
	samples.values.n_rows = n_rows;
	samples.values.n_positives = form->n_positives[part];
	samples.values.n_features = contest->n_features;
	if (arena->values != NULL)
		samples.values.values = (double *) (arena->values + form->values[part]);
	samples.values_folds = spk_contest_at(contest, form->value_folds);
	return samples;
}

/* The contender, not fitted yet, with features of its own. */
static SpkModel *
new_model(const SpkContest *contest, const SpkContender *contender, MemoryContext context)
{
	SpkHost		host = spk_pg_host(context);
	const SpkContestForm *form = spk_contest_form(contest, contender->form);
	SpkModel   *model = MemoryContextAlloc(context, sizeof(SpkModel));
	const char *why = NULL;
	SpkStatus	status = spk_model_decode(&host, spk_contest_at(contest, form->features), form->features_size,
										  model, &why);

	spk_check(status, "churn model", why);
	spk_model_release_trees(&host, model);
	model->n_trees = 0;
	model->algorithm = contender->algorithm;
	model->options = contender->options;
	model->facts[SPK_FACT_SKIPPED] = contest->n_skipped;
	return model;
}

/* Judges the model by these rows; the holdout tells of its spread, too. */
static void
judge(const SpkContest *contest, const SpkHost *host, const SpkSamples *samples, int fold,
	  const SpkModel *model, SpkContestFit *fit)
{
	uint32		n_rows = samples->matrix.n_rows;
	SpkScored  *scored = spk_must_alloc(host, n_rows, sizeof(SpkScored), "set of scored rows");
	size_t		n;

	spk_check(spk_score_fold(host, samples, fold, model, scored, &n), "set of scored rows", NULL);
	spk_check(spk_metrics(host, scored, n, model->threshold, &fit->metrics), "set of scored rows", NULL);
	if (fold == SPK_NO_FOLD)
		spk_check(spk_metric_spread(host, scored, n, model->threshold, contest->metric, contest->seed,
									fit->spread), "set of scored rows", NULL);
	spk_release(host, scored);
}

/* Fits the model to the rows that are not in the fold, calibrated if it is to be. */
static void
fit_model(const SpkContest *contest, const SpkContender *contender, const SpkHost *host,
		  const SpkSamples *samples, int fold, SpkModel *model)
{
	const SpkContestForm *form = spk_contest_form(contest, contender->form);
	Size		deal = (Size) contender->deal * contest->n_rows[SPK_PART_TRAINING];
	SpkSamples	parted = *samples;
	SpkStatus	status;

	if (!spk_has_calibration(&model->options))
	{
		spk_check(spk_fit_without(host, samples, fold, model), "training set", NULL);
		return;
	}
	parted.matrix_folds = spk_contest_at(contest, form->code_deals + deal);
	parted.values_folds = spk_contest_at(contest, form->value_deals + deal);
	status = spk_fit_calibrated(host, samples, fold, &parted, SPK_CALIBRATION_FOLDS, model);
	if (status == SPK_INVALID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("too few users to calibrate on in each fold"),
				 errhint("Ask for more folds, or compare without the option \"calibrate\".")));
	spk_check(status, "training set", NULL);
}

/*
 * Runs this fit, telling of progress unless that is NULL; the model as bytes
 * when it is fitted to all folds, else NULL.
 */
static bytea *
run_fit(SpkArena *arena, uint32 number, SpkTrainProgress *progress)
{
	SpkContest *contest = arena->contest;
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "churn model fit",
												  ALLOCSET_DEFAULT_SIZES);
	Watch		watch = {spk_pg_host(context), contest, progress};
	SpkHost		host = {watch_alloc, watch_release, watch_cancelled, &watch};
	uint32		contender = number / (contest->n_folds + 1);
	uint32		fold = number % (contest->n_folds + 1);
	bool		all = fold == contest->n_folds;
	const SpkContender *c = spk_contender(contest, contender);
	SpkContestFit *fit = spk_contest_fit(contest, contender, fold);
	SpkSamples	samples;
	SpkModel   *model = new_model(contest, c, context);
	bytea	   *bytes = NULL;
	instr_time	start;
	instr_time	end;

	/* all that need the values have been drawn */
	if (spk_algorithm_is_forest(c->algorithm))
		spk_contest_release_values(arena);
	samples = samples_of(arena, spk_contest_form(contest, c->form), SPK_PART_TRAINING);
	INSTR_TIME_SET_CURRENT(start);
	fit_model(contest, c, &host, &samples, all ? SPK_NO_FOLD : (int) fold, model);
	if (!all)
		judge(contest, &host, &samples, (int) fold, model, fit);
	else
	{
		SpkSamples	holdout = samples_of(arena, spk_contest_form(contest, c->form), SPK_PART_HOLDOUT);

		if (holdout.matrix.n_rows > 0)
			judge(contest, &host, &holdout, SPK_NO_FOLD, model, fit);
		memcpy(fit->facts, model->facts, sizeof(fit->facts));
		bytes = spk_model_to_bytes(model);
	}
	INSTR_TIME_SET_CURRENT(end);
	INSTR_TIME_SUBTRACT(end, start);
	fit->seconds = INSTR_TIME_GET_DOUBLE(end);
	MemoryContextDelete(context);
	return bytes;
}

/* The next fit to run, or -1. */
static int64
next_fit(SpkContest *contest)
{
	uint32		ticket = pg_atomic_fetch_add_u32(&contest->next_ticket, 1);
	const uint32 *tickets = spk_contest_at(contest, contest->tickets);

	return ticket < spk_contest_n_fits(contest) ? (int64) tickets[ticket] : -1;
}

/* ---- All of them ---- */

static void
run_in_leader(SpkArena *arena, bytea **models)
{
	SpkContest *contest = arena->contest;
	SpkTrainProgress progress;
	int64		number;

	spk_train_progress_start(&progress);
	while ((number = next_fit(contest)) >= 0)
	{
		bytea	   *model = run_fit(arena, (uint32) number, &progress);

		pg_atomic_fetch_add_u32(&contest->n_done, 1);
		if (model != NULL)
			models[number / (contest->n_folds + 1)] = model;
	}
}

/* Leaves a worker's model in the area, if there is room for the area to grow. */
static dsa_pointer
share_model(dsa_area *area, const bytea *model, bool has_trees)
{
	dsa_pointer place;

	/* one without trees is small, and could not be fitted again: the values are gone */
	if (has_trees && !spk_shared_memory_fits(AREA_GROWTH * (uint64) VARSIZE(model) + MODELS_AREA_SIZE))
		return InvalidDsaPointer;
	place = dsa_allocate_extended(area, VARSIZE(model), DSA_ALLOC_HUGE);
	memcpy(dsa_get_address(area, place), model, VARSIZE(model));
	return place;
}

/* Copies the workers' models, and fits those again that they had no room to leave. */
static void
take_shared_models(SpkArena *arena, dsa_area *area, bytea **models)
{
	SpkContest *contest = arena->contest;

	for (uint32 i = 0; i < contest->n_contenders; i++)
	{
		dsa_pointer place = spk_contest_fit(contest, i, contest->n_folds)->model;
		const bytea *shared;

		if (models[i] != NULL)
			continue;			/* the leader's own */
		if (!DsaPointerIsValid(place))
		{
			models[i] = run_fit(arena, i * (contest->n_folds + 1) + contest->n_folds, NULL);
			continue;
		}
		shared = dsa_get_address(area, place);
		models[i] = palloc(VARSIZE(shared));
		memcpy(models[i], shared, VARSIZE(shared));
		dsa_free(area, place);
	}
}

static void
run_in_parallel(SpkArena *arena, int n_workers, bytea **models)
{
	ParallelContext *pcxt;

	EnterParallelMode();
	pcxt = CreateParallelContext("sparkify", "spk_contest_worker", n_workers);
	shm_toc_estimate_chunk(&pcxt->estimator, sizeof(SharedArena));
	shm_toc_estimate_chunk(&pcxt->estimator, MODELS_AREA_SIZE);
	shm_toc_estimate_keys(&pcxt->estimator, 2);
	InitializeParallelDSM(pcxt);
	if (pcxt->seg == NULL)
		run_in_leader(arena, models); /* no segment, no workers */
	else
	{
		SharedArena *shared = shm_toc_allocate(pcxt->toc, sizeof(SharedArena));
		void	   *place = shm_toc_allocate(pcxt->toc, MODELS_AREA_SIZE);
		dsa_area   *area = dsa_create_in_place(place, MODELS_AREA_SIZE, LWTRANCHE_PARALLEL_QUERY_DSA, pcxt->seg);

		shared->contest = dsm_segment_handle(arena->segment);
		shared->has_values = arena->values_segment != NULL;
		if (shared->has_values)
			shared->values = dsm_segment_handle(arena->values_segment);
		shm_toc_insert(pcxt->toc, KEY_ARENA, shared);
		shm_toc_insert(pcxt->toc, KEY_MODELS_AREA, place);
		LaunchParallelWorkers(pcxt);
		run_in_leader(arena, models);
		WaitForParallelWorkersToFinish(pcxt);
		take_shared_models(arena, area, models);
		dsa_detach(area);
	}
	DestroyParallelContext(pcxt);
	ExitParallelMode();
}

void
spk_contest_run(SpkArena *arena, int n_workers, bytea **models)
{
	if (n_workers > 0)
		run_in_parallel(arena, n_workers, models);
	else
		run_in_leader(arena, models);
	spk_contest_release_values(arena);
}

static dsm_segment *
attach(dsm_handle handle)
{
	dsm_segment *segment = dsm_attach(handle);

	if (segment == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("could not map dynamic shared memory segment")));
	return segment;
}

/* The arena as the leader has it; without values when they are gone, as nobody needs them. */
static SpkArena
attach_arena(const SharedArena *shared)
{
	SpkArena	arena = {NULL};

	arena.segment = attach(shared->contest);
	arena.contest = dsm_segment_address(arena.segment);
	if (shared->has_values)
		arena.values_segment = dsm_attach(shared->values);
	if (arena.values_segment != NULL)
		arena.values = dsm_segment_address(arena.values_segment);
	return arena;
}

void
spk_contest_worker(dsm_segment *seg, shm_toc *toc)
{
	dsa_area   *area = dsa_attach_in_place(shm_toc_lookup(toc, KEY_MODELS_AREA, false), seg);
	SpkArena	arena = attach_arena(shm_toc_lookup(toc, KEY_ARENA, false));
	SpkContest *contest = arena.contest;
	int64		number;

	while ((number = next_fit(contest)) >= 0)
	{
		uint32		contender = (uint32) number / (contest->n_folds + 1);
		bool		trees = spk_algorithm_is_forest(spk_contender(contest, contender)->algorithm);
		bytea	   *model = run_fit(&arena, (uint32) number, NULL);

		if (model != NULL)
		{
			spk_contest_fit(contest, contender, contest->n_folds)->model = share_model(area, model, trees);
			pfree(model);
		}
		pg_atomic_fetch_add_u32(&contest->n_done, 1);
	}
	spk_contest_release_values(&arena);
	dsm_detach(arena.segment);
	dsa_detach(area);
}
