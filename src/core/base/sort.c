/*
 * sort.c
 *	  Sorting keys of 64 bits.
 */
#include <string.h>

#include "core/base/sort.h"

#define DIGIT_BITS 8
#define DIGITS	   (1 << DIGIT_BITS)
#define MAX_PASSES (64 / DIGIT_BITS)
#define FEW_KEYS   128

static inline unsigned
digit_of(uint64_t key, unsigned shift)
{
	return (unsigned) (key >> shift) & (DIGITS - 1);
}

/* Counts the digits of all passes at once. */
static SpkStatus
count_digits(const SpkHost *host, const uint64_t *keys, uint32_t n, unsigned low_bit,
			 uint32_t counts[MAX_PASSES][DIGITS])
{
	memset(counts, 0, sizeof(uint32_t) * MAX_PASSES * DIGITS);
	for (uint32_t i = 0; i < n; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		for (unsigned shift = low_bit, pass = 0; shift < 64; shift += DIGIT_BITS, pass++)
			counts[pass][digit_of(keys[i], shift)]++;
	}
	return SPK_OK;
}

/* Moves the keys to their places by one digit; each count becomes the place behind its keys. */
static SpkStatus
scatter(const SpkHost *host, const uint64_t *from, uint64_t *to, uint32_t n, unsigned shift,
		uint32_t *counts)
{
	uint32_t place = 0;

	for (int d = 0; d < DIGITS; d++)
	{
		uint32_t count = counts[d];

		counts[d] = place;
		place += count;
	}
	for (uint32_t i = 0; i < n; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		to[counts[digit_of(from[i], shift)]++] = from[i];
	}
	return SPK_OK;
}

/* For few keys, of which counting digits would cost more than comparing. */
static void
insert_sort(uint64_t *keys, uint32_t n, unsigned low_bit)
{
	for (uint32_t i = 1; i < n; i++)
	{
		uint64_t key = keys[i];
		uint32_t at = i;

		for (; at > 0 && keys[at - 1] >> low_bit > key >> low_bit; at--)
			keys[at] = keys[at - 1];
		keys[at] = key;
	}
}

SpkStatus
spk_sort_u64(const SpkHost *host, uint64_t *keys, uint64_t *scratch, uint32_t n, unsigned low_bit)
{
	uint32_t  counts[MAX_PASSES][DIGITS];
	uint64_t *from = keys;
	uint64_t *to = scratch;
	SpkStatus status;

	if (n <= FEW_KEYS)
	{
		insert_sort(keys, n, low_bit);
		return SPK_OK;
	}

	/* the digits of a key are the same in every order, so one pass counts them all */
	status = count_digits(host, keys, n, low_bit, counts);
	for (unsigned shift = low_bit, pass = 0; shift < 64 && status == SPK_OK;
		 shift += DIGIT_BITS, pass++)
	{
		uint64_t *swap = from;

		if (counts[pass][digit_of(from[0], shift)] == n)
			continue;
		status = scatter(host, from, to, n, shift, counts[pass]);
		from = to;
		to = swap;
	}

	/* an odd number of passes leaves the result in scratch */
	if (status == SPK_OK && from != keys)
		memcpy(keys, from, (size_t) n * sizeof(uint64_t));
	return status;
}

uint32_t
spk_unique_keys(uint64_t *keys, uint32_t n)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < n; i++)
		if (i == 0 || keys[i] != keys[i - 1])
			keys[kept++] = keys[i];
	return kept;
}

uint32_t
spk_place_of_key(const uint64_t *keys, uint32_t n, uint64_t key)
{
	uint32_t low = 0;

	while (n > 1)
	{
		uint32_t half = n / 2;

		if (keys[low + half] <= key)
			low += half;
		n -= half;
	}
	return low;
}
