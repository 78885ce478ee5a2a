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
block_outcomes(const Codes *codes, const SpkBlock *block)
{
	const __m256i *slots = (const __m256i *) block->slot;
	const __m256i *splits = (const __m256i *) block->split;
	uint32_t	   low = above(look_up(codes, slots[0]), splits[0]);
	uint32_t	   high = above(look_up(codes, slots[1]), splits[1]);

	return low | (uint64_t) high << 32;
}

SPK_ALWAYS_INLINE TARGET uint32_t
small_block_outcomes(const Codes *codes, const SpkSmallBlock *block)
{
	__m128i splits = *(const __m128i *) block->split;
	__m128i found = look_up_half(codes, *(const __m128i *) block->slot);

	return ~(uint32_t) _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(found, splits), splits));
}

#include "core/scoring/walk_blocks.h"

SPK_ALWAYS_INLINE TARGET double
walk_tables(const SpkWalker *walker, const uint8_t *row, const int n)
{
	Codes codes = {.n = n};

	for (int i = 0; i < n; i++)
		codes.table[i] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *) row + i));
	return walk_blocks(walker, row, &codes);
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
