/*
 * test_looks.c
 *	  Columns that look like ids and dates, labels that are cut off; and that
 *	  neither the order of rows nor a failure of the host matters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "core/rows/distinct.h"
#include "core/rows/horizon.h"
#include "core/rows/looks.h"
#include "unit_table.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define N_USERS 150
#define N_DATES 4
#define N_ROWS	(N_USERS * N_DATES)

/* Columns of snapshots */
enum
{
	USER,
	DAY,
	SONGS,
	ROWS,
	N_COLUMNS
};

/* Snapshots of users, in an order that the step gives. */
static UnitTable *
snapshots(uint32_t step, uint64_t *groups, double *times)
{
	UnitTable *t = unit_table_new(N_ROWS);
	double	  *user = unit_table_numbers(t, "u");
	double	  *day = unit_table_numbers(t, "d");
	double	  *songs = unit_table_numbers(t, "songs");
	double	  *rows = unit_table_numbers(t, "r");

	t->columns[DAY].kind = SPK_INSTANT;
	for (uint32_t i = 0; i < N_ROWS; i++)
	{
		uint32_t r = i * step % N_ROWS;
		uint32_t u = r / N_DATES;
		uint32_t d = r % N_DATES;

		user[i] = 7 * u + 1e9;
		day[i] = times[i] = 86400e6 * d;
		songs[i] = (r * 31 + r / 7) % 90;
		rows[i] = r + 5;
		groups[i] = u + 1;
		t->labels[i] = u % 5 == 0 && d < N_DATES - 1;
	}
	return t;
}

static void
look(const SpkTable *table, const uint64_t *groups, const double *times, SpkLooks *looks)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);

	assert_int_equal(spk_find_looks(&host, table, groups, times, looks), SPK_OK);
	assert_int_equal(unit.live, 0);
}

static void
test_snapshots(void **state)
{
	static const uint32_t steps[] = {1, 7, N_ROWS - 1};
	uint64_t			  groups[N_ROWS];
	double				  times[N_ROWS];
	SpkLooks			  looks[N_COLUMNS];

	for (int i = 0; i < 3; i++)
	{
		UnitTable *t = snapshots(steps[i], groups, times);

		/* a column of row numbers says that each user has one row, so that no date is looked for */
		look(&t->table, NULL, NULL, looks);
		assert_int_equal(looks[ROWS].look, SPK_LOOKS_UNIQUE);
		assert_int_equal(looks[DAY].look, SPK_LOOKS_FINE);

		/* but where dates are known it may number rows */
		look(&t->table, NULL, times, looks);
		assert_int_equal(looks[ROWS].look, SPK_LOOKS_UNIQUE);
		assert_int_equal(looks[USER].look, SPK_LOOKS_ONCE_A_DATE);
		t->table.n_columns = ROWS;
		look(&t->table, NULL, NULL, looks);
		assert_int_equal(looks[USER].look, SPK_LOOKS_ONCE_A_DATE);
		assert_int_equal(looks[USER].date, DAY);
		assert_int_equal(looks[DAY].look, SPK_LOOKS_DATE);
		assert_int_equal(looks[SONGS].look, SPK_LOOKS_FINE);
		look(&t->table, groups, NULL, looks);
		assert_int_equal(looks[DAY].look, SPK_LOOKS_DATE);
		look(&t->table, groups, times, looks);
		assert_int_equal(looks[USER].date, SPK_LOOKS_NO_COLUMN);
		assert_int_equal(looks[DAY].look, SPK_LOOKS_FINE);

		/* one row with the user of another on the same date, and it is none */
		t->numbers[USER][0] = t->numbers[USER][0] == 1e9 ? 1e9 + 7 : 1e9;
		look(&t->table, NULL, NULL, looks);
		assert_int_equal(looks[USER].look, SPK_LOOKS_FINE);
		assert_int_equal(looks[DAY].look, SPK_LOOKS_FINE);
		free(t);
	}
}

/* How a column looks that tells known users apart, numbers each so much larger than the one before. */
static SpkLook
look_of_users(uint32_t n_users, double times_larger, const char *name, bool category)
{
	uint64_t	groups[N_ROWS];
	double		times[N_ROWS];
	SpkCategory names[N_USERS] = {{"", 0}};
	UnitTable  *t = unit_table_new(n_users * N_DATES);
	double	   *numbers = category ? NULL : unit_table_numbers(t, name);
	uint32_t   *ids = category ? unit_table_categories(t, name, names, n_users) : NULL;
	SpkLooks	looks;

	for (uint32_t i = 0; i < n_users * N_DATES; i++)
	{
		groups[i] = i / N_DATES + 1;
		times[i] = i % N_DATES;
		if (category)
			ids[i] = i / N_DATES;
		else
			numbers[i] = floor(i / N_DATES * times_larger);
	}
	look(&t->table, groups, times, &looks);
	free(t);
	return looks.look;
}

/* What differs from user to user may be an id or an amount: chance and the name tell. */
static void
test_users(void **state)
{
	assert_int_equal(look_of_users(N_USERS, 1, "x", false), SPK_LOOKS_ONCE_A_DATE);
	assert_int_equal(look_of_users(N_USERS, 7, "x", false), SPK_LOOKS_ONCE_A_DATE);
	assert_int_equal(look_of_users(N_USERS, 8, "x", false), SPK_LOOKS_FINE);
	assert_int_equal(look_of_users(N_USERS, 1e6, "x", false), SPK_LOOKS_FINE);
	assert_int_equal(look_of_users(N_USERS, 1e6, "x_id", false), SPK_LOOKS_ONCE_A_DATE);
	assert_int_equal(look_of_users(N_USERS, 0.5, "x", false), SPK_LOOKS_FINE);
	assert_int_equal(look_of_users(25, 3, "x", false), SPK_LOOKS_FINE);
	assert_int_equal(look_of_users(N_USERS, 1, "x", true), SPK_LOOKS_ONCE_A_DATE);
}

/*
 * How the days since what one user in ten did on a day of his or her own look, on dates
 * that are so many days apart; or the numbers of these users.
 */
static SpkLook
look_of_days_since(uint32_t apart, bool user, const char *name)
{
	uint32_t   n = 60 * 21;
	UnitTable *t = unit_table_new(n);
	double	  *numbers = unit_table_numbers(t, name);
	double	  *times = malloc(n * sizeof(double));
	SpkLooks   looks;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t u = i / 21;
		uint32_t day = 50 + apart * (i % 21);

		times[i] = day * 86400e6 + 3600e6;
		numbers[i] = user ? u : (day > 2 * u ? day - 2 * u : NAN);
	}
	look(&t->table, NULL, times, &looks);
	free(times);
	free(t);
	return looks.look;
}

/* Where no user is known, days since rare events differ on each date as ids do, and are none. */
static void
test_days_since(void **state)
{
	static const uint32_t apart[] = {1, 7, 14, 30};

	for (int i = 0; i < 4; i++)
	{
		assert_int_equal(look_of_days_since(apart[i], false, "x"), SPK_LOOKS_FINE);
		assert_int_equal(look_of_days_since(apart[i], true, "x"), SPK_LOOKS_ONCE_A_DATE);
	}
	assert_int_equal(look_of_days_since(7, false, "x_id"), SPK_LOOKS_ONCE_A_DATE);
}

/* How a column of n numbers looks, each so much larger than the one before, rounded down. */
static SpkLook
look_of_numbers(uint32_t n, double times, const char *name)
{
	UnitTable *t = unit_table_new(n);
	double	  *numbers = unit_table_numbers(t, name);
	SpkLooks   looks;

	for (uint32_t i = 0; i < n; i++)
		numbers[i] = floor(i * times);
	look(&t->table, NULL, NULL, &looks);
	free(t);
	return looks.look;
}

/* The same as a category: the digits of each number after a prefix. */
static SpkLook
look_of_digits(uint32_t n, double times, const char *prefix, const char *name)
{
	static char		   text[1000][16];
	static SpkCategory names[1000];
	UnitTable		  *t = unit_table_new(n);
	uint32_t		  *ids = unit_table_categories(t, name, names, n);
	SpkLooks		   looks;

	for (uint32_t i = 0; i < n; i++)
	{
		ids[i] = i;
		names[i].len = (uint32_t) snprintf(text[i], sizeof(text[i]), "%s%05.0f", prefix,
										   floor(i * times));
		names[i].name = text[i];
	}
	look(&t->table, NULL, NULL, &looks);
	free(t);
	return looks.look;
}

static void
test_digits(void **state)
{
	assert_int_equal(look_of_digits(1000, 24, "", "x"), SPK_LOOKS_UNIQUE);
	assert_int_equal(look_of_digits(1000, 99, "", "zip"), SPK_LOOKS_FINE);
	assert_int_equal(look_of_digits(100, 1, "", "x"), SPK_LOOKS_UNIQUE);
	assert_int_equal(look_of_digits(1000, 99, "", "rowId"), SPK_LOOKS_UNIQUE);
	assert_int_equal(look_of_digits(1000, 99, "u", "x"), SPK_LOOKS_UNIQUE);
	assert_int_equal(look_of_digits(1000, 99, "1234567890", "x"), SPK_LOOKS_FINE);
}

static void
test_numbers(void **state)
{
	assert_int_equal(look_of_numbers(100, 1, "x"), SPK_LOOKS_UNIQUE);
	assert_int_equal(look_of_numbers(99, 1, "x"), SPK_LOOKS_FINE);
	assert_int_equal(look_of_numbers(100, 3, "x"), SPK_LOOKS_FINE);
	assert_int_equal(look_of_numbers(1000, 24, "x"), SPK_LOOKS_UNIQUE);
	assert_int_equal(look_of_numbers(1000, 26, "x"), SPK_LOOKS_FINE);
	assert_int_equal(look_of_numbers(1000, 0.999, "x"), SPK_LOOKS_FINE);
	assert_int_equal(look_of_numbers(1000, 1e9, "x_id"), SPK_LOOKS_UNIQUE);
	assert_int_equal(look_of_numbers(1000, 1e9, "rowId"), SPK_LOOKS_UNIQUE);
	assert_int_equal(look_of_numbers(1000, 1e9, "paid"), SPK_LOOKS_FINE);
	assert_int_equal(look_of_numbers(1000, 0.2, "CUSTOMER_ID"), SPK_LOOKS_NAMED);
	assert_int_equal(look_of_numbers(1000, 0.05, "CUSTOMER_ID"), SPK_LOOKS_FINE);
	assert_int_equal(look_of_numbers(1, 1, "id"), SPK_LOOKS_FINE);
	assert_int_equal(look_of_numbers(1000, 0.2, "Id"), SPK_LOOKS_NAMED);
	assert_int_equal(look_of_numbers(1000, 0.2, "customer"), SPK_LOOKS_NAMED);
	assert_int_equal(look_of_numbers(1000, 0.2, "cust_no"), SPK_LOOKS_NAMED);
	assert_int_equal(look_of_numbers(1000, 0.2, "plan_id"), SPK_LOOKS_FINE);
	assert_int_equal(look_of_numbers(1000, 0.2, "paid"), SPK_LOOKS_FINE);
	assert_int_equal(look_of_numbers(1000, 0.05, "account"), SPK_LOOKS_FINE);
}

static void
test_horizon(void **state)
{
	uint64_t   groups[N_ROWS];
	double	   times[N_ROWS];
	UnitTable *t = snapshots(7, groups, times);
	UnitHost   unit = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&unit);
	SpkHorizon h;

	assert_int_equal(spk_find_horizon(&host, times, t->labels, N_ROWS, &h), SPK_OK);
	assert_true(h.cut_off);
	assert_int_equal(h.n_dates, 1);
	assert_int_equal(h.n_rows[0], N_USERS * (N_DATES - 1));
	assert_int_equal(h.n_rows[1], N_USERS);
	assert_int_equal(h.n_positives[0], N_USERS / 5 * (N_DATES - 1));
	assert_int_equal(h.n_positives[1], 0);

	/* as many as before */
	for (uint32_t i = 0; i < N_ROWS; i++)
		t->labels[i] = groups[i] % 5 == 1;
	assert_int_equal(spk_find_horizon(&host, times, t->labels, N_ROWS, &h), SPK_OK);
	assert_false(h.cut_off);

	/* none, all, no dates */
	for (int label = 0; label <= 1; label++)
	{
		memset(t->labels, label, N_ROWS);
		assert_int_equal(spk_find_horizon(&host, times, t->labels, N_ROWS, &h), SPK_OK);
		assert_false(h.cut_off);
	}
	for (uint32_t i = 0; i < N_ROWS; i++)
		times[i] = NAN;
	assert_int_equal(spk_find_horizon(&host, times, t->labels, N_ROWS, &h), SPK_OK);
	assert_false(h.cut_off);
	assert_int_equal(unit.live, 0);
	free(t);
}

/* Whichever allocation fails, nothing is held. */
static void
test_no_memory(void **state)
{
	uint64_t   groups[N_ROWS];
	double	   times[N_ROWS];
	UnitTable *t = snapshots(1, groups, times);
	SpkLooks   looks[N_COLUMNS];
	SpkHorizon h;

	t->table.n_columns = ROWS;
	for (long fail = 0; fail < 12; fail++)
	{
		UnitHost unit = UNIT_HOST_INIT;
		SpkHost	 host = unit_host(&unit);

		unit.allocs_left = fail;
		assert_int_equal(spk_find_looks(&host, &t->table, groups, NULL, looks), SPK_NO_MEMORY);
		assert_int_equal(unit.live, 0);
	}
	for (long fail = 0; fail < 2; fail++)
	{
		UnitHost unit = UNIT_HOST_INIT;
		SpkHost	 host = unit_host(&unit);

		unit.allocs_left = fail;
		assert_int_equal(spk_find_horizon(&host, times, t->labels, N_ROWS, &h), SPK_NO_MEMORY);
		assert_int_equal(unit.live, 0);
	}
	free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_snapshots),  cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_users),	   cmocka_unit_test(test_digits),
		cmocka_unit_test(test_days_since), cmocka_unit_test(test_horizon),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
