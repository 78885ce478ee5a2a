/*
 * test_forest.c
 *	  Growing trees: against a learner that tries everything, and for what must
 *	  hold of every tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "core/rows/binning.h"
#include "core/models/codec.h"
#include "core/trees/split.h"
#include "unit_host.h"
#include "unit_matrix.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define MAX_SMALL 64 /* rows of the tables that are searched exhaustively */

static UnitHost state = UNIT_HOST_INIT;

static SpkForestPlan
plan_of(const UnitMatrix *u, bool bootstrap)
{
	return (SpkForestPlan) {.n_trees = 1,
							.features_per_split = u->matrix.n_features,
							.max_depth = SPK_MAX_DEPTH,
							.min_leaf = 1,
							.bootstrap = bootstrap,
							.weight = {1, 1},
							.seed = 42};
}

/* A tree of its own memory. */
static SpkTree
grow(const UnitMatrix *u, const SpkForestPlan *plan, uint32_t tree_no)
{
	SpkHost	   host = unit_host(&state);
	SpkGrower *grower = spk_grower_new(&host, plan, &u->matrix, u->features);
	double	   gains[SPK_MAX_FEATURES];
	double	   sum = 0;
	SpkTree	   tree, copy;

	assert_non_null(grower);
	assert_int_equal(spk_grower_grow(grower, tree_no, &tree, gains), SPK_OK);
	for (uint32_t f = 0; f < u->matrix.n_features; f++)
	{
		assert_true(gains[f] >= 0);
		sum += gains[f];
	}
	assert_true(tree.n_nodes == 1 ? sum == 0 : fabs(sum - 1) < 1e-9);
	copy = tree;
	copy.nodes = malloc(tree.n_nodes * sizeof(SpkNode));
	memcpy(copy.nodes, tree.nodes, tree.n_nodes * sizeof(SpkNode));
	copy.sets = malloc(tree.n_sets * sizeof(SpkCodeSet) + 1);
	memcpy(copy.sets, tree.sets, tree.n_sets * sizeof(SpkCodeSet));
	spk_grower_release(grower);
	assert_int_equal(state.live, 0);
	return copy;
}

static void
free_tree(SpkTree *tree)
{
	free(tree->nodes);
	free(tree->sets);
}

static void
assert_same_tree(const SpkTree *a, const SpkTree *b)
{
	assert_int_equal(a->n_nodes, b->n_nodes);
	assert_int_equal(a->n_sets, b->n_sets);
	assert_memory_equal(a->nodes, b->nodes, a->n_nodes * sizeof(SpkNode));
	assert_memory_equal(a->sets, b->sets, a->n_sets * sizeof(SpkCodeSet));
}

static bool
node_goes_left(const SpkTree *tree, const SpkNode *node, uint8_t code)
{
	if (node->flags & SPK_NODE_SET)
		return spk_set_has(&tree->sets[node->set], code);
	if (code == SPK_MISSING)
		return node->flags & SPK_NODE_MISSING_LEFT;
	return code <= node->split;
}

/*
 * What holds of every tree: breadth-first order, covers that add up, sets in
 * node order, codes that exist; without bootstrap also covers and values as
 * the rows say.
 */
static void
check_tree(const UnitMatrix *u, const SpkForestPlan *plan, const SpkTree *tree)
{
	uint32_t  n_split = 0, n_sets = 0;
	uint32_t *rows = calloc(tree->n_nodes, sizeof(uint32_t));
	uint32_t *churn = calloc(tree->n_nodes, sizeof(uint32_t));
	uint32_t *depth = calloc(tree->n_nodes, sizeof(uint32_t));

	for (uint32_t r = 0; r < u->matrix.n_rows; r++)
	{
		const uint8_t *row = spk_matrix_row(&u->matrix, r);

		for (uint32_t at = 0;; at = tree->nodes[at].u.left +
				 !node_goes_left(tree, &tree->nodes[at], row[tree->nodes[at].feature]))
		{
			rows[at]++;
			churn[at] += spk_matrix_label(&u->matrix, r);
			if (tree->nodes[at].flags & SPK_NODE_LEAF)
				break;
		}
	}
	assert_int_equal(tree->nodes[0].cover, u->matrix.n_rows);
	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		const SpkNode *node = &tree->nodes[i];

		assert_true(node->cover >= plan->min_leaf || i == 0);
		assert_true(depth[i] <= plan->max_depth);
		if (!plan->bootstrap)
			assert_int_equal(node->cover, rows[i]);
		if (node->flags & SPK_NODE_LEAF)
		{
			double c = plan->weight[1] * churn[i];
			double s = plan->weight[0] * (rows[i] - churn[i]);

			assert_int_equal(node->flags, SPK_NODE_LEAF);
			assert_true(node->u.value >= 0 && node->u.value <= 1);
			if (!plan->bootstrap)
				assert_true(node->u.value == (float) (c / (s + c)));
			continue;
		}
		assert_int_equal(node->u.left, 2 * n_split + 1);
		n_split++;
		assert_int_equal(node->cover,
						 tree->nodes[node->u.left].cover + tree->nodes[node->u.left + 1].cover);
		depth[node->u.left] = depth[node->u.left + 1] = depth[i] + 1;
		assert_true(node->feature < u->matrix.n_features);
		assert_int_equal(!!(node->flags & SPK_NODE_SET),
						 u->features[node->feature].kind == SPK_CATEGORY);
		if (node->flags & SPK_NODE_SET)
		{
			assert_int_equal(node->set, n_sets++);
			for (uint32_t code = u->features[node->feature].n_bins; code < SPK_MISSING; code++)
				assert_false(spk_set_has(&tree->sets[node->set], (uint8_t) code));
		}
		else
			assert_true(node->split < u->features[node->feature].n_bins);
	}
	assert_int_equal(tree->n_nodes, 2 * n_split + 1);
	assert_int_equal(tree->n_sets, n_sets);
	free(rows);
	free(churn);
	free(depth);
}

/* --- the learner that tries everything, on lists of rows --- */

typedef struct Rows
{
	uint32_t n;
	uint32_t row[MAX_SMALL];
} Rows;

/* A way to part rows, with what it leaves of impurity. */
typedef struct Way
{
	bool	 found;
	double	 cost;
	uint32_t feature;
	bool	 left[256]; /* by code */
} Way;

static double
naive_impurity(const SpkForestPlan *plan, double stay, double churn)
{
	stay *= plan->weight[0];
	churn *= plan->weight[1];
	if (!plan->entropy)
		return 2 * stay * churn / (stay + churn);
	return -(stay == 0 ? 0 : stay * log2(stay / (stay + churn))) -
		(churn == 0 ? 0 : churn * log2(churn / (stay + churn)));
}

/* The impurity that is left when the codes in left go left; infinite if they may not. */
static double
naive_cost(const UnitMatrix *u, const SpkForestPlan *plan, const Rows *rows, uint32_t feature,
		   const bool *left)
{
	uint32_t n[2][2] = {{0}};

	for (uint32_t i = 0; i < rows->n; i++)
	{
		const uint8_t *row = spk_matrix_row(&u->matrix, rows->row[i]);

		n[left[row[feature]]][row[u->matrix.n_features]]++;
	}
	if (n[0][0] + n[0][1] < plan->min_leaf || n[1][0] + n[1][1] < plan->min_leaf)
		return INFINITY;
	return naive_impurity(plan, n[1][0], n[1][1]) + naive_impurity(plan, n[0][0], n[0][1]);
}

static void
naive_try(const UnitMatrix *u, const SpkForestPlan *plan, const Rows *rows, uint32_t feature,
		  const bool *left, Way *best)
{
	double cost = naive_cost(u, plan, rows, feature, left);

	if (cost < best->cost)
	{
		best->found = true;
		best->cost = cost;
		best->feature = feature;
		memcpy(best->left, left, sizeof(best->left));
	}
}

/* Codes of the feature in these rows, in the order splits are tried; how many. */
static uint32_t
naive_order(const UnitMatrix *u, const Rows *rows, uint32_t feature, uint8_t *order, bool *missing)
{
	uint32_t n[256][2] = {{0}};
	uint32_t n_codes = 0;

	for (uint32_t i = 0; i < rows->n; i++)
	{
		const uint8_t *row = spk_matrix_row(&u->matrix, rows->row[i]);

		n[row[feature]][row[u->matrix.n_features]]++;
	}
	*missing = n[SPK_MISSING][0] + n[SPK_MISSING][1] > 0;
	for (uint32_t code = 0; code < SPK_MISSING; code++)
		if (n[code][0] + n[code][1] > 0)
			order[n_codes++] = (uint8_t) code;
	if (u->features[feature].kind != SPK_CATEGORY)
		return n_codes;
	for (uint32_t i = 0; i < n_codes; i++)
		for (uint32_t j = n_codes - 1; j > i; j--)
		{
			uint8_t a = order[j - 1], b = order[j];

			/* churn / rows, as fractions */
			if (n[b][1] * (n[a][0] + n[a][1]) < n[a][1] * (n[b][0] + n[b][1]))
			{
				order[j - 1] = b;
				order[j] = a;
			}
		}
	return n_codes;
}

/* The first best split in the documented order. */
static Way
naive_split(const UnitMatrix *u, const SpkForestPlan *plan, const Rows *rows, double bound)
{
	Way best = {.cost = bound};

	for (uint32_t f = 0; f < u->matrix.n_features; f++)
	{
		bool	 left[256] = {false};
		uint8_t	 order[256];
		bool	 missing;
		uint32_t n = naive_order(u, rows, f, order, &missing);

		for (uint32_t i = 0; i + 1 < n; i++)
		{
			left[order[i]] = true;
			left[SPK_MISSING] = false;
			naive_try(u, plan, rows, f, left, &best);
			left[SPK_MISSING] = true;
			if (missing)
				naive_try(u, plan, rows, f, left, &best);
		}
		left[SPK_MISSING] = false;
		if (n > 0)
			left[order[n - 1]] = true;
		if (missing && n > 0)
			naive_try(u, plan, rows, f, left, &best);
	}
	return best;
}

/* The least impurity left by any partition of any feature's codes at all. */
static double
least_cost(const UnitMatrix *u, const SpkForestPlan *plan, const Rows *rows)
{
	double least = INFINITY;

	for (uint32_t f = 0; f < u->matrix.n_features; f++)
	{
		uint8_t	 order[256];
		bool	 missing;
		uint32_t n = naive_order(u, rows, f, order, &missing);
		bool	 any = u->features[f].kind == SPK_CATEGORY;

		for (uint32_t subset = 1; subset < UINT32_C(1) << n; subset++)
			for (int side = 0; side <= missing; side++)
			{
				bool left[256] = {false};

				if (!any && (subset & (subset + 1)) != 0)
					continue; /* numbers: the lowest codes only */
				for (uint32_t i = 0; i < n; i++)
					left[order[i]] = subset >> i & 1;
				left[SPK_MISSING] = side;
				least = fmin(least, naive_cost(u, plan, rows, f, left));
			}
	}
	return least;
}

/* Without missing values here, they (and categories not here) follow the larger side. */
static void
check_direction(const UnitMatrix *u, const SpkTree *tree, const SpkNode *node, const Rows *rows,
				const Way *way)
{
	bool	here[256] = {false};
	bool	left = way->left[SPK_MISSING];
	uint8_t low = 0, high = SPK_MISSING;

	for (uint32_t i = 0; i < rows->n; i++)
		here[spk_matrix_row(&u->matrix, rows->row[i])[node->feature]] = true;
	if (!here[SPK_MISSING])
		left = tree->nodes[node->u.left].cover >= tree->nodes[node->u.left + 1].cover;
	assert_int_equal(node_goes_left(tree, node, SPK_MISSING), left);
	if (node->flags & SPK_NODE_SET)
	{
		for (uint32_t code = 0; code < u->features[node->feature].n_bins; code++)
			if (!here[code])
				assert_int_equal(node_goes_left(tree, node, (uint8_t) code), left);
		return;
	}
	/* numbers are cut in the middle of the gap */
	for (int code = 0; code < SPK_MISSING; code++)
	{
		if (here[code] && way->left[code])
			low = (uint8_t) code;
		else if (here[code] && high == SPK_MISSING)
			high = (uint8_t) code;
	}
	if (high == SPK_MISSING)
		assert_int_equal(node->split, u->features[node->feature].n_bins - 1);
	else
		assert_int_equal(node->split, (low + high - 1) / 2);
}

/* What a split of a node with these rows must stay under. */
static double
naive_bound(const UnitMatrix *u, const SpkForestPlan *plan, uint32_t n, uint32_t churn)
{
	uint32_t all = u->matrix.n_rows;
	uint32_t all_churn = 0;

	for (uint32_t r = 0; r < all; r++)
		all_churn += spk_matrix_label(&u->matrix, r);
	return naive_impurity(plan, n - churn, churn) -
		fmax(1e-12 * (plan->weight[0] * (n - churn) + plan->weight[1] * churn),
			 plan->min_gain * (plan->weight[1] * all_churn + plan->weight[0] * (all - all_churn)));
}

/* Compares the node and all below it with the naive learner; returns splits seen. */
static uint32_t
check_node(const UnitMatrix *u, const SpkForestPlan *plan, const SpkTree *tree, uint32_t at,
		   const Rows *rows, uint32_t depth)
{
	const SpkNode *node = &tree->nodes[at];
	Rows		   side[2] = {{0}};
	uint32_t	   churn = 0;
	double		   bound, cost, least;
	bool		   left[256];
	Way			   way = {0};

	for (uint32_t i = 0; i < rows->n; i++)
		churn += spk_matrix_label(&u->matrix, rows->row[i]);
	bound = naive_bound(u, plan, rows->n, churn);
	if (depth < plan->max_depth && churn > 0 && churn < rows->n && rows->n >= 2 * plan->min_leaf)
		way = naive_split(u, plan, rows, bound);
	if (!way.found)
	{
		assert_int_equal(node->flags, SPK_NODE_LEAF);
		return 0;
	}
	assert_false(node->flags & SPK_NODE_LEAF);
	for (int code = 0; code < 256; code++)
		left[code] = node_goes_left(tree, node, (uint8_t) code);
	cost = naive_cost(u, plan, rows, node->feature, left);
	if (plan->entropy)
		assert_true(fabs(cost - way.cost) < 1e-9);
	else
	{
		assert_true(cost == way.cost);
		assert_int_equal(node->feature, way.feature);
		for (uint32_t i = 0; i < rows->n; i++)
		{
			uint8_t code = spk_matrix_row(&u->matrix, rows->row[i])[node->feature];

			assert_int_equal(left[code], way.left[code]);
		}
		check_direction(u, tree, node, rows, &way);
	}
	least = least_cost(u, plan, rows);
	if (plan->min_leaf == 1)
		assert_true(fabs(cost - least) < 1e-9);
	else
		assert_true(cost > least - 1e-9);

	for (uint32_t i = 0; i < rows->n; i++)
	{
		Rows *to = &side[!left[spk_matrix_row(&u->matrix, rows->row[i])[node->feature]]];

		to->row[to->n++] = rows->row[i];
	}
	return 1 + check_node(u, plan, tree, node->u.left, &side[0], depth + 1) +
		check_node(u, plan, tree, node->u.left + 1, &side[1], depth + 1);
}

static void
splits_are_the_best_there_are(void **unused)
{
	SpkRng	 rng = spk_rng(11, 12);
	uint32_t n_splits = 0;

	for (int round = 0; round < 2000; round++)
	{
		UnitMatrix	 *u = unit_matrix_new(&rng, 2 + spk_rng_below(&rng, MAX_SMALL - 1),
										  1 + spk_rng_below(&rng, 4), 1 + spk_rng_below(&rng, 7));
		SpkForestPlan plan = plan_of(u, false);
		Rows		  rows = {.n = u->matrix.n_rows};
		SpkTree		  tree;

		for (uint32_t i = 0; i < rows.n; i++)
			rows.row[i] = i;
		if (spk_rng_below(&rng, 2) == 0)
			plan.min_leaf = 1 + spk_rng_below(&rng, 5);
		if (spk_rng_below(&rng, 3) == 0)
			plan.max_depth = 1 + spk_rng_below(&rng, 3);
		if (spk_rng_below(&rng, 2) == 0)
			plan.weight[1] = 0.25 + spk_rng_double(&rng) * 8;
		if (spk_rng_below(&rng, 4) == 0)
			plan.min_gain = 0.05 * spk_rng_double(&rng);
		plan.entropy = spk_rng_below(&rng, 3) == 0;
		tree = grow(u, &plan, 0);
		check_tree(u, &plan, &tree);
		n_splits += check_node(u, &plan, &tree, 0, &rows, 0);
		free_tree(&tree);
		unit_matrix_free(u);
	}
	assert_in_range(n_splits, 5000, 100000);
}

/* --- best first --- */

typedef struct NaiveNode
{
	Rows	 rows;
	uint32_t depth;
	uint32_t left; /* 0: a leaf */
	Way		 way;
	double	 gain;
} NaiveNode;

static void
naive_consider(const UnitMatrix *u, const SpkForestPlan *plan, NaiveNode *node)
{
	uint32_t churn = 0;

	for (uint32_t i = 0; i < node->rows.n; i++)
		churn += spk_matrix_label(&u->matrix, node->rows.row[i]);
	if (node->depth < plan->max_depth && churn > 0 && churn < node->rows.n &&
		node->rows.n >= 2 * plan->min_leaf)
		node->way = naive_split(u, plan, &node->rows, naive_bound(u, plan, node->rows.n, churn));
	node->gain = naive_impurity(plan, node->rows.n - churn, churn) - node->way.cost;
}

/* Splits where it gains most, of equal ones the node made first; returns the nodes. */
static uint32_t
naive_best_first(const UnitMatrix *u, const SpkForestPlan *plan, NaiveNode *nodes)
{
	uint32_t n = 1;

	for (uint32_t r = 0; r < u->matrix.n_rows; r++)
		nodes[0].rows.row[nodes[0].rows.n++] = r;
	naive_consider(u, plan, &nodes[0]);
	while (n < 2 * plan->max_leaves - 1)
	{
		NaiveNode *best = NULL;

		for (uint32_t i = 0; i < n; i++)
			if (nodes[i].left == 0 && nodes[i].way.found &&
				(best == NULL || nodes[i].gain > best->gain))
				best = &nodes[i];
		if (best == NULL)
			break;
		best->left = n;
		for (uint32_t side = 0; side < 2; side++, n++)
		{
			nodes[n].depth = best->depth + 1;
			for (uint32_t i = 0; i < best->rows.n; i++)
			{
				uint32_t row = best->rows.row[i];

				if (best->way.left[spk_matrix_row(&u->matrix, row)[best->way.feature]] ==
					(side == 0))
					nodes[n].rows.row[nodes[n].rows.n++] = row;
			}
			naive_consider(u, plan, &nodes[n]);
		}
	}
	return n;
}

static void
check_same_nodes(const NaiveNode *nodes, uint32_t a, const SpkTree *tree, uint32_t b)
{
	assert_int_equal(nodes[a].rows.n, tree->nodes[b].cover);
	assert_int_equal(nodes[a].left == 0, (tree->nodes[b].flags & SPK_NODE_LEAF) != 0);
	if (nodes[a].left == 0)
		return;
	assert_int_equal(nodes[a].way.feature, tree->nodes[b].feature);
	check_same_nodes(nodes, nodes[a].left, tree, tree->nodes[b].u.left);
	check_same_nodes(nodes, nodes[a].left + 1, tree, tree->nodes[b].u.left + 1);
}

static void
bounded_trees_grow_where_they_gain_most(void **unused)
{
	SpkRng	 rng = spk_rng(25, 26);
	uint32_t n_bounded = 0;

	for (int round = 0; round < 1000; round++)
	{
		UnitMatrix	 *u = unit_matrix_new(&rng, 2 + spk_rng_below(&rng, MAX_SMALL - 1),
										  1 + spk_rng_below(&rng, 4), 1 + spk_rng_below(&rng, 7));
		SpkForestPlan plan = plan_of(u, false);
		NaiveNode	 *nodes;
		uint32_t	  n;
		SpkTree		  tree, whole;

		plan.min_leaf = 1 + spk_rng_below(&rng, 2);
		if (spk_rng_below(&rng, 3) == 0)
			plan.max_depth = 2 + spk_rng_below(&rng, 3);
		if (spk_rng_below(&rng, 2) == 0)
			plan.weight[1] = 0.25 + spk_rng_double(&rng) * 8;
		if (spk_rng_below(&rng, 4) == 0)
			plan.min_gain = 0.02 * spk_rng_double(&rng);
		whole = grow(u, &plan, 0);
		plan.max_leaves = 1 + spk_rng_below(&rng, 12);
		nodes = calloc(2 * plan.max_leaves, sizeof(NaiveNode));
		n = naive_best_first(u, &plan, nodes);
		tree = grow(u, &plan, 0);
		check_tree(u, &plan, &tree);
		assert_int_equal(tree.n_nodes, n);
		check_same_nodes(nodes, 0, &tree, 0);
		/* a bound that does not bind changes nothing */
		if (tree.n_nodes < whole.n_nodes)
			n_bounded++;
		else
			assert_same_tree(&tree, &whole);
		free(nodes);
		free_tree(&tree);
		free_tree(&whole);
		unit_matrix_free(u);
	}
	assert_in_range(n_bounded, 200, 900);
}

/* Many leaves, with bootstrap and features drawn: as many as allowed, or the whole tree. */
static void
bounded_trees_are_sound(void **unused)
{
	SpkRng		  rng = spk_rng(27, 28);
	UnitMatrix	 *u = unit_matrix_new(&rng, 20000, 70, 255);
	SpkForestPlan plan = plan_of(u, true);
	SpkTree		  whole, tree;

	plan.features_per_split = 8;
	whole = grow(u, &plan, 5);
	for (uint32_t leaves = 1; leaves < 20000; leaves = 7 * leaves + 1)
	{
		plan.max_leaves = leaves;
		tree = grow(u, &plan, 5);
		check_tree(u, &plan, &tree);
		if (2 * leaves - 1 <= whole.n_nodes)
			assert_int_equal(tree.n_nodes, 2 * leaves - 1);
		else
			assert_same_tree(&tree, &whole);
		free_tree(&tree);
	}
	free_tree(&whole);
	unit_matrix_free(u);
}

/* Every width of rows, few and many rows, and parts larger than a pass. */
static void
trees_are_sound(void **unused)
{
	SpkRng rng = spk_rng(13, 14);

	for (uint32_t n_features = 1; n_features < 90; n_features += 7)
		for (uint32_t n_rows = 1; n_rows < 3000; n_rows = 5 * n_rows + 1)
			for (int bootstrap = 0; bootstrap < 2; bootstrap++)
			{
				UnitMatrix	 *u = unit_matrix_new(&rng, n_rows, n_features, 255);
				SpkForestPlan plan = plan_of(u, bootstrap);
				SpkTree		  tree;

				plan.features_per_split = 1 + spk_rng_below(&rng, n_features);
				plan.min_leaf = 1 + spk_rng_below(&rng, 3);
				plan.max_depth = 1 + spk_rng_below(&rng, 12);
				tree = grow(u, &plan, n_rows);
				check_tree(u, &plan, &tree);
				free_tree(&tree);
				unit_matrix_free(u);
			}
	for (int bootstrap = 0; bootstrap < 2; bootstrap++)
	{
		UnitMatrix	 *u = unit_matrix_new(&rng, 300000, 3, 255);
		SpkForestPlan plan = plan_of(u, bootstrap);
		SpkTree		  tree;

		plan.features_per_split = 2;
		plan.max_depth = 6;
		tree = grow(u, &plan, 1);
		check_tree(u, &plan, &tree);
		free_tree(&tree);
		unit_matrix_free(u);
	}
}

static void
one_class_and_no_rows(void **unused)
{
	SpkHost		  host = unit_host(&state);
	SpkRng		  rng = spk_rng(15, 16);
	UnitMatrix	 *u = unit_matrix_new(&rng, 50, 2, 9);
	SpkForestPlan plan = plan_of(u, true);
	SpkGrower	 *grower;
	SpkTree		  tree;
	double		  gains[2];

	for (uint32_t r = 0; r < 50; r++)
		u->matrix.codes[r * u->matrix.stride + 2] = 1;
	tree = grow(u, &plan, 0);
	assert_int_equal(tree.n_nodes, 1);
	assert_true(tree.nodes[0].u.value == 1);
	assert_int_equal(tree.nodes[0].cover, 50);
	free_tree(&tree);

	u->matrix.n_rows = 0;
	grower = spk_grower_new(&host, &plan, &u->matrix, u->features);
	assert_int_equal(spk_grower_grow(grower, 0, &tree, gains), SPK_INVALID);
	spk_grower_release(grower);
	unit_matrix_free(u);
	assert_int_equal(state.live, 0);
}

/* A tree depends on its number alone, not on what the grower did before. */
static void
trees_are_independent(void **unused)
{
	SpkHost		  host = unit_host(&state);
	SpkRng		  rng = spk_rng(17, 18);
	UnitMatrix	 *u = unit_matrix_new(&rng, 900, 12, 40);
	SpkForestPlan plan = plan_of(u, true);
	SpkGrower	 *grower;
	SpkTree		  tree, alone[5];
	double		  gains[12];

	plan.features_per_split = 3;
	grower = spk_grower_new(&host, &plan, &u->matrix, u->features);
	for (uint32_t t = 0; t < 5; t++)
	{
		SpkHost	   own = unit_host(&state);
		SpkGrower *fresh = spk_grower_new(&own, &plan, &u->matrix, u->features);

		assert_int_equal(spk_grower_grow(fresh, t, &tree, gains), SPK_OK);
		alone[t] = tree;
		alone[t].nodes = memcpy(malloc(tree.n_nodes * sizeof(SpkNode)), tree.nodes,
								tree.n_nodes * sizeof(SpkNode));
		alone[t].sets = memcpy(malloc(tree.n_sets * sizeof(SpkCodeSet) + 1), tree.sets,
							   tree.n_sets * sizeof(SpkCodeSet));
		spk_grower_release(fresh);
	}
	for (uint32_t t = 5; t-- > 0;)
	{
		assert_int_equal(spk_grower_grow(grower, t, &tree, gains), SPK_OK);
		assert_same_tree(&tree, &alone[t]);
	}
	for (uint32_t t = 1; t < 5; t++)
		assert_true(alone[t].n_nodes != alone[0].n_nodes ||
					memcmp(alone[t].nodes, alone[0].nodes, alone[0].n_nodes * sizeof(SpkNode)) !=
						0);
	spk_grower_release(grower);
	plan.seed = 43;
	tree = grow(u, &plan, 0);
	assert_true(tree.n_nodes != alone[0].n_nodes ||
				memcmp(tree.nodes, alone[0].nodes, tree.n_nodes * sizeof(SpkNode)) != 0);
	free_tree(&tree);
	for (uint32_t t = 0; t < 5; t++)
		free_tree(&alone[t]);
	unit_matrix_free(u);
}

/* Bootstrap and the class weights of a handful of rows, by hand. */
static void
plans(void **unused)
{
	SpkOptions	  options = spk_options_default(SPK_RANDOM_FOREST);
	SpkMatrix	  matrix = {.n_rows = 100, .n_positives = 20, .n_features = 17, .stride = 24};
	SpkForestPlan plan = spk_forest_plan(&options, SPK_RANDOM_FOREST, &matrix);
	SpkForestPlan huge = plan;

	assert_int_equal(plan.features_per_split, 4);
	assert_true(plan.bootstrap && !plan.entropy);
	assert_true(plan.weight[0] == 1 && plan.weight[1] == 1);
	assert_true(plan.seed == 42);
	assert_true(plan.max_leaves == 0 && plan.min_gain == 0 && !plan.permutation);

	options.value[SPK_OPT_MAX_LEAVES] = 31;
	options.value[SPK_OPT_MIN_GAIN] = 0.25;
	options.value[SPK_OPT_IMPORTANCE] = SPK_IMPORTANCE_PERMUTATION;
	plan = spk_forest_plan(&options, SPK_RANDOM_FOREST, &matrix);
	assert_true(plan.max_leaves == 31 && plan.min_gain == 0.25 && plan.permutation);
	options.value[SPK_OPT_BOOTSTRAP] = 0;
	assert_false(spk_forest_plan(&options, SPK_RANDOM_FOREST, &matrix).permutation);
	options = spk_options_default(SPK_RANDOM_FOREST);

	options.value[SPK_OPT_CLASS_WEIGHT] = SPK_WEIGHT_BALANCED;
	options.value[SPK_OPT_FEATURES_PER_SPLIT] = SPK_FEATURES_ALL;
	options.value[SPK_OPT_SEED] = -1;
	plan = spk_forest_plan(&options, SPK_RANDOM_FOREST, &matrix);
	assert_int_equal(plan.features_per_split, 17);
	assert_true(plan.weight[0] == 0.625 && plan.weight[1] == 2.5);
	assert_true(plan.seed == UINT64_MAX);

	options.value[SPK_OPT_CLASS_WEIGHT] = 3;
	options.value[SPK_OPT_FEATURES_PER_SPLIT] = 0.5;
	plan = spk_forest_plan(&options, SPK_RANDOM_FOREST, &matrix);
	assert_int_equal(plan.features_per_split, 8);
	assert_true(plan.weight[0] == 1 && plan.weight[1] == 3);
	options.value[SPK_OPT_FEATURES_PER_SPLIT] = 1e-6;
	assert_int_equal(spk_forest_plan(&options, SPK_RANDOM_FOREST, &matrix).features_per_split, 1);
	options.value[SPK_OPT_FEATURES_PER_SPLIT] = 1600;
	assert_int_equal(spk_forest_plan(&options, SPK_RANDOM_FOREST, &matrix).features_per_split, 17);
	options.value[SPK_OPT_CLASS_WEIGHT] = SPK_WEIGHT_BALANCED;
	matrix.n_positives = 0;
	assert_true(spk_forest_plan(&options, SPK_RANDOM_FOREST, &matrix).weight[1] == 1);
	options = spk_options_default(SPK_DECISION_TREE);
	plan = spk_forest_plan(&options, SPK_DECISION_TREE, &matrix);
	assert_true(plan.n_trees == 1 && !plan.bootstrap && plan.max_depth == 5);

	matrix.n_rows = SPK_MAX_ROWS;
	matrix.n_features = SPK_MAX_FEATURES;
	matrix.stride = spk_matrix_stride(SPK_MAX_FEATURES);
	assert_true(spk_grower_size(&huge, &matrix) > (size_t) SPK_MAX_ROWS * matrix.stride * 2);
}

static void
importance_is_the_mean_of_trees(void **unused)
{
	static const double gains[] = {0.5, 0.5, 0, 1, 0, 0};
	static const double nothing[6];
	SpkFeature			features[3];

	spk_forest_importance(gains, 2, features, 3);
	assert_true(features[0].importance == 0.75 && features[1].importance == 0.25 &&
				features[2].importance == 0);
	spk_forest_importance(nothing, 2, features, 3);
	assert_true(features[0].importance == 0 && features[1].importance == 0);
}

/* From raw columns to a model that the codec takes for sound and gives back. */
static void
models_are_sound(void **unused)
{
	enum
	{
		N = 700,
		N_TREES = 5
	};
	static const SpkCategory names[] = {{"paid", 4}, {"free", 4}, {"trial", 5}};
	static double			 numbers[N];
	static uint32_t			 ids[N];
	static uint8_t			 labels[N];
	SpkHost					 host = unit_host(&state);
	SpkRng					 rng = spk_rng(25, 26);
	SpkColumn				 columns[2] =
		{{.name = "x", .kind = SPK_NUMBER, .numbers = numbers},
		 {.name = "level", .kind = SPK_CATEGORY, .ids = ids, .names = names, .n_names = 3}};
	SpkTable		  table = {.n_rows = N, .n_columns = 2, .labels = labels, .columns = columns};
	SpkModel		  model = {.algorithm = SPK_RANDOM_FOREST,
							   .threshold = 0.5,
							   .n_features = 2,
							   .n_trees = N_TREES};
	SpkModel		  decoded;
	SpkWriter		  w = spk_writer(&host);
	SpkForestPlan	  plan;
	SpkMatrix		  matrix;
	static UnitMatrix u;
	double			  gains[2 * N_TREES] = {0};
	const char		 *why = "";

	for (int i = 0; i < N; i++)
	{
		numbers[i] = spk_rng_below(&rng, 9) == 0 ? NAN : spk_rng_double(&rng);
		ids[i] = spk_rng_below(&rng, 3);
		labels[i] = spk_rng_double(&rng) <
			(ids[i] == 1 ? 0.6 : 0.2) + (isnan(numbers[i]) ? 0.2 : 0);
	}
	for (int c = 0; c < 2; c++)
		assert_int_equal(spk_bin_feature(&host, &columns[c], N, 255, &u.features[c]), SPK_OK);
	matrix.codes = malloc(N * spk_matrix_stride(2));
	assert_int_equal(spk_bin_table(&host, &table, u.features, matrix.codes, &matrix, NULL), SPK_OK);
	u.matrix = matrix;
	model.options = spk_options_default(SPK_RANDOM_FOREST);
	model.options.value[SPK_OPT_TREES] = N_TREES;
	for (int i = 0; i < SPK_N_FACTS; i++)
		model.facts[i] = NAN;
	plan = spk_forest_plan(&model.options, SPK_RANDOM_FOREST, &matrix);
	model.trees = spk_alloc(&host, N_TREES, sizeof(SpkTree));
	for (uint32_t t = 0; t < N_TREES; t++)
	{
		SpkGrower *grower = spk_grower_new(&host, &plan, &matrix, u.features);
		SpkTree	   tree;

		assert_int_equal(spk_grower_grow(grower, t, &tree, &gains[2 * t]), SPK_OK);
		model.trees[t] = tree;
		model.trees[t].nodes = spk_alloc(&host, tree.n_nodes, sizeof(SpkNode));
		memcpy(model.trees[t].nodes, tree.nodes, tree.n_nodes * sizeof(SpkNode));
		model.trees[t].sets = spk_alloc(&host, tree.n_sets, sizeof(SpkCodeSet));
		memcpy(model.trees[t].sets, tree.sets, tree.n_sets * sizeof(SpkCodeSet));
		spk_grower_release(grower);
	}
	spk_forest_importance(gains, N_TREES, u.features, 2);
	assert_true(fabs(u.features[0].importance + u.features[1].importance - 1) < 1e-12);
	model.features = spk_alloc(&host, 2, sizeof(SpkFeature));
	memcpy(model.features, u.features, 2 * sizeof(SpkFeature));

	assert_int_equal(spk_model_encode(&model, &w), SPK_OK);
	if (spk_model_decode(&host, w.data, w.len, &decoded, &why) != SPK_OK)
		fail_msg("%s", why);
	for (uint32_t t = 0; t < N_TREES; t++)
	{
		assert_int_equal(decoded.trees[t].n_nodes, model.trees[t].n_nodes);
		for (uint32_t i = 0; i < model.trees[t].n_nodes; i++)
		{
			assert_int_equal(decoded.trees[t].nodes[i].u.left, model.trees[t].nodes[i].u.left);
			assert_int_equal(decoded.trees[t].nodes[i].cover, model.trees[t].nodes[i].cover);
		}
	}
	spk_model_release(&host, &decoded);
	spk_model_release(&host, &model);
	spk_release(&host, w.data);
	free(matrix.codes);
	assert_int_equal(state.live, 0);
}

static void
no_memory(void **unused)
{
	SpkHost		  host = unit_host(&state);
	SpkRng		  rng = spk_rng(19, 20);
	UnitMatrix	 *u = unit_matrix_new(&rng, 40, 3, 9);
	SpkForestPlan plan = plan_of(u, true);
	SpkGrower	 *grower = NULL;

	plan.max_leaves = 3;
	plan.permutation = true;
	for (long allocs = 0; grower == NULL; allocs++)
	{
		assert_int_equal(state.live, 0);
		state.allocs_left = allocs;
		grower = spk_grower_new(&host, &plan, &u->matrix, u->features);
		assert_true(allocs < 20);
	}
	state.allocs_left = -1;
	spk_grower_release(grower);
	spk_grower_release(NULL);
	assert_int_equal(state.live, 0);
	unit_matrix_free(u);
}

/* Wherever it is cancelled, the grower grows the same tree the next time. */
static void
cancelled(void **unused)
{
	SpkHost		  host = unit_host(&state);
	SpkRng		  rng = spk_rng(21, 22);
	UnitMatrix	 *u = unit_matrix_new(&rng, 400000, 7, 255);
	SpkForestPlan plan = plan_of(u, true);
	SpkTree		  tree, expected;
	SpkGrower	 *grower;
	double		  gains[7];
	long		  n_cancelled = 0;

	plan.max_depth = 9;
	expected = grow(u, &plan, 3);
	grower = spk_grower_new(&host, &plan, &u->matrix, u->features);
	for (long polls = 0;; polls++)
	{
		SpkStatus status;

		state.polls_left = polls;
		status = spk_grower_grow(grower, 3, &tree, gains);
		state.polls_left = -1;
		if (status == SPK_OK)
			break;
		assert_int_equal(status, SPK_CANCELLED);
		n_cancelled++;
		if (polls >= 4)
			polls += 5;
	}
	assert_true(n_cancelled > 5);
	assert_same_tree(&tree, &expected);
	spk_grower_release(grower);
	free_tree(&expected);
	unit_matrix_free(u);
	assert_int_equal(state.live, 0);
}

static void
logarithm(void **unused)
{
	SpkRng rng = spk_rng(23, 24);

	assert_true(spk_log2(1) == 0 && spk_log2(2) == 1 && spk_log2(0.25) == -2 &&
				spk_log2(0x1p40) == 40);
	for (int i = 0; i < 100000; i++)
	{
		double x = ldexp(0.5 + spk_rng_double(&rng), (int) spk_rng_below(&rng, 80) - 30);
		double expected = log2(x);

		assert_true(fabs(spk_log2(x) - expected) <= 4.5e-16 * fmax(1, fabs(expected)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_are_the_best_there_are),
		cmocka_unit_test(bounded_trees_grow_where_they_gain_most),
		cmocka_unit_test(bounded_trees_are_sound),
		cmocka_unit_test(trees_are_sound),
		cmocka_unit_test(one_class_and_no_rows),
		cmocka_unit_test(trees_are_independent),
		cmocka_unit_test(plans),
		cmocka_unit_test(importance_is_the_mean_of_trees),
		cmocka_unit_test(models_are_sound),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(cancelled),
		cmocka_unit_test(logarithm),
	};

	return cmocka_run_group_tests_name("forest", tests, NULL, NULL);
}
