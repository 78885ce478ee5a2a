/*
 * test_coder.c
 *	  Numbers coded by the range that they are in, against searching for each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/rows/binning.h"
#include "core/rows/coder.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define N_VALUES 600

static int
compare_numbers(const void *a, const void *b)
{
	double x = *(const double *) a;
	double y = *(const double *) b;

	return (x > y) - (x < y);
}

/* A number of one of several shapes: even, of all sizes, crowded, and whole. */
static double
draw(SpkRng *rng, int shape)
{
	double sign = spk_rng_below(rng, 2) == 0 ? -1 : 1;
	double even = spk_rng_double(rng);

	switch (shape)
	{
		case 0:
			return even;
		case 1:
			return sign * ldexp(even, (int) spk_rng_below(rng, 2000) - 1000);
		case 2:
			return spk_rng_below(rng, 20) == 0 ? sign * 1e300 * even : 1 + even * 1e-13;
		case 3:
			return sign * (double) spk_rng_below(rng, 400);
		default:
			return sign * even * 1e6;
	}
}

/* Draws up to n edges, in order and distinct; returns how many they are. */
static uint32_t
draw_edges(SpkRng *rng, int shape, uint32_t n, double *edges)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < n; i++)
		edges[i] = draw(rng, shape);
	qsort(edges, n, sizeof(double), compare_numbers);
	for (uint32_t i = 0; i < n; i++)
		if (kept == 0 || edges[i] > edges[kept - 1])
			edges[kept++] = edges[i];
	return kept;
}

static double
draw_value(SpkRng *rng, int shape, const double *edges, uint32_t n)
{
	static const double special[] = {NAN,	  INFINITY, -INFINITY, 0.0,	   -0.0,
									 DBL_MAX, -DBL_MAX, DBL_MIN,   5e-324, -5e-324};
	double				edge = n > 0 ? edges[spk_rng_below(rng, n)] : 0;

	switch (spk_rng_below(rng, 5))
	{
		case 0:
			return special[spk_rng_below(rng, sizeof(special) / sizeof(special[0]))];
		case 1:
			return edge;
		case 2:
			return nextafter(edge, spk_rng_below(rng, 2) == 0 ? INFINITY : -INFINITY);
		default:
			return draw(rng, shape);
	}
}

static void
codes_are_those_of_a_search(void **unused)
{
	SpkRng	  rng = spk_rng(4, 8);
	SpkCoder *coder = malloc(sizeof(SpkCoder));
	uint32_t  n_ways[SPK_CODER_EDGES + 1] = {0};

	assert_non_null(coder);
	for (int round = 0; round < 2000; round++)
	{
		int		   shape = (int) spk_rng_below(&rng, 5);
		double	   edges[SPK_MAX_BINS];
		double	   values[N_VALUES];
		uint8_t	   codes[N_VALUES * 3];
		uint32_t   n = draw_edges(&rng, shape, spk_rng_below(&rng, SPK_MAX_BINS), edges);
		SpkFeature feature = {.kind = SPK_NUMBER, .n_bins = n + 1, .edges = edges};

		for (uint32_t i = 0; i < N_VALUES; i++)
			values[i] = draw_value(&rng, shape, edges, n);
		memset(codes, 77, sizeof(codes));
		spk_coder_init(coder, &feature);
		n_ways[coder->most]++;
		spk_coder_code(coder, &feature, values, N_VALUES, codes, 3);
		for (uint32_t i = 0; i < N_VALUES; i++)
		{
			assert_int_equal(codes[3 * i], spk_code_number(&feature, values[i]));
			assert_int_equal(codes[3 * i + 1], 77);
		}
	}

	/* each way has been taken, with so many edges in a range or by a search */
	for (uint32_t most = 0; most <= SPK_CODER_EDGES; most++)
		assert_true(n_ways[most] > 0);
	free(coder);
}

static void
without_values_all_is_missing(void **unused)
{
	SpkCoder  *coder = malloc(sizeof(SpkCoder));
	SpkFeature feature = {.kind = SPK_NUMBER};
	double	   values[2] = {1, NAN};
	uint8_t	   codes[2] = {0, 0};

	assert_non_null(coder);
	spk_coder_init(coder, &feature);
	spk_coder_code(coder, &feature, values, 2, codes, 1);
	assert_int_equal(codes[0], SPK_MISSING);
	assert_int_equal(codes[1], SPK_MISSING);
	free(coder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_those_of_a_search),
		cmocka_unit_test(without_values_all_is_missing),
	};

	return cmocka_run_group_tests_name("coder", tests, NULL, NULL);
}
