/*
 * test_one_sided.c
 *	  Values of one class against looking for them row by row, and against chance.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/judging/audit.h"
#include "unit_table.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define N_NAMES 12

static const SpkCategory names[N_NAMES] = {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1},
										   {"e", 1}, {"f", 1}, {"g", 1}, {"h", 1},
										   {"i", 1}, {"j", 1}, {"k", 1}, {"l", 1}};
static uint64_t			 groups[UNIT_MAX_TABLE_ROWS];

/* What the audit says of a column. */
static SpkAudit
audited(const UnitTable *t, uint32_t column, const uint64_t *users)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	SpkAudit audit;

	assert_int_equal(spk_audit_feature(&host, &t->table, column, users, &audit), SPK_OK);
	assert_int_equal(unit.live, 0);
	return audit;
}

/* ---- Against the definition ---- */

/* The row's value as a number; NaN when it is missing. */
static double
value_of(const UnitTable *t, uint32_t column, uint32_t row)
{
	if (t->columns[column].kind != SPK_CATEGORY)
		return t->numbers[column][row];
	return t->ids[column][row] == SPK_NO_ID ? NAN : t->ids[column][row];
}

/* Has the value what the side says that its rows have? */
static bool
has(const SpkSide *side, double value)
{
	switch (side->kind)
	{
		case SPK_SIDE_KNOWN:
			return !isnan(value);
		case SPK_SIDE_MISSING:
			return isnan(value);
		case SPK_SIDE_OTHERS:
			return !isnan(value) && value != side->values[0];
		case SPK_SIDE_VALUES:
			for (uint32_t i = 0; i < side->n_values && i < SPK_SIDE_SHOWN; i++)
				if (value == side->values[i])
					return true;
			return false;
		case SPK_SIDE_BELOW:
			return value <= side->values[0];
		case SPK_SIDE_ABOVE:
			return value >= side->values[0];
		default:
			return false;
	}
}

/* Different users among these rows, each row without a user being one; the class is not looked at. */
static uint32_t
users_of(const UnitTable *t, uint32_t column, const SpkSide *side)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->table.n_rows; i++)
	{
		bool seen = !has(side, value_of(t, column, i));

		for (uint32_t j = 0; j < i && !seen && groups[i] != 0; j++)
			seen = groups[j] == groups[i] && has(side, value_of(t, column, j));
		n += !seen;
	}
	return n;
}

/* The counts are those of the rows, and chance alone would hardly make them. */
static void
check_side(const UnitTable *t, uint32_t column, const SpkSide *side, int class, bool users)
{
	uint32_t rows[2] = {0, 0};
	uint32_t others = 0;
	double	 n;
	double	 expected;

	if (side->kind == SPK_SIDE_NONE)
		return;
	for (uint32_t i = 0; i < t->table.n_rows; i++)
	{
		rows[t->labels[i]] += has(side, value_of(t, column, i));
		others += t->labels[i] != class;
	}
	if (side->kind != SPK_SIDE_VALUES || side->n_values <= SPK_SIDE_SHOWN)
	{
		assert_int_equal(rows[0], side->rows[0]);
		assert_int_equal(rows[1], side->rows[1]);
		if (users)
			assert_int_equal(users_of(t, column, side), side->n_users);
	}
	if (!users)
		assert_int_equal(side->n_users, 0);
	n = users ? side->n_users : side->rows[0] + side->rows[1];
	expected = n * others / t->table.n_rows;
	assert_true(side->rows[!class] <= 0.01 * n);
	if (side->kind == SPK_SIDE_KNOWN || side->kind == SPK_SIDE_MISSING)
		assert_true(expected >= log(1000));
}

/* A status that some of those who left have, and a number, for each seed otherwise. */
static UnitTable *
random_table(uint32_t seed)
{
	SpkRng	   rng = spk_rng(seed, 3);
	uint32_t   n = 50 + spk_rng_below(&rng, 900);
	uint32_t   kind = spk_rng_below(&rng, 6);
	uint32_t   leaving = 2 + spk_rng_below(&rng, 6);
	uint32_t   share = 1 + spk_rng_below(&rng, 4);
	UnitTable *t = unit_table_new(n);
	double	  *number = unit_table_numbers(t, "number");
	uint32_t  *ids = unit_table_categories(t, "status", names, N_NAMES);

	for (uint32_t i = 0; i < n; i++)
	{
		bool set;

		t->labels[i] = spk_rng_below(&rng, 10) < leaving;
		set = t->labels[i] == kind % 2 && spk_rng_below(&rng, 5) < share;
		groups[i] = spk_rng_below(&rng, 10) == 0 ?
			0 :
			spk_mix64(1 + spk_rng_below(&rng, seed % 2 ? n : n / 4));
		number[i] = spk_rng_below(&rng, 40);
		ids[i] = spk_rng_below(&rng, 6);
		if (set && kind < 2)
			number[i] = 100 + spk_rng_below(&rng, 50);
		else if (set && kind < 4)
			number[i] = NAN;
		if (set)
			ids[i] = kind < 4 ? 6 + spk_rng_below(&rng, 1 + seed % 6) : SPK_NO_ID;
	}
	return t;
}

static void
test_counts(void **state)
{
	uint32_t kinds[SPK_SIDE_ABOVE + 1] = {0};

	for (uint32_t seed = 0; seed < 600; seed++)
	{
		UnitTable *t = random_table(seed);

		for (uint32_t c = 0; c < 2; c++)
			for (int users = 0; users <= 1; users++)
			{
				SpkAudit audit = audited(t, c, users ? groups : NULL);

				for (int class = 0; class <= 1; class ++)
				{
					check_side(t, c, &audit.sides[class], class, users);
					kinds[audit.sides[class].kind]++;
				}
			}
		free(t);
	}

	/* each of them has come up */
	for (int kind = SPK_SIDE_NONE; kind <= SPK_SIDE_ABOVE; kind++)
		if (kind != SPK_SIDE_KNOWN && kind != SPK_SIDE_OTHERS && kind != SPK_SIDE_BELOW)
			assert_true(kinds[kind] > 0);
}

/* ---- What is told ---- */

/* 1,000 rows, of which the first hundred left; the column is the test's. */
static UnitTable *
hundred_left(double **number, uint32_t **ids)
{
	UnitTable *t = unit_table_new(1000);

	*number = unit_table_numbers(t, "number");
	*ids = unit_table_categories(t, "status", names, N_NAMES);
	for (uint32_t i = 0; i < 1000; i++)
	{
		t->labels[i] = i < 100;
		(*number)[i] = i % 7;
		(*ids)[i] = i % 5;
		groups[i] = spk_mix64(i + 1);
	}
	return t;
}

static void
test_values(void **state)
{
	double	  *number;
	uint32_t  *ids;
	UnitTable *t = hundred_left(&number, &ids);
	SpkSide	   side;

	/* nothing to see */
	for (int class = 0; class <= 1; class ++)
		for (uint32_t c = 0; c < 2; c++)
			assert_int_equal(audited(t, c, NULL).sides[class].kind, SPK_SIDE_NONE);

	/* fifteen of those who left have a value of their own */
	for (uint32_t i = 0; i < 15; i++)
	{
		number[i] = -1;
		ids[i] = 7 + i % 2 * (i < 4);
	}
	side = audited(t, 0, NULL).sides[1];
	assert_true(side.kind == SPK_SIDE_VALUES && side.n_values == 1 && side.values[0] == -1);
	assert_true(side.rows[1] == 15 && side.rows[0] == 0 && side.n_users == 0);
	side = audited(t, 1, groups).sides[1];
	assert_true(side.kind == SPK_SIDE_VALUES && side.n_values == 1 && side.values[0] == 7);
	assert_true(side.rows[1] == 13 && side.n_users == 13);

	/* but not when they are few users, nor when others have it, too */
	for (uint32_t i = 0; i < 15; i++)
		groups[i] = spk_mix64(1 + i % 3);
	assert_int_equal(audited(t, 1, groups).sides[1].kind, SPK_SIDE_NONE);
	assert_int_equal(audited(t, 1, NULL).sides[1].kind, SPK_SIDE_VALUES);
	ids[999] = 7;
	assert_int_equal(audited(t, 1, NULL).sides[1].kind, SPK_SIDE_NONE);

	/* a tenth of those who left is the least that a number is told of */
	for (uint32_t i = 9; i < 15; i++)
		number[i] = 3;
	assert_int_equal(audited(t, 0, NULL).sides[1].kind, SPK_SIDE_NONE);
	free(t);
}

/* Of many values those that most rows have are shown, and of equal ones the first. */
static void
test_many_values(void **state)
{
	double	  *number;
	uint32_t  *ids;
	UnitTable *t = hundred_left(&number, &ids);
	SpkSide	   side;

	for (uint32_t i = 0; i < 90; i++)
	{
		ids[i] = i < 20 ? 11 : 7 + i % 4 % 3;
		number[i] = 50 + (i >= 20 && i % 4 == 0);
	}
	side = audited(t, 1, NULL).sides[1];
	assert_true(side.kind == SPK_SIDE_VALUES && side.n_values == 4 && side.rows[1] == 90);
	assert_true(side.values[0] == 7 && side.values[1] == 11 && side.values[2] == 8);
	free(t);
}

/* A column that is filled in when users leave. */
static void
test_filled_in(void **state)
{
	double	  *number;
	uint32_t  *ids;
	UnitTable *t = hundred_left(&number, &ids);
	SpkSide	   side;

	for (uint32_t i = 0; i < 1000; i++)
	{
		number[i] = i < 40 ? i : NAN;
		ids[i] = i < 40 ? i % 12 : 3;
	}
	side = audited(t, 0, NULL).sides[1];
	assert_true(side.kind == SPK_SIDE_KNOWN && side.rows[1] == 40 && side.rows[0] == 0);
	side = audited(t, 1, NULL).sides[1];
	assert_true(side.kind == SPK_SIDE_OTHERS && side.values[0] == 3 && side.rows[1] == 36);

	/* numbers that most rows do not have */
	for (uint32_t i = 40; i < 1000; i++)
		number[i] = -5;
	side = audited(t, 0, NULL).sides[1];
	assert_true(side.kind == SPK_SIDE_OTHERS && side.values[0] == -5 && side.rows[1] == 40);

	/* one that stayed in a hundred that are expected to have is told, too */
	for (uint32_t i = 0; i < 1000; i++)
	{
		t->labels[i] = i < 200;
		number[i] = i < 150 || i == 999 ? 1 : NAN;
	}
	side = audited(t, 0, NULL).sides[1];
	assert_true(side.kind == SPK_SIDE_KNOWN && side.rows[1] == 150 && side.rows[0] == 1);
	number[998] = 1;
	assert_int_equal(audited(t, 0, NULL).sides[1].kind, SPK_SIDE_NONE);
	free(t);
}

/* What keeps users from leaving is usual among numbers, and needs many rows among others. */
static void
test_who_stayed(void **state)
{
	double	  *number;
	uint32_t  *ids;
	UnitTable *t = hundred_left(&number, &ids);

	for (uint32_t i = 100; i < 700; i++)
	{
		number[i] = 50 + i % 3;
		if (i < 500)
			ids[i] = 9;
	}
	assert_int_equal(audited(t, 0, NULL).sides[0].kind, SPK_SIDE_NONE);
	assert_int_equal(audited(t, 1, NULL).sides[0].kind, SPK_SIDE_NONE);
	for (uint32_t i = 500; i < 700; i++)
		ids[i] = 9;
	assert_int_equal(audited(t, 1, NULL).sides[0].kind, SPK_SIDE_VALUES);

	/* a yes or no is as good as a category */
	for (uint32_t i = 0; i < 1000; i++)
		number[i] = i >= 100 && i < 700;
	assert_int_equal(audited(t, 0, NULL).sides[0].kind, SPK_SIDE_VALUES);
	free(t);
}

/* The longest range at either end that is one-sided, if it has enough rows. */
static void
test_ranges(void **state)
{
	double	  *number;
	uint32_t  *ids;
	UnitTable *t = hundred_left(&number, &ids);
	SpkSide	   side;

	for (uint32_t i = 0; i < 60; i++)
		number[i] = 100 + i;
	side = audited(t, 0, NULL).sides[1];
	assert_true(side.kind == SPK_SIDE_ABOVE && side.values[0] == 100 && side.rows[1] == 60);
	for (uint32_t i = 0; i < 60; i++)
		number[i] = -100.5 - i;
	number[999] = -110.25;
	side = audited(t, 0, NULL).sides[1];
	assert_true(side.kind == SPK_SIDE_NONE);
	number[999] = -90;
	side = audited(t, 0, NULL).sides[1];
	assert_true(side.kind == SPK_SIDE_BELOW && side.values[0] == -100.5 && side.rows[1] == 60);

	/* fifty of the others must be expected */
	for (uint32_t i = 0; i < 8; i++)
		number[i] = i % 7;
	assert_int_equal(audited(t, 0, NULL).sides[1].kind, SPK_SIDE_NONE);
	free(t);
}

/* ---- Chance ---- */

/* Of 2,000 tables that have nothing to do with the label, two at most may be told of. */
static void
test_chance(void **state)
{
	SpkRng	 rng = spk_rng(9, 4);
	uint32_t told = 0;

	for (int round = 0; round < 2000; round++)
	{
		uint32_t   n = 100 + spk_rng_below(&rng, 400);
		uint32_t   leaving = 1 + spk_rng_below(&rng, 8);
		UnitTable *t = unit_table_new(n);
		double	  *number = unit_table_numbers(t, "number");
		uint32_t  *ids = unit_table_categories(t, "status", names, N_NAMES);
		SpkAudit   audits[2];

		for (uint32_t i = 0; i < n; i++)
		{
			t->labels[i] = spk_rng_below(&rng, 10) < leaving;
			number[i] = spk_rng_below(&rng, 3) == 0 ? NAN : spk_rng_below(&rng, 1 + n / 10);
			ids[i] = spk_rng_below(&rng, N_NAMES);
		}
		audits[0] = audited(t, 0, NULL);
		audits[1] = audited(t, 1, NULL);
		for (int i = 0; i < 4; i++)
			told += audits[i / 2].sides[i % 2].kind != SPK_SIDE_NONE;
		free(t);
	}
	assert_true(told <= 2);
}

/* With ever more memory, then with ever more polls, until it succeeds. */
static void
test_failures(void **state)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);

	for (uint32_t seed = 0; seed < 12; seed++)
	{
		UnitTable *t = random_table(seed);

		for (int i = 0; i < 4; i++)
		{
			SpkStatus status = SPK_NO_MEMORY;
			SpkAudit  audit;

			for (long n = 0; status != SPK_OK; n++)
			{
				*(i % 2 ? &unit.polls_left : &unit.allocs_left) = n;
				status = spk_audit_feature(&host, &t->table, i / 2, groups, &audit);
				assert_true(status == SPK_OK || status == (i % 2 ? SPK_CANCELLED : SPK_NO_MEMORY));
				assert_int_equal(unit.live, 0);
			}
			unit.allocs_left = unit.polls_left = -1;
		}
		free(t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts),
									   cmocka_unit_test(test_values),
									   cmocka_unit_test(test_many_values),
									   cmocka_unit_test(test_filled_in),
									   cmocka_unit_test(test_who_stayed),
									   cmocka_unit_test(test_ranges),
									   cmocka_unit_test(test_chance),
									   cmocka_unit_test(test_failures)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
