/*
 * tree_check.c
 *	  What has to hold while a tree grows.
 */
#include "core/trees/tree_check.h"

#ifdef SPK_CHECK_INVARIANTS

/* The draws of a node's rows, counted again. */
static SpkTally
count_draws(const SpkGrower *grower, const SpkPending *node, uint32_t *n_draws)
{
	size_t		   stride = grower->matrix.stride;
	const uint8_t *row = grower->rows[node->side] + node->start * stride;
	SpkTally	   tally = 0;

	for (uint32_t i = 0; i < node->n_rows; i++, row += stride)
	{
		tally += grower->matrix.weighted ? spk_tally_of_weighted(row, grower->matrix.n_features) :
										   spk_tally_of_row(row[grower->matrix.n_features]);
		*n_draws += row[grower->matrix.n_features] & SPK_MAX_DRAWS;
	}
	return tally;
}

void
spk_grower_check_children(const SpkGrower *grower, const SpkPending *parent,
						  const SpkChildren *children)
{
	const SpkPending *left = &children->pending[0];
	const SpkPending *right = &children->pending[1];

	spk_assert(left->tally + right->tally == parent->tally);
	spk_assert(left->n_rows > 0 && right->n_rows > 0);
	spk_assert(left->n_rows + right->n_rows == parent->n_rows);
	spk_assert(left->side == parent->side && right->side == 1 - parent->side);
	spk_assert(left->start == parent->start);
	spk_assert(right->start == left->start + left->n_rows);
	spk_assert(right->start + right->n_rows <= grower->matrix.n_rows);

	for (int side = 0; side < 2; side++)
	{
		const SpkPending *child = &children->pending[side];
		uint32_t		  n_draws = 0;

		spk_assert(child->depth == parent->depth + 1 && child->depth <= grower->plan.max_depth);
		spk_assert(child->node == grower->nodes[parent->node].u.left + (uint32_t) side);
		spk_assert(spk_draws_of(grower, child) == grower->nodes[child->node].cover);
		spk_assert(spk_draws_of(grower, child) >= grower->criterion.min_leaf);
		spk_assert(count_draws(grower, child, &n_draws) == child->tally);
		spk_assert(n_draws == spk_draws_of(grower, child));
	}
}

/* Nodes are within their memory, and a split has as many rows as its children together. */
static void
check_nodes(const SpkGrower *grower)
{
	uint32_t most_leaves = spk_forest_most_leaves(&grower->plan, grower->matrix.n_rows);
	uint64_t lefts = 0;
	uint64_t n_splits = 0;
	uint32_t n_sets = 0;

	spk_assert(grower->n_nodes <= 2 * most_leaves - 1);
	for (uint32_t i = 0; i < grower->n_nodes; i++)
	{
		const SpkNode *node = &grower->nodes[i];
		const SpkNode *left = &grower->nodes[node->u.left];

		if (node->flags & SPK_NODE_LEAF)
		{
			spk_assert(node->u.value >= 0 && node->u.value <= 1);
			continue;
		}
		spk_assert(node->u.left > i && node->u.left % 2 == 1);
		spk_assert(node->u.left + 1 < grower->n_nodes);
		spk_assert(left[0].cover + left[1].cover == node->cover);
		spk_assert(node->feature < grower->matrix.n_features);
		spk_assert(!(node->flags & SPK_NODE_SET) == !grower->is_category[node->feature]);
		if (node->flags & SPK_NODE_SET)
			spk_assert(node->set < grower->n_sets);
		else
			spk_assert(node->split < grower->n_bins[node->feature]);
		n_sets += (node->flags & SPK_NODE_SET) != 0;
		lefts += node->u.left;
		n_splits++;
	}

	/* the left children are all odd places, each once: their sum is a square */
	spk_assert(grower->n_nodes == 2 * n_splits + 1);
	spk_assert(lefts == n_splits * n_splits);
	spk_assert(grower->n_sets == n_sets);
}

/* What a node's search uses is left as it was found. */
static void
check_clear(const SpkGrower *grower)
{
	spk_assert(grower->n_drawn == 0);
	for (uint32_t f = 0; f < grower->matrix.n_features; f++)
		spk_assert(grower->order[f] == f);
	for (int slot = 0; slot < SPK_FEATURES_PER_PASS; slot++)
	{
		for (int code = 0; code < SPK_CODES; code++)
			spk_assert(grower->histogram[slot][code] == 0 && grower->draws[slot][code] == 0);
		for (int word = 0; word < 4; word++)
			spk_assert(grower->touched[slot].bits[word] == 0);
	}
}

void
spk_grower_check(const SpkGrower *grower, const SpkPending *root)
{
	spk_assert(grower->nodes[0].cover == spk_draws_of(grower, root));
	spk_assert(spk_draws_of(grower, root) <= grower->matrix.n_rows);
	check_nodes(grower);
	check_clear(grower);
}

#endif /* SPK_CHECK_INVARIANTS */
