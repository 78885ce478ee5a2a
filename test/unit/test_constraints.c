/*
 * test_constraints.c
 *	  Monotone features and groups of features, by brute force: whatever is asked, no
 *	  prediction goes the wrong way, and no features meet that may not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/judging/samples.h"
#include "core/models/learner.h"
#include "core/scoring/predict.h"
#include "core/trees/boost_split.h"
#include "core/trees/constraints_check.h"
#include "core/trees/split.h"
#include "unit_table.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define N_COLUMNS 5
#define CATEGORY  4

static UnitHost state = UNIT_HOST_INIT;

static const SpkCategory cities[] = {{"Aix", 3}, {"Bonn", 4}, {"Rom", 3}, {"Ulm", 3}, {"Wien", 4}};

/* Four numbers, one with missing values, and a category; the label follows them in no monotone way. */
static UnitTable *
new_table(SpkRng *rng, uint32_t n_rows)
{
	UnitTable *t = unit_table_new(n_rows);

	for (int c = 0; c < CATEGORY; c++)
		unit_table_numbers(t, (const char *const[]) {"a", "b", "c", "d"}[c]);
	unit_table_categories(t, "city", cities, 5);
	for (uint32_t r = 0; r < n_rows; r++)
	{
		double lean;

		for (int c = 0; c < CATEGORY; c++)
			t->numbers[c][r] = spk_rng_below(rng, 4 + 9 * (uint32_t) c);
		if (spk_rng_below(rng, 6) == 0)
			t->numbers[1][r] = NAN;
		t->ids[CATEGORY][r] = spk_rng_below(rng, 5);
		lean = sin(t->numbers[0][r] * 2) + cos(t->numbers[2][r]) + t->numbers[3][r] / 20;
		lean += isnan(t->numbers[1][r]) ? 0.7 : sin(t->numbers[1][r]);
		t->labels[r] = lean + (t->ids[CATEGORY][r] == 2) + spk_rng_double(rng) > 1.2;
	}
	return t;
}

/* Some options, at random. */
static SpkOptions
draw_options(SpkRng *rng, SpkAlgorithm algorithm)
{
	SpkOptions options = spk_options_default(algorithm);

	options.value[SPK_OPT_SEED] = spk_rng_below(rng, 1000);
	options.value[SPK_OPT_MAX_DEPTH] = 2 + spk_rng_below(rng, 8);
	options.value[SPK_OPT_MIN_LEAF] = 1 + spk_rng_below(rng, 6);
	options.value[SPK_OPT_MAX_LEAVES] = spk_rng_below(rng, 2) * (4 + spk_rng_below(rng, 20));
	options.value[SPK_OPT_CLASS_WEIGHT] = spk_rng_below(rng, 2) * 3;
	if (algorithm != SPK_DECISION_TREE)
		options.value[SPK_OPT_TREES] = 4 + spk_rng_below(rng, 12);
	if (algorithm == SPK_GRADIENT_BOOSTING)
	{
		options.value[SPK_OPT_LEARNING_RATE] = 0.1 + 0.4 * spk_rng_double(rng);
		options.value[SPK_OPT_L2] = spk_rng_below(rng, 3);
		options.value[SPK_OPT_CATEGORY_SUBSETS] = spk_rng_below(rng, 2) * 20;
		options.value[SPK_OPT_MODELS] = 1 + spk_rng_below(rng, 2);
		options.value[SPK_OPT_EARLY_STOPPING] = spk_rng_below(rng, 2) * 3;
	}
	else
		options.value[SPK_OPT_CRITERION] = spk_rng_below(rng, 2);
	return options;
}

static SpkModel
fit(const UnitTable *t, SpkAlgorithm algorithm, SpkOptions options, const SpkFeatureRule *rules)
{
	SpkHost	   host = unit_host(&state);
	SpkModel   model = {.algorithm = algorithm, .threshold = 0.5};
	SpkSamples samples = {.matrix = {.n_rows = 0}};
	uint64_t   groups = 0;
	uint8_t	  *codes = spk_alloc(&host, t->table.n_rows, spk_matrix_stride(N_COLUMNS));

	for (int i = 0; i < SPK_N_FACTS; i++)
		model.facts[i] = NAN;
	model.features = spk_alloc(&host, N_COLUMNS, sizeof(SpkFeature));
	for (; model.n_features < N_COLUMNS; model.n_features++)
	{
		SpkFeature *feature = &model.features[model.n_features];

		assert_int_equal(spk_bin_feature(&host, &t->columns[model.n_features], t->table.n_rows, 12,
										 feature),
						 SPK_OK);
		feature->rule = rules[model.n_features];
		options.value[SPK_OPT_MONOTONE] += feature->rule.monotone != 0;
		groups |= feature->rule.groups;
	}
	while (groups >> (int) options.value[SPK_OPT_INTERACTIONS] != 0)
		options.value[SPK_OPT_INTERACTIONS]++;
	model.options = options;
	assert_int_equal(spk_bin_table(&host, &t->table, model.features, codes, &samples.matrix, NULL),
					 SPK_OK);
	assert_int_equal(spk_samples_fit(&host, &samples, SPK_NO_FOLD, &model), SPK_OK);
	spk_release(&host, codes);
	return model;
}

/* The sum of the leaves that a row of codes reaches: what predictions rise and fall with. */
static double
sum_of(const SpkModel *model, const uint8_t *codes)
{
	double sum = 0;

	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		const SpkTree *tree = &model->trees[t];

		sum += tree->nodes[spk_tree_leaf(tree, codes)].u.value;
	}
	return sum;
}

/* How often it goes the wrong way along the feature, from many random rows. */
static uint32_t
count_wrong(const SpkModel *model, uint32_t feature, int sign, SpkRng *rng)
{
	uint32_t n_wrong = 0;

	for (int row = 0; row < 200; row++)
	{
		uint8_t codes[N_COLUMNS];
		double	before = 0;

		for (uint32_t f = 0; f < N_COLUMNS; f++)
			codes[f] = spk_rng_below(rng, 8) == 0 ?
				SPK_MISSING :
				(uint8_t) spk_rng_below(rng, model->features[f].n_bins);
		for (uint32_t code = 0; code < model->features[feature].n_bins; code++)
		{
			double sum;

			codes[feature] = (uint8_t) code;
			sum = sum_of(model, codes);
			n_wrong += code > 0 && sign * (sum - before) < 0;
			before = sum;
		}
	}
	return n_wrong;
}

/* Is it told that trees break a constraint? */
static bool
is_told(const SpkModel *model)
{
	SpkHost		host = unit_host(&state);
	const char *fault;

	assert_int_equal(spk_constraints_fault(&host, model, &fault), SPK_OK);
	return fault != NULL;
}

static void
nothing_goes_the_wrong_way(void **unused)
{
	SpkHost	 host = unit_host(&state);
	SpkRng	 rng = spk_rng(3, 1);
	uint32_t n_wrong_without = 0;
	uint64_t n_splits = 0;

	for (int round = 0; round < 60; round++)
	{
		SpkAlgorithm   algorithm = (SpkAlgorithm) (round % 3);
		UnitTable	  *t = new_table(&rng, 100 + spk_rng_below(&rng, 600));
		SpkOptions	   options = draw_options(&rng, algorithm);
		SpkFeatureRule none[N_COLUMNS] = {{0, 0}};
		SpkFeatureRule rules[N_COLUMNS] = {{0, 0}};
		SpkModel	   model;

		for (int f = 0; f < CATEGORY; f++)
			rules[f].monotone = (int8_t) ((int) spk_rng_below(&rng, 3) - 1);
		model = fit(t, algorithm, options, rules);
		for (uint32_t f = 0; f < CATEGORY; f++)
			if (rules[f].monotone != 0)
				assert_int_equal(count_wrong(&model, f, rules[f].monotone, &rng), 0);
		assert_false(is_told(&model));
		for (uint32_t tree = 0; tree < model.n_trees; tree++)
			n_splits += model.trees[tree].n_nodes / 2;
		spk_model_release(&host, &model);

		/* trees without constraints, of which some are then said to have been there */
		model = fit(t, algorithm, options, none);
		for (uint32_t f = 0; f < CATEGORY; f++)
		{
			uint32_t n_wrong = 0;

			if (rules[f].monotone != 0)
				n_wrong = count_wrong(&model, f, rules[f].monotone, &rng);
			model.features[f].rule = rules[f];
			model.options.value[SPK_OPT_MONOTONE] = 1;
			assert_true(n_wrong == 0 || is_told(&model));
			assert_true(rules[f].monotone != 0 || !is_told(&model));
			model.features[f].rule.monotone = 0;
			n_wrong_without += n_wrong;
		}
		spk_model_release(&host, &model);
		free(t);
	}
	/* what is asked for is not there of itself, and does not forbid everything */
	assert_true(n_wrong_without > 10000 && n_splits > 1000);
	assert_int_equal(state.live, 0);
}

/* Counts the ways down from this node whose features, with those above, are in no group together. */
static uint32_t
count_apart(const SpkModel *model, const SpkTree *tree, uint32_t node, uint64_t above,
			uint32_t *n_meetings)
{
	const SpkNode *n = &tree->nodes[node];
	uint64_t	   used = above;

	if (n->flags & SPK_NODE_LEAF)
	{
		uint64_t groups = UINT64_MAX;
		int		 n_used = __builtin_popcountll(used);

		for (uint32_t f = 0; f < model->n_features; f++)
			if (used >> f & 1)
				groups &= model->features[f].rule.groups;
		*n_meetings += n_used > 1;
		return n_used > 1 && groups == 0;
	}
	used |= UINT64_C(1) << n->feature;
	return count_apart(model, tree, n->u.left, used, n_meetings) +
		count_apart(model, tree, n->u.left + 1, used, n_meetings);
}

static uint32_t
count_all_apart(const SpkModel *model, uint32_t *n_meetings)
{
	uint32_t n = 0;

	for (uint32_t tree = 0; tree < model->n_trees; tree++)
		n += count_apart(model, &model->trees[tree], 0, 0, n_meetings);
	return n;
}

static void
only_those_meet_that_may(void **unused)
{
	SpkHost	 host = unit_host(&state);
	SpkRng	 rng = spk_rng(4, 1);
	uint32_t n_meetings = 0;
	uint32_t n_told = 0;

	for (int round = 0; round < 60; round++)
	{
		SpkAlgorithm   algorithm = (SpkAlgorithm) (round % 3);
		UnitTable	  *t = new_table(&rng, 100 + spk_rng_below(&rng, 600));
		SpkFeatureRule rules[N_COLUMNS] = {{0, 0}};
		SpkModel	   model;

		for (int f = 0; f < N_COLUMNS; f++)
			rules[f].groups = spk_rng_below(&rng, 8); /* some are in none of three */
		rules[spk_rng_below(&rng, N_COLUMNS)].groups = 7;
		if (round % 2 == 0)
			rules[0].monotone = 1;
		model = fit(t, algorithm, draw_options(&rng, algorithm), rules);
		assert_int_equal(count_all_apart(&model, &n_meetings), 0);
		assert_false(is_told(&model));
		if (round % 2 == 0)
			assert_int_equal(count_wrong(&model, 0, 1, &rng), 0);

		/* with a feature in other groups than it was in, exactly what meets apart is told */
		model.features[round % N_COLUMNS].rule.groups ^= 1 + spk_rng_below(&rng, 7);
		model.features[0].rule.monotone = 0;
		n_told += is_told(&model);
		assert_int_equal(is_told(&model), count_all_apart(&model, &n_meetings) > 0);
		spk_model_release(&host, &model);
		free(t);
	}
	assert_true(n_meetings > 1000 && n_told > 10 && n_told < 60);
	assert_int_equal(state.live, 0);
}

/* ---- One split ---- */

/* The best score of a number's cuts within bounds, and in order. */
static double
naive_best(const SpkSums *histogram, uint32_t n_bins, const SpkBoostRule *rule)
{
	double best = -INFINITY;

	for (uint32_t cut = 1; cut <= n_bins; cut++)
		for (int missing_left = 0; missing_left < 2; missing_left++)
		{
			SpkSums sums[2] = {{0, 0}, {0, 0}};
			double	values[2];
			double	score = 0;

			for (uint32_t code = 0; code <= n_bins; code++)
			{
				const SpkSums *from = &histogram[code == n_bins ? SPK_MISSING : code];
				int			   side = code == n_bins ? !missing_left : code >= cut;

				sums[side].g += from->g;
				sums[side].h += from->h;
			}
			if (sums[0].h < 1 || sums[1].h < 1)
				continue;
			for (int side = 0; side < 2; side++)
			{
				double g = (double) sums[side].g;
				double h = (double) sums[side].h + rule->l2;

				values[side] = fmin(fmax(-g / h, rule->bounds.low), rule->bounds.high);
				score -= 2 * g * values[side] + h * values[side] * values[side];
			}
			/* known values against missing ones are in no order */
			if ((cut == n_bins && !missing_left) || rule->sign * (values[0] - values[1]) <= 0)
				best = fmax(best, score);
		}
	return best;
}

static void
bounded_splits_are_the_best(void **unused)
{
	SpkRng	 rng = spk_rng(6, 1);
	uint32_t n_found = 0;
	uint32_t n_bent = 0;

	for (int round = 0; round < 3000; round++)
	{
		SpkSums		  histogram[SPK_CODES] = {{0, 0}};
		SpkSums		  node = {0, 0};
		uint32_t	  n_bins = 2 + spk_rng_below(&rng, 8);
		SpkBoostRule  rule = {.l2 = spk_rng_below(&rng, 3) * 10000, .bounded = true};
		double		  best;
		SpkBoostSplit split;

		rule.sign = (int) spk_rng_below(&rng, 3) - 1;
		rule.bounds = (SpkBounds) {-spk_rng_double(&rng), spk_rng_double(&rng)};
		for (uint32_t i = 0; i <= n_bins; i++)
		{
			SpkSums *sums = &histogram[i == n_bins ? SPK_MISSING : i];

			if (i == n_bins && round % 2 == 0)
				continue;
			sums->h = 1 + spk_rng_below(&rng, 65535);
			sums->g = (int64_t) spk_rng_below(&rng, 65535) - 32767;
			node.g += sums->g;
			node.h += sums->h;
		}
		best = naive_best(histogram, n_bins, &rule);
		split = spk_boost_split_above(spk_boost_node_score(node, rule.l2, true, rule.bounds), 0);
		spk_boost_split_feature(node, &rule, 3, false, n_bins, histogram, &split);
		if (!split.found)
		{
			assert_true(best <= split.score * (1 + 1e-9));
			continue;
		}
		n_found++;
		n_bent += split.score < spk_boost_score(split.left, rule.l2) +
				spk_boost_score((SpkSums) {node.g - split.left.g, node.h - split.left.h}, rule.l2) -
				1;
		assert_true(fabs(split.score - best) <= 1e-9 * fabs(best));
	}
	assert_true(n_found > 1000 && n_bent > 300);
}

/* ---- Bytes ---- */

static void
bytes_keep_the_rules(void **unused)
{
	SpkHost		   host = unit_host(&state);
	SpkRng		   rng = spk_rng(8, 1);
	UnitTable	  *t = new_table(&rng, 300);
	SpkFeatureRule rules[N_COLUMNS] = {{1, 1}, {-1, 3}, {0, 0}, {0, UINT64_C(4)}, {0, 6}};
	SpkOptions	   options = spk_options_default(SPK_DECISION_TREE);
	SpkModel	   model = fit(t, SPK_DECISION_TREE, options, rules);
	SpkWriter	   w;
	SpkModel	   read;
	const char	  *why;

	/* a name of the weights beside */
	model.options.value[SPK_OPT_WEIGHTS] = 1;
	strcpy(model.weights, "weight");
	w = unit_model_bytes(&host, &model);
	assert_int_equal(spk_model_decode(&host, w.data, w.len, &read, &why), SPK_OK);
	assert_string_equal(read.weights, "weight");
	for (int f = 0; f < N_COLUMNS; f++)
	{
		assert_int_equal(read.features[f].rule.monotone, rules[f].monotone);
		assert_true(read.features[f].rule.groups == rules[f].groups);
	}
	spk_model_release(&host, &read);
	spk_release(&host, w.data);

	/* rules that are not those of the options, or make no sense, are refused */
	for (int fault = 0; fault < 5; fault++)
	{
		SpkModel   wrong = model;
		SpkFeature features[N_COLUMNS];

		memcpy(features, model.features, sizeof(features));
		wrong.features = features;
		if (fault == 0)
			wrong.options.value[SPK_OPT_MONOTONE] = 3;
		else if (fault == 1)
			wrong.options.value[SPK_OPT_INTERACTIONS] = 2;
		else if (fault == 2)
			wrong.options.value[SPK_OPT_INTERACTIONS] = 64;
		else if (fault == 3)
			features[CATEGORY].rule.monotone = 1;
		else
			strcpy(wrong.weights, "a");
		w = unit_model_bytes(&host, &wrong);
		assert_int_equal(spk_model_decode(&host, w.data, w.len, &read, &why), SPK_CORRUPT);
		assert_non_null(why);
		spk_release(&host, w.data);
	}
	spk_model_release(&host, &model);
	free(t);
	assert_int_equal(state.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_goes_the_wrong_way),
		cmocka_unit_test(only_those_meet_that_may),
		cmocka_unit_test(bounded_splits_are_the_best),
		cmocka_unit_test(bytes_keep_the_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
