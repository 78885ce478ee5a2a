/*
 * distinct.c
 *	Counting the distinct and the equal values of a column.
 */
#include <math.h>
#include <string.h>

#include "core/rows/distinct.h"
#include "core/base/hash.h"
#include "core/rows/matrix.h"
#include "core/base/sort.h"

/* A hash set of keys.  0 marks a free slot, so no key is 0. */
typedef struct Set
{
	uint64_t *slots;
	size_t	  capacity; /* a power of 2 */
	uint32_t  n;
} Set;

/* Sets *key to a key of the row's value; false when it is not known. */
static inline bool
key_at(const SpkSeries *s, uint32_t row, uint64_t *key)
{
	if (s->numbers != NULL)
	{
		if (isnan(s->numbers[row]))
			return false;
		*key = spk_key_of_number(s->numbers[row]);
		return true;
	}
	*key = s->ids != NULL ? s->ids[row] : s->groups[row];
	return s->ids != NULL ? s->ids[row] != SPK_NO_ID : s->groups[row] != 0;
}

/* Puts the key into its slot; false when it is there already. */
static bool
put_key(uint64_t *slots, size_t capacity, uint64_t key)
{
	size_t at = (size_t) spk_mix64(key) & (capacity - 1);

	while (slots[at] != 0 && slots[at] != key)
		at = (at + 1) & (capacity - 1);
	if (slots[at] == key)
		return false;
	slots[at] = key;
	return true;
}

static SpkStatus
grow_set(const SpkHost *host, Set *set)
{
	size_t	  capacity = set->capacity == 0 ? 1024 : set->capacity * 2;
	uint64_t *slots = spk_alloc(host, capacity, sizeof(uint64_t));

	if (slots == NULL)
		return SPK_NO_MEMORY;
	memset(slots, 0, capacity * sizeof(uint64_t));
	for (size_t i = 0; i < set->capacity; i++)
		if (set->slots[i] != 0)
			put_key(slots, capacity, set->slots[i]);
	spk_release(host, set->slots);
	set->slots = slots;
	set->capacity = capacity;
	return SPK_OK;
}

/* Adds a key, and sets *fresh to whether it was new. */
static SpkStatus
add_key(const SpkHost *host, Set *set, uint64_t key, bool *fresh)
{
	if (set->n >= set->capacity / 2)
	{
		SpkStatus status = grow_set(host, set);

		if (status != SPK_OK)
			return status;
	}
	*fresh = put_key(set->slots, set->capacity, key == 0 ? 1 : key);
	set->n += *fresh;
	return SPK_OK;
}

SpkStatus
spk_count_distinct(const SpkHost *host, const SpkSeries *s, const SpkSeries *with,
				   uint32_t max_again, uint32_t max_distinct, uint32_t *n_known,
				   uint32_t *n_distinct)
{
	Set		  set = {0};
	SpkStatus status = SPK_OK;

	*n_known = 0;
	for (uint32_t row = 0; row < s->n_rows && status == SPK_OK; row++)
	{
		uint64_t key;
		uint64_t other;
		bool	 fresh;

		if (row % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			status = SPK_CANCELLED;
		if (status != SPK_OK || !key_at(s, row, &key) ||
			(with != NULL && !key_at(with, row, &other)))
			continue;

		/* a pair is a hash of 64 bits, which two of them are not likely to share */
		(*n_known)++;
		status = add_key(host, &set,
						 with != NULL ? spk_hash_combine(key, other) : spk_mix64(key + 1), &fresh);
		if (*n_known - set.n > max_again || set.n > max_distinct)
			break;
	}
	*n_distinct = set.n;
	spk_release(host, set.slots);
	return status;
}

SpkStatus
spk_count_equal_pairs(const SpkHost *host, const SpkSeries *s, double *pairs)
{
	uint64_t *keys = spk_alloc(host, s->n_rows, 2 * sizeof(uint64_t));
	uint32_t  n = 0;
	SpkStatus status;

	if (keys == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t row = 0; row < s->n_rows; row++)
		n += key_at(s, row, &keys[n]);
	status = spk_sort_u64(host, keys, keys + s->n_rows, n, 0);
	*pairs = 0;
	for (uint32_t i = 0, start = 0; i < n && status == SPK_OK; i++)
	{
		if (keys[i] != keys[start])
			start = i;
		*pairs += i - start;
	}
	spk_release(host, keys);
	return status;
}
