/*
 * walk_avx2.c
 *	  Walking blocks with AVX2.
 */
#include "core/scoring/walk_parts.h"

#ifdef SPK_VECTORS

#include <immintrin.h>

#define TARGET __attribute__((target("avx2,bmi,bmi2")))

/* A shuffle looks into a table of this many slots. */
#define SHORT_TABLE	 16
#define SHORT_TABLES (SPK_FEW_SLOTS / SHORT_TABLE)

/*
 * The codes of a row.  Each table is there twice, because shuffles stay within half a
 * register.  n is a constant where it is used.
 */
typedef struct Codes
{
	__m256i table[SHORT_TABLES];
	int		n;
} Codes;

/*
 * Looks up the codes in these slots.  A shuffle gives 0 for a slot whose highest bit is
 * set.  Adding 112 sets this bit in all slots behind the first table; subtracting 16 for
 * each table sets it in the slots before that table.
 */
SPK_ALWAYS_INLINE TARGET __m256i
look_up(const Codes *codes, __m256i slots)
{
	const __m256i behind = _mm256_set1_epi8(128 - SHORT_TABLE);
	__m256i		  found = _mm256_shuffle_epi8(codes->table[0], _mm256_add_epi8(slots, behind));

	for (int i = 1; i < codes->n; i++)
	{
		slots = _mm256_sub_epi8(slots, _mm256_set1_epi8(SHORT_TABLE));
		found = _mm256_or_si256(found,
								_mm256_shuffle_epi8(codes->table[i],
													i == codes->n - 1 ?
														slots :
														_mm256_adds_epu8(slots, behind)));
	}
	return found;
}

/* Looks up half as many. */
SPK_ALWAYS_INLINE TARGET __m128i
look_up_half(const Codes *codes, __m128i slots)
{
	const __m128i behind = _mm_set1_epi8(128 - SHORT_TABLE);
	__m128i		  table = _mm256_castsi256_si128(codes->table[0]);
	__m128i		  found = _mm_shuffle_epi8(table, _mm_add_epi8(slots, behind));

	for (int i = 1; i < codes->n; i++)
	{
		table = _mm256_castsi256_si128(codes->table[i]);
		slots = _mm_sub_epi8(slots, _mm_set1_epi8(SHORT_TABLE));
		found = _mm_or_si128(found,
							 _mm_shuffle_epi8(table,
											  i == codes->n - 1 ? slots :
																  _mm_adds_epu8(slots, behind)));
	}
	return found;
}

/*
 * A bit for each code that is above its split.  Unsigned bytes cannot be compared, but
 * the greater of two can be found: it is the split unless the code is above.
 */
SPK_ALWAYS_INLINE TARGET uint32_t
above(__m256i codes, __m256i splits)
{
	return ~(uint32_t) _mm256_movemask_epi8(
		_mm256_cmpeq_epi8(_mm256_max_epu8(codes, splits), splits));
}

SPK_ALWAYS_INLINE TARGET uint64_t
block_outcomes(const Codes *codes, const SpkWalkBlock *block)
{
	const __m256i *slots = (const __m256i *) block->slot;
	const __m256i *splits = (const __m256i *) block->split;
	uint32_t	   low = above(look_up(codes, slots[0]), splits[0]);
	uint32_t	   high = above(look_up(codes, slots[1]), splits[1]);

	return low | (uint64_t) high << 32;
}

SPK_ALWAYS_INLINE TARGET uint32_t
middle_outcomes(const Codes *codes, const SpkMiddle *middle)
{
	__m128i splits = _mm_load_si128((const __m128i *) middle->split);
	__m128i found = look_up_half(codes, _mm_load_si128((const __m128i *) middle->slot));

	return ~(uint32_t) _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(found, splits), splits));
}

/* The slots and the splits of a bottom are in one register; what is found for the splits is not used. */
SPK_ALWAYS_INLINE TARGET uint32_t
bottom_outcomes(const Codes *codes, const SpkBottom *bottom)
{
	__m128i tests = _mm_load_si128((const __m128i *) bottom);
	__m128i splits = _mm_srli_si128(tests, 1 << SPK_BOTTOM_LEVELS);
	__m128i found = look_up_half(codes, tests);

	return ~(uint32_t) _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(found, splits), splits));
}

/* The blocks of this many trees are worked on together; more would not fit the registers. */
#define TOGETHER 8

/* The way through a tree of three or four levels, by outcomes that are the word's lowest bits. */
SPK_ALWAYS_INLINE TARGET uint32_t
way_of(const uint8_t *ways, uint64_t outcomes, const uint32_t levels)
{
	uint32_t half = ways[outcomes & (SPK_WAYS - 1)];

	return levels == SPK_WAY_LEVELS ? half : 2 * half + ((outcomes >> (SPK_WAY_TESTS + half)) & 1);
}

/* Finds the ways of n trees through their blocks, from this one on; n is SPK_FEW or TOGETHER. */
SPK_ALWAYS_INLINE TARGET void
walk_blocks(const SpkWalker *walker, const Codes *codes, uint32_t tree, const uint32_t n,
			const uint32_t levels, uint32_t *way)
{
	const uint32_t in_block = SPK_BLOCK_TESTS >> levels;
	const uint32_t step = in_block < n ? in_block : n;

	SPK_UNROLL
	for (uint32_t i = 0; i < n; i += step)
	{
		uint64_t outcomes = block_outcomes(codes, &walker->blocks[(tree + i) / in_block]);

		if (in_block > n)
			outcomes >>= (tree % in_block) << levels;
		SPK_UNROLL
		for (uint32_t k = 0; k < step; k++)
			way[i + k] = way_of(walker->ways, outcomes >> (k << levels), levels);
	}
}

/* Finds the exits of n trees, from this one on; n is SPK_FEW or TOGETHER, top their levels. */
SPK_ALWAYS_INLINE TARGET void
walk_tops(const SpkWalker *walker, const Codes *codes, uint32_t tree, const uint32_t n,
		  const uint32_t top, SpkExit *at)
{
	const uint32_t levels = top == SPK_BLOCK_LEVELS + 1 ? top : SPK_BLOCK_LEVELS;
	size_t		   middle = (size_t) tree * SPK_MIDDLES;
	size_t		   bottom = (size_t) tree * SPK_BOTTOMS;
	uint32_t	   way[TOGETHER]; /* from here on among the tops of these trees */

	walk_blocks(walker, codes, tree, n, levels, way);
	SPK_UNROLL
	for (uint32_t i = 0; i < n; i++)
		way[i] += i << levels;
	if (top > levels)
		SPK_UNROLL
	for (uint32_t i = 0; i < n; i++)
		way[i] = (way[i] << SPK_MIDDLE_LEVELS) +
			way_of(walker->ways, middle_outcomes(codes, &walker->middles[middle + way[i]]),
				   SPK_MIDDLE_LEVELS);

	SPK_UNROLL
	for (uint32_t i = 0; i < n; i++)
		if (top <= levels + SPK_MIDDLE_LEVELS)
			at[i] = walker->exits[((size_t) tree << top) + way[i]];
		else
		{
			const SpkBottom *last = &walker->bottoms[bottom + way[i]];

			at[i] = last->exit[walker->ways[bottom_outcomes(codes, last) & (SPK_WAYS - 1)]];
		}
}

/* Finds the leaves of n trees, from this one on; n is SPK_FEW or SPK_IN_STEP. */
SPK_ALWAYS_INLINE TARGET void
find_leaves(const SpkWalker *walker, const uint8_t *row, const Codes *codes, uint32_t tree,
			const uint32_t n, const uint32_t top, SpkExit *at)
{
	const uint32_t together = n < TOGETHER ? n : TOGETHER;

	for (uint32_t i = 0; i < n; i += together)
		walk_tops(walker, codes, tree + i, together, top, at + i);
	if (walker->deep)
		spk_walk_down(walker, row, at, n);
}

/* The sum over the trees, whose tops have so many levels, a constant in each call. */
SPK_ALWAYS_INLINE TARGET double
walk_forest(const SpkWalker *walker, const uint8_t *row, const Codes *codes, const uint32_t top)
{
	uint32_t tree = 0;
	double	 sum = 0;
	SpkExit	 at[SPK_IN_STEP];

	for (; walker->n_trees - tree >= SPK_IN_STEP; tree += SPK_IN_STEP)
	{
		find_leaves(walker, row, codes, tree, SPK_IN_STEP, top, at);
		SPK_UNROLL
		for (uint32_t i = 0; i < SPK_IN_STEP; i++)
			sum += at[i].value;
	}
	for (; tree < walker->n_trees; tree += SPK_FEW)
	{
		find_leaves(walker, row, codes, tree, SPK_FEW, top, at);
		for (uint32_t i = 0; i < SPK_FEW && i < walker->n_trees - tree; i++)
			sum += at[i].value;
	}
	return sum;
}

/* A copy of the code for each shape of the tops. */
SPK_ALWAYS_INLINE TARGET double
walk_shape(const SpkWalker *walker, const uint8_t *row, const Codes *codes)
{
	switch (walker->top)
	{
		case 3:
			return walk_forest(walker, row, codes, 3);
		case 4:
			return walk_forest(walker, row, codes, 4);
		case 7:
			return walk_forest(walker, row, codes, 7);
		default:
			return walk_forest(walker, row, codes, 10);
	}
}

SPK_ALWAYS_INLINE TARGET double
walk_tables(const SpkWalker *walker, const uint8_t *row, const int n)
{
	Codes codes = {.n = n};

	for (int i = 0; i < n; i++)
		codes.table[i] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *) row + i));
	return walk_shape(walker, row, &codes);
}

TARGET double
spk_walk_avx2(const SpkWalker *walker, const uint8_t *codes)
{
	switch ((walker->slots.n + SHORT_TABLE - 1) / SHORT_TABLE)
	{
		case 0:
		case 1:
		case 2:
			return walk_tables(walker, codes, 2);
		case 3:
			return walk_tables(walker, codes, 3);
		default:
			return walk_tables(walker, codes, SHORT_TABLES);
	}
}

#endif /* SPK_VECTORS */
