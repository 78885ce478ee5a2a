/*
 * test_ensemble.c
 *	  The weights of a blend against all that they are chosen from, and the test of one.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/elementary.h"
#include "core/base/rng.h"
#include "core/judging/ensemble.h"
#include "core/judging/student.h"
#include "core/judging/weighted_auc.h"
#include "unit_host.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define N_ROWS	 600
#define N_MODELS 3
#define N_FOLDS	 5

static UnitHost		 unit = UNIT_HOST_INIT;
static const SpkHost host = {unit_alloc, unit_release, unit_cancelled, &unit};

typedef struct Sample
{
	double	   z[N_MODELS][N_ROWS];
	uint8_t	   labels[N_ROWS];
	uint8_t	   folds[N_ROWS];
	SpkMargins margins;
} Sample;

/* Models that see the truth through noise of their own: the mean of them sees it better. */
static void
make_sample(Sample *s, uint64_t seed, const double *noise)
{
	SpkRng rng = spk_rng(seed, 1);

	memset(s, 0, sizeof(*s));
	for (int r = 0; r < N_ROWS; r++)
	{
		double truth = 4 * spk_rng_double(&rng) - 2;

		s->labels[r] = spk_rng_double(&rng) < spk_sigmoid(truth);
		s->folds[r] = (uint8_t) (r % N_FOLDS);
		for (int m = 0; m < N_MODELS; m++)
			s->z[m][r] = truth + noise[m] * (2 * spk_rng_double(&rng) - 1);
	}
	s->margins = (SpkMargins) {N_MODELS,  N_ROWS,	N_FOLDS, {s->z[0], s->z[1], s->z[2]},
							   s->labels, s->folds, NULL};
}

static double
loss_of(const Sample *s, const double *weights, int left_out, int only)
{
	double sum = 0;
	int	   n = 0;

	for (int r = 0; r < N_ROWS; r++)
	{
		double margin = 0;

		if (s->folds[r] == left_out || (only >= 0 && s->folds[r] != only))
			continue;
		for (int m = 0; m < N_MODELS; m++)
			margin += weights[m] * s->z[m][r];
		sum += spk_log_loss(margin, s->labels[r]);
		n++;
	}
	return sum / n;
}

/* The least loss of all weights that are multiples of a twentieth. */
static double
least_of_grid(const Sample *s, int left_out)
{
	double least = INFINITY;

	for (int a = 0; a <= 20; a++)
		for (int b = 0; a + b <= 20; b++)
		{
			double weights[N_MODELS] = {a / 20.0, b / 20.0, (20 - a - b) / 20.0};

			least = fmin(least, loss_of(s, weights, left_out, -1));
		}
	return least;
}

/* The greedy selection ends within a thousandth of the best of the grid, and is no worse than any model. */
static void
test_weights(void **state)
{
	static Sample s;

	for (uint64_t seed = 0; seed < 12; seed++)
	{
		double noise[N_MODELS] = {1 + (double) (seed % 3), 2, 0.5 + (double) (seed % 4)};
		int	   left_out = (int) (seed % 6) - 1;
		double weights[N_MODELS];
		double sum = 0;

		make_sample(&s, seed, noise);
		assert_int_equal(spk_ensemble_weights(&host, &s.margins, left_out, weights), SPK_OK);
		for (int m = 0; m < N_MODELS; m++)
		{
			double alone[N_MODELS] = {0};

			alone[m] = 1;
			assert_true(weights[m] >= 0 && weights[m] <= 1);
			assert_true(loss_of(&s, weights, left_out, -1) <=
						loss_of(&s, alone, left_out, -1) + 1e-12);
			sum += weights[m];
		}
		assert_true(fabs(sum - 1) < 1e-12);
		assert_true(loss_of(&s, weights, left_out, -1) < least_of_grid(&s, left_out) + 1e-3);
	}
}

/* Each step adds the model with which the mean is best: done again, from the definition. */
static void
test_steps(void **state)
{
	static Sample s;
	double		  noise[N_MODELS] = {1, 2, 1.5};
	double		  weights[N_MODELS];
	double		  best_of_all = INFINITY;
	double		  expected[N_MODELS] = {0};
	int			  times[N_MODELS] = {0};

	make_sample(&s, 77, noise);
	for (int n = 1; n <= SPK_ENSEMBLE_STEPS; n++)
	{
		double least = INFINITY;
		int	   chosen = 0;

		for (int m = 0; m < N_MODELS; m++)
		{
			double trial[N_MODELS];
			double loss;

			for (int k = 0; k < N_MODELS; k++)
				trial[k] = (times[k] + (k == m)) / (double) n;
			loss = loss_of(&s, trial, -1, -1);
			if (loss < least)
			{
				least = loss;
				chosen = m;
			}
		}
		times[chosen]++;
		if (least < best_of_all)
		{
			best_of_all = least;
			for (int k = 0; k < N_MODELS; k++)
				expected[k] = times[k] / (double) n;
		}
	}
	assert_int_equal(spk_ensemble_weights(&host, &s.margins, -1, weights), SPK_OK);
	assert_memory_equal(weights, expected, sizeof(weights));
}

/* The test is that of weights and models that the fold had no part in choosing. */
static void
test_by_folds(void **state)
{
	static Sample	s;
	double			noise[N_MODELS] = {2, 2, 2};
	double			weights[N_MODELS];
	double			differences[N_FOLDS];
	double			blend = 0;
	double			alone = 0;
	SpkEnsembleTest test;

	make_sample(&s, 5, noise);
	for (int fold = 0; fold < N_FOLDS; fold++)
	{
		double one[N_MODELS] = {0};
		int	   best = 0;
		double of_blend;
		double of_one;

		assert_int_equal(spk_ensemble_weights(&host, &s.margins, fold, weights), SPK_OK);
		of_blend = loss_of(&s, weights, -1, fold);
		for (int m = 1; m < N_MODELS; m++)
		{
			double a[N_MODELS] = {0};
			double b[N_MODELS] = {0};

			a[m] = b[best] = 1;
			if (loss_of(&s, a, fold, -1) < loss_of(&s, b, fold, -1))
				best = m;
		}
		one[best] = 1;
		of_one = loss_of(&s, one, -1, fold);
		blend += of_blend / N_FOLDS;
		alone += of_one / N_FOLDS;
		differences[fold] = of_one - of_blend;
	}
	assert_int_equal(spk_ensemble_choose(&host, &s.margins, weights, &test), SPK_OK);
	assert_true(fabs(test.blend - blend) < 1e-12 && fabs(test.alone - alone) < 1e-12);
	assert_true(fabs(test.p - spk_paired_p(differences, N_FOLDS)) < 1e-6);
	assert_true(test.accepted && blend < alone && test.p < 0.05);
	assert_true(weights[0] > 0 && weights[1] > 0 && weights[2] > 0);
}

/* A model that has learned all there is stands alone, whatever noise fits these rows by chance. */
static void
test_refuses(void **state)
{
	static Sample	s;
	double			noise[N_MODELS] = {0, 6, 6};
	int				refused = 0;
	SpkEnsembleTest test;

	for (uint64_t seed = 0; seed < 10; seed++)
	{
		double weights[N_MODELS];

		make_sample(&s, 100 + seed, noise);
		assert_int_equal(spk_ensemble_choose(&host, &s.margins, weights, &test), SPK_OK);
		assert_true(test.accepted == (test.blend < test.alone));
		if (test.accepted)
			continue;
		refused++;
		assert_true(weights[0] == 1 && weights[1] == 0 && weights[2] == 0);
	}
	assert_true(refused >= 5);
}

/* Rows without a fold do not count, and failures leave nothing held. */
static void
test_rows_left_out(void **state)
{
	static Sample s;
	double		  noise[N_MODELS] = {1, 2, 3};
	double		  weights[N_MODELS];
	double		  again[N_MODELS];

	make_sample(&s, 9, noise);
	assert_int_equal(spk_ensemble_weights(&host, &s.margins, 2, weights), SPK_OK);
	for (int r = 0; r < N_ROWS; r++)
		if (s.folds[r] == 2)
		{
			s.folds[r] = UINT8_MAX;
			s.z[1][r] = 1e6;
		}
	assert_int_equal(spk_ensemble_weights(&host, &s.margins, -1, again), SPK_OK);
	assert_memory_equal(weights, again, sizeof(weights));

	unit.allocs_left = 0;
	assert_int_equal(spk_ensemble_weights(&host, &s.margins, -1, again), SPK_NO_MEMORY);
	unit.allocs_left = -1;
	assert_int_equal(unit.live, 0);
}

/* A row of weight 2 is a row twice, to the weights of the blend and to the test of it. */
static void
test_weighed(void **state)
{
	static Sample	s;
	static double	z[N_MODELS][3 * N_ROWS];
	static double	by_weight[N_ROWS];
	static uint8_t	labels[3 * N_ROWS];
	static uint8_t	folds[3 * N_ROWS];
	double			noise[N_MODELS] = {2, 2.5, 3};
	double			weights[2][N_MODELS];
	SpkEnsembleTest test[2];
	SpkMargins		twice = {N_MODELS, 0, N_FOLDS, {z[0], z[1], z[2]}, labels, folds, NULL};

	for (uint64_t seed = 0; seed < 6; seed++)
	{
		make_sample(&s, 40 + seed, noise);
		twice.n_rows = 0;
		for (int r = 0; r < N_ROWS; r++)
		{
			by_weight[r] = 1 + r / 5 % 3;
			for (int i = 0; i < by_weight[r]; i++, twice.n_rows++)
			{
				for (int m = 0; m < N_MODELS; m++)
					z[m][twice.n_rows] = s.z[m][r];
				labels[twice.n_rows] = s.labels[r];
				folds[twice.n_rows] = s.folds[r];
			}
		}
		s.margins.weights = by_weight;
		assert_int_equal(spk_ensemble_choose(&host, &s.margins, weights[0], &test[0]), SPK_OK);
		assert_int_equal(spk_ensemble_choose(&host, &twice, weights[1], &test[1]), SPK_OK);
		assert_memory_equal(weights[0], weights[1], sizeof(weights[0]));
		assert_true(fabs(test[0].blend - test[1].blend) < 1e-12);
		assert_true(fabs(test[0].alone - test[1].alone) < 1e-12);
		assert_true(fabs(test[0].p - test[1].p) < 1e-6);
		assert_true(test[0].accepted == test[1].accepted);
	}
}

/* The chance that a row which churned is above one which stayed, pair by pair. */
static double
auc_by_pairs(const SpkWeightedScore *rows, uint32_t n)
{
	double wins = 0;
	double pairs = 0;

	for (uint32_t a = 0; a < n; a++)
		for (uint32_t b = 0; b < n; b++)
		{
			double x = spk_scored_score(rows[a].scored);
			double y = spk_scored_score(rows[b].scored);
			double weight = rows[a].weight * rows[b].weight;

			if (!spk_scored_label(rows[a].scored) || spk_scored_label(rows[b].scored))
				continue;
			pairs += weight;
			wins += weight * (x > y ? 1 : x == y ? 0.5 : 0);
		}
	return wins / pairs;
}

static void
test_weighted_auc(void **state)
{
	static SpkWeightedScore rows[9000];
	SpkRng					rng = spk_rng(8, 8);
	double					auc;
	double					again;

	for (int round = 0; round < 60; round++)
	{
		uint32_t n = 2 + spk_rng_below(&rng, 100);
		double	 expected;

		for (uint32_t r = 0; r < n; r++)
			rows[r] = (SpkWeightedScore) {spk_scored(spk_rng_below(&rng, 20) / 20.0,
													 r < 2 ? (int) r :
															 (int) spk_rng_below(&rng, 2)),
										  0.1 + spk_rng_double(&rng)};
		expected = auc_by_pairs(rows, n);
		assert_int_equal(spk_weighted_auc(&host, rows, n, &auc), SPK_OK);
		assert_true(fabs(auc - expected) < 1e-12);
		/* in any order the same bits */
		for (uint32_t r = 0; r < n / 2; r++)
		{
			SpkWeightedScore row = rows[r];

			rows[r] = rows[n - 1 - r];
			rows[n - 1 - r] = row;
		}
		assert_int_equal(spk_weighted_auc(&host, rows, n, &again), SPK_OK);
		assert_memory_equal(&auc, &again, sizeof(auc));
	}
	/* of one class, or of nobody */
	rows[0] = (SpkWeightedScore) {spk_scored(0.5, 1), 1};
	assert_int_equal(spk_weighted_auc(&host, rows, 1, &auc), SPK_OK);
	assert_true(isnan(auc));
	assert_int_equal(spk_weighted_auc(&host, rows, 0, &auc), SPK_OK);
	assert_true(isnan(auc));
	/* many rows take memory, and what stops it leaves none held */
	for (uint32_t r = 0; r < 9000; r++)
		rows[r] = (SpkWeightedScore) {spk_scored(spk_rng_double(&rng), r % 2), 1};
	unit.allocs_left = 0;
	assert_int_equal(spk_weighted_auc(&host, rows, 9000, &auc), SPK_NO_MEMORY);
	unit.allocs_left = -1;
	unit.polls_left = 1;
	assert_int_equal(spk_weighted_auc(&host, rows, 9000, &auc), SPK_CANCELLED);
	unit.polls_left = -1;
	assert_int_equal(unit.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weights),		  cmocka_unit_test(test_steps),
		cmocka_unit_test(test_by_folds),	  cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_rows_left_out), cmocka_unit_test(test_weighed),
		cmocka_unit_test(test_weighted_auc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
