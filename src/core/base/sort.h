/*
 * sort.h
 *	  Sorting keys of 64 bits, and numbers as such keys.
 */
#ifndef SPK_CORE_BASE_SORT_H
#define SPK_CORE_BASE_SORT_H

#include <string.h>

#include "core/base/host.h"

/* The most rows to work on between two polls of the host: well below a millisecond. */
#define SPK_POLL_ROWS UINT32_C(65536)

/*
 * Sorts n keys in ascending order by their bits from low_bit up.  Keys that agree
 * in these bits keep their order.  scratch has room for n keys, and no other memory
 * is needed.  It is a radix sort from the lowest digit of 8 bits to the highest;
 * digits in which all keys agree cost no pass.  Returns SPK_OK, or SPK_CANCELLED,
 * after which keys may be missing.
 */
extern SpkStatus spk_sort_u64(const SpkHost *host, uint64_t *keys, uint64_t *scratch, uint32_t n,
							  unsigned low_bit);

/* Maps a number that is not NaN to a key, so that keys order as numbers do; -0 counts as 0. */
static inline uint64_t
spk_key_of_number(double number)
{
	uint64_t bits;

	number += 0.0; /* -0 becomes 0 */
	memcpy(&bits, &number, sizeof(bits));
	return bits >> 63 ? ~bits : bits | (UINT64_C(1) << 63);
}

/* The inverse of spk_key_of_number. */
static inline double
spk_number_of_key(uint64_t key)
{
	uint64_t bits = key >> 63 ? key & ~(UINT64_C(1) << 63) : ~key;
	double	 number;

	memcpy(&number, &bits, sizeof(number));
	return number;
}

/* Leaves one of each of n sorted keys, in front; returns how many these are. */
extern uint32_t spk_unique_keys(uint64_t *keys, uint32_t n);

/* Returns the place of a key among n sorted distinct keys, of which it must be one. */
extern uint32_t spk_place_of_key(const uint64_t *keys, uint32_t n, uint64_t key);

#endif /* SPK_CORE_BASE_SORT_H */
