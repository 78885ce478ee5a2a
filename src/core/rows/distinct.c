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

/* ---- What is there again ---- */

/* There are at least so many bits for each hash: one in so many finds its bit set by chance. */
#define BITS_A_HASH	 16
#define PLACES_AHEAD 16

/* The bit of a hash, in a set of 2^bits of them. */
static inline uint64_t
bit_of(uint64_t hash, unsigned bits)
{
	return hash >> (64 - bits);
}

/* Notes the bits that are met, and those that are met again. */
static SpkStatus
note_bits(const SpkHost *host, const uint64_t *hashes, const uint32_t *places, uint32_t n,
		  uint64_t *met, uint64_t *again, unsigned bits)
{
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t later = i + PLACES_AHEAD < n ? i + PLACES_AHEAD : i;
		uint64_t bit = bit_of(hashes[places[i]], bits);
		uint64_t mask = UINT64_C(1) << bit % 64;

		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		__builtin_prefetch(&met[bit_of(hashes[places[later]], bits) / 64], 1);
		if (met[bit / 64] & mask)
			again[bit / 64] |= mask;
		met[bit / 64] |= mask;
	}
	return SPK_OK;
}

/* Leaves the places whose bits are set. */
static SpkStatus
leave_set(const SpkHost *host, const uint64_t *hashes, uint32_t *places, uint32_t *n,
		  const uint64_t *set, unsigned bits)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < *n; i++)
	{
		uint32_t later = i + PLACES_AHEAD < *n ? i + PLACES_AHEAD : i;
		uint64_t bit = bit_of(hashes[places[i]], bits);

		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		__builtin_prefetch(&set[bit_of(hashes[places[later]], bits) / 64]);
		places[kept] = places[i];
		kept += set[bit / 64] >> bit % 64 & 1;
	}
	*n = kept;
	return SPK_OK;
}

SpkStatus
spk_leave_repeated(const SpkHost *host, const uint64_t *hashes, uint32_t *places, uint32_t *n)
{
	unsigned  bits = 16;
	uint64_t *sets;
	size_t	  words;
	SpkStatus status = SPK_NO_MEMORY;

	while ((UINT64_C(1) << bits) / BITS_A_HASH < *n)
		bits++;
	words = (size_t) 1 << (bits - 6);
	sets = spk_alloc(host, words, 2 * sizeof(uint64_t));
	if (sets != NULL)
	{
		memset(sets, 0, words * 2 * sizeof(uint64_t));
		status = note_bits(host, hashes, places, *n, sets, sets + words, bits);
	}
	if (status == SPK_OK)
		status = leave_set(host, hashes, places, n, sets + words, bits);
	spk_release(host, sets);
	return status;
}

/* Of so many keys it is looked first whether one is there again, which is mostly so if ever. */
#define FIRST_KEYS 4096

SpkStatus
spk_all_differ(const SpkHost *host, const uint64_t *keys, uint32_t n, bool *all)
{
	SpkSeries first = {.groups = keys, .n_rows = n < FIRST_KEYS ? n : FIRST_KEYS};
	uint64_t *hashes;
	uint32_t *places;
	uint32_t  n_known;
	uint32_t  n_distinct;
	uint32_t  left = n;
	SpkStatus status = spk_count_distinct(host, &first, NULL, 0, UINT32_MAX, &n_known, &n_distinct);

	*all = n_distinct == first.n_rows;
	if (status != SPK_OK || !*all || n <= FIRST_KEYS)
		return status;
	hashes = spk_alloc(host, n, sizeof(uint64_t));
	places = spk_alloc(host, n, sizeof(uint32_t));
	status = hashes == NULL || places == NULL ? SPK_NO_MEMORY : SPK_OK;

	/* a hash that is there once is of a key that is */
	for (uint32_t i = 0; i < n && status == SPK_OK; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			status = SPK_CANCELLED;
		hashes[i] = spk_mix64(keys[i] + 1);
		places[i] = i;
		*all &= keys[i] != 0;
	}
	if (status == SPK_OK && *all)
		status = spk_leave_repeated(host, hashes, places, &left);

	/* the mixing takes no two keys to the same hash, so that the hashes of those left tell */
	for (uint32_t i = 0; i < left && status == SPK_OK && *all; i++)
		hashes[i] = hashes[places[i]];
	if (status == SPK_OK && *all && left > 0)
	{
		uint64_t *scratch = spk_alloc(host, left, sizeof(uint64_t));

		status = scratch == NULL ? SPK_NO_MEMORY : spk_sort_u64(host, hashes, scratch, left, 0);
		spk_release(host, scratch);
	}
	for (uint32_t i = 1; i < left && status == SPK_OK; i++)
		*all &= hashes[i] != hashes[i - 1];
	spk_release(host, hashes);
	spk_release(host, places);
	return status;
}
