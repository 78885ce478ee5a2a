/*
 * test_bayes.c
 *	  Naive Bayes: answers worked out by hand (test/reference/linear.py and
 *	  sql/linear.sql have those of scikit-learn), missing values, the same bits
 *	  however the rows come.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/linear/bayes.h"
#include "core/models/terms.h"
#include "core/scoring/additive.h"
#include "unit_model.h"
#include "unit_table.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

static const SpkCategory levels[] = {{"paid", 4}, {"free", 4}};

static void
assert_near(double got, double expected, double relative)
{
	if (!(fabs(got - expected) <= relative * fabs(expected)))
		fail_msg("got %.17g, not %.17g", got, expected);
}

/*
 *	songs	1	3	-	5	| 6		8
 *	level	free free paid -	| paid	free
 *	label	0	0	0	0	| 1		1
 */
static UnitTable *
small(void)
{
	static const double	  numbers[] = {1, 3, NAN, 5, 6, 8};
	static const uint32_t ids[] = {1, 1, 0, SPK_NO_ID, 0, 1};
	UnitTable			 *t = unit_table_new(6);

	memcpy(unit_table_numbers(t, "songs"), numbers, sizeof(numbers));
	memcpy(unit_table_categories(t, "level", levels, 2), ids, sizeof(ids));
	t->labels[4] = t->labels[5] = 1;
	return t;
}

static SpkOptions
with_distribution(double distribution)
{
	SpkOptions options = spk_options_default(SPK_NAIVE_BAYES);

	options.value[SPK_OPT_DISTRIBUTION] = distribution;
	/* as the software that these tests compare with */
	options.value[SPK_OPT_TRANSFORM] = SPK_TRANSFORM_NONE;
	return options;
}

static SpkModel
fitted(const SpkHost *host, const UnitTable *t, SpkOptions options)
{
	SpkModel model;

	assert_int_equal(unit_table_fit(host, t, spk_bayes_fit, SPK_NAIVE_BAYES, &options, &model),
					 SPK_OK);
	assert_null(spk_terms_fault(&model));
	return model;
}

static double
normal(double x, double mean, double variance)
{
	return exp(-(x - mean) * (x - mean) / (2 * variance)) / sqrt(variance);
}

static void
gaussian(void **unused)
{
	UnitHost	  unit = UNIT_HOST_INIT;
	SpkHost		  host = unit_host(&unit);
	UnitTable	 *t = small();
	SpkModel	  model = fitted(&host, t, with_distribution(SPK_DISTRIBUTION_GAUSSIAN));
	const double *songs = model.terms + SPK_INTERCEPT;
	const double *level = songs + SPK_BAYES_NUMBER;
	double floor = 1e-9 * ((1 + 9 + 25 + 36 + 64) / 5.0 - 4.6 * 4.6); /* of the variance of all */
	double row[] = {4, 1};
	double churns;
	double stays;

	assert_near(model.terms[0], log(4 / 6.0), 1e-15);
	assert_near(model.terms[1], log(2 / 6.0), 1e-15);
	assert_near(songs[SPK_BAYES_MEAN], 3, 1e-15);
	assert_near(songs[SPK_BAYES_MEAN + 1], 7, 1e-15);
	assert_near(songs[SPK_BAYES_DEVIATION], sqrt(8 / 3.0 + floor), 1e-15);
	assert_near(songs[SPK_BAYES_DEVIATION + 1], sqrt(1 + floor), 1e-15);
	/* free, then paid, of those who stay and those who churn */
	assert_near(level[0], log(3 / 5.0), 1e-15);
	assert_near(level[1], log(2 / 5.0), 1e-15);
	assert_near(level[2], log(2 / 4.0), 1e-15);
	assert_near(level[3], log(2 / 4.0), 1e-15);

	stays = 4 * normal(4, 3, 8 / 3.0 + floor) * 2 / 5;
	churns = 2 * normal(4, 7, 1 + floor) * 2 / 4;
	assert_near(spk_additive_predict(&model, row), churns / (stays + churns), 1e-14);
	row[0] = NAN;
	assert_near(spk_additive_predict(&model, row), 2 * 0.5 / (2 * 0.5 + 4 * 0.4), 1e-14);
	row[1] = NAN;
	assert_near(spk_additive_predict(&model, row), 2 / 6.0, 1e-14);
	spk_model_release(&host, &model);
	assert_int_equal(unit.live, 0);
	free(t);
}

static void
multinomial(void **unused)
{
	UnitHost	  unit = UNIT_HOST_INIT;
	SpkHost		  host = unit_host(&unit);
	UnitTable	 *t = small();
	SpkOptions	  options = with_distribution(SPK_DISTRIBUTION_MULTINOMIAL);
	SpkModel	  model;
	const double *songs;
	const double *level;
	double		  row[] = {100, 0}; /* beyond the range: as 1 */
	double		  odds;

	options.value[SPK_OPT_SMOOTHING] = 0.5;
	options.value[SPK_OPT_CLASS_WEIGHT] = SPK_WEIGHT_BALANCED;
	model = fitted(&host, t, options);
	songs = model.terms + SPK_INTERCEPT;
	level = songs + SPK_BAYES_NUMBER;
	/* columns songs, free, paid: sums 6/7, 2, 1 of those who stay, 12/7, 1, 1 of those who churn */
	assert_true(songs[SPK_BAYES_LOW] == 1 && songs[SPK_BAYES_HIGH] == 8);
	assert_near(songs[SPK_BAYES_SHARE], log((6 / 7.0 + 0.5) / (3 + 6 / 7.0 + 1.5)), 1e-14);
	assert_near(songs[SPK_BAYES_SHARE + 1], log((12 / 7.0 + 0.5) / (2 + 12 / 7.0 + 1.5)), 1e-14);
	assert_near(level[0], log(2.5 / (3 + 6 / 7.0 + 1.5)), 1e-14);
	assert_near(level[3], log(1.5 / (2 + 12 / 7.0 + 1.5)), 1e-14);
	assert_near(model.terms[0], log(0.5), 1e-15);
	odds = exp(songs[SPK_BAYES_SHARE + 1] - songs[SPK_BAYES_SHARE] + level[2] - level[0]);
	assert_near(spk_additive_predict(&model, row), odds / (1 + odds), 1e-14);
	spk_model_release(&host, &model);
	assert_int_equal(unit.live, 0);
	free(t);
}

/* Constants, columns without values, and one that a class has no values of. */
static void
columns_that_say_nothing(void **unused)
{
	UnitHost   unit = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&unit);
	UnitTable *t = small();
	double	  *constant = unit_table_numbers(t, "constant");
	double	  *never = unit_table_numbers(t, "never");
	double	  *once = unit_table_numbers(t, "once");
	double	   with[] = {4, 1, 0.1, 7, 3};
	double	   without[] = {4, 1, NAN, NAN, NAN};
	SpkModel   model;

	for (int i = 0; i < 6; i++)
	{
		constant[i] = 0.1;
		never[i] = NAN;
		once[i] = i < 4 ? i : NAN;
	}
	model = fitted(&host, t, with_distribution(SPK_DISTRIBUTION_GAUSSIAN));
	assert_true(spk_additive_predict(&model, with) == spk_additive_predict(&model, without));
	for (int f = 2; f < 5; f++)
		assert_true(model.features[f].importance == 0);
	spk_model_release(&host, &model);

	model = fitted(&host, t, with_distribution(SPK_DISTRIBUTION_MULTINOMIAL));
	with[4] = without[4];
	without[2] = with[2] = -1e300;
	assert_true(spk_additive_predict(&model, with) == spk_additive_predict(&model, without));
	spk_model_release(&host, &model);
	assert_int_equal(unit.live, 0);
	free(t);
}

/* The largest and the smallest numbers there are give finite models and predictions. */
static void
extreme_numbers(void **unused)
{
	UnitHost			unit = UNIT_HOST_INIT;
	SpkHost				host = unit_host(&unit);
	UnitTable		   *t = small();
	double			   *large = unit_table_numbers(t, "large");
	double			   *small_ones = unit_table_numbers(t, "small");
	static const double ends[] = {-INFINITY, -1.7e308, 0, 1.7e308, INFINITY};

	for (int i = 0; i < 6; i++)
	{
		large[i] = i % 2 == 0 ? 1.7e308 : -1.7e308;
		small_ones[i] = (i % 3) * 4.9e-324;
	}
	for (int distribution = 0; distribution < 2; distribution++)
	{
		SpkModel model = fitted(&host, t, with_distribution(distribution));

		for (int i = 0; i < 5; i++)
			for (int j = 0; j < 5; j++)
			{
				double row[] = {ends[i], 0, ends[j], ends[i]};
				double p = spk_additive_predict(&model, row);

				assert_true(p >= 0 && p <= 1);
			}
		spk_model_release(&host, &model);
	}
	assert_int_equal(unit.live, 0);
	free(t);
}

static void
same_bits(void **unused)
{
	UnitHost   unit = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&unit);
	UnitTable *t = unit_table_new(3000);
	double	  *a = unit_table_numbers(t, "a");
	uint32_t  *level = unit_table_categories(t, "level", levels, 2);

	for (uint32_t i = 0; i < 3000; i++)
	{
		a[i] = i % 7 == 0 ? NAN : (i * 2654435761u % 1000) / 7.0;
		level[i] = i % 2;
		t->labels[i] = i * 7919 % 1000 + (i * 2654435761u % 1000) > 900;
	}
	for (int distribution = 0; distribution < 2; distribution++)
	{
		SpkModel  model = fitted(&host, t, with_distribution(distribution));
		SpkWriter first = unit_model_bytes(&host, &model);
		SpkWriter second;

		spk_model_release(&host, &model);
		unit_table_shuffle(t);
		model = fitted(&host, t, with_distribution(distribution));
		second = unit_model_bytes(&host, &model);
		spk_model_release(&host, &model);
		assert_int_equal(first.len, second.len);
		assert_memory_equal(first.data, second.data, first.len);
		spk_release(&host, first.data);
		spk_release(&host, second.data);
	}
	assert_int_equal(unit.live, 0);
	free(t);
}

static void
failures(void **unused)
{
	UnitHost   unit = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&unit);
	UnitTable *t = small();
	SpkOptions options = with_distribution(SPK_DISTRIBUTION_MULTINOMIAL);
	SpkModel   model;

	assert_true(unit_table_fit_fails_well(t, spk_bayes_fit, SPK_NAIVE_BAYES, &options));
	memset(t->labels, 0, sizeof(t->labels));
	assert_int_equal(unit_table_fit(&host, t, spk_bayes_fit, SPK_NAIVE_BAYES, &options, &model),
					 SPK_INVALID);
	assert_int_equal(unit.live, 0);
	free(t);
}

/* Bytes of a model, each changed in turn: refused, or a model that predicts. */
static void
changed_bytes(void **unused)
{
	UnitHost   unit = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&unit);
	UnitTable *t = small();
	SpkModel   model = fitted(&host, t, with_distribution(SPK_DISTRIBUTION_GAUSSIAN));
	SpkWriter  w = unit_model_bytes(&host, &model);
	double	   row[] = {4, 1};
	int		   taken = 0;

	spk_model_release(&host, &model);
	for (size_t at = SPK_MODEL_HEADER; at < w.len; at++)
		for (int bit = 0; bit < 8; bit++)
		{
			const char *why = NULL;
			SpkStatus	status;

			w.data[at] ^= (uint8_t) (1 << bit);
			unit_model_sign(w.data, w.len);
			status = spk_model_decode(&host, w.data, w.len, &model, &why);
			if (status == SPK_OK)
			{
				double p = spk_additive_predict(&model, row);

				assert_true(p >= 0 && p <= 1);
				spk_model_release(&host, &model);
				taken++;
			}
			else
				assert_true(status == SPK_CORRUPT && why != NULL);
			w.data[at] ^= (uint8_t) (1 << bit);
		}
	assert_true(taken > 100);
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
	free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gaussian),
		cmocka_unit_test(multinomial),
		cmocka_unit_test(columns_that_say_nothing),
		cmocka_unit_test(extreme_numbers),
		cmocka_unit_test(same_bits),
		cmocka_unit_test(failures),
		cmocka_unit_test(changed_bytes),
	};

	return cmocka_run_group_tests_name("bayes", tests, NULL, NULL);
}
