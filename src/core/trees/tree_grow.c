/*
 * tree_grow.c
 *	  Growing one tree: draws its rows, and splits its nodes depth first.
 */
#include <string.h>

#include "core/trees/tree_check.h"
#include "core/trees/tree_grow.h"
#include "core/base/rng.h"

/* Makes a leaf of a new node; true when it must stay one. */
static bool
try_leaf(const SpkGrower *grower, SpkNode *node, const SpkPending *pending)
{
	uint32_t rows = spk_tally_rows(pending->tally);
	uint32_t churn = spk_tally_churn(pending->tally);
	uint32_t draws = spk_draws_of(grower, pending);

	memset(node, 0, sizeof(*node));
	node->cover = draws;
	node->flags = SPK_NODE_LEAF;
	node->u.value = (float) spk_churn_share(&grower->criterion, pending->bounds, pending->tally);
	return churn == 0 || churn == rows || pending->depth >= grower->plan.max_depth ||
		draws / 2 < grower->criterion.min_leaf;
}

/* Turns a leaf into a split and adds its children; returns the place of the left one. */
static uint32_t
set_split(SpkGrower *grower, uint32_t place, const SpkSplit *split)
{
	SpkNode *node = &grower->nodes[place];

	node->u.left = grower->n_nodes;
	node->feature = split->feature;
	node->flags = 0;
	if (split->category)
	{
		node->flags = SPK_NODE_SET;
		node->set = grower->n_sets;
		grower->sets[grower->n_sets++] = split->set;
	}
	else
	{
		node->split = split->cut;
		if (split->missing_left)
			node->flags = SPK_NODE_MISSING_LEFT;
	}
	grower->n_nodes += 2;
	return node->u.left;
}

double
spk_grower_impurity(SpkGrower *grower, const SpkPending *pending)
{
	grower->criterion.bounds = pending->bounds;
	return spk_bounded_impurity(&grower->criterion, pending->tally);
}

/* What the feature's rule says of a child of its split. */
static void
constrain_child(const SpkGrower *grower, const SpkPending *parent, const SpkSplit *split, int side,
				SpkPending *child)
{
	const SpkFeatureRule *rule = &grower->rules[split->feature];
	const SpkCriterion	 *criterion = &grower->criterion;

	/* known values against missing ones are in no order */
	if (!split->category && split->cut + 1 < grower->n_bins[split->feature])
		child->bounds = spk_bounds_below(parent->bounds, rule->monotone,
										 spk_churn_share(criterion, parent->bounds, split->left),
										 spk_churn_share(criterion, parent->bounds,
														 parent->tally - split->left),
										 side);
	if (grower->grouped)
		child->reach = spk_reach_below(&parent->reach, rule, split->feature);
}

void
spk_grower_make_split(SpkGrower *grower, const SpkPending *parent, const SpkSplit *split,
					  double *gains, SpkChildren *children)
{
	uint32_t left = set_split(grower, parent->node, split);

	gains[split->feature] += spk_grower_impurity(grower, parent) - split->cost;
	for (uint32_t side = 0; side < 2; side++)
	{
		SpkPending *child = &children->pending[side];

		*child = *parent;
		child->node = left + side;
		child->depth = parent->depth + 1;
		child->tally = side == 0 ? split->left : parent->tally - split->left;
		child->n_draws = side == 0 ? split->left_rows : parent->n_draws - split->left_rows;
		child->path = spk_hash_combine(parent->path, side);
		if (grower->rules != NULL)
			constrain_child(grower, parent, split, (int) side, child);
		children->ends[side] = try_leaf(grower, &grower->nodes[child->node], child);
	}
}

SpkStatus
spk_grower_part_children(SpkGrower *grower, const SpkPending *parent, const SpkSplit *split,
						 SpkChildren *children)
{
	SpkPending *left = &children->pending[0];
	SpkPending *right = &children->pending[1];
	SpkStatus	status = spk_grower_partition(grower, parent, split, &left->n_rows);

	right->n_rows = parent->n_rows - left->n_rows;
	right->start = parent->start + left->n_rows;
	right->side = 1 - parent->side;
	if (status == SPK_OK)
		spk_grower_check_children(grower, parent, children);
	return status;
}

/* Puts the node on the stack, with what is constant in its parent. */
static void
push(SpkGrower *grower, const SpkPending *child, uint32_t parent_slot)
{
	spk_inherit_constant(grower, grower->n_pending, parent_slot);
	grower->pending[grower->n_pending++] = *child;
}

/* Splits the last pending node, if there is a split for it. */
static SpkStatus
grow_node(SpkGrower *grower, double *gains)
{
	uint32_t	slot = --grower->n_pending;
	SpkPending	parent = grower->pending[slot];
	SpkChildren children;
	SpkSplit	split;
	SpkStatus	status = spk_grower_find_split(grower, &parent, spk_constant_of(grower, slot),
											   &split);

	if (status != SPK_OK || !split.found)
		return status;
	spk_grower_make_split(grower, &parent, &split, gains, &children);
	if (children.ends[0] && children.ends[1])
		return SPK_OK;
	status = spk_grower_part_children(grower, &parent, &split, &children);
	for (int side = 1; side >= 0 && status == SPK_OK; side--)
		if (!children.ends[side])
			push(grower, &children.pending[side], slot);
	return status;
}

/* Grows the tree below the root depth first, so that the rows of small nodes stay in the cache. */
static SpkStatus
grow_depth_first(SpkGrower *grower, const SpkPending *root, double *gains)
{
	SpkStatus status = SPK_OK;

	grower->n_pending = 0;
	push(grower, root, 0);
	while (grower->n_pending > 0 && status == SPK_OK)
		status = grow_node(grower, gains);
	return status;
}

/* Copies the nodes in breadth-first order, and their sets, to the buffers of rows. */
static void
number_nodes(const SpkGrower *grower, SpkTree *tree)
{
	SpkNode	   *nodes = (SpkNode *) grower->rows[0];
	SpkCodeSet *sets = (SpkCodeSet *) grower->rows[1];
	uint32_t	n = 1;
	uint32_t	n_sets = 0;

	/* a node's u.left is its left child as grown, until the loop comes to it */
	nodes[0] = grower->nodes[0];
	for (uint32_t i = 0; i < n; i++)
	{
		SpkNode *node = &nodes[i];

		if (node->flags & SPK_NODE_LEAF)
			continue;
		nodes[n] = grower->nodes[node->u.left];
		nodes[n + 1] = grower->nodes[node->u.left + 1];
		node->u.left = n;
		n += 2;
		if (node->flags & SPK_NODE_SET)
		{
			sets[n_sets] = grower->sets[node->set];
			node->set = n_sets++;
		}
	}

	tree->n_nodes = n;
	tree->n_sets = n_sets;
	tree->nodes = nodes;
	tree->sets = sets;
}

static void
scale_gains(double *gains, uint32_t n)
{
	double sum = 0;

	for (uint32_t f = 0; f < n; f++)
		sum += gains[f];
	for (uint32_t f = 0; f < n && sum > 0; f++)
		gains[f] /= sum;
}

/* The class-weighted size of a group of rows. */
static double
weight_of(const SpkCriterion *criterion, SpkTally tally)
{
	return criterion->weight[1] * spk_tally_churn(tally) +
		criterion->weight[0] * (spk_tally_rows(tally) - spk_tally_churn(tally));
}

SpkStatus
spk_grower_grow(SpkGrower *grower, uint32_t tree_no, SpkTree *tree, double *gains)
{
	const SpkMatrix *matrix = &grower->matrix;
	uint64_t		 name = spk_hash_combine(grower->plan.seed, tree_no);
	SpkPending root = {.path = spk_hash_combine(name, SPK_STREAM_ROOT), .bounds = SPK_NO_BOUNDS};
	SpkStatus  status;

	if (matrix->n_rows == 0)
		return SPK_INVALID;
	if (matrix->n_rows > SPK_MAX_ROWS || matrix->n_features > SPK_MAX_FEATURES)
		return SPK_LIMIT;

	/* a tree that was cancelled may have left something in the histograms */
	memset(gains, 0, matrix->n_features * sizeof(double));
	memset(grower->histogram, 0, sizeof(grower->histogram));
	memset(grower->draws, 0, sizeof(grower->draws));
	memset(grower->touched, 0, sizeof(grower->touched));
	memset(grower->constant, 0, grower->constant_words * sizeof(uint64_t));
	grower->n_nodes = 1;
	grower->n_sets = 0;

	status = spk_grower_sample(grower, name, &root);
	if (status != SPK_OK)
		return status;

	/* the option is per weight of the tree's rows, which differs from draw to draw */
	grower->criterion.min_gain = grower->plan.min_gain * weight_of(&grower->criterion, root.tally);
	if (!try_leaf(grower, &grower->nodes[0], &root))
		status = grower->candidates != NULL ? spk_grower_best_first(grower, &root, gains) :
											  grow_depth_first(grower, &root, gains);
	if (status == SPK_OK)
		spk_grower_check(grower, &root);

	/* before the nodes are numbered, which puts them where judging packs its own */
	if (status == SPK_OK && grower->tally != NULL)
		status = spk_grower_vote(grower, name);
	if (status != SPK_OK)
		return status;
	number_nodes(grower, tree);
	scale_gains(gains, matrix->n_features);
	return SPK_OK;
}
