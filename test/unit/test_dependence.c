/*
 * test_dependence.c
 *	  Values that are tried, and rows that are picked; the scores are tested in SQL.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "core/base/rng.h"
#include "core/judging/dependence.h"
#include "unit_host.h"

#define MAX_POINTS 40

/* A feature of whole numbers with a bin for each of n_bins, or of as many categories. */
static SpkFeature
feature_of(SpkFeatureKind kind, uint32_t n_bins, double *edges)
{
	for (uint32_t i = 0; i + 1 < n_bins; i++)
		edges[i] = i + 0.5;
	return (SpkFeature) {.kind = kind, .n_bins = n_bins, .edges = edges};
}

/* Values are tried as spk_dependence_grid says, whatever the rows. */
static void
grid_holds_its_rules(void **state)
{
	UnitHost		   h = UNIT_HOST_INIT;
	SpkHost			   host = unit_host(&h);
	SpkRng			   rng = spk_rng(1, 2);
	double			   edges[SPK_MAX_BINS];
	SpkDependencePoint points[MAX_POINTS + 1];

	(void) state;
	for (int round = 0; round < 500; round++)
	{
		uint32_t	   n_bins = 1 + spk_rng_below(&rng, SPK_MAX_BINS);
		uint32_t	   max = 2 + spk_rng_below(&rng, MAX_POINTS - 1);
		uint32_t	   n_rows = 1 + spk_rng_below(&rng, 1000);
		bool		   category = round % 3 == 0;
		SpkFeature	   feature = feature_of(category ? SPK_CATEGORY : SPK_NUMBER, n_bins, edges);
		SpkValueCounts counts;
		SpkStatus	   status;
		uint64_t	   sum = 0;
		double		   least = INFINITY;
		double		   most = -INFINITY;
		uint32_t	   n;

		assert_int_equal(spk_value_counts_new(&host, &feature, &counts), SPK_OK);
		for (uint32_t i = 0; i < n_rows; i++)
		{
			double x = spk_rng_double(&rng);
			double value = spk_rng_below(&rng, 10) == 0 ? NAN : floor(x * x * n_bins);

			spk_value_counts_add(&feature, &counts, value);
			least = fmin(least, value);
			most = fmax(most, value);
		}
		n = spk_dependence_grid(&host, &feature, &counts, max, points, &status);
		assert_int_equal(status, SPK_OK);
		assert_true(n <= max + (counts.missing > 0));
		for (uint32_t i = 0; i < n; i++)
			sum += points[i].rows;
		assert_true(category || sum == n_rows);
		assert_true((counts.missing > 0) == (n > 0 && isnan(points[n - 1].value)));
		n -= counts.missing > 0;
		for (uint32_t i = 1; i < n; i++)
			assert_true(category ? points[i - 1].rows >= points[i].rows :
								   points[i - 1].value < points[i].value);
		if (!category && n > 0)
			assert_true(points[0].value == least && (n == 1 || points[n - 1].value == most));

		/* even steps: no two neighbours are much further apart than they need be */
		for (uint32_t i = 1; !category && i + 1 < n && n_bins > 200 && n_rows > 900 && n == max;
			 i++)
			assert_true(points[i].rows <= 4 * n_rows / (max - 1) + 12);
		spk_value_counts_release(&host, &counts);
	}
	assert_int_equal(h.live, 0);
}

static void
pick(const SpkHost *host, const double *rows, uint32_t n, uint32_t most, SpkRowPick *result)
{
	*result = (SpkRowPick) {.n_values = 2, .most = most};
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(spk_row_pick_add(host, result, rows + 2 * (size_t) i), SPK_OK);
	assert_int_equal(spk_row_pick_finish(host, result), SPK_OK);
}

static void
order_leaves_no_trace(void **state)
{
	enum
	{
		N = 5000
	};
	UnitHost   h = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&h);
	SpkRng	   rng = spk_rng(3, 4);
	double	  *rows = malloc(2 * N * sizeof(double));
	SpkRowPick first;
	SpkRowPick again;
	double	   mean = 0;

	(void) state;
	for (int round = 0; round < 20; round++)
	{
		uint32_t most = 1 + spk_rng_below(&rng, 800);
		uint32_t n = 1 + spk_rng_below(&rng, N);

		for (uint32_t i = 0; i < n; i++)
		{
			rows[2 * i] = spk_rng_below(&rng, 5) == 0 ? NAN : spk_rng_below(&rng, 3000);
			rows[2 * i + 1] = spk_rng_below(&rng, 3);
		}
		pick(&host, rows, n, most, &first);
		for (uint32_t i = n; i-- > 1;)
		{
			uint32_t j = spk_rng_below(&rng, i + 1);

			for (int k = 0; k < 2; k++)
			{
				double value = rows[2 * i + k];

				rows[2 * i + k] = rows[2 * j + k];
				rows[2 * j + k] = value;
			}
		}
		pick(&host, rows, n, most, &again);
		assert_int_equal(first.n, n < most ? n : most);
		assert_int_equal(first.n, again.n);
		assert_memory_equal(first.values, again.values, 2 * first.n * sizeof(double));
		spk_row_pick_release(&host, &first);
		spk_row_pick_release(&host, &again);
	}

	/* those that are picked are as good as any */
	for (uint32_t i = 0; i < N; i++)
		rows[2 * i] = rows[2 * i + 1] = i;
	pick(&host, rows, N, 1000, &first);
	for (uint32_t i = 0; i < first.n; i++)
		mean += first.values[2 * i] / first.n;
	assert_true(fabs(mean - N / 2.0) < 150);
	spk_row_pick_release(&host, &first);
	free(rows);
	assert_int_equal(h.live, 0);
}

static void
fails_cleanly(void **state)
{
	UnitHost		   h = UNIT_HOST_INIT;
	SpkHost			   host = unit_host(&h);
	double			   edges[SPK_MAX_BINS];
	double			   row[2] = {1, 2};
	SpkFeature		   feature = feature_of(SPK_NUMBER, 9, edges);
	SpkValueCounts	   counts;
	SpkRowPick		   rows = {.n_values = 2, .most = 10};
	SpkDependencePoint points[10];
	SpkStatus		   status;

	(void) state;
	for (int allocs = 0; allocs < 3; allocs++)
	{
		h.allocs_left = allocs;
		assert_int_equal(spk_value_counts_new(&host, &feature, &counts), SPK_NO_MEMORY);
		if (allocs == 2)
			break;
		h.allocs_left = allocs;
		assert_int_equal(spk_row_pick_add(&host, &rows, row), SPK_NO_MEMORY);
	}
	h.allocs_left = -1;
	assert_int_equal(spk_value_counts_new(&host, &feature, &counts), SPK_OK);
	assert_int_equal(spk_row_pick_add(&host, &rows, row), SPK_OK);
	h.allocs_left = 1;
	assert_int_equal(spk_row_pick_finish(&host, &rows), SPK_NO_MEMORY);
	h.allocs_left = 1;
	(void) spk_dependence_grid(&host, &feature, &counts, 5, points, &status);
	assert_int_equal(status, SPK_NO_MEMORY);
	spk_value_counts_release(&host, &counts);
	spk_row_pick_release(&host, &rows);
	assert_int_equal(h.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grid_holds_its_rules),
		cmocka_unit_test(order_leaves_no_trace),
		cmocka_unit_test(fails_cleanly),
	};

	return cmocka_run_group_tests_name("dependence", tests, NULL, NULL);
}
