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
#define WALK_LANES 16
#define CHUNK	   256

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

/* ---- Ways ---- */

/* The ways of SpkWalker in two registers. */
typedef struct Ways
{
	__m512i low;
	__m512i high;
} Ways;

/* In the lowest byte of each lane, the way through three levels by the lowest seven bits. */
SPK_ALWAYS_INLINE TARGET __m512i
short_ways(const Ways *ways, __m512i outcomes)
{
	return _mm512_permutex2var_epi8(ways->low, outcomes, ways->high);
}

/* The ways of WALK_LANES trees of three or four levels, by outcomes that are the lowest bits of each. */
SPK_ALWAYS_INLINE TARGET __m512i
lane_ways(const Ways *ways, __m512i outcomes, const uint32_t levels)
{
	__m512i half = _mm512_maskz_mov_epi8(LANE_BYTES, short_ways(ways, outcomes));
	__m512i test; /* the one of the fourth level */

	if (levels == SPK_WAY_LEVELS)
		return half;
	test = _mm512_srlv_epi32(outcomes, _mm512_add_epi32(half, _mm512_set1_epi32(SPK_WAY_TESTS)));
	return _mm512_add_epi32(_mm512_add_epi32(half, half),
							_mm512_and_si512(test, _mm512_set1_epi32(1)));
}

/* ---- Tests ---- */

/* The outcomes of the tests in a block. */
SPK_ALWAYS_INLINE TARGET uint64_t
test_block(const Codes *codes, const SpkWalkBlock *block)
{
	__m512i found = look_up(codes, _mm512_load_si512(block->slot));

	return _mm512_cmpgt_epu8_mask(found, _mm512_load_si512(block->split));
}

/* Two middles in one register. */
SPK_ALWAYS_INLINE TARGET __m512i
two_middles(const SpkMiddle *middles, const uint32_t *which)
{
	return _mm512_inserti64x4(_mm512_castsi256_si512(
								  _mm256_load_si256((const __m256i *) &middles[which[0]])),
							  _mm256_load_si256((const __m256i *) &middles[which[1]]), 1);
}

/* The outcomes of the tests in four middles, with 16 bits for each. */
SPK_ALWAYS_INLINE TARGET uint64_t
test_middles(const Codes *codes, const SpkMiddle *middles, const uint32_t *which)
{
	__m512i low = two_middles(middles, which);
	__m512i high = two_middles(middles, which + 2);
	__m512i found = look_up(codes, _mm512_shuffle_i64x2(low, high, 0x88));

	return _mm512_cmpgt_epu8_mask(found, _mm512_shuffle_i64x2(low, high, 0xDD));
}

/* The tests of a bottom. */
SPK_ALWAYS_INLINE TARGET __m128i
bottom_tests(const SpkBottom *bottom)
{
	return _mm_load_si128((const __m128i *) bottom);
}

/* Every other one of eight bottoms in one register. */
SPK_ALWAYS_INLINE TARGET __m512i
four_bottoms(const SpkBottom *bottoms, const uint32_t *which)
{
	__m512i four = _mm512_castsi128_si512(bottom_tests(&bottoms[which[0]]));

	four = _mm512_inserti32x4(four, bottom_tests(&bottoms[which[2]]), 1);
	four = _mm512_inserti32x4(four, bottom_tests(&bottoms[which[4]]), 2);
	return _mm512_inserti32x4(four, bottom_tests(&bottoms[which[6]]), 3);
}

/* The outcomes of the tests in eight bottoms, with 8 bits for each. */
SPK_ALWAYS_INLINE TARGET uint64_t
test_bottoms(const Codes *codes, const SpkBottom *bottoms, const uint32_t *which)
{
	__m512i even = four_bottoms(bottoms, which);
	__m512i odd = four_bottoms(bottoms, which + 1);
	__m512i found = look_up(codes, _mm512_unpacklo_epi64(even, odd));

	return _mm512_cmpgt_epu8_mask(found, _mm512_unpackhi_epi64(even, odd));
}

/* ---- Tops ---- */

/* The numbers of the lanes, times a power of two. */
SPK_ALWAYS_INLINE TARGET __m512i
count_lanes(unsigned shift)
{
	return _mm512_slli_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
											   15),
							 shift);
}

/* The lanes of n trees that are left. */
SPK_ALWAYS_INLINE TARGET __mmask16
lanes_of(uint32_t n)
{
	return (__mmask16) (n >= WALK_LANES ? UINT16_MAX : (1u << n) - 1);
}

/*
 * The outcomes in each lane, of so many levels, that these words are made of.  They were just
 * stored one by one, and are loaded one by one as well: a load of several stores waits until
 * these have left the pipeline.
 */
SPK_ALWAYS_INLINE TARGET __m512i
lane_outcomes(const uint64_t *words, const uint32_t levels)
{
	__m256i first;
	__m256i last;

	if (levels == SPK_WAY_LEVELS)
		return _mm512_cvtepu8_epi32(_mm_castpd_si128(
			_mm_loadh_pd(_mm_load_sd((const double *) words), (const double *) words + 1)));
	first = _mm256_blend_epi32(_mm256_set1_epi64x((long long) words[0]),
							   _mm256_set1_epi64x((long long) words[1]), 0x0C);
	last = _mm256_blend_epi32(_mm256_set1_epi64x((long long) words[2]),
							  _mm256_set1_epi64x((long long) words[3]), 0xC0);
	return _mm512_cvtepu16_epi32(_mm256_blend_epi32(first, last, 0xF0));
}

/* The outcomes go through memory, which is shorter than the way through other registers. */
#define THROUGH_MEMORY(words) __asm__("" : "+m"(words))

/* The ways of WALK_LANES trees through the blocks that begin here. */
SPK_ALWAYS_INLINE TARGET __m512i
block_ways(const Codes *codes, const Ways *ways, const SpkWalkBlock *blocks, const uint32_t levels)
{
	uint64_t words[WALK_LANES / 4];

	words[0] = test_block(codes, &blocks[0]);
	words[1] = test_block(codes, &blocks[1]);
	if (levels > SPK_WAY_LEVELS)
	{
		words[2] = test_block(codes, &blocks[2]);
		words[3] = test_block(codes, &blocks[3]);
	}
	THROUGH_MEMORY(words);
	return lane_ways(ways, lane_outcomes(words, levels), levels);
}

/* The ways of WALK_LANES trees through these middles. */
SPK_ALWAYS_INLINE TARGET __m512i
middle_ways(const Codes *codes, const Ways *ways, const SpkMiddle *middles, const uint32_t *which)
{
	uint64_t words[WALK_LANES / 4];

	SPK_UNROLL
	for (uint32_t i = 0; i < WALK_LANES / 4; i++)
		words[i] = test_middles(codes, middles, which + 4 * i);
	THROUGH_MEMORY(words);
	return lane_ways(ways, lane_outcomes(words, SPK_MIDDLE_LEVELS), SPK_MIDDLE_LEVELS);
}

/* The ways of WALK_LANES trees through these bottoms. */
SPK_ALWAYS_INLINE TARGET __m512i
bottom_ways(const Codes *codes, const Ways *ways, const SpkBottom *bottoms, const uint32_t *which)
{
	uint64_t words[WALK_LANES / 8];

	SPK_UNROLL
	for (uint32_t i = 0; i < WALK_LANES / 8; i++)
		words[i] = test_bottoms(codes, bottoms, which + 8 * i);
	THROUGH_MEMORY(words);
	return lane_ways(ways, lane_outcomes(words, SPK_BOTTOM_LEVELS), SPK_BOTTOM_LEVELS);
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
 * Finds the exits of n trees from this one on, at most CHUNK.  Their places, counted from
 * the exits of the first of these trees, go to at.  The step of all trees is made before the
 * next one, as it takes some time until the places that were stored can be loaded one by one.
 * top is a constant in each call.
 */
SPK_ALWAYS_INLINE TARGET void
walk_tops(const SpkWalker *walker, const Codes *codes, const Ways *ways, size_t tree, uint32_t n,
		  const uint32_t top, uint32_t *at)
{
	const uint32_t		levels = top == SPK_BLOCK_LEVELS + 1 ? top : SPK_BLOCK_LEVELS;
	const SpkWalkBlock *blocks = walker->blocks + (tree << levels) / SPK_BLOCK_TESTS;
	const SpkMiddle	   *middles = walker->middles + tree * SPK_MIDDLES;
	const SpkBottom	   *bottoms = walker->bottoms + tree * SPK_BOTTOMS;

	/* trees beyond the last one go the way of the first, so that all that is looked at is there */
	for (uint32_t i = 0; i < n; i += WALK_LANES, blocks += (WALK_LANES << levels) / SPK_BLOCK_TESTS)
	{
		__m512i place = _mm512_add_epi32(_mm512_set1_epi32((int) (i << levels)),
										 count_lanes(levels));

		_mm512_store_si512(at + i,
						   _mm512_maskz_add_epi32(lanes_of(n - i), place,
												  block_ways(codes, ways, blocks, levels)));
	}
	for (uint32_t i = 0; i < n && top > levels; i += WALK_LANES)
	{
		__m512i place = _mm512_slli_epi32(_mm512_load_si512(at + i), SPK_MIDDLE_LEVELS);

		_mm512_store_si512(at + i,
						   _mm512_add_epi32(place, middle_ways(codes, ways, middles, at + i)));
	}

	/* the exits of a bottom are behind its tests, in a line of 16 */
	for (uint32_t i = 0; i < n && top > levels + SPK_MIDDLE_LEVELS; i += WALK_LANES)
	{
		__m512i place = _mm512_add_epi32(_mm512_slli_epi32(_mm512_load_si512(at + i), 4),
										 _mm512_set1_epi32(4));

		_mm512_store_si512(at + i,
						   _mm512_add_epi32(place, bottom_ways(codes, ways, bottoms, at + i)));
	}
}

/*
 * Takes n trees from this one on, at most CHUNK, to their leaves, which are added to the
 * sums.  top and exact are constants in each call.
 */
SPK_ALWAYS_INLINE TARGET void
walk_chunk(const SpkWalker *walker, const uint8_t *row, const Codes *codes, const Ways *ways,
		   uint32_t tree, uint32_t n, const uint32_t top, const bool exact, Sums *sums)
{
	const SpkExit *exits = walker->bottoms != NULL ?
		(const SpkExit *) (walker->bottoms + (size_t) tree * SPK_BOTTOMS) :
		walker->exits + (size_t) tree * walker->exits_stride;
	uint32_t	   at[CHUNK] __attribute__((aligned(SPK_CACHE_LINE)));

	walk_tops(walker, codes, ways, tree, n, top, at);
	for (uint32_t i = 0; i < n && walker->deep; i += WALK_LANES)
		_mm512_store_si512(at + i,
						   _mm512_i32gather_epi32(_mm512_load_si512(at + i), exits,
												  sizeof(SpkExit)));
	if (walker->deep)
		walk_below(walker, row, codes, at, n);
	for (uint32_t i = 0; i < n; i += WALK_LANES)
		add_leaves(walker->deep ? walker->ends : exits, _mm512_load_si512(at + i), n - i, exact,
				   &sums->lanes, &sums->sum);
}

/* The sum over the trees.  top is a constant in each call. */
SPK_ALWAYS_INLINE TARGET double
walk_forest(const SpkWalker *walker, const uint8_t *row, const Codes *codes, const uint32_t top)
{
	Ways ways = {_mm512_loadu_si512(walker->ways), _mm512_loadu_si512(walker->ways + TABLE)};
	Sums sums = {_mm512_setzero_pd(), 0};

	for (uint32_t tree = 0; tree < walker->n_trees; tree += CHUNK)
	{
		uint32_t n = walker->n_trees - tree < CHUNK ? walker->n_trees - tree : CHUNK;

		if (walker->exact)
			walk_chunk(walker, row, codes, &ways, tree, n, top, true, &sums);
		else
			walk_chunk(walker, row, codes, &ways, tree, n, top, false, &sums);
	}
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
		case 7:
			return walk_forest(walker, row, &codes, 7);
		default:
			return walk_forest(walker, row, &codes, 10);
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

/* How many of the 16 edges are below the value? */
SPK_ALWAYS_INLINE TARGET uint32_t
edges_below(const double *edges, __m512d value)
{
	uint32_t low = _mm512_cmp_pd_mask(_mm512_load_pd(edges), value, _CMP_LT_OQ);
	uint32_t high = _mm512_cmp_pd_mask(_mm512_load_pd(edges + 8), value, _CMP_LT_OQ);

	return (uint32_t) __builtin_popcount(low | high << 8);
}

/* Compares sixteen edges at a time: first every sixteenth of them, then those between two. */
TARGET void
spk_put_numbers_avx512(const SpkSlots *slots, const double *numbers, uint8_t *codes)
{
	const SpkEdges		 *edges = slots->edges;
	const SpkNumberSlots *number = slots->numbers;

	for (uint32_t i = 0; i < slots->n_numbers; i++, edges++, number++)
	{
		double	 value = numbers[number->feature];
		__m512d	 values = _mm512_set1_pd(value);
		uint32_t coarse = edges_below(edges->coarse, values);
		uint32_t code = SPK_EDGE_STEP * coarse +
			edges_below(edges->fine + SPK_EDGE_STEP * coarse, values);

		codes[number->above] = isnan(value) ? SPK_MISSING : (uint8_t) code;
		codes[number->below] = (uint8_t) code; /* 0 of a NaN */
	}
}

#endif /* SPK_VECTORS */
