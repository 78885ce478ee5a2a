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

/* ---- Tests ---- */

/* The outcomes of half of the tests in a block. */
SPK_ALWAYS_INLINE TARGET uint32_t
test_half(const Codes *codes, const SpkWalkBlock *block, uint32_t half)
{
	__m256i slots = _mm256_load_si256((const __m256i *) block->slot + half);

	return above(look_up(codes, slots), _mm256_load_si256((const __m256i *) block->split + half));
}

/* The tests of two middles or bottoms, which are so many bytes from here, in one register. */
SPK_ALWAYS_INLINE TARGET __m256i
two_tests(const uint8_t *tests, uint32_t low, uint32_t high)
{
	return _mm256_inserti128_si256(_mm256_castsi128_si256(
									   _mm_load_si128((const __m128i *) (tests + low))),
								   _mm_load_si128((const __m128i *) (tests + high)), 1);
}

/* The outcomes of the tests of four trees, three levels of each, with 8 bits for each. */
SPK_ALWAYS_INLINE TARGET uint32_t
test_four(const Codes *codes, const uint8_t *tests, const uint32_t *offsets)
{
	__m256i even = two_tests(tests, offsets[0], offsets[2]);
	__m256i odd = two_tests(tests, offsets[1], offsets[3]);

	return above(look_up(codes, _mm256_unpacklo_epi64(even, odd)),
				 _mm256_unpackhi_epi64(even, odd));
}

/* ---- Tops ---- */

/* The trees whose ways are found in one register, and those that go through all steps together. */
#define AVX2_LANES 8u
#define AVX2_CHUNK 128u

/* The outcomes of the tests of AVX2_LANES trees are so many words at most. */
#define AVX2_WORDS 4

/* The outcomes in each lane, of so many levels, that these words are made of. */
SPK_ALWAYS_INLINE TARGET __m256i
lane_outcomes(const uint32_t *words, const uint32_t levels)
{
	__m128i low = _mm_cvtsi64_si128((long long) (words[0] | (uint64_t) words[1] << 32));

	if (levels == SPK_MIN_BLOCK_LEVELS)
		return _mm256_cvtepu8_epi32(low);
	return _mm256_cvtepu16_epi32(
		_mm_insert_epi64(low, (long long) (words[2] | (uint64_t) words[3] << 32), 1));
}

/*
 * Goes so many levels further down from these places of complete trees, each level of which is
 * numbered from 0 on.  The outcomes of the tests are bits, level by level.
 */
SPK_ALWAYS_INLINE TARGET __m256i
further(__m256i places, __m256i outcomes, const uint32_t levels)
{
	/* the ways through the first two levels, by the lowest three bits, whatever the fourth */
	const __m256i ways = _mm256_setr_epi8(0, 2, 1, 2, 0, 3, 1, 3, 0, 2, 1, 2, 0, 3, 1, 3, 0, 2, 1,
										  2, 0, 3, 1, 3, 0, 2, 1, 2, 0, 3, 1, 3);
	__m256i way = _mm256_shuffle_epi8(ways, _mm256_and_si256(outcomes, _mm256_set1_epi32(15)));

	way = _mm256_and_si256(way, _mm256_set1_epi32(3));
	for (uint32_t level = 2; level < levels; level++)
	{
		__m256i tests = _mm256_srli_epi32(outcomes, (1 << level) - 1);

		way = _mm256_add_epi32(_mm256_add_epi32(way, way),
							   _mm256_and_si256(_mm256_srlv_epi32(tests, way),
												_mm256_set1_epi32(1)));
	}
	return _mm256_or_si256(_mm256_slli_epi32(places, (int) levels), way);
}

/* The ways of AVX2_LANES trees from this one on, of n, through the blocks that begin here. */
SPK_ALWAYS_INLINE TARGET __m256i
block_ways(const Codes *codes, const SpkWalkBlock *blocks, uint32_t tree, uint32_t n,
		   const uint32_t levels)
{
	const uint32_t in_word = 32u >> levels; /* trees */
	uint32_t	   words[AVX2_WORDS] = {0};
	__m256i		   trees = _mm256_add_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7),
											_mm256_set1_epi32((int) tree));

	/* blocks are there for all trees of a step */
	blocks += (tree << levels) / SPK_BLOCK_TESTS;
	words[0] = test_half(codes, &blocks[0], 0);
	if (n - tree > in_word)
		words[1] = test_half(codes, &blocks[0], 1);
	if (levels > SPK_MIN_BLOCK_LEVELS && n - tree > 2 * in_word)
		words[2] = test_half(codes, &blocks[1], 0);
	if (levels > SPK_MIN_BLOCK_LEVELS && n - tree > 3 * in_word)
		words[3] = test_half(codes, &blocks[1], 1);
	return further(trees, lane_outcomes(words, levels), levels);
}

/*
 * Makes three levels of tests of AVX2_LANES trees from this one on, of n, and moves to the exits
 * from them.  at has offsets in bytes, of tests of the size.
 */
SPK_ALWAYS_INLINE TARGET __m256i
three_ways(const Codes *codes, const void *tests, const int size, const uint32_t *at, uint32_t tree,
		   uint32_t n)
{
	uint32_t words[AVX2_WORDS] = {0};
	__m256i	 places = _mm256_load_si256((const __m256i *) (at + tree));

	words[0] = test_four(codes, tests, at + tree);
	if (tree + 4 < n)
		words[1] = test_four(codes, tests, at + tree + 4);
	return further(_mm256_srli_epi32(places, size), lane_outcomes(words, SPK_MIDDLE_LEVELS),
				   SPK_MIDDLE_LEVELS);
}

SPK_ALWAYS_INLINE TARGET void
store_at(uint32_t *at, uint32_t tree, __m256i places)
{
	_mm256_store_si256((__m256i *) (at + tree), places);
}

/*
 * Finds the exits of n trees from this one on, at most AVX2_CHUNK.  Their places, counted from the
 * exits of the first of these trees, go to at.  Each step is made for all trees before the next
 * one, as it takes some time until the places that were stored can be loaded one by one.
 * top is a constant in each call.
 */
SPK_ALWAYS_INLINE TARGET void
walk_tops(const SpkWalker *walker, const Codes *codes, size_t tree, uint32_t n, const uint32_t top,
		  uint32_t *at)
{
	const uint32_t		levels = spk_block_levels(top);
	const uint32_t		two = levels + SPK_MIDDLE_LEVELS;
	const SpkWalkBlock *blocks = walker->blocks + (tree << levels) / SPK_BLOCK_TESTS;
	const SpkMiddle	   *middles = walker->middles + (tree << levels);
	const SpkBottom	   *bottoms = walker->bottoms + (tree << two);

	/* trees beyond the last one go the way of the first, so that all that is looked at is there */
	for (uint32_t i = 0; i < n; i += AVX2_LANES)
	{
		__m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
		__m256i left = _mm256_cmpgt_epi32(_mm256_set1_epi32((int) (n - i)), lanes);
		__m256i place = block_ways(codes, blocks, i, n, levels);

		place = _mm256_slli_epi32(place, top > levels ? SPK_MIDDLE_SHIFT : 0);
		store_at(at, i, _mm256_and_si256(place, left));
	}
	for (uint32_t i = 0; i < n && top > levels; i += AVX2_LANES)
	{
		__m256i place = three_ways(codes, middles, SPK_MIDDLE_SHIFT, at, i, n);

		store_at(at, i, _mm256_slli_epi32(place, top > two ? SPK_BOTTOM_SHIFT : 0));
	}

	/* the exits of a bottom are behind its tests, in a line of 16 */
	for (uint32_t i = 0; i < n && top > two; i += AVX2_LANES)
	{
		__m256i place = three_ways(codes, bottoms, SPK_BOTTOM_SHIFT, at, i, n);
		__m256i offset = _mm256_load_si256((const __m256i *) (at + i));

		place = _mm256_add_epi32(place, _mm256_srli_epi32(offset, SPK_BOTTOM_SHIFT - 3));
		store_at(at, i, _mm256_add_epi32(place, _mm256_set1_epi32(4)));
	}
}

/* ---- Leaves ---- */

/* Adds up the leaves of n trees: in any order if their sums are exact. */
SPK_ALWAYS_INLINE TARGET double
add_leaves(const SpkExit *found, uint32_t n, const bool exact, double sum)
{
	__m256d	 sums = _mm256_setzero_pd();
	double	 four[4];
	uint32_t i = 0;

	for (; exact && i + 4 <= n; i += 4)
		sums = _mm256_add_pd(sums, _mm256_cvtps_pd(_mm_load_ps(&found[i].value)));
	for (; i < n; i++)
		sum += found[i].value;
	if (!exact)
		return sum;
	_mm256_storeu_pd(four, sums);
	return sum + four[0] + four[1] + four[2] + four[3];
}

/* The sum over the trees, whose tops have so many levels, a constant in each call. */
SPK_ALWAYS_INLINE TARGET double
walk_forest(const SpkWalker *walker, const uint8_t *row, const Codes *codes, const uint32_t top)
{
	const SpkExit *exits = walker->bottoms != NULL ? (const SpkExit *) walker->bottoms :
													 walker->exits;
	const size_t   stride = walker->bottoms != NULL ?
		  sizeof(SpkBottom) / sizeof(SpkExit) << (top - SPK_MIDDLE_LEVELS) :
		  walker->exits_stride;
	double		   sum = 0;
	uint32_t	   at[AVX2_CHUNK] __attribute__((aligned(SPK_CACHE_LINE)));
	SpkExit		   found[AVX2_CHUNK] __attribute__((aligned(SPK_CACHE_LINE)));

	for (size_t tree = 0; tree < walker->n_trees; tree += AVX2_CHUNK)
	{
		uint32_t n = walker->n_trees - tree < AVX2_CHUNK ? walker->n_trees - (uint32_t) tree :
														   AVX2_CHUNK;

		walk_tops(walker, codes, tree, n, top, at);
		for (uint32_t i = 0; i < n || i % SPK_IN_STEP != 0; i++)
			found[i] = exits[tree * stride + (i < n ? at[i] : at[0])];
		for (uint32_t i = 0; i < n && walker->deep; i += SPK_IN_STEP)
			spk_walk_down(walker, row, found + i, SPK_IN_STEP);
		sum = walker->exact ? add_leaves(found, n, true, sum) : add_leaves(found, n, false, sum);
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
		case 6:
			return walk_forest(walker, row, codes, 6);
		case 7:
			return walk_forest(walker, row, codes, 7);
		case 9:
			return walk_forest(walker, row, codes, 9);
		default:
			return walk_forest(walker, row, codes, SPK_MAX_TOP);
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
