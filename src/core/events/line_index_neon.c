/*
 * line_index_neon.c
 *	  The index of a line with NEON, which all 64-bit ARM processors have.
 */
#include "core/events/line_index.h"

#ifdef SPK_INDEX_NEON

#include <arm_neon.h>

#define TARGET

#define PARTS 4

typedef struct Bytes
{
	uint8x16_t part[PARTS];
} Bytes;

SPK_ALWAYS_INLINE Bytes
load(const char *p)
{
	Bytes bytes;

	SPK_INDEX_UNROLL
	for (int i = 0; i < PARTS; i++)
		bytes.part[i] = vld1q_u8((const uint8_t *) p + 16 * i);
	return bytes;
}

/* The set of the places whose bytes are all ones; the others are zeros. */
SPK_ALWAYS_INLINE uint64_t
set_of(Bytes bytes)
{
	static const uint8_t bits[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
	uint8x16_t			 bit = vld1q_u8(bits);
	uint8x16_t low = vpaddq_u8(vandq_u8(bytes.part[0], bit), vandq_u8(bytes.part[1], bit));
	uint8x16_t high = vpaddq_u8(vandq_u8(bytes.part[2], bit), vandq_u8(bytes.part[3], bit));

	/* each addition of neighbours halves the bytes that one of the set comes from */
	low = vpaddq_u8(low, high);
	low = vpaddq_u8(low, low);
	return vgetq_lane_u64(vreinterpretq_u64_u8(low), 0);
}

SPK_ALWAYS_INLINE uint64_t
is_high(Bytes bytes)
{
	SPK_INDEX_UNROLL
	for (int i = 0; i < PARTS; i++)
		bytes.part[i] = vcgeq_u8(bytes.part[i], vdupq_n_u8(0x80));
	return set_of(bytes);
}

SPK_ALWAYS_INLINE uint64_t
is(Bytes bytes, char byte)
{
	SPK_INDEX_UNROLL
	for (int i = 0; i < PARTS; i++)
		bytes.part[i] = vceqq_u8(bytes.part[i], vdupq_n_u8((uint8_t) byte));
	return set_of(bytes);
}

SPK_ALWAYS_INLINE uint64_t
is_below(Bytes bytes, char byte)
{
	SPK_INDEX_UNROLL
	for (int i = 0; i < PARTS; i++)
		bytes.part[i] = vcltq_u8(bytes.part[i], vdupq_n_u8((uint8_t) byte));
	return set_of(bytes);
}

SPK_ALWAYS_INLINE Bytes
minus(Bytes bytes, char byte)
{
	SPK_INDEX_UNROLL
	for (int i = 0; i < PARTS; i++)
		bytes.part[i] = vsubq_u8(bytes.part[i], vdupq_n_u8((uint8_t) byte));
	return bytes;
}

SPK_ALWAYS_INLINE Bytes
small(Bytes bytes)
{
	SPK_INDEX_UNROLL
	for (int i = 0; i < PARTS; i++)
		bytes.part[i] = vorrq_u8(bytes.part[i], vdupq_n_u8(0x20));
	return bytes;
}

SPK_ALWAYS_INLINE uint64_t
is_short_escape(Bytes bytes)
{
	return is(bytes, '"') | is(bytes, '\\') | is(bytes, '/') | is(bytes, 'n') | is(bytes, 't') |
		is(bytes, 'r') | is(bytes, 'b') | is(bytes, 'f');
}

/* Four at a time, so that few branches depend on how many they are. */
SPK_ALWAYS_INLINE uint32_t
put_places(uint16_t *to, uint64_t set, size_t base)
{
	uint16_t *start = to;

	while (set != 0)
	{
		int n = 0;

		SPK_INDEX_UNROLL
		for (int i = 0; i < 4; i++)
		{
			/* without a place left any one will do */
			to[i] = (uint16_t) (base + (size_t) __builtin_ctzll(set | UINT64_C(1) << 63));
			n += set != 0;
			set &= set - 1;
		}
		to += n;
	}
	return (uint32_t) (to - start);
}

#include "core/events/line_index_parts.h"

static bool
index_neon(const char *line, size_t len, SpkLineIndex *index)
{
	return index_line(line, len, index);
}

static bool
fit_neon(const SpkLinePiece *pieces, int n, const char *line, size_t len, const uint16_t *quotes)
{
	return pieces_fit(pieces, n, line, len, quotes);
}

const SpkIndexFunctions spk_index_neon = {index_neon, fit_neon, 8};

#endif
