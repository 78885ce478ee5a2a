/*
 * test_survival.c
 *	  Curves of survival are what the definition gives, whatever the order and parts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/judging/survival.h"
#include "unit_host.h"

#define MAX_USERS 200

typedef struct User
{
	uint32_t time;
	bool	 left;
} User;

static User		users[MAX_USERS];
static uint32_t n_users;

static void
make_users(SpkRng *rng)
{
	uint32_t last = 1 + spk_rng_below(rng, 300);

	n_users = 1 + spk_rng_below(rng, MAX_USERS);
	for (uint32_t i = 0; i < n_users; i++)
		users[i] = (User) {spk_rng_below(rng, last), spk_rng_below(rng, 3) == 0};
}

/* Checks a point by counting all users again. */
static void
check_point(const SpkSurvivalPoint *point)
{
	uint64_t at_risk = 0;
	uint64_t events = 0;
	uint64_t censored = 0;
	double	 survival = 1;
	double	 variance = 0;

	for (uint32_t t = 0; t <= point->time; t++)
	{
		double stay;

		at_risk = events = censored = 0;
		for (uint32_t i = 0; i < n_users; i++)
		{
			at_risk += users[i].time >= t;
			events += users[i].time == t && users[i].left;
			censored += users[i].time == t && !users[i].left;
		}
		stay = (double) (at_risk - events);
		survival *= 1 - (double) events / (double) at_risk;
		variance += stay > 0 ? (double) events / (stay * (double) at_risk) : 0;
	}
	assert_int_equal(point->at_risk, at_risk);
	assert_int_equal(point->events, events);
	assert_int_equal(point->censored, censored);
	assert_true(events + censored > 0);
	assert_true(fabs(point->survival - survival) < 1e-12);
	if (point->survival == 0)
		assert_true(isnan(point->lower) && isnan(point->upper));
	else if (point->survival == 1)
		assert_true(point->lower == 1 && point->upper == 1);
	else
	{
		/* the scale of the limits: log(-log) */
		double middle = log(-log(survival));
		double width = 1.959963984540054 * sqrt(variance) / log(survival);

		assert_true(fabs(point->lower - exp(-exp(middle - width))) < 1e-12);
		assert_true(fabs(point->upper - exp(-exp(middle + width))) < 1e-12);
	}
}

static void
test_definition(void **unused)
{
	UnitHost counts = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&counts);
	SpkRng	 rng = spk_rng(1, 2);

	(void) unused;
	for (int round = 0; round < 200; round++)
	{
		SpkSurvival		 whole = {0};
		SpkSurvival		 parts[3] = {{0}};
		SpkSurvivalCurve curve;
		SpkSurvivalCurve other;
		SpkSurvivalPoint point;
		SpkSurvivalPoint same;
		uint32_t		 n = 0;

		make_users(&rng);
		for (uint32_t i = 0; i < n_users; i++)
			assert_int_equal(spk_survival_add(&host, &whole, users[i].time, users[i].left), SPK_OK);
		for (uint32_t i = n_users; i-- > 0;)
			assert_int_equal(spk_survival_add(&host, &parts[spk_rng_below(&rng, 3)], users[i].time,
											  users[i].left),
							 SPK_OK);
		for (int p = 1; p < 3; p++)
			assert_int_equal(spk_survival_merge(&host, &parts[0], &parts[p]), SPK_OK);

		curve = (SpkSurvivalCurve) SPK_SURVIVAL_START(&whole);
		other = (SpkSurvivalCurve) SPK_SURVIVAL_START(&parts[0]);
		while (spk_survival_next(&curve, &point))
		{
			check_point(&point);
			assert_true(spk_survival_next(&other, &same));
			assert_memory_equal(&same, &point, sizeof(point));
			n++;
		}
		assert_false(spk_survival_next(&other, &same));
		assert_int_equal(n, spk_survival_points(&whole));
		spk_survival_release(&host, &whole);
		for (int p = 0; p < 3; p++)
			spk_survival_release(&host, &parts[p]);
	}
	assert_int_equal(counts.live, 0);
}

static void
test_ends(void **unused)
{
	UnitHost		 counts = UNIT_HOST_INIT;
	SpkHost			 host = unit_host(&counts);
	SpkSurvival		 survival = {0};
	SpkSurvivalCurve curve = SPK_SURVIVAL_START(&survival);
	SpkSurvivalPoint point;

	(void) unused;
	assert_false(spk_survival_next(&curve, &point));
	assert_int_equal(spk_survival_points(&survival), 0);
	assert_int_equal(spk_survival_add(&host, &survival, SPK_MAX_SURVIVAL_TIME, true), SPK_OK);
	assert_int_equal(spk_survival_add(&host, &survival, 0, false), SPK_OK);
	assert_int_equal(survival.n_times, SPK_MAX_SURVIVAL_TIME + 1);
	curve = (SpkSurvivalCurve) SPK_SURVIVAL_START(&survival);
	assert_true(spk_survival_next(&curve, &point));
	assert_true(point.time == 0 && point.at_risk == 2 && point.survival == 1);
	assert_true(spk_survival_next(&curve, &point));
	assert_true(point.time == SPK_MAX_SURVIVAL_TIME && point.at_risk == 1 && point.survival == 0);
	assert_false(spk_survival_next(&curve, &point));
	spk_survival_release(&host, &survival);
	assert_int_equal(counts.live, 0);
}

static void
test_no_memory(void **unused)
{
	SpkSurvival survival = {0};
	UnitHost	counts = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&counts);

	(void) unused;
	counts.allocs_left = 0;
	assert_int_equal(spk_survival_add(&host, &survival, 7, true), SPK_NO_MEMORY);
	counts.allocs_left = 1;
	assert_int_equal(spk_survival_add(&host, &survival, 7, true), SPK_OK);
	assert_int_equal(spk_survival_add(&host, &survival, 7000, true), SPK_NO_MEMORY);
	assert_int_equal(survival.n, 1);
	spk_survival_release(&host, &survival);
	assert_int_equal(counts.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_definition),
									   cmocka_unit_test(test_ends),
									   cmocka_unit_test(test_no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
