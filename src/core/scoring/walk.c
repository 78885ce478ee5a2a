/*
 * walk.c
 *	  A forest laid out for walking: chooses the way, and does what all ways
 *	  share.
 */
#include <float.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "core/scoring/walk_parts.h"

SpkWalkWay
spk_walk_best(void)
{
#ifdef SPK_VECTORS
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
		__builtin_cpu_supports("bmi2"))
		return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
				__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
				__builtin_cpu_supports("popcnt") ?
			SPK_WALK_AVX512 :
			SPK_WALK_AVX2;
#endif
	return SPK_WALK_PLAIN;
}

/* Does this way have blocks, and can these look into all slots of the model? */
static bool
has_blocks(const SpkSlots *slots, SpkWalkWay way)
{
	return way != SPK_WALK_PLAIN && !slots->late_sets &&
		slots->n <= (way == SPK_WALK_AVX512 ? SPK_MANY_SLOTS : SPK_FEW_SLOTS);
}

/* Finds the tree's node at each place of a complete tree of this many levels. */
static void
find_places(const SpkTree *tree, uint32_t levels, uint32_t *places)
{
	places[1] = 0;
	for (size_t i = 1; i < (size_t) 1 << levels; i++)
	{
		const SpkNode *node = &tree->nodes[places[i]];
		bool		   leaf = node->flags & SPK_NODE_LEAF;

		places[2 * i] = leaf ? places[i] : node->u.left;
		places[2 * i + 1] = leaf ? places[i] : node->u.left + 1;
	}
}

SpkTest
spk_make_test(const SpkSlots *slots, const SpkTree *tree, const SpkNode *node)
{
	if (node->flags & SPK_NODE_LEAF)
		return SPK_TEST_LEFT;
	if (node->flags & SPK_NODE_SET)
		return slots->late_sets ? slots->above[node->feature] | SPK_TEST_SET :
								  spk_slot_of(slots, tree, node);
	return spk_slot_of(slots, tree, node) | (SpkTest) node->split << 16;
}

/* Copies the sets of all trees, because the model may go.  False when cancelled. */
static bool
copy_sets(SpkWalker *walker, const SpkModel *model)
{
	SpkCodeSet *to = walker->sets;

	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		const SpkTree *tree = &model->trees[t];

		if (!spk_copy(&walker->host, to, tree->sets, tree->n_sets * sizeof(SpkCodeSet)))
			return false;
		to += tree->n_sets;
	}
	return true;
}

/* The sizes of all trees together. */
typedef struct Sizes
{
	uint64_t nodes;
	uint64_t sets;
	uint32_t depth; /* of the deepest tree */
} Sizes;

static Sizes
forest_sizes(const SpkModel *model)
{
	Sizes sizes = {0};

	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		uint32_t depth = spk_tree_depth(&model->trees[t]); /* a few nanoseconds a node */

		sizes.depth = depth > sizes.depth ? depth : sizes.depth;
		sizes.nodes += model->trees[t].n_nodes;
		sizes.sets += model->trees[t].n_sets;
	}
	return sizes;
}

/* Allocates what is below the tops.  No more nodes are laid out than the trees have. */
static bool
alloc_below(SpkWalker *walker, const SpkModel *model, const Sizes *sizes)
{
	const SpkHost *host = &walker->host;
	size_t		   most = 1; /* nodes of a tree */

	for (uint32_t t = 0; t < model->n_trees; t++)
		most = model->trees[t].n_nodes > most ? model->trees[t].n_nodes : most;
	if ((walker->complete = spk_alloc(host, (size_t) 2 << walker->top, sizeof(uint32_t))) == NULL)
		return false;
	if (walker->slots.late_sets)
	{
		if ((walker->sets = spk_alloc(host, sizes->sets, sizeof(SpkCodeSet))) == NULL)
			return false;
		if (!copy_sets(walker, model))
			return false;
	}
	return !walker->deep || spk_alloc_below(walker, sizes->nodes + SPK_FEW, most);
}

/*
 * Lays out all trees, filled up with trees of one leaf.  False when the host gave no
 * memory or wants to stop.
 */
static bool
lay_out(SpkWalker *walker, const SpkModel *model)
{
	static SpkNode		 leaf = {.flags = SPK_NODE_LEAF};
	static const SpkTree filling = {.n_nodes = 1, .nodes = &leaf};
	const bool			 plain = !has_blocks(&walker->slots, walker->way);
	Sizes				 sizes = forest_sizes(model);

	/* a model that blocks cannot hold is walked in the plain way, whatever was asked for */
	if (plain)
		walker->way = SPK_WALK_PLAIN;
	walker->top = plain ? spk_plain_top(model, sizes.nodes, sizes.depth) :
						  spk_blocks_top(model, sizes.nodes, sizes.depth);
	walker->deep = sizes.depth > walker->top;
	if (sizes.nodes > UINT32_MAX || !alloc_below(walker, model, &sizes) ||
		!(plain ? spk_plain_alloc(walker) : spk_blocks_alloc(walker)))
		return false;

	for (uint32_t t = 0, first_set = 0; t < spk_padded_trees(walker); t++)
	{
		const SpkTree *tree = t < model->n_trees ? &model->trees[t] : &filling;

		if (spk_cancelled(&walker->host))
			return false;
		find_places(tree, walker->top, walker->complete);
		if (plain)
			spk_plain_lay(walker, t, tree, first_set);
		else
			spk_blocks_lay(walker, t, tree);
		if (!spk_lay_exits(walker, t, tree, first_set))
			return false;
		first_set += tree->n_sets;
	}
	return true;
}

/*
 * Can all sums of leaves, one of each tree, be told without rounding?  All values are
 * multiples of the unit of the finest of them.  As long as no sum is above 2^53 units, each
 * is a double, and the leaves may be added up in any order.  So it is with forests, and with
 * most boosting.
 */
static bool
sums_are_exact(const SpkModel *model)
{
	double most = 0; /* the greatest sum that there can be */
	int	   unit = INT_MAX;

	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		const SpkTree *tree = &model->trees[t];
		float		   greatest = 0;

		for (uint32_t i = 0; i < tree->n_nodes; i++)
		{
			const SpkNode *node = &tree->nodes[i];
			float		   size = fabsf(node->u.value);
			int			   exponent;

			if (!(node->flags & SPK_NODE_LEAF) || size == 0)
				continue;
			(void) frexpf(size, &exponent);
			unit = exponent - FLT_MANT_DIG < unit ? exponent - FLT_MANT_DIG : unit;
			greatest = size > greatest ? size : greatest;
		}
		most += greatest;
	}
	return most == 0 || most <= ldexp(1, DBL_MANT_DIG) * ldexp(1, unit);
}

SpkWalker *
spk_walker_new(const SpkHost *host, const SpkModel *model, SpkWalkWay way)
{
	SpkWalker *walker = spk_alloc(host, 1, sizeof(SpkWalker));

	if (walker == NULL)
		return NULL;
	memset(walker, 0, sizeof(*walker));
	walker->host = *host;
	walker->n_trees = model->n_trees;
	walker->way = way;
	walker->exact = sums_are_exact(model);
	if (!spk_slots_new(host, model, &walker->slots) || !lay_out(walker, model))
	{
		spk_walker_release(walker);
		return NULL;
	}
	spk_release(host, walker->complete);
	spk_release(host, walker->places);
	walker->complete = walker->places = NULL;
	return walker;
}

void
spk_walker_release(SpkWalker *walker)
{
	SpkHost host;

	if (walker == NULL)
		return;
	host = walker->host;
	spk_slots_release(&host, &walker->slots);
	spk_release(&host, walker->complete);
	spk_release(&host, walker->places);
	spk_release(&host, walker->exits);
	spk_release(&host, walker->nodes);
	spk_release(&host, walker->links);
	spk_release(&host, walker->ends);
	spk_release(&host, walker->node_sets);
	spk_release(&host, walker->sets);
	spk_release(&host, walker->tests);
	spk_release(&host, walker->test_sets);
	spk_release(&host, walker->ways);
	spk_release(&host, walker->blocks_memory);
	spk_release(&host, walker->middles_memory);
	spk_release(&host, walker->bottoms_memory);
	spk_release(&host, walker);
}

uint64_t
spk_walker_size(uint64_t n_trees, uint64_t n_nodes, uint32_t n_features)
{
	/*
	 * A top takes at most the first of these, or at most the second for each node of the tree.
	 * Blocks are those of whole steps.
	 */
	const uint64_t least_top = 1024;
	const uint64_t most_top = 72;
	const uint64_t node = sizeof(SpkWalkNode) + sizeof(SpkExit) + 2 * sizeof(uint32_t) +
		sizeof(SpkCodeSet);
	const uint64_t feature = sizeof(SpkNumberGroup) / SPK_NUMBERS_IN_STEP + sizeof(SpkNumberSlots) +
		sizeof(SpkSlotMoves) / SPK_MOVED + 3 * sizeof(uint32_t) + 8;

	return (1 << 14) + (n_features + SPK_NUMBERS_IN_STEP) * feature +
		(n_trees + SPK_IN_STEP) * least_top + (n_nodes + SPK_FEW) * (node + most_top);
}

SpkWalkWay
spk_walker_way(const SpkWalker *walker)
{
	return walker->way;
}

size_t
spk_walker_codes(const SpkWalker *walker)
{
	size_t unit = walker->slots.n < SPK_FEW_SLOTS ? SPK_FEW_SLOTS : SPK_MANY_SLOTS;

	/* one more, at least, and room to put as many at once behind the last */
	return (walker->slots.n + unit) / unit * unit + SPK_MOVED;
}

void
spk_walk_put_numbers(const SpkWalker *walker, const double *numbers, uint8_t *codes)
{
#ifdef SPK_VECTORS
	if (walker->way == SPK_WALK_AVX512)
		spk_put_numbers_avx512(&walker->slots, numbers, codes);
	else
#endif
		spk_put_numbers_plain(&walker->slots, numbers, codes);
}

double
spk_walk(const SpkWalker *walker, const uint8_t *codes)
{
	switch (walker->way)
	{
#ifdef SPK_VECTORS
		case SPK_WALK_AVX512:
			return spk_walk_avx512(walker, codes);
		case SPK_WALK_AVX2:
			return spk_walk_avx2(walker, codes);
#endif
		default:
			return spk_walk_plain(walker, codes);
	}
}
