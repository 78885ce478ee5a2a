/*
 * test_logistic.c
 *	  Logistic regression: known answers, what it does where there is none, and
 *	  the same bits however the rows come.
 *
 * The figures are those of test/reference/linear.py.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/linear/linalg.h"
#include "core/linear/logistic.h"
#include "core/models/terms.h"
#include "core/scoring/additive.h"
#include "unit_table.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

static const SpkCategory cities[] = {{"city 3", 6}, {"city 1", 6}, {"city 0", 6}, {"city 2", 6}};

static void
assert_near(double got, double expected, double relative)
{
	if (!(fabs(got - expected) <= relative * fabs(expected)))
		fail_msg("got %.17g, not %.17g", got, expected);
}

static UnitTable *
plain(void)
{
	UnitTable *t = unit_table_new(200);
	double	  *songs = unit_table_numbers(t, "songs");
	double	  *hours = unit_table_numbers(t, "hours");

	for (int i = 1; i <= 200; i++)
	{
		songs[i - 1] = i * 37 % 101;
		hours[i - 1] = (i * 53 % 97) / 8.0;
		t->labels[i - 1] = i * 7919 % 1000 + 5 * (i * 37 % 101) > 700;
	}
	return t;
}

static UnitTable *
mixed(void)
{
	UnitTable *t = unit_table_new(250);
	double	  *songs = unit_table_numbers(t, "songs");
	uint32_t  *city = unit_table_categories(t, "city", cities, 4);

	for (int i = 1; i <= 250; i++)
	{
		int number = i * 13 % 4;

		songs[i - 1] = i % 9 == 4 ? NAN : i * 31 % 89;
		/* the names are in another order */
		city[i - 1] = i % 11 == 3 ? SPK_NO_ID :
			number == 0			  ? 2 :
			number == 2			  ? 3 :
			number == 3			  ? 0 :
									1;
		t->labels[i - 1] = i * 7919 % 1000 + 4 * (i * 31 % 89) + 150 * (number == 2) > 700;
	}
	return t;
}

static SpkOptions
with_l2(double l2)
{
	SpkOptions options = spk_options_default(SPK_LOGISTIC_REGRESSION);

	options.value[SPK_OPT_L2] = l2;
	/* as the software that these tests compare with */
	options.value[SPK_OPT_TRANSFORM] = SPK_TRANSFORM_NONE;
	return options;
}

/* The model, which must be sound; the host must outlive it. */
static SpkModel
fitted(const SpkHost *host, const UnitTable *t, SpkOptions options)
{
	SpkModel model;

	assert_int_equal(unit_table_fit(host, t, spk_logistic_fit, SPK_LOGISTIC_REGRESSION, &options,
									&model),
					 SPK_OK);
	assert_null(spk_terms_fault(&model));
	return model;
}

static void
as_glm(void **unused)
{
	UnitHost	  unit = UNIT_HOST_INIT;
	SpkHost		  host = unit_host(&unit);
	UnitTable	 *t = plain();
	SpkModel	  model = fitted(&host, t, with_l2(0));
	const double *songs = model.terms + SPK_INTERCEPT;
	const double *hours = songs + SPK_LOGISTIC_NUMBER;

	assert_near(songs[SPK_LOGISTIC_WEIGHT] / songs[SPK_LOGISTIC_SCALE], 0.0241248542500223, 1e-9);
	assert_near(songs[SPK_LOGISTIC_ERROR] / songs[SPK_LOGISTIC_SCALE], 0.00544531824490887, 1e-9);
	assert_near(hours[SPK_LOGISTIC_WEIGHT] / hours[SPK_LOGISTIC_SCALE], 0.00562991578095469, 1e-9);
	assert_near(hours[SPK_LOGISTIC_ERROR] / hours[SPK_LOGISTIC_SCALE], 0.0431895408447598, 1e-9);
	assert_near(model.terms[1], 0.390825323090416, 1e-9);
	assert_near(model.facts[SPK_FACT_DEVIANCE], 252.497870655366, 1e-12);
	assert_true(model.facts[SPK_FACT_CONVERGED] == 1 && model.facts[SPK_FACT_SEPARATED] == 0);
	assert_true(model.facts[SPK_FACT_ITERATIONS] < 8 && model.facts[SPK_FACT_GRADIENT] < 1e-9);
	assert_near(model.features[0].importance + model.features[1].importance, 1, 1e-15);
	assert_true(model.features[0].importance > 0.9);
	spk_model_release(&host, &model);
	assert_int_equal(unit.live, 0);
	free(t);
}

static void
as_glm_with_categories(void **unused)
{
	UnitHost	  unit = UNIT_HOST_INIT;
	SpkHost		  host = unit_host(&unit);
	UnitTable	 *t = mixed();
	SpkModel	  model = fitted(&host, t, with_l2(0));
	const double *songs = model.terms + SPK_INTERCEPT;
	const double *city = songs + SPK_LOGISTIC_NUMBER;

	assert_near(songs[SPK_LOGISTIC_MISSING], 0.419200386974139, 1e-9);
	assert_near(songs[SPK_LOGISTIC_MISSING_ERROR], 0.414075723426959, 1e-9);
	assert_true(city[0] == 0 && city[5] == 0); /* the reference */
	assert_near(city[1], 0.0623746378867745, 1e-9);
	assert_near(city[2], 0.76254840324966, 1e-9);
	assert_near(city[3], 0.253808207774496, 1e-9);
	assert_near(city[4], 0.324604654940573, 1e-9);
	assert_near(city[5 + 4], 0.501117497323631, 1e-9);
	spk_model_release(&host, &model);

	model = fitted(&host, t, with_l2(1));
	city = model.terms + SPK_INTERCEPT + SPK_LOGISTIC_NUMBER;
	assert_near(city[0], -0.259163500240251, 1e-9);
	assert_near(city[3], -0.0227891982406326, 1e-9);
	assert_near(city[4], 0.0364606316883889, 1e-9);
	spk_model_release(&host, &model);
	assert_int_equal(unit.live, 0);
	free(t);
}

/* A column that is there twice, a constant and one without values: none has a weight, the rest is as without. */
static void
columns_that_say_nothing(void **unused)
{
	UnitHost	  unit = UNIT_HOST_INIT;
	SpkHost		  host = unit_host(&unit);
	UnitTable	 *t = plain();
	double		 *twice = unit_table_numbers(t, "twice");
	double		 *constant = unit_table_numbers(t, "constant");
	double		 *never = unit_table_numbers(t, "never");
	const double *term;
	SpkModel	  model;

	(void) unit_table_categories(t, "nowhere", cities, 4);
	for (int i = 0; i < 200; i++)
	{
		twice[i] = 1000 - 3 * t->numbers[0][i];
		constant[i] = 0.1;
		never[i] = NAN;
		t->ids[5][i] = SPK_NO_ID;
	}
	model = fitted(&host, t, with_l2(0));
	term = model.terms + SPK_INTERCEPT;
	assert_near(term[SPK_LOGISTIC_WEIGHT] / term[SPK_LOGISTIC_SCALE], 0.0241248542500223, 1e-9);
	for (int f = 2; f < 5; f++)
	{
		term = model.terms + SPK_INTERCEPT + f * SPK_LOGISTIC_NUMBER;
		assert_true(term[SPK_LOGISTIC_WEIGHT] == 0 && term[SPK_LOGISTIC_ERROR] == 0);
		assert_true(model.features[f].importance == 0);
	}
	assert_near(model.facts[SPK_FACT_DEVIANCE], 252.497870655366, 1e-12);
	spk_model_release(&host, &model);

	/* with a penalty columns that say the same share the weight */
	model = fitted(&host, t, with_l2(1));
	term = model.terms + SPK_INTERCEPT;
	assert_near(term[2 * SPK_LOGISTIC_NUMBER + SPK_LOGISTIC_WEIGHT], -term[SPK_LOGISTIC_WEIGHT],
				1e-9);
	spk_model_release(&host, &model);
	assert_int_equal(unit.live, 0);
	free(t);
}

static void
classes_apart(void **unused)
{
	UnitHost   unit = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&unit);
	UnitTable *t = unit_table_new(100);
	double	  *x = unit_table_numbers(t, "x");
	SpkModel   model;

	for (int i = 0; i < 100; i++)
	{
		x[i] = i;
		t->labels[i] = i >= 50;
	}
	model = fitted(&host, t, with_l2(0));
	assert_true(model.facts[SPK_FACT_SEPARATED] == 1 && model.facts[SPK_FACT_CONVERGED] == 1);
	assert_true(spk_additive_predict(&model, &x[49]) < 1e-6);
	assert_true(spk_additive_predict(&model, &x[50]) > 1 - 1e-6);
	spk_model_release(&host, &model);

	model = fitted(&host, t, with_l2(1));
	assert_true(model.facts[SPK_FACT_SEPARATED] == 0 && model.facts[SPK_FACT_CONVERGED] == 1);
	spk_model_release(&host, &model);
	assert_int_equal(unit.live, 0);
	free(t);
}

/* Weights as if rows were there more often. */
static void
class_weights(void **unused)
{
	UnitHost   unit = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&unit);
	UnitTable *t = plain();
	UnitTable *repeated = unit_table_new(0);
	SpkOptions options = with_l2(0);
	SpkModel   weighted;
	SpkModel   model;
	uint32_t   n = 0;

	(void) unit_table_numbers(repeated, "songs");
	(void) unit_table_numbers(repeated, "hours");
	for (int i = 0; i < 200; i++)
		for (int copy = 0; copy < (t->labels[i] ? 3 : 1); copy++, n++)
		{
			repeated->numbers[0][n] = t->numbers[0][i];
			repeated->numbers[1][n] = t->numbers[1][i];
			repeated->labels[n] = t->labels[i];
		}
	repeated->table.n_rows = n;
	options.value[SPK_OPT_CLASS_WEIGHT] = 3;
	weighted = fitted(&host, t, options);
	model = fitted(&host, repeated, with_l2(0));
	for (int i = 0; i < 200; i++)
	{
		double row[] = {t->numbers[0][i], t->numbers[1][i]};

		assert_near(spk_additive_predict(&weighted, row), spk_additive_predict(&model, row), 1e-9);
	}
	assert_near(weighted.facts[SPK_FACT_DEVIANCE], model.facts[SPK_FACT_DEVIANCE], 1e-12);
	spk_model_release(&host, &weighted);
	spk_model_release(&host, &model);
	assert_int_equal(unit.live, 0);
	free(t);
	free(repeated);
}

static void
same_bits(void **unused)
{
	UnitHost	unit = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&unit);
	UnitTable  *t = unit_table_new(5000); /* more than a chunk */
	double	   *a = unit_table_numbers(t, "a");
	double	   *b = unit_table_numbers(t, "b");
	uint32_t   *city = unit_table_categories(t, "city", cities, 4);
	SpkModel	model;
	SpkWriter	first;
	SpkWriter	second;
	SpkModel	back;
	const char *why = NULL;

	for (uint32_t i = 0; i < 5000; i++)
	{
		a[i] = i % 7 == 0 ? NAN : (i * 2654435761u % 1000) / 7.0;
		b[i] = i % 2 == 0 ? 0.0 : -0.0;
		city[i] = i % 4;
		t->labels[i] = i * 7919 % 1000 + (i * 2654435761u % 1000) > 900;
	}
	model = fitted(&host, t, with_l2(1));
	first = unit_model_bytes(&host, &model);
	assert_int_equal(spk_model_decode(&host, first.data, first.len, &back, &why), SPK_OK);
	assert_memory_equal(back.terms, model.terms, spk_terms_length(&model) * sizeof(double));
	spk_model_release(&host, &back);
	spk_model_release(&host, &model);

	unit_table_shuffle(t);
	model = fitted(&host, t, with_l2(1));
	second = unit_model_bytes(&host, &model);
	spk_model_release(&host, &model);
	assert_int_equal(first.len, second.len);
	assert_memory_equal(first.data, second.data, first.len);
	spk_release(&host, first.data);
	spk_release(&host, second.data);
	assert_int_equal(unit.live, 0);
	free(t);
}

static void
failures(void **unused)
{
	UnitHost   unit = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&unit);
	UnitTable *t = mixed();
	SpkOptions options = with_l2(0);
	SpkModel   model;

	assert_true(unit_table_fit_fails_well(t, spk_logistic_fit, SPK_LOGISTIC_REGRESSION, &options));
	memset(t->labels, 1, sizeof(t->labels));
	assert_int_equal(unit_table_fit(&host, t, spk_logistic_fit, SPK_LOGISTIC_REGRESSION, &options,
									&model),
					 SPK_INVALID);
	assert_int_equal(unit.live, 0);
	free(t);
}

static void
cholesky(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	/* rows (1, 1, 2), (1, 2, 3), (1, 4, 5), (1, 8, 9), (1, 0, 1): the third is the sum of the others */
	static const double rows[] = {1, 1, 2, 1, 2, 3, 1, 4, 5, 1, 8, 9, 1, 0, 1};
	double				a[9] = {0};
	double				l[9];
	bool				dropped[3] = {false};
	double				b[] = {15, 100, 115};
	double				unit_vector[] = {0, 1, 0};

	spk_add_products(a, rows, 5, 3);
	assert_true(a[0] == 5 && a[3] == 15 && a[4] == 85 && a[6] == 20 && a[7] == 100 && a[8] == 120);
	memcpy(l, a, sizeof(a));
	assert_int_equal(spk_cholesky(&host, l, 3, 3, 1e-10, dropped, false), SPK_INVALID);
	memcpy(l, a, sizeof(a));
	assert_int_equal(spk_cholesky(&host, l, 3, 3, 1e-10, dropped, true), SPK_OK);
	assert_true(!dropped[0] && !dropped[1] && dropped[2]);
	b[2] = 0;
	spk_cholesky_solve(l, 3, 3, b);
	assert_near(5 * b[0] + 15 * b[1], 15, 1e-14);
	assert_near(15 * b[0] + 85 * b[1], 100, 1e-14);
	/* the inverse of ((5, 15), (15, 85)) has 5 / 200 there */
	assert_near(spk_cholesky_norm(l, 2, 3, 1, unit_vector), 0.025, 1e-14);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_glm),
		cmocka_unit_test(as_glm_with_categories),
		cmocka_unit_test(columns_that_say_nothing),
		cmocka_unit_test(classes_apart),
		cmocka_unit_test(class_weights),
		cmocka_unit_test(same_bits),
		cmocka_unit_test(failures),
		cmocka_unit_test(cholesky),
	};

	return cmocka_run_group_tests_name("logistic", tests, NULL, NULL);
}
