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

#include "core/rows/binning.h"
#include "core/scoring/predict.h"
#include "core/scoring/walk.h"
#include "unit_host.h"
#include "unit_matrix.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define MAX_TREES 40

static UnitHost state = UNIT_HOST_INIT;
static uint64_t allocated;

/* The unit host's alloc, with what was asked for added up. */
static void *
counting_alloc(void *ctx, size_t size)
{
	allocated += size;
	return unit_alloc(ctx, size);
}

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

/* The codes of row r, in every other row by way of the walker's own coding where there are numbers. */
static void
code_row(const SpkWalker *walker, const UnitMatrix *u, uint32_t r, uint8_t *codes)
{
	const uint8_t *row = spk_matrix_row(&u->matrix, r);
	double		   numbers[SPK_MAX_FEATURES] = {0};

	for (uint32_t f = 0; f < u->matrix.n_features; f++)
	{
		if (u->features[f].kind == SPK_CATEGORY || r % 2 == 0)
			spk_walk_put_code(walker, f, row[f], codes);
		numbers[f] = value_of(row[f]);
	}
	if (r % 2 == 1)
		spk_walk_put_numbers(walker, numbers, codes);
}

/* Walks every row in this way; returns the way that was taken. */
static SpkWalkWay
check_way(const UnitMatrix *u, const SpkModel *model, SpkWalkWay way)
{
	SpkHost	   host = unit_host(&state);
	uint64_t   n_nodes = 0;
	SpkWalker *walker;
	SpkWalkWay taken;
	uint8_t	  *codes;

	for (uint32_t t = 0; t < model->n_trees; t++)
		n_nodes += model->trees[t].n_nodes;
	allocated = 0;
	host.alloc = counting_alloc;
	walker = spk_walker_new(&host, model, way);
	assert_true(allocated <= spk_walker_size(model->n_trees, n_nodes, model->n_features));
	taken = spk_walker_way(walker);
	codes = calloc(1, spk_walker_codes(walker));
	for (uint32_t r = 0; r < u->matrix.n_rows; r++)
	{
		code_row(walker, u, r, codes);
		assert_true(spk_answer(model, spk_walk(walker, codes)) ==
					spk_predict(model, spk_matrix_row(&u->matrix, r)));
	}
	free(codes);
	spk_walker_release(walker);
	return taken;
}

/* In all ways; counts those that were taken. */
static void
check_model(const UnitMatrix *u, const SpkModel *model, uint32_t *taken)
{
	for (uint32_t way = 0; way <= spk_walk_best(); way++)
		taken[check_way(u, model, (SpkWalkWay) way)]++;
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

/* A forest grown on random rows, walked. */
static void
check_forest(SpkRng *rng, UnitMatrix *u, uint32_t *taken)
{
	SpkHost		  host = unit_host(&state);
	SpkForestPlan plan = {.n_trees = 1 + spk_rng_below(rng, MAX_TREES),
						  .features_per_split = 2,
						  .max_depth = spk_rng_below(rng, 30),
						  .min_leaf = 1,
						  .bootstrap = true,
						  .weight = {1, 1},
						  .seed = 7};
	SpkTree		  trees[MAX_TREES];
	double		  gains[SPK_MAX_FEATURES];
	SpkModel	  model = {.algorithm = SPK_RANDOM_FOREST,
						   .n_features = u->matrix.n_features,
						   .n_trees = plan.n_trees,
						   .features = u->features,
						   .trees = trees};
	SpkGrower	 *grower = spk_grower_new(&host, &plan, &u->matrix, u->features);
	SpkTree		  tree;

	give_edges(u);
	for (uint32_t t = 0; t < plan.n_trees; t++)
	{
		assert_int_equal(spk_grower_grow(grower, t, &tree, gains), SPK_OK);
		copy_tree(&tree, &trees[t]);
	}
	check_model(u, &model, taken);
	for (uint32_t t = 0; t < plan.n_trees; t++)
	{
		free(trees[t].nodes);
		free(trees[t].sets);
	}
	spk_grower_release(grower);
	free_edges(u);
}

/* Floats of all sizes, whose sums do not fit a double. */
static void
give_rough_values(SpkRng *rng, SpkTree *tree)
{
	for (uint32_t i = 0; i < tree->n_nodes; i++)
		if (tree->nodes[i].flags & SPK_NODE_LEAF)
			tree->nodes[i].u.value = ldexpf((float) spk_rng_double(rng) - 0.5f,
											(int) spk_rng_below(rng, 80) - 40);
}

/*
 * More trees than any way takes at once, and sums that depend on the order: nothing but the
 * order of the trees gives the same bits.
 */
static void
sums_have_the_order_of_trees(void **unused)
{
	static const uint32_t depths[] = {1, 3, 4, 5, 7, 8, 10, 14};
	enum
	{
		GROWN = 8,
		MANY = 523
	};
	SpkHost	 host = unit_host(&state);
	SpkRng	 rng = spk_rng(3, 4);
	uint32_t taken[SPK_N_WALK_WAYS] = {0};

	for (size_t d = 0; d < 2 * sizeof(depths) / sizeof(depths[0]); d++)
	{
		UnitMatrix	 *u = unit_matrix_new(&rng, 500, 6, 40);
		SpkForestPlan plan = {.n_trees = GROWN,
							  .features_per_split = 2,
							  .max_depth = depths[d / 2],
							  .min_leaf = 1,
							  .bootstrap = true,
							  .weight = {1, 1},
							  .seed = 7};
		SpkGrower	 *grower = spk_grower_new(&host, &plan, &u->matrix, u->features);
		SpkTree		  trees[MANY];
		SpkTree		  tree;
		double		  gains[SPK_MAX_FEATURES];
		SpkModel	  model = {.algorithm = SPK_RANDOM_FOREST,
							   .n_features = u->matrix.n_features,
							   .n_trees = MANY,
							   .features = u->features,
							   .trees = trees};

		give_edges(u);
		for (uint32_t t = 0; t < MANY; t++)
		{
			if (t >= GROWN)
				trees[t] = trees[t % GROWN];
			else
			{
				assert_int_equal(spk_grower_grow(grower, t, &tree, gains), SPK_OK);
				copy_tree(&tree, &trees[t]);
				if (d % 2 == 1)
					give_rough_values(&rng, &trees[t]);
			}
		}
		check_model(u, &model, taken);
		for (uint32_t t = 0; t < GROWN; t++)
		{
			free(trees[t].nodes);
			free(trees[t].sets);
		}
		spk_grower_release(grower);
		free_edges(u);
		unit_matrix_free(u);
	}
	for (uint32_t way = 0; way <= spk_walk_best(); way++)
		assert_true(taken[way] > 0);
}

/*
 * Forests of all sizes and depths: some with few and many rows, with few and
 * many codes, with a few features and with more than blocks can look into.
 */
static void
walks_end_where_trees_do(void **unused)
{
	SpkRng	 rng = spk_rng(20, 1);
	uint32_t taken[SPK_N_WALK_WAYS] = {0};

	for (int round = 0; round < 96; round++)
	{
		uint32_t	n_rows = round % 3 == 0 ? 1200 : 100;
		uint32_t	max_features = round % 12 == 11 ? 400 : round % 4 == 3 ? 60 : 12;
		UnitMatrix *u = unit_matrix_new(&rng, n_rows, 1 + spk_rng_below(&rng, max_features),
										1 + spk_rng_below(&rng, round % 2 == 0 ? 4 : SPK_MAX_BINS));

		check_forest(&rng, u, taken);
		unit_matrix_free(u);
	}
	for (uint32_t way = 0; way <= spk_walk_best(); way++)
		assert_true(taken[way] >= 10);
}

/* ---- Trees that nobody grew ---- */

#define MOST_INNER 120

/* What a tree may ask of a feature: any of its codes, any set of them. */
static void
ask(SpkRng *rng, const SpkFeature *features, uint32_t n_features, SpkTree *tree, SpkNode *node)
{
	const SpkFeature *feature;

	node->feature = (uint16_t) spk_rng_below(rng, n_features);
	feature = &features[node->feature];
	if (feature->kind == SPK_CATEGORY)
	{
		SpkCodeSet *set = &tree->sets[tree->n_sets];

		node->flags = SPK_NODE_SET;
		node->set = tree->n_sets++;
		for (uint32_t code = 0; code <= SPK_MISSING; code++)
			if ((code < feature->n_bins || code == SPK_MISSING) && spk_rng_below(rng, 2) == 0)
				set->bits[code >> 6] |= UINT64_C(1) << (code & 63);
		return;
	}
	node->split = (uint8_t) spk_rng_below(rng, feature->n_bins);
	node->flags = spk_rng_below(rng, 2) == 0 ? SPK_NODE_MISSING_LEFT : 0;
}

/*
 * A tree of this many splits.  All are on one path when it is narrow; the others are taken at
 * random, level by level.
 */
static void
make_tree(SpkRng *rng, const SpkFeature *features, uint32_t n_features, uint32_t n_inner,
		  bool narrow, SpkTree *tree)
{
	uint32_t made = 0;
	uint32_t path = 0;

	*tree = (SpkTree) {.n_nodes = 2 * n_inner + 1};
	tree->nodes = calloc(tree->n_nodes, sizeof(SpkNode));
	tree->sets = calloc(n_inner + 1, sizeof(SpkCodeSet));
	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		SpkNode *node = &tree->nodes[i];
		uint32_t waiting = 2 * made + 1 - i; /* with this one, or there is no next one */
		bool	 inner = narrow ? i == path : waiting == 1 || spk_rng_below(rng, 3) > 0;

		if (made < n_inner && inner)
		{
			ask(rng, features, n_features, tree, node);
			node->u.left = 2 * made + 1;
			path = node->u.left + spk_rng_below(rng, 2);
			made++;
		}
		else
		{
			node->flags = SPK_NODE_LEAF;
			node->u.value = (float) spk_rng_double(rng);
		}
	}
	assert_int_equal(made, n_inner);
}

/*
 * Trees of one leaf among trees that are narrow and deep, or wide; of features by the thousand,
 * and of one with all the codes that there are.  Nothing that grows trees makes such forests.
 */
static void
trees_of_any_shape(void **unused)
{
	static const uint32_t n_features[] = {1, 2, 7, 30, 250, 1000};
	SpkRng				  rng = spk_rng(5, 9);
	uint32_t			  taken[SPK_N_WALK_WAYS] = {0};
	SpkTree				  trees[MAX_TREES];

	for (uint32_t round = 0; round < 120; round++)
	{
		uint32_t	n = n_features[round % (sizeof(n_features) / sizeof(n_features[0]))];
		UnitMatrix *u = unit_matrix_new(&rng, 150, n, round % 4 == 0 ? 3 : SPK_MAX_BINS);
		SpkModel	model = {.algorithm = SPK_RANDOM_FOREST,
							 .n_features = n,
							 .n_trees = 1 + spk_rng_below(&rng, round % 3 == 0 ? 1 : MAX_TREES),
							 .features = u->features,
							 .trees = trees};

		give_edges(u);
		for (uint32_t t = 0; t < model.n_trees; t++)
		{
			uint32_t shape = spk_rng_below(&rng, 4);

			make_tree(&rng, u->features, n,
					  shape == 0	 ? 0 :
						  shape == 1 ? 1 :
						  shape == 2 ? 60 :
									   spk_rng_below(&rng, MOST_INNER),
					  shape == 2, &trees[t]);
		}
		check_model(u, &model, taken);
		for (uint32_t t = 0; t < model.n_trees; t++)
		{
			free(trees[t].nodes);
			free(trees[t].sets);
		}
		free_edges(u);
		unit_matrix_free(u);
	}
	for (uint32_t way = 0; way <= spk_walk_best(); way++)
		assert_true(taken[way] >= 10);
}

/* A tree whose every question is another one, with as many as slots, or nearly. */
static void
slots_run_out(void **unused)
{
	enum
	{
		MOST = 300
	};
	SpkHost			  host = unit_host(&state);
	SpkNode			  nodes[2 * MOST + 1];
	SpkTree			  tree = {0, 0, nodes, NULL};
	SpkModel		  model = {.algorithm = SPK_GRADIENT_BOOSTING, .n_trees = 1, .trees = &tree};
	static SpkFeature features[MOST];
	double			  edge = 0;
	double			  numbers[MOST];

	model.features = features;
	for (uint32_t n = 60; n <= MOST; n += n < 70 || (n > 250 && n < 260) ? 1 : 10)
	{
		for (uint32_t i = 0; i < n; i++)
		{
			features[i] = (SpkFeature) {.kind = SPK_NUMBER, .n_bins = 2, .edges = &edge};
			nodes[2 * i] = (SpkNode) {.u.left = 2 * i + 1, .feature = (uint16_t) i};
			nodes[2 * i + 1] = (SpkNode) {.u.value = (float) i, .flags = SPK_NODE_LEAF};
		}
		nodes[2 * n] = (SpkNode) {.u.value = (float) n, .flags = SPK_NODE_LEAF};
		tree.n_nodes = 2 * n + 1;
		model.n_features = n;
		for (uint32_t way = 0; way <= spk_walk_best(); way++)
		{
			SpkWalker *walker = spk_walker_new(&host, &model, (SpkWalkWay) way);
			uint8_t	  *codes = calloc(1, spk_walker_codes(walker));
			uint32_t   most = way == SPK_WALK_AVX512 ? 256 : 64;

			assert_int_equal(spk_walker_way(walker), n <= most ? way : SPK_WALK_PLAIN);

			/* goes right until the first number that is not above 0 */
			for (uint32_t stop = 0; stop <= n; stop++)
			{
				for (uint32_t i = 0; i < n; i++)
					numbers[i] = i == stop ? -1 : 1;
				spk_walk_put_numbers(walker, numbers, codes);
				assert_true(spk_walk(walker, codes) == stop);
			}
			free(codes);
			spk_walker_release(walker);
		}
	}
}

/* Without memory there is no walker, and nothing is kept. */
static void
memory_that_fails(void **unused)
{
	SpkHost	   host = unit_host(&state);
	SpkNode	   leaf = {.flags = SPK_NODE_LEAF};
	SpkTree	   tree = {1, 0, &leaf, NULL};
	SpkModel   model = {.n_trees = 1, .trees = &tree};
	SpkWalker *walker = NULL;

	for (uint32_t way = 0; way <= spk_walk_best(); way++, walker = NULL)
	{
		for (long allocs = 0; walker == NULL; allocs++)
		{
			state.allocs_left = allocs;
			walker = spk_walker_new(&host, &model, (SpkWalkWay) way);
			assert_int_equal(state.live > 0, walker != NULL);
		}
		state.allocs_left = -1;
		spk_walker_release(walker);
		assert_int_equal(state.live, 0);
	}
}

/* The walker codes numbers as spk_code_number does: in both of their slots. */
static void
check_numbers(const SpkModel *model, SpkWalkWay way)
{
	static const double values[] = {NAN,  -NAN,	 INFINITY, -INFINITY, 0.0,
									-0.0, 1e308, -1e308,   5e-324};
	SpkHost				host = unit_host(&state);
	SpkWalker		   *walker = spk_walker_new(&host, model, way);
	uint8_t			   *codes = calloc(1, spk_walker_codes(walker));

	assert_int_equal(spk_walker_way(walker), way);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]) + 300; i++)
	{
		double value = i < sizeof(values) / sizeof(values[0]) ? values[i] : i * 0.25 - 62;

		spk_walk_put_numbers(walker, &value, codes);
		assert_int_equal(codes[0], spk_code_number(&model->features[0], value));
		assert_int_equal(codes[1], isnan(value) ? 0 : codes[0]);
	}
	free(codes);
	spk_walker_release(walker);
}

static void
numbers_get_their_codes(void **unused)
{
	double	   edges[SPK_MAX_BINS - 1];
	SpkNode	   nodes[5] = {{.u.left = 1},
						   {.flags = SPK_NODE_LEAF},
						   {.u.left = 3, .flags = SPK_NODE_MISSING_LEFT},
						   {.flags = SPK_NODE_LEAF},
						   {.flags = SPK_NODE_LEAF}};
	SpkTree	   tree = {5, 0, nodes, NULL};
	SpkFeature feature = {.kind = SPK_NUMBER, .edges = edges};
	SpkModel   model = {.n_features = 1, .n_trees = 1, .features = &feature, .trees = &tree};

	for (uint32_t n_bins = 1; n_bins <= SPK_MAX_BINS; n_bins++)
	{
		for (uint32_t i = 0; i + 1 < n_bins; i++)
			edges[i] = i * 0.5 - 60;
		feature.n_bins = n_bins;
		for (uint32_t way = 0; way <= spk_walk_best(); way++)
			check_numbers(&model, (SpkWalkWay) way);
	}
}

/* ---- Numbers of many features ---- */

#define MOST_NUMBERS 120
#define SHAPES		 7

/* Edges as quantiles of all kinds of columns, ascending; returns how many they are. */
static uint32_t
make_edges(SpkRng *rng, uint32_t shape, double *edges)
{
	uint32_t n = spk_rng_below(rng, SPK_MAX_BINS - 1);
	uint32_t made = 0;
	double	 last = -INFINITY;

	for (uint32_t i = 0; i < n; i++)
	{
		double share = (i + spk_rng_double(rng)) / n;
		double edge = shape == 0 ? share :
			shape == 1			 ? -log(1 - share * 0.999) :
			shape == 2			 ? pow(1 - share * 0.9999, -3) :			/* a few are far away */
			shape == 3			 ? ldexp(share - 0.5, 1024) :				/* no double tells how far */
			shape == 4			 ? ldexp(floor(share * 300), -1074) :		/* the smallest doubles */
			shape == 5			 ? 1e9 + floor(share * 200) * 0.5 :
								   (share < 0.9 ? share * 1e-300 : ldexp(share, 900));

		if (edge > last)
			last = edges[made++] = edge;
	}
	return made;
}

/* A value that an edge could be mistaken for, or any other. */
static double
value_near(SpkRng *rng, const SpkFeature *feature)
{
	static const double values[] = {NAN, INFINITY, -INFINITY, 0.0, -0.0, 1e308, -1e308, 5e-324};
	double				edge;

	if (feature->n_bins < 2 || spk_rng_below(rng, 4) == 0)
		return values[spk_rng_below(rng, sizeof(values) / sizeof(values[0]))];
	edge = feature->edges[spk_rng_below(rng, feature->n_bins - 1)];
	switch (spk_rng_below(rng, 4))
	{
		case 0:
			return edge;
		case 1:
			return nextafter(edge, INFINITY);
		case 2:
			return nextafter(edge, -INFINITY);
		default:
			return edge * (0.5 + spk_rng_double(rng));
	}
}

/* Rows of these features, whose numbers are put all at once and one by one; n_slots are asked for. */
static void
compare_codes(SpkRng *rng, const SpkModel *model, uint32_t n_slots, SpkWalkWay way)
{
	SpkHost	   host = unit_host(&state);
	SpkWalker *walker = spk_walker_new(&host, model, way);
	uint8_t	  *at_once = calloc(1, spk_walker_codes(walker));
	uint8_t	  *one_by_one = calloc(1, spk_walker_codes(walker));
	double	   numbers[MOST_NUMBERS];

	for (int row = 0; row < 40; row++)
	{
		for (uint32_t f = 0; f < model->n_features; f++)
		{
			numbers[f] = value_near(rng, &model->features[f]);
			spk_walk_put_code(walker, f, spk_code_number(&model->features[f], numbers[f]),
							  one_by_one);
		}
		spk_walk_put_numbers(walker, numbers, at_once);
		assert_memory_equal(at_once, one_by_one, n_slots);
	}
	free(at_once);
	free(one_by_one);
	spk_walker_release(walker);
}

/* Some of the features are asked for in both ways of taking missing values, in one, or not at all. */
static void
numbers_of_many_features(void **unused)
{
	static double	  edges[MOST_NUMBERS][SPK_MAX_BINS];
	static SpkFeature features[MOST_NUMBERS];
	SpkNode			  nodes[4 * MOST_NUMBERS + 1];
	SpkTree			  tree = {0, 0, nodes, NULL};
	SpkModel		  model = {.n_trees = 1, .features = features, .trees = &tree};
	SpkRng			  rng = spk_rng(8, 6);

	for (uint32_t round = 0; round < 100; round++)
	{
		uint32_t n_asked = 0;

		model.n_features = 1 + spk_rng_below(&rng, round % 2 == 0 ? 12 : MOST_NUMBERS);
		for (uint32_t f = 0; f < model.n_features; f++)
		{
			uint32_t shape = round < 4 * SHAPES ? round / 4 : spk_rng_below(&rng, SHAPES);

			features[f] = (SpkFeature) {.kind = SPK_NUMBER, .edges = edges[f]};
			features[f].n_bins = make_edges(&rng, shape, edges[f]) + 1;
			for (uint32_t below = 0; below < 2; below++)
				if (spk_rng_below(&rng, 3) > 0)
				{
					nodes[2 * n_asked] = (SpkNode) {.u.left = 2 * n_asked + 1,
													.feature = (uint16_t) f,
													.flags = below ? SPK_NODE_MISSING_LEFT : 0};
					nodes[2 * n_asked + 1] = (SpkNode) {.flags = SPK_NODE_LEAF};
					n_asked++;
				}
		}
		nodes[2 * n_asked] = (SpkNode) {.flags = SPK_NODE_LEAF};
		tree.n_nodes = 2 * n_asked + 1;
		for (uint32_t way = 0; way <= spk_walk_best(); way++)
			compare_codes(&rng, &model, n_asked, (SpkWalkWay) way);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_end_where_trees_do), cmocka_unit_test(sums_have_the_order_of_trees),
		cmocka_unit_test(trees_of_any_shape),		cmocka_unit_test(slots_run_out),
		cmocka_unit_test(numbers_get_their_codes),	cmocka_unit_test(numbers_of_many_features),
		cmocka_unit_test(memory_that_fails),
	};

	return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
