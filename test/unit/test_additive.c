/*
 * test_additive.c
 *	  Explanations of models without trees.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/linear/bayes.h"
#include "core/base/elementary.h"
#include "core/linear/logistic.h"
#include "core/models/terms.h"
#include "core/scoring/additive.h"
#include "unit_table.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define N_ROWS 500

static const SpkCategory levels[] = {{"paid", 4}, {"free", 4}, {"gold", 4}};

static UnitTable *
mixed(void)
{
	UnitTable *t = unit_table_new(N_ROWS);
	double	  *songs = unit_table_numbers(t, "songs");
	double	  *constant = unit_table_numbers(t, "constant");
	uint32_t  *level = unit_table_categories(t, "level", levels, 3);

	for (uint32_t i = 0; i < N_ROWS; i++)
	{
		songs[i] = i % 9 == 0 ? NAN : i * 7919 % 500;
		constant[i] = 3;
		level[i] = i % 5 == 0 ? SPK_NO_ID : i * 31 % 7 % 3;
		t->labels[i] = i * 7919 % 500 + i * 104729 % 300 + i * 31 % 7 % 3 * 50 > 450;
	}
	return t;
}

/* Over the training rows contributions are 0 on average; with the base they are the margin of each row. */
static void
check_explanations(UnitFit fit, SpkAlgorithm algorithm, SpkOption option, double value)
{
	UnitHost   unit = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&unit);
	UnitTable *t = mixed();
	SpkOptions options = spk_options_default(algorithm);
	SpkModel   model;
	SpkValues  rows;
	double	   mean[3] = {0};
	double	   mean_margin = 0;
	double	   size = 0;

	options.value[option] = value;
	assert_int_equal(unit_table_fit(&host, t, fit, algorithm, &options, &model), SPK_OK);
	assert_null(spk_terms_fault(&model));
	assert_int_equal(spk_values_new(&host, &t->table, model.features, &rows), SPK_OK);
	for (uint32_t r = 0; r < N_ROWS; r++)
	{
		double contributions[3];
		double margin = spk_additive_base(&model);

		spk_additive_explain(&model, spk_values_row(&rows, r), contributions);
		for (int f = 0; f < 3; f++)
		{
			mean[f] += contributions[f] / N_ROWS;
			size += fabs(contributions[f]) / N_ROWS;
			margin += contributions[f];
		}
		assert_true(fabs(spk_sigmoid(margin) -
						 spk_additive_predict(&model, spk_values_row(&rows, r))) < 1e-14);
		mean_margin += margin / N_ROWS;
	}
	assert_true(size > 0.1);
	for (int f = 0; f < 3; f++)
		assert_true(fabs(mean[f]) < 1e-13);
	assert_true(fabs(mean_margin - spk_additive_base(&model)) < 1e-12);
	spk_values_release(&host, &rows);
	spk_model_release(&host, &model);
	assert_int_equal(unit.live, 0);
	free(t);
}

static void
logistic_regression(void **unused)
{
	check_explanations(spk_logistic_fit, SPK_LOGISTIC_REGRESSION, SPK_OPT_L2, 1);
	check_explanations(spk_logistic_fit, SPK_LOGISTIC_REGRESSION, SPK_OPT_L2, 0);
	check_explanations(spk_logistic_fit, SPK_LOGISTIC_REGRESSION, SPK_OPT_CLASS_WEIGHT,
					   SPK_WEIGHT_BALANCED);
	check_explanations(spk_logistic_fit, SPK_LOGISTIC_REGRESSION, SPK_OPT_TRANSFORM,
					   SPK_TRANSFORM_LOG);
	check_explanations(spk_logistic_fit, SPK_LOGISTIC_REGRESSION, SPK_OPT_TRANSFORM,
					   SPK_TRANSFORM_YEO_JOHNSON);
}

static void
naive_bayes(void **unused)
{
	check_explanations(spk_bayes_fit, SPK_NAIVE_BAYES, SPK_OPT_DISTRIBUTION,
					   SPK_DISTRIBUTION_GAUSSIAN);
	check_explanations(spk_bayes_fit, SPK_NAIVE_BAYES, SPK_OPT_DISTRIBUTION,
					   SPK_DISTRIBUTION_MULTINOMIAL);
	check_explanations(spk_bayes_fit, SPK_NAIVE_BAYES, SPK_OPT_TRANSFORM, SPK_TRANSFORM_LOG);
	check_explanations(spk_bayes_fit, SPK_NAIVE_BAYES, SPK_OPT_TRANSFORM,
					   SPK_TRANSFORM_YEO_JOHNSON);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logistic_regression),
		cmocka_unit_test(naive_bayes),
	};

	return cmocka_run_group_tests_name("additive", tests, NULL, NULL);
}
