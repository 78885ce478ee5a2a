/*
 * compare_fit.c
 *	  The fits of a comparison, which leader and workers make as they are free.
 *
 * A fit depends on its number alone.  Leader and workers draw fits, the most expensive
 * ones first.  Each fit is serial, and leaves its figures in a slot of its own.  Only
 * models that were fitted to all folds are kept, as bytes.
 */
#include "compat.h"

#include <math.h>

#include "portability/instr_time.h"
#include "utils/memutils.h"

#include "core/models/calibration.h"
#include "core/judging/cross_fit.h"
#include "core/judging/search.h"
#include "core/models/codec.h"
#include "core/models/learner.h"
#include "host/pg_host.h"
#include "host/progress.h"
#include "judging/compare.h"
#include "models/model_type.h"
#include "training/auto.h"
#include "training/calibrate.h"

/* ---- The leader's host ---- */

/* A host for one fit, whose polls tell how far all fits are. */
typedef struct Watch
{
	SpkHost			  host;
	SpkComparison	 *comparison;
	SpkTrainProgress *progress; /* NULL when nothing is to be told */
} Watch;

static void *
watch_alloc(void *ctx, size_t size)
{
	Watch *watch = ctx;

	return watch->host.alloc(watch->host.ctx, size);
}

static void
watch_release(void *ctx, void *ptr)
{
	Watch *watch = ctx;

	watch->host.release(watch->host.ctx, ptr);
}

static bool
watch_cancelled(void *ctx)
{
	Watch *watch = ctx;

	if (watch->progress != NULL)
		spk_train_progress(watch->progress, "fits done",
						   spk_tickets_n_done(&watch->comparison->tickets),
						   spk_compare_n_fits(watch->comparison));
	return watch->host.cancelled(watch->host.ctx);
}

/* ---- One fit ---- */

SpkSamples
spk_compare_samples(const SpkCompareMemory *memory, const SpkBinnedForm *form, int part)
{
	const SpkComparison *comparison = memory->comparison;
	SpkSamples			 samples = {{0}};
	uint32				 n_rows = comparison->n_rows[part];

	samples.matrix.n_rows = n_rows;
	samples.matrix.n_positives = form->n_positives[part];
	samples.matrix.n_features = comparison->n_features;
	samples.matrix.weighted = spk_compare_weighted(comparison) && part == SPK_PART_TRAINING;
	samples.matrix.unit = form->unit;
	memcpy(samples.matrix.weights, form->multiples, sizeof(form->multiples));
	samples.matrix.n_grouped = form->n_grouped;
	samples.matrix.stride = form->stride[part];
	samples.matrix.codes = spk_compare_at(comparison, form->codes[part]);
	if (part == SPK_PART_TRAINING && form->has_users)
	{
		samples.matrix.users = spk_compare_at(comparison, form->users);
		samples.matrix.n_users = form->n_users;
	}
	samples.matrix_folds = spk_compare_at(comparison, form->code_folds);
	samples.values.n_rows = n_rows;
	samples.values.n_positives = form->n_positives[part];
	samples.values.n_features = comparison->n_features;
	if (memory->values.memory != NULL)
		samples.values.values = (double *) ((char *) memory->values.memory + form->values[part]);
	samples.values_folds = spk_compare_at(comparison, form->value_folds);
	samples.values.weighted = samples.matrix.weighted;
	samples.values.unit = form->unit;
	if (samples.values.values != NULL && form->has_values)
		spk_values_add_up(&samples.values);
	return samples;
}

/* The model of this spec with features of its own, in the context.  It is not fitted. */
static SpkModel *
new_model(const SpkComparison *comparison, const SpkModelSpec *spec, MemoryContext context)
{
	SpkHost				 host = spk_pg_host(context);
	const SpkBinnedForm *form = spk_compare_form(comparison, spec->form);
	SpkModel			*model = MemoryContextAllocZero(context, sizeof(SpkModel));
	const char			*why = NULL;
	SpkStatus status = spk_features_decode(&host, spk_compare_at(comparison, form->features),
										   form->features_size, &model->features,
										   &model->n_features, &why);

	spk_check(status, "set of features", why);
	if (comparison->has_rules)
	{
		const SpkFeatureRule *rules = spk_compare_at(comparison, comparison->rules);

		rules += (spec - spk_compare_spec(comparison, 0)) * comparison->n_features;
		for (uint32 i = 0; i < model->n_features; i++)
			model->features[i].rule = rules[i];
	}
	model->algorithm = spec->algorithm;
	model->options = spec->options;
	for (int i = 0; i < SPK_N_FACTS; i++)
		model->facts[i] = NAN;
	model->facts[SPK_FACT_SKIPPED] = comparison->n_skipped;
	if (spk_compare_weighted(comparison))
		model->facts[SPK_FACT_UNWEIGHTED] = comparison->n_unweighted;
	memcpy(model->weights, comparison->weights, sizeof(model->weights));
	return model;
}

/* Judges the model by the rows of the fold, or by the holdout, which also gives the spread. */
static void
judge(const SpkComparison *comparison, const SpkHost *host, const SpkSamples *samples, int fold,
	  const SpkModel *model, SpkCompareFit *fit)
{
	uint32	   n_rows = samples->matrix.n_rows;
	SpkScored *scored = spk_must_alloc(host, n_rows, sizeof(SpkScored), "set of scored rows");
	size_t	   n;

	spk_check(spk_samples_score(host, samples, fold, model, scored, &n), "set of scored rows",
			  NULL);
	spk_check(spk_metrics(host, scored, n, model->threshold, &fit->metrics), "set of scored rows",
			  NULL);
	if (fold == SPK_NO_FOLD)
		spk_check(spk_metric_spread(host, scored, n, model->threshold, comparison->metric,
									comparison->seed, fit->spread),
				  "set of scored rows", NULL);
	spk_release(host, scored);
}

/*
 * Fits the model to the rows that are not in the fold, calibrates it if it is to be, and
 * chooses its threshold.  Where a fold is judged by scores alone, no time is spent on that.
 */
static void
fit_model(const SpkComparison *comparison, const SpkModelSpec *spec, const SpkHost *host,
		  const SpkSamples *samples, int fold, SpkModel *model)
{
	const SpkBinnedForm *form = spk_compare_form(comparison, spec->form);
	Size				 place = (Size) spec->fold_set * comparison->n_rows[SPK_PART_TRAINING];
	SpkSamples			 parted = *samples;
	bool				 searched = spk_has_parts(spec->algorithm);
	SpkStatus			 status;

	if (spec->n_parts == 0 ||
		(!searched && fold != SPK_NO_FOLD && !spk_has_calibration(&model->options) &&
		 !spk_metric_has_threshold(comparison->metric)))
	{
		spk_check(spk_samples_fit(host, samples, fold, model), "training set", NULL);
		return;
	}

	/* the same rows, but parted as cross-fitting wants them, with whole users in each part */
	parted.matrix_folds = spk_compare_at(comparison, form->code_fold_sets + place);
	parted.values_folds = spk_compare_at(comparison, form->value_fold_sets + place);
	status = searched ?
		spk_search_model(host, samples, fold, &parted, model) :
		spk_cross_fit_model(host, samples, fold, &parted, (int) spec->n_parts, model);
	if (status == SPK_INVALID && searched)
		spk_auto_refuse();
	if (status == SPK_INVALID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("too few users to calibrate on in each fold"),
				 errhint("Ask for more folds, or compare without the option \"calibrate\".")));
	spk_check(status, "training set", NULL);
}

/*
 * Runs the fit of this number, and tells of progress unless that is NULL.  Returns the
 * model as bytes, palloc'd, when it was fitted to all folds, and else NULL.
 */
static bytea *
run_fit(SpkCompareMemory *memory, uint32 number, SpkTrainProgress *progress)
{
	SpkComparison	   *comparison = memory->comparison;
	MemoryContext		context = AllocSetContextCreate(CurrentMemoryContext, "churn model fit",
														ALLOCSET_DEFAULT_SIZES);
	Watch				watch = {spk_pg_host(context), comparison, progress};
	SpkHost				host = {watch_alloc, watch_release, watch_cancelled, &watch};
	uint32				model_no = number / (comparison->n_folds + 1);
	uint32				fold = number % (comparison->n_folds + 1);
	bool				all = fold == comparison->n_folds;
	const SpkModelSpec *spec = spk_compare_spec(comparison, model_no);
	SpkCompareFit	   *fit = spk_compare_fit(comparison, model_no, fold);
	SpkSamples			samples;
	SpkModel		   *model = new_model(comparison, spec, context);
	bytea			   *bytes = NULL;
	instr_time			start;
	instr_time			end;

	/* fits that need the values come first: all of them have been drawn */
	if (spk_learns_codes(spec->algorithm))
		spk_block_release(&memory->values);
	samples = spk_compare_samples(memory, spk_compare_form(comparison, spec->form),
								  SPK_PART_TRAINING);
	INSTR_TIME_SET_CURRENT(start);
	fit_model(comparison, spec, &host, &samples, all ? SPK_NO_FOLD : (int) fold, model);
	if (!all)
		judge(comparison, &host, &samples, (int) fold, model, fit);
	else
	{
		SpkSamples holdout = spk_compare_samples(memory, spk_compare_form(comparison, spec->form),
												 SPK_PART_HOLDOUT);

		if (holdout.matrix.n_rows > 0)
			judge(comparison, &host, &holdout, SPK_NO_FOLD, model, fit);
		memcpy(fit->facts, model->facts, sizeof(fit->facts));
		bytes = spk_model_to_bytes(model);
	}
	INSTR_TIME_SET_CURRENT(end);
	INSTR_TIME_SUBTRACT(end, start);
	fit->seconds = INSTR_TIME_GET_DOUBLE(end);
	MemoryContextDelete(context);
	return bytes;
}

/* Draws the next fit to run; false when there is none left. */
static bool
draw_fit(SpkComparison *comparison, uint32 *number)
{
	const uint32 *order = spk_compare_at(comparison, comparison->order);
	uint32		  ticket;

	if (!spk_tickets_draw(&comparison->tickets, &ticket))
		return false;
	*number = order[ticket];
	return true;
}

/* ---- All of them ---- */

static void
run_in_leader(SpkCompareMemory *memory, bytea **models)
{
	SpkComparison	*comparison = memory->comparison;
	SpkTrainProgress progress;
	uint32			 number;

	spk_train_progress_start(&progress);
	while (draw_fit(comparison, &number))
	{
		bytea *model = run_fit(memory, number, &progress);

		(void) spk_tickets_note(&comparison->tickets);
		if (model != NULL)
			models[number / (comparison->n_folds + 1)] = model;
	}
}

/*
 * Leaves a worker's model in the area.  A model that can be fitted again is left only when
 * the area has room to grow.
 */
static dsa_pointer
share_model(dsa_area *area, const bytea *model, bool can_refit)
{
	/* a model from values cannot be fitted again, as the values may be gone; but it is small */
	if (can_refit && !spk_area_fits(VARSIZE(model)))
		return InvalidDsaPointer;
	return spk_area_put(area, model, VARSIZE(model));
}

/* Copies the workers' models, and fits those again for which the area had no room. */
static void
take_shared_models(SpkCompareMemory *memory, dsa_area *area, bytea **models)
{
	SpkComparison *comparison = memory->comparison;

	for (uint32 i = 0; i < comparison->n_specs; i++)
	{
		dsa_pointer	 place = spk_compare_fit(comparison, i, comparison->n_folds)->model;
		const bytea *shared;

		if (models[i] != NULL)
			continue; /* the leader's own */
		if (!DsaPointerIsValid(place))
		{
			models[i] = run_fit(memory, i * (comparison->n_folds + 1) + comparison->n_folds, NULL);
			continue;
		}
		shared = dsa_get_address(area, place);
		models[i] = palloc(VARSIZE(shared));
		memcpy(models[i], shared, VARSIZE(shared));
		dsa_free(area, place);
	}
}

static void
run_in_parallel(SpkCompareMemory *memory, int n_workers, bytea **models)
{
	SpkWorkersPlan plan = {"spk_compare_worker", n_workers, .has_area = true,
						   .block = &memory->block, .passing = &memory->values};
	SpkWorkers	   workers;

	spk_workers_new(&workers, &plan);
	spk_workers_launch(&workers);
	run_in_leader(memory, models);
	spk_workers_wait(&workers);
	if (workers.area != NULL)
		take_shared_models(memory, workers.area, models);
	spk_workers_end(&workers);
}

void
spk_compare_run(SpkCompareMemory *memory, int n_workers, bytea **models)
{
	if (n_workers > 0)
		run_in_parallel(memory, n_workers, models);
	else
		run_in_leader(memory, models);
	spk_block_release(&memory->values);
}

void
spk_compare_worker(dsm_segment *seg, shm_toc *toc)
{
	SpkWorker		 worker;
	SpkCompareMemory memory;
	SpkComparison	*comparison;
	uint32			 number;

	spk_worker_attach(&worker, seg, toc);
	comparison = worker.block.memory;

	/* the values may be gone when this worker comes late: no fit that is left needs them */
	memory = (SpkCompareMemory) {comparison, worker.block, worker.passing};
	while (draw_fit(comparison, &number))
	{
		uint32 model_no = number / (comparison->n_folds + 1);
		bool   can_refit = spk_learns_codes(spk_compare_spec(comparison, model_no)->algorithm);
		bytea *model = run_fit(&memory, number, NULL);

		if (model != NULL)
		{
			spk_compare_fit(comparison, model_no, comparison->n_folds)->model =
				share_model(worker.area, model, can_refit);
			pfree(model);
		}
		(void) spk_tickets_note(&comparison->tickets);
	}
	worker.passing = memory.values; /* which a fit may have released */
	spk_worker_detach(&worker);
}
