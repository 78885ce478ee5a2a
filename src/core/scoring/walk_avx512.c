/*
 * walk_avx512.c
 *	  Walking blocks, and coding numbers, with AVX-512.
 */
#include <math.h>

#include "core/scoring/walk_parts.h"

#ifdef SPK_VECTORS

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,bmi,bmi2,popcnt")))

/* One register has this many slots. */
#define TABLE	   64
#define MAX_TABLES (SPK_MANY_SLOTS / TABLE)

typedef struct Codes
{
	__m512i table[MAX_TABLES];
	bool	many; /* is there more than one table?  A constant where it is used */
} Codes;

/*
 * Looks up the codes in these slots.  A permutation looks into one table, or into two
 * tables between which the second highest bit chooses.
 */
SPK_ALWAYS_INLINE TARGET __m512i
look_up(const Codes *codes, __m512i slots)
{
	const __m512i *table = codes->table;

	if (!codes->many)
		return _mm512_permutexvar_epi8(slots, table[0]);
	return _mm512_mask_blend_epi8(_mm512_movepi8_mask(slots),
								  _mm512_permutex2var_epi8(table[0], slots, table[1]),
								  _mm512_permutex2var_epi8(table[2], slots, table[3]));
}

SPK_ALWAYS_INLINE TARGET uint64_t
block_outcomes(const Codes *codes, const SpkBlock *block)
{
	__m512i found = look_up(codes, _mm512_load_si512(block->slot));

	return _mm512_cmpgt_epu8_mask(found, _mm512_load_si512(block->split));
}

SPK_ALWAYS_INLINE TARGET uint32_t
small_block_outcomes(const Codes *codes, const SpkSmallBlock *block)
{
	__m512i found = look_up(codes, _mm512_castsi128_si512(*(const __m128i *) block->slot));

	return _mm_cmpgt_epu8_mask(_mm512_castsi512_si128(found), *(const __m128i *) block->split);
}

#include "core/scoring/walk_blocks.h"

SPK_ALWAYS_INLINE TARGET double
walk_tables(const SpkWalker *walker, const uint8_t *row, const bool many)
{
	Codes codes = {.many = many};

	for (int i = 0; i < (many ? MAX_TABLES : 1); i++)
		codes.table[i] = _mm512_loadu_si512(row + i * TABLE);
	return walk_blocks(walker, row, &codes);
}

TARGET double
spk_walk_avx512(const SpkWalker *walker, const uint8_t *codes)
{
	return walker->slots.n > TABLE ? walk_tables(walker, codes, true) :
									 walk_tables(walker, codes, false);
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
