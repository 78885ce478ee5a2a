/*
 * test_threshold.c
 *	  A model's own threshold, against brute force, and how many rows are scored for it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "core/judging/effort.h"
#include "core/judging/threshold.h"
#include "unit_scores.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define MAX_ROWS 120

static UnitHost state = UNIT_HOST_INIT;

/* The rows are sorted, as spk_metrics leaves them. */
static SpkThresholdRule
choose(double given, SpkScored *rows, size_t n, SpkMetrics *m)
{
	SpkHost	   host = unit_host(&state);
	SpkOptions options = spk_options_default(SPK_NAIVE_BAYES);

	if (given > 0)
		options.value[SPK_OPT_THRESHOLD] = given;
	assert_int_equal(spk_metrics(&host, rows, n, 0.5, m), SPK_OK);
	return spk_choose_threshold(&options, rows, n, m);
}

/* F1 times positives and flagged, and how many are flagged, from the score of this row on. */
static double
f1_from(const SpkScored *rows, size_t n, size_t first, size_t *flagged)
{
	uint64_t tp = 0;
	uint64_t positives = 0;

	*flagged = 0;
	for (size_t i = 0; i < n; i++)
	{
		bool flag = spk_scored_score(rows[i]) >= spk_scored_score(rows[first]);

		*flagged += flag;
		positives += (uint64_t) spk_scored_label(rows[i]);
		tp += flag && spk_scored_label(rows[i]);
	}
	return 2.0 * (double) tp / (double) (*flagged + positives);
}

/* What is flagged is what the metrics count, whatever the rule. */
static void
check_flags(const SpkScored *rows, size_t n, const SpkMetrics *m)
{
	uint64_t flagged[2] = {0, 0};

	for (size_t i = 0; i < n; i++)
		if (spk_scored_score(rows[i]) >= m->threshold)
			flagged[spk_scored_label(rows[i])]++;
	assert_true(flagged[1] == m->tp && flagged[0] == m->fp);
	assert_true(m->threshold > 0 && m->threshold < 1);
}

static void
agrees_with_brute_force(void **unused)
{
	SpkRng			 rng = spk_rng(51, 1);
	static SpkScored rows[MAX_ROWS];
	int				 n_rules[SPK_N_THRESHOLD_RULES] = {0};

	for (int round = 0; round < 4000; round++)
	{
		size_t			 n = 1 + spk_rng_below(&rng, MAX_ROWS);
		size_t			 flagged;
		size_t			 least = n;
		double			 best = 0;
		SpkMetrics		 m;
		SpkThresholdRule rule;

		any_rows(&rng, rows, n);
		rule = choose(0, rows, n, &m);
		n_rules[rule]++;
		check_flags(rows, n, &m);

		/* the best F1 of all scores, and the fewest rows that are as many as churned */
		for (size_t i = 0; i < n; i++)
		{
			best = fmax(best, f1_from(rows, n, i, &flagged));
			if (flagged >= m.positives && flagged < least && flagged > 0)
				least = flagged;
		}
		if (rule == SPK_THRESHOLD_BEST_F1)
		{
			assert_true(m.positives >= SPK_THRESHOLD_MIN_CLASS);
			assert_near(m.f1, best);
			assert_true(m.tp + m.fp < n);
		}
		else if (rule == SPK_THRESHOLD_AS_MANY)
			assert_true(m.tp + m.fp == least && least < n);
		else
		{
			assert_int_equal(rule, SPK_THRESHOLD_HALF);
			assert_true(m.threshold == 0.5);
			assert_true(least == n || m.positives == 0 || m.positives == n);
		}
	}
	assert_true(n_rules[SPK_THRESHOLD_BEST_F1] > 100);
	assert_true(n_rules[SPK_THRESHOLD_AS_MANY] > 100);
	assert_true(n_rules[SPK_THRESHOLD_HALF] > 100);
}

static void
given_is_taken(void **unused)
{
	SpkRng			 rng = spk_rng(52, 1);
	static SpkScored rows[MAX_ROWS];

	for (int round = 0; round < 200; round++)
	{
		size_t	   n = 1 + spk_rng_below(&rng, MAX_ROWS);
		double	   given = 1e-6 + spk_rng_double(&rng) * 0.9;
		SpkMetrics m;

		any_rows(&rng, rows, n);
		assert_int_equal(choose(given, rows, n, &m), SPK_THRESHOLD_GIVEN);
		assert_true(m.threshold == given);
		check_flags(rows, n, &m);
	}
}

/* Three who churned among a thousand: somebody is flagged, the fewest that may be three. */
static void
few_churned(void **unused)
{
	static SpkScored rows[1000];
	SpkMetrics		 m;

	for (int i = 0; i < 1000; i++)
		rows[i] = spk_scored(i / 10000.0, i == 999 || i == 990 || i == 700);
	assert_int_equal(choose(0, rows, 1000, &m), SPK_THRESHOLD_AS_MANY);
	assert_true(m.tp == 1 && m.fp == 2);

	/* a tie is not cut */
	for (int i = 0; i < 1000; i++)
		rows[i] = spk_scored(i >= 900 ? 0.2 : 0.1, i == 999 || i == 990 || i == 700);
	assert_int_equal(choose(0, rows, 1000, &m), SPK_THRESHOLD_AS_MANY);
	assert_true(m.tp == 2 && m.fp == 98);

	/* and scores that say nothing flag nobody */
	for (int i = 0; i < 1000; i++)
		rows[i] = spk_scored(0.003, i < 3);
	assert_int_equal(choose(0, rows, 1000, &m), SPK_THRESHOLD_HALF);
	assert_true(m.tp + m.fp == 0);
}

static void
effort_is_bounded(void **unused)
{
	SpkRng rng = spk_rng(53, 1);

	for (int round = 0; round < 20000; round++)
	{
		uint32_t  n = 2 + spk_rng_below(&rng, 1u << (1 + spk_rng_below(&rng, 30)));
		uint32_t  positives = 1 + spk_rng_below(&rng, n - 1);
		SpkEffort e = spk_threshold_effort(n, positives);
		double	  rare = fmin(positives, n - positives);
		double	  budget = fmax(20000, n * 0.05);

		assert_true(e.n_rows >= 1 && e.n_rows <= n);
		assert_true(e.n_folds >= 2 && e.n_folds <= SPK_EFFORT_FOLDS);
		assert_true(e.n_scored >= 1 && e.n_scored <= e.n_folds);

		/* one fit is within the budget; a fold more is scored only where churn is rare */
		assert_true(spk_effort_rows(&e) / e.n_scored <= budget + 1);
		if (rare / n * e.n_rows / e.n_folds >= 250)
			assert_true(spk_effort_rows(&e) <= budget + 1);

		/* where neither class is rare, half of that will do */
		if (n <= 100000 && rare >= 0.05 * n + 1 && rare / n * e.n_rows / e.n_folds >= 250)
			assert_true(spk_effort_rows(&e) <= 10001);

		/* few rows are all scored, and so are rows of which few churned */
		if (n <= 2500 || (n <= 5000 && rare <= 250))
			assert_true(e.n_rows == n && e.n_scored == SPK_EFFORT_FOLDS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_brute_force),
		cmocka_unit_test(given_is_taken),
		cmocka_unit_test(few_churned),
		cmocka_unit_test(effort_is_bounded),
	};

	return cmocka_run_group_tests_name("threshold", tests, NULL, NULL);
}
