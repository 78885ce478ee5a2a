/*
 * test_drift.c
 *	  Histograms compared: against scipy and numpy, by chance, and at the edges.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "core/base/rng.h"
#include "core/judging/drift.h"
#include "unit_host.h"

#define MAX_BINS 300

/* Indices by numpy, and distances by scipy's ks_2samp: made by test/reference/drift.py. */
static const struct
{
	int	   n;
	int	   m;
	int	   values;
	int	   shift;
	double psi;
	double ks;
	double chance;
} reference[] = {
	{500, 300, 8, 0, 0.000380954474732, 0.00466666666667, 0.07502},
	{500, 300, 8, 1, 2.78178627187, 0.538, 0.07502},
	{1000, 40, 8, 0, 0.13620098421, 0.117, 0.3657},
	{1000, 40, 8, 1, 1.58278489878, 0.538, 0.3657},
	{2000, 5000, 40, 0, 9.92315787624e-06, 0.001, 0.01184},
	{2000, 5000, 40, 1, 4.09674151847, 0.5377, 0.01184},
};

static SpkDrift
compare(const SpkHistograms *h)
{
	UnitHost host = UNIT_HOST_INIT;
	SpkHost	 unit = unit_host(&host);
	SpkDrift drift;

	assert_int_equal(spk_drift(&unit, h, &drift), SPK_OK);
	assert_int_equal(host.live, 0);
	return drift;
}

static void
assert_about(double actual, double expected, double error)
{
	if (!(fabs(actual - expected) <= error * fabs(expected)))
		fail_msg("%.17g is not about %.17g", actual, expected);
}

static void
agrees_with_scipy(void **state)
{
	(void) state;
	for (size_t r = 0; r < sizeof(reference) / sizeof(reference[0]); r++)
	{
		uint64_t	  then[MAX_BINS] = {0};
		uint64_t	  now[MAX_BINS] = {0};
		int			  values = reference[r].values;
		SpkHistograms h = {(uint32_t) values, true, then, now, {0, 0}, 0};
		SpkDrift	  drift;

		for (int i = 0; i < reference[r].n; i++)
			then[(i * i * 7 + i * 3) % 97 * values / 97]++;
		for (int i = 0; i < reference[r].m; i++)
			now[(i * i * 7 + i * (3 + reference[r].shift)) % 97 * values / 97 /
				(1 + reference[r].shift)]++;
		drift = compare(&h);
		assert_about(drift.psi, reference[r].psi, 1e-10);
		assert_about(drift.ks, reference[r].ks, 1e-10);
		assert_about(drift.psi_chance, reference[r].chance, 0.01);
	}
}

/* Draws n rows with the same chances for each bin, of 3 to MAX_BINS. */
static void
draw(SpkRng *rng, uint64_t *counts, uint32_t n_bins, uint32_t n)
{
	memset(counts, 0, n_bins * sizeof(uint64_t));
	for (uint32_t i = 0; i < n; i++)
	{
		double x = spk_rng_double(rng);

		counts[(uint32_t) (x * x * n_bins)]++;
	}
}

/* When nothing moves, what chance does is beyond its bounds in about one case of twenty. */
static void
chance_keeps_its_bounds(void **state)
{
	enum
	{
		CASES = 1000
	};
	uint64_t then[MAX_BINS];
	uint64_t now[MAX_BINS];
	SpkRng	 rng = spk_rng(1, 2);
	int		 beyond[2] = {0, 0};

	(void) state;
	for (int c = 0; c < CASES; c++)
	{
		uint32_t	  n_bins = 20 + spk_rng_below(&rng, MAX_BINS - 20);
		SpkHistograms h = {n_bins, true, then, now, {0, 0}, 0};
		SpkDrift	  drift;

		draw(&rng, then, n_bins, 400 + spk_rng_below(&rng, 1000));
		draw(&rng, now, n_bins, 200 + spk_rng_below(&rng, 1000));
		drift = compare(&h);
		beyond[0] += drift.psi > drift.psi_chance;
		beyond[1] += drift.ks > drift.ks_chance;
	}
	assert_in_range(beyond[0], CASES / 40, CASES / 12);
	assert_in_range(beyond[1], CASES / 100, CASES / 15);
}

/* Where the rows come from, and how many bins they have, makes no difference to what is the same. */
static void
same_is_stable(void **state)
{
	uint64_t counts[MAX_BINS];
	uint64_t tenfold[MAX_BINS];
	SpkRng	 rng = spk_rng(3, 4);

	(void) state;
	for (int c = 0; c < 100; c++)
	{
		uint32_t	  n_bins = 1 + spk_rng_below(&rng, MAX_BINS);
		SpkHistograms h = {n_bins, c % 2 == 0, counts, tenfold, {300, 3000}, 0};
		SpkDrift	  drift;

		draw(&rng, counts, n_bins, 5000);
		for (uint32_t i = 0; i < n_bins; i++)
			tenfold[i] = 10 * counts[i];
		drift = compare(&h);
		assert_true(drift.psi >= 0 && drift.psi < 1e-4);
		assert_true(h.ordered ? drift.ks < 1e-12 : isnan(drift.ks));
		assert_int_equal(spk_drift_verdict(&drift), SPK_DRIFT_STABLE);
	}
}

static void
sees_missing_and_unseen(void **state)
{
	const uint64_t then[] = {500, 300, 200};
	const uint64_t now[] = {250, 150, 100};
	SpkHistograms  h = {3, false, then, now, {0, 500}, 0};
	SpkDrift	   drift = compare(&h);

	(void) state;
	assert_int_equal(spk_drift_verdict(&drift), SPK_DRIFT_FAR);
	h.ordered = true;
	drift = compare(&h);
	assert_int_equal(spk_drift_verdict(&drift), SPK_DRIFT_FAR);
	assert_true(drift.ks < 1e-12);
	h.missing[1] = 0;
	drift = compare(&h);
	assert_int_equal(spk_drift_verdict(&drift), SPK_DRIFT_STABLE);
	h.ordered = false;
	h.unseen = 250;
	drift = compare(&h);
	assert_int_equal(spk_drift_verdict(&drift), SPK_DRIFT_FAR);

	/* the rare ones count together: beyond nine, which of them it is does not matter */
	{
		uint64_t many[40];
		uint64_t turned[40];

		for (int i = 0; i < 40; i++)
			many[i] = i < 9 ? 1000 - (uint64_t) i : 10;
		memcpy(turned, many, sizeof(many));
		turned[20] = 0;
		turned[30] = 20;
		h = (SpkHistograms) {40, false, many, turned, {0, 0}, 0};
		drift = compare(&h);
		assert_true(drift.psi == 0);
		turned[0] = 0;
		turned[8] = many[0] + many[8];
		drift = compare(&h);
		assert_int_equal(spk_drift_verdict(&drift), SPK_DRIFT_FAR);
	}
}

static void
verdicts(void **state)
{
	const SpkDrift		  cases[] = {{NAN, NAN, NAN, NAN}, {0.05, 0.01, 0, 0}, {0.2, 0.3, 0, 0},
									 {0.4, 0.5, 0, 0},	   {0.2, 0.1, 0, 0},   {0.3, 0.2, 0, 0}};
	const SpkDriftVerdict expected[] = {SPK_DRIFT_UNKNOWN, SPK_DRIFT_STABLE, SPK_DRIFT_CHANCE,
										SPK_DRIFT_CHANCE,  SPK_DRIFT_DRIFT,	 SPK_DRIFT_FAR};

	(void) state;
	for (int i = 0; i < 6; i++)
		assert_int_equal(spk_drift_verdict(&cases[i]), expected[i]);
}

static void
nothing_to_compare(void **state)
{
	const uint64_t none[3] = {0, 0, 0};
	const uint64_t some[3] = {1, 2, 3};
	SpkHistograms  h = {3, true, some, none, {0, 0}, 0};
	UnitHost	   unit = UNIT_HOST_INIT;
	SpkHost		   host = unit_host(&unit);
	SpkDrift	   drift = compare(&h);

	(void) state;
	assert_true(isnan(drift.psi) && isnan(drift.ks));
	assert_int_equal(spk_drift_verdict(&drift), SPK_DRIFT_UNKNOWN);

	/* a feature that was always missing, and is now known */
	h = (SpkHistograms) {0, true, NULL, NULL, {100, 0}, 100};
	drift = compare(&h);
	assert_int_equal(spk_drift_verdict(&drift), SPK_DRIFT_FAR);
	assert_true(isnan(drift.ks));

	h = (SpkHistograms) {3, false, some, some, {0, 0}, 0};
	unit.allocs_left = 0;
	assert_int_equal(spk_drift(&host, &h, &drift), SPK_NO_MEMORY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_scipy), cmocka_unit_test(chance_keeps_its_bounds),
		cmocka_unit_test(same_is_stable),	 cmocka_unit_test(sees_missing_and_unseen),
		cmocka_unit_test(verdicts),			 cmocka_unit_test(nothing_to_compare),
	};

	return cmocka_run_group_tests_name("drift", tests, NULL, NULL);
}
