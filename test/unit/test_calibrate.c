/*
 * test_calibrate.c
 *	  Calibration: against scikit-learn and statsmodels (test/reference/calibrate.py),
 *	  against the definitions worked out by brute force, and at the edges.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/judging/calibrate.h"
#include "core/base/rng.h"
#include "unit_host.h"
#include "unit_rounds.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define MAX_UNIT_ROWS 2000

static const double methods[] = {SPK_CALIBRATE_PLATT, SPK_CALIBRATE_ISOTONIC};

typedef struct Rows
{
	uint32_t n;
	double	 score[MAX_UNIT_ROWS];
	int		 label[MAX_UNIT_ROWS];
} Rows;

static void
assert_near(double got, double expected, double margin)
{
	if (!(fabs(got - expected) <= margin))
		fail_msg("got %.17g, not %.17g", got, expected);
}

static SpkStatus
calibrate(const SpkHost *host, double method, const Rows *rows, SpkModel *model)
{
	SpkScored *scored = malloc(rows->n * sizeof(SpkScored));
	SpkStatus  status;

	for (uint32_t i = 0; i < rows->n; i++)
		scored[i] = spk_scored(rows->score[i], rows->label[i]);
	memset(model, 0, sizeof(*model));
	model->options.value[SPK_OPT_CALIBRATE] = method;
	status = spk_calibrate(host, scored, rows->n, model);
	free(scored);
	return status;
}

/* The caller gives the points back, by free. */
static SpkModel
calibrated(double method, const Rows *rows)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	SpkModel model;

	assert_int_equal(calibrate(&host, method, rows, &model), SPK_OK);
	assert_int_equal(unit.live, method == SPK_CALIBRATE_ISOTONIC);
	assert_null(spk_calibration_fault(&model));
	return model;
}

static void
shuffle(Rows *rows, SpkRng *rng)
{
	for (uint32_t i = rows->n; i > 1; i--)
	{
		uint32_t with = spk_rng_below(rng, i);
		double	 score = rows->score[i - 1];
		int		 label = rows->label[i - 1];

		rows->score[i - 1] = rows->score[with];
		rows->label[i - 1] = rows->label[with];
		rows->score[with] = score;
		rows->label[with] = label;
	}
}

/* Scores with and without ties; labels follow them, or not, or against them. */
static void
random_rows(SpkRng *rng, Rows *rows)
{
	uint32_t grid = spk_rng_below(rng, 2) ? 0 : 1 + spk_rng_below(rng, 30);
	double	 slope = spk_rng_double(rng) * 3 - 1;

	rows->n = 1 + spk_rng_below(rng, 60);
	for (uint32_t i = 0; i < rows->n; i++)
	{
		rows->score[i] = grid > 0 ? (double) spk_rng_below(rng, grid + 1) / grid :
									spk_rng_double(rng);
		rows->label[i] = spk_rng_double(rng) < slope * (rows->score[i] - 0.5) + 0.4;
	}
}

static void
formula_rows(Rows *rows)
{
	rows->n = 500;
	for (int i = 1; i <= 500; i++)
	{
		rows->score[i - 1] = (i * 37 % 101) / 100.0;
		rows->label[i - 1] = i * 7919 % 1000 < 600 * rows->score[i - 1];
	}
}

static void
as_other_software(void **unused)
{
	static const double platt[] = {0.00998677105500972, 0.0712806067727331, 0.100528240643175,
								   0.123761806365358,	0.14422637605715,	0.163210263170165,
								   0.181410597329846,	0.1992850754133,	0.217184208498728,
								   0.235415385836812,	0.254282708975375,	0.274120023408127,
								   0.29532750019033,	0.318422439069626,	0.344121647955733,
								   0.373491692601226,	0.408256403328722,	0.451522609524585,
								   0.509891008166108,	0.602377813714012,	0.920169863971346};
	static const double isotonic[] = {0.00278551532033426,
									  0.00278551532033426,
									  0.08,
									  0.1,
									  0.1,
									  0.147058823529412,
									  0.16,
									  0.2,
									  0.2,
									  0.266666666666667,
									  0.291666666666667,
									  0.333333333333333,
									  0.333333333333333,
									  0.4,
									  0.4,
									  0.433333333333333,
									  0.466666666666667,
									  0.485714285714286,
									  0.517241379310345,
									  0.56,
									  0.8};
	Rows				rows;
	SpkModel			p;
	SpkModel			i;

	formula_rows(&rows);
	p = calibrated(SPK_CALIBRATE_PLATT, &rows);
	i = calibrated(SPK_CALIBRATE_ISOTONIC, &rows);
	assert_near(p.calibration.slope, 0.509726667493358, 1e-9);
	assert_near(p.calibration.intercept, -1.07589988639809, 1e-9);
	assert_int_equal(i.calibration.n_points, 33);
	for (int k = 0; k <= 20; k++)
	{
		assert_near(spk_calibrated(&p, k / 20.0), platt[k], 1e-9);
		assert_near(spk_calibrated(&i, k / 20.0), isotonic[k], 1e-12);
	}
	free(i.calibration.points);
}

/* Rows with a score from low to high, and those of them that churned. */
static double
share_between(const Rows *rows, double low, double high)
{
	double n = 0;
	double positives = 0;

	for (uint32_t i = 0; i < rows->n; i++)
		if (rows->score[i] >= low && rows->score[i] <= high)
		{
			n++;
			positives += rows->label[i];
		}
	return positives / n;
}

static double
count_positives(const Rows *rows)
{
	double positives = 0;

	for (uint32_t i = 0; i < rows->n; i++)
		positives += rows->label[i];
	return positives;
}

/* The greatest, over starts at or below the score, of the least share up to an end at or above it. */
static double
max_min(const Rows *rows, double score)
{
	double most = 0;

	for (uint32_t a = 0; a < rows->n; a++)
	{
		double least = 1;

		if (rows->score[a] > score)
			continue;
		for (uint32_t b = 0; b < rows->n; b++)
			if (rows->score[b] >= score)
				least = fmin(least, share_between(rows, rows->score[a], rows->score[b]));
		most = fmax(most, least);
	}
	return most;
}

static void
isotonic_is_the_max_min(void **unused)
{
	SpkRng rng = spk_rng(1, 0);
	Rows   rows;

	for (int round = 0; round < ROUNDS(300); round++)
	{
		SpkModel model;
		double	 positives;

		random_rows(&rng, &rows);
		positives = count_positives(&rows);
		model = calibrated(SPK_CALIBRATE_ISOTONIC, &rows);
		for (uint32_t i = 0; i < rows.n; i++)
		{
			double expected = max_min(&rows, rows.score[i]);

			expected = fmax(expected, 1 / (rows.n - positives + 2));
			expected = fmin(expected, (positives + 1) / (positives + 2));
			assert_near(spk_calibrated(&model, rows.score[i]), expected, 1e-15);
		}
		free(model.calibration.points);
	}
}

/* The likelihood that Platt maximises, as a loss, by libm; and its gradient. */
static double
platt_loss(const Rows *rows, double slope, double intercept, double gradient[2])
{
	double positives = count_positives(rows);
	double loss = 0;

	gradient[0] = gradient[1] = 0;
	for (uint32_t i = 0; i < rows->n; i++)
	{
		double t = rows->label[i] ? (positives + 1) / (positives + 2) :
									1 / (rows->n - positives + 2);
		double s = SPK_PLATT_SHRINK + (1 - 2 * SPK_PLATT_SHRINK) * rows->score[i];
		double x = log(s / (1 - s));
		double p = 1 / (1 + exp(-(slope * x + intercept)));

		loss -= t * log(p) + (1 - t) * log1p(-p);
		gradient[0] += (p - t) * x;
		gradient[1] += p - t;
	}
	return loss;
}

static void
platt_is_the_most_likely(void **unused)
{
	SpkRng rng = spk_rng(2, 0);
	Rows   rows;
	int	   flat = 0;

	for (int round = 0; round < ROUNDS(500); round++)
	{
		SpkModel model;
		double	 gradient[2];

		random_rows(&rng, &rows);
		model = calibrated(SPK_CALIBRATE_PLATT, &rows);
		platt_loss(&rows, model.calibration.slope, model.calibration.intercept, gradient);
		assert_near(gradient[1], 0, 1e-8);
		if (model.calibration.slope > 0)
			assert_near(gradient[0], 0, 1e-7);
		else
		{
			/* it would fall with higher scores, or they are all the same */
			assert_true(gradient[0] > -1e-8);
			flat++;
		}
	}
	assert_in_range(flat, ROUNDS(50), ROUNDS(400));
}

/* Far apart, as good as certain, all the same. */
static void
extremes(void **unused)
{
	for (int m = 0; m < 2; m++)
	{
		Rows	 rows = {.n = 400};
		SpkModel model;

		for (uint32_t i = 0; i < rows.n; i++)
		{
			rows.score[i] = i % 2;
			rows.label[i] = i % 2;
		}
		model = calibrated(methods[m], &rows);
		assert_near(spk_calibrated(&model, 0), 1.0 / 202, 1e-9);
		assert_near(spk_calibrated(&model, 1), 201.0 / 202, 1e-9);
		free(model.calibration.points);

		for (uint32_t i = 0; i < rows.n; i++)
		{
			rows.score[i] = 0.3;
			rows.label[i] = i % 4 == 0;
		}
		model = calibrated(methods[m], &rows);
		for (int k = 0; k <= 10; k++)
			assert_near(spk_calibrated(&model, k / 10.0), 0.25, 2e-3);
		free(model.calibration.points);

		rows.n = 1;
		model = calibrated(methods[m], &rows);
		assert_near(spk_calibrated(&model, 0.9), 2.0 / 3, 1e-15);
		free(model.calibration.points);
	}
}

/* Between any two doubles, also those next to the points; Platt's but for rounding. */
static void
never_decreases(void **unused)
{
	SpkRng rng = spk_rng(3, 0);
	Rows   rows;

	for (int round = 0; round < ROUNDS(200); round++)
		for (int m = 0; m < 2; m++)
		{
			SpkModel model;
			double	 scores[200];
			double	 slack = methods[m] == SPK_CALIBRATE_PLATT ? 1e-14 : 0;

			random_rows(&rng, &rows);
			model = calibrated(methods[m], &rows);
			for (int i = 0; i < 200; i++)
			{
				double s = i < 50 ? spk_rng_double(&rng) : rows.score[spk_rng_below(&rng, rows.n)];

				if (i >= 100)
					s = i % 2 ? nextafter(s, 1) : nextafter(s, 0);
				scores[i] = s;
			}
			for (int i = 0; i < 200; i++)
				for (int j = 0; j < 200; j++)
					if (scores[i] < scores[j])
						assert_true(spk_calibrated(&model, scores[i]) <=
									spk_calibrated(&model, scores[j]) + slack);
			free(model.calibration.points);
		}
}

static void
order_leaves_no_trace(void **unused)
{
	SpkRng rng = spk_rng(4, 0);
	Rows   rows;

	for (int m = 0; m < 2; m++)
	{
		SpkModel one;
		SpkModel other;

		formula_rows(&rows);
		one = calibrated(methods[m], &rows);
		shuffle(&rows, &rng);
		other = calibrated(methods[m], &rows);
		assert_true(one.calibration.slope == other.calibration.slope);
		assert_true(one.calibration.intercept == other.calibration.intercept);
		assert_int_equal(one.calibration.n_points, other.calibration.n_points);
		if (m == 1)
			assert_memory_equal(one.calibration.points, other.calibration.points,
								one.calibration.n_points * sizeof(SpkPoint));
		free(one.calibration.points);
		free(other.calibration.points);
	}
}

/* More steps than a map may have. */
static void
many_steps(void **unused)
{
	enum
	{
		STEPS = 900,
		ROWS = 1000
	};
	UnitHost   unit = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&unit);
	SpkModel   model = {.options.value[SPK_OPT_CALIBRATE] = SPK_CALIBRATE_ISOTONIC};
	SpkScored *rows = malloc(STEPS * ROWS * sizeof(SpkScored));

	for (int i = 0; i < STEPS; i++)
		for (int k = 0; k < ROWS; k++)
			rows[i * ROWS + k] = spk_scored(i / 1000.0, k < i);
	assert_int_equal(spk_calibrate(&host, rows, STEPS * ROWS, &model), SPK_OK);
	assert_in_range(model.calibration.n_points, SPK_MAX_POINTS / 2, SPK_MAX_POINTS);
	assert_null(spk_calibration_fault(&model));
	for (int i = 0; i < STEPS; i++)
		assert_near(spk_calibrated(&model, i / 1000.0), i / 1000.0, 0.0011);
	spk_release(&host, model.calibration.points);
	free(rows);
}

static void
not_calibrated(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	SpkModel model;
	Rows	 rows;

	formula_rows(&rows);
	assert_int_equal(calibrate(&host, SPK_CALIBRATE_NONE, &rows, &model), SPK_OK);
	assert_int_equal(unit.live, 0);
	assert_true(spk_calibrated(&model, 0.3) == 0.3);
}

static void
failures_hold_nothing(void **unused)
{
	Rows rows;

	formula_rows(&rows);
	for (int m = 0; m < 2; m++)
		for (int cancel = 0; cancel < 2; cancel++)
		{
			UnitHost  unit = UNIT_HOST_INIT;
			SpkHost	  host = unit_host(&unit);
			SpkModel  model;
			SpkStatus failure = cancel ? SPK_CANCELLED : SPK_NO_MEMORY;
			SpkStatus status = failure;
			long	  n = 0;

			while (status == failure)
			{
				assert_int_equal(unit.live, 0);
				if (cancel)
					unit.polls_left = n++;
				else
					unit.allocs_left = n++;
				status = calibrate(&host, methods[m], &rows, &model);
			}
			assert_int_equal(status, SPK_OK);
			assert_true(n > 2);
			spk_release(&host, model.calibration.points);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_other_software),
		cmocka_unit_test(isotonic_is_the_max_min),
		cmocka_unit_test(platt_is_the_most_likely),
		cmocka_unit_test(extremes),
		cmocka_unit_test(never_decreases),
		cmocka_unit_test(order_leaves_no_trace),
		cmocka_unit_test(many_steps),
		cmocka_unit_test(not_calibrated),
		cmocka_unit_test(failures_hold_nothing),
	};

	return cmocka_run_group_tests_name("calibrate", tests, NULL, NULL);
}
