/*
 * test_delong.c
 *	  Limits of AUCs against R's pROC and against the formulas, pair by pair.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "core/base/elementary.h"
#include "core/judging/delong.h"
#include "unit_scores.h"

#ifndef CHANCES
#define CHANCES 300
#endif

/* What pROC says of the first n formula rows: made by test/reference/delong.R. */
static const struct
{
	int	   n;
	double auc[2];
	double first[2];
	double second[2];
	double p;
} proc[] = {
	{20,
	 {0.796703296703297, 0.428571428571429},
	 {0.596243021378808, 0.997163572027785},
	 {0.134864277112484, 0.722278580030373},
	 0.0166714219489417},
	{100,
	 {0.778401122019635, 0.498597475455821},
	 {0.685168741397674, 0.871633502641597},
	 {0.36917686236373, 0.628018088547911},
	 0.001152591473223},
	{500,
	 {0.768041140719963, 0.438139317438055},
	 {0.723760283539485, 0.81232199790044},
	 {0.382301976980113, 0.493976657895997},
	 5.53463251252126e-20},
};

static SpkEvidence
formula_evidence(const SpkHost *host, int n)
{
	SpkScored	rows[N_FORMULA];
	SpkEvidence e = {0};

	formula_rows(rows);
	for (int i = 0; i < n; i++)
	{
		double other = (11 * i * i + 5 * i + 20 * spk_scored_label(rows[i])) % 97 / 96.0;

		assert_int_equal(spk_evidence_add(host, &e, (uint64_t) i + 1, rows[i], other), SPK_OK);
	}
	return e;
}

static SpkDelong
judge(const SpkHost *host, SpkEvidence *e, bool paired)
{
	SpkUserRows rows;
	SpkDelong	d;

	assert_int_equal(spk_user_rows_of(host, e, &rows), SPK_OK);
	assert_int_equal(spk_delong(host, &rows, paired, &d), SPK_OK);
	spk_user_rows_release(host, &rows);
	spk_evidence_release(host, e);
	return d;
}

static void
assert_close(double actual, double expected)
{
	if (!(actual == expected || (isnan(actual) && isnan(expected)) ||
		  fabs(actual - expected) <= 1e-10))
		fail_msg("%.17g is not %.17g", actual, expected);
}

static void
agrees_with_proc(void **state)
{
	UnitHost h = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&h);

	(void) state;
	for (size_t i = 0; i < sizeof(proc) / sizeof(proc[0]); i++)
	{
		SpkEvidence e = formula_evidence(&host, proc[i].n);
		SpkDelong	d = judge(&host, &e, true);

		for (int k = 0; k < 2; k++)
			assert_close(d.auc[k], proc[i].auc[k]);
		assert_close(d.interval[0].low, proc[i].first[0]);
		assert_close(d.interval[0].high, proc[i].first[1]);
		assert_close(d.interval[1].low, proc[i].second[0]);
		assert_close(d.interval[1].high, proc[i].second[1]);
		assert_close(d.p, proc[i].p);
	}
	assert_int_equal(h.live, 0);
}

/* ---- The formulas, pair by pair ---- */

static double
wins(double positive, double negative)
{
	return positive > negative ? 1 : positive == negative ? 0.5 : 0;
}

static double
score_of(const SpkUserRow *row, int which)
{
	return which == 0 ? spk_scored_score(row->row) : row->other;
}

/* Obuchowski's covariance of the AUCs by two scores, as it is printed. */
static double
plain_covariance(const SpkUserRows *r, int a, int b, double auc_a, double auc_b)
{
	double own[2] = {0, 0};
	double across = 0;
	double n[2] = {0, 0};
	double users[2] = {0, 0};

	for (uint32_t i = 0; i < r->n; i++)
		n[spk_scored_label(r->rows[i].row)]++;
	for (uint32_t u = 0; u < r->n_users; u++)
	{
		double sum[2][2] = {{0, 0}, {0, 0}}; /* by score, by class */
		bool   has[2] = {false, false};

		for (uint32_t i = 0; i < r->n; i++)
		{
			int label = spk_scored_label(r->rows[i].row);

			if (r->rows[i].user != u)
				continue;
			has[label] = true;
			for (int k = 0; k < 2; k++)
			{
				double place = 0;

				for (uint32_t j = 0; j < r->n; j++)
					if (spk_scored_label(r->rows[j].row) != label)
						place += label == 1 ? wins(score_of(&r->rows[i], k == 0 ? a : b),
												   score_of(&r->rows[j], k == 0 ? a : b)) :
											  wins(score_of(&r->rows[j], k == 0 ? a : b),
												   score_of(&r->rows[i], k == 0 ? a : b));
				sum[k][label] += place / n[!label] - (k == 0 ? auc_a : auc_b);
			}
		}
		users[0] += has[0];
		users[1] += has[1];
		own[0] += sum[0][0] * sum[1][0];
		own[1] += sum[0][1] * sum[1][1];
		across += sum[0][0] * sum[1][1] + sum[0][1] * sum[1][0];
	}
	if (users[0] < 2 || users[1] < 2)
		return NAN;
	return own[0] * users[0] / (users[0] - 1) / n[0] / n[0] +
		own[1] * users[1] / (users[1] - 1) / n[1] / n[1] +
		across * r->n_users / (r->n_users - 1.0) / n[0] / n[1];
}

static double
plain_auc(const SpkUserRows *r, int which)
{
	double sum = 0;
	double pairs = 0;

	for (uint32_t i = 0; i < r->n; i++)
		for (uint32_t j = 0; j < r->n; j++)
			if (spk_scored_label(r->rows[i].row) && !spk_scored_label(r->rows[j].row))
			{
				sum += wins(score_of(&r->rows[i], which), score_of(&r->rows[j], which));
				pairs++;
			}
	return sum / pairs;
}

static void
assert_limits(SpkInterval i, double value, double variance, double least)
{
	double width = SPK_NORMAL_975 * sqrt(variance);

	if (value == 1 || value == least)
		return;
	assert_close(i.low, isnan(width) ? NAN : fmax(least, value - width));
	assert_close(i.high, isnan(width) ? NAN : fmin(1, value + width));
}

static void
is_the_formula(void **state)
{
	UnitHost h = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&h);
	SpkRng	 rng = spk_rng(7, 8);

	(void) state;
	for (int chance = 0; chance < CHANCES; chance++)
	{
		uint32_t	n = 2 + spk_rng_below(&rng, 40);
		uint32_t	n_users = 1 + spk_rng_below(&rng, 2 * n);
		uint32_t	n_scores = 2 + spk_rng_below(&rng, 30);
		SpkEvidence e = {0};
		SpkUserRows rows;
		SpkDelong	d;
		double		auc[2];
		double		v[3];

		for (uint32_t i = 0; i < n; i++)
			assert_int_equal(spk_evidence_add(&host, &e, spk_rng_below(&rng, n_users),
											  spk_scored(spk_rng_below(&rng, n_scores) /
															 (double) n_scores,
														 spk_rng_below(&rng, 3) == 0),
											  spk_rng_below(&rng, n_scores) / (double) n_scores),
							 SPK_OK);
		assert_int_equal(spk_user_rows_of(&host, &e, &rows), SPK_OK);
		assert_int_equal(spk_delong(&host, &rows, true, &d), SPK_OK);
		for (int k = 0; k < 2; k++)
		{
			auc[k] = plain_auc(&rows, k);
			assert_close(d.auc[k], auc[k]);
		}
		if (!isnan(auc[0]))
		{
			for (int k = 0; k < 2; k++)
			{
				v[k] = plain_covariance(&rows, k, k, auc[k], auc[k]);
				assert_limits(d.interval[k], auc[k], v[k], 0);
			}
			v[2] = v[0] + v[1] - 2 * plain_covariance(&rows, 0, 1, auc[0], auc[1]);
			if (v[2] > 1e-9)
			{
				assert_limits(d.difference, auc[0] - auc[1], v[2], -1);
				if (auc[0] != auc[1])
					assert_close(d.p, spk_erfc(fabs(auc[0] - auc[1]) / sqrt(2 * v[2])));
			}
		}
		spk_user_rows_release(&host, &rows);
		spk_evidence_release(&host, &e);
	}
	assert_int_equal(h.live, 0);
}

/* ---- Edges ---- */

/* Rows of so many users, of whom the first half churned and scores higher. */
static SpkDelong
perfect(int n_users, int rows_each, bool paired)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	SpkEvidence e = {0};

	for (int i = 0; i < n_users * rows_each; i++)
	{
		int u = i % n_users;

		assert_int_equal(spk_evidence_add(&host, &e, (uint64_t) u + 1,
										  spk_scored(u < n_users / 2 ? 0.75 : 0.25,
													 u < n_users / 2),
										  u < n_users / 2 ? 0.25 : 0.75),
						 SPK_OK);
	}
	return judge(&host, &e, paired);
}

static void
perfect_is_not_certain(void **state)
{
	SpkDelong d = perfect(20, 1, true);

	(void) state;
	assert_close(d.auc[0], 1);
	assert_close(d.interval[0].low, pow(0.025, 0.1));
	assert_close(d.interval[0].high, 1);
	assert_close(d.auc[1], 0);
	assert_close(d.interval[1].low, 0);
	assert_close(d.interval[1].high, 1 - pow(0.025, 0.1));

	/* more rows of as many users tell no more */
	d = perfect(20, 50, false);
	assert_close(d.interval[0].low, pow(0.025, 0.1));
	assert_true(isnan(d.auc[1]) && isnan(d.interval[1].low) && isnan(d.p));
	d = perfect(2, 30, false);
	assert_close(d.auc[0], 1);
	assert_close(d.interval[0].low, 0.025);
}

static void
needs_both_classes(void **state)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	SpkEvidence e = {0};
	SpkDelong	d;

	(void) state;
	for (int i = 0; i < 10; i++)
		assert_int_equal(spk_evidence_add(&host, &e, (uint64_t) i, spk_scored(i / 10.0, 1), 0.5),
						 SPK_OK);
	d = judge(&host, &e, true);
	assert_true(isnan(d.auc[0]) && isnan(d.auc[1]) && isnan(d.interval[0].low) && isnan(d.p));
	assert_int_equal(h.live, 0);
}

/* The same score twice differs by nothing, and that is no chance. */
static void
equals_are_equal(void **state)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	SpkScored	rows[N_FORMULA];
	SpkEvidence e = {0};
	SpkDelong	d;

	(void) state;
	formula_rows(rows);
	for (int i = 0; i < N_FORMULA; i++)
		assert_int_equal(spk_evidence_add(&host, &e, 0, rows[i], spk_scored_score(rows[i])),
						 SPK_OK);
	d = judge(&host, &e, true);
	assert_true(d.auc[0] == d.auc[1] && d.p == 1);
	assert_true(d.interval[0].low == d.interval[1].low);
	assert_true(fabs(d.difference.low) < 1e-6 && fabs(d.difference.high) < 1e-6);
}

static void
fails_cleanly(void **state)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	SpkEvidence e = formula_evidence(&host, N_FORMULA);
	SpkUserRows rows;
	SpkDelong	d;

	(void) state;
	assert_int_equal(spk_user_rows_of(&host, &e, &rows), SPK_OK);
	for (int allocs = 0; allocs < 6; allocs++)
	{
		h.allocs_left = allocs;
		assert_int_equal(spk_delong(&host, &rows, true, &d), SPK_NO_MEMORY);
	}
	h.allocs_left = -1;
	spk_user_rows_release(&host, &rows);
	spk_evidence_release(&host, &e);
	assert_int_equal(h.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_proc),		  cmocka_unit_test(is_the_formula),
		cmocka_unit_test(perfect_is_not_certain), cmocka_unit_test(needs_both_classes),
		cmocka_unit_test(equals_are_equal),		  cmocka_unit_test(fails_cleanly),
	};

	return cmocka_run_group_tests_name("delong", tests, NULL, NULL);
}
