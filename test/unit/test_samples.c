/*
 * test_samples.c
 *	  Fits to rows but for a fold, and scores of that fold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/models/learner.h"
#include "core/scoring/additive.h"
#include "core/scoring/predict.h"
#include "core/base/rng.h"
#include "core/judging/samples.h"
#include "core/judging/cross_fit.h"
#include "core/judging/threshold.h"
#include "core/judging/unseen.h"
#include "core/rows/folds.h"
#include "unit_table.h"

/* The algorithms that are fitted to samples: all but the last one, a blend of others. */
#define N_FITTED SPK_BLEND

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define N_FOLDS 3

static UnitHost state = UNIT_HOST_INIT;

#define N_PARTS 3

/* The part that calibration has a row in, likewise. */
static uint8_t
part_of(const UnitTable *t, uint32_t r)
{
	return (uint8_t) ((uint32_t) (t->numbers[0][r] * 100000) % N_PARTS);
}

/* The fold of a row, by what it holds. */
static uint8_t
fold_of(const UnitTable *t, uint32_t r)
{
	return (uint8_t) (t->numbers[0][r] * 1000 - floor(t->numbers[0][r] * 1000) < 0.4 ?
						  0 :
						  (uint32_t) (t->numbers[0][r] * 10000) % 2 + 1);
}

/* The rows that are not in the fold, in another order. */
static UnitTable *
rows_without(const UnitTable *t, int fold)
{
	UnitTable *some = unit_table_new(0);

	memcpy(some->columns, t->columns, sizeof(t->columns));
	some->table.n_columns = t->table.n_columns;
	for (uint32_t c = 0; c < t->table.n_columns; c++)
	{
		some->columns[c].numbers = t->columns[c].numbers == NULL ? NULL : some->numbers[c];
		some->columns[c].ids = t->columns[c].ids == NULL ? NULL : some->ids[c];
	}
	for (uint32_t r = 0; r < t->table.n_rows; r++)
	{
		uint32_t to = some->table.n_rows;

		if (fold_of(t, r) == fold)
			continue;
		some->labels[to] = t->labels[r];
		for (uint32_t c = 0; c < t->table.n_columns; c++)
		{
			some->numbers[c][to] = t->numbers[c][r];
			some->ids[c][to] = t->ids[c][r];
		}
		some->table.n_rows++;
	}
	unit_table_shuffle(some);
	return some;
}

/* The table's rows as samples, folds and all; features are their own or another table's. */
typedef struct Forms
{
	SpkSamples	samples;
	SpkFeature *features;
	uint8_t		matrix_folds[UNIT_MAX_TABLE_ROWS];
	uint8_t		values_folds[UNIT_MAX_TABLE_ROWS];
	SpkSamples	parted; /* the same rows in the parts of calibration */
	uint8_t		matrix_parts[UNIT_MAX_TABLE_ROWS];
	uint8_t		values_parts[UNIT_MAX_TABLE_ROWS];
	uint32_t	origins[UNIT_MAX_TABLE_ROWS];
} Forms;

static SpkFeature *
bin_features(const UnitTable *t)
{
	SpkHost		host = unit_host(&state);
	SpkFeature *features = spk_alloc(&host, t->table.n_columns, sizeof(SpkFeature));

	for (uint32_t c = 0; c < t->table.n_columns; c++)
		assert_int_equal(spk_bin_feature(&host, &t->columns[c], t->table.n_rows, 255, &features[c]),
						 SPK_OK);
	return features;
}

static Forms *
forms_new(const UnitTable *t, SpkFeature *features)
{
	SpkHost	 host = unit_host(&state);
	Forms	*f = calloc(1, sizeof(Forms));
	uint8_t *codes = spk_alloc(&host, t->table.n_rows, spk_matrix_stride(t->table.n_columns));
	double	*values = spk_alloc(&host, spk_values_size(t->table.n_rows, t->table.n_columns), 1);

	f->features = features;
	assert_int_equal(spk_bin_table(&host, &t->table, features, codes, &f->samples.matrix,
								   f->origins),
					 SPK_OK);
	for (uint32_t r = 0; r < t->table.n_rows; r++)
	{
		f->matrix_folds[r] = fold_of(t, f->origins[r]);
		f->matrix_parts[r] = part_of(t, f->origins[r]);
	}
	assert_int_equal(spk_values_fill(&host, &t->table, features, values, &f->samples.values,
									 f->origins),
					 SPK_OK);
	for (uint32_t r = 0; r < t->table.n_rows; r++)
	{
		const double *row = spk_values_row(&f->samples.values, r);

		f->values_folds[r] = fold_of(t, f->origins[r]);
		f->values_parts[r] = part_of(t, f->origins[r]);
		assert_true(row[0] == t->numbers[0][f->origins[r]]);
	}
	f->samples.matrix_folds = f->matrix_folds;
	f->samples.values_folds = f->values_folds;
	f->parted = f->samples;
	f->parted.matrix_folds = f->matrix_parts;
	f->parted.values_folds = f->values_parts;
	return f;
}

static void
forms_free(Forms *f)
{
	SpkHost host = unit_host(&state);

	spk_release(&host, f->samples.matrix.codes);
	spk_release(&host, f->samples.values.values);
	free(f);
}

/* A model without a fit; its features are the forms' own. */
static SpkModel
model_of(const Forms *f, SpkAlgorithm algorithm)
{
	SpkModel model = {.algorithm = algorithm, .options = spk_options_default(algorithm)};

	if (spk_option_applies(SPK_OPT_TREES, algorithm))
		model.options.value[SPK_OPT_TREES] = 7;
	for (int i = 0; i < SPK_N_FACTS; i++)
		model.facts[i] = NAN;
	model.n_features = f->samples.matrix.n_features;
	model.features = f->features;
	return model;
}

/* Gives back all but the features. */
static void
model_release(SpkModel *model)
{
	SpkHost host = unit_host(&state);

	model->n_features = 0;
	model->features = NULL;
	spk_model_release(&host, model);
}

static SpkStatus
fit(const Forms *f, int fold, bool calibrated, SpkModel *model)
{
	SpkHost host = unit_host(&state);

	if (!calibrated)
		return spk_samples_fit(&host, &f->samples, fold, model);
	model->options.value[SPK_OPT_CALIBRATE] = SPK_CALIBRATE_ISOTONIC;
	return spk_cross_fit_model(&host, &f->samples, fold, &f->parted, N_PARTS, model);
}

static void
a_fit_without_a_fold_is_one_to_the_others(void **unused)
{
	SpkHost		host = unit_host(&state);
	UnitTable  *t = unit_table_mixed(900);
	SpkFeature *features = bin_features(t);
	Forms	   *all = forms_new(t, features);

	for (int fold = SPK_NO_FOLD; fold < N_FOLDS; fold++)
	{
		UnitTable *rest = rows_without(t, fold);
		Forms	  *some = forms_new(rest, features);

		for (int a = 0; a < 2 * N_FITTED; a++)
		{
			bool	  calibrated = a % 2 == 1;
			SpkModel  without = model_of(all, (SpkAlgorithm) (a / 2));
			SpkModel  alone = model_of(some, (SpkAlgorithm) (a / 2));
			SpkWriter w[2];

			assert_int_equal(fit(all, fold, calibrated, &without), SPK_OK);
			w[0] = unit_model_bytes(&host, &without);
			assert_int_equal(fit(some, SPK_NO_FOLD, calibrated, &alone), SPK_OK);
			w[1] = unit_model_bytes(&host, &alone);
			assert_true(calibrated == (without.facts[SPK_FACT_CV_ROWS] == rest->table.n_rows));
			assert_true(without.facts[SPK_FACT_ROWS] == rest->table.n_rows);
			assert_int_equal(w[0].len, w[1].len);
			assert_memory_equal(w[0].data, w[1].data, w[0].len);
			for (int i = 0; i < 2; i++)
				spk_release(&host, w[i].data);
			model_release(&without);
			model_release(&alone);
		}
		forms_free(some);
		free(rest);
	}
	forms_free(all);
	for (uint32_t c = 0; c < t->table.n_columns; c++)
		spk_feature_release(&host, &features[c]);
	spk_release(&host, features);
	free(t);
	assert_int_equal(state.live, 0);
}

/* Boosting that stops early needs no parts: the rows that its fit holds out tell. */
static void
threshold_by_held_out(Forms *all)
{
	SpkHost		   host = unit_host(&state);
	SpkModel	   model = model_of(all, SPK_GRADIENT_BOOSTING);
	SpkModel	   plain = model_of(all, SPK_GRADIENT_BOOSTING);
	SpkCrossFitted fitted;

	assert_int_equal(spk_cross_fit_model(&host, &all->samples, 1, &all->parted, 2, &model), SPK_OK);
	assert_true(model.facts[SPK_FACT_THRESHOLD_RULE] == SPK_THRESHOLD_EXPECTED_F1);
	assert_true(model.unseen == NULL);
	assert_int_equal(spk_samples_fit(&host, &all->samples, 1, &plain), SPK_OK);
	assert_int_equal(model.n_trees, plain.n_trees);
	assert_true(plain.n_unseen > 100 && plain.n_unseen < plain.facts[SPK_FACT_ROWS] / 3);
	assert_true(model.facts[SPK_FACT_CV_ROWS] == plain.n_unseen);
	assert_int_equal(spk_unseen_learn(&host, &plain, &fitted), SPK_OK);
	assert_true(model.threshold == fitted.metrics.threshold);
	assert_true(model.facts[SPK_FACT_CV_AUC] == fitted.metrics.auc);
	model_release(&model);
	model_release(&plain);
}

/*
 * The threshold without a map: some parts are scored, and rows that are held out have no
 * part in it, neither in the scores nor in the fits that give them.
 */
static void
a_threshold_by_some_parts(void **unused)
{
	SpkHost			 host = unit_host(&state);
	UnitTable		*t = unit_table_mixed(900);
	SpkFeature		*features = bin_features(t);
	Forms			*all = forms_new(t, features);
	static SpkScored scored[UNIT_MAX_TABLE_ROWS];

	/* a fold is left out, and half of the rest is held out of the cross-fit */
	for (uint32_t r = 0; r < 900; r++)
	{
		if (r % 2 == 0)
			all->matrix_parts[r] = all->values_parts[r] = SPK_HOLDOUT;
	}
	for (int a = 0; a < N_FITTED; a++)
	{
		SpkModel	   model = model_of(all, (SpkAlgorithm) a);
		SpkModel	   plain = model_of(all, (SpkAlgorithm) a);
		SpkModel	   like = model_of(all, (SpkAlgorithm) a);
		SpkSamples	   left = all->samples;
		uint8_t		   folds[UNIT_MAX_TABLE_ROWS];
		const uint8_t *in = spk_learns_codes(model.algorithm) ? all->matrix_folds :
																all->values_folds;
		const uint8_t *parts = spk_learns_codes(model.algorithm) ? all->matrix_parts :
																   all->values_parts;
		SpkMetrics	   m;
		SpkSamples	   taken;
		size_t		   n = 0;

		/* one model alone would go by the rows that its fit holds out */
		if (spk_option_applies(SPK_OPT_MODELS, model.algorithm))
			model.options.value[SPK_OPT_MODELS] = plain.options.value[SPK_OPT_MODELS] =
				like.options.value[SPK_OPT_MODELS] = 2;

		/* by hand: rows that have a part, scored part by part */
		for (uint32_t r = 0; r < 900; r++)
			folds[r] = in[r] == 1 ? SPK_HOLDOUT : parts[r];
		left.matrix_folds = left.values_folds = folds;
		assert_int_equal(spk_samples_take(&host, &left, SPK_HOLDOUT, &left, model.algorithm,
										  &taken),
						 SPK_OK);
		for (int part = 0; part < 2; part++)
		{
			size_t n_part;

			assert_int_equal(spk_cross_fit_score(&host, &taken, part, &like, scored + n, &n_part),
							 SPK_OK);
			n += n_part;
		}
		spk_samples_release(&host, &taken);
		assert_int_equal(spk_metrics(&host, scored, n, 0.5, &m), SPK_OK);

		assert_int_equal(spk_cross_fit_model(&host, &all->samples, 1, &all->parted, 2, &model),
						 SPK_OK);
		assert_int_equal(model.facts[SPK_FACT_THRESHOLD_RULE],
						 spk_choose_threshold(&model.options, scored, n, &m));
		assert_true(model.threshold == m.threshold && model.facts[SPK_FACT_CV_ROWS] == n);
		assert_true(model.facts[SPK_FACT_CV_AUC] == m.auc && model.facts[SPK_FACT_CV_F1] == m.f1);
		assert_true(m.n < 900 / 2 && m.tp + m.fp > 0);

		/* all else is the model without it */
		assert_int_equal(spk_samples_fit(&host, &all->samples, 1, &plain), SPK_OK);
		assert_true(model.facts[SPK_FACT_ROWS] == plain.facts[SPK_FACT_ROWS]);
		assert_int_equal(model.n_trees, plain.n_trees);
		model_release(&model);
		model_release(&plain);
	}

	threshold_by_held_out(all);

	/* parts that leave one class only leave the threshold alone, but cannot calibrate */
	for (uint32_t r = 0; r < 900; r++)
		all->values_parts[r] = (uint8_t) spk_values_label(&all->samples.values, r);
	for (int calibrated = 0; calibrated < 2; calibrated++)
	{
		SpkModel model = model_of(all, SPK_NAIVE_BAYES);

		if (calibrated)
			model.options.value[SPK_OPT_CALIBRATE] = SPK_CALIBRATE_PLATT;
		assert_int_equal(spk_cross_fit_model(&host, &all->samples, 1, &all->parted, 2, &model),
						 calibrated ? SPK_INVALID : SPK_OK);
		if (!calibrated)
		{
			assert_true(model.threshold == 0.5 && isnan(model.facts[SPK_FACT_CV_ROWS]));
			assert_true(model.facts[SPK_FACT_THRESHOLD_RULE] == SPK_THRESHOLD_HALF);
		}
		model_release(&model);
	}
	forms_free(all);
	for (uint32_t c = 0; c < t->table.n_columns; c++)
		spk_feature_release(&host, &features[c]);
	spk_release(&host, features);
	free(t);
	assert_int_equal(state.live, 0);
}

/* Each row's score is its prediction, and the folds' rows are all rows. */
static void
a_fold_is_scored(void **unused)
{
	SpkHost			 host = unit_host(&state);
	UnitTable		*t = unit_table_mixed(600);
	SpkFeature		*features = bin_features(t);
	Forms			*all = forms_new(t, features);
	static SpkScored scored[UNIT_MAX_TABLE_ROWS];

	for (int a = 0; a < N_FITTED; a++)
	{
		SpkModel model = model_of(all, (SpkAlgorithm) a);
		size_t	 n_all = 0;
		size_t	 n;

		assert_int_equal(spk_samples_fit(&host, &all->samples, 1, &model), SPK_OK);
		for (int fold = SPK_NO_FOLD; fold < N_FOLDS; fold++)
		{
			size_t		   at = 0;
			bool		   forest = spk_learns_codes(model.algorithm);
			const uint8_t *folds = forest ? all->matrix_folds : all->values_folds;

			assert_int_equal(spk_samples_score(&host, &all->samples, fold, &model, scored, &n),
							 SPK_OK);
			n_all += fold == SPK_NO_FOLD ? 0 : n;
			for (uint32_t r = 0; r < 600; r++)
				if (fold == SPK_NO_FOLD || folds[r] == fold)
				{
					double score = forest ?
						spk_predict(&model, spk_matrix_row(&all->samples.matrix, r)) :
						spk_additive_predict(&model, spk_values_row(&all->samples.values, r));
					int	   label = forest ? spk_matrix_label(&all->samples.matrix, r) :
											spk_values_label(&all->samples.values, r);

					assert_true(scored[at++] == spk_scored(score, label));
				}
			assert_int_equal(n, at);
		}
		assert_int_equal(n_all, 600);
		model_release(&model);
	}
	forms_free(all);
	for (uint32_t c = 0; c < t->table.n_columns; c++)
		spk_feature_release(&host, &features[c]);
	spk_release(&host, features);
	free(t);
	assert_int_equal(state.live, 0);
}

static SpkStatus
fit_and_score(const Forms *all, SpkAlgorithm algorithm, bool calibrated)
{
	static SpkScored scored[UNIT_MAX_TABLE_ROWS];
	SpkHost			 host = unit_host(&state);
	SpkModel		 model = model_of(all, algorithm);
	SpkStatus		 status;
	size_t			 n;

	if (!calibrated)
		return spk_cross_fit_score(&host, &all->samples, 0, &model, scored, &n);
	status = fit(all, 0, true, &model);
	model_release(&model);
	return status;
}

/* The scores of a fold by a model of the others, whose model stays as it was. */
static void
a_fold_is_scored_unseen(void **unused)
{
	SpkHost			 host = unit_host(&state);
	UnitTable		*t = unit_table_mixed(600);
	SpkFeature		*features = bin_features(t);
	Forms			*all = forms_new(t, features);
	static SpkScored scored[2][UNIT_MAX_TABLE_ROWS];

	for (int a = 0; a < N_FITTED; a++)
		for (int fold = 0; fold < N_FOLDS; fold++)
		{
			SpkModel   like = model_of(all, (SpkAlgorithm) a);
			SpkModel   before = like;
			SpkModel   model = like;
			SpkFeature first = features[0];
			size_t	   n[2];

			like.options.value[SPK_OPT_CALIBRATE] = before.options.value[SPK_OPT_CALIBRATE] =
				SPK_CALIBRATE_PLATT;
			assert_int_equal(spk_cross_fit_score(&host, &all->samples, fold, &like, scored[0],
												 &n[0]),
							 SPK_OK);
			assert_memory_equal(&like, &before, sizeof(like));
			assert_memory_equal(&features[0], &first, sizeof(first));
			assert_int_equal(spk_samples_fit(&host, &all->samples, fold, &model), SPK_OK);
			assert_int_equal(spk_samples_score(&host, &all->samples, fold, &model, scored[1],
											   &n[1]),
							 SPK_OK);
			assert_int_equal(n[0], n[1]);
			assert_memory_equal(scored[0], scored[1], n[0] * sizeof(SpkScored));
			model_release(&model);
		}
	forms_free(all);
	for (uint32_t c = 0; c < t->table.n_columns; c++)
		spk_feature_release(&host, &features[c]);
	spk_release(&host, features);
	free(t);
	assert_int_equal(state.live, 0);
}

static void
failures_leave_nothing(void **unused)
{
	SpkHost		host = unit_host(&state);
	UnitTable  *t = unit_table_mixed(200);
	SpkFeature *features = bin_features(t);
	Forms	   *all = forms_new(t, features);
	long		live = state.live;

	for (int a = 0; a < 2 * N_FITTED; a++)
	{
		SpkStatus status = SPK_NO_MEMORY;

		for (long n = 0; status != SPK_OK; n++)
		{
			assert_int_equal(status, SPK_NO_MEMORY);
			state.allocs_left = n;
			status = fit_and_score(all, (SpkAlgorithm) (a / 2), a % 2);
			assert_int_equal(state.live, live);
		}
		state.allocs_left = -1;
		status = SPK_CANCELLED;
		for (long n = 0; status != SPK_OK; n++)
		{
			assert_int_equal(status, SPK_CANCELLED);
			state.polls_left = n;
			status = fit_and_score(all, (SpkAlgorithm) (a / 2), a % 2);
			assert_int_equal(state.live, live);
		}
		state.polls_left = -1;
	}

	/* one class alone */
	for (uint32_t r = 0; r < 200; r++)
		t->labels[r] = 1;
	forms_free(all);
	all = forms_new(t, features);
	for (int a = 0; a < N_FITTED; a++)
		assert_int_equal(fit_and_score(all, (SpkAlgorithm) a, false), SPK_INVALID);
	forms_free(all);
	for (uint32_t c = 0; c < t->table.n_columns; c++)
		spk_feature_release(&host, &features[c]);
	spk_release(&host, features);
	free(t);
	assert_int_equal(state.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fit_without_a_fold_is_one_to_the_others),
		cmocka_unit_test(a_threshold_by_some_parts),
		cmocka_unit_test(a_fold_is_scored),
		cmocka_unit_test(a_fold_is_scored_unseen),
		cmocka_unit_test(failures_leave_nothing),
	};

	return cmocka_run_group_tests_name("samples", tests, NULL, NULL);
}
