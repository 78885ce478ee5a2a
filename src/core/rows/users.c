/*
 * users.c
 *	  Numbering the users of a matrix.
 */
#include <string.h>

#include "core/base/sort.h"
#include "core/rows/users.h"

/* No user has this number. */
#define NO_NUMBER UINT32_MAX

/* Work space: three words for each row. */
typedef struct Work
{
	uint64_t *keys; /* of the matrix's rows */
	uint64_t *places;
	uint64_t *scratch;
} Work;

/* Puts rows of the same key together, in the order of rows: places has them in its lower halves. */
static SpkStatus
sort_by_key(const SpkHost *host, const uint64_t *keys, uint64_t *places, uint64_t *scratch,
			uint32_t n)
{
	SpkStatus status = SPK_OK;

	/* the sort is stable, so that the upper half, which is sorted by last, counts most */
	for (uint32_t i = 0; i < n; i++)
		places[i] = i;
	for (int shift = 0; shift <= 32 && status == SPK_OK; shift += 32)
	{
		for (uint32_t i = 0; i < n; i++)
		{
			uint32_t row = (uint32_t) places[i];

			if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
				return SPK_CANCELLED;
			places[i] = (keys[row] >> shift) << 32 | row;
		}
		status = spk_sort_u64(host, places, scratch, n, 32);
	}
	return status;
}

/*
 * Puts n rows that are equal in all bytes, of which any order is as good, into that of
 * their keys.  What else is known of each row, as its fold, is found by its origin.
 */
static SpkStatus
order_equal_rows(const SpkHost *host, Work *w, uint64_t *keys, uint32_t *origins, uint32_t n)
{
	SpkStatus status = sort_by_key(host, keys, w->places, w->scratch, n);

	for (uint32_t i = 0; i < n && status == SPK_OK; i++)
	{
		uint32_t place = (uint32_t) w->places[i];

		w->places[i] = keys[place];
		w->scratch[i] = origins[place];
	}
	for (uint32_t i = 0; i < n && status == SPK_OK; i++)
	{
		keys[i] = w->places[i];
		origins[i] = (uint32_t) w->scratch[i];
	}
	return status;
}

/* Does so wherever rows that follow one another are equal. */
static SpkStatus
order_rows(const SpkHost *host, const SpkMatrix *matrix, Work *w, uint32_t *origins)
{
	SpkStatus status = SPK_OK;
	uint32_t  to;

	for (uint32_t from = 0; from < matrix->n_rows && status == SPK_OK; from = to)
	{
		const uint8_t *row = spk_matrix_row(matrix, from);

		for (to = from + 1; to < matrix->n_rows; to++)
		{
			if (to % SPK_POLL_ROWS == 0 && spk_cancelled(host))
				return SPK_CANCELLED;
			if (memcmp(row, spk_matrix_row(matrix, to), matrix->stride) != 0)
				break;
		}
		if (to > from + 1)
			status = order_equal_rows(host, w, w->keys + from, origins + from, to - from);
	}
	return status;
}

/* Sets numbers to the first row of each row's user; true when some user has several rows. */
static bool
find_first_rows(const uint64_t *keys, const uint64_t *places, uint32_t n, uint32_t *numbers)
{
	bool several = false;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t row = (uint32_t) places[i];
		uint32_t before = i == 0 ? row : (uint32_t) places[i - 1];
		bool	 again = i > 0 && keys[row] != 0 && keys[row] == keys[before];

		numbers[row] = again ? numbers[before] : row;
		several |= again;
	}
	return several;
}

/* Turns first rows into dense numbers, in place: a user's first row comes before its others. */
static uint32_t
number_first_rows(uint32_t *numbers, uint32_t n)
{
	uint32_t n_users = 0;

	for (uint32_t i = 0; i < n; i++)
		numbers[i] = numbers[i] == i ? n_users++ : numbers[numbers[i]];
	return n_users;
}

uint64_t
spk_users_work_size(uint32_t n_rows)
{
	return (uint64_t) n_rows * 3 * sizeof(uint64_t);
}

SpkStatus
spk_number_users(const SpkHost *host, const uint64_t *keys, uint32_t *origins, uint32_t *numbers,
				 SpkMatrix *matrix)
{
	uint32_t  n = matrix->n_rows;
	Work	  w = {.keys = spk_alloc(host, n, 3 * sizeof(uint64_t))};
	SpkStatus status;

	matrix->users = NULL;
	matrix->n_users = 0;
	if (w.keys == NULL)
		return SPK_NO_MEMORY;
	w.places = w.keys + n;
	w.scratch = w.places + n;
	for (uint32_t i = 0; i < n; i++)
		w.keys[i] = keys[origins[i]];
	status = order_rows(host, matrix, &w, origins);
	if (status == SPK_OK)
		status = sort_by_key(host, w.keys, w.places, w.scratch, n);
	if (status == SPK_OK && find_first_rows(w.keys, w.places, n, numbers))
	{
		matrix->n_users = number_first_rows(numbers, n);
		matrix->users = numbers;
	}
	spk_release(host, w.keys);
	return status;
}

SpkStatus
spk_renumber_users(const SpkHost *host, const SpkMatrix *all, uint32_t *numbers, SpkMatrix *some)
{
	uint32_t *number_of = spk_alloc(host, all->n_users, sizeof(uint32_t));
	uint32_t  n_users = 0;

	if (number_of == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t i = 0; i < all->n_users; i++)
		number_of[i] = NO_NUMBER;
	for (uint32_t i = 0; i < some->n_rows; i++)
	{
		uint32_t *number = &number_of[numbers[i]];

		if (*number == NO_NUMBER)
			*number = n_users++;
		numbers[i] = *number;
	}
	some->users = numbers;
	some->n_users = n_users;
	spk_release(host, number_of);
	return SPK_OK;
}
