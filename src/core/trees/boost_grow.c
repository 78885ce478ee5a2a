/*
 * boost_grow.c
 *	  Growing a boosted tree together, step by step.
 */
#include <string.h>

#include "core/trees/boost_blocks.h"
#include "core/trees/boost_grow.h"
#include "core/trees/boost_search.h"
#include "core/trees/boost_statistics.h"
#include "core/base/rng.h"

#define STREAM_TREE UINT64_C(3)

/* ---- What the leader does between steps ---- */

/* Adds a leaf, which keeps its rows until it is split. */
static SpkBoostNode *
add_node(SpkBooster *b, SpkSums sums, uint32_t depth, uint64_t path)
{
	uint32_t	  i = b->shared->n_nodes++;
	SpkBoostNode *node = &b->nodes[i];

	memset(node, 0, sizeof(*node));
	node->sums = sums;
	node->depth = depth;
	node->path = path;
	node->slot = SPK_BOOST_NO_SLOT;
	if (b->limits != NULL)
		b->limits[i] = (SpkBoostLimits) {.bounds = SPK_NO_BOUNDS};
	b->built_of[i] = -1;
	return node;
}

/* Frees the node's slot, if it has one. */
static void
release_slot(SpkBooster *b, SpkBoostNode *node)
{
	if (b->shared->keep && node->slot != SPK_BOOST_NO_SLOT)
		b->free_slots[b->shared->n_free++] = node->slot;
	node->slot = SPK_BOOST_NO_SLOT;
}

/* Has the next pass build the node's histogram in this slot. */
static void
build(SpkBooster *b, uint32_t node, int32_t slot, uint32_t sibling)
{
	b->nodes[node].slot = slot;
	b->nodes[node].sibling = sibling;
	b->built_of[node] = (int32_t) b->shared->n_built;
	b->built[b->shared->n_built++] = node;
}

/* Has the next search look for the node's split, unless the node is to stay a leaf. */
static void
activate(SpkBooster *b, uint32_t node)
{
	if (b->nodes[node].open)
		b->active[b->shared->n_active++] = node;
}

/* Without kept histograms: takes the next open nodes of the step, as many as fit. */
static bool
plan_group(SpkBooster *b)
{
	SpkBoostShared *shared = b->shared;

	for (; shared->cursor < shared->n_nodes && shared->n_built < b->max_built; shared->cursor++)
		if (b->nodes[shared->cursor].open)
		{
			build(b, shared->cursor, (int32_t) shared->n_built, 0);
			activate(b, shared->cursor);
		}
	return shared->n_active > 0;
}

/* With kept histograms: builds the smaller of each two new nodes; false with too few slots. */
static bool
plan_pairs(SpkBooster *b)
{
	SpkBoostShared *shared = b->shared;
	uint32_t		needed = 0;

	for (uint32_t i = shared->first; i < shared->n_nodes; i += 2)
		needed += b->nodes[i].open || b->nodes[i + 1].open;
	if (needed > shared->n_free)
		return false;
	for (uint32_t i = shared->first; i < shared->n_nodes; i += 2)
	{
		uint32_t smaller = b->nodes[i].sums.h <= b->nodes[i + 1].sums.h ? i : i + 1;
		uint32_t larger = i + (i + 1) - smaller;

		if (!b->nodes[i].open && !b->nodes[i + 1].open)
			release_slot(b, &b->nodes[larger]);
		else
			build(b, smaller, b->free_slots[--shared->n_free], larger);
		activate(b, i);
		activate(b, i + 1);
	}
	return true;
}

/* Chooses what the next pass builds; false when no new node is open. */
static bool
plan_pass(SpkBooster *b)
{
	b->shared->cursor = b->shared->first;
	if (b->shared->keep && plan_pairs(b))
		return b->shared->n_active > 0;
	b->shared->keep = false;
	return plan_group(b);
}

/* What the feature's rule says of a child (side 0: left) of the node's split. */
static void
constrain_child(SpkBooster *b, uint32_t i, int side, uint32_t child)
{
	const SpkBoostNode	 *node = &b->nodes[i];
	const SpkBoostSplit	 *split = &node->split;
	const SpkFeature	 *feature = &b->features[split->feature];
	const SpkBoostLimits *limits = &b->limits[i];
	SpkSums				  right = {node->sums.g - split->left.g, node->sums.h - split->left.h};

	/* known values against missing ones are in no order; categories have no sign */
	b->limits[child] = *limits;
	if (feature->rule.monotone != 0 && split->cut + 1u < feature->n_bins)
		b->limits[child].bounds =
			spk_bounds_below(limits->bounds, feature->rule.monotone,
							 spk_within(limits->bounds, spk_boost_value(split->left, b->plan.l2)),
							 spk_within(limits->bounds, spk_boost_value(right, b->plan.l2)), side);
	b->limits[child].reach = spk_reach_below(&limits->reach, &feature->rule, split->feature);
}

/* Turns a leaf of the frontier into a split node with two new leaves. */
static void
split_node(SpkBooster *b, uint32_t i)
{
	SpkBoostNode		*node = &b->nodes[i];
	const SpkBoostSplit *split = &node->split;
	SpkSums				 right = {node->sums.g - split->left.g, node->sums.h - split->left.h};
	double				 rows_h = (double) node->sums.h / (node->n_rows * b->shared->share_in_tree);
	double				 least = 2 * b->plan.min_leaf * rows_h;
	SpkRoute			*route = &b->routes[i];
	SpkBoostNode		*child;

	node->left = b->shared->n_nodes;
	b->parents[node->left / 2] = i;
	b->gains[b->matrix.n_features + split->feature] += split->score - spk_booster_score(b, node);
	for (int side = 0; side < 2; side++)
	{
		child = add_node(b, side == 0 ? split->left : right, node->depth + 1,
						 spk_hash_combine(node->path, (uint64_t) side));
		if (b->limits != NULL)
			constrain_child(b, i, side, node->left + (uint32_t) side);
		child->leaf = side == 0 ? node->leaf : b->shared->n_leaves;
		child->many = spk_boost_many(split->category, b->features[split->feature].n_bins);
		child->open = child->depth < b->plan.max_depth && (double) child->sums.h >= least;
	}
	b->shared->n_leaves++;
	/* the larger child takes the parent's slot */
	child = &b->nodes[node->left + (split->left.h <= right.h)];
	child->slot = node->slot;
	node->slot = SPK_BOOST_NO_SLOT;

	route->feature = split->feature;
	route->left_codes = split->set;
	if (!split->category)
	{
		memset(&route->left_codes, 0, sizeof(route->left_codes));
		for (uint32_t code = 0; code <= split->cut; code++)
			spk_set_add(&route->left_codes, (uint8_t) code);
		if (split->missing_left)
			spk_set_add(&route->left_codes, SPK_MISSING);
	}
}

/* The place in the frontier of the node that gains most; equal: the one made first. */
static uint32_t
best_of_frontier(const SpkBooster *b)
{
	uint32_t best = 0;
	double	 best_gain = -1;

	for (uint32_t place = 0; place < b->shared->n_frontier; place++)
	{
		const SpkBoostNode *node = &b->nodes[b->frontier[place]];
		double				gain = node->split.score - spk_booster_score(b, node);

		if (gain > best_gain || (gain == best_gain && b->frontier[place] < b->frontier[best]))
		{
			best = place;
			best_gain = gain;
		}
	}
	return best;
}

/*
 * Splits the best node of the frontier, or the whole frontier.  False when nothing was
 * split, because the frontier is empty or the tree may have no more leaves.
 */
static bool
split_frontier(SpkBooster *b)
{
	SpkBoostShared *shared = b->shared;
	uint32_t		nodes_before = shared->n_nodes;

	if (b->plan.best_first && shared->n_frontier > 0 && shared->n_leaves < b->plan.max_leaves)
	{
		uint32_t place = best_of_frontier(b);

		split_node(b, b->frontier[place]);
		b->frontier[place] = b->frontier[--shared->n_frontier];
	}
	else if (!b->plan.best_first)
	{
		for (uint32_t i = 0; i < shared->n_frontier && shared->n_leaves < b->plan.max_leaves; i++)
			split_node(b, b->frontier[i]);
		shared->n_frontier = 0;
	}
	return shared->n_nodes > nodes_before;
}

/*
 * Gives each active node the best of the members' candidates.  The members' features
 * are in ascending order, so that of equal scores the first feature's wins.
 */
static void
take_candidates(SpkBooster *b)
{
	for (uint32_t place = 0; place < b->shared->n_active; place++)
	{
		SpkBoostNode *node = &b->nodes[b->active[place]];

		node->split = b->candidates[place];
		for (uint32_t member = 1; member < b->team.n; member++)
		{
			const SpkBoostSplit *other = &b->candidates[(size_t) member * b->n_slots + place];

			if (other->found && (!node->split.found || other->score > node->split.score))
				node->split = *other;
		}
		node->open = false;
		if (node->split.found)
			b->frontier[b->shared->n_frontier++] = b->active[place];
	}
	b->shared->n_active = 0;
}

/* Forgets what the last pass has built, and frees the slots of nodes without a split. */
static void
clear_built(SpkBooster *b)
{
	for (uint32_t place = 0; place < b->shared->n_built; place++)
	{
		SpkBoostNode *node = &b->nodes[b->built[place]];
		SpkBoostNode *sibling = &b->nodes[node->sibling];

		b->built_of[b->built[place]] = -1;
		if (!node->split.found)
			release_slot(b, node);
		if (node->sibling != 0 && !sibling->split.found)
			release_slot(b, sibling);
	}
	b->shared->n_built = 0;
}

void
spk_boost_count_rows(SpkBooster *b)
{
	for (uint32_t i = b->shared->first; i < b->shared->n_nodes; i++)
		b->nodes[i].n_rows = spk_boost_rows_in(b, i);
}

/* The value of a leaf: how far it moves the margin of its rows. */
static double
value_of(const SpkBooster *b, const SpkBoostNode *node)
{
	/* a leaf pays what its split has paid */
	double l2 = b->plan.l2 + (node->many ? b->plan.category_l2 : 0);
	double h = ((double) node->sums.h + l2) / SPK_HESSIAN_ONE;

	if (b->plan.monotone)
		return b->plan.learning_rate * SPK_HESSIAN_ONE / SPK_GRADIENT_ONE *
			spk_within(spk_booster_bounds(b, node), spk_boost_value(node->sums, l2));
	return h > 0 ? -b->plan.learning_rate * ((double) node->sums.g / SPK_GRADIENT_ONE) / h : 0;
}

/* After a search: decides what the next pass does, or that the tree is done. */
static void
advance(SpkBooster *b)
{
	SpkBoostShared *shared = b->shared;
	SpkStatus		failed = (SpkStatus) __atomic_load_n(&shared->failed, __ATOMIC_RELAXED);

	if (failed != SPK_OK)
	{
		shared->status = failed;
		return;
	}
	shared->routed = shared->n_nodes;
	spk_boost_reset_blocks(b);
	spk_boost_count_rows(b);
	take_candidates(b);
	clear_built(b);
	if (!shared->keep && plan_group(b))
		return;
	shared->first = shared->n_nodes;
	while (split_frontier(b))
		if (plan_pass(b))
			return;
	for (uint32_t i = 0; i < shared->n_nodes; i++)
		b->values[i] = (float) value_of(b, &b->nodes[i]);
	shared->tree_done = true;
}

uint64_t
spk_boost_tree_path(const SpkBooster *b, uint32_t round)
{
	return spk_hash_combine(spk_hash_combine(b->plan.seed, STREAM_TREE), round);
}

/* Starts a tree with the root, which has all rows, and whose histogram has been built. */
static void
start_tree(SpkBooster *b)
{
	SpkBoostShared *shared = b->shared;
	SpkSums			sums = {0, 0};
	uint64_t		n_in_tree = 0;

	for (uint32_t member = 0; member < b->team.n; member++)
	{
		sums.g += b->members[member].sums.g;
		sums.h += b->members[member].sums.h;
		n_in_tree += b->members[member].n_in_tree;
	}
	shared->share_in_tree = (double) n_in_tree / b->matrix.n_rows;

	/* all slots are free, and the lowest ones are given out first */
	shared->tree_done = false;
	shared->keep = !b->drawn;
	shared->first = shared->cursor = 0;
	shared->routed = 1;
	spk_boost_reset_blocks(b);
	shared->n_nodes = 0;
	shared->n_leaves = 1;
	shared->n_built = shared->n_active = shared->n_frontier = 0;
	shared->n_free = 0;
	for (uint32_t slot = b->n_slots; slot-- > 0;)
		b->free_slots[shared->n_free++] = (int32_t) slot;

	/* where no row has a hessian no split can be judged: the root stays a leaf */
	add_node(b, sums, 0, spk_boost_tree_path(b, shared->round))->open = sums.h > 0;
	if (!b->nodes[0].open)
	{
		b->values[0] = (float) value_of(b, &b->nodes[0]);
		shared->tree_done = true;
		return;
	}

	build(b, 0, b->free_slots[--shared->n_free], 0);
	activate(b, 0);
}

void
spk_boost_grow(SpkBooster *b)
{
	const SpkBoostShared *shared = b->shared;

	if (b->team.me == 0)
		start_tree(b);
	spk_barrier(&b->team);
	while (!shared->tree_done && shared->status == SPK_OK)
	{
		if (shared->n_nodes > 1)
		{
			spk_boost_pass(b);
			spk_barrier(&b->team);
		}
		spk_boost_search(b);
		spk_barrier(&b->team);
		if (b->team.me == 0)
			advance(b);
		spk_barrier(&b->team);
	}
}

/* ---- The finished tree ---- */

/* Makes a split of the tree's node. */
static void
copy_split(const SpkBooster *b, const SpkBoostSplit *split, SpkTree *tree, SpkNode *node)
{
	node->feature = split->feature;
	if (b->features[split->feature].kind == SPK_CATEGORY)
	{
		node->flags = SPK_NODE_SET;
		node->set = tree->n_sets;
		tree->sets[tree->n_sets++] = split->category ?
			split->set :
			spk_boost_statistics_left(b, split->feature, split->cut);
	}
	else
	{
		node->split = split->cut;
		node->flags = split->missing_left ? SPK_NODE_MISSING_LEFT : 0;
	}
}

SpkStatus
spk_boost_keep_tree(SpkBooster *b, SpkTree *tree)
{
	uint32_t n_nodes = b->shared->n_nodes;
	double	 base = b->shared->round == 0 ? b->plan.base : 0;
	uint32_t n_sets = 0;
	uint32_t n = 1;

	for (uint32_t i = 0; i < n_nodes; i++)
		n_sets += b->nodes[i].left != 0 &&
			b->features[b->nodes[i].split.feature].kind == SPK_CATEGORY;
	tree->nodes = spk_alloc(&b->host, n_nodes, sizeof(SpkNode));
	tree->sets = spk_alloc(&b->host, n_sets, sizeof(SpkCodeSet));
	if (tree->nodes == NULL || tree->sets == NULL)
		return SPK_NO_MEMORY;
	tree->n_nodes = n_nodes;
	tree->n_sets = 0;
	/* u.left holds the place as grown until it is the node's turn */
	memset(tree->nodes, 0, n_nodes * sizeof(SpkNode));
	for (uint32_t i = 0; i < n; i++)
	{
		SpkNode			   *node = &tree->nodes[i];
		uint32_t			from = node->u.left;
		const SpkBoostNode *grown = &b->nodes[from];

		node->cover = grown->n_rows;
		if (grown->left == 0)
		{
			node->flags = SPK_NODE_LEAF;
			node->u.value = (float) ((value_of(b, grown) + base) / b->plan.n_models);
			continue;
		}
		copy_split(b, &grown->split, tree, node);
		node->u.left = n;
		tree->nodes[n].u.left = grown->left;
		tree->nodes[n + 1].u.left = grown->left + 1;
		n += 2;
	}
	return SPK_OK;
}
