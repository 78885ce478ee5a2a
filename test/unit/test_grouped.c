/*
 * test_grouped.c
 *	  Categories that are grouped, where they meet the weights of rows and what trees are
 *	  held to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "core/models/learner.h"
#include "core/rows/paired.h"
#include "core/rows/users.h"
#include "core/scoring/predict.h"
#include "core/trees/forest_grow.h"
#include "core/trees/statistics.h"
#include "unit_table.h"

#define N_VALUES 600
#define NUMBER	 0 /* the columns */
#define MANY	 1
#define OTHER	 2

static UnitHost unit = UNIT_HOST_INIT;

static SpkCategory names[N_VALUES];

static void
make_names(void)
{
	static char text[N_VALUES][8];

	for (uint32_t i = 0; i < N_VALUES; i++)
	{
		uint32_t len = (uint32_t) snprintf(text[i], sizeof(text[i]), "v%u", i * 7919u % 10007u);

		names[i] = (SpkCategory) {text[i], len};
	}
}

/* A table of the columns, without rows. */
static UnitTable *
empty_table(void)
{
	UnitTable *t = unit_table_new(0);

	unit_table_numbers(t, "x");
	unit_table_categories(t, "many", names, N_VALUES);
	unit_table_categories(t, "other", names, 300);
	return t;
}

static void
add_row(UnitTable *t, double x, uint32_t many, uint32_t other, uint8_t label)
{
	uint32_t at = t->table.n_rows++;

	t->numbers[NUMBER][at] = x;
	t->ids[MANY][at] = many;
	t->ids[OTHER][at] = other;
	t->labels[at] = label;
}

/* Rows with weights, and the same rows as often as these say. */
typedef struct Twins
{
	UnitTable *weighted;
	UnitTable *repeated;
	double	   weights[UNIT_MAX_TABLE_ROWS];
	uint32_t   source[UNIT_MAX_TABLE_ROWS]; /* of each repeated row: which one it is */
} Twins;

static Twins *
twins_new(SpkRng *rng, uint32_t n_rows)
{
	Twins *twins = calloc(1, sizeof(Twins));

	twins->weighted = empty_table();
	twins->repeated = empty_table();
	for (uint32_t r = 0; r < n_rows; r++)
	{
		double	 x = spk_rng_below(rng, 9); /* a bin for each value, whatever rows weigh */
		uint32_t many = spk_rng_below(rng, 20) == 0 ? SPK_NO_ID : spk_rng_below(rng, N_VALUES);
		uint32_t other = spk_rng_below(rng, 300);
		uint32_t n = 1 + spk_rng_below(rng, 3);
		uint8_t	 label = x / 9 + (many % 3 == 0) + spk_rng_double(rng) > 1.2;

		add_row(twins->weighted, x, many, other, label);
		twins->weights[r] = n;
		for (uint32_t copy = 0; copy < n; copy++)
		{
			twins->source[twins->repeated->table.n_rows] = r;
			add_row(twins->repeated, x, many, other, label);
		}
	}
	twins->weighted->table.weights = twins->weights;
	return twins;
}

static void
twins_free(Twins *twins)
{
	free(twins->weighted);
	free(twins->repeated);
	free(twins);
}

/* A model before its fit, and the rows of the fit. */
typedef struct Fit
{
	SpkModel  model;
	SpkMatrix matrix;
	uint32_t  users[UNIT_MAX_TABLE_ROWS];
} Fit;

/* source, unless NULL, has the user of each row of the table. */
static Fit *
fit_new(const SpkHost *host, const UnitTable *t, SpkAlgorithm algorithm, const SpkOptions *options,
		const uint32_t *source)
{
	Fit		  *fit = calloc(1, sizeof(Fit));
	SpkModel  *model = &fit->model;
	SpkBinning binning = spk_training_binning(algorithm, options, &t->table);
	uint32_t   origins[UNIT_MAX_TABLE_ROWS];

	*model = (SpkModel) {.algorithm = algorithm, .options = *options, .threshold = 0.5};
	for (int i = 0; i < SPK_N_FACTS; i++)
		model->facts[i] = NAN;
	model->features = spk_alloc(host, t->table.n_columns, sizeof(SpkFeature));
	for (; model->n_features < t->table.n_columns; model->n_features++)
		assert_int_equal(spk_bin_column(host, &t->columns[model->n_features], t->table.n_rows,
										binning, &model->features[model->n_features]),
						 SPK_OK);
	assert_int_equal(spk_bin_table(host, &t->table, model->features,
								   spk_alloc(host, t->table.n_rows,
											 spk_table_shape(&t->table, model->features).stride),
								   &fit->matrix, origins),
					 SPK_OK);
	assert_int_equal(fit->matrix.n_grouped, 2);
	for (uint32_t r = 0; r < t->table.n_rows; r++)
		fit->users[r] = source == NULL ? origins[r] : source[origins[r]];
	fit->matrix.users = fit->users;
	fit->matrix.n_users = source == NULL ? t->table.n_rows : source[t->table.n_rows - 1] + 1;
	return fit;
}

static void
fit_run(const SpkHost *host, Fit *fit)
{
	assert_int_equal(spk_learners[fit->model.algorithm].fit_codes(host, &fit->matrix, &fit->model),
					 SPK_OK);
}

static void
fit_release(const SpkHost *host, Fit *fit)
{
	spk_release(host, fit->matrix.codes);
	spk_model_release(host, &fit->model);
	free(fit);
}

/* ---- Weights ---- */

/* The same groups of all categories. */
static void
assert_same_groups(const SpkModel *a, const SpkModel *b)
{
	for (uint32_t f = MANY; f <= OTHER; f++)
	{
		const SpkFeature *x = &a->features[f];
		const SpkFeature *y = &b->features[f];

		assert_int_equal(x->n_grouped, y->n_grouped);
		assert_int_equal(x->n_bins, y->n_bins);
		assert_int_equal(x->missing_group, y->missing_group);
		assert_memory_equal(x->groups, y->groups, x->n_grouped);
		assert_true(x->n_bins > 1);
	}
}

/* The same trees, but for how many rows reach each node. */
static uint64_t
assert_same_trees(const SpkModel *a, const SpkModel *b)
{
	uint64_t n_sets = 0;

	assert_int_equal(a->n_trees, b->n_trees);
	for (uint32_t t = 0; t < a->n_trees; t++)
	{
		const SpkTree *x = &a->trees[t];
		const SpkTree *y = &b->trees[t];

		assert_int_equal(x->n_nodes, y->n_nodes);
		assert_int_equal(x->n_sets, y->n_sets);
		if (x->n_sets > 0)
			assert_memory_equal(x->sets, y->sets, x->n_sets * sizeof(SpkCodeSet));
		n_sets += x->n_sets;
		for (uint32_t i = 0; i < x->n_nodes; i++)
		{
			SpkNode node = x->nodes[i];

			node.cover = y->nodes[i].cover;
			assert_memory_equal(&node, &y->nodes[i], sizeof(SpkNode));
		}
	}
	return n_sets;
}

/* A row of weight 3 is the row three times, all of one user. */
static void
weights_repeat_rows(void **state)
{
	SpkHost	 host = unit_host(&unit);
	SpkRng	 rng = spk_rng(1, 1);
	uint64_t n_sets = 0;

	(void) state;
	for (int round = 0; round < 12; round++)
	{
		SpkAlgorithm algorithm = round % 2 == 0 ? SPK_DECISION_TREE : SPK_GRADIENT_BOOSTING;
		Twins		*twins = twins_new(&rng, 1500);
		SpkOptions	 options = spk_options_default(algorithm);
		Fit			*weighted;
		Fit			*repeated;

		options.value[SPK_OPT_BINS] = round % 3 == 0 ? 9 : 255;
		options.value[SPK_OPT_CATEGORY_SMOOTHING] = round % 4;
		options.value[SPK_OPT_MAX_DEPTH] = 4;
		if (algorithm == SPK_GRADIENT_BOOSTING)
		{
			/* leaves are never as small as min_leaf, which counts rows and not weights */
			options.value[SPK_OPT_TREES] = 8;
			options.value[SPK_OPT_MAX_DEPTH] = 2;
			options.value[SPK_OPT_MIN_LEAF] = 1;
			options.value[SPK_OPT_SUBSAMPLE] = 1;
			options.value[SPK_OPT_EARLY_STOPPING] = 0;
			options.value[SPK_OPT_FEATURES_PER_SPLIT] = SPK_FEATURES_ALL;
		}
		weighted = fit_new(&host, twins->weighted, algorithm, &options, NULL);
		repeated = fit_new(&host, twins->repeated, algorithm, &options, twins->source);
		assert_true(weighted->matrix.weighted && !repeated->matrix.weighted);
		fit_run(&host, weighted);
		fit_run(&host, repeated);
		assert_same_groups(&weighted->model, &repeated->model);
		n_sets += assert_same_trees(&weighted->model, &repeated->model);

		/* counts are rows, not weights */
		for (uint32_t f = MANY; f <= OTHER; f++)
		{
			const SpkFeature *feature = &weighted->model.features[f];
			uint32_t		  sum = 0;

			for (uint32_t code = 0; code <= feature->n_bins; code++)
				sum += feature->counts[code];
			assert_int_equal(sum, twins->weighted->table.n_rows);
		}
		fit_release(&host, weighted);
		fit_release(&host, repeated);
		twins_free(twins);
	}
	assert_true(n_sets > 30);
	assert_int_equal(unit.live, 0);
}

/* The smoothing is a weight: half of it among rows of half the weight is the same. */
static void
smoothing_is_weighed(void **state)
{
	SpkHost	   host = unit_host(&unit);
	SpkRng	   rng = spk_rng(2, 1);
	Twins	  *twins = twins_new(&rng, 1500);
	SpkOptions options = spk_options_default(SPK_DECISION_TREE);
	Fit		  *whole;
	Fit		  *half;
	Fit		  *other;

	(void) state;
	options.value[SPK_OPT_CATEGORY_SMOOTHING] = 5;
	whole = fit_new(&host, twins->weighted, SPK_DECISION_TREE, &options, NULL);
	for (uint32_t r = 0; r < twins->weighted->table.n_rows; r++)
		twins->weights[r] /= 2;
	other = fit_new(&host, twins->weighted, SPK_DECISION_TREE, &options, NULL);
	options.value[SPK_OPT_CATEGORY_SMOOTHING] = 2.5;
	half = fit_new(&host, twins->weighted, SPK_DECISION_TREE, &options, NULL);
	assert_true(whole->matrix.unit == 1 && half->matrix.unit == 0.5);
	assert_int_equal(spk_forest_group(&host, &whole->matrix, &whole->model), SPK_OK);
	assert_int_equal(spk_forest_group(&host, &half->matrix, &half->model), SPK_OK);
	assert_int_equal(spk_forest_group(&host, &other->matrix, &other->model), SPK_OK);
	assert_same_groups(&whole->model, &half->model);
	assert_true(other->model.features[MANY].n_bins != half->model.features[MANY].n_bins ||
				memcmp(other->model.features[MANY].groups, half->model.features[MANY].groups,
					   half->model.features[MANY].n_grouped) != 0);
	fit_release(&host, whole);
	fit_release(&host, half);
	fit_release(&host, other);
	twins_free(twins);
	assert_int_equal(unit.live, 0);
}

/* ---- Rows in both forms ---- */

/* Where codes and values have one order, places and values tell of one row of the table. */
static void
paired_rows_have_places(void **state)
{
	SpkHost		host = unit_host(&unit);
	SpkRng		rng = spk_rng(4, 1);
	Twins	   *twins = twins_new(&rng, 900);
	UnitTable  *t = twins->repeated;
	uint32_t	n = t->table.n_rows;
	SpkOptions	options = spk_options_default(SPK_RANDOM_FOREST);
	Fit		   *fit = fit_new(&host, t, SPK_RANDOM_FOREST, &options, twins->source);
	SpkFeature *features = fit->model.features;
	uint8_t	   *codes = spk_alloc(&host, n, spk_table_shape(&t->table, features).stride);
	double	   *numbers = spk_alloc(&host, spk_values_size(n, 3), 1);
	uint64_t	groups[UNIT_MAX_TABLE_ROWS];
	uint32_t	users[UNIT_MAX_TABLE_ROWS];
	uint32_t	origins[UNIT_MAX_TABLE_ROWS];
	SpkValues	values;
	SpkMatrix	matrix;

	(void) state;
	for (uint32_t r = 0; r < n; r++)
		groups[r] = 1 + spk_rng_below(&rng, 300);
	t->table.groups = groups;
	assert_int_equal(spk_forest_group(&host, &fit->matrix, &fit->model), SPK_OK);
	assert_int_equal(spk_paired_fill(&host, &t->table, features, numbers, codes, users, &values,
									 &matrix, origins),
					 SPK_OK);
	assert_int_equal(matrix.n_grouped, 2);
	for (uint32_t r = 0; r < n; r++)
	{
		const double *row = spk_values_row(&values, r);

		assert_true(row[NUMBER] == t->numbers[NUMBER][origins[r]]);
		assert_int_equal(spk_matrix_label(&matrix, r), t->labels[origins[r]]);
		for (uint32_t f = MANY; f <= OTHER; f++)
		{
			uint32_t id = t->ids[f][origins[r]];
			uint32_t place = id == SPK_NO_ID ?
				SPK_NO_PLACE :
				spk_category_place(&features[f], names[id].name, names[id].len);

			assert_int_equal(spk_matrix_place(&matrix, r, f - MANY), place);
			assert_int_equal(spk_place_of_value(row[f]), place);
			assert_int_equal(spk_matrix_row(&matrix, r)[f], spk_code_of_place(&features[f], place));
			assert_int_equal(spk_code_value(&features[f], row[f]),
							 spk_code_of_place(&features[f], place));
		}
	}
	spk_release(&host, codes);
	spk_release(&host, numbers);
	fit_release(&host, fit);
	twins_free(twins);
	assert_int_equal(unit.live, 0);
}

/* ---- What trees are held to ---- */

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

/* How often predictions fall while the number grows, in each group of the first feature. */
static uint32_t
count_falls(const SpkModel *model, SpkRng *rng)
{
	uint32_t n_falls = 0;

	for (uint32_t group = 0; group <= model->features[MANY].n_bins; group++)
	{
		uint8_t codes[3];
		double	before = -INFINITY;

		codes[MANY] = group == model->features[MANY].n_bins ? SPK_MISSING : (uint8_t) group;
		codes[OTHER] = (uint8_t) spk_rng_below(rng, model->features[OTHER].n_bins);
		for (uint32_t code = 0; code < model->features[NUMBER].n_bins; code++)
		{
			double sum;

			codes[NUMBER] = (uint8_t) code;
			sum = sum_of(model, codes);
			n_falls += sum < before;
			before = sum;
		}
	}
	return n_falls;
}

/* Which features are met on ways through the tree, together with the number? */
static void
check_apart(const SpkTree *tree, uint32_t node, uint32_t above, uint32_t *n_used)
{
	const SpkNode *n = &tree->nodes[node];

	if (n->flags & SPK_NODE_LEAF)
	{
		assert_false((above >> NUMBER & 1) && (above >> MANY & 1));
		return;
	}
	*n_used += n->feature == MANY;
	check_apart(tree, n->u.left, above | 1u << n->feature, n_used);
	check_apart(tree, n->u.left + 1, above | 1u << n->feature, n_used);
}

static void
rules_hold_beside_groups(void **state)
{
	SpkHost	 host = unit_host(&unit);
	SpkRng	 rng = spk_rng(3, 1);
	uint32_t n_falls_without = 0;
	uint32_t n_used = 0;

	(void) state;
	for (int round = 0; round < 18; round++)
	{
		SpkAlgorithm algorithm = (SpkAlgorithm) (round % 3);
		Twins		*twins = twins_new(&rng, 1500);
		SpkOptions	 options = spk_options_default(algorithm);
		bool		 apart = round % 2 == 0;
		Fit			*free_fit;
		Fit			*held;

		if (round % 4 > 1)
			twins->weighted->table.weights = NULL;
		if (spk_option_applies(SPK_OPT_TREES, algorithm))
			options.value[SPK_OPT_TREES] = 10;
		options.value[SPK_OPT_MAX_DEPTH] = 5;
		free_fit = fit_new(&host, twins->weighted, algorithm, &options, NULL);
		fit_run(&host, free_fit);
		n_falls_without += count_falls(&free_fit->model, &rng);
		fit_release(&host, free_fit);

		options.value[SPK_OPT_MONOTONE] = 1;
		options.value[SPK_OPT_INTERACTIONS] = apart ? 2 : 0;
		held = fit_new(&host, twins->weighted, algorithm, &options, NULL);
		held->model.features[NUMBER].rule = (SpkFeatureRule) {1, apart ? 1 : 0};
		held->model.features[MANY].rule.groups = apart ? 2 : 0;
		held->model.features[OTHER].rule.groups = apart ? 3 : 0;
		fit_run(&host, held);
		assert_int_equal(count_falls(&held->model, &rng), 0);
		for (uint32_t t = 0; t < held->model.n_trees && apart; t++)
			check_apart(&held->model.trees[t], 0, 0, &n_used);
		fit_release(&host, held);
		twins_free(twins);
	}
	/* what is asked for is not there of itself, and groups are in use beside it */
	assert_true(n_falls_without > 100 && n_used > 20);
	assert_int_equal(unit.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weights_repeat_rows),
		cmocka_unit_test(smoothing_is_weighed),
		cmocka_unit_test(paired_rows_have_places),
		cmocka_unit_test(rules_hold_beside_groups),
	};

	make_names();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
