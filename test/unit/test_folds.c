/*
 * test_folds.c
 *	  Rows parted into a holdout and folds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/rows/folds.h"
#include "core/rows/pick.h"
#include "core/base/rng.h"
#include "unit_host.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define MAX_ROWS   3000
#define MAX_GROUPS 1000

/* Rows with a number, a category and a group, which row numbers name. */
typedef struct Sample
{
	SpkTable  table;
	SpkColumn columns[2];
	uint8_t	  labels[MAX_ROWS];
	double	  numbers[MAX_ROWS];
	uint32_t  ids[MAX_ROWS];
	uint64_t  groups[MAX_ROWS];
	uint8_t	  folds[MAX_ROWS];
} Sample;

static UnitHost			 state = UNIT_HOST_INIT;
static const SpkCategory names[] = {{"a", 1}, {"b", 1}, {"", 0}};
static const SpkCategory names_turned[] = {{"", 0}, {"b", 1}, {"a", 1}};

static Sample *
sample_new(SpkRng *rng, uint32_t n_rows, uint32_t n_groups)
{
	Sample *s = calloc(1, sizeof(Sample));

	s->table =
		(SpkTable) {.n_rows = n_rows, .n_columns = 2, .labels = s->labels, .columns = s->columns};
	s->columns[0] = (SpkColumn) {.name = "x", .kind = SPK_NUMBER, .numbers = s->numbers};
	s->columns[1] = (SpkColumn) {.name = "c",
								 .kind = SPK_CATEGORY,
								 .ids = s->ids,
								 .names = names,
								 .n_names = 3};
	for (uint32_t r = 0; r < n_rows; r++)
	{
		/* all rows of a group are together at first, and a group has 1 to 2 * n_rows / n_groups rows */
		uint32_t group = (uint32_t) ((uint64_t) r * n_groups / n_rows);

		if (r > 0 && spk_rng_below(rng, 2) == 0)
			group = (uint32_t) (s->groups[r - 1] / 1000 - 1);
		s->groups[r] = (group + UINT64_C(1)) * 1000;
		s->labels[r] = spk_rng_below(rng, 4) == 0;
		s->numbers[r] = r;
		s->ids[r] = spk_rng_below(rng, 4) == 0 ? SPK_NO_ID : spk_rng_below(rng, 3);
	}
	return s;
}

static void
deal(Sample *s, bool grouped, double holdout, uint32_t n_folds, uint64_t seed)
{
	SpkHost host = unit_host(&state);

	assert_int_equal(spk_folds_part(&host, &s->table, grouped ? s->groups : NULL, holdout, n_folds,
									seed, s->folds),
					 SPK_OK);
	assert_int_equal(state.live, 0);
}

/* The fold of each row by its number. */
static void
folds_by_number(const Sample *s, uint8_t *folds)
{
	for (uint32_t r = 0; r < s->table.n_rows; r++)
		folds[(uint32_t) s->numbers[r]] = s->folds[r];
}

/* Puts the rows into another order, and categories into another list. */
static void
shuffle(Sample *s, SpkRng *rng)
{
	s->columns[1].names = names_turned;
	for (uint32_t r = 0; r < s->table.n_rows; r++)
		if (s->ids[r] != SPK_NO_ID)
			s->ids[r] = 2 - s->ids[r];
	for (uint32_t i = s->table.n_rows; i > 1; i--)
	{
		uint32_t with = spk_rng_below(rng, i);

#define SWAP(type, array)           \
	do                              \
	{                               \
		type kept = array[i - 1];   \
		array[i - 1] = array[with]; \
		array[with] = kept;         \
	} while (0)
		SWAP(uint8_t, s->labels);
		SWAP(double, s->numbers);
		SWAP(uint32_t, s->ids);
		SWAP(uint64_t, s->groups);
	}
}

/*
 * Every group is whole; and of the groups with so many rows and positives every
 * fold has as many as another, to one, and the holdout its share, to one.
 */
static void
check_parts(const Sample *s, double holdout, uint32_t n_folds)
{
	static uint32_t counts[MAX_GROUPS + 1][2];
	static uint8_t	folds[MAX_GROUPS + 1];
	uint32_t		n_out = 0;
	uint32_t		n_groups = 0;

	memset(counts, 0, sizeof(counts));
	for (uint32_t r = 0; r < s->table.n_rows; r++)
	{
		uint32_t group = (uint32_t) (s->groups[r] / 1000);

		assert_true(s->folds[r] < n_folds || (s->folds[r] == SPK_HOLDOUT && holdout > 0));
		if (counts[group][0] > 0)
			assert_int_equal(folds[group], s->folds[r]);
		folds[group] = s->folds[r];
		counts[group][0]++;
		counts[group][1] += s->labels[r];
	}
	for (uint32_t first = 1; first <= MAX_GROUPS; first++)
	{
		uint32_t in_fold[SPK_MAX_FOLDS] = {0};
		uint32_t n = 0;
		uint32_t out = 0;
		bool	 seen = counts[first][0] == 0;

		n_groups += !seen;
		n_out += !seen && folds[first] == SPK_HOLDOUT;
		for (uint32_t g = 1; g < first; g++)
			seen |= counts[g][0] == counts[first][0] && counts[g][1] == counts[first][1];
		for (uint32_t g = first; g <= MAX_GROUPS && !seen; g++)
			if (counts[g][0] == counts[first][0] && counts[g][1] == counts[first][1])
			{
				n++;
				if (folds[g] == SPK_HOLDOUT)
					out++;
				else
					in_fold[folds[g]]++;
			}
		if (seen)
			continue;
		assert_true(fabs(out - n * holdout) <= 1);
		for (uint32_t f = 0; f < n_folds; f++)
			assert_true(abs((int) in_fold[f] - (int) in_fold[0]) <= 1);
	}
	assert_true(fabs(n_out - n_groups * holdout) <= 0.5);
}

static void
groups_stay_whole_and_strata_even(void **unused)
{
	SpkRng rng = spk_rng(1, 1);

	for (int round = 0; round < 60; round++)
	{
		uint32_t n_groups = 1 + spk_rng_below(&rng, MAX_GROUPS);
		uint32_t n_rows = n_groups + spk_rng_below(&rng, MAX_ROWS - n_groups);
		uint32_t n_folds = 1 + spk_rng_below(&rng, 12);
		double	 holdout = round % 3 == 0 ? 0 : spk_rng_double(&rng);
		Sample	*s = sample_new(&rng, n_rows, n_groups);

		deal(s, true, holdout, n_folds, (uint64_t) round);
		check_parts(s, holdout, n_folds);
		free(s);
	}
}

/* Shares of churn: with rows of their own, to a row. */
static void
shares_of_classes(void **unused)
{
	SpkHost		 host = unit_host(&state);
	SpkRng		 rng = spk_rng(2, 1);
	Sample		*s = sample_new(&rng, 2999, 10);
	SpkFoldCount counts[6];
	uint32_t	 n_rows[2] = {0};

	deal(s, false, 0.25, 5, 3);
	assert_int_equal(spk_folds_count(&host, &s->table, s->folds, 5, counts), SPK_OK);
	for (int f = 0; f <= 5; f++)
		for (int class = 0; class < 2; class ++)
			n_rows[class] += counts[f].n_rows[class];
	assert_int_equal(n_rows[0] + n_rows[1], 2999);
	for (int f = 0; f < 5; f++)
		for (int class = 0; class < 2; class ++)
			assert_true(fabs(counts[f].n_rows[class] - n_rows[class] * 0.75 / 5) <= 2);
	for (int class = 0; class < 2; class ++)
		assert_true(fabs(counts[5].n_rows[class] - n_rows[class] * 0.25) <= 1);
	free(s);
}

static void
order_of_rows_leaves_no_trace(void **unused)
{
	SpkRng		   rng = spk_rng(3, 1);
	static uint8_t before[MAX_ROWS];
	static uint8_t after[MAX_ROWS];

	for (int grouped = 0; grouped < 3; grouped++)
	{
		Sample *s = sample_new(&rng, 1500, 400);

		/* some without a group */
		for (uint32_t r = 0; r < 1500 && grouped == 2; r += 5)
			s->groups[r] = 0;
		deal(s, grouped > 0, 0.2, 4, 7);
		folds_by_number(s, before);
		shuffle(s, &rng);
		deal(s, grouped > 0, 0.2, 4, 7);
		folds_by_number(s, after);
		assert_memory_equal(before, after, 1500);
		deal(s, grouped > 0, 0.2, 4, 8);
		folds_by_number(s, after);
		assert_memory_not_equal(before, after, 1500);
		free(s);
	}
}

/* Rows that are equal, -0 and 0 and all NaNs included, are no group. */
static void
equal_rows_part(void **unused)
{
	SpkHost		 host = unit_host(&state);
	SpkRng		 rng = spk_rng(4, 1);
	Sample		*s = sample_new(&rng, 90, 1);
	SpkFoldCount counts[4];

	for (uint32_t r = 0; r < 90; r++)
	{
		s->numbers[r] = r % 2 == 0 ? 0.0 : -0.0;
		s->ids[r] = 1;
		s->labels[r] = r % 3 == 0;
		s->groups[r] = 0;
	}
	deal(s, true, 0.0, 3, 1);
	assert_int_equal(spk_folds_count(&host, &s->table, s->folds, 3, counts), SPK_OK);
	for (int f = 0; f < 3; f++)
	{
		assert_int_equal(counts[f].n_rows[0], 20);
		assert_int_equal(counts[f].n_rows[1], 10);
	}
	free(s);
}

static void
draw(Sample *s, bool grouped, double share, uint64_t seed, uint8_t *drawn)
{
	SpkHost host = unit_host(&state);

	assert_int_equal(spk_folds_draw(&host, &s->table, grouped ? s->groups : NULL, share, seed,
									drawn),
					 SPK_OK);
	assert_int_equal(state.live, 0);
}

static uint32_t
count_drawn(const uint8_t *drawn, uint32_t n)
{
	uint32_t n_drawn = 0;

	for (uint32_t r = 0; r < n; r++)
		n_drawn += drawn[r];
	return n_drawn;
}

/* A share of the rows, and of whole groups, which depends on the seed but not on the order. */
static void
draws_leave_no_trace(void **unused)
{
	SpkRng		   rng = spk_rng(7, 1);
	static uint8_t before[MAX_ROWS];
	static uint8_t after[MAX_ROWS];
	static uint8_t by_group[MAX_GROUPS + 2];

	for (int grouped = 0; grouped < 3; grouped++)
	{
		Sample *s = sample_new(&rng, 3000, 900);

		/* some without a group */
		for (uint32_t r = 0; r < 3000 && grouped == 2; r += 5)
			s->groups[r] = 0;
		draw(s, grouped > 0, 0.3, 7, before);
		assert_true(fabs(count_drawn(before, 3000) - 900.0) <= (grouped == 0 ? 1 : 150));
		memset(by_group, 2, sizeof(by_group));
		for (uint32_t r = 0; r < 3000 && grouped > 0; r++)
			if (s->groups[r] != 0)
			{
				uint8_t *group = &by_group[s->groups[r] / 1000];

				assert_true(*group == 2 || *group == before[r]);
				*group = before[r];
			}

		draw(s, grouped > 0, 0.3, 8, after);
		assert_memory_not_equal(before, after, 3000);
		shuffle(s, &rng);
		draw(s, grouped > 0, 0.3, 7, after);
		for (uint32_t r = 0; r < 3000; r++)
			assert_int_equal(after[r], before[(uint32_t) s->numbers[r]]);
		free(s);
	}
}

/* Of rows that are equal a share is drawn, and not all or none. */
static void
equal_rows_are_drawn(void **unused)
{
	SpkRng		   rng = spk_rng(8, 1);
	Sample		  *s = sample_new(&rng, 3000, 1);
	static uint8_t drawn[MAX_ROWS];
	uint32_t	   n_drawn[2][2] = {{0}};

	for (uint32_t r = 0; r < 3000; r++)
	{
		s->numbers[r] = r % 2;
		s->ids[r] = 1;
		s->labels[r] = r % 3 == 0;
	}
	draw(s, false, 0.1, 1, drawn);
	for (uint32_t r = 0; r < 3000; r++)
		n_drawn[r % 2][r % 3 == 0] += drawn[r];
	for (int number = 0; number < 2; number++)
	{
		assert_in_range(n_drawn[number][0], 99, 101);
		assert_in_range(n_drawn[number][1], 49, 51);
	}
	free(s);
}

/* Rows that are picked are those of the table, in its order. */
static void
picked_rows(void **unused)
{
	SpkHost		   host = unit_host(&state);
	SpkRng		   rng = spk_rng(9, 1);
	Sample		  *s = sample_new(&rng, 1000, 100);
	static uint8_t drawn[MAX_ROWS];
	SpkTable	   picked;
	SpkStatus	   status = SPK_NO_MEMORY;
	uint32_t	   at = 0;

	draw(s, false, 0.37, 1, drawn);
	assert_int_equal(spk_table_pick(&host, &s->table, drawn, &picked), SPK_OK);
	assert_int_equal(picked.n_rows, count_drawn(drawn, 1000));
	for (uint32_t r = 0; r < 1000; r++)
		if (drawn[r])
		{
			assert_true(picked.columns[0].numbers[at] == s->numbers[r]);
			assert_int_equal(picked.columns[1].ids[at], s->ids[r]);
			assert_ptr_equal(picked.columns[1].names, s->columns[1].names);
			assert_int_equal(picked.labels[at++], s->labels[r]);
		}
	spk_table_unpick(&host, &picked);
	assert_int_equal(state.live, 0);

	for (long n = 0; status != SPK_OK; n++)
	{
		assert_int_equal(status, SPK_NO_MEMORY);
		assert_int_equal(state.live, 0);
		state.allocs_left = n;
		status = spk_table_pick(&host, &s->table, drawn, &picked);
	}
	state.allocs_left = -1;
	spk_table_unpick(&host, &picked);
	status = SPK_CANCELLED;
	for (long n = 0; status != SPK_OK; n++)
	{
		assert_int_equal(status, SPK_CANCELLED);
		assert_int_equal(state.live, 0);
		state.polls_left = n;
		status = spk_table_pick(&host, &s->table, drawn, &picked);
	}
	state.polls_left = -1;
	spk_table_unpick(&host, &picked);
	assert_int_equal(state.live, 0);
	free(s);
}

static void
absurd_arguments(void **unused)
{
	SpkHost host = unit_host(&state);
	SpkRng	rng = spk_rng(5, 1);
	Sample *s = sample_new(&rng, 100, 20);

	assert_int_equal(spk_folds_part(&host, &s->table, NULL, 0.2, 0, 1, s->folds), SPK_INVALID);
	assert_int_equal(spk_folds_part(&host, &s->table, NULL, 0.2, SPK_MAX_FOLDS + 1, 1, s->folds),
					 SPK_INVALID);
	assert_int_equal(spk_folds_part(&host, &s->table, NULL, 1, 3, 1, s->folds), SPK_INVALID);
	assert_int_equal(spk_folds_part(&host, &s->table, NULL, -0.1, 3, 1, s->folds), SPK_INVALID);
	assert_int_equal(spk_folds_part(&host, &s->table, NULL, NAN, 3, 1, s->folds), SPK_INVALID);
	s->table.n_rows = 0;
	deal(s, false, 0.2, 3, 1);
	free(s);
}

static void
failures_leave_nothing(void **unused)
{
	SpkHost	  host = unit_host(&state);
	SpkRng	  rng = spk_rng(6, 1);
	Sample	 *s = sample_new(&rng, 500, 100);
	SpkStatus status = SPK_NO_MEMORY;

	s->groups[7] = 0;
	for (long n = 0; status != SPK_OK; n++)
	{
		assert_int_equal(status, SPK_NO_MEMORY);
		state.allocs_left = n;
		status = spk_folds_part(&host, &s->table, s->groups, 0.2, 3, 1, s->folds);
		assert_int_equal(state.live, 0);
	}
	state.allocs_left = -1;
	status = SPK_CANCELLED;
	for (long n = 0; status != SPK_OK; n++)
	{
		assert_int_equal(status, SPK_CANCELLED);
		state.polls_left = n;
		status = spk_folds_part(&host, &s->table, s->groups, 0.2, 3, 1, s->folds);
		assert_int_equal(state.live, 0);
	}
	status = SPK_NO_MEMORY;
	state.polls_left = -1;
	for (long n = 0; status != SPK_OK; n++)
	{
		assert_int_equal(status, SPK_NO_MEMORY);
		state.allocs_left = n;
		status = spk_folds_draw(&host, &s->table, s->groups, 0.2, 1, s->folds);
		assert_int_equal(state.live, 0);
	}
	state.allocs_left = -1;
	status = SPK_CANCELLED;
	for (long n = 0; status != SPK_OK; n++)
	{
		assert_int_equal(status, SPK_CANCELLED);
		state.polls_left = n;
		status = spk_folds_draw(&host, &s->table, s->groups, 0.2, 1, s->folds);
		assert_int_equal(state.live, 0);
	}
	state.polls_left = -1;
	free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_stay_whole_and_strata_even),
		cmocka_unit_test(shares_of_classes),
		cmocka_unit_test(order_of_rows_leaves_no_trace),
		cmocka_unit_test(equal_rows_part),
		cmocka_unit_test(draws_leave_no_trace),
		cmocka_unit_test(equal_rows_are_drawn),
		cmocka_unit_test(picked_rows),
		cmocka_unit_test(absurd_arguments),
		cmocka_unit_test(failures_leave_nothing),
	};

	return cmocka_run_group_tests_name("folds", tests, NULL, NULL);
}
