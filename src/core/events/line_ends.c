/*
 * line_ends.c
 *	  Where lines end.
 *
 * A search for the end of each line stops at another distance each time, which the
 * processor cannot foresee.  With a set of places for every 64 bytes (see line_index.h)
 * there is nothing to foresee, as lines are rarely shorter than that.
 */
#include <string.h>

#include "core/base/likely.h"
#include "core/events/line_ends.h"

static uint32_t
find_plainly(const char *bytes, size_t len, size_t from, uint32_t n, uint16_t *ends)
{
	const char *at = bytes + from;
	const char *newline;

	while ((newline = memchr(at, '\n', (size_t) (bytes + len - at))) != NULL)
	{
		ends[n++] = (uint16_t) (newline - bytes);
		at = newline + 1;
	}
	return n;
}

#ifdef SPK_VECTORS
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,bmi,bmi2,popcnt")))

SPK_ALWAYS_INLINE TARGET uint64_t
newlines(const char *bytes)
{
	const __m256i newline = _mm256_set1_epi8('\n');
	__m256i		  low = _mm256_loadu_si256((const __m256i *) bytes);
	__m256i		  high = _mm256_loadu_si256((const __m256i *) (bytes + 32));

	low = _mm256_cmpeq_epi8(low, newline);
	high = _mm256_cmpeq_epi8(high, newline);
	return (uint32_t) _mm256_movemask_epi8(low) |
		(uint64_t) (uint32_t) _mm256_movemask_epi8(high) << 32;
}

static TARGET uint32_t
find_by_vectors(const char *bytes, size_t len, uint16_t *ends)
{
	uint32_t n = 0;
	size_t	 at = 0;

	for (; len - at >= SPK_INDEX_BLOCK; at += SPK_INDEX_BLOCK)
	{
		uint64_t set = newlines(bytes + at);

		/* written in any case; without a newline the next one takes its place */
		ends[n] = (uint16_t) (at + _tzcnt_u64(set));
		n += set != 0;
		for (set &= set - 1; spk_unlikely(set != 0); set &= set - 1)
			ends[n++] = (uint16_t) (at + _tzcnt_u64(set));
	}
	return find_plainly(bytes, len, at, n, ends);
}
#endif

uint32_t
spk_line_ends(SpkLineWay way, const char *bytes, size_t len, uint16_t *ends)
{
#ifdef SPK_VECTORS
	if (way == SPK_LINE_AVX2 || way == SPK_LINE_AVX512)
		return find_by_vectors(bytes, len, ends);
#endif
	(void) way;
	return find_plainly(bytes, len, 0, 0, ends);
}
