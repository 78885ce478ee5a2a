/*
 * test_transforms.c
 *	  What numbers go through before a regression or naive Bayes sees them: the
 *	  functions, the choice of them, and models that hold them.
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/linear/bayes.h"
#include "core/linear/logistic.h"
#include "core/linear/transforms.h"
#include "core/models/terms.h"
#include "core/scoring/additive.h"
#include "unit_table.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define N_ROWS 3000

static void
assert_near(double got, double expected, double relative)
{
	if (!(fabs(got - expected) <= relative * fabs(expected)))
		fail_msg("got %.17g, not %.17g", got, expected);
}

/* ---- The functions ---- */

/* As Yeo and Johnson write it, with the functions of libm. */
static double
yeo_johnson(double power, double x)
{
	if (x >= 0)
		return power == 0 ? log1p(x) : expm1(power * log1p(x)) / power;
	return power == 2 ? -log1p(-x) : -expm1((2 - power) * log1p(-x)) / (2 - power);
}

static void
functions(void **unused)
{
	static const double numbers[] = {-1e12, -37.5, -1, -1e-9, 0, 1e-9, 0.3, 1, 2, 1000, 1e12};
	const int			n = sizeof(numbers) / sizeof(numbers[0]);

	for (int i = 0; i < n; i++)
	{
		double x = numbers[i];
		double before = -INFINITY;

		assert_true(spk_transformed(SPK_AS_IT_IS, x) == x);
		assert_near(spk_transformed(SPK_LOG_TRANSFORM, x), x < 0 ? -log1p(-x) : log1p(x), 1e-14);
		for (int step = SPK_MIN_POWER * SPK_STEPS_PER_POWER;
			 step <= SPK_MAX_POWER * SPK_STEPS_PER_POWER; step++)
		{
			SpkTransform transform = {SPK_FORM_YEO_JOHNSON, step / (double) SPK_STEPS_PER_POWER};
			double		 y = spk_transformed(transform, x);

			assert_true(spk_transform_sound(transform));
			assert_near(y, yeo_johnson(transform.power, x), 1e-13);
			/* it ascends with x, and with the power */
			assert_true(i == 0 || y > spk_transformed(transform, numbers[i - 1]));
			assert_true(x == 0 || y > before);
			before = y;
		}
	}
}

/* Infinite numbers count as the largest ones, and what is missing stays missing. */
static void
ends(void **unused)
{
	const SpkTransform forms[] = {SPK_LOG_TRANSFORM,		 {SPK_FORM_YEO_JOHNSON, SPK_MIN_POWER},
								  {SPK_FORM_YEO_JOHNSON, 0}, {SPK_FORM_YEO_JOHNSON, 1},
								  {SPK_FORM_YEO_JOHNSON, 2}, {SPK_FORM_YEO_JOHNSON, SPK_MAX_POWER}};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
	{
		assert_true(spk_transformed(forms[i], INFINITY) == spk_transformed(forms[i], DBL_MAX));
		assert_true(spk_transformed(forms[i], -INFINITY) == spk_transformed(forms[i], -DBL_MAX));
		assert_true(isfinite(spk_transformed(forms[i], INFINITY)));
		assert_true(isfinite(spk_transformed(forms[i], -INFINITY)));
		assert_true(spk_transformed(forms[i], 0) == 0);
		assert_true(isnan(spk_transformed(forms[i], NAN)));
	}
	assert_true(spk_transformed(SPK_AS_IT_IS, INFINITY) == INFINITY);
	assert_true(isnan(spk_transformed(SPK_AS_IT_IS, NAN)));
	assert_false(spk_transform_sound((SpkTransform) {SPK_FORM_NONE, 0}));
	assert_false(spk_transform_sound((SpkTransform) {SPK_FORM_LOG, 1}));
	assert_false(spk_transform_sound((SpkTransform) {SPK_FORM_YEO_JOHNSON, 4.5}));
	assert_false(spk_transform_sound((SpkTransform) {SPK_FORM_YEO_JOHNSON, NAN}));
	assert_false(spk_transform_sound((SpkTransform) {SPK_N_FORMS, 1}));
}

/* ---- The choice ---- */

/* A draw from a normal distribution, nearly: the sum of twelve uniform ones. */
static double
normal(SpkRng *rng)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += spk_rng_double(rng);
	return sum;
}

/*
 * counts and debts are skewed, and the label goes by their logarithms; calls are skewed
 * and the label goes by their squares; even is not skewed; the other three have a kind
 * or values that leave nothing to choose.
 */
enum
{
	COUNTS,
	DEBTS,
	CALLS,
	EVEN,
	FLAG,
	CONSTANT,
	WHEN,
	CITY,
	N_COLUMNS
};

static UnitTable *
skewed(uint32_t n_rows)
{
	static const SpkCategory cities[] = {{"Bonn", 4}, {"Ulm", 3}};
	UnitTable				*t = unit_table_new(n_rows);
	SpkRng					 rng = spk_rng(5, 1);
	double					*counts = unit_table_numbers(t, "counts");
	double					*debts = unit_table_numbers(t, "debts");
	double					*calls = unit_table_numbers(t, "calls");
	double					*even = unit_table_numbers(t, "even");
	double					*flag = unit_table_numbers(t, "flag");
	double					*constant = unit_table_numbers(t, "constant");
	double					*when = unit_table_numbers(t, "when");
	uint32_t				*city = unit_table_categories(t, "city", cities, 2);

	t->columns[WHEN].kind = SPK_TIME;
	for (uint32_t r = 0; r < n_rows; r++)
	{
		double size = normal(&rng);
		double debt = normal(&rng);
		double call = -log(1 - spk_rng_double(&rng));

		counts[r] = spk_rng_below(&rng, 10) == 0 ? NAN : floor(exp(3 + 1.5 * size));
		debts[r] = -exp(2 + debt);
		calls[r] = floor(3 * call);
		even[r] = spk_rng_below(&rng, 20) == 0 ? NAN : 100 + normal(&rng);
		flag[r] = spk_rng_below(&rng, 50) == 0;
		constant[r] = 7;
		when[r] = exp(10 + 2 * normal(&rng));
		city[r] = spk_rng_below(&rng, 3);
		if (city[r] == 2)
			city[r] = SPK_NO_ID;
		t->labels[r] = -size + debt + 0.06 * calls[r] * calls[r] + normal(&rng) > 1.5;
	}
	return t;
}

static SpkOptions
with_transform(SpkAlgorithm algorithm, double transform)
{
	SpkOptions options = spk_options_default(algorithm);

	options.value[SPK_OPT_TRANSFORM] = transform;
	/* next to nothing is added to variances, as that depends on how large all numbers are */
	if (algorithm == SPK_NAIVE_BAYES)
		options.value[SPK_OPT_VAR_SMOOTHING] = 1e-15;
	return options;
}

static UnitFit
fit_of(SpkAlgorithm algorithm)
{
	return algorithm == SPK_LOGISTIC_REGRESSION ? spk_logistic_fit : spk_bayes_fit;
}

static SpkModel
fitted(const SpkHost *host, const UnitTable *t, SpkAlgorithm algorithm, SpkOptions options)
{
	SpkModel model;

	assert_int_equal(unit_table_fit(host, t, fit_of(algorithm), algorithm, &options, &model),
					 SPK_OK);
	assert_null(spk_terms_fault(&model));
	return model;
}

/* The features' transforms, and where their terms start. */
static void
transforms_of(const SpkModel *model, SpkTransform *transforms, const double **terms)
{
	const double *term = model->terms + SPK_INTERCEPT;

	for (uint32_t f = 0; f < model->n_features; f++)
	{
		terms[f] = term;
		transforms[f] = spk_term_transform(model, &model->features[f], term);
		term += spk_term_length(model, &model->features[f]);
	}
	assert_ptr_equal(term, model->terms + spk_terms_length(model));
}

static void
choice(void **unused)
{
	UnitHost	  unit = UNIT_HOST_INIT;
	SpkHost		  host = unit_host(&unit);
	UnitTable	 *t = skewed(N_ROWS);
	SpkTransform  transforms[N_COLUMNS];
	const double *terms[N_COLUMNS];

	for (SpkAlgorithm a = SPK_LOGISTIC_REGRESSION; a <= SPK_NAIVE_BAYES; a++)
	{
		SpkModel model = fitted(&host, t, a, spk_options_default(a));

		assert_true(model.options.value[SPK_OPT_TRANSFORM] == SPK_TRANSFORM_AUTO);
		transforms_of(&model, transforms, terms);
		assert_true(transforms[COUNTS].form != SPK_FORM_NONE);
		assert_true(transforms[DEBTS].form == SPK_FORM_LOG);
		assert_true(transforms[CALLS].form == SPK_FORM_NONE);
		assert_true(transforms[EVEN].form == SPK_FORM_NONE);
		for (int f = FLAG; f < N_COLUMNS; f++)
			assert_true(transforms[f].form == SPK_FORM_NONE);
		spk_model_release(&host, &model);

		/* asked for, all numbers of more than two values are transformed, whatever they tell */
		model = fitted(&host, t, a, with_transform(a, SPK_TRANSFORM_LOG));
		transforms_of(&model, transforms, terms);
		for (int f = 0; f < N_COLUMNS; f++)
			assert_true(transforms[f].form == (f <= EVEN ? SPK_FORM_LOG : SPK_FORM_NONE));
		spk_model_release(&host, &model);

		/* e^(3 + 1.5 z), rounded down, is nearly normal behind a logarithm; debts mirror that */
		model = fitted(&host, t, a, with_transform(a, SPK_TRANSFORM_YEO_JOHNSON));
		transforms_of(&model, transforms, terms);
		for (int f = 0; f <= CALLS; f++)
			assert_true(transforms[f].form == SPK_FORM_YEO_JOHNSON);
		assert_true(fabs(transforms[COUNTS].power) <= 0.1);
		assert_true(fabs(transforms[DEBTS].power - 2) <= 0.25);
		spk_model_release(&host, &model);
	}
	assert_int_equal(unit.live, 0);
	free(t);
}

/* The power is the best on the grid: no other step has a larger likelihood. */
static void
best_power(void **unused)
{
	UnitHost	  unit = UNIT_HOST_INIT;
	SpkHost		  host = unit_host(&unit);
	UnitTable	 *t = skewed(N_ROWS);
	SpkModel	  model = fitted(&host, t, SPK_LOGISTIC_REGRESSION,
								 with_transform(SPK_LOGISTIC_REGRESSION, SPK_TRANSFORM_YEO_JOHNSON));
	SpkTransform  transforms[N_COLUMNS];
	const double *terms[N_COLUMNS];

	transforms_of(&model, transforms, terms);
	for (int f = 0; f <= EVEN; f++)
	{
		double best = -INFINITY;
		double power = NAN;

		for (int step = SPK_MIN_POWER * SPK_STEPS_PER_POWER;
			 step <= SPK_MAX_POWER * SPK_STEPS_PER_POWER; step++)
		{
			double lambda = step / (double) SPK_STEPS_PER_POWER;
			double n = 0, sum = 0, squares = 0, sizes = 0, likelihood;

			for (int r = 0; r < N_ROWS; r++)
			{
				double x = t->numbers[f][r];

				if (isnan(x))
					continue;
				n++;
				sum += yeo_johnson(lambda, x);
				squares += yeo_johnson(lambda, x) * yeo_johnson(lambda, x);
				sizes += x < 0 ? -log1p(-x) : log1p(x);
			}
			likelihood = -n / 2 * log(squares / n - sum / n * (sum / n)) + (lambda - 1) * sizes;
			if (likelihood > best)
			{
				best = likelihood;
				power = lambda;
			}
		}
		assert_true(transforms[f].form == SPK_FORM_YEO_JOHNSON);
		assert_true(transforms[f].power == power);
	}
	spk_model_release(&host, &model);
	free(t);
}

/* The powers are those of scikit-learn's PowerTransformer (test/reference/linear.py), on the grid. */
static void
as_scikit_learn(void **unused)
{
	static const double expected[] = {-0.0460369238848266, 2.27698293374625, 0.530262178184806};
	UnitHost			unit = UNIT_HOST_INIT;
	SpkHost				host = unit_host(&unit);
	UnitTable		   *t = unit_table_new(N_ROWS);
	double			   *posts = unit_table_numbers(t, "posts");
	double			   *debts = unit_table_numbers(t, "debts");
	double			   *change = unit_table_numbers(t, "change");
	SpkTransform		transforms[3];
	const double	   *terms[3];
	SpkModel			model;

	for (int i = 1; i <= N_ROWS; i++)
	{
		double share = i * 7919 % 1009;
		double square = (i * 31 % 101) * (i * 31 % 101);

		posts[i - 1] = exp(share / 150);
		debts[i - 1] = -exp(share / 500);
		change[i - 1] = square / 1000 - 2;
		t->labels[i - 1] = i % 3 == 0;
	}
	model = fitted(&host, t, SPK_LOGISTIC_REGRESSION,
				   with_transform(SPK_LOGISTIC_REGRESSION, SPK_TRANSFORM_YEO_JOHNSON));
	transforms_of(&model, transforms, terms);
	for (int f = 0; f < 3; f++)
		assert_true(fabs(transforms[f].power - expected[f]) <= 0.5 / SPK_STEPS_PER_POWER + 0.001);
	spk_model_release(&host, &model);
	assert_int_equal(unit.live, 0);
	free(t);
}

/* The multinomial form is left as others have it, unless one asks for a transform. */
static void
multinomial(void **unused)
{
	UnitHost	  unit = UNIT_HOST_INIT;
	SpkHost		  host = unit_host(&unit);
	UnitTable	 *t = skewed(500);
	SpkOptions	  options = spk_options_default(SPK_NAIVE_BAYES);
	SpkTransform  transforms[N_COLUMNS];
	const double *terms[N_COLUMNS];
	SpkModel	  model;

	options.value[SPK_OPT_DISTRIBUTION] = SPK_DISTRIBUTION_MULTINOMIAL;
	model = fitted(&host, t, SPK_NAIVE_BAYES, options);
	transforms_of(&model, transforms, terms);
	for (int f = 0; f < N_COLUMNS; f++)
		assert_true(transforms[f].form == SPK_FORM_NONE);
	spk_model_release(&host, &model);

	options.value[SPK_OPT_TRANSFORM] = SPK_TRANSFORM_LOG;
	model = fitted(&host, t, SPK_NAIVE_BAYES, options);
	transforms_of(&model, transforms, terms);
	assert_true(transforms[COUNTS].form == SPK_FORM_LOG);
	assert_true(terms[COUNTS][SPK_BAYES_LOW] >= 0 && terms[COUNTS][SPK_BAYES_HIGH] < 30);
	spk_model_release(&host, &model);
	assert_int_equal(unit.live, 0);
	free(t);
}

/* The share of its variance that is added to a transformed number's is that of the number as it was. */
static void
same_smoothing(void **unused)
{
	UnitHost	  unit = UNIT_HOST_INIT;
	SpkHost		  host = unit_host(&unit);
	UnitTable	 *t = unit_table_new(N_ROWS);
	double		 *posts = unit_table_numbers(t, "posts");
	double		 *bytes = unit_table_numbers(t, "bytes");
	SpkOptions	  options = spk_options_default(SPK_NAIVE_BAYES);
	double		  sums[5][3] = {{0}};
	double		  variances[5];
	SpkTransform  transforms[2];
	const double *terms[2];
	SpkModel	  model;

	for (int i = 0; i < N_ROWS; i++)
	{
		posts[i] = exp(i * 7919 % 1009 / 150.0);
		bytes[i] = 100 * (i * 31 % 101);
		t->labels[i] = i % 3 == 0;
	}
	options.value[SPK_OPT_TRANSFORM] = SPK_TRANSFORM_AUTO;
	options.value[SPK_OPT_VAR_SMOOTHING] = 0.01;
	model = fitted(&host, t, SPK_NAIVE_BAYES, options);
	transforms_of(&model, transforms, terms);
	assert_true(transforms[0].form != SPK_FORM_NONE && transforms[1].form == SPK_FORM_NONE);

	/* of those who stay, of those who churn, of all; as they were: of all, and of the other number */
	for (int i = 0; i < N_ROWS; i++)
		for (int of = 0; of < 5; of++)
			if (of >= 2 || of == t->labels[i])
			{
				double x = of == 4 ? bytes[i] :
					of == 3		   ? posts[i] :
									 spk_transformed(transforms[0], posts[i]);

				sums[of][0]++;
				sums[of][1] += x;
				sums[of][2] += x * x;
			}
	for (int of = 0; of < 5; of++)
		variances[of] = sums[of][2] / sums[of][0] -
			sums[of][1] / sums[of][0] * (sums[of][1] / sums[of][0]);
	assert_true(variances[4] > variances[3]);
	for (int of = 0; of < 2; of++)
		assert_near(terms[0][SPK_BAYES_DEVIATION + of],
					sqrt(variances[of] + 0.01 * variances[4] / variances[3] * variances[2]), 1e-9);
	spk_model_release(&host, &model);
	assert_int_equal(unit.live, 0);
	free(t);
}

/* ---- Models that hold them ---- */

/* A model of transformed numbers predicts as one of numbers that were transformed before. */
static void
as_if_before(void **unused)
{
	UnitHost   unit = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&unit);
	UnitTable *t = skewed(N_ROWS);
	UnitTable *made = malloc(sizeof(*made));

	for (SpkAlgorithm a = SPK_LOGISTIC_REGRESSION; a <= SPK_NAIVE_BAYES; a++)
		for (double option = SPK_TRANSFORM_LOG; option <= SPK_TRANSFORM_AUTO; option++)
		{
			SpkModel	  model = fitted(&host, t, a, with_transform(a, option));
			SpkTransform  transforms[N_COLUMNS];
			const double *terms[N_COLUMNS];
			SpkModel	  plain;

			transforms_of(&model, transforms, terms);
			memcpy(made, t, sizeof(*made));
			for (int f = 0; f < N_COLUMNS; f++)
			{
				made->columns[f].numbers = made->numbers[f];
				made->columns[f].ids = made->ids[f];
				for (int r = 0; r < N_ROWS && f != CITY; r++)
					made->numbers[f][r] = spk_transformed(transforms[f], t->numbers[f][r]);
			}
			made->table.columns = made->columns;
			made->table.labels = made->labels;
			plain = fitted(&host, made, a, with_transform(a, SPK_TRANSFORM_NONE));

			/* rows are summed up in another order, as their values differ */
			for (int r = 0; r < N_ROWS; r++)
			{
				double row[N_COLUMNS];
				double other[N_COLUMNS];

				for (int f = 0; f < N_COLUMNS; f++)
				{
					row[f] = f != CITY			  ? t->numbers[f][r] :
						t->ids[f][r] == SPK_NO_ID ? NAN :
													t->ids[f][r];
					other[f] = f != CITY ? made->numbers[f][r] : row[f];
				}
				assert_near(spk_additive_predict(&model, row), spk_additive_predict(&plain, other),
							a == SPK_NAIVE_BAYES ? 1e-6 : 1e-9);
			}
			spk_model_release(&host, &plain);
			spk_model_release(&host, &model);
		}
	assert_int_equal(unit.live, 0);
	free(made);
	free(t);
}

/* Whatever the order of rows, and back from bytes, the model is the same. */
static void
same_bits(void **unused)
{
	UnitHost	unit = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&unit);
	UnitTable  *t = skewed(N_ROWS);
	SpkModel	models[2];
	SpkModel	back;
	SpkWriter	w = spk_writer(&host);
	const char *why;

	for (SpkAlgorithm a = SPK_LOGISTIC_REGRESSION; a <= SPK_NAIVE_BAYES; a++)
	{
		for (int i = 0; i < 2; i++)
		{
			models[i] = fitted(&host, t, a, spk_options_default(a));
			unit_table_shuffle(t);
		}
		assert_memory_equal(models[0].terms, models[1].terms,
							spk_terms_length(&models[0]) * sizeof(double));
		w.len = 0;
		assert_int_equal(spk_model_encode(&models[0], &w), SPK_OK);
		assert_int_equal(spk_model_decode(&host, w.data, w.len, &back, &why), SPK_OK);
		assert_true(back.options.value[SPK_OPT_TRANSFORM] == SPK_TRANSFORM_AUTO);
		assert_memory_equal(models[0].terms, back.terms,
							spk_terms_length(&models[0]) * sizeof(double));
		spk_model_release(&host, &back);
		spk_model_release(&host, &models[0]);
		spk_model_release(&host, &models[1]);
	}
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
	free(t);
}

/* Do the bytes hold the word? */
static bool
hold(const SpkWriter *w, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= w->len; i++)
		if (memcmp(w->data + i, word, len) == 0)
			return true;
	return false;
}

/* Models of before do not store the option, and are read as those that transform nothing. */
static void
of_before(void **unused)
{
	UnitHost	unit = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&unit);
	UnitTable  *t = skewed(300);
	SpkWriter	w = spk_writer(&host);
	const char *why;

	for (SpkAlgorithm a = SPK_LOGISTIC_REGRESSION; a <= SPK_NAIVE_BAYES; a++)
	{
		SpkModel model = fitted(&host, t, a, with_transform(a, SPK_TRANSFORM_NONE));
		SpkModel back;

		assert_true(spk_options_before(a).value[SPK_OPT_TRANSFORM] == SPK_TRANSFORM_NONE);
		assert_true(spk_options_default(a).value[SPK_OPT_TRANSFORM] == SPK_TRANSFORM_AUTO);
		w.len = 0;
		assert_int_equal(spk_model_encode(&model, &w), SPK_OK);
		assert_false(hold(&w, "transform"));
		assert_int_equal(spk_model_decode(&host, w.data, w.len, &back, &why), SPK_OK);
		assert_true(back.options.value[SPK_OPT_TRANSFORM] == SPK_TRANSFORM_NONE);
		spk_model_release(&host, &back);
		spk_model_release(&host, &model);
	}
	spk_release(&host, w.data);
	free(t);
}

/* No form that there is not, none that the option excludes, no power out of place. */
static void
refused(void **unused)
{
	static const struct
	{
		double option;
		double form;
		double power;
		bool   sound;
	} tries[] = {{SPK_TRANSFORM_AUTO, SPK_FORM_NONE, 1, true},
				 {SPK_TRANSFORM_AUTO, SPK_FORM_LOG, 0, true},
				 {SPK_TRANSFORM_AUTO, SPK_FORM_YEO_JOHNSON, -0.5, true},
				 {SPK_TRANSFORM_AUTO, SPK_FORM_YEO_JOHNSON, -2.5, false},
				 {SPK_TRANSFORM_AUTO, SPK_FORM_YEO_JOHNSON, -0.0, false},
				 {SPK_TRANSFORM_AUTO, SPK_FORM_YEO_JOHNSON, INFINITY, false},
				 {SPK_TRANSFORM_AUTO, SPK_FORM_LOG, 0.5, false},
				 {SPK_TRANSFORM_AUTO, SPK_N_FORMS, 1, false},
				 {SPK_TRANSFORM_AUTO, -0.0, 1, false},
				 {SPK_TRANSFORM_AUTO, 0.5, 1, false},
				 {SPK_TRANSFORM_AUTO, NAN, 1, false},
				 {SPK_TRANSFORM_LOG, SPK_FORM_LOG, 0, true},
				 {SPK_TRANSFORM_LOG, SPK_FORM_YEO_JOHNSON, 0.5, false},
				 {SPK_TRANSFORM_YEO_JOHNSON, SPK_FORM_LOG, 0, false},
				 {SPK_TRANSFORM_YEO_JOHNSON, SPK_FORM_NONE, 1, true}};
	UnitHost   unit = UNIT_HOST_INIT;
	SpkHost	   host = unit_host(&unit);
	UnitTable *t = skewed(300);

	for (SpkAlgorithm a = SPK_LOGISTIC_REGRESSION; a <= SPK_NAIVE_BAYES; a++)
	{
		SpkModel model = fitted(&host, t, a, spk_options_default(a));

		for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++)
		{
			double *term = model.terms + SPK_INTERCEPT;

			/* a sound option for the features behind the first one */
			for (uint32_t f = 0; f < N_COLUMNS; f++)
			{
				spk_term_set_transform(&model, &model.features[f], term, SPK_AS_IT_IS);
				term += spk_term_length(&model, &model.features[f]);
			}
			term = model.terms + SPK_INTERCEPT + spk_term_length(&model, &model.features[0]);
			term[-3] = tries[i].form;
			term[-2] = tries[i].power;
			model.options.value[SPK_OPT_TRANSFORM] = tries[i].option;
			assert_true((spk_terms_fault(&model) == NULL) == tries[i].sound);
		}
		spk_model_release(&host, &model);
	}
	free(t);
}

/* Short of memory at any point, or cancelled, a fit gives all back. */
static void
failures(void **unused)
{
	UnitTable *t = skewed(300);

	for (SpkAlgorithm a = SPK_LOGISTIC_REGRESSION; a <= SPK_NAIVE_BAYES; a++)
	{
		SpkOptions options = spk_options_default(a);

		assert_true(unit_table_fit_fails_well(t, fit_of(a), a, &options));
	}
	free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions),	   cmocka_unit_test(ends),
		cmocka_unit_test(choice),		   cmocka_unit_test(best_power),
		cmocka_unit_test(as_scikit_learn), cmocka_unit_test(multinomial),
		cmocka_unit_test(same_smoothing),  cmocka_unit_test(as_if_before),
		cmocka_unit_test(same_bits),	   cmocka_unit_test(of_before),
		cmocka_unit_test(refused),		   cmocka_unit_test(failures),
	};

	return cmocka_run_group_tests_name("transforms", tests, NULL, NULL);
}
