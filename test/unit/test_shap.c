/*
 * test_shap.c
 *	  SHAP values of trees against their definition.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/scoring/predict.h"
#include "core/base/quadrature.h"
#include "core/base/rng.h"
#include "core/scoring/shap.h"
#include "unit_host.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define N_FEATURES 6
#define N_BINS	   8
#define MAX_NODES  63
#define MAX_TREES  3
#define LONG_PATH  SPK_MAX_DEPTH

typedef struct Sample
{
	SpkModel   model;
	SpkTree	   trees[MAX_TREES];
	SpkNode	   nodes[MAX_TREES][MAX_NODES];
	SpkCodeSet sets[MAX_TREES][MAX_NODES];
} Sample;

static UnitHost		 unit = UNIT_HOST_INIT;
static const SpkHost host = {unit_alloc, unit_release, unit_cancelled, &unit};

/* ---- Trees made by chance ---- */

static void
make_split(SpkRng *rng, SpkTree *tree, SpkNode *node)
{
	node->feature = (uint16_t) spk_rng_below(rng, N_FEATURES);
	if (spk_rng_below(rng, 3) == 0)
	{
		node->flags = SPK_NODE_SET;
		node->set = tree->n_sets;
		memset(&tree->sets[node->set], 0, sizeof(SpkCodeSet));
		for (int code = 0; code < N_BINS; code++)
			if (spk_rng_below(rng, 2))
				spk_set_add(&tree->sets[node->set], (uint8_t) code);
		if (spk_rng_below(rng, 2))
			spk_set_add(&tree->sets[node->set], SPK_MISSING);
		tree->n_sets++;
		return;
	}
	node->flags = spk_rng_below(rng, 2) ? SPK_NODE_MISSING_LEFT : 0;
	node->split = (uint8_t) spk_rng_below(rng, N_BINS - 1);
}

/* Level by level; covers from the leaves up. */
static void
make_tree(SpkRng *rng, uint32_t n_splits, SpkTree *tree)
{
	uint32_t splits = 0;

	tree->n_nodes = 2 * n_splits + 1;
	tree->n_sets = 0;
	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		SpkNode *node = &tree->nodes[i];
		bool	 last = i == 2 * splits; /* no other node to split is left */

		memset(node, 0, sizeof(*node));
		if (splits < n_splits && (last || spk_rng_below(rng, 3) > 0))
		{
			make_split(rng, tree, node);
			node->u.left = 2 * splits++ + 1;
			continue;
		}
		node->flags = SPK_NODE_LEAF;
		node->u.value = spk_rng_below(rng, 4) == 0 ? 0 : (float) spk_rng_below(rng, 1000) / 1000;
		node->cover = 1 + (uint32_t) spk_rng_below(rng, 50);
	}
	for (uint32_t i = tree->n_nodes; i-- > 0;)
		if ((tree->nodes[i].flags & SPK_NODE_LEAF) == 0)
			tree->nodes[i].cover = tree->nodes[tree->nodes[i].u.left].cover +
				tree->nodes[tree->nodes[i].u.left + 1].cover;
}

static void
make_sample(SpkRng *rng, Sample *sample)
{
	memset(&sample->model, 0, sizeof(SpkModel));
	sample->model.algorithm = spk_rng_below(rng, 2) ? SPK_RANDOM_FOREST : SPK_GRADIENT_BOOSTING;
	sample->model.n_features = N_FEATURES;
	sample->model.n_trees = 1 + (uint32_t) spk_rng_below(rng, MAX_TREES);
	sample->model.trees = sample->trees;
	for (uint32_t t = 0; t < sample->model.n_trees; t++)
	{
		sample->trees[t].nodes = sample->nodes[t];
		sample->trees[t].sets = sample->sets[t];
		make_tree(rng, (uint32_t) spk_rng_below(rng, MAX_NODES / 2 + 1), &sample->trees[t]);
	}
}

static void
make_codes(SpkRng *rng, uint8_t *codes)
{
	for (int f = 0; f < N_FEATURES; f++)
		codes[f] = spk_rng_below(rng, 6) == 0 ? SPK_MISSING : (uint8_t) spk_rng_below(rng, N_BINS);
}

/* ---- The definition ---- */

/* What the tree gives on average when only the features of the set are known. */
static double
worth_of(const SpkTree *tree, uint32_t at, const uint8_t *codes, uint32_t known)
{
	const SpkNode *node = &tree->nodes[at];
	uint32_t	   left = node->u.left;

	if (node->flags & SPK_NODE_LEAF)
		return node->u.value;
	if (known >> node->feature & 1)
		return worth_of(tree, left + !spk_goes_left(tree, node, codes[node->feature]), codes,
						known);
	return (worth_of(tree, left, codes, known) * tree->nodes[left].cover +
			worth_of(tree, left + 1, codes, known) * tree->nodes[left + 1].cover) /
		node->cover;
}

static double
model_worth(const SpkModel *model, const uint8_t *codes, uint32_t known)
{
	double sum = 0;

	for (uint32_t t = 0; t < model->n_trees; t++)
		sum += worth_of(&model->trees[t], 0, codes, known);
	return model->algorithm == SPK_GRADIENT_BOOSTING ? sum : sum / model->n_trees;
}

/* Shapley's formula over all sets of the other features. */
static double
shapley(const SpkModel *model, const uint8_t *codes, uint32_t feature)
{
	static const double factorial[] = {1, 1, 2, 6, 24, 120, 720};
	double				sum = 0;

	for (uint32_t known = 0; known < 1 << N_FEATURES; known++)
	{
		int n = __builtin_popcount(known);

		if ((known >> feature & 1) == 0)
			sum += factorial[n] * factorial[N_FEATURES - n - 1] / factorial[N_FEATURES] *
				(model_worth(model, codes, known | 1U << feature) -
				 model_worth(model, codes, known));
	}
	return sum;
}

static void
values_are_shapley(void **unused)
{
	static Sample sample;
	SpkRng		  rng = spk_rng(7, 0);

	for (int round = 0; round < 200; round++)
	{
		SpkShap *shap;

		make_sample(&rng, &sample);
		assert_non_null(shap = spk_shap_new(&host, &sample.model, spk_walk_best()));
		for (int row = 0; row < 5; row++)
		{
			uint8_t codes[N_FEATURES];
			double	contributions[N_FEATURES];

			make_codes(&rng, codes);
			assert_true(fabs(spk_shap_base(shap) - model_worth(&sample.model, codes, 0)) < 1e-13);
			assert_int_equal(spk_shap_explain(shap, codes, contributions), SPK_OK);
			for (uint32_t f = 0; f < N_FEATURES; f++)
				assert_true(fabs(contributions[f] - shapley(&sample.model, codes, f)) < 1e-13);
		}
		spk_shap_release(shap);
	}
	assert_int_equal(unit.live, 0);
}

/* In whatever way trees are walked. */
static void
same_bits(void **unused)
{
	static Sample sample;
	SpkRng		  rng = spk_rng(8, 0);

	for (int round = 0; round < 100; round++)
	{
		uint8_t codes[N_FEATURES];
		double	contributions[2][N_FEATURES];

		make_sample(&rng, &sample);
		make_codes(&rng, codes);
		for (uint32_t way = SPK_WALK_PLAIN; way <= spk_walk_best(); way++)
		{
			double	*to = contributions[way > SPK_WALK_PLAIN];
			SpkShap *shap = spk_shap_new(&host, &sample.model, (SpkWalkWay) way);

			assert_non_null(shap);
			assert_int_equal(spk_shap_explain(shap, codes, to), SPK_OK);
			assert_memory_equal(to, contributions[0], sizeof(contributions[0]));
			spk_shap_release(shap);
		}
	}
}

static void
values_add_up_to_the_prediction(void **unused)
{
	static Sample sample;
	SpkRng		  rng = spk_rng(8, 0);

	for (int round = 0; round < 100; round++)
	{
		uint8_t	 codes[N_FEATURES];
		double	 contributions[N_FEATURES];
		double	 sum;
		SpkShap *shap;

		make_sample(&rng, &sample);
		sample.model.algorithm = SPK_RANDOM_FOREST;
		make_codes(&rng, codes);
		assert_non_null(shap = spk_shap_new(&host, &sample.model, spk_walk_best()));
		assert_int_equal(spk_shap_explain(shap, codes, contributions), SPK_OK);
		sum = spk_shap_base(shap);
		for (int f = 0; f < N_FEATURES; f++)
			sum += contributions[f];
		assert_true(fabs(sum - spk_predict(&sample.model, codes)) < 1e-13);
		spk_shap_release(shap);
	}
}

/* ---- The longest path ---- */

/*
 * A path of splits by as many features as there can be, right where the code is
 * above 0; leaf values and covers as they come.
 */
static void
make_path(SpkRng *rng, SpkTree *tree)
{
	uint32_t n_splits = tree->n_nodes / 2;

	for (uint32_t k = 0; k < n_splits; k++)
	{
		tree->nodes[2 * k] = (SpkNode) {.u.left = 2 * k + 1, .feature = (uint16_t) k};
		tree->nodes[2 * k + 1] = (SpkNode) {.u.value = (float) spk_rng_below(rng, 100),
											.flags = SPK_NODE_LEAF,
											.cover = 1 + (uint32_t) spk_rng_below(rng, 10)};
	}
	tree->nodes[2 * n_splits] = (SpkNode) {.u.value = 1000, .flags = SPK_NODE_LEAF, .cover = 400};
	for (uint32_t k = n_splits; k-- > 0;)
		tree->nodes[2 * k].cover = tree->nodes[2 * k + 1].cover + tree->nodes[2 * k + 2].cover;
}

/*
 * What one leaf adds to feature i, by the number of other features that are
 * known: coefficient[n] sums the products over all sets of n of them.
 */
static long double
leaf_value(double value, const double *zero, const double *one, uint32_t n, uint32_t i)
{
	long double coefficient[LONG_PATH] = {1};
	long double sum = 0;
	uint32_t	others = 0;

	for (uint32_t j = 0; j < n; j++)
	{
		if (j == i)
			continue;
		others++;
		for (uint32_t k = others; k > 0; k--)
			coefficient[k] = (k < others ? coefficient[k] * zero[j] : 0) +
				coefficient[k - 1] * one[j];
		coefficient[0] *= zero[j];
	}
	/* k! (n - k - 1)! / n! = 1 / (n * others over k) */
	for (uint32_t k = 0; k <= others; k++)
	{
		long double over = 1;

		for (uint32_t m = 1; m <= k; m++)
			over = over * (others - k + m) / m;
		sum += coefficient[k] / (n * over);
	}
	return value * (one[i] - zero[i]) * sum;
}

static void
longest_path_is_exact(void **unused)
{
	static SpkNode nodes[2 * LONG_PATH + 1];
	SpkTree		   tree = {2 * LONG_PATH + 1, 0, nodes, NULL};
	SpkModel	   model = {.algorithm = SPK_GRADIENT_BOOSTING,
							.n_features = LONG_PATH,
							.n_trees = 1,
							.trees = &tree};
	SpkRng		   rng = spk_rng(9, 0);
	uint8_t		   codes[LONG_PATH];
	double		   contributions[LONG_PATH];
	long double	   expected[LONG_PATH] = {0};
	double		   zero[LONG_PATH];
	double		   one[LONG_PATH];
	SpkShap		  *shap;

	make_path(&rng, &tree);
	for (uint32_t f = 0; f < LONG_PATH; f++)
		codes[f] = spk_rng_below(&rng, 8) > 0;
	for (uint32_t k = 0; k < LONG_PATH; k++)
	{
		double right = (double) nodes[2 * k + 2].cover / nodes[2 * k].cover;

		zero[k] = 1 - right;
		one[k] = codes[k] == 0;
		for (uint32_t f = 0; f <= k; f++)
			expected[f] += leaf_value(nodes[2 * k + 1].u.value, zero, one, k + 1, f);
		zero[k] = right;
		one[k] = codes[k] > 0;
	}
	for (uint32_t f = 0; f < LONG_PATH; f++)
		expected[f] += leaf_value(nodes[2 * LONG_PATH].u.value, zero, one, LONG_PATH, f);

	for (uint32_t way = SPK_WALK_PLAIN; way <= spk_walk_best(); way++)
	{
		assert_non_null(shap = spk_shap_new(&host, &model, (SpkWalkWay) way));
		assert_int_equal(spk_shap_explain(shap, codes, contributions), SPK_OK);
		for (uint32_t f = 0; f < LONG_PATH; f++)
			assert_true(fabs(contributions[f] - (double) expected[f]) < 1e-11);
		spk_shap_release(shap);
	}
	assert_int_equal(unit.live, 0);
}

/* ---- The rest ---- */

static void
features_that_no_tree_asks_for_are_zero(void **unused)
{
	static SpkNode leaf = {.u.value = 0.25f, .flags = SPK_NODE_LEAF, .cover = 9};
	SpkTree		   tree = {1, 0, &leaf, NULL};
	SpkModel	   model = {.algorithm = SPK_DECISION_TREE,
							.n_features = 2,
							.n_trees = 1,
							.trees = &tree};
	double		   contributions[2] = {1, 1};
	SpkShap		  *shap = spk_shap_new(&host, &model, spk_walk_best());

	assert_non_null(shap);
	assert_true(spk_shap_base(shap) == 0.25);
	assert_int_equal(spk_shap_explain(shap, (const uint8_t[]) {0, SPK_MISSING}, contributions),
					 SPK_OK);
	assert_true(contributions[0] == 0 && contributions[1] == 0);
	spk_shap_release(shap);
}

static void
hosts_may_refuse(void **unused)
{
	static Sample sample;
	SpkRng		  rng = spk_rng(10, 0);
	uint8_t		  codes[N_FEATURES] = {0};
	double		  contributions[N_FEATURES];
	SpkShap		 *shap = NULL;
	long		  n = 0;

	make_sample(&rng, &sample);
	for (; shap == NULL; n++)
	{
		unit.allocs_left = n;
		shap = spk_shap_new(&host, &sample.model, spk_walk_best());
		if (shap == NULL)
			assert_int_equal(unit.live, 0);
	}
	unit.allocs_left = -1;
	assert_true(n > 4);
	unit.polls_left = 0;
	assert_int_equal(spk_shap_explain(shap, codes, contributions), SPK_CANCELLED);
	unit.polls_left = -1;
	assert_int_equal(spk_shap_explain(shap, codes, contributions), SPK_OK);
	spk_shap_release(shap);
	assert_int_equal(unit.live, 0);
}

static void
quadrature_integrates_polynomials(void **unused)
{
	for (uint32_t n = 1; n <= SPK_MAX_POINTS_OF_QUADRATURE; n++)
	{
		double points[SPK_MAX_POINTS_OF_QUADRATURE];
		double weights[SPK_MAX_POINTS_OF_QUADRATURE];

		spk_gauss_legendre(n, points, weights);
		for (uint32_t i = 0; i < n; i++)
			assert_true(points[i] > (i > 0 ? points[i - 1] : 0) && points[i] < 1 && weights[i] > 0);
		for (uint32_t degree = 0; degree < 2 * n; degree++)
		{
			double sum = 0;

			for (uint32_t i = 0; i < n; i++)
				sum += weights[i] * pow(points[i], degree);
			assert_true(fabs(sum - 1.0 / (degree + 1)) < 1e-14);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_shapley),
		cmocka_unit_test(same_bits),
		cmocka_unit_test(values_add_up_to_the_prediction),
		cmocka_unit_test(longest_path_is_exact),
		cmocka_unit_test(features_that_no_tree_asks_for_are_zero),
		cmocka_unit_test(hosts_may_refuse),
		cmocka_unit_test(quadrature_integrates_polynomials),
	};

	return cmocka_run_group_tests_name("shap", tests, NULL, NULL);
}
