/*
 * walk_avx512.c
 *	  Walking blocks with AVX-512.
 *
 * Trees are walked CHUNK at a time, and each step is made for all of them before the
 * next one, so that no walk waits for another.  Tests are made block by block; what
 * follows from their outcomes is found for WALK_LANES trees in one register.
 */
#include <math.h>

#include "core/scoring/walk_parts.h"

#ifdef SPK_VECTORS

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,bmi,bmi2,popcnt")))

/* One register has this many slots. */
#define TABLE	   64
#define MAX_TABLES (SPK_MANY_SLOTS / TABLE)

/* The trees whose ways are found in one register, and those that go through all steps together. */
#define WALK_LANES 16u
#define CHUNK	   256u

/* The lowest byte of each lane */
#define LANE_BYTES UINT64_C(0x1111111111111111)

typedef struct Codes
{
	__m512i table[MAX_TABLES];
	int		n; /* how many tables there are: 1, 2 or MAX_TABLES.  A constant where it is used */
} Codes;

/*
 * Looks up the codes in these slots.  A permutation looks into one table, or into two
 * tables between which the second highest bit chooses.
 */
SPK_ALWAYS_INLINE TARGET __m512i
look_up(const Codes *codes, __m512i slots)
{
	const __m512i *table = codes->table;

	if (codes->n == 1)
		return _mm512_permutexvar_epi8(slots, table[0]);
	if (codes->n == 2)
		return _mm512_permutex2var_epi8(table[0], slots, table[1]);
	return _mm512_mask_blend_epi8(_mm512_movepi8_mask(slots),
								  _mm512_permutex2var_epi8(table[0], slots, table[1]),
								  _mm512_permutex2var_epi8(table[2], slots, table[3]));
}

/* ---- Tests ---- */

/* The outcomes of the tests in a block. */
SPK_ALWAYS_INLINE TARGET uint64_t
test_block(const Codes *codes, const SpkWalkBlock *block)
{
	__m512i found = look_up(codes, _mm512_load_si512(block->slot));

	return _mm512_cmpgt_epu8_mask(found, _mm512_load_si512(block->split));
}

/* The tests of a middle or a bottom, so many bytes from here. */
SPK_ALWAYS_INLINE TARGET __m128i
tests_at(const uint8_t *tests, uint32_t offset)
{
	return _mm_load_si128((const __m128i *) (tests + offset));
}

/* Those at every other one of eight offsets in one register. */
SPK_ALWAYS_INLINE TARGET __m512i
four_tests(const uint8_t *tests, const uint32_t *offsets)
{
	__m512i four = _mm512_castsi128_si512(tests_at(tests, offsets[0]));

	four = _mm512_inserti32x4(four, tests_at(tests, offsets[2]), 1);
	four = _mm512_inserti32x4(four, tests_at(tests, offsets[4]), 2);
	return _mm512_inserti32x4(four, tests_at(tests, offsets[6]), 3);
}

/* The outcomes of the tests of eight trees, three levels of each, with 8 bits for each. */
SPK_ALWAYS_INLINE TARGET uint64_t
test_eight(const Codes *codes, const uint8_t *tests, const uint32_t *offsets)
{
	__m512i even = four_tests(tests, offsets);
	__m512i odd = four_tests(tests, offsets + 1);
	__m512i found = look_up(codes, _mm512_unpacklo_epi64(even, odd));

	return _mm512_cmpgt_epu8_mask(found, _mm512_unpackhi_epi64(even, odd));
}

/* ---- Tops ---- */

/* The numbers of the lanes. */
SPK_ALWAYS_INLINE TARGET __m512i
count_lanes(void)
{
	return _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

/* The lanes of n trees that are left. */
SPK_ALWAYS_INLINE TARGET __mmask16
lanes_of(uint32_t n)
{
	return (__mmask16) (n >= WALK_LANES ? UINT16_MAX : (1u << n) - 1);
}

/* The outcomes of the tests of WALK_LANES trees are so many words at most. */
#define WALK_WORDS 4

/*
 * The outcomes in each lane, of so many levels, that these words are made of.  They were just
 * stored one by one, and are loaded one by one as well: a load of several stores waits until
 * these have left the pipeline.
 */
SPK_ALWAYS_INLINE TARGET __m512i
lane_outcomes(const uint64_t *words, const uint32_t levels)
{
	__m256i four;

	if (levels == SPK_MIN_BLOCK_LEVELS)
		return _mm512_cvtepu8_epi32(_mm_castpd_si128(
			_mm_loadh_pd(_mm_load_sd((const double *) words), (const double *) words + 1)));
	four = _mm256_set1_epi64x((long long) words[0]);
	SPK_UNROLL
	for (int i = 1; i < 4; i++)
		four = _mm256_mask_set1_epi64(four, (__mmask8) (1 << i), (long long) words[i]);
	return _mm512_cvtepu16_epi32(four);
}

/* The outcomes go through memory, which is shorter than the way through other registers. */
#define THROUGH_MEMORY(words) __asm__("" : "+m"(words))

/* The ways of SpkWalker in two registers. */
typedef struct Ways
{
	__m512i low;
	__m512i high;
} Ways;

/*
 * Goes so many levels further down from these places of complete trees, each level of which is
 * numbered from 0 on.  The outcomes of the tests are bits, level by level.
 */
SPK_ALWAYS_INLINE TARGET __m512i
further(const Ways *ways, __m512i places, __m512i outcomes, const uint32_t levels)
{
	/* the first three levels have 128 ways, all in two registers */
	__m512i way = _mm512_maskz_permutex2var_epi8(LANE_BYTES, ways->low, outcomes, ways->high);

	for (uint32_t level = SPK_MIN_BLOCK_LEVELS; level < levels; level++)
	{
		__m512i tests = _mm512_srli_epi32(outcomes, (1u << level) - 1);

		way = _mm512_add_epi32(_mm512_add_epi32(way, way),
							   _mm512_and_si512(_mm512_srlv_epi32(tests, way),
												_mm512_set1_epi32(1)));
	}
	return _mm512_or_si512(_mm512_slli_epi32(places, levels), way);
}

/* The ways of WALK_LANES trees from this one on, of n, through the blocks that begin here. */
SPK_ALWAYS_INLINE TARGET __m512i
block_ways(const Codes *codes, const Ways *ways, const SpkWalkBlock *blocks, uint32_t tree,
		   uint32_t n, const uint32_t levels)
{
	const uint32_t in_word = SPK_BLOCK_TESTS >> levels; /* trees */
	uint64_t	   words[WALK_WORDS];
	__m512i		   trees = _mm512_add_epi32(count_lanes(), _mm512_set1_epi32((int) tree));

	words[0] = test_block(codes, &blocks[0]);
	if (n - tree > in_word)
		words[1] = test_block(codes, &blocks[1]);
	if (levels > SPK_MIN_BLOCK_LEVELS && n - tree > 2 * in_word)
		words[2] = test_block(codes, &blocks[2]);
	if (levels > SPK_MIN_BLOCK_LEVELS && n - tree > 3 * in_word)
		words[3] = test_block(codes, &blocks[3]);
	THROUGH_MEMORY(words);
	return further(ways, trees, lane_outcomes(words, levels), levels);
}

/*
 * Makes three levels of tests of WALK_LANES trees from this one on, of n, and moves to the exits
 * from them.  at has offsets in bytes, of tests of the size.
 */
SPK_ALWAYS_INLINE TARGET __m512i
three_ways(const Codes *codes, const Ways *ways, const void *tests, const unsigned size,
		   const uint32_t *at, uint32_t tree, uint32_t n)
{
	uint64_t words[WALK_WORDS];
	__m512i	 places = _mm512_srli_epi32(_mm512_load_si512(at + tree), size);

	words[0] = test_eight(codes, tests, at + tree);
	if (tree + 8 < n)
		words[1] = test_eight(codes, tests, at + tree + 8);
	THROUGH_MEMORY(words);
	return further(ways, places, lane_outcomes(words, SPK_MIDDLE_LEVELS), SPK_MIDDLE_LEVELS);
}

/* ---- Leaves ---- */

/*
 * Follows the links below the tops, from the nodes in at, of all trees of a chunk.  Walks
 * that have arrived stay where they are.
 */
SPK_ALWAYS_INLINE TARGET void
follow_links(const SpkWalker *walker, const Codes *codes, uint32_t *nodes, uint32_t n)
{
	const __m512i one = _mm512_set1_epi32(1);
	__m512i		  moved;

	do
	{
		moved = _mm512_setzero_si512();
		for (uint32_t i = 0; i < n; i += WALK_LANES)
		{
			__m512i	  at = _mm512_load_si512(nodes + i);
			__m512i	  link = _mm512_i32gather_epi32(at, walker->links, sizeof(SpkLink));
			__m512i	  step = _mm512_srli_epi32(link, 16);
			__m512i	  code = _mm512_slli_epi32(look_up(codes, link), 24);
			__mmask16 right = _mm512_cmpgt_epu32_mask(code, _mm512_slli_epi32(link, 16));

			/* the slot that is left below the split makes no code that is equal to it greater */
			at = _mm512_add_epi32(at, step);
			_mm512_store_si512(nodes + i, _mm512_mask_add_epi32(at, right, at, one));
			moved = _mm512_or_si512(moved, step);
		}
	} while (_mm512_test_epi32_mask(moved, moved) != 0);
}

/*
 * Adds up the leaves at these places of the trees that are left, at most WALK_LANES: if exact to
 * the eight sums, otherwise in their order to *sum.
 */
SPK_ALWAYS_INLINE TARGET void
add_leaves(const SpkExit *values, __m512i places, uint32_t left, const bool exact, __m512d *sums,
		   double *sum)
{
	__m512	leaves = _mm512_mask_i32gather_ps(_mm512_setzero_ps(), lanes_of(left), places, values,
											  sizeof(SpkExit));
	__m512d low = _mm512_cvtps_pd(_mm512_castps512_ps256(leaves));
	__m512d high = _mm512_cvtps_pd(
		_mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(leaves), 1)));
	double value[WALK_LANES];

	if (exact)
	{
		*sums = _mm512_add_pd(*sums, _mm512_add_pd(low, high));
		return;
	}
	_mm512_storeu_pd(value, low);
	_mm512_storeu_pd(value + WALK_LANES / 2, high);
	for (uint32_t i = 0; i < WALK_LANES && i < left; i++)
		*sum += value[i];
}

/* Takes the trees of a chunk from the nodes that their tops lead to to their leaves. */
SPK_ALWAYS_INLINE TARGET void
walk_below(const SpkWalker *walker, const uint8_t *row, const Codes *codes, uint32_t *nodes,
		   uint32_t n)
{
	if (walker->links != NULL)
		follow_links(walker, codes, nodes, n);
	else
		for (uint32_t i = 0; i < n; i += WALK_LANES)
			spk_walk_nodes(walker, row, (SpkExit *) (nodes + i), WALK_LANES);
}

/* Sums that are exact are made in eight lanes, others in the order of the trees. */
typedef struct Sums
{
	__m512d lanes;
	double	sum;
} Sums;

/*
 * Finds the exits of n trees from this one on, at most CHUNK.  Their places, counted from the
 * exits of the first of these trees, go to at.  Each step is made for all trees before the next
 * one, as it takes some time until the places that were stored can be loaded one by one.
 * top is a constant in each call.
 */
SPK_ALWAYS_INLINE TARGET void
walk_tops(const SpkWalker *walker, const Codes *codes, const Ways *ways, size_t tree, uint32_t n,
		  const uint32_t top, uint32_t *at)
{
	const uint32_t		levels = spk_block_levels(top);
	const uint32_t		two = levels + SPK_MIDDLE_LEVELS;
	const SpkWalkBlock *blocks = walker->blocks + (tree << levels) / SPK_BLOCK_TESTS;
	const SpkMiddle	   *middles = walker->middles + (tree << levels);
	const SpkBottom	   *bottoms = walker->bottoms + (tree << two);

	/* trees beyond the last one go the way of the first, so that all that is looked at is there */
	for (uint32_t i = 0; i < n; i += WALK_LANES, blocks += (WALK_LANES << levels) / SPK_BLOCK_TESTS)
	{
		__m512i place = block_ways(codes, ways, blocks, i, n, levels);

		_mm512_store_si512(at + i,
						   _mm512_maskz_slli_epi32(lanes_of(n - i), place,
												   top > levels ? SPK_MIDDLE_SHIFT : 0));
	}
	for (uint32_t i = 0; i < n && top > levels; i += WALK_LANES)
	{
		__m512i place = three_ways(codes, ways, middles, SPK_MIDDLE_SHIFT, at, i, n);

		_mm512_store_si512(at + i, _mm512_slli_epi32(place, top > two ? SPK_BOTTOM_SHIFT : 0));
	}

	/* the exits of a bottom are behind its tests, in a line of 16 */
	for (uint32_t i = 0; i < n && top > two; i += WALK_LANES)
	{
		__m512i place = three_ways(codes, ways, bottoms, SPK_BOTTOM_SHIFT, at, i, n);
		__m512i before = _mm512_srli_epi32(_mm512_load_si512(at + i), SPK_BOTTOM_SHIFT - 3);

		_mm512_store_si512(at + i,
						   _mm512_add_epi32(_mm512_add_epi32(place, before), _mm512_set1_epi32(4)));
	}
}

/*
 * Takes n trees from this one on, at most CHUNK, to their leaves, which are added to the
 * sums.  top is a constant in each call.
 */
SPK_ALWAYS_INLINE TARGET void
walk_chunk(const SpkWalker *walker, const uint8_t *row, const Codes *codes, const Ways *ways,
		   size_t tree, uint32_t n, const uint32_t top, Sums *sums)
{
	const SpkExit *exits = walker->bottoms != NULL ?
		(const SpkExit *) (walker->bottoms + (tree << (top - SPK_MIDDLE_LEVELS))) :
		walker->exits + tree * walker->exits_stride;
	uint32_t	   at[CHUNK] __attribute__((aligned(SPK_CACHE_LINE)));

	walk_tops(walker, codes, ways, tree, n, top, at);
	for (uint32_t i = 0; i < n && walker->deep; i += WALK_LANES)
		_mm512_store_si512(at + i,
						   _mm512_i32gather_epi32(_mm512_load_si512(at + i), exits,
												  sizeof(SpkExit)));
	if (walker->deep)
		walk_below(walker, row, codes, at, n);
	for (uint32_t i = 0; i < n; i += WALK_LANES)
		add_leaves(walker->deep ? walker->ends : exits, _mm512_load_si512(at + i), n - i,
				   walker->exact, &sums->lanes, &sums->sum);
}

/* The sum over the trees.  top is a constant in each call. */
SPK_ALWAYS_INLINE TARGET double
walk_forest(const SpkWalker *walker, const uint8_t *row, const Codes *codes, const uint32_t top)
{
	Ways ways = {_mm512_loadu_si512(walker->ways), _mm512_loadu_si512(walker->ways + TABLE)};
	Sums sums = {_mm512_setzero_pd(), 0};

	for (uint32_t tree = 0; tree < walker->n_trees; tree += CHUNK)
		walk_chunk(walker, row, codes, &ways, tree,
				   walker->n_trees - tree < CHUNK ? walker->n_trees - tree : CHUNK, top, &sums);
	return walker->exact ? _mm512_reduce_add_pd(sums.lanes) : sums.sum;
}

/* A copy of the code for each shape of the tops. */
SPK_ALWAYS_INLINE TARGET double
walk_tables(const SpkWalker *walker, const uint8_t *row, const int n)
{
	Codes codes = {.n = n};

	for (int i = 0; i < n; i++)
		codes.table[i] = _mm512_loadu_si512(row + i * TABLE);
	switch (walker->top)
	{
		case 3:
			return walk_forest(walker, row, &codes, 3);
		case 4:
			return walk_forest(walker, row, &codes, 4);
		case 6:
			return walk_forest(walker, row, &codes, 6);
		case 7:
			return walk_forest(walker, row, &codes, 7);
		case 9:
			return walk_forest(walker, row, &codes, 9);
		default:
			return walk_forest(walker, row, &codes, SPK_MAX_TOP);
	}
}
TARGET double
spk_walk_avx512(const SpkWalker *walker, const uint8_t *codes)
{
	if (walker->slots.n <= TABLE)
		return walk_tables(walker, codes, 1);
	return walker->slots.n <= 2 * TABLE ? walk_tables(walker, codes, 2) :
										  walk_tables(walker, codes, MAX_TABLES);
}

#endif /* SPK_VECTORS */
