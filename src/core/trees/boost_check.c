/*
 * boost_check.c
 *	  What has to hold while a team grows boosted trees.
 */
#include "core/trees/boost_check.h"

#ifdef SPK_CHECK_INVARIANTS

/* What all rows of the node have, which its histogram has for feature number k. */
static void
check_sums(const SpkBooster *b, const SpkBoostNode *node, uint32_t k, uint32_t feature)
{
	const SpkSums *sums = b->histograms + (size_t) node->slot * spk_histogram_length(b) +
		(size_t) k * SPK_CODES;
	SpkSums all = sums[SPK_MISSING];

	for (uint32_t code = 0; code < spk_boost_n_codes(b, feature); code++)
	{
		all.g += sums[code].g;
		all.h += sums[code].h;
	}
	spk_assert(all.g == node->sums.g && all.h == node->sums.h);
}

void
spk_booster_check_histograms(const SpkBooster *b)
{
	/* a member that was cancelled has not passed over all its rows */
	if (__atomic_load_n(&b->shared->failed, __ATOMIC_RELAXED) != SPK_OK)
		return;

	/* as the member has merged them: its share of each histogram that is of all features */
	for (uint32_t place = 0; place < b->shared->n_active; place++)
	{
		const SpkBoostNode *node = &b->nodes[b->active[place]];
		uint32_t			built = (uint32_t) b->built_of[b->active[place]];
		uint32_t			n = b->drawn ? b->n_listed[built] : b->width;
		uint32_t			to = spk_share(&b->team, n, b->team.me + 1);

		for (uint32_t k = spk_share(&b->team, n, b->team.me); k < to; k++)
			check_sums(b, node, k, b->drawn ? spk_boost_listed(b, built)[k] : k);
	}
}

/* It is one tree, and what a split has of rows and sums its children have together. */
static void
check_nodes(const SpkBooster *b)
{
	const SpkBoostShared *shared = b->shared;
	uint64_t			  lefts = 0;
	uint64_t			  n_splits = 0;

	spk_assert(shared->n_nodes <= b->max_nodes && shared->n_leaves <= b->plan.max_leaves);
	spk_assert(b->nodes[0].n_rows == b->matrix.n_rows);
	for (uint32_t i = 0; i < shared->n_nodes; i++)
	{
		const SpkBoostNode *node = &b->nodes[i];
		const SpkBoostNode *left = &b->nodes[node->left];
		const SpkBoostNode *right = left + 1;

		spk_assert(!node->open && node->depth <= b->plan.max_depth);
		spk_assert(b->built_of[i] == -1);
		if (node->left == 0)
		{
			spk_assert(node->leaf < shared->n_leaves);
			continue;
		}
		spk_assert(node->left > i && node->left % 2 == 1 && node->left + 1 < shared->n_nodes);
		spk_assert(left->sums.g + right->sums.g == node->sums.g);
		spk_assert(left->sums.h + right->sums.h == node->sums.h);
		spk_assert(left->n_rows + right->n_rows == node->n_rows);
		spk_assert(left->depth == node->depth + 1 && right->depth == node->depth + 1);
		spk_assert(left->leaf == node->leaf && b->parents[node->left / 2] == i);
		spk_assert(b->routes[i].feature < b->matrix.n_features);
		lefts += node->left;
		n_splits++;
	}

	/* the left children are all odd places, each once: their sum is a square */
	spk_assert(shared->n_leaves == n_splits + 1 && shared->n_nodes == 2 * n_splits + 1);
	spk_assert(lefts == n_splits * n_splits);
}

/* Every slot is free or some node's; nodes that still have one could have been split. */
static void
check_slots(const SpkBooster *b)
{
	const SpkBoostShared *shared = b->shared;
	bool				  met[UINT8_MAX + 1] = {false};
	uint32_t			  n = shared->n_free;

	spk_assert(shared->n_built == 0 && shared->n_active == 0);
	for (uint32_t place = 0; place < shared->n_frontier; place++)
	{
		spk_assert(b->nodes[b->frontier[place]].left == 0);
		spk_assert(b->nodes[b->frontier[place]].split.found);
	}
	if (!shared->keep)
		return;

	/* without keep, a group's nodes share the slots with those of the groups before */
	spk_assert(b->n_slots <= sizeof(met));
	for (uint32_t i = 0; i < shared->n_free; i++)
	{
		spk_assert(!met[b->free_slots[i]]);
		met[b->free_slots[i]] = true;
	}
	for (uint32_t i = 0; i < shared->n_nodes; i++)
		if (b->nodes[i].slot != SPK_BOOST_NO_SLOT)
		{
			spk_assert(b->nodes[i].left == 0 && b->nodes[i].split.found);
			spk_assert(!met[b->nodes[i].slot]);
			met[b->nodes[i].slot] = true;
			n++;
		}
	spk_assert(n == b->n_slots);
}

/* The members have summed up the gradients of the next tree. */
static void
check_rows(const SpkBooster *b)
{
	SpkSums	 sums = {0, 0};
	uint64_t n_in_tree = 0;

	for (uint32_t member = 0; member < b->team.n; member++)
	{
		sums.g += b->members[member].sums.g;
		sums.h += b->members[member].sums.h;
		n_in_tree += b->members[member].n_in_tree;
		spk_assert(b->members[member].loss >= 0);
	}
	spk_assert(n_in_tree <= b->matrix.n_rows);
	for (uint32_t i = 0; i < b->matrix.n_rows; i++)
	{
		sums.g -= (int64_t) b->gradients[i].g * spk_matrix_weight(&b->matrix, i);
		sums.h -= (int64_t) b->gradients[i].h * spk_matrix_weight(&b->matrix, i);
	}
	spk_assert(sums.g == 0 && sums.h == 0);
}

void
spk_booster_check(const SpkBooster *b)
{
	check_nodes(b);
	check_slots(b);
	check_rows(b);
	for (uint32_t f = 0; f < b->matrix.n_features; f++)
		spk_assert(b->gains[f] >= 0 && b->gains[b->matrix.n_features + f] >= 0);
}

#endif /* SPK_CHECK_INVARIANTS */
