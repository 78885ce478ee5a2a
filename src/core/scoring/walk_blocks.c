/*
 * walk_blocks.c
 *	  A forest laid out in blocks of tests that are made together.
 */
#include <string.h>

#include "core/scoring/walk_parts.h"

/*
 * Trees have small blocks when these have at most this many times as many exits as the
 * trees have nodes.
 */
#define FILLING 8

/* The place of node i of the part that begins at top, in a complete tree.  All count from 1. */
static size_t
below(size_t top, size_t i)
{
	size_t level = 0;

	while (i >> (level + 1) != 0)
		level++;
	return (top << level) + (i - ((size_t) 1 << level));
}

/* Puts the test of the node at this place of the complete tree. */
static void
put_test(const SpkWalker *walker, const SpkTree *tree, size_t place, uint8_t *slot, uint8_t *split)
{
	SpkTest test = spk_make_test(&walker->slots, tree, &tree->nodes[walker->complete[place]]);

	*slot = (uint8_t) test;
	*split = (uint8_t) (test >> 16);
}

/* Lays out so many levels from this place on. */
static void
lay_levels(const SpkWalker *walker, const SpkTree *tree, size_t top, uint32_t levels, uint8_t *slot,
		   uint8_t *split)
{
	for (size_t i = 1; i < (size_t) 1 << levels; i++)
		put_test(walker, tree, below(top, i), &slot[i - 1], &split[i - 1]);
	slot[(1 << levels) - 1] = split[(1 << levels) - 1] = 0;
}

void
spk_blocks_lay(SpkWalker *walker, uint32_t tree_no, const SpkTree *tree)
{
	size_t		  test = (size_t) tree_no << walker->levels;
	SpkWalkBlock *block = &walker->blocks[test / SPK_BLOCK_TESTS];
	size_t		  n_middles = (size_t) 1 << walker->levels;
	size_t		  n_bottoms = n_middles << SPK_MIDDLE_LEVELS;
	SpkMiddle	 *middles = walker->middles + tree_no * n_middles;
	SpkBottom	 *bottoms = walker->bottoms + tree_no * n_bottoms;

	test %= SPK_BLOCK_TESTS;
	lay_levels(walker, tree, 1, walker->levels, block->slot + test, block->split + test);
	for (size_t i = 0; i < n_middles && walker->middles != NULL; i++)
		lay_levels(walker, tree, n_middles + i, SPK_MIDDLE_LEVELS, middles[i].slot,
				   middles[i].split);
	for (size_t i = 0; i < n_bottoms && walker->bottoms != NULL; i++)
		lay_levels(walker, tree, n_bottoms + i, SPK_MIDDLE_LEVELS, bottoms[i].tests.slot,
				   bottoms[i].tests.split);
}

/* Fills the table with the exit from three levels for all outcomes of their tests, 1 for right. */
static void
fill_ways(uint8_t *ways)
{
	for (uint32_t outcomes = 0; outcomes < SPK_WAYS; outcomes++)
	{
		uint32_t at = 1;

		for (int level = 0; level < SPK_MIDDLE_LEVELS; level++)
			at = 2 * at + ((outcomes >> (at - 1)) & 1);
		ways[outcomes] = (uint8_t) (at - (1 << SPK_MIDDLE_LEVELS));
	}
}

/* The top of trees that are too deep or too sparse for one with bottoms that has all of them. */
#define WITHOUT_BOTTOMS (SPK_MAX_BLOCK_LEVELS + SPK_MIDDLE_LEVELS)

uint32_t
spk_blocks_top(const SpkModel *model, uint64_t n_nodes, uint32_t depth)
{
	static const uint8_t tops[SPK_MAX_TOP + 1] = {3, 3, 3, 3, 4, 6, 6, 7, 9, 9, 10};
	uint32_t			 top = tops[depth < SPK_MAX_TOP ? depth : SPK_MAX_TOP];

	if (top > WITHOUT_BOTTOMS && (uint64_t) model->n_trees << top > FILLING * n_nodes)
		return WITHOUT_BOTTOMS;
	return top;
}

/* Allocates n things of this size that begin a cache line; NULL when the host gave no memory. */
static void *
alloc_lines(const SpkHost *host, size_t n, size_t size, void **memory)
{
	*memory = spk_alloc(host, n * size + SPK_CACHE_LINE, 1);
	return *memory == NULL ? NULL : spk_cache_line(*memory);
}

bool
spk_blocks_alloc(SpkWalker *walker)
{
	const SpkHost *host = &walker->host;
	size_t		   n = spk_padded_trees(walker);
	size_t		   n_blocks = (n + SPK_IN_STEP - 1) / SPK_IN_STEP * SPK_IN_STEP;

	/* all blocks of a step are tested, though only some of its trees be left */
	walker->levels = spk_block_levels(walker->top);
	n_blocks = (n_blocks << walker->levels) / SPK_BLOCK_TESTS;
	if ((walker->ways = spk_alloc(host, SPK_WAYS, sizeof(uint8_t))) == NULL ||
		(walker->blocks = alloc_lines(host, n_blocks, sizeof(SpkWalkBlock),
									  &walker->blocks_memory)) == NULL)
		return false;
	fill_ways(walker->ways);
	memset(walker->blocks, 0, n_blocks * sizeof(SpkWalkBlock));

	if (walker->top > walker->levels &&
		(walker->middles = alloc_lines(host, n << walker->levels, sizeof(SpkMiddle),
									   &walker->middles_memory)) == NULL)
		return false;
	if (walker->top > walker->levels + SPK_MIDDLE_LEVELS)
		return (walker->bottoms = alloc_lines(host, n << (walker->levels + SPK_MIDDLE_LEVELS),
											  sizeof(SpkBottom), &walker->bottoms_memory)) != NULL;
	walker->exits_stride = (size_t) 1 << walker->top;
	return (walker->exits = spk_alloc(host, n << walker->top, sizeof(SpkExit))) != NULL;
}
