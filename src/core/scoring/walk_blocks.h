/*
 * walk_blocks.h
 *	  Walking blocks: what the files of the processors have in common.
 *
 * This is a template.  The file that includes it has defined TARGET, which is the
 * attribute of functions for the processor, the type Codes of a row's codes in
 * registers, and
 *
 *	  uint64_t	block_outcomes(const Codes *codes, const SpkBlock *block)
 *	  uint32_t	small_block_outcomes(const Codes *codes, const SpkSmallBlock *block)
 *
 * These return a bit for each test, which is 1 when the row's code is above the
 * split.  The bits behind those of the tests do not matter.
 */
#ifndef TARGET
#error "TARGET says which processor's functions are made"
#endif

#include "core/scoring/walk_parts.h"

/* The blocks of this many trees are worked on together; more would not fit the registers. */
#define TOGETHER 8

/*
 * Where the tops of the trees to come are laid out.  The pointers move on with the
 * walk, so that addresses are a constant away from them.
 */
typedef struct Tops
{
	const SpkBlock		*blocks;
	const SpkSmallBlock *small_blocks; /* if there are any */
	const SpkExit		*exits;
} Tops;

/* Finds the exits from the tops of n trees, at most TOGETHER. */
SPK_ALWAYS_INLINE TARGET void
walk_tops(const uint8_t *ways, const Codes *codes, Tops *tops, const uint32_t n, const bool small,
		  SpkExit *at)
{
	uint32_t way[TOGETHER];

	SPK_UNROLL
	for (uint32_t i = 0; i < n; i++)
	{
		uint64_t outcomes = block_outcomes(codes, &tops->blocks[i]);
		uint32_t half = ways[outcomes & (SPK_WAYS - 1)];

		/* seven bits for the first three levels, and for each of the eight tops below them */
		way[i] = i * SPK_BLOCK_EXITS + 8 * half +
			ways[(outcomes >> (7 + 7 * half)) & (SPK_WAYS - 1)];
	}
	if (small)
		SPK_UNROLL
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t outcomes = small_block_outcomes(codes, &tops->small_blocks[way[i]]);
		uint32_t half = ways[outcomes & (SPK_WAYS - 1)];

		way[i] = way[i] * SPK_SMALL_BLOCK_EXITS + 2 * half + ((outcomes >> (7 + half)) & 1);
	}
	SPK_UNROLL
	for (uint32_t i = 0; i < n; i++)
		at[i] = tops->exits[way[i]];
	tops->blocks += n;
	if (small)
		tops->small_blocks += n * SPK_BLOCK_EXITS;
	tops->exits += n * SPK_BLOCK_EXITS * (small ? SPK_SMALL_BLOCK_EXITS : 1);
}

/* The sum over the trees.  small, a constant in each call, says whether there are small blocks. */
SPK_ALWAYS_INLINE TARGET double
walk_forest(const SpkWalker *walker, const uint8_t *row, const Codes *codes, const bool small)
{
	Tops	 tops = {walker->blocks, walker->small_blocks, walker->exits};
	uint32_t left = walker->n_trees;
	double	 sum = 0;
	SpkExit	 at[SPK_IN_STEP];

	for (; left >= SPK_IN_STEP; left -= SPK_IN_STEP)
	{
		for (uint32_t i = 0; i < SPK_IN_STEP; i += TOGETHER)
			walk_tops(walker->ways, codes, &tops, TOGETHER, small, at + i);
		if (walker->deep)
			spk_walk_down(walker, row, at, SPK_IN_STEP);
		SPK_UNROLL
		for (uint32_t i = 0; i < SPK_IN_STEP; i++)
			sum += at[i].value;
	}
	for (; left > 0; left -= left < SPK_FEW ? left : SPK_FEW)
	{
		walk_tops(walker->ways, codes, &tops, SPK_FEW, small, at);
		if (walker->deep)
			spk_walk_down(walker, row, at, SPK_FEW);
		for (uint32_t i = 0; i < SPK_FEW && i < left; i++)
			sum += at[i].value;
	}
	return sum;
}

/* A copy of the code for each shape of the forest. */
SPK_ALWAYS_INLINE TARGET double
walk_blocks(const SpkWalker *walker, const uint8_t *row, const Codes *codes)
{
	if (walker->small_blocks == NULL)
		return walk_forest(walker, row, codes, false);
	return walk_forest(walker, row, codes, true);
}
