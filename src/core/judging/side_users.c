/*
 * side_users.c
 *	  The users of rows that have something in common.
 */
#include <math.h>

#include "core/judging/side_users.h"
#include "core/base/sort.h"

/* Users of a value are counted by keys that have the value in front, and of the user so many bits. */
#define USER_BITS 40
#define MAX_PLACE (UINT32_C(1) << (64 - USER_BITS))

/* The place of a key among values; n when it is none of them. */
static uint32_t
place_of_value(const SpkSideTally *values, uint32_t n, uint64_t key)
{
	uint32_t low = 0;
	uint32_t high = n;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (values[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && values[low].key == key ? low : n;
}

/* Sets *key to that of the row's value; false when it is missing. */
static inline bool
key_at(const SpkColumn *column, uint32_t row, uint64_t *key)
{
	if (column->kind == SPK_CATEGORY)
	{
		*key = column->ids[row];
		return column->ids[row] != SPK_NO_ID;
	}
	if (isnan(column->numbers[row]))
		return false;
	*key = spk_key_of_number(column->numbers[row]);
	return true;
}

/* Has the row one of these things?  With VALUES, *place becomes the value's. */
static bool
has_thing(const SpkColumn *column, uint32_t row, const SpkThings *things, uint32_t *place)
{
	uint64_t key = 0;
	bool	 known = key_at(column, row, &key);

	/* a value beyond those that can be counted is not told */
	*place = 0;
	switch (things->kind)
	{
		case SPK_SIDE_NONE:
			return false;
		case SPK_SIDE_KNOWN:
			return known;
		case SPK_SIDE_MISSING:
			return !known;
		case SPK_SIDE_OTHERS:
			return known && key != things->key;
		case SPK_SIDE_VALUES:
			if (known)
				*place = place_of_value(things->values, things->n_values, key);
			return known && *place < things->n_values && *place < MAX_PLACE;
		case SPK_SIDE_BELOW:
			return known && key <= things->key;
		case SPK_SIDE_ABOVE:
			return known && key >= things->key;
	}
	return false;
}

SpkStatus
spk_side_users(const SpkHost *host, const SpkSideColumn *c, const SpkThings *things, bool apart,
			   uint32_t n_rows, uint32_t *users)
{
	uint64_t *keys = spk_alloc(host, n_rows, 2 * sizeof(uint64_t));
	uint32_t  n = 0;
	uint32_t  place;
	SpkStatus status;

	if (keys == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t row = 0; row < c->table->n_rows && n < n_rows; row++)
	{
		if (row % SPK_POLL_ROWS == 0 && spk_cancelled(host))
		{
			spk_release(host, keys);
			return SPK_CANCELLED;
		}
		if (has_thing(c->column, row, things, &place))
			keys[n++] = ((uint64_t) (apart ? place : 0) << USER_BITS) |
				(c->groups[row] >> (64 - USER_BITS));
	}
	status = spk_sort_u64(host, keys, keys + n_rows, n, 0);

	/* the upper bits of a user's hash are 0 for those without one, and hardly for others */
	for (uint32_t i = 0; i < n && status == SPK_OK; i++)
		if (i == 0 || keys[i] != keys[i - 1] || keys[i] << (64 - USER_BITS) == 0)
			users[keys[i] >> USER_BITS]++;
	spk_release(host, keys);
	return status;
}
