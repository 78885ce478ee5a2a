/*
 * test_panel.c
 *	  What columns show of users and dates, from row to row.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/base/hash.h"
#include "core/judging/date_told.h"
#include "core/judging/panel.h"
#include "core/judging/whole_history.h"
#include "unit_table.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define N_USERS 300
#define N_DATES 5

static const SpkCategory names[] = {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}};
static uint64_t			 groups[UNIT_MAX_TABLE_ROWS];
static double			 times[UNIT_MAX_TABLE_ROWS];

/*
 * Counts up to each date and of the whole history, of users of whom some have nothing to
 * do any more: "total" is what "count" grows into, and "events" has some more to count.
 */
static UnitTable *
snapshots(void)
{
	SpkRng	   rng = spk_rng(5, 1);
	UnitTable *t = unit_table_new(N_USERS * N_DATES);
	double	  *count = unit_table_numbers(t, "count");
	double	  *events = unit_table_numbers(t, "events");
	double	  *total = unit_table_numbers(t, "total");
	double	  *age = unit_table_numbers(t, "age");
	double	  *recent = unit_table_numbers(t, "recent");
	uint32_t  *city = unit_table_categories(t, "city", names, 5);

	for (uint32_t u = 0; u < N_USERS; u++)
	{
		uint32_t rate = 2 + spk_rng_below(&rng, 5);
		uint32_t until = spk_rng_below(&rng, 12);
		double	 so_far = 0;
		double	 others = 0;
		double	 older = 20 + spk_rng_below(&rng, 60);
		uint32_t home = spk_rng_below(&rng, 5);

		/* rows of a user do not stand together, nor in order */
		for (uint32_t w = 0; w < 12; w++)
		{
			double	 more = w < until ? spk_rng_below(&rng, 20 * rate) : 0;
			uint32_t row = (w * 2 % N_DATES) * N_USERS + u;

			so_far += more;
			others += more + spk_rng_below(&rng, 3);
			if (w >= N_DATES)
				continue;
			groups[row] = spk_mix64(u + 1);
			times[row] = w * 7;
			count[row] = so_far;
			events[row] = others;
			recent[row] = more;
			age[row] = older;
			city[row] = home;
		}
		for (uint32_t d = 0; d < N_DATES; d++)
			total[d * N_USERS + u] = so_far;
	}
	return t;
}

static void
release_and_check(UnitHost *unit, const SpkHost *host, SpkPanel *panel)
{
	spk_panel_release(host, panel);
	assert_int_equal(unit->live, 0);
}

/* Looks at all columns. */
static void
look_at_all(const SpkHost *host, const UnitTable *t, const SpkPanel *panel, SpkBehaviour *b)
{
	for (uint32_t c = 0; c < t->table.n_columns; c++)
		assert_int_equal(spk_panel_look(host, panel, &t->columns[c], &b[c]), SPK_OK);
}

static void
test_behaviour(void **state)
{
	UnitHost	 unit = UNIT_HOST_INIT;
	SpkHost		 host = unit_host(&unit);
	UnitTable	*t = snapshots();
	SpkBehaviour b[6];
	SpkPanel	 panel;
	uint64_t	 up = 0;

	assert_int_equal(spk_panel_new(&host, groups, times, t->table.n_rows, &panel), SPK_OK);
	assert_int_equal(panel.n_users, N_USERS);
	for (uint32_t u = 0; u < N_USERS; u++)
	{
		assert_true(panel.dated[u]);
		for (uint32_t i = panel.starts[u] + 1; i < panel.starts[u + 1]; i++)
		{
			uint32_t a = panel.rows[i - 1];
			uint32_t c = panel.rows[i];

			assert_true(groups[a] == groups[c] && times[a] < times[c]);
			up += t->numbers[0][c] > t->numbers[0][a];
		}
	}
	look_at_all(&host, t, &panel, b);
	assert_true(b[0].n_up == up && b[0].n_down == 0);
	assert_int_equal(b[0].n_steps, N_USERS * (N_DATES - 1));
	assert_true(b[2].n_same == N_USERS && b[2].n_repeated == N_USERS && b[2].n_up == 0);
	assert_true(b[4].n_same < N_USERS && b[4].n_up > 0 && b[4].n_down > 0);
	assert_true(b[5].n_same == N_USERS && spk_history_is_constant(&b[5]));
	assert_true(!spk_history_is_constant(&b[0]));
	release_and_check(&unit, &host, &panel);
	free(t);
}

/* Rows without a user or a value do not count, nor do steps of users with two rows of one date. */
static void
test_gaps(void **state)
{
	UnitHost	 unit = UNIT_HOST_INIT;
	SpkHost		 host = unit_host(&unit);
	UnitTable	*t = snapshots();
	SpkBehaviour b[6];
	SpkPanel	 panel;

	for (uint32_t row = 0; row < t->table.n_rows; row += 2)
		t->numbers[0][row] = NAN;
	for (uint32_t row = 0; row < t->table.n_rows; row++)
	{
		if (row % N_USERS < 10)
			groups[row] = 0;
		else if (row % N_USERS < 30)
			times[row] = NAN;
		else if (row % N_USERS < 70)
			times[row] = 1;
	}
	assert_int_equal(spk_panel_new(&host, groups, times, t->table.n_rows, &panel), SPK_OK);
	assert_int_equal(panel.n_users, N_USERS - 10);
	look_at_all(&host, t, &panel, b);
	assert_true(b[2].n_same == N_USERS - 10);
	assert_int_equal(b[2].n_steps, (N_USERS - 70) * (N_DATES - 1));
	assert_true(b[0].n_users < N_USERS && b[0].n_steps < b[2].n_steps);
	release_and_check(&unit, &host, &panel);

	/* without times there are no steps, but users all the same */
	assert_int_equal(spk_panel_new(&host, groups, NULL, t->table.n_rows, &panel), SPK_OK);
	look_at_all(&host, t, &panel, b);
	assert_true(b[2].n_same == N_USERS - 10 && b[2].n_steps == 0);
	release_and_check(&unit, &host, &panel);
	free(t);
}

/* What the column knows of later. */
static SpkWholeHistory
history_of(const UnitTable *t, uint32_t column)
{
	UnitHost		unit = UNIT_HOST_INIT;
	SpkHost			host = unit_host(&unit);
	SpkBehaviour	b[6];
	SpkPanel		panel;
	SpkWholeHistory h;

	assert_int_equal(spk_panel_new(&host, groups, times, t->table.n_rows, &panel), SPK_OK);
	look_at_all(&host, t, &panel, b);
	assert_int_equal(spk_whole_history(&host, &t->table, &panel, b, column, &h), SPK_OK);
	release_and_check(&unit, &host, &panel);
	return h;
}

static void
test_history(void **state)
{
	UnitTable	   *t = snapshots();
	SpkWholeHistory h = history_of(t, 2);

	/* equal to the last value where users did no more after the last date, but something before */
	assert_int_equal(h.like, 0);
	assert_int_equal(h.n_users, N_USERS);
	assert_true(h.n_equal >= 20 && h.n_equal < N_USERS);
	assert_int_equal(history_of(t, 3).like, SPK_NO_COLUMN);

	/* one user for whom it is less, and it is only known to foretell much */
	for (uint32_t d = 0; d < N_DATES; d++)
		t->numbers[2][d * N_USERS + 50] = -1;
	h = history_of(t, 2);
	assert_true(h.like <= 1 && h.n_equal == 0 && h.correlation >= 0.8 && h.correlation <= 1);

	/* the value at the first date is the same ever after, but knows nothing of what follows */
	for (uint32_t row = 0; row < t->table.n_rows; row++)
		t->numbers[2][row] = t->numbers[0][row % N_USERS];
	assert_int_equal(history_of(t, 2).like, SPK_NO_COLUMN);

	/* backwards it foretells as well */
	free(t);
	t = snapshots();
	for (uint32_t row = 0; row < t->table.n_rows; row++)
		t->numbers[2][row] *= -1;
	h = history_of(t, 2);
	assert_true(h.like <= 1 && h.correlation <= -0.8);
	free(t);
}

/* ---- Dates ---- */

static SpkDateTold
told(const UnitTable *t, uint32_t column)
{
	UnitHost	unit = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&unit);
	SpkDateTold how = SPK_DATE_NOT_TOLD;
	SpkDates	dates;

	assert_int_equal(spk_dates_new(&host, times, t->table.n_rows, &dates), SPK_OK);
	if (dates.n > 0)
		assert_int_equal(spk_date_told(&host, &dates, &t->columns[column], t->table.n_rows, &how),
						 SPK_OK);
	spk_dates_release(&host, &dates);
	assert_int_equal(unit.live, 0);
	return how;
}

static void
test_dates(void **state)
{
	UnitTable *t = snapshots();
	double	  *number = t->numbers[0];
	uint32_t  *ids = t->ids[5];

	for (uint32_t c = 0; c < 6; c++)
		assert_int_equal(told(t, c), SPK_DATE_NOT_TOLD);
	for (uint32_t row = 0; row < t->table.n_rows; row++)
	{
		number[row] = times[row] * 100 + row % N_USERS;
		ids[row] = (uint32_t) times[row] / 7;
	}
	assert_int_equal(told(t, 0), SPK_DATE_RISING);
	assert_int_equal(told(t, 5), SPK_DATE_BY_VALUE);
	number[0] = NAN;
	ids[0] = SPK_NO_ID;
	assert_int_equal(told(t, 0), SPK_DATE_RISING);
	assert_int_equal(told(t, 5), SPK_DATE_BY_VALUE);

	/* one row that does not fit */
	ids[1] = 4;
	assert_int_equal(told(t, 5), SPK_DATE_NOT_TOLD);
	for (uint32_t row = 0; row < t->table.n_rows; row++)
		number[row] *= -1;
	assert_int_equal(told(t, 0), SPK_DATE_FALLING);
	number[1] = -1e6;
	assert_int_equal(told(t, 0), SPK_DATE_NOT_TOLD);

	/* a constant tells nothing, nor does what is the same on two dates */
	for (uint32_t row = 0; row < t->table.n_rows; row++)
	{
		number[row] = times[row] == 7 ? 0 : times[row];
		t->numbers[1][row] = 4;
	}
	assert_int_equal(told(t, 0), SPK_DATE_NOT_TOLD);
	assert_int_equal(told(t, 1), SPK_DATE_NOT_TOLD);

	/* a date of few rows is none of a snapshot, and so there is nothing to tell */
	times[3] = 100;
	for (uint32_t row = 0; row < t->table.n_rows; row++)
		number[row] = times[row];
	assert_int_equal(told(t, 0), SPK_DATE_NOT_TOLD);
	free(t);
}

/* ---- Failures ---- */

/* All of it, with what the host gives. */
static SpkStatus
look_at_everything(const SpkHost *host, const UnitTable *t)
{
	SpkBehaviour	b[6];
	SpkPanel		panel;
	SpkDates		dates = {0};
	SpkDateTold		how;
	SpkWholeHistory h;
	SpkStatus		status = spk_panel_new(host, groups, times, t->table.n_rows, &panel);

	if (status != SPK_OK)
		return status;
	for (uint32_t c = 0; c < t->table.n_columns && status == SPK_OK; c++)
		status = spk_panel_look(host, &panel, &t->columns[c], &b[c]);
	if (status == SPK_OK)
		status = spk_whole_history(host, &t->table, &panel, b, 2, &h);
	if (status == SPK_OK)
		status = spk_dates_new(host, times, t->table.n_rows, &dates);
	if (status == SPK_OK)
		status = spk_date_told(host, &dates, &t->columns[0], t->table.n_rows, &how);
	spk_panel_release(host, &panel);
	spk_dates_release(host, &dates);
	return status;
}

static void
test_failures(void **state)
{
	UnitHost   unit = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&unit);
	UnitTable *t = snapshots();

	for (int cancel = 0; cancel <= 1; cancel++)
	{
		SpkStatus status = SPK_NO_MEMORY;
		long	  n;

		for (n = 0; status != SPK_OK; n++)
		{
			*(cancel ? &unit.polls_left : &unit.allocs_left) = n;
			status = look_at_everything(&host, t);
			assert_true(status == SPK_OK || status == (cancel ? SPK_CANCELLED : SPK_NO_MEMORY));
			assert_int_equal(unit.live, 0);
		}
		assert_true(n > 10);
		unit.allocs_left = -1;
	}
	free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_behaviour),
									   cmocka_unit_test(test_gaps), cmocka_unit_test(test_history),
									   cmocka_unit_test(test_dates),
									   cmocka_unit_test(test_failures)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
