/*
 * test_score_bins.c
 *	  The counts of scores that a model keeps, against a plain count, and as bytes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "core/judging/metrics.h"
#include "core/judging/score_bins.h"
#include "core/models/score_counts.h"
#include "unit_scores.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define MAX_ROWS 500

static UnitHost state = UNIT_HOST_INIT;

/* How many rows are above the edge below a bin, and not above the one at its end? */
static uint32_t
count(const SpkScored *rows, size_t n, const SpkScoreCounts *scores, uint32_t bin)
{
	uint32_t found = 0;

	for (size_t i = 0; i < n; i++)
	{
		double score = spk_scored_score(rows[i]);

		found += (bin == 0 || score > (double) scores->edges[bin - 1]) &&
			(bin + 1 == scores->n_bins || score <= (double) scores->edges[bin]);
	}
	return found;
}

/* How many different scores, as far as single precision tells them apart? */
static uint32_t
distinct(const SpkScored *rows, size_t n)
{
	uint32_t found = n > 0;

	for (size_t i = 1; i < n; i++)
		found += spk_scored_score(rows[i]) != spk_scored_score(rows[i - 1]);
	return found;
}

/* The rows are sorted. */
static void
check_bins(const SpkScored *rows, size_t n)
{
	SpkModel	   model = {.n_features = 0};
	SpkScoreCounts scores = spk_score_bins(rows, n);
	uint32_t	   different = distinct(rows, n);

	spk_keep_scores(&model, &scores);
	assert_true(spk_has_scores(&model) && model.facts[SPK_FACT_SCORED_ROWS] == (double) n);
	assert_null(spk_scores_fault(&model));
	for (uint32_t bin = 0; bin < scores.n_bins; bin++)
	{
		assert_true(scores.counts[bin] > 0);
		assert_int_equal(scores.counts[bin], count(rows, n, &scores, bin));
	}
	assert_true(scores.n_bins <= different);

	/* none is narrow, but for what is left above */
	for (uint32_t i = 0; i + 1 < scores.n_bins; i++)
		assert_true((double) scores.edges[i] - (i == 0 ? 0 : (double) scores.edges[i - 1]) >
					0.02499);

	/* any score has a bin, those at an edge the lower one */
	for (uint32_t i = 0; i + 1 < scores.n_bins; i++)
	{
		assert_int_equal(spk_score_bin(&scores, (double) scores.edges[i]), i);
		assert_int_equal(spk_score_bin(&scores, nextafter((double) scores.edges[i], 1)), i + 1);
	}
	assert_int_equal(spk_score_bin(&scores, 0), 0);
	assert_int_equal(spk_score_bin(&scores, 1), scores.n_bins - 1);
}

static void
test_any(void **unused)
{
	SpkHost	  host = unit_host(&state);
	SpkRng	  rng = spk_rng(61, 1);
	SpkScored rows[MAX_ROWS];

	for (int round = 0; round < 2000; round++)
	{
		size_t	   n = 1 + spk_rng_below(&rng, round % 2 ? MAX_ROWS : 50);
		SpkMetrics m;

		any_rows(&rng, rows, n);
		assert_int_equal(spk_metrics(&host, rows, n, 0.5, &m), SPK_OK);
		check_bins(rows, n);
	}
	assert_int_equal(state.live, 0);
}

/* All the same, at either end, and apart by less than single precision. */
static void
test_ends(void **unused)
{
	static const double ends[] = {0, 1, 0.5, 1e-300, 0x1.fffffffffffffp-1};
	SpkScored			rows[MAX_ROWS];

	for (size_t e = 0; e < sizeof(ends) / sizeof(ends[0]); e++)
	{
		for (int i = 0; i < MAX_ROWS; i++)
			rows[i] = spk_scored(ends[e], 0);
		check_bins(rows, MAX_ROWS);
		assert_int_equal(spk_score_bins(rows, MAX_ROWS).n_bins, 1);
	}
	for (int i = 0; i < MAX_ROWS; i++)
		rows[i] = spk_scored(0.3 + i * 1e-15, 0);
	assert_int_equal(spk_score_bins(rows, MAX_ROWS).n_bins, 1);

	/* spread evenly, they have about as many rows each */
	for (int i = 0; i < MAX_ROWS; i++)
		rows[i] = spk_scored(i / (double) MAX_ROWS, 0);
	check_bins(rows, MAX_ROWS);
	assert_true(spk_score_bins(rows, MAX_ROWS).n_bins > SPK_MAX_SCORE_BINS / 2);
}

/* Nothing is kept, and what was kept is gone. */
static void
test_none(void **unused)
{
	SpkModel	   model = {.n_features = 0};
	SpkScored	   row = spk_scored(0.25, 1);
	SpkScoreCounts scores = spk_score_bins(&row, 1);

	spk_keep_scores(&model, &scores);
	assert_true(spk_has_scores(&model));
	spk_keep_scores(&model, NULL);
	assert_false(spk_has_scores(&model));
	assert_int_equal(model.scores.n_bins, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
