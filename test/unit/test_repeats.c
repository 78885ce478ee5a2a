/*
 * test_repeats.c
 *	  Rows that come again, against comparing all pairs of rows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/rows/distinct.h"
#include "core/rows/repeats.h"
#include "unit_host.h"
#include "unit_table.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

static UnitHost state = UNIT_HOST_INIT;

static uint64_t groups[UNIT_MAX_TABLE_ROWS];
static double	times[UNIT_MAX_TABLE_ROWS];

static bool
same_number(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static bool
same_row(const UnitTable *t, const double *dates, uint32_t a, uint32_t b)
{
	if (t->labels[a] != t->labels[b] || (dates != NULL && !same_number(dates[a], dates[b])) ||
		t->table.groups[a] != t->table.groups[b])
		return false;
	for (uint32_t c = 0; c < t->table.n_columns; c++)
		if (t->columns[c].kind == SPK_CATEGORY ? t->ids[c][a] != t->ids[c][b] :
												 !same_number(t->numbers[c][a], t->numbers[c][b]))
			return false;
	return true;
}

static uint32_t
naive_repeats(const UnitTable *t, const double *dates)
{
	uint32_t n = 0;

	for (uint32_t r = 0; r < t->table.n_rows; r++)
	{
		uint32_t before = 0;

		while (before < r && !same_row(t, dates, before, r))
			before++;
		n += t->table.groups[r] != 0 && before < r;
	}
	return n;
}

static uint32_t
repeats(const UnitTable *t, const double *dates)
{
	SpkHost	 host = unit_host(&state);
	uint32_t n = 0;

	assert_int_equal(spk_count_repeats(&host, &t->table, dates, &n), SPK_OK);
	assert_int_equal(state.live, 0);
	return n;
}

/* Rows of few values, so that many are equal in some of them and few in all. */
static UnitTable *
small_values(SpkRng *rng, uint32_t n_rows)
{
	static const SpkCategory cities[] = {{"Bonn", 4}, {"Aix", 3}};
	UnitTable				*t = unit_table_new(n_rows);
	double					*x = unit_table_numbers(t, "x");
	uint32_t				*city = unit_table_categories(t, "city", cities, 2);

	for (uint32_t r = 0; r < n_rows; r++)
	{
		x[r] = spk_rng_below(rng, 4) == 0 ? NAN : spk_rng_below(rng, 5) - 0.0;
		if (x[r] == 0 && spk_rng_below(rng, 2) == 0)
			x[r] = -0.0;
		city[r] = spk_rng_below(rng, 3) == 0 ? SPK_NO_ID : spk_rng_below(rng, 2);
		t->labels[r] = (uint8_t) spk_rng_below(rng, 2);
		groups[r] = spk_rng_below(rng, 8) == 0 ? 0 : spk_mix64(1 + spk_rng_below(rng, n_rows / 4));
		times[r] = spk_rng_below(rng, 9) == 0 ? NAN : spk_rng_below(rng, 2);
	}
	t->table.groups = groups;
	return t;
}

static void
users_known(void **unused)
{
	SpkRng rng = spk_rng(1, 1);

	for (int round = 0; round < 50; round++)
	{
		UnitTable *t = small_values(&rng, 8 + spk_rng_below(&rng, 400));

		assert_int_equal(repeats(t, NULL), naive_repeats(t, NULL));
		assert_int_equal(repeats(t, times), naive_repeats(t, times));
		assert_true(naive_repeats(t, times) <= naive_repeats(t, NULL));
		free(t);
	}
}

/* Without users: what is told, and what chance or idle users make and is not. */
static void
users_unknown(void **unused)
{
	SpkRng	   rng = spk_rng(2, 2);
	UnitTable *t = unit_table_new(2000);
	double	  *x = unit_table_numbers(t, "x");
	double	  *y = unit_table_numbers(t, "y");
	double	  *z = unit_table_numbers(t, "z");

	for (uint32_t r = 0; r < 2000; r++)
	{
		x[r] = spk_rng_double(&rng);
		y[r] = spk_rng_below(&rng, 10);
		z[r] = spk_rng_below(&rng, 10);
		t->labels[r] = (uint8_t) spk_rng_below(&rng, 2);
	}
	assert_int_equal(repeats(t, NULL), 0);

	/* two thirds again */
	for (uint32_t r = 1200; r < 2000; r++)
	{
		x[r] = x[r - 1200];
		y[r] = y[r - 1200];
		z[r] = z[r - 1200];
		t->labels[r] = t->labels[r - 1200];
	}
	assert_int_equal(repeats(t, NULL), 800);

	/* dates tell them apart */
	for (uint32_t r = 0; r < 2000; r++)
		times[r] = r / 1200;
	assert_int_equal(repeats(t, times), 0);

	/* a third does nothing: one row, and its like, again and again */
	for (uint32_t r = 1200; r < 2000; r++)
	{
		x[r] = y[r] = z[r] = 0;
		t->labels[r] = r % 2;
	}
	assert_int_equal(repeats(t, NULL), 0);

	/* few values, which are equal by chance: 200 rows of 2000 that there may be */
	for (uint32_t r = 0; r < 2000; r++)
		x[r] = spk_rng_below(&rng, 2);
	assert_int_equal(repeats(t, NULL), 0);
	free(t);
}

#define MANY_KEYS 30000

/* Keys of which n_again are those of others, at any place. */
static void
draw_keys(SpkRng *rng, uint64_t *keys, uint32_t n, uint32_t n_again)
{
	for (uint32_t i = 0; i < n; i++)
		keys[i] = spk_mix64(i + 1 + ((uint64_t) spk_rng_below(rng, 1000) << 32));
	for (uint32_t i = 0; i < n_again; i++)
		keys[spk_rng_below(rng, n)] = keys[spk_rng_below(rng, n)];
}

static int
compare_keys(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *) a;
	uint64_t y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

/* How many of n sorted keys are as this one? */
static uint32_t
count_key(const uint64_t *sorted, uint32_t n, uint64_t key)
{
	const uint64_t *at = bsearch(&key, sorted, n, sizeof(key), compare_keys);
	uint32_t		count = 0;

	while (at > sorted && at[-1] == key)
		at--;
	for (; at < sorted + n && *at == key; at++)
		count++;
	return count;
}

static void
what_is_there_again(void **unused)
{
	SpkRng	  rng = spk_rng(4, 4);
	SpkHost	  host = unit_host(&state);
	uint64_t *keys = malloc(2 * MANY_KEYS * sizeof(uint64_t));
	uint64_t *sorted = keys + MANY_KEYS;
	uint32_t *places = malloc(MANY_KEYS * sizeof(uint32_t));

	for (int round = 0; round < 60; round++)
	{
		uint32_t n = round < 5 ? (uint32_t) round : 1 + spk_rng_below(&rng, MANY_KEYS);
		uint32_t n_again = round % 3 == 0 || n == 0 ? 0 :
													  spk_rng_below(&rng, round % 3 == 1 ? 4 : n);
		uint32_t left = n;
		uint32_t n_single = 0;
		uint32_t at = 0;
		bool	 differ = true;
		bool	 all;

		draw_keys(&rng, keys, n, n_again);
		memcpy(sorted, keys, n * sizeof(uint64_t));
		qsort(sorted, n, sizeof(uint64_t), compare_keys);
		for (uint32_t i = 1; i < n; i++)
			differ &= sorted[i] != sorted[i - 1];
		assert_int_equal(spk_all_differ(&host, keys, n, &all), SPK_OK);
		assert_true(all == differ);

		/* all that are there again are left, in order, and of the others a few */
		for (uint32_t i = 0; i < n; i++)
			places[i] = i;
		assert_int_equal(spk_leave_repeated(&host, keys, places, &left), SPK_OK);
		for (uint32_t i = 0; i < n; i++)
		{
			bool listed = at < left && places[at] == i;
			bool single = count_key(sorted, n, keys[i]) == 1;

			assert_true(listed || single);
			n_single += listed && single;
			at += listed;
		}
		assert_int_equal(at, left);
		assert_true(n_single <= 20 + n / 5);

		/* a key that is not known */
		if (n > 0)
		{
			keys[spk_rng_below(&rng, n)] = 0;
			assert_int_equal(spk_all_differ(&host, keys, n, &all), SPK_OK);
			assert_false(all);
		}
		assert_int_equal(state.live, 0);
	}
	free(keys);
	free(places);
}

static void
failures(void **unused)
{
	SpkRng	   rng = spk_rng(3, 3);
	UnitTable *t = small_values(&rng, 300);
	UnitHost   unit = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&unit);
	SpkStatus  status = SPK_NO_MEMORY;
	uint32_t   n;

	for (unit.allocs_left = 0; status == SPK_NO_MEMORY; unit.allocs_left++)
	{
		long allocs = unit.allocs_left;

		status = spk_count_repeats(&host, &t->table, times, &n);
		assert_int_equal(unit.live, 0);
		unit.allocs_left = allocs;
	}
	assert_int_equal(status, SPK_OK);
	unit.allocs_left = -1;
	unit.polls_left = 0;
	assert_int_equal(spk_count_repeats(&host, &t->table, times, &n), SPK_CANCELLED);
	assert_int_equal(unit.live, 0);
	free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(users_known),
		cmocka_unit_test(users_unknown),
		cmocka_unit_test(what_is_there_again),
		cmocka_unit_test(failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
