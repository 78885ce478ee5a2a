/*
 * tree_best_first.c
 *	  Growing a tree of a bounded number of leaves: the split that gains most
 *	  first (Friedman: Greedy function approximation, 2001; Shi: Best-first
 *	  decision tree learning, 2007).
 *
 * A node's split depends on its rows and its path alone.  So the order decides only
 * which nodes are split, not which split a node gets.
 */
#include "core/trees/tree_grow.h"

/* Is node a to be split before node b?  Of equal gains the node that was made first wins. */
static inline bool
gains_more(const SpkGrower *grower, uint32_t a, uint32_t b)
{
	double gain_a = grower->candidates[a].gain;
	double gain_b = grower->candidates[b].gain;

	return gain_a > gain_b || (gain_a == gain_b && a < b);
}

static void
heap_put(SpkGrower *grower, uint32_t node)
{
	uint32_t *heap = grower->heap;
	uint32_t  at = grower->n_heap++;

	for (; at > 0 && gains_more(grower, node, heap[(at - 1) / 2]); at = (at - 1) / 2)
		heap[at] = heap[(at - 1) / 2];
	heap[at] = node;
}

static uint32_t
heap_take(SpkGrower *grower)
{
	uint32_t *heap = grower->heap;
	uint32_t  best = heap[0];
	uint32_t  n = --grower->n_heap;
	uint32_t  last = heap[n];
	uint32_t  at = 0;

	for (uint32_t child = 1; child < n; child = 2 * at + 1)
	{
		if (child + 1 < n && gains_more(grower, heap[child + 1], heap[child]))
			child++;
		if (!gains_more(grower, heap[child], last))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = last;
	return best;
}

/* Finds the node's split, which then waits for its turn.  The node's constants are set before. */
static SpkStatus
consider(SpkGrower *grower, const SpkPending *pending)
{
	SpkCandidate *candidate = &grower->candidates[pending->node];
	SpkStatus	  status = spk_grower_find_split(grower, pending,
												 spk_constant_of(grower, pending->node),
												 &candidate->split);

	if (status != SPK_OK || !candidate->split.found)
		return status;
	candidate->pending = *pending;
	candidate->gain = spk_grower_impurity(grower, pending) - candidate->split.cost;
	heap_put(grower, pending->node);
	return SPK_OK;
}

SpkStatus
spk_grower_best_first(SpkGrower *grower, const SpkPending *root, double *gains)
{
	SpkStatus status = SPK_OK;

	grower->n_heap = 0;
	if (grower->plan.max_leaves > 1)
		status = consider(grower, root);
	for (uint32_t leaves = 2;
		 grower->n_heap > 0 && leaves <= grower->plan.max_leaves && status == SPK_OK; leaves++)
	{
		const SpkCandidate *parent = &grower->candidates[heap_take(grower)];
		SpkChildren			children;

		spk_grower_make_split(grower, &parent->pending, &parent->split, gains, &children);

		/* children that will not be split need no rows: parting them would be wasted */
		if (leaves == grower->plan.max_leaves || (children.ends[0] && children.ends[1]))
			continue;
		status = spk_grower_part_children(grower, &parent->pending, &parent->split, &children);
		for (int side = 0; side < 2 && status == SPK_OK; side++)
			if (!children.ends[side])
			{
				spk_inherit_constant(grower, children.pending[side].node, parent->pending.node);
				status = consider(grower, &children.pending[side]);
			}
	}
	return status;
}
