/*
 * test_bootstrap.c
 *	  Limits of figures: whether they hold as often as they say, and at the edges.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "core/base/elementary.h"
#include "core/judging/bootstrap.h"
#include "unit_rounds.h"
#include "unit_scores.h"

#ifndef TRIALS
#define TRIALS 200
#endif

/* ---- A population whose figures are known ---- */

/* Users have 1 to 5 rows with about the same score, and all churn or stay together. */
typedef struct Population
{
	SpkRng rng;
	int	   rows_each; /* of every user, 0: 1 to 5 */
} Population;

static SpkEvidence
draw_users(const SpkHost *host, Population *p, int n_users)
{
	SpkEvidence e = {0};

	for (int u = 0; u < n_users; u++)
	{
		double risk = spk_rng_double(&p->rng);
		int	   label = spk_rng_double(&p->rng) < 0.05 + 0.5 * risk * risk;
		int	   n = p->rows_each > 0 ? p->rows_each : 1 + (int) spk_rng_below(&p->rng, 5);

		for (int i = 0; i < n; i++)
		{
			double score = fmin(1, fmax(0, 0.7 * risk * risk + 0.1 * spk_rng_double(&p->rng)));

			assert_int_equal(spk_evidence_add(host, &e, (uint64_t) u + 1, spk_scored(score, label),
											  0),
							 SPK_OK);
		}
	}
	return e;
}

static SpkMetrics
metrics_of(const SpkHost *host, const SpkUserRows *rows)
{
	SpkScored *scored = malloc(rows->n * sizeof(SpkScored));
	SpkMetrics m;

	for (uint32_t i = 0; i < rows->n; i++)
		scored[i] = rows->rows[i].row;
	assert_int_equal(spk_metrics(host, scored, rows->n, 0.3, &m), SPK_OK);
	free(scored);
	return m;
}

static void
figures_of(const SpkMetrics *m, double *figures)
{
	figures[SPK_FIGURE_RATE] = (double) m->positives / (double) m->n;
	figures[SPK_FIGURE_ACCURACY] = m->accuracy;
	figures[SPK_FIGURE_PRECISION] = m->precision;
	figures[SPK_FIGURE_RECALL] = m->recall;
	figures[SPK_FIGURE_F1] = m->f1;
	figures[SPK_FIGURE_WEIGHTED_F1] = m->weighted_f1;
	figures[SPK_FIGURE_MACRO_F1] = m->macro_f1;
	figures[SPK_FIGURE_PR_AUC] = m->pr_auc;
	figures[SPK_FIGURE_LOG_LOSS] = m->log_loss;
	figures[SPK_FIGURE_BRIER] = m->brier;
	figures[SPK_FIGURE_ECE] = m->ece;
	figures[SPK_FIGURE_BEST_F1] = m->best_f1;
}

/* Judges users drawn from the population; the AUC comes last. */
static void
trial(const SpkHost *host, Population *p, int n_users, uint64_t seed, double *figures,
	  SpkInterval *limits)
{
	SpkEvidence e = draw_users(host, p, n_users);
	SpkUserRows rows;
	SpkMetrics	m;
	SpkDelong	d;

	assert_int_equal(spk_user_rows_of(host, &e, &rows), SPK_OK);
	m = metrics_of(host, &rows);
	figures_of(&m, figures);
	figures[SPK_N_FIGURES] = m.auc;
	assert_int_equal(spk_bootstrap(host, &rows, 0.3, &m, seed, limits), SPK_OK);
	assert_int_equal(spk_delong(host, &rows, false, &d), SPK_OK);
	assert_near(d.auc[0], m.auc);
	limits[SPK_N_FIGURES] = d.interval[0];
	spk_user_rows_release(host, &rows);
	spk_evidence_release(host, &e);
}

/* Of many samples, how many have the population's figure within their limits? */
static void
covers(void **state)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	Population	p = {spk_rng(11, 12), 0};
	double		truth[SPK_N_FIGURES + 1];
	double		figures[SPK_N_FIGURES + 1];
	SpkInterval limits[SPK_N_FIGURES + 1];
	int			covered[SPK_N_FIGURES + 1] = {0};

	(void) state;
	trial(&host, &p, ROUNDS(100000), 1, truth, limits);
	for (int i = 0; i < TRIALS; i++)
	{
		trial(&host, &p, 150, (uint64_t) i, figures, limits);
		for (int f = 0; f <= SPK_N_FIGURES; f++)
		{
			assert_true(limits[f].low <= figures[f] && figures[f] <= limits[f].high);
			covered[f] += limits[f].low <= truth[f] && truth[f] <= limits[f].high;
		}
	}
	for (int f = 0; f <= SPK_N_FIGURES; f++)
	{
		double share = covered[f] / (double) TRIALS;

		/* few trials, as under valgrind, tell nothing */
		if (TRIALS >= 100 && (share < 0.85 || share > 0.995))
			fail_msg("the limits of figure %d hold in %g of all samples", f, share);
	}
	assert_int_equal(h.live, 0);
}

/* Ten rows of each user tell what one tells, and as many rows of other users more. */
static void
counts_users_not_rows(void **state)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	double		figures[SPK_N_FIGURES + 1];
	SpkInterval one[SPK_N_FIGURES + 1];
	SpkInterval ten[SPK_N_FIGURES + 1];
	SpkInterval more[SPK_N_FIGURES + 1];

	(void) state;
	trial(&host, &(Population) {spk_rng(13, 14), 1}, 300, 1, figures, one);
	trial(&host, &(Population) {spk_rng(13, 14), 10}, 300, 1, figures, ten);
	trial(&host, &(Population) {spk_rng(13, 14), 1}, 3000, 1, figures, more);
	for (int f = 0; f <= SPK_N_FIGURES; f++)
	{
		double width = one[f].high - one[f].low;

		if (f == SPK_FIGURE_ECE || f == SPK_FIGURE_BEST_F1)
			continue;
		assert_true(fabs((ten[f].high - ten[f].low) / width - 1) < 0.3);
		assert_true(fabs((more[f].high - more[f].low) / width * sqrt(10) - 1) < 0.3);
	}
}

static void
is_the_seeds_own(void **state)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	double		figures[SPK_N_FIGURES + 1];
	SpkInterval limits[3][SPK_N_FIGURES + 1];

	(void) state;
	for (int i = 0; i < 3; i++)
		trial(&host, &(Population) {spk_rng(15, 16), 0}, 100, i == 2, figures, limits[i]);
	assert_memory_equal(limits[0], limits[1], sizeof(limits[0]));
	assert_memory_not_equal(limits[0], limits[2], sizeof(limits[0]));
	assert_true(fabs(limits[0][SPK_FIGURE_F1].low - limits[2][SPK_FIGURE_F1].low) < 0.03);
}

/* A part of the rows has the limits of all of them. */
static void
parts_stand_for_all(void **state)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	Population	p = {spk_rng(17, 18), 1};
	SpkEvidence e = draw_users(&host, &p, 20000);
	SpkUserRows rows;
	SpkMetrics	m;
	SpkInterval all[SPK_N_FIGURES];
	SpkInterval part[SPK_N_FIGURES];

	(void) state;
	assert_int_equal(spk_user_rows_of(&host, &e, &rows), SPK_OK);
	m = metrics_of(&host, &rows);
	assert_int_equal(spk_bootstrap(&host, &rows, 0.3, &m, 1, all), SPK_OK);
	spk_user_rows_release(&host, &rows);

	/* users came at random: the first quarter is as good as any */
	e.n /= 4;
	assert_int_equal(spk_user_rows_of(&host, &e, &rows), SPK_OK);
	assert_int_equal(rows.n_all, 20000);
	assert_int_equal(spk_bootstrap(&host, &rows, 0.3, &m, 1, part), SPK_OK);
	for (int f = 0; f < SPK_N_FIGURES; f++)
	{
		if (f == SPK_FIGURE_ECE || f == SPK_FIGURE_BEST_F1)
			continue;
		assert_true(fabs((part[f].high - part[f].low) / (all[f].high - all[f].low) - 1) < 0.25);
	}
	spk_user_rows_release(&host, &rows);
	spk_evidence_release(&host, &e);
	assert_int_equal(h.live, 0);
}

/* ---- Edges ---- */

static void
judge_few(const SpkWitness *witnesses, int n, SpkInterval *limits)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	SpkEvidence e = {0};
	SpkUserRows rows;
	SpkMetrics	m;

	for (int i = 0; i < n; i++)
		assert_int_equal(spk_evidence_add(&host, &e, witnesses[i].user, witnesses[i].row, 0),
						 SPK_OK);
	assert_int_equal(spk_user_rows_of(&host, &e, &rows), SPK_OK);
	m = metrics_of(&host, &rows);
	assert_int_equal(spk_bootstrap(&host, &rows, 0.3, &m, 1, limits), SPK_OK);
	spk_user_rows_release(&host, &rows);
	spk_evidence_release(&host, &e);
	assert_int_equal(h.live, 0);
}

static void
all_is_not_certain(void **state)
{
	SpkWitness	rows[20];
	SpkInterval limits[SPK_N_FIGURES];

	(void) state;
	for (int i = 0; i < 20; i++)
		rows[i] = (SpkWitness) {(uint64_t) i + 1, spk_scored(i < 5 ? 0.75 : 0.25, i < 5), 0};
	judge_few(rows, 20, limits);
	assert_near(limits[SPK_FIGURE_PRECISION].low, spk_surely(5));
	assert_near(limits[SPK_FIGURE_PRECISION].high, 1);
	assert_near(limits[SPK_FIGURE_RECALL].low, spk_surely(5));
	assert_near(limits[SPK_FIGURE_ACCURACY].low, spk_surely(20));
	assert_true(fabs(spk_surely(5) - pow(0.025, 0.2)) < 1e-12);
	assert_true(isnan(limits[SPK_FIGURE_F1].low) && isnan(limits[SPK_FIGURE_F1].high));

	/* nothing flagged: of those who churned none is found, and precision there is none */
	for (int i = 0; i < 20; i++)
		rows[i].row = spk_scored(0.125, i < 5);
	judge_few(rows, 20, limits);
	assert_near(limits[SPK_FIGURE_RECALL].low, 0);
	assert_near(limits[SPK_FIGURE_RECALL].high, 1 - spk_surely(5));
	assert_true(isnan(limits[SPK_FIGURE_PRECISION].low));

	/* one user tells nothing of others */
	for (int i = 0; i < 20; i++)
		rows[i].user = 1;
	judge_few(rows, 20, limits);
	assert_true(isnan(limits[SPK_FIGURE_BRIER].low) && isnan(limits[SPK_FIGURE_RATE].high));
}

static void
fails_cleanly(void **state)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	Population	p = {spk_rng(19, 20), 0};
	SpkEvidence e = draw_users(&host, &p, 50);
	SpkUserRows rows;
	SpkMetrics	m;
	SpkInterval limits[SPK_N_FIGURES];

	(void) state;
	assert_int_equal(spk_user_rows_of(&host, &e, &rows), SPK_OK);
	m = metrics_of(&host, &rows);
	for (int allocs = 0; allocs < 4; allocs++)
	{
		h.allocs_left = allocs;
		assert_int_equal(spk_bootstrap(&host, &rows, 0.3, &m, 1, limits), SPK_NO_MEMORY);
	}
	h.allocs_left = -1;
	for (int polls = 0; polls < 400; polls += 50)
	{
		h.polls_left = polls;
		assert_int_equal(spk_bootstrap(&host, &rows, 0.3, &m, 1, limits), SPK_CANCELLED);
	}
	spk_user_rows_release(&host, &rows);
	spk_evidence_release(&host, &e);
	assert_int_equal(h.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(covers),
		cmocka_unit_test(counts_users_not_rows),
		cmocka_unit_test(is_the_seeds_own),
		cmocka_unit_test(parts_stand_for_all),
		cmocka_unit_test(all_is_not_certain),
		cmocka_unit_test(fails_cleanly),
	};

	return cmocka_run_group_tests_name("bootstrap", tests, NULL, NULL);
}
