/*
 * column_bits.h
 *	  Sets of columns as arrays of bits, because a table may have many.
 *
 * A set is n words of 64 bits; the column (or whatever else has a small number) is
 * bit number % 64 of word number / 64.
 */
#ifndef SPK_CORE_EVENTS_COLUMN_BITS_H
#define SPK_CORE_EVENTS_COLUMN_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The words of a set of the numbers from 0 to n - 1; at least one, so that no set is empty memory. */
#define SPK_BITS_WORDS(n) ((n) <= 64 ? (size_t) 1 : ((size_t) (n) + 63) / 64)

static inline bool
spk_bits_has(const uint64_t *set, int i)
{
	return (set[(unsigned) i / 64] >> ((unsigned) i % 64) & 1) != 0;
}

static inline void
spk_bits_add(uint64_t *set, int i)
{
	set[(unsigned) i / 64] |= UINT64_C(1) << ((unsigned) i % 64);
}

/* Adds i; false when the set has it already. */
static inline bool
spk_bits_take(uint64_t *set, int i)
{
	bool is_new = !spk_bits_has(set, i);

	spk_bits_add(set, i);
	return is_new;
}

static inline void
spk_bits_clear(uint64_t *set, size_t words)
{
	/* nearly all sets are of one word, and calls for so little take longer */
	set[0] = 0;
	for (size_t i = 1; i < words; i++)
		set[i] = 0;
}

static inline void
spk_bits_copy(uint64_t *to, const uint64_t *set, size_t words)
{
	to[0] = set[0];
	for (size_t i = 1; i < words; i++)
		to[i] = set[i];
}

/* Makes a the union of both.  Here and below the first word, which nearly always is all, comes apart. */
static inline void
spk_bits_join(uint64_t *a, const uint64_t *b, size_t words)
{
	a[0] |= b[0];
	for (size_t i = 1; i < words; i++)
		a[i] |= b[i];
}

/* Have the two sets anything in common? */
static inline bool
spk_bits_meet(const uint64_t *a, const uint64_t *b, size_t words)
{
	uint64_t both = a[0] & b[0];

	for (size_t i = 1; i < words; i++)
		both |= a[i] & b[i];
	return both != 0;
}

/* Is everything in a also in b? */
static inline bool
spk_bits_within(const uint64_t *a, const uint64_t *b, size_t words)
{
	uint64_t rest = a[0] & ~b[0];

	for (size_t i = 1; i < words; i++)
		rest |= a[i] & ~b[i];
	return rest == 0;
}

#endif /* SPK_CORE_EVENTS_COLUMN_BITS_H */
