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

#include "core/metrics.h"
#include "core/rng.h"
#include "unit_host.h"

#define N_FORMULA	500

static SpkMetrics
judge(SpkScored *rows, size_t n, double threshold)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	SpkMetrics	m;

	assert_int_equal(spk_metrics(&host, rows, n, threshold, &m), SPK_OK);
	assert_int_equal(h.live, 0);
	return m;
}

static void
assert_near(double actual, double expected)
{
	if (!(fabs(actual - expected) <= 1e-12))
		fail_msg("%.17g is not %.17g", actual, expected);
}

/*
 * Expected values from scikit-learn 1.2.1:
 *
 *	import numpy as np, sklearn.metrics as k
 *	i = np.arange(500)
 *	s = (7 * i * i + 3 * i) % 101 / 100
 *	y = (37 * i + 11) % 89 < 50 * s * s + 10
 *	p = s >= 0.5
 *	a, b, c = k.precision_recall_curve(y, s)
 *	f = 2 * a * b / np.maximum(a + b, 1e-300)
 *	j = max(range(len(c)), key=lambda q: (f[q], c[q]))
 *	print(len(y), y.sum(), *k.confusion_matrix(y, p).ravel()[[3, 1, 0, 2]])
 *	for v in (k.accuracy_score(y, p), k.precision_score(y, p), k.recall_score(y, p), k.f1_score(y, p),
 *	          k.f1_score(y, p, average='weighted'), k.f1_score(y, p, average='macro'),
 *	          k.roc_auc_score(y, s), k.average_precision_score(y, s), k.log_loss(y, s, eps=1e-15),
 *	          k.brier_score_loss(y, s), k.f1_score(y, 0 * y, average='weighted'), c[j], f[j]):
 *	    print('%.15g' % v)
 */
static void
formula_rows(SpkScored *rows)
{
	for (int i = 0; i < N_FORMULA; i++)
	{
		double		score = (7 * i * i + 3 * i) % 101 / 100.0;

		rows[i] = spk_scored(score, (37 * i + 11) % 89 < 50 * score * score + 10);
	}
}

static void
agrees_with_scikit_learn(void **state)
{
	SpkScored	rows[N_FORMULA];
	SpkMetrics	m;

	(void) state;
	formula_rows(rows);
	m = judge(rows, N_FORMULA, 0.5);
	assert_int_equal(m.n, 500);
	assert_int_equal(m.positives, 155);
	assert_int_equal(m.tp, 117);
	assert_int_equal(m.fp, 125);
	assert_int_equal(m.tn, 220);
	assert_int_equal(m.fn, 38);
	assert_near(m.accuracy, 0.674);
	assert_near(m.precision, 0.483471074380165);
	assert_near(m.recall, 0.754838709677419);
	assert_near(m.f1, 0.589420654911839);
	assert_near(m.weighted_f1, 0.686202990087347);
	assert_near(m.macro_f1, 0.659552781850613);
	assert_near(m.auc, 0.768041140719963);
	assert_near(m.pr_auc, 0.616536879796054);
	assert_near(m.log_loss, 0.811806146949534);
	assert_near(m.brier, 0.2107476);
	assert_near(m.baseline_weighted_f1, 0.563431952662722);
	assert_true(m.best_threshold == 0.53);
	assert_near(m.best_f1, 0.620689655172414);
}

static void
threshold_decides_flags_only(void **state)
{
	SpkScored	rows[N_FORMULA];
	SpkMetrics	half;
	SpkMetrics	low;
	SpkMetrics	best;

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
	enum { N = 20000 };
	SpkScored  *rows = malloc(N * sizeof(SpkScored));
	SpkRng		rng = spk_rng(1, 2);
	SpkMetrics	first;
	SpkMetrics	again;

	(void) state;
	assert_non_null(rows);
	memset(&first, 0, sizeof(first));
	memset(&again, 0, sizeof(again));
	for (int i = 0; i < N; i++)
	{
		/* all magnitudes, and every third score often */
		double		score = ldexp(spk_rng_double(&rng), -(int) spk_rng_below(&rng, 1100));

		if (i % 3 == 0)
			score = spk_rng_below(&rng, 50) / 49.0;
		rows[i] = spk_scored(score, spk_rng_double(&rng) < score);
	}
	first = judge(rows, N, 0.5);
	for (int i = 1; i < N; i++)
		assert_true(rows[i - 1] <= rows[i]);

	for (uint32_t i = N - 1; i > 0; i--)
	{
		uint32_t	j = spk_rng_below(&rng, i + 1);
		SpkScored	row = rows[i];

		rows[i] = rows[j];
		rows[j] = row;
	}
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
	SpkScored	stayed[] = {spk_scored(0.1, 0), spk_scored(0.7, 0)};
	SpkScored	churned[] = {spk_scored(0.1, 1), spk_scored(0.7, 1)};
	SpkMetrics	m = judge(stayed, 2, 0.5);

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
	SpkScored	same[] = {spk_scored(0.4, 1), spk_scored(0.4, 0), spk_scored(0.4, 0), spk_scored(0.4, 0)};
	/* flagging the first or all four: F1 is 2/3 either way */
	SpkScored	tie[] = {spk_scored(0.8, 1), spk_scored(0.6, 0), spk_scored(0.4, 0), spk_scored(0.2, 1)};
	SpkMetrics	m = judge(same, 4, 0.5);

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
	SpkScored	wrong[] = {spk_scored(0, 1), spk_scored(1, 0)};
	SpkScored	right[] = {spk_scored(0, 0), spk_scored(1, 1)};
	SpkMetrics	m = judge(wrong, 2, 1);

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
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	SpkScored	rows[100];
	SpkMetrics	m;
	long		polls = 0;
	SpkStatus	status;

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
