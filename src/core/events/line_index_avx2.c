/*
 * line_index_avx2.c
 *	  The index of a line with AVX2.
 */
#include "core/base/vectors.h"

#ifdef SPK_VECTORS

#include <immintrin.h>

#include "core/events/line_index.h"

#define TARGET __attribute__((target("avx2,bmi,bmi2,popcnt")))

typedef struct Bytes
{
	__m256i low;
	__m256i high;
} Bytes;

SPK_ALWAYS_INLINE TARGET Bytes
load(const char *p)
{
	return (Bytes) {_mm256_loadu_si256((const __m256i *) p),
					_mm256_loadu_si256((const __m256i *) (p + 32))};
}

SPK_ALWAYS_INLINE TARGET uint64_t
set_of(__m256i low, __m256i high)
{
	return (uint64_t) (uint32_t) _mm256_movemask_epi8(high) << 32 |
		(uint32_t) _mm256_movemask_epi8(low);
}

SPK_ALWAYS_INLINE TARGET uint64_t
is(Bytes bytes, char byte)
{
	__m256i other = _mm256_set1_epi8(byte);

	return set_of(_mm256_cmpeq_epi8(bytes.low, other), _mm256_cmpeq_epi8(bytes.high, other));
}

SPK_ALWAYS_INLINE TARGET uint64_t
is_below(Bytes bytes, char byte)
{
	__m256i most = _mm256_set1_epi8((char) (byte - 1));

	return set_of(_mm256_cmpeq_epi8(_mm256_min_epu8(bytes.low, most), bytes.low),
				  _mm256_cmpeq_epi8(_mm256_min_epu8(bytes.high, most), bytes.high));
}

SPK_ALWAYS_INLINE TARGET uint64_t
is_high(Bytes bytes)
{
	return set_of(bytes.low, bytes.high);
}

SPK_ALWAYS_INLINE TARGET Bytes
minus(Bytes bytes, char byte)
{
	__m256i other = _mm256_set1_epi8(byte);

	return (Bytes) {_mm256_sub_epi8(bytes.low, other), _mm256_sub_epi8(bytes.high, other)};
}

SPK_ALWAYS_INLINE TARGET Bytes
small(Bytes bytes)
{
	__m256i bit = _mm256_set1_epi8(0x20);

	return (Bytes) {_mm256_or_si256(bytes.low, bit), _mm256_or_si256(bytes.high, bit)};
}

/* Zeros where a byte may not follow a backslash. */
SPK_ALWAYS_INLINE TARGET __m256i
short_escapes(__m256i bytes)
{
	const __m256i lower = _mm256_broadcastsi128_si256(_mm_setr_epi8(SPK_ESCAPE_LOWER));
	const __m256i upper = _mm256_broadcastsi128_si256(_mm_setr_epi8(SPK_ESCAPE_UPPER));
	const __m256i half = _mm256_set1_epi8(0xF);

	/* a shuffle looks at the lower half, and gives 0 for bytes beyond ASCII */
	return _mm256_and_si256(_mm256_shuffle_epi8(lower, bytes),
							_mm256_shuffle_epi8(upper,
												_mm256_and_si256(_mm256_srli_epi16(bytes, 4),
																 half)));
}

SPK_ALWAYS_INLINE TARGET uint64_t
is_short_escape(Bytes bytes)
{
	const __m256i zero = _mm256_setzero_si256();

	return ~set_of(_mm256_cmpeq_epi8(short_escapes(bytes.low), zero),
				   _mm256_cmpeq_epi8(short_escapes(bytes.high), zero));
}

/* Eight at a time, so that few branches depend on how many they are. */
SPK_ALWAYS_INLINE TARGET uint32_t
put_places(uint16_t *to, uint64_t set, size_t base)
{
	uint32_t n = (uint32_t) _mm_popcnt_u64(set);

	for (uint32_t done = 0; done < n; done += 12)
	{
		SPK_INDEX_UNROLL
		for (int i = 0; i < 12; i++)
		{
			to[done + (uint32_t) i] = (uint16_t) (base + _tzcnt_u64(set));
			set = _blsr_u64(set);
		}
	}
	return n;
}

#include "core/events/line_index_parts.h"

static TARGET bool
index_avx2(const char *line, size_t len, SpkLineIndex *index)
{
	return index_line(line, len, index);
}

static TARGET bool
fit_avx2(const SpkLinePiece *pieces, int n, const char *line, size_t len, const uint16_t *quotes)
{
	return pieces_fit(pieces, n, line, len, quotes);
}

const SpkIndexFunctions spk_index_avx2 = {index_avx2, fit_avx2, 1};

#endif
