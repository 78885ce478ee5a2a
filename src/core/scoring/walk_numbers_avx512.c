/*
 * walk_numbers_avx512.c
 *	  The codes of a row's numbers, eight at a time.
 */
#include <math.h>

#include "core/scoring/walk_parts.h"

#ifdef SPK_VECTORS

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,bmi,bmi2,popcnt")))

/*
 * All lanes.  The compiler must not know, or it gathers into a register that it has not cleared,
 * which waits for what was in the register before: the result of the group before.
 */
SPK_ALWAYS_INLINE TARGET __mmask8
all_lanes(void)
{
	__mmask8 all = UINT8_MAX;

	__asm__("" : "+k"(all));
	return all;
}

SPK_ALWAYS_INLINE TARGET __m512d
gather_numbers(__m256i places, const double *numbers)
{
	return _mm512_mask_i32gather_pd(_mm512_setzero_pd(), all_lanes(), places, numbers,
									sizeof(double));
}

SPK_ALWAYS_INLINE TARGET __m512d
gather_edges(__m512i places, const double *edges)
{
	return _mm512_mask_i64gather_pd(_mm512_setzero_pd(), all_lanes(), places, edges,
									sizeof(double));
}

SPK_ALWAYS_INLINE TARGET __m256i
gather_starts(__m256i places, const uint8_t *start)
{
	return _mm256_mmask_i32gather_epi32(_mm256_setzero_si256(), all_lanes(), places,
										(const int *) start, 1);
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
SPK_ALWAYS_INLINE TARGET __m512i
compare_edges(const SpkNumberGroup *group, const double *numbers)
{
	uint64_t codes[SPK_NUMBERS_IN_STEP];

	for (uint32_t f = 0; f < SPK_NUMBERS_IN_STEP; f++)
	{
		__m512d	 value = _mm512_set1_pd(numbers[group->feature[f]]);
		uint32_t coarse = edges_below(group->coarse[f], value);

		codes[f] = SPK_EDGE_STEP * coarse +
			edges_below(group->edges[f] + SPK_EDGE_STEP * coarse, value);
	}
	return _mm512_loadu_si512(codes);
}

/* Begins where the part of each value begins, and searches the edges in it; those of a NaN are 0. */
SPK_ALWAYS_INLINE TARGET __m512i
search_edges(const SpkNumberGroup *group, __m512d values)
{
	const __m512i number = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
	const __m512d last = _mm512_set1_pd(SPK_EDGE_PARTS - 1);
	__m512d		  part = _mm512_mul_pd(_mm512_sub_pd(values, _mm512_load_pd(group->low)),
									   _mm512_load_pd(group->scale));
	__m256i		  place = _mm512_cvttpd_epi32(
			  _mm512_min_pd(_mm512_max_pd(part, _mm512_setzero_pd()), last)); /* max gives 0 for a NaN */
	__m512i edge = _mm512_slli_epi64(number, 8);

	place = _mm256_add_epi32(place, _mm512_cvtepi64_epi32(_mm512_slli_epi64(number, 9)));
	place = gather_starts(place, group->start);
	edge = _mm512_add_epi64(edge, _mm512_cvtepu8_epi64(_mm256_cvtepi32_epi8(place)));
	for (uint32_t half = 1u << group->steps >> 1; half > 0; half /= 2)
	{
		__m512d	 edges = gather_edges(edge, &group->edges[0][half - 1]);
		__mmask8 below = _mm512_cmp_pd_mask(edges, values, _CMP_LT_OQ);

		edge = _mm512_mask_add_epi64(edge, below, edge, _mm512_set1_epi64(half));
	}
	return edge;
}

/* Stores n bytes from here on, and what was there before behind them, as one whole store. */
SPK_ALWAYS_INLINE TARGET void
put_bytes(uint8_t *codes, uint32_t n, __m512i bytes)
{
	__mmask64 those = n >= SPK_MOVED ? UINT64_MAX : (UINT64_C(1) << n) - 1;

	_mm512_storeu_si512(codes, _mm512_mask_mov_epi8(_mm512_loadu_si512(codes), those, bytes));
}

TARGET void
spk_put_numbers_avx512(const SpkSlots *slots, const double *numbers, uint8_t *codes)
{
	const size_t n_groups = spk_number_groups(slots->n_numbers);
	const size_t in_move = SPK_MOVED / SPK_NUMBERS_IN_STEP;

	for (size_t i = 0; i < n_groups; i += in_move)
	{
		const SpkSlotMoves *moves = &slots->moves[i / in_move];
		__m512i				above = _mm512_setzero_si512();
		__m512i				below = _mm512_setzero_si512();

		for (size_t k = 0; k < in_move && i + k < n_groups; k++)
		{
			const SpkNumberGroup *group = &slots->groups[i + k];
			__m256i				  features = _mm256_loadu_si256((const __m256i *) group->feature);
			__m512d				  values = gather_numbers(features, numbers);
			__mmask8			  missing = _mm512_cmp_pd_mask(values, values, _CMP_UNORD_Q);
			__m512i code = group->steps <= SPK_FEW_STEPS ? search_edges(group, values) :
														   compare_edges(group, numbers);
			__m128i found = _mm512_cvtepi64_epi8(code);
			__m128i with_missing = _mm_mask_mov_epi8(found, missing,
													 _mm_set1_epi8((char) SPK_MISSING));

			above = _mm512_mask_broadcastq_epi64(above, (__mmask8) (1u << k), with_missing);
			below = _mm512_mask_broadcastq_epi64(below, (__mmask8) (1u << k),
												 _mm_maskz_mov_epi8((__mmask16) ~missing, found));
		}

		/* the codes of these numbers follow each other, and are stored as they will be loaded */
		put_bytes(codes + moves->first, moves->n,
				  _mm512_permutex2var_epi8(above, _mm512_loadu_si512(moves->from), below));
		if (moves->n > SPK_MOVED)
			put_bytes(codes + moves->first + SPK_MOVED, moves->n - SPK_MOVED,
					  _mm512_permutex2var_epi8(above, _mm512_loadu_si512(moves->from + SPK_MOVED),
											   below));
	}
}

#endif /* SPK_VECTORS */
