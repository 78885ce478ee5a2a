/*
 * test_survival_scores.c
 *	  Concordance and Brier scores are what all pairs and all rows say, one by one.
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
#include "core/judging/survival_scores.h"
#include "unit_host.h"

#define MAX_USERS	150
#define MAX_PERIODS 6

typedef struct User
{
	uint32_t time;
	bool	 left;
	double	 curve[MAX_PERIODS];
} User;

static User		users[MAX_USERS];
static uint32_t n_users;
static uint32_t n_periods;
static uint32_t width;

static void
make_users(SpkRng *rng)
{
	uint32_t last = 1 + spk_rng_below(rng, 60);

	n_users = 1 + spk_rng_below(rng, MAX_USERS);
	n_periods = 1 + spk_rng_below(rng, MAX_PERIODS);
	width = 1 + spk_rng_below(rng, 9);
	for (uint32_t i = 0; i < n_users; i++)
	{
		double stay = 1;

		users[i].time = spk_rng_below(rng, last);
		users[i].left = spk_rng_below(rng, 3) == 0;
		for (uint32_t k = 0; k < n_periods; k++)
			users[i].curve[k] = stay *= (5 + spk_rng_below(rng, 6)) / 10.0;
	}
}

static double
expected_concordance(void)
{
	double	 concordant = 0;
	uint64_t pairs = 0;

	for (uint32_t i = 0; i < n_users; i++)
		for (uint32_t j = 0; j < n_users; j++)
		{
			const User *first = &users[i];
			const User *second = &users[j];
			double		a = first->curve[n_periods - 1];
			double		b = second->curve[n_periods - 1];

			if (!first->left || second->time < first->time ||
				(second->time == first->time && second->left))
				continue;
			pairs++;
			/* products of the same factors in another order differ in their last bits */
			concordant += fabs(a - b) < 1e-12 ? 0.5 : a < b;
		}
	return pairs == 0 ? NAN : concordant / (double) pairs;
}

/* The probability not to be censored before this day. */
static double
followed_to(uint32_t day)
{
	double share = 1;

	for (uint32_t t = 0; t < day; t++)
	{
		double stayed = 0;
		double censored = 0;

		for (uint32_t i = 0; i < n_users; i++)
		{
			stayed += users[i].time > t || (users[i].time == t && !users[i].left);
			censored += users[i].time == t && !users[i].left;
		}
		if (stayed > 0)
			share *= 1 - censored / stayed;
	}
	return share;
}

/* The Brier score of these curves, or of one for all, at the end of period k. */
static double
expected_brier(uint32_t k, const double *for_all)
{
	uint32_t end = (k + 1) * width;
	double	 sum = 0;

	if (followed_to(end) < 1e-9)
		return NAN;
	for (uint32_t i = 0; i < n_users; i++)
	{
		double stay = for_all != NULL ? *for_all : users[i].curve[k];

		if (users[i].left && users[i].time <= end)
			sum += stay * stay / followed_to(users[i].time);
		else if (users[i].time >= end)
			sum += (1 - stay) * (1 - stay) / followed_to(end);
	}
	return sum / n_users;
}

/* The share that stays through period k. */
static double
expected_survival(const SpkSurvival *survival, uint32_t k)
{
	SpkSurvivalCurve curve = SPK_SURVIVAL_START(survival);
	SpkSurvivalPoint point;
	double			 stays = 1;

	while (spk_survival_next(&curve, &point) && point.time <= (k + 1) * width)
		stays = point.survival;
	return stays;
}

static void
check_metrics(const SpkSurvivalScores *scores, const SpkSurvivalMetrics *m, const double *brier)
{
	double	 c = expected_concordance();
	double	 sum = 0;
	double	 baseline = 0;
	uint32_t n = m->n_periods;

	assert_true(isnan(c) ? isnan(m->concordance) : fabs(m->concordance - c) < 1e-12);
	for (uint32_t k = 0; k < n_periods; k++)
	{
		double expected = expected_brier(k, NULL);
		double stays = expected_survival(&scores->survival, k);
		double weight = n == 1 ? 1 : k == 0 || k == n - 1 ? 0.5 / (n - 1) : 1.0 / (n - 1);

		assert_int_equal(isnan(expected), k >= n);
		if (k >= n)
			continue;
		assert_true(fabs(brier[k] - expected) < 1e-9);
		sum += weight * expected;
		baseline += weight * expected_brier(k, &stays);
	}
	assert_true(n == 0 ? isnan(m->integrated_brier) : fabs(m->integrated_brier - sum) < 1e-9);
	assert_true(n == 0 ? isnan(m->baseline_brier) : fabs(m->baseline_brier - baseline) < 1e-9);
}

static void
test_definition(void **unused)
{
	UnitHost counts = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&counts);
	SpkRng	 rng = spk_rng(1, 2);

	(void) unused;
	for (int round = 0; round < 300; round++)
	{
		SpkSurvivalScores  parts[3];
		SpkSurvivalScores  whole;
		SpkSurvivalMetrics metrics;
		SpkSurvivalMetrics same;
		double			   brier[MAX_PERIODS];
		double			   same_brier[MAX_PERIODS];

		make_users(&rng);
		assert_int_equal(spk_survival_scores_init(&host, &whole, n_periods, width), SPK_OK);
		for (int p = 0; p < 3; p++)
			assert_int_equal(spk_survival_scores_init(&host, &parts[p], n_periods, width), SPK_OK);
		for (uint32_t i = 0; i < n_users; i++)
			assert_int_equal(spk_survival_scores_add(&host, &whole, users[i].time, users[i].left,
													 users[i].curve),
							 SPK_OK);
		for (uint32_t i = n_users; i-- > 0;)
			assert_int_equal(spk_survival_scores_add(&host, &parts[spk_rng_below(&rng, 3)],
													 users[i].time, users[i].left, users[i].curve),
							 SPK_OK);
		for (int p = 1; p < 3; p++)
			assert_int_equal(spk_survival_scores_merge(&host, &parts[0], &parts[p]), SPK_OK);
		memset(&metrics, 0, sizeof(metrics));
		memset(&same, 0, sizeof(same));
		assert_int_equal(spk_survival_scores_judge(&host, &whole, &metrics, brier), SPK_OK);
		assert_int_equal(spk_survival_scores_judge(&host, &parts[0], &same, same_brier), SPK_OK);
		check_metrics(&whole, &metrics, brier);
		assert_memory_equal(&metrics, &same, sizeof(metrics));
		assert_memory_equal(brier, same_brier, n_periods * sizeof(double));

		/* again, as of a window that goes on */
		assert_int_equal(spk_survival_scores_judge(&host, &whole, &same, same_brier), SPK_OK);
		assert_memory_equal(&metrics, &same, sizeof(metrics));
		spk_survival_scores_release(&host, &whole);
		for (int p = 0; p < 3; p++)
			spk_survival_scores_release(&host, &parts[p]);
	}
	assert_int_equal(counts.live, 0);
}

static void
test_limits(void **unused)
{
	(void) unused;
	assert_true(spk_survival_scores_fit(1, SPK_MAX_SURVIVAL_TIME));
	assert_true(spk_survival_scores_fit(52, 7));
	assert_true(spk_survival_scores_fit(SPK_MAX_SURVIVAL_PERIODS, 4));
	assert_false(spk_survival_scores_fit(SPK_MAX_SURVIVAL_PERIODS, 5));
	assert_false(spk_survival_scores_fit(SPK_MAX_SURVIVAL_PERIODS + 1, 1));
	assert_false(spk_survival_scores_fit(0, 7));
	assert_false(spk_survival_scores_fit(1, 0));
	assert_false(spk_survival_scores_fit(1, SPK_MAX_SURVIVAL_TIME + 1));
}

/* Whatever fails, a status says so, and all memory is given back. */
static void
test_failures(void **unused)
{
	SpkRng rng = spk_rng(3, 4);

	(void) unused;
	make_users(&rng);
	for (long left = 0, done = 0; !done; left++)
	{
		UnitHost		   counts = UNIT_HOST_INIT;
		SpkHost			   host = unit_host(&counts);
		SpkSurvivalScores  scores;
		SpkSurvivalMetrics metrics;
		double			   brier[MAX_PERIODS];
		SpkStatus		   status;

		counts.allocs_left = left;
		status = spk_survival_scores_init(&host, &scores, n_periods, width);
		for (uint32_t i = 0; i < n_users && status == SPK_OK; i++)
			status = spk_survival_scores_add(&host, &scores, users[i].time, users[i].left,
											 users[i].curve);
		if (status == SPK_OK)
			status = spk_survival_scores_judge(&host, &scores, &metrics, brier);
		done = status == SPK_OK;
		assert_true(done || status == SPK_NO_MEMORY);
		spk_survival_scores_release(&host, &scores);
		assert_int_equal(counts.live, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_definition),
									   cmocka_unit_test(test_limits),
									   cmocka_unit_test(test_failures)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
