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

/* One look into the table of ways passes this many levels. */
#define WAY_LEVELS 3

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

/* Lays out the first six levels: the upper three, and then the eight parts below them. */
static void
lay_block(const SpkWalker *walker, const SpkTree *tree, SpkBlock *block)
{
	uint32_t at = 0;

	memset(block, 0, sizeof(*block));
	for (size_t top = 0; top <= 1 << WAY_LEVELS; top++)
		for (size_t i = 1; i < 1 << WAY_LEVELS; i++, at++)
			put_test(walker, tree, below(top == 0 ? 1 : (1 << WAY_LEVELS) + top - 1, i),
					 &block->slot[at], &block->split[at]);
}

/* Lays out the four levels from this place on. */
static void
lay_small_block(const SpkWalker *walker, const SpkTree *tree, size_t top, SpkSmallBlock *block)
{
	memset(block, 0, sizeof(*block));
	for (size_t i = 1; i < SPK_SMALL_BLOCK_EXITS; i++)
		put_test(walker, tree, below(top, i), &block->slot[i - 1], &block->split[i - 1]);
}

void
spk_blocks_lay(SpkWalker *walker, uint32_t tree_no, const SpkTree *tree)
{
	lay_block(walker, tree, &walker->blocks[tree_no]);
	for (size_t i = 0; i < SPK_BLOCK_EXITS && walker->small_blocks != NULL; i++)
		lay_small_block(walker, tree, SPK_BLOCK_EXITS + i,
						&walker->small_blocks[(size_t) tree_no * SPK_BLOCK_EXITS + i]);
}

/* Fills the table with the exit from three levels for all outcomes of their tests, 1 for right. */
static void
fill_ways(uint8_t *ways)
{
	for (uint32_t outcomes = 0; outcomes < SPK_WAYS; outcomes++)
	{
		uint32_t at = 1;

		for (int level = 0; level < WAY_LEVELS; level++)
			at = 2 * at + ((outcomes >> (at - 1)) & 1);
		ways[outcomes] = (uint8_t) (at - (1 << WAY_LEVELS));
	}
}

uint32_t
spk_blocks_top(const SpkModel *model, uint64_t n_nodes, uint32_t depth)
{
	const uint32_t levels = SPK_BLOCK_LEVELS + SPK_SMALL_BLOCK_LEVELS;

	return depth > SPK_BLOCK_LEVELS && (uint64_t) model->n_trees << levels <= FILLING * n_nodes ?
		levels :
		SPK_BLOCK_LEVELS;
}

bool
spk_blocks_alloc(SpkWalker *walker)
{
	const SpkHost *host = &walker->host;
	size_t		   n = spk_padded_trees(walker);

	walker->exits_stride = (size_t) 1 << walker->top;
	if ((walker->ways = spk_alloc(host, SPK_WAYS, sizeof(uint8_t))) == NULL ||
		(walker->exits = spk_alloc(host, n << walker->top, sizeof(SpkExit))) == NULL ||
		(walker->blocks_memory = spk_alloc(host, n * sizeof(SpkBlock) + SPK_CACHE_LINE, 1)) == NULL)
		return false;
	fill_ways(walker->ways);
	walker->blocks = spk_cache_line(walker->blocks_memory);
	if (walker->top == SPK_BLOCK_LEVELS)
		return true;
	n *= SPK_BLOCK_EXITS * sizeof(SpkSmallBlock);
	if ((walker->small_blocks_memory = spk_alloc(host, n + SPK_CACHE_LINE, 1)) == NULL)
		return false;
	walker->small_blocks = spk_cache_line(walker->small_blocks_memory);
	return true;
}
