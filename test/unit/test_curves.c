/*
 * test_curves.c
 *	  Curves and thresholds against scikit-learn's and against brute force.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/judging/curves.h"
#include "core/judging/metrics.h"
#include "core/judging/threshold.h"
#include "expected_metrics.h"
#include "unit_scores.h"
#include "unit_rounds.h"

#define N_ROUNDS	  ROUNDS(300)
#define MAX_ROWS	  200
#define LENGTH(array) ((int) (sizeof(array) / sizeof((array)[0])))

static UnitHost h = UNIT_HOST_INIT;

static SpkHost
host(void)
{
	return unit_host(&h);
}

static int
roc(SpkScores *set, SpkRocPoint *points)
{
	SpkHost ho = host();
	int		n;

	assert_int_equal(spk_roc(&ho, set, points, &n), SPK_OK);
	return n;
}

static int
pr(SpkScores *set, SpkPrPoint *points)
{
	SpkHost ho = host();
	int		n;

	assert_int_equal(spk_pr(&ho, set, points, &n), SPK_OK);
	return n;
}

static void
assert_roc(SpkScores *set, const double (*expected)[3], int n)
{
	SpkRocPoint points[SPK_CURVE_POINTS];

	assert_int_equal(roc(set, points), n);
	for (int i = 0; i < n; i++)
	{
		assert_true(points[i].threshold == expected[i][0]);
		assert_near(points[i].fpr, expected[i][1]);
		assert_near(points[i].tpr, expected[i][2]);
	}
}

static void
assert_pr(SpkScores *set, const double (*expected)[3], int n)
{
	SpkPrPoint points[SPK_CURVE_POINTS];

	assert_int_equal(pr(set, points), n);
	for (int i = 0; i < n; i++)
	{
		assert_true(points[i].threshold == expected[i][0]);
		assert_near(points[i].precision, expected[i][1]);
		assert_near(points[i].recall, expected[i][2]);
	}
}

static void
assert_calibration(SpkScores *set, int n_bins, const double (*expected)[4], int n)
{
	SpkHost			  ho = host();
	SpkCalibrationBin bins[SPK_CALIBRATION_BINS];
	int				  n_found;

	assert_int_equal(spk_calibration(&ho, set, n_bins, bins, &n_found), SPK_OK);
	assert_int_equal(n_found, n);
	for (int i = 0; i < n; i++)
	{
		const SpkCalibrationBin *bin = &bins[n - 1 - i];

		assert_true(bin->bin == expected[i][0] && (double) bin->n == expected[i][1]);
		assert_true(bin->low == (bin->bin - 1) / (double) n_bins &&
					bin->high == bin->bin / (double) n_bins);
		assert_near(bin->mean_score, expected[i][2]);
		assert_near(bin->rate, expected[i][3]);
	}
}

static void
agrees_with_scikit_learn(void **state)
{
	SpkHost	  ho = host();
	SpkScored rows[N_FORMULA];
	SpkScores set;

	(void) state;
	formula_rows(rows);
	set = set_of(&ho, rows, N_FORMULA, 0.5);
	assert_roc(&set, formula_roc, LENGTH(formula_roc));
	assert_pr(&set, formula_pr, LENGTH(formula_pr));
	assert_calibration(&set, 10, formula_calibration, LENGTH(formula_calibration));
	assert_calibration(&set, 7, formula_calibration_7, LENGTH(formula_calibration_7));

	random_rows(rows);
	set = set_of(&ho, rows, N_RANDOM, 0.5);
	assert_roc(&set, random_roc, LENGTH(random_roc));
	assert_pr(&set, random_pr, LENGTH(random_pr));
	assert_calibration(&set, 10, random_calibration, LENGTH(random_calibration));
	assert_calibration(&set, 7, random_calibration_7, LENGTH(random_calibration_7));
}

/* Rows with score >= threshold. */
static void
flag(const SpkScores *set, double threshold, uint64_t *tp, uint64_t *fp)
{
	*tp = *fp = 0;
	for (uint64_t i = 0; i < set->n; i++)
		if (spk_scored_score(set->rows[i]) >= threshold)
		{
			if (spk_scored_label(set->rows[i]))
				(*tp)++;
			else
				(*fp)++;
		}
}

/* The distance from the polyline to (fpr, tpr), in either of them alone. */
static double
distance(const SpkRocPoint *points, int n, double fpr, double tpr)
{
	double best = 1;

	for (int i = 1; i < n; i++)
	{
		const SpkRocPoint *a = &points[i - 1];
		const SpkRocPoint *b = &points[i];
		double			   slope;
		double			   above;

		if (fpr < a->fpr || fpr > b->fpr || tpr < a->tpr || tpr > b->tpr)
			continue;
		if (b->fpr == a->fpr || b->tpr == a->tpr)
			return 0;
		slope = (b->tpr - a->tpr) / (b->fpr - a->fpr);
		above = fabs(a->tpr + slope * (fpr - a->fpr) - tpr);
		best = fmin(best, fmin(above, above / slope));
	}
	return best;
}

static double
area(const SpkRocPoint *points, int n)
{
	double sum = 0;

	for (int i = 1; i < n; i++)
		sum += (points[i].fpr - points[i - 1].fpr) * (points[i].tpr + points[i - 1].tpr) / 2;
	return sum;
}

static double
average_precision(const SpkPrPoint *points, int n)
{
	double sum = 0;

	for (int i = 1; i < n; i++)
		sum += (points[i].recall - points[i - 1].recall) * points[i].precision;
	return sum;
}

/* Three points on a line? */
static bool
straight(const SpkRocPoint *p)
{
	return fabs((p[1].fpr - p[0].fpr) * (p[2].tpr - p[1].tpr) -
				(p[1].tpr - p[0].tpr) * (p[2].fpr - p[1].fpr)) < 1e-12;
}

/* Each point is one of the rows' scores, no row's score is off the line, and the area is the AUC. */
static void
check_roc(SpkScores *set, const SpkMetrics *m)
{
	SpkRocPoint points[SPK_CURVE_POINTS];
	uint64_t	negatives = m->n - m->positives;
	uint64_t	tp;
	uint64_t	fp;
	int			n = roc(set, points);

	if (m->positives == 0 || negatives == 0)
	{
		assert_int_equal(n, 0);
		return;
	}
	for (int i = 0; i < n; i++)
	{
		flag(set, points[i].threshold, &tp, &fp);
		assert_true(points[i].fpr == (double) fp / (double) negatives);
		assert_true(points[i].tpr == (double) tp / (double) m->positives);
		if (i >= 2) /* no point that could be left out */
			assert_false(straight(&points[i - 2]));
	}
	assert_true(points[0].threshold == INFINITY && points[n - 1].fpr == 1 &&
				points[n - 1].tpr == 1);
	for (uint64_t i = 0; i < set->n; i++)
	{
		flag(set, spk_scored_score(set->rows[i]), &tp, &fp);
		assert_true(distance(points, n, (double) fp / (double) negatives,
							 (double) tp / (double) m->positives) < 1e-12);
	}
	assert_near(area(points, n), m->auc);
}

static void
check_pr(SpkScores *set, const SpkMetrics *m)
{
	SpkPrPoint points[SPK_CURVE_POINTS];
	int		   n = pr(set, points);

	if (m->positives == 0)
	{
		assert_int_equal(n, 0);
		return;
	}
	assert_true(points[0].threshold == INFINITY && points[0].precision == 1 &&
				points[0].recall == 0);
	for (int i = 1; i < n; i++)
	{
		uint64_t tp;
		uint64_t fp;

		flag(set, points[i].threshold, &tp, &fp);
		assert_true(points[i].precision == (double) tp / (double) (tp + fp));
		assert_true(points[i].recall == (double) tp / (double) m->positives);
		assert_true(points[i].recall > points[i - 1].recall);
	}
	assert_true(points[n - 1].recall == 1);
	assert_near(average_precision(points, n), m->pr_auc);
}

/* Gives each row its tie's mean label, then deals rows out as ntile(10) does. */
static void
check_lift(SpkScores *set, const SpkMetrics *m)
{
	SpkHost	  ho = host();
	SpkDecile deciles[SPK_DECILES];
	int		  n;
	uint64_t  at = set->n;
	double	  sum = 0;

	assert_int_equal(spk_lift(&ho, set, deciles, &n), SPK_OK);
	assert_int_equal(n, set->n < 10 ? (int) set->n : 10);
	for (int d = 0; d < n; d++)
	{
		uint64_t size = set->n / 10 + ((uint64_t) d < set->n % 10);
		double	 churned = 0;

		assert_true(deciles[d].decile == d + 1 && deciles[d].n == size);
		assert_true(deciles[d].max_score == spk_scored_score(set->rows[at - 1]));
		assert_true(deciles[d].min_score == spk_scored_score(set->rows[at - size]));
		for (uint64_t i = 0; i < size; i++)
		{
			double score = spk_scored_score(set->rows[--at]);
			double tied[2] = {0};

			for (uint64_t j = 0; j < set->n; j++)
				if (spk_scored_score(set->rows[j]) == score)
					tied[spk_scored_label(set->rows[j])]++;
			churned += tied[1] / (tied[0] + tied[1]);
		}
		sum += churned;
		assert_true(fabs(deciles[d].churned - churned) < 1e-9);
		assert_near(deciles[d].rate, deciles[d].churned / (double) size);
		if (m->positives == 0)
			assert_true(isnan(deciles[d].lift) && isnan(deciles[d].gain) &&
						isnan(deciles[d].capture) && isnan(deciles[d].cumulative_lift));
		else
		{
			double base = (double) m->positives / (double) m->n;

			assert_true(fabs(deciles[d].lift - deciles[d].rate / base) < 1e-9);
			assert_true(fabs(deciles[d].capture - churned / (double) m->positives) < 1e-9);
			assert_true(fabs(deciles[d].gain - sum / (double) m->positives) < 1e-9);
			assert_true(fabs(deciles[d].cumulative_lift - sum / (double) (set->n - at) / base) <
						1e-9);
		}
	}
	assert_true(m->positives == 0 ||
				(deciles[n - 1].gain == 1 && deciles[n - 1].cumulative_lift == 1));
}

static void
check_calibration(SpkScores *set, SpkRng *rng)
{
	SpkHost			  ho = host();
	SpkCalibrationBin bins[SPK_MAX_CALIBRATION_BINS];
	int				  n_bins = 1 +
		(int) spk_rng_below(rng, spk_rng_below(rng, 2) ? 12 : SPK_MAX_CALIBRATION_BINS);
	int		 n;
	uint64_t rows = 0;

	assert_int_equal(spk_calibration(&ho, set, n_bins, bins, &n), SPK_OK);
	for (int b = 0; b < n; b++)
	{
		double count = 0;
		double sum = 0;
		double churned = 0;

		assert_true(b == 0 || bins[b].bin < bins[b - 1].bin);
		for (uint64_t i = 0; i < set->n; i++)
		{
			double score = spk_scored_score(set->rows[i]);

			if (score > bins[b].high || (score <= bins[b].low && !(score == 0 && bins[b].bin == 1)))
				continue;
			count++;
			sum += score;
			churned += spk_scored_label(set->rows[i]);
		}
		assert_true(count > 0 && (double) bins[b].n == count);
		assert_near(bins[b].mean_score, sum / count);
		assert_near(bins[b].rate, churned / count);
		rows += bins[b].n;
	}
	assert_true(rows == set->n);
}

static void
curves_are_those_of_brute_force(void **state)
{
	SpkHost	  ho = host();
	SpkRng	  rng = spk_rng(11, 12);
	SpkScored rows[MAX_ROWS];

	(void) state;
	for (int round = 0; round < N_ROUNDS; round++)
	{
		uint32_t   n = 1 + spk_rng_below(&rng, MAX_ROWS);
		SpkScores  set;
		SpkMetrics m;

		any_rows(&rng, rows, n);
		set = set_of(&ho, rows, n, 0.5);
		assert_int_equal(spk_metrics_of(&ho, &set, &m), SPK_OK);
		check_roc(&set, &m);
		check_pr(&set, &m);
		check_lift(&set, &m);
		check_calibration(&set, &rng);
	}
}

/* More corners than points: still on the curve, close together, and no more than promised. */
static void
long_curves_are_thinned(void **state)
{
	enum
	{
		N = ROUNDS(30000)
	};
	SpkHost		ho = host();
	SpkRng		rng = spk_rng(13, 14);
	SpkScored  *rows = malloc(N * sizeof(SpkScored));
	SpkRocPoint r[SPK_CURVE_POINTS];
	SpkPrPoint	p[SPK_CURVE_POINTS];
	SpkScores	set;
	SpkMetrics	m;
	int			n;

	(void) state;
	assert_non_null(rows);
	for (int i = 0; i < N; i++)
	{
		double score = spk_rng_double(&rng);

		rows[i] = spk_scored(score, spk_rng_double(&rng) < score * score);
	}
	set = set_of(&ho, rows, N, 0.5);
	assert_int_equal(spk_metrics_of(&ho, &set, &m), SPK_OK);

	n = roc(&set, r);
	assert_true(n > 800 && n <= SPK_CURVE_POINTS);
	assert_true(r[0].threshold == INFINITY && r[0].fpr == 0 && r[0].tpr == 0);
	assert_true(r[n - 1].fpr == 1 && r[n - 1].tpr == 1);
	for (int i = 1; i < n; i++)
	{
		uint64_t tp;
		uint64_t fp;

		assert_true(r[i].threshold < r[i - 1].threshold);
		flag(&set, r[i].threshold, &tp, &fp);
		assert_true(r[i].tpr == (double) tp / (double) m.positives);
		assert_true(r[i].fpr == (double) fp / (double) (m.n - m.positives));
	}
	for (int i = 0; i < N; i += 37)
	{
		uint64_t tp;
		uint64_t fp;

		flag(&set, spk_scored_score(rows[i]), &tp, &fp);
		assert_true(distance(r, n, (double) fp / (double) (m.n - m.positives),
							 (double) tp / (double) m.positives) < 2.0 / SPK_CURVE_PARTS);
	}
	assert_true(fabs(area(r, n) - m.auc) < 1e-4);

	n = pr(&set, p);
	assert_true(n > 900 && n <= SPK_CURVE_POINTS && p[n - 1].recall == 1);
	for (int i = 1; i < n; i++)
		assert_true(p[i].recall > p[i - 1].recall &&
					p[i].recall - p[i - 1].recall < 2.0 / SPK_CURVE_PARTS);
	assert_true(fabs(average_precision(p, n) - m.pr_auc) < 1e-3);
	free(rows);
}

/* What a rule pays: the less the better, of equal ones the fewest flagged. */
typedef double (*Price)(const SpkScores *set, uint64_t tp, uint64_t fp, const double *args);

static double
f1_price(const SpkScores *set, uint64_t tp, uint64_t fp, const double *args)
{
	(void) args;
	return tp == 0 ? 0 : -2.0 * (double) tp / (double) (tp + fp + set->positives);
}

static double
cost_price(const SpkScores *set, uint64_t tp, uint64_t fp, const double *args)
{
	return args[0] * (double) fp + args[1] * (double) (set->positives - tp);
}

static double
budget_price(const SpkScores *set, uint64_t tp, uint64_t fp, const double *args)
{
	(void) set;
	return (double) (tp + fp) > args[0] ? 1 : -(double) (tp + fp);
}

/* The number flagged at the best of all thresholds that are scores, and of none. */
static uint64_t
best_flagged(const SpkScores *set, Price price, const double *args)
{
	uint64_t best = 0;
	double	 lowest = price(set, 0, 0, args);

	for (uint64_t i = set->n; i-- > 0;)
	{
		uint64_t tp;
		uint64_t fp;

		flag(set, spk_scored_score(set->rows[i]), &tp, &fp);
		if (price(set, tp, fp, args) < lowest)
		{
			lowest = price(set, tp, fp, args);
			best = tp + fp;
		}
	}
	return best;
}

static void
check_threshold(const SpkScores *set, double threshold, uint64_t flagged)
{
	double	 upper = flagged == 0 ? 1 : spk_scored_score(set->rows[set->n - flagged]);
	double	 lower = flagged == set->n ? 0 : spk_scored_score(set->rows[set->n - flagged - 1]);
	uint64_t tp;
	uint64_t fp;

	if (flagged == 0 && lower == 1)
	{
		assert_true(isnan(threshold));
		return;
	}
	flag(set, threshold, &tp, &fp);
	assert_true(tp + fp == flagged);
	assert_true(threshold == (lower + upper) / 2);
}

static void
thresholds_are_the_best(void **state)
{
	SpkHost	  ho = host();
	SpkRng	  rng = spk_rng(15, 16);
	SpkScored rows[MAX_ROWS];
	int		  nobody = 0;
	int		  everybody = 0;

	(void) state;
	for (int round = 0; round < N_ROUNDS; round++)
	{
		uint32_t n = 1 + spk_rng_below(&rng, MAX_ROWS);
		/* halves, so that no cost is rounded */
		double	   costs[2] = {spk_rng_below(&rng, 10) / 2.0, (1 + spk_rng_below(&rng, 10)) / 2.0};
		double	   budget = spk_rng_below(&rng, n + 2);
		SpkScores  set;
		SpkMetrics m;
		double	   threshold;
		uint64_t   flagged;

		any_rows(&rng, rows, n);
		set = set_of(&ho, rows, n, 0.5);
		assert_int_equal(spk_threshold_f1(&ho, &set, &threshold), SPK_OK);
		if (set.positives == 0)
			assert_true(isnan(threshold));
		else
		{
			assert_int_equal(spk_metrics_of(&ho, &set, &m), SPK_OK);
			flagged = best_flagged(&set, f1_price, NULL);
			check_threshold(&set, threshold, flagged);
			assert_true(m.best_threshold == spk_scored_score(set.rows[n - flagged]));
		}
		assert_int_equal(spk_threshold_cost(&ho, &set, costs[0], costs[1], &threshold), SPK_OK);
		flagged = best_flagged(&set, cost_price, costs);
		check_threshold(&set, threshold, flagged);
		nobody += flagged == 0;
		everybody += flagged == n;
		assert_int_equal(spk_threshold_budget(&ho, &set, (uint64_t) budget, &threshold), SPK_OK);
		flagged = best_flagged(&set, budget_price, &budget);
		assert_true(flagged <= budget);
		check_threshold(&set, threshold, flagged);
	}
	assert_true(nobody > ROUNDS(5) && everybody > ROUNDS(5));
}

static void
threshold_between_neighbours(void **state)
{
	(void) state;
	assert_true(spk_threshold_between(0.25, 0.75) == 0.5);
	assert_true(spk_threshold_between(1 - 0x1p-53, 1) == 1);
	assert_true(spk_threshold_between(0, 0x1p-1074) == 0x1p-1074);
	assert_true(spk_threshold_between(0.5, 0.5 + 0x1p-53) == 0.5 + 0x1p-53);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_scikit_learn),
		cmocka_unit_test(curves_are_those_of_brute_force),
		cmocka_unit_test(long_curves_are_thinned),
		cmocka_unit_test(thresholds_are_the_best),
		cmocka_unit_test(threshold_between_neighbours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
