/*
 * test_walk.c
 *	  The forest laid out for walking against the trees it was made from.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/binning.h"
#include "core/predict.h"
#include "core/walk.h"
#include "unit_host.h"
#include "unit_matrix.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define MAX_TREES	40
#define N_ROWS		200

static UnitHost state = UNIT_HOST_INIT;

/* Edges 0, 1, 2 ... of features that are not categorical. */
static void
give_edges(UnitMatrix *u)
{
	for (uint32_t f = 0; f < u->matrix.n_features; f++)
	{
		SpkFeature *feature = &u->features[f];

		if (feature->kind == SPK_CATEGORY)
			continue;
		feature->edges = calloc(feature->n_bins, sizeof(double));
		for (uint32_t i = 0; i + 1 < feature->n_bins; i++)
			feature->edges[i] = i;
	}
}

static void
free_edges(UnitMatrix *u)
{
	for (uint32_t f = 0; f < u->matrix.n_features; f++)
		free(u->features[f].edges);
}

/* A value that gets this code. */
static double
value_of(uint8_t code)
{
	return code == SPK_MISSING ? NAN : code - 0.25;
}

/* The codes of row r, by way of the walker's own coding where there are numbers. */
static void
code_row(const SpkWalker *walker, const UnitMatrix *u, uint32_t r, uint8_t *codes)
{
	const uint8_t *row = spk_matrix_row(&u->matrix, r);
	double		numbers[SPK_MAX_FEATURES] = {0};

	for (uint32_t f = 0; f < u->matrix.n_features; f++)
	{
		if (u->features[f].kind != SPK_CATEGORY)
			numbers[f] = value_of(row[f]);
		else if (spk_walk_uses(walker, f))
			spk_walk_put_code(walker, f, row[f], codes);
	}
	spk_walk_code_numbers(walker, numbers, codes);
}

static void
check_model(const UnitMatrix *u, const SpkModel *model)
{
	SpkHost		host = unit_host(&state);
	SpkWalker  *walker = spk_walker_new(&host, model);
	uint8_t    *codes = calloc(1, spk_walker_codes(walker));

	for (uint32_t r = 0; r < u->matrix.n_rows; r++)
	{
		code_row(walker, u, r, codes);
		assert_true(spk_answer(model, spk_walk(walker, codes)) ==
					spk_predict(model, spk_matrix_row(&u->matrix, r)));
	}
	free(codes);
	spk_walker_release(walker);
}

static void
copy_tree(const SpkTree *tree, SpkTree *copy)
{
	*copy = *tree;
	copy->nodes = calloc(tree->n_nodes, sizeof(SpkNode));
	memcpy(copy->nodes, tree->nodes, tree->n_nodes * sizeof(SpkNode));
	copy->sets = calloc(tree->n_sets + 1, sizeof(SpkCodeSet));
	if (tree->n_sets > 0)
		memcpy(copy->sets, tree->sets, tree->n_sets * sizeof(SpkCodeSet));
}

/* Forests of all sizes and depths, grown on random rows. */
static void
walks_end_where_trees_do(void **unused)
{
	SpkRng		rng = spk_rng(20, 1);
	SpkHost		host = unit_host(&state);

	for (int round = 0; round < 60; round++)
	{
		UnitMatrix *u = unit_matrix_new(&rng, N_ROWS, 1 + spk_rng_below(&rng, 12),
										1 + spk_rng_below(&rng, round % 2 == 0 ? 4 : SPK_MAX_BINS));
		SpkForestPlan plan = {.n_trees = 1 + spk_rng_below(&rng, MAX_TREES), .features_per_split = 2,
		.max_depth = spk_rng_below(&rng, 30), .min_leaf = 1, .bootstrap = true, .weight = {1, 1}, .seed = 7};
		SpkTree		trees[MAX_TREES];
		double		gains[SPK_MAX_FEATURES];
		SpkModel	model = {.algorithm = SPK_RANDOM_FOREST, .n_features = u->matrix.n_features,
		.n_trees = plan.n_trees, .features = u->features, .trees = trees};
		SpkGrower  *grower = spk_grower_new(&host, &plan, &u->matrix, u->features);
		SpkTree		tree;

		give_edges(u);
		for (uint32_t t = 0; t < plan.n_trees; t++)
		{
			assert_int_equal(spk_grow_tree(grower, t, &tree, gains), SPK_OK);
			copy_tree(&tree, &trees[t]);
		}
		check_model(u, &model);
		for (uint32_t t = 0; t < plan.n_trees; t++)
		{
			free(trees[t].nodes);
			free(trees[t].sets);
		}
		spk_grower_release(grower);
		free_edges(u);
		unit_matrix_free(u);
	}
}

/* Without memory there is no walker, and nothing is kept. */
static void
memory_that_fails(void **unused)
{
	SpkHost		host = unit_host(&state);
	SpkNode		leaf = {.flags = SPK_NODE_LEAF};
	SpkTree		tree = {1, 0, &leaf, NULL};
	SpkModel	model = {.n_trees = 1, .trees = &tree};
	SpkWalker  *walker = NULL;

	for (long allocs = 0; walker == NULL; allocs++)
	{
		state.allocs_left = allocs;
		walker = spk_walker_new(&host, &model);
		assert_int_equal(state.live > 0, walker != NULL);
	}
	state.allocs_left = -1;
	spk_walker_release(walker);
	assert_int_equal(state.live, 0);
}

/* The walker codes numbers as spk_code_number does. */
static void
numbers_get_their_codes(void **unused)
{
	static const double values[] = {NAN, INFINITY, -INFINITY, 0.0, -0.0, 1e308, -1e308, 5e-324};
	SpkHost		host = unit_host(&state);
	double		edges[SPK_MAX_BINS - 1];
	SpkNode		nodes[3] = {{.u.left = 1}, {.flags = SPK_NODE_LEAF}, {.flags = SPK_NODE_LEAF}};
	SpkTree		tree = {3, 0, nodes, NULL};
	SpkFeature	feature = {.kind = SPK_NUMBER, .edges = edges};
	SpkModel	model = {.n_features = 1, .n_trees = 1, .features = &feature, .trees = &tree};

	for (uint32_t n_bins = 1; n_bins <= SPK_MAX_BINS; n_bins++)
	{
		SpkWalker  *walker;
		uint8_t		codes[8] = {0};

		for (uint32_t i = 0; i + 1 < n_bins; i++)
			edges[i] = i * 0.5 - 60;
		feature.n_bins = n_bins;
		walker = spk_walker_new(&host, &model);
		assert_true(spk_walker_codes(walker) <= sizeof(codes));
		for (size_t i = 0; i < sizeof(values) / sizeof(values[0]) + 300; i++)
		{
			double		value = i < sizeof(values) / sizeof(values[0]) ? values[i] : i * 0.25 - 62;

			spk_walk_code_numbers(walker, &value, codes);
			assert_int_equal(codes[0], spk_code_number(&feature, value));
			assert_int_equal(codes[1], isnan(value) ? 0 : codes[0]);
		}
		spk_walker_release(walker);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_end_where_trees_do),
		cmocka_unit_test(numbers_get_their_codes),
		cmocka_unit_test(memory_that_fails),
	};

	return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
