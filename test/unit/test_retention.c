/*
 * test_retention.c
 *	  Cohorts against plain counting, in any parts, at the edges of periods.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/base/rng.h"
#include "core/judging/retention.h"
#include "unit_host.h"

#define N_USERS 60
#define N_DAYS	150

/* Days on which users were active, from day first on. */
typedef struct Log
{
	int32_t first;
	bool	active[N_USERS][N_DAYS];
} Log;

static void
fill(SpkRng *rng, Log *log)
{
	log->first = (int32_t) spk_rng_below(rng, 20000) - 10000;
	for (int u = 0; u < N_USERS; u++)
	{
		uint32_t start = spk_rng_below(rng, N_DAYS);
		uint32_t pause = 1 + spk_rng_below(rng, 20);

		for (uint32_t d = 0; d < N_DAYS; d++)
			log->active[u][d] = d >= start && spk_rng_below(rng, pause) == 0;
	}
}

static SpkRetention
retention_of(const SpkHost *host, const Log *log, SpkCohortPeriod period, int32_t until, int part,
			 int parts)
{
	SpkRetention r = {.period = period, .until = until};

	for (int u = part; u < N_USERS; u += parts)
	{
		SpkRetentionUser user = {0};

		for (int d = 0; d < N_DAYS; d++)
			if (log->active[u][d])
				assert_int_equal(spk_retention_add(host, &r, &user, log->first + d), SPK_OK);
	}
	return r;
}

/* Users whose first active day lies in [start, start of the next period), and those of them active in the other. */
static void
assert_cell(const Log *log, const SpkRetention *r, const SpkRetentionCell *cell)
{
	int32_t	 cohort = spk_period_of_day(r->period, cell->start);
	uint64_t users = 0;
	uint64_t active = 0;

	assert_int_equal(spk_period_start(r->period, cohort), cell->start);
	for (int u = 0; u < N_USERS; u++)
	{
		int	 first = -1;
		bool is_active = false;

		for (int d = 0; d < N_DAYS && log->first + d < r->until; d++)
		{
			int32_t day = log->first + d;

			if (!log->active[u][d])
				continue;
			first = first < 0 ? d : first;
			is_active |= spk_period_of_day(r->period, day) == cohort + cell->age;
		}
		if (first < 0 || spk_period_of_day(r->period, log->first + first) != cohort)
			continue;
		users++;
		active += is_active;
	}
	assert_true(users == cell->users && active == cell->active && users > 0);
	assert_int_equal(cell->known, spk_period_start(r->period, cohort + cell->age + 1) <= r->until);
}

static void
is_plain_counting(void **state)
{
	UnitHost h = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&h);
	SpkRng	 rng = spk_rng(1, 2);
	Log		*log = malloc(sizeof(Log));

	(void) state;
	for (int round = 0; round < 40; round++)
	{
		SpkCohortPeriod	  period = (SpkCohortPeriod) (round % 3);
		int				  parts = 1 + (int) spk_rng_below(&rng, 5);
		SpkRetention	  r = {.period = period};
		SpkRetentionCell *cells;
		uint32_t		  n;
		uint64_t		  users = 0;

		fill(&rng, log);
		r.until = log->first + (int32_t) spk_rng_below(&rng, N_DAYS + 40);
		for (int part = 0; part < parts; part++)
		{
			SpkRetention some = retention_of(&host, log, period, r.until, part, parts);

			assert_int_equal(spk_retention_merge(&host, &r, &some), SPK_OK);
			spk_retention_release(&host, &some);
		}
		assert_int_equal(spk_retention_cells(&host, &r, &cells, &n), SPK_OK);
		for (uint32_t i = 0; i < n; i++)
		{
			bool starts = cells[i].age == 0;

			assert_cell(log, &r, &cells[i]);
			users += starts ? cells[i].users : 0;
			assert_true(starts ? i == 0 || cells[i].start > cells[i - 1].start :
								 cells[i].start == cells[i - 1].start &&
								cells[i].age == cells[i - 1].age + 1);
			assert_true(!starts || cells[i].active == cells[i].users);
			assert_true(!starts || i == 0 || !cells[i - 1].known ||
						spk_period_start(period, spk_period_of_day(period, r.until)) == r.until);
		}
		assert_true(users == r.n_users);
		spk_release(&host, cells);
		spk_retention_release(&host, &r);
	}
	free(log);
	assert_int_equal(h.live, 0);
}

static void
periods(void **state)
{
	(void) state;
	/* 2000-01-01 was a Saturday */
	assert_int_equal(spk_period_of_day(SPK_PERIOD_WEEK, 1), -1);
	assert_int_equal(spk_period_of_day(SPK_PERIOD_WEEK, 2), 0);
	assert_int_equal(spk_period_of_day(SPK_PERIOD_WEEK, -5), -1);
	assert_int_equal(spk_period_of_day(SPK_PERIOD_WEEK, -6), -2);
	for (int32_t day = -100000; day < 100000; day += 7)
		for (int period = 0; period < 3; period++)
		{
			int32_t number = spk_period_of_day((SpkCohortPeriod) period, day);

			assert_true(spk_period_start((SpkCohortPeriod) period, number) <= day);
			assert_true(spk_period_start((SpkCohortPeriod) period, number + 1) > day);
		}
}

static void
limits_and_failures(void **state)
{
	UnitHost		  h = UNIT_HOST_INIT;
	SpkHost			  host = unit_host(&h);
	SpkRetention	  r = {.period = SPK_PERIOD_DAY, .until = 1000001};
	SpkRetentionUser  user = {0};
	SpkRetentionCell *cells;
	uint32_t		  n;

	(void) state;
	h.allocs_left = 0;
	assert_int_equal(spk_retention_add(&host, &r, &user, 0), SPK_NO_MEMORY);
	h.allocs_left = -1;
	user = (SpkRetentionUser) {0};
	r.n_users = 0;
	assert_int_equal(spk_retention_add(&host, &r, &user, 0), SPK_OK);
	assert_int_equal(spk_retention_cells(&host, &r, &cells, &n), SPK_LIMIT);
	r.until = 1000000;
	assert_int_equal(spk_retention_cells(&host, &r, &cells, &n), SPK_OK);
	assert_int_equal(n, SPK_MAX_RETENTION_CELLS);
	assert_true(cells[n - 1].known && cells[n - 1].active == 0);
	spk_release(&host, cells);
	for (int allocs = 0; allocs < 2; allocs++)
	{
		h.allocs_left = allocs;
		assert_int_equal(spk_retention_cells(&host, &r, &cells, &n), SPK_NO_MEMORY);
	}
	h.allocs_left = -1;
	h.polls_left = 0;
	assert_int_equal(spk_retention_merge(&host, &r, &r), SPK_CANCELLED);
	h.polls_left = -1;

	/* days from the end on say nothing */
	user = (SpkRetentionUser) {0};
	assert_int_equal(spk_retention_add(&host, &r, &user, 1000000), SPK_OK);
	assert_false(user.seen);
	spk_retention_release(&host, &r);
	assert_int_equal(h.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_plain_counting),
		cmocka_unit_test(periods),
		cmocka_unit_test(limits_and_failures),
	};

	return cmocka_run_group_tests_name("retention", tests, NULL, NULL);
}
