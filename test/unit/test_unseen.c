/*
 * test_unseen.c
 *	  The threshold of a boosted model by the rows that it held out.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "core/base/elementary.h"
#include "core/base/rng.h"
#include "core/judging/unseen.h"
#include "unit_host.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define MAX_ROWS 20000

static UnitHost state = UNIT_HOST_INIT;

/* A normal draw, nearly. */
static double
draw_normal(SpkRng *rng)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += spk_rng_double(rng);
	return sum;
}

/* n rows whose chances are right at the margin times slope plus shift. */
static void
draw_rows(SpkRng *rng, SpkModel *model, uint32_t n, double slope, double shift)
{
	SpkHost host = unit_host(&state);

	*model = (SpkModel) {.algorithm = SPK_GRADIENT_BOOSTING,
						 .options = spk_options_default(SPK_GRADIENT_BOOSTING)};
	model->unseen = spk_alloc(&host, n, sizeof(SpkUnseen));
	model->n_unseen = n;
	for (uint32_t i = 0; i < n; i++)
	{
		double margin = 1.5 * draw_normal(rng) - 1.5;

		model->unseen[i].label = spk_rng_double(rng) < spk_sigmoid(margin);
		model->unseen[i].margin = (float) ((margin - shift) / slope);
	}
}

/* The F1 that is to be expected from a margin on, of rows as they are drawn. */
static double
f1_from(double margin)
{
	SpkRng rng = spk_rng(9, 9);
	double tp = 0;
	double flagged = 0;
	double all = 0;

	for (int i = 0; i < 50000; i++)
	{
		double x = 1.5 * draw_normal(&rng) - 1.5;

		all += spk_sigmoid(x);
		tp += x >= margin ? spk_sigmoid(x) : 0;
		flagged += x >= margin;
	}
	return 2 * tp / (flagged + all);
}

static double
best_f1(void)
{
	double best = 0;

	for (double margin = -4; margin < 2; margin += 0.05)
		best = fmax(best, f1_from(margin));
	return best;
}

/* Few rows lose less F1 than many do by their labels, also where scores are not right. */
static void
few_rows_find_the_best(void **unused)
{
	SpkHost host = unit_host(&state);
	SpkRng	rng = spk_rng(1, 1);
	double	best = best_f1();

	for (int way = 0; way < 6; way++)
	{
		uint32_t n = way < 3 ? 200 : MAX_ROWS;
		double	 slope = way % 3 == 1 ? 1.5 : 1;
		double	 shift = way % 3 == 2 ? -1.5 : 0;
		double	 lost = 0;
		int		 rounds = way < 3 ? 40 : 2;

		for (int round = 0; round < rounds; round++)
		{
			SpkModel	   model;
			SpkCrossFitted fitted;

			draw_rows(&rng, &model, n, slope, shift);
			assert_int_equal(spk_unseen_learn(&host, &model, &fitted), SPK_OK);
			assert_true(model.unseen == NULL && model.n_unseen == 0);
			assert_int_equal(fitted.rule, SPK_THRESHOLD_EXPECTED_F1);
			assert_int_equal(fitted.metrics.n, n);
			assert_true(fitted.metrics.tp + fitted.metrics.fp < n);
			lost += best -
				f1_from(spk_log(fitted.metrics.threshold / (1 - fitted.metrics.threshold)) * slope +
						shift);
		}
		assert_true(lost / rounds < (way < 3 ? 0.012 : 0.002));
	}
}

/* The figures are those of the rows at the threshold, in whatever order the rows come. */
static void
figures_are_of_the_rows(void **unused)
{
	SpkHost host = unit_host(&state);
	SpkRng	rng = spk_rng(2, 1);

	for (int round = 0; round < 20; round++)
	{
		SpkModel	   model, turned;
		SpkCrossFitted fitted, again;
		uint32_t	   n = 2 + spk_rng_below(&rng, 300);
		uint64_t	   flagged[2] = {0, 0};
		SpkUnseen	   rows[302];

		draw_rows(&rng, &model, n, 1, 0);
		draw_rows(&rng, &turned, n, 1, 0);
		for (uint32_t i = 0; i < n; i++)
		{
			rows[i] = model.unseen[i];
			turned.unseen[n - 1 - i] = rows[i];
		}
		assert_int_equal(spk_unseen_learn(&host, &model, &fitted), SPK_OK);
		assert_int_equal(spk_unseen_learn(&host, &turned, &again), SPK_OK);
		assert_memory_equal(&fitted.metrics, &again.metrics, sizeof(fitted.metrics));
		for (uint32_t i = 0; i < n; i++)
			if (spk_sigmoid(rows[i].margin) >= fitted.metrics.threshold)
				flagged[rows[i].label]++;
		assert_true(flagged[1] == fitted.metrics.tp && flagged[0] == fitted.metrics.fp);
	}
}

/* Where all scores are equal there is nothing to choose by; labels of one class are no fault. */
static void
odd_rows_are_no_fault(void **unused)
{
	SpkHost host = unit_host(&state);
	SpkRng	rng = spk_rng(3, 1);

	for (int way = 0; way < 4; way++)
	{
		SpkModel	   model;
		SpkCrossFitted fitted;

		draw_rows(&rng, &model, way == 3 ? 1 : 50, 1, 0);
		for (uint32_t i = 0; i < model.n_unseen; i++)
		{
			if (way == 0)
				model.unseen[i].margin = 0.25f;
			if (way > 0)
				model.unseen[i].label = way == 1;
			if (way == 2)
				model.unseen[i].margin = i % 2 == 0 ? INFINITY : -INFINITY;
		}
		assert_int_equal(spk_unseen_learn(&host, &model, &fitted), SPK_OK);
		assert_int_equal(fitted.rule,
						 way == 0 || way == 3 ? SPK_THRESHOLD_HALF : SPK_THRESHOLD_EXPECTED_F1);
		assert_true(fitted.metrics.threshold > 0 && fitted.metrics.threshold < 1);
	}
}

/* Both ways to count users of the rarer class say the same, and what they should. */
static void
rare_users_are_counted(void **unused)
{
	SpkHost host = unit_host(&state);
	SpkRng	rng = spk_rng(4, 1);

	for (int round = 0; round < 200; round++)
	{
		uint32_t   n = 1 + spk_rng_below(&rng, 60);
		uint32_t   n_keys = 1 + spk_rng_below(&rng, 30);
		uint8_t	   labels[60], folds[60], codes[60 * 8] = {0};
		uint32_t   users[60];
		uint64_t   keys[60];
		SpkTable   table = {.n_rows = n, .labels = labels};
		SpkSamples samples = {.matrix = {.n_rows = n, .n_features = 1, .stride = 8, .codes = codes},
							  .matrix_folds = folds};
		uint32_t   n_class[2] = {0, 0};
		uint32_t   counted, found, n_rows, n_positives;
		bool	   met[2][32] = {{false}};
		uint32_t   expected[2] = {0, 0};

		samples.matrix.users = users;
		samples.matrix.n_users = n_keys;
		for (uint32_t i = 0; i < n; i++)
		{
			users[i] = spk_rng_below(&rng, n_keys);
			keys[i] = UINT64_MAX - users[i];
			labels[i] = codes[8 * i + 1] = spk_rng_below(&rng, 4) == 0;
			folds[i] = 1;
			n_class[labels[i]]++;
			expected[labels[i]] += !met[labels[i]][users[i]];
			met[labels[i]][users[i]] = true;
		}
		assert_int_equal(spk_count_rare_users(&host, &table, keys, &counted), SPK_OK);
		assert_int_equal(spk_samples_rare_users(&host, &samples, 0, &n_rows, &n_positives, &found),
						 SPK_OK);
		assert_int_equal(counted, expected[n_class[1] < n_class[0]]);
		assert_int_equal(found, counted);
		assert_true(n_rows == n && n_positives == n_class[1]);

		/* rows without a user are users of their own */
		memset(keys, 0, sizeof(keys));
		samples.matrix.users = NULL;
		assert_int_equal(spk_count_rare_users(&host, &table, keys, &counted), SPK_OK);
		assert_int_equal(spk_samples_rare_users(&host, &samples, SPK_NO_FOLD, &n_rows, &n_positives,
												&found),
						 SPK_OK);
		assert_true(counted == found && found == n_class[n_class[1] < n_class[0]]);
		assert_int_equal(spk_samples_rare_users(&host, &samples, 1, &n_rows, &n_positives, &found),
						 SPK_OK);
		assert_true(n_rows == 0 && found == 0);
	}
	assert_int_equal(state.live, 0);
}

/* Memory that fails, and cancellation, leave nothing behind. */
static void
faults_are_told(void **unused)
{
	SpkHost host = unit_host(&state);
	SpkRng	rng = spk_rng(5, 1);

	for (int way = 0; way < 2; way++)
	{
		SpkModel	   model;
		SpkCrossFitted fitted;

		draw_rows(&rng, &model, 500, 1, 0);
		state.allocs_left = way == 0 ? 0 : -1;
		state.polls_left = way == 1 ? 0 : -1;
		assert_int_equal(spk_unseen_learn(&host, &model, &fitted),
						 way == 0 ? SPK_NO_MEMORY : SPK_CANCELLED);
		state.allocs_left = state.polls_left = -1;
		assert_int_equal(state.live, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_rows_find_the_best), cmocka_unit_test(figures_are_of_the_rows),
		cmocka_unit_test(odd_rows_are_no_fault),  cmocka_unit_test(rare_users_are_counted),
		cmocka_unit_test(faults_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
