/*
 * test_metrics.c
 *	  Metrics against scikit-learn's, and at the edges.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "core/judging/metrics.h"
#include "expected_metrics.h"
#include "unit_scores.h"

static SpkMetrics
judge(SpkScored *rows, size_t n, double threshold)
{
	UnitHost   h = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&h);
	SpkMetrics m;

	assert_int_equal(spk_metrics(&host, rows, n, threshold, &m), SPK_OK);
	assert_int_equal(h.live, 0);
	return m;
}

/* The columns in order, as expected_metrics.h has them. */
static void
assert_metrics(const SpkMetrics *m, const double *expected)
{
	const double actual[] = {(double) m->n,
							 (double) m->positives,
							 m->threshold,
							 (double) m->tp,
							 (double) m->fp,
							 (double) m->tn,
							 (double) m->fn,
							 m->accuracy,
							 m->precision,
							 m->recall,
							 m->f1,
							 m->weighted_f1,
							 m->macro_f1,
							 m->auc,
							 m->pr_auc,
							 m->log_loss,
							 m->brier,
							 m->baseline_weighted_f1,
							 m->best_threshold,
							 m->best_f1,
							 m->ece};

	assert_int_equal(sizeof(actual), sizeof(formula_metrics));
	for (size_t i = 0; i < sizeof(actual) / sizeof(actual[0]); i++)
		assert_near(actual[i], expected[i]);
}

static void
agrees_with_scikit_learn(void **state)
{
	SpkScored  rows[N_FORMULA];
	SpkMetrics m;

	(void) state;
	formula_rows(rows);
	m = judge(rows, N_FORMULA, 0.5);
	assert_metrics(&m, formula_metrics);
	random_rows(rows);
	m = judge(rows, N_RANDOM, 0.5);
	assert_metrics(&m, random_metrics);
}

static void
threshold_decides_flags_only(void **state)
{
	SpkScored  rows[N_FORMULA];
	SpkMetrics half;
	SpkMetrics low;
	SpkMetrics best;

	(void) state;
	formula_rows(rows);
	half = judge(rows, N_FORMULA, 0.5);
	low = judge(rows, N_FORMULA, 0.37);
	assert_int_equal(low.tp, 128);
	assert_int_equal(low.fp, 144);
	assert_near(low.weighted_f1, 0.669938570570276);
	assert_near(low.macro_f1, 0.650551148276665);
	assert_true(low.auc == half.auc && low.log_loss == half.log_loss);

	best = judge(rows, N_FORMULA, half.best_threshold);
	assert_true(best.f1 == half.best_f1);
}

/* Every order of the rows, the same bits. */
static void
order_leaves_no_trace(void **state)
{
	enum
	{
		N = 20000
	};
	SpkScored *rows = malloc(N * sizeof(SpkScored));
	SpkRng	   rng = spk_rng(1, 2);
	SpkMetrics first;
	SpkMetrics again;

	(void) state;
	assert_non_null(rows);
	memset(&first, 0, sizeof(first));
	memset(&again, 0, sizeof(again));
	for (int i = 0; i < N; i++)
	{
		/* all magnitudes, and every third score often */
		double score = ldexp(spk_rng_double(&rng), -(int) spk_rng_below(&rng, 1100));

		if (i % 3 == 0)
			score = spk_rng_below(&rng, 50) / 49.0;
		rows[i] = spk_scored(score, spk_rng_double(&rng) < score);
	}
	first = judge(rows, N, 0.5);
	for (int i = 1; i < N; i++)
		assert_true(rows[i - 1] <= rows[i]);

	shuffle_rows(&rng, rows, N);
	again = judge(rows, N, 0.5);
	assert_memory_equal(&first, &again, sizeof(first));
	free(rows);
}

static void
words_order_by_score_then_label(void **state)
{
	(void) state;
	assert_true(spk_scored(0, 0) == spk_scored(-0.0, 0));
	assert_true(spk_scored(0, 1) > spk_scored(0, 0));
	assert_true(spk_scored(5e-324, 0) > spk_scored(0, 1));
	assert_true(spk_scored(1, 0) > spk_scored(1 - 0x1p-53, 1));
	assert_true(spk_scored_score(spk_scored(0.1, 1)) == 0.1);
	assert_int_equal(spk_scored_label(spk_scored(0.1, 1)), 1);
	assert_int_equal(spk_scored_label(spk_scored(1, 0)), 0);
}

static void
one_class_only(void **state)
{
	SpkScored  stayed[] = {spk_scored(0.1, 0), spk_scored(0.7, 0)};
	SpkScored  churned[] = {spk_scored(0.1, 1), spk_scored(0.7, 1)};
	SpkMetrics m = judge(stayed, 2, 0.5);

	(void) state;
	assert_true(m.fp == 1 && m.tn == 1 && m.tp == 0 && m.fn == 0);
	assert_true(m.precision == 0 && isnan(m.recall) && m.f1 == 0);
	assert_true(isnan(m.auc) && isnan(m.pr_auc) && isnan(m.best_threshold) && isnan(m.best_f1));
	assert_true(m.baseline_weighted_f1 == 1);

	m = judge(churned, 2, 0.5);
	assert_true(m.fp == 0 && m.tn == 0 && m.tp == 1 && m.fn == 1);
	assert_true(m.precision == 1 && m.recall == 0.5);
	assert_true(isnan(m.auc) && m.pr_auc == 1);
	assert_true(m.best_threshold == 0.1 && m.best_f1 == 1);
	assert_true(m.baseline_weighted_f1 == 0);
}

static void
ties(void **state)
{
	SpkScored same[] = {spk_scored(0.4, 1), spk_scored(0.4, 0), spk_scored(0.4, 0),
						spk_scored(0.4, 0)};
	/* flagging the first or all four: F1 is 2/3 either way */
	SpkScored  tie[] = {spk_scored(0.8, 1), spk_scored(0.6, 0), spk_scored(0.4, 0),
						spk_scored(0.2, 1)};
	SpkMetrics m = judge(same, 4, 0.5);

	(void) state;
	assert_true(m.auc == 0.5 && m.pr_auc == 0.25);
	assert_true(isnan(m.precision) && m.recall == 0 && m.f1 == 0);
	assert_true(m.best_threshold == 0.4 && m.best_f1 == 0.4);

	m = judge(tie, 4, 0.5);
	assert_true(m.best_threshold == 0.8);
	assert_near(m.best_f1, 2 / 3.0);
}

static void
extreme_scores(void **state)
{
	SpkScored  wrong[] = {spk_scored(0, 1), spk_scored(1, 0)};
	SpkScored  right[] = {spk_scored(0, 0), spk_scored(1, 1)};
	SpkMetrics m = judge(wrong, 2, 1);

	(void) state;
	assert_true(m.fp == 1 && m.fn == 1 && m.auc == 0 && m.brier == 1);
	assert_true(fabs(m.log_loss - 34.538776394910684) < 0.001);

	m = judge(right, 2, 1);
	assert_true(m.tp == 1 && m.tn == 1 && m.auc == 1 && m.brier == 0 && m.weighted_f1 == 1);
	m = judge(right, 2, 0);
	assert_true(m.tp == 1 && m.fp == 1);
}

static void
refusals(void **state)
{
	UnitHost   h = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&h);
	SpkScored  rows[100];
	SpkMetrics m;
	long	   polls = 0;
	SpkStatus  status;

	(void) state;
	assert_int_equal(spk_metrics(&host, rows, 0, 0.5, &m), SPK_INVALID);
	assert_int_equal(spk_metrics(&host, rows, SPK_MAX_SCORED + 1, 0.5, &m), SPK_LIMIT);
	do
	{
		for (int i = 0; i < 100; i++)
			rows[i] = spk_scored((i * 37 % 100) / 100.0, i & 1);
		h.polls_left = polls++;
		status = spk_metrics(&host, rows, 100, 0.5, &m);
		assert_true(status == SPK_CANCELLED || status == SPK_OK);
	} while (status == SPK_CANCELLED);
	assert_true(polls > 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_scikit_learn),
		cmocka_unit_test(threshold_decides_flags_only),
		cmocka_unit_test(order_leaves_no_trace),
		cmocka_unit_test(words_order_by_score_then_label),
		cmocka_unit_test(one_class_only),
		cmocka_unit_test(ties),
		cmocka_unit_test(extreme_scores),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
