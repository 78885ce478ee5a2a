/*
 * sort.h
 *	  Sorting of 64-bit keys without allocation and with cancellation.
 */
#ifndef SPK_CORE_BASE_SORT_H
#define SPK_CORE_BASE_SORT_H

#include <string.h>

#include "core/base/host.h"

/* Work between two polls of the host: well below a millisecond. */
#define SPK_POLL_ROWS UINT32_C(65536)

/*
 * Sorts n keys ascending by their bits from low_bit up; keys that agree there
 * keep their order.  scratch has room for n keys too.  LSD radix sort with
 * 8-bit digits; digits in which all keys agree cost no pass.  SPK_CANCELLED.
 */
extern SpkStatus spk_sort_u64(const SpkHost *host, uint64_t *keys, uint64_t *scratch, uint32_t n,
							  unsigned low_bit);

/* An order-preserving map of numbers (no NaN; -0 equals 0) to keys, and back. */
static inline uint64_t
spk_key_of_number(double number)
{
	uint64_t bits;

	number += 0.0; /* -0 becomes 0 */
	memcpy(&bits, &number, sizeof(bits));
	return bits >> 63 ? ~bits : bits | (UINT64_C(1) << 63);
}

static inline double
spk_number_of_key(uint64_t key)
{
	uint64_t bits = key >> 63 ? key & ~(UINT64_C(1) << 63) : ~key;
	double	 number;

	memcpy(&number, &bits, sizeof(number));
	return number;
}

/* Makes n sorted keys distinct; how many there are then. */
extern uint32_t spk_unique_keys(uint64_t *keys, uint32_t n);

/* The place of a key, which is there, among n sorted distinct ones. */
extern uint32_t spk_place_of_key(const uint64_t *keys, uint32_t n, uint64_t key);

#endif /* SPK_CORE_BASE_SORT_H */
