/*
 * test_metric.c
 *	  One of the metrics by name, and its spread on few rows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/judging/ranking_metric.h"
#include "core/base/rng.h"
#include "unit_host.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define N_ROWS 2000

static UnitHost state = UNIT_HOST_INIT;

/* n scored rows, a fifth of them churned; scores follow, loosely, or are all the same. */
static SpkScored *
scored_new(uint32_t n, bool constant)
{
	SpkScored *rows = calloc(n, sizeof(SpkScored));
	SpkRng	   rng = spk_rng(1, 2);

	for (uint32_t i = 0; i < n; i++)
	{
		int label = i % 5 == 0;

		rows[i] = spk_scored(constant ? 0.2 : (label + 2 * spk_rng_double(&rng)) / 3, label);
	}
	return rows;
}

static void
names(void **unused)
{
	SpkHost		  host = unit_host(&state);
	SpkScored	 *rows = scored_new(N_ROWS, false);
	SpkMetrics	  m;
	SpkMetric	  metric;
	const double *values[SPK_N_METRICS] = {&m.weighted_f1, &m.f1,		&m.macro_f1, &m.auc,
										   &m.pr_auc,	   &m.log_loss, &m.brier,	 &m.accuracy};

	assert_int_equal(spk_metrics(&host, rows, N_ROWS, 0.4, &m), SPK_OK);
	for (int i = 0; i < SPK_N_METRICS; i++)
	{
		const char *name = spk_metric_name((SpkMetric) i);

		assert_true(spk_metric_of(name, strlen(name), &metric));
		assert_int_equal(metric, i);
		assert_true(spk_metric_value(&m, metric) == *values[i]);
		assert_false(spk_metric_of(name, strlen(name) - 1, &metric));
		assert_int_equal(spk_metric_is_loss(metric),
						 values[i] == &m.log_loss || values[i] == &m.brier);
	}
	assert_false(spk_metric_of("", 0, &metric));
	assert_false(spk_metric_of("AUC", 3, &metric));
	free(rows);
}

/* Of accuracy where nobody is flagged: the share of those who stayed, which is hypergeometric. */
static void
spread_of_a_share(void **unused)
{
	SpkHost	   host = unit_host(&state);
	SpkScored *rows = scored_new(N_ROWS, true);
	double	   spread[2];

	/* of 34 rows 27.2 +- 2.3 stayed; at the 5th percentile 23, at the 95th 31 of them */
	assert_int_equal(spk_metric_spread(&host, rows, N_ROWS, 0.5, SPK_METRIC_ACCURACY, 7, spread),
					 SPK_OK);
	assert_true(spread[0] == 23.0 / 34);
	assert_true(spread[1] == 31.0 / 34);
	assert_int_equal(spk_metric_spread(&host, rows, N_ROWS, 0.5, SPK_METRIC_AUC, 7, spread),
					 SPK_OK);
	assert_true(spread[0] == 0.5 && spread[1] == 0.5);
	free(rows);
}

static void
spreads(void **unused)
{
	SpkHost	   host = unit_host(&state);
	SpkScored *rows = scored_new(N_ROWS, false);
	SpkMetrics m;
	double	   spread[2];
	double	   again[2];

	assert_int_equal(spk_metrics(&host, rows, N_ROWS, 0.4, &m), SPK_OK);
	for (int i = 0; i < SPK_N_METRICS; i++)
	{
		SpkMetric metric = (SpkMetric) i;

		assert_int_equal(spk_metric_spread(&host, rows, N_ROWS, 0.4, metric, 7, spread), SPK_OK);
		assert_int_equal(spk_metric_spread(&host, rows, N_ROWS, 0.4, metric, 7, again), SPK_OK);
		assert_memory_equal(spread, again, sizeof(spread));
		assert_true(spread[0] < spk_metric_value(&m, metric) &&
					spk_metric_value(&m, metric) < spread[1]);
		assert_true(spread[1] - spread[0] > 0.02);
	}
	/* all rows but one are drawn each time */
	assert_int_equal(spk_metric_spread(&host, rows, SPK_SPREAD_ROWS + 1, 0.4, SPK_METRIC_ACCURACY,
									   7, spread),
					 SPK_OK);
	assert_true(spread[1] - spread[0] <= 1.0 / SPK_SPREAD_ROWS + 1e-12);
	free(rows);
}

/* Too few rows, or draws for which the metric is not defined. */
static void
no_spread(void **unused)
{
	SpkHost	   host = unit_host(&state);
	SpkScored *rows = scored_new(N_ROWS, false);
	double	   spread[2];

	assert_int_equal(spk_metric_spread(&host, rows, SPK_SPREAD_ROWS, 0.5, SPK_METRIC_F1, 7, spread),
					 SPK_OK);
	assert_true(isnan(spread[0]) && isnan(spread[1]));
	for (uint32_t i = 0; i < N_ROWS; i++)
		rows[i] = spk_scored(0.1, i == 0);
	assert_int_equal(spk_metric_spread(&host, rows, N_ROWS, 0.5, SPK_METRIC_AUC, 7, spread),
					 SPK_OK);
	assert_true(isnan(spread[0]) && isnan(spread[1]));
	state.polls_left = 0;
	assert_int_equal(spk_metric_spread(&host, rows, N_ROWS, 0.5, SPK_METRIC_AUC, 7, spread),
					 SPK_CANCELLED);
	state.polls_left = -1;
	free(rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(spread_of_a_share),
		cmocka_unit_test(spreads),
		cmocka_unit_test(no_spread),
	};

	return cmocka_run_group_tests_name("metric", tests, NULL, NULL);
}
