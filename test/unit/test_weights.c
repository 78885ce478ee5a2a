/*
 * test_weights.c
 *	  Row weights: a row of weight 2 is a row twice, in every learner.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/judging/calibrate.h"
#include "core/judging/samples.h"
#include "core/linear/bayes.h"
#include "core/linear/logistic.h"
#include "core/models/learner.h"
#include "core/models/terms.h"
#include "core/rows/weights.h"
#include "unit_table.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

static UnitHost state = UNIT_HOST_INIT;

/* ---- Units ---- */

static SpkWeightUnit
unit_of(const double *weights, uint32_t n)
{
	SpkHost		  host = unit_host(&state);
	SpkWeightUnit unit;

	assert_int_equal(spk_weight_unit(&host, weights, n, &unit), SPK_OK);
	return unit;
}

static void
assert_unit(const double *weights, uint32_t n, double expected, bool exact)
{
	SpkWeightUnit unit = unit_of(weights, n);

	assert_true(fabs(unit.unit - expected) <= 1e-15 * expected);
	assert_int_equal(unit.exact, exact);
}

static void
units_are_the_first_that_fit(void **unused)
{
	const double whole[] = {4, 2, 100};
	const double halves[] = {1.5, 2, 7};
	const double tenths[] = {0.3, 0.7, 12};
	const double cents[] = {0.29, 0.57, 1.1};
	const double large[] = {3e12, 5e12};
	const double roots[] = {1, 1.4142135623730951, 3};
	const double far[] = {1e-300, 1};

	assert_unit(whole, 3, 1, true);
	assert_unit(halves, 3, 0.5, true);
	assert_unit(tenths, 3, 0.1, true);
	assert_unit(cents, 3, 0.01, true);
	assert_unit(large, 2, 1e12, true);
	assert_unit(roots, 3, 3.0 / (UINT32_MAX / 3), false);
	assert_unit(far, 2, 1.0 / (UINT32_MAX / 2), false);
	/* what is too small for the unit still counts */
	assert_int_equal(spk_weight_multiple(1e-300, unit_of(far, 2).unit), 1);
	assert_int_equal(spk_weight_multiple(0.29, 0.01), 29);
}

static void
multiples_are_near_and_never_too_large(void **unused)
{
	SpkRng rng = spk_rng(5, 5);

	for (int round = 0; round < 300; round++)
	{
		uint32_t	  n = 1 + spk_rng_below(&rng, 400);
		double		 *weights = malloc(n * sizeof(double));
		double		  spread = spk_rng_below(&rng, 8);
		SpkWeightUnit unit;

		for (uint32_t i = 0; i < n; i++)
			weights[i] = exp(spread * (spk_rng_double(&rng) - 0.5)) *
				(round % 3 == 0 ? 1 + spk_rng_below(&rng, 5) : 1);
		unit = unit_of(weights, n);
		for (uint32_t i = 0; i < n; i++)
		{
			double multiple = spk_weight_multiple(weights[i], unit.unit);

			assert_true(multiple >= 1 && multiple * n <= UINT32_MAX);
			assert_true(fabs(multiple * unit.unit - weights[i]) <=
						(unit.exact ? 1e-11 * weights[i] : 0.500001 * unit.unit));
		}
		free(weights);
	}
}

/* ---- Twice is twice ---- */

#define MOST_ROWS 400

/* Rows of few values with whole weights, and the same rows as often as these say. */
typedef struct Twins
{
	UnitTable *weighted;
	UnitTable *repeated;
	double	   weights[UNIT_MAX_TABLE_ROWS];
} Twins;

static const SpkCategory cities[] = {{"Aix", 3}, {"Bonn", 4}, {"Lyon", 4},
									 {"Rom", 3}, {"Ulm", 3},  {"Wien", 4}};

static UnitTable *
empty_table(void)
{
	UnitTable *t = unit_table_new(0);

	unit_table_numbers(t, "x");
	unit_table_numbers(t, "y");
	unit_table_numbers(t, "z");
	unit_table_categories(t, "city", cities, 6);
	return t;
}

static void
copy_row(UnitTable *to, const UnitTable *from, uint32_t row)
{
	uint32_t at = to->table.n_rows++;

	for (uint32_t c = 0; c < from->table.n_columns; c++)
	{
		to->numbers[c][at] = from->numbers[c][row];
		to->ids[c][at] = from->ids[c][row];
	}
	to->labels[at] = from->labels[row];
}

static Twins *
twins_new(uint64_t seed, uint32_t n_rows, uint32_t most, double scale)
{
	Twins *twins = calloc(1, sizeof(Twins));
	SpkRng rng = spk_rng(seed, 1);

	twins->weighted = empty_table();
	twins->repeated = empty_table();
	twins->weighted->table.n_rows = n_rows;
	twins->weighted->table.weights = twins->weights;
	for (uint32_t r = 0; r < n_rows; r++)
	{
		UnitTable *t = twins->weighted;
		uint32_t   n = 1 + spk_rng_below(&rng, most);

		t->numbers[0][r] = spk_rng_below(&rng, 6);
		t->numbers[1][r] = spk_rng_below(&rng, 9) == 0 ? NAN : exp(spk_rng_below(&rng, 5));
		t->numbers[2][r] = spk_rng_below(&rng, 4);
		t->ids[3][r] = spk_rng_below(&rng, 7);
		if (t->ids[3][r] == 6)
			t->ids[3][r] = SPK_NO_ID;
		t->labels[r] = t->numbers[0][r] + (t->numbers[1][r] > 20) + (t->ids[3][r] % 2 == 0) +
				4 * spk_rng_double(&rng) >
			5.5;
		twins->weights[r] = n * scale;
		for (uint32_t copy = 0; copy < n; copy++)
			copy_row(twins->repeated, t, r);
	}
	return twins;
}

static void
twins_free(Twins *twins)
{
	free(twins->weighted);
	free(twins->repeated);
	free(twins);
}

/* Fits to the table by the form that the algorithm takes. */
static SpkModel
fit(const UnitTable *t, SpkAlgorithm algorithm, const SpkOptions *options)
{
	SpkHost	   host = unit_host(&state);
	SpkModel   model = {.algorithm = algorithm, .options = *options, .threshold = 0.5};
	SpkSamples samples = {.matrix = {.n_rows = 0}};
	uint8_t	  *codes;

	for (int i = 0; i < SPK_N_FACTS; i++)
		model.facts[i] = NAN;
	model.features = spk_alloc(&host, t->table.n_columns, sizeof(SpkFeature));
	for (; model.n_features < t->table.n_columns; model.n_features++)
		assert_int_equal(spk_bin_feature(&host, &t->columns[model.n_features], t->table.n_rows, 255,
										 &model.features[model.n_features]),
						 SPK_OK);
	if (spk_learns_codes(algorithm))
	{
		codes = spk_alloc(&host, t->table.n_rows,
						  spk_table_shape(&t->table, model.features).stride);
		assert_int_equal(spk_bin_table(&host, &t->table, model.features, codes, &samples.matrix,
									   NULL),
						 SPK_OK);
	}
	else
		assert_int_equal(spk_values_new(&host, &t->table, model.features, &samples.values), SPK_OK);
	assert_int_equal(spk_samples_fit(&host, &samples, SPK_NO_FOLD, &model), SPK_OK);
	spk_release(&host, samples.matrix.codes);
	spk_values_release(&host, &samples.values);
	return model;
}

/* The same trees, but for how many rows reach each node. */
static void
assert_same_trees(const SpkModel *a, const SpkModel *b)
{
	assert_int_equal(a->n_trees, b->n_trees);
	for (uint32_t t = 0; t < a->n_trees; t++)
	{
		const SpkTree *x = &a->trees[t];
		const SpkTree *y = &b->trees[t];

		assert_int_equal(x->n_nodes, y->n_nodes);
		assert_int_equal(x->n_sets, y->n_sets);
		if (x->n_sets > 0)
			assert_memory_equal(x->sets, y->sets, x->n_sets * sizeof(SpkCodeSet));
		for (uint32_t i = 0; i < x->n_nodes; i++)
		{
			SpkNode node = x->nodes[i];

			node.cover = y->nodes[i].cover;
			assert_memory_equal(&node, &y->nodes[i], sizeof(SpkNode));
		}
	}
	for (uint32_t f = 0; f < a->n_features; f++)
		assert_true(a->features[f].importance == b->features[f].importance);
}

static void
trees_are_those_of_repeated_rows(void **unused)
{
	SpkHost	 host = unit_host(&state);
	uint64_t n_nodes = 0;

	for (uint64_t round = 0; round < 60; round++)
	{
		Twins	  *twins = twins_new(round, 20 + (uint32_t) round * 6, 1 + round % 5, 1);
		SpkOptions options = spk_options_default(SPK_DECISION_TREE);
		SpkModel   weighted;
		SpkModel   repeated;

		options.value[SPK_OPT_MAX_DEPTH] = 1 + (double) (round % 9);
		options.value[SPK_OPT_CRITERION] = round % 2;
		options.value[SPK_OPT_CLASS_WEIGHT] = round % 3 == 0 ? -1 : (double) (round % 3);
		options.value[SPK_OPT_MAX_LEAVES] = round % 4 == 0 ? 6 : 0;
		options.value[SPK_OPT_MIN_GAIN] = round % 5 == 0 ? 0.01 : 0;
		weighted = fit(twins->weighted, SPK_DECISION_TREE, &options);
		repeated = fit(twins->repeated, SPK_DECISION_TREE, &options);
		assert_same_trees(&weighted, &repeated);
		/* covers are rows, not weights */
		assert_int_equal(weighted.trees[0].nodes[0].cover, twins->weighted->table.n_rows);
		assert_true(weighted.facts[SPK_FACT_WEIGHT] == twins->repeated->table.n_rows);
		n_nodes += weighted.trees[0].n_nodes;
		spk_model_release(&host, &weighted);
		spk_model_release(&host, &repeated);
		twins_free(twins);
	}
	assert_true(n_nodes > 1000);
	assert_int_equal(state.live, 0);
}

static void
boosting_is_that_of_repeated_rows(void **unused)
{
	SpkHost	 host = unit_host(&state);
	uint64_t n_nodes = 0;

	for (uint64_t round = 0; round < 16; round++)
	{
		/* leaves are never as small as min_leaf, which counts rows and not weights */
		Twins	  *twins = twins_new(100 + round, 900, 2 + round % 3, 1);
		SpkOptions options = spk_options_default(SPK_GRADIENT_BOOSTING);
		SpkModel   weighted;
		SpkModel   repeated;

		options.value[SPK_OPT_TREES] = 12;
		options.value[SPK_OPT_MAX_DEPTH] = 2;
		options.value[SPK_OPT_MIN_LEAF] = 1;
		options.value[SPK_OPT_SUBSAMPLE] = 1;
		options.value[SPK_OPT_EARLY_STOPPING] = 0;
		options.value[SPK_OPT_FEATURES_PER_SPLIT] = SPK_FEATURES_ALL;
		options.value[SPK_OPT_CLASS_WEIGHT] = round % 3 == 0 ? -1 : (double) (round % 3);
		options.value[SPK_OPT_MAX_LEAVES] = round % 4 == 0 ? 3 : 0;
		options.value[SPK_OPT_MIN_GAIN] = round % 5 == 0 ? 0.5 : 0;
		options.value[SPK_OPT_MODELS] = 1 + (double) (round % 2);
		weighted = fit(twins->weighted, SPK_GRADIENT_BOOSTING, &options);
		repeated = fit(twins->repeated, SPK_GRADIENT_BOOSTING, &options);
		assert_same_trees(&weighted, &repeated);
		for (uint32_t t = 0; t < weighted.n_trees; t++)
			n_nodes += weighted.trees[t].n_nodes;
		spk_model_release(&host, &weighted);
		spk_model_release(&host, &repeated);
		twins_free(twins);
	}
	assert_true(n_nodes > 500);
	assert_int_equal(state.live, 0);
}

/* With weights of another scale penalties scale with them, and then nothing changes. */
static void
boosting_scales(void **unused)
{
	SpkHost	   host = unit_host(&state);
	Twins	  *ones = twins_new(7, 600, 3, 1);
	Twins	  *quarters = twins_new(7, 600, 3, 0.25);
	SpkOptions options = spk_options_default(SPK_GRADIENT_BOOSTING);
	SpkModel   model;
	SpkModel   scaled;

	options.value[SPK_OPT_TREES] = 20;
	options.value[SPK_OPT_CATEGORY_SUBSETS] = 2; /* statistics */
	options.value[SPK_OPT_L2] = 3;
	model = fit(ones->weighted, SPK_GRADIENT_BOOSTING, &options);
	options.value[SPK_OPT_L2] /= 4;
	options.value[SPK_OPT_CATEGORY_L2] /= 4;
	options.value[SPK_OPT_CATEGORY_SMOOTHING] /= 4;
	scaled = fit(quarters->weighted, SPK_GRADIENT_BOOSTING, &options);
	assert_true(scaled.facts[SPK_FACT_WEIGHT_UNIT] == 0.25);
	assert_same_trees(&model, &scaled);
	spk_model_release(&host, &model);
	spk_model_release(&host, &scaled);
	twins_free(ones);
	twins_free(quarters);
	assert_int_equal(state.live, 0);
}

static void
assert_near(const SpkModel *a, const SpkModel *b)
{
	size_t n = spk_terms_length(a);

	assert_int_equal(spk_terms_length(b), n);
	for (size_t i = 0; i < n; i++)
		assert_true(fabs(a->terms[i] - b->terms[i]) <= 1e-7 * (1 + fabs(b->terms[i])));
	for (uint32_t f = 0; f < a->n_features; f++)
		assert_true(fabs(a->features[f].importance - b->features[f].importance) <= 1e-7);
}

static void
terms_are_those_of_repeated_rows(void **unused)
{
	SpkHost host = unit_host(&state);

	for (uint64_t round = 0; round < 24; round++)
	{
		Twins		*twins = twins_new(200 + round, 60 + (uint32_t) round * 12, 1 + round % 5, 1);
		SpkAlgorithm algorithm = round % 2 == 0 ? SPK_LOGISTIC_REGRESSION : SPK_NAIVE_BAYES;
		SpkOptions	 options = spk_options_default(algorithm);
		SpkModel	 weighted;
		SpkModel	 repeated;

		options.value[SPK_OPT_TRANSFORM] = (double) (round / 2 % 4);
		options.value[SPK_OPT_CLASS_WEIGHT] = round % 3 == 0 ? -1 : (double) (round % 3);
		if (algorithm == SPK_NAIVE_BAYES)
			options.value[SPK_OPT_DISTRIBUTION] = round % 4 == 1;
		weighted = fit(twins->weighted, algorithm, &options);
		repeated = fit(twins->repeated, algorithm, &options);
		assert_near(&weighted, &repeated);
		spk_model_release(&host, &weighted);
		spk_model_release(&host, &repeated);
		twins_free(twins);
	}
	assert_int_equal(state.live, 0);
}

/* ---- Leaves ---- */

static void
leaves_have_enough_rows_whatever_they_weigh(void **unused)
{
	SpkHost host = unit_host(&state);

	for (uint64_t round = 0; round < 20; round++)
	{
		Twins	  *twins = twins_new(300 + round, 300, 5, 1000);
		SpkOptions options = spk_options_default(SPK_RANDOM_FOREST);
		SpkModel   model;

		options.value[SPK_OPT_TREES] = 4;
		options.value[SPK_OPT_MIN_LEAF] = 3 + (double) (round % 9);
		options.value[SPK_OPT_BOOTSTRAP] = round % 2;
		model = fit(twins->weighted, SPK_RANDOM_FOREST, &options);
		for (uint32_t t = 0; t < model.n_trees; t++)
			for (uint32_t i = 0; i < model.trees[t].n_nodes; i++)
				assert_true(model.trees[t].nodes[i].cover >= options.value[SPK_OPT_MIN_LEAF]);
		spk_model_release(&host, &model);
		twins_free(twins);
	}
	assert_int_equal(state.live, 0);
}

/* ---- Order ---- */

static void
order_leaves_no_trace(void **unused)
{
	SpkHost	   host = unit_host(&state);
	SpkOptions options = spk_options_default(SPK_GRADIENT_BOOSTING);

	for (int round = 0; round < 5; round++)
	{
		Twins	  *twins = twins_new(400, MOST_ROWS, 4, 0.1);
		UnitTable *shuffled = empty_table();
		double	   weights[MOST_ROWS];
		SpkModel   model;
		SpkModel   other;
		SpkWriter  bytes[2];

		options.value[SPK_OPT_TREES] = 5;
		for (uint32_t r = 0; r < MOST_ROWS; r++)
		{
			uint32_t from = (r * (uint32_t) (2 * round + 3)) % MOST_ROWS;

			if (round == 4)
				from = MOST_ROWS - 1 - r;
			else if (MOST_ROWS % (2 * round + 3) == 0)
				from = r;
			copy_row(shuffled, twins->weighted, from);
			weights[r] = twins->weights[from];
		}
		shuffled->table.weights = weights;
		model = fit(twins->weighted, SPK_GRADIENT_BOOSTING, &options);
		other = fit(shuffled, SPK_GRADIENT_BOOSTING, &options);
		bytes[0] = unit_model_bytes(&host, &model);
		bytes[1] = unit_model_bytes(&host, &other);
		assert_int_equal(bytes[0].len, bytes[1].len);
		assert_memory_equal(bytes[0].data, bytes[1].data, bytes[0].len);
		for (int i = 0; i < 2; i++)
			spk_release(&host, bytes[i].data);
		spk_model_release(&host, &model);
		spk_model_release(&host, &other);
		free(shuffled);
		twins_free(twins);
	}
	assert_int_equal(state.live, 0);
}

/* ---- Calibration ---- */

static void
maps_are_those_of_repeated_scores(void **unused)
{
	SpkHost host = unit_host(&state);
	SpkRng	rng = spk_rng(9, 9);

	for (int round = 0; round < 60; round++)
	{
		SpkScored	   rows[300];
		SpkScored	   repeated[1500];
		uint32_t	   multiples[300];
		uint32_t	   n = 1 + spk_rng_below(&rng, 300);
		uint32_t	   n_repeated = 0;
		SpkModel	   model = {.algorithm = SPK_NAIVE_BAYES};
		SpkModel	   other = {.algorithm = SPK_NAIVE_BAYES};
		SpkCalibration a;
		SpkCalibration b;

		for (uint32_t i = 0; i < n; i++)
		{
			double score = spk_rng_below(&rng, 20 + 30 * (uint32_t) (round % 3)) / 100.0;

			rows[i] = spk_scored(score, spk_rng_double(&rng) < score);
			multiples[i] = 1 + spk_rng_below(&rng, 5);
			for (uint32_t copy = 0; copy < multiples[i]; copy++)
				repeated[n_repeated++] = rows[i];
		}
		model.options.value[SPK_OPT_CALIBRATE] = other.options.value[SPK_OPT_CALIBRATE] =
			round % 2 == 0 ? SPK_CALIBRATE_PLATT : SPK_CALIBRATE_ISOTONIC;
		assert_int_equal(spk_calibrate_weighted(&host, rows, n, (SpkScoredWeights) {multiples, 1},
												&model),
						 SPK_OK);
		assert_int_equal(spk_calibrate(&host, repeated, n_repeated, &other), SPK_OK);
		a = model.calibration;
		b = other.calibration;
		assert_true(a.slope == b.slope && a.intercept == b.intercept);
		assert_int_equal(a.n_points, b.n_points);
		if (a.n_points > 0)
			assert_memory_equal(a.points, b.points, a.n_points * sizeof(SpkPoint));
		spk_release(&host, a.points);
		spk_release(&host, b.points);
	}
	assert_int_equal(state.live, 0);
}

/* ---- Folds ---- */

/* What is left when a fold is left out is weighed as if there were nothing else. */
static void
folds_keep_their_weights(void **unused)
{
	SpkHost	   host = unit_host(&state);
	Twins	  *twins = twins_new(500, 300, 4, 0.5);
	SpkSamples samples = {.matrix = {.n_rows = 0}};
	SpkMatrix  shape;
	SpkFeature features[4];
	uint8_t	   folds[300];
	uint32_t   weights[300];

	for (int f = 0; f < 4; f++)
		assert_int_equal(spk_bin_feature(&host, &twins->weighted->columns[f], 300, 255,
										 &features[f]),
						 SPK_OK);
	shape = spk_table_shape(&twins->weighted->table, features);
	shape.codes = spk_alloc(&host, 300, shape.stride);
	assert_int_equal(spk_bin_table(&host, &twins->weighted->table, features, shape.codes,
								   &samples.matrix, NULL),
					 SPK_OK);
	for (uint32_t r = 0; r < 300; r++)
		folds[r] = r % 3;
	samples.matrix_folds = folds;
	for (int fold = 0; fold < 3; fold++)
	{
		SpkSamples some;
		uint64_t   sums[2] = {0, 0};

		assert_int_equal(spk_samples_take(&host, &samples, fold, &samples, SPK_DECISION_TREE,
										  &some),
						 SPK_OK);
		assert_true(spk_samples_weights(&samples, fold, SPK_DECISION_TREE, weights) == 0.5);
		for (uint32_t r = 0, n = 0; r < 300; r++)
			if (r % 3 == (uint32_t) fold)
				assert_int_equal(weights[n++], spk_matrix_weight(&samples.matrix, r));
			else
				sums[spk_matrix_label(&samples.matrix, r)] += spk_matrix_weight(&samples.matrix, r);
		assert_true(some.matrix.weights[0] == sums[0] && some.matrix.weights[1] == sums[1]);
		assert_true(spk_matrix_total(&some.matrix, 1) == 0.5 * (double) sums[1]);
		spk_samples_release(&host, &some);
	}
	spk_release(&host, shape.codes);
	for (int f = 0; f < 4; f++)
		spk_feature_release(&host, &features[f]);
	twins_free(twins);
	assert_int_equal(state.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units_are_the_first_that_fit),
		cmocka_unit_test(multiples_are_near_and_never_too_large),
		cmocka_unit_test(trees_are_those_of_repeated_rows),
		cmocka_unit_test(boosting_is_that_of_repeated_rows),
		cmocka_unit_test(boosting_scales),
		cmocka_unit_test(terms_are_those_of_repeated_rows),
		cmocka_unit_test(leaves_have_enough_rows_whatever_they_weigh),
		cmocka_unit_test(order_leaves_no_trace),
		cmocka_unit_test(maps_are_those_of_repeated_scores),
		cmocka_unit_test(folds_keep_their_weights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
