/*
 * line_index_avx512.c
 *	  The index of a line with AVX-512.
 */
#include "core/base/vectors.h"

#ifdef SPK_VECTORS

#include <immintrin.h>

#include "core/events/line_index.h"

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,avx2,bmi,bmi2,popcnt")))

typedef __m512i Bytes;

SPK_ALWAYS_INLINE TARGET Bytes
load(const char *p)
{
	return _mm512_loadu_si512(p);
}

SPK_ALWAYS_INLINE TARGET uint64_t
is(Bytes bytes, char byte)
{
	return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte));
}

SPK_ALWAYS_INLINE TARGET uint64_t
is_below(Bytes bytes, char byte)
{
	return _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(byte));
}

SPK_ALWAYS_INLINE TARGET uint64_t
is_high(Bytes bytes)
{
	return _mm512_movepi8_mask(bytes);
}

SPK_ALWAYS_INLINE TARGET Bytes
minus(Bytes bytes, char byte)
{
	return _mm512_sub_epi8(bytes, _mm512_set1_epi8(byte));
}

SPK_ALWAYS_INLINE TARGET Bytes
small(Bytes bytes)
{
	return _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
}

SPK_ALWAYS_INLINE TARGET uint64_t
is_short_escape(Bytes bytes)
{
	const __m512i lower = _mm512_broadcast_i32x4(_mm_setr_epi8(SPK_ESCAPE_LOWER));
	const __m512i upper = _mm512_broadcast_i32x4(_mm_setr_epi8(SPK_ESCAPE_UPPER));
	const __m512i half = _mm512_set1_epi8(0xF);

	/* a shuffle looks at the lower half, and gives 0 for bytes beyond ASCII */
	return _mm512_test_epi8_mask(_mm512_shuffle_epi8(lower, bytes),
								 _mm512_shuffle_epi8(upper,
													 _mm512_and_si512(_mm512_srli_epi16(bytes, 4),
																	  half)));
}

SPK_ALWAYS_INLINE TARGET void
put_half(uint16_t *to, __m256i places, size_t base)
{
	_mm512_storeu_si512(to,
						_mm512_add_epi16(_mm512_cvtepu8_epi16(places),
										 _mm512_set1_epi16((short) base)));
}

SPK_ALWAYS_INLINE TARGET uint32_t
put_places(uint16_t *to, uint64_t set, size_t base)
{
	static const uint8_t all[SPK_INDEX_BLOCK] = {0,	 1,	 2,	 3,	 4,	 5,	 6,	 7,	 8,	 9,	 10, 11, 12,
												 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
												 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
												 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
												 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
	uint32_t			 n = (uint32_t) _mm_popcnt_u64(set);
	__m512i				 places = _mm512_maskz_compress_epi8(set, _mm512_loadu_si512(all));

	put_half(to, _mm512_castsi512_si256(places), base);
	if (n > 32)
		put_half(to + 32, _mm512_extracti64x4_epi64(places, 1), base);
	return n;
}

#include "core/events/line_index_parts.h"

static TARGET bool
index_avx512(const char *line, size_t len, SpkLineIndex *index)
{
	return index_line(line, len, index);
}

static TARGET bool
fit_avx512(const SpkLinePiece *pieces, int n, const char *line, size_t len, const uint16_t *quotes)
{
	return pieces_fit(pieces, n, line, len, quotes);
}

const SpkIndexFunctions spk_index_avx512 = {index_avx512, fit_avx512, 8};

#endif
