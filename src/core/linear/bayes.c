/*
 * bayes.c
 *	  Naive Bayes.
 */
#include <math.h>
#include <string.h>

#include "core/linear/bayes.h"
#include "core/base/elementary.h"
#include "core/linear/measure.h"
#include "core/linear/transforms.h"
#include "core/models/terms.h"
#include "core/rows/weights.h"

typedef struct Bayes
{
	const SpkHost	*host;
	const SpkValues *rows;
	SpkModel		*model;
	double			 smoothing;
	SpkMoments		*raw;	/* n_features, over all rows before transforms */
	SpkMoments		*all;	/* n_features, over all rows */
	SpkMoments		*of[2]; /* n_features, over the rows of each class */
	/* n_features: what the rows have gone through */
	const SpkTransform *transforms;
} Bayes;

/* ---- Counting ---- */

/*
 * Counts the categories of each class and, for the multinomial form, sums up its
 * scaled numbers.  The sums are kept where the terms will have their logarithms.
 */
static SpkStatus
sum_rows(Bayes *bayes, bool multinomial)
{
	const SpkModel *model = bayes->model;

	for (uint32_t r = 0; r < bayes->rows->n_rows; r++)
	{
		const double *values = spk_values_row(bayes->rows, r);
		double		 *term = model->terms + SPK_INTERCEPT;
		int			  label = spk_values_label(bayes->rows, r);
		double		  weight = spk_values_weight(bayes->rows, r);

		if (r % SPK_POLL_VALUES == 0 && spk_cancelled(bayes->host))
			return SPK_CANCELLED;
		for (uint32_t f = 0; f < model->n_features; f++)
		{
			const SpkFeature *feature = &model->features[f];

			/* a missing value says nothing of either class */
			if (isnan(values[f]))
				;
			else if (feature->kind == SPK_CATEGORY)
				term[(uint32_t) label * feature->n_bins + (uint32_t) values[f]] += weight;
			else if (multinomial)
				term[SPK_BAYES_SHARE + label] += weight *
					spk_min_max(values[f], term[SPK_BAYES_LOW], term[SPK_BAYES_HIGH]);
			term += spk_term_length(model, feature);
		}
	}
	return SPK_OK;
}

/* Turns n sums into the logarithms of their smoothed shares in the total. */
static void
take_shares(double *sums, uint32_t n, double total, double smoothing)
{
	for (uint32_t i = 0; i < n; i++)
		sums[i] = fmin(0, spk_log((sums[i] + smoothing) / total));
}

static double
sum_of(const double *sums, uint32_t n)
{
	double sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += sums[i];
	return sum;
}

/* ---- The Gaussian form ---- */

/* What is added in quadrature to the standard deviations of numbers, or to those of times. */
static double
smallest_deviation(const Bayes *bayes, bool times)
{
	double largest = 0;

	for (uint32_t f = 0; f < bayes->model->n_features; f++)
		if (bayes->model->features[f].kind != SPK_CATEGORY &&
			spk_kind_is_time(bayes->model->features[f].kind) == times)
			largest = fmax(largest, bayes->raw[f].deviation);
	return sqrt(bayes->model->options.value[SPK_OPT_VAR_SMOOTHING]) * largest;
}

/* Behind a transform units are others: the same share of the feature's own deviation is added. */
static double
floor_behind(const Bayes *bayes, uint32_t f, double floor)
{
	if (bayes->transforms[f].form == SPK_FORM_NONE)
		return floor;
	return floor / bayes->raw[f].deviation * bayes->all[f].deviation;
}

/* The root of a^2 + b^2 without overflow. */
static double
hypotenuse(double a, double b)
{
	double larger = fmax(a, b);
	double ratio = larger > 0 ? fmin(a, b) / larger : 0;

	return larger * sqrt(1 + ratio * ratio);
}

/* The means and deviations of a number; deviations of 0 say that the number is not used. */
static void
learn_normal(const Bayes *bayes, uint32_t f, double floor, double *term)
{
	double deviations[2];

	for (int class = 0; class < 2; class ++)
	{
		term[SPK_BAYES_MEAN + class] = bayes->of[class][f].mean;
		deviations[class] = hypotenuse(bayes->of[class][f].deviation, floor);
	}
	if (bayes->all[f].deviation < SPK_MIN_SCALE || bayes->of[0][f].n == 0 ||
		bayes->of[1][f].n == 0 || !(fmin(deviations[0], deviations[1]) >= SPK_MIN_SCALE) ||
		!isfinite(fmax(deviations[0], deviations[1])))
		deviations[0] = deviations[1] = 0;
	term[SPK_BAYES_DEVIATION] = deviations[0];
	term[SPK_BAYES_DEVIATION + 1] = deviations[1];
}

static SpkStatus
learn_gaussian(Bayes *bayes)
{
	const SpkModel *model = bayes->model;
	double			floors[2] = {smallest_deviation(bayes, false), smallest_deviation(bayes, true)};
	double		   *term = model->terms + SPK_INTERCEPT;
	SpkStatus		status = sum_rows(bayes, false);

	for (uint32_t f = 0; f < model->n_features && status == SPK_OK; f++)
	{
		const SpkFeature *feature = &model->features[f];
		uint32_t		  n = feature->n_bins;

		if (feature->kind != SPK_CATEGORY)
			learn_normal(bayes, f, floor_behind(bayes, f, floors[spk_kind_is_time(feature->kind)]),
						 term);
		else
			for (uint32_t class = 0; class < 2; class ++)
				take_shares(term + class * n, n, sum_of(term + class * n, n) + bayes->smoothing * n,
							bayes->smoothing);
		term += spk_term_length(model, feature);
	}
	return status;
}

/* ---- The multinomial form ---- */

/* The sums of a feature's columns in a class; *n is their number. */
static double *
columns_of(const SpkFeature *feature, double *term, uint32_t class, uint32_t *n)
{
	if (feature->kind == SPK_CATEGORY)
	{
		*n = feature->n_bins;
		return term + class * feature->n_bins;
	}
	*n = feature->n_bins > 0;
	return term + SPK_BAYES_SHARE + class;
}

/* Turns the sums of a class into the logarithms of their shares in all of its columns. */
static void
share_out(Bayes *bayes, uint32_t class)
{
	const SpkModel *model = bayes->model;
	double			total = 0;
	double		   *term = model->terms + SPK_INTERCEPT;
	double		   *sums;
	uint32_t		n;

	for (uint32_t f = 0; f < model->n_features; f++)
	{
		sums = columns_of(&model->features[f], term, class, &n);
		total += sum_of(sums, n) + bayes->smoothing * n;
		term += spk_term_length(model, &model->features[f]);
	}
	term = model->terms + SPK_INTERCEPT;
	for (uint32_t f = 0; f < model->n_features; f++)
	{
		sums = columns_of(&model->features[f], term, class, &n);
		take_shares(sums, n, total, bayes->smoothing);
		term += spk_term_length(model, &model->features[f]);
	}
}

static SpkStatus
learn_multinomial(Bayes *bayes)
{
	const SpkModel *model = bayes->model;
	double		   *term = model->terms + SPK_INTERCEPT;
	SpkStatus		status;

	for (uint32_t f = 0; f < model->n_features; f++)
	{
		if (model->features[f].kind != SPK_CATEGORY)
		{
			term[SPK_BAYES_LOW] = bayes->all[f].low;
			term[SPK_BAYES_HIGH] = bayes->all[f].high;
		}
		term += spk_term_length(model, &model->features[f]);
	}
	status = sum_rows(bayes, true);
	if (status == SPK_OK)
	{
		share_out(bayes, 0);
		share_out(bayes, 1);
	}
	return status;
}

/* ---- The whole ---- */

/* The logarithms of the classes' shares. */
static void
learn_classes(Bayes *bayes)
{
	double stay = spk_values_total(bayes->rows, 0);
	double churn = spk_values_total(bayes->rows, 1);
	double weight[2];
	double sums[2];

	spk_class_weights(&bayes->model->options, stay, churn, weight);
	sums[0] = weight[0] * stay;
	sums[1] = weight[1] * churn;
	for (int class = 0; class < 2; class ++)
		bayes->model->terms[class] = fmin(0, spk_log(sums[class] / (sums[0] + sums[1])));
}

/* Keeps what the rows that were learned from had gone through. */
static void
put_transforms(const Bayes *bayes)
{
	const SpkModel *model = bayes->model;
	double		   *term = model->terms + SPK_INTERCEPT;

	for (uint32_t f = 0; f < model->n_features; f++)
	{
		spk_term_set_transform(model, &model->features[f], term, bayes->transforms[f]);
		term += spk_term_length(model, &model->features[f]);
	}
}

static SpkStatus
learn(Bayes *bayes, const SpkValues *rows)
{
	SpkModel *model = bayes->model;
	size_t	  n = spk_terms_length(model);
	SpkStatus status = spk_values_moments(bayes->host, rows, -1, bayes->raw);

	if (status == SPK_OK)
		status = spk_values_moments(bayes->host, bayes->rows, -1, bayes->all);
	for (int class = 0; class < 2 && status == SPK_OK; class ++)
		status = spk_values_moments(bayes->host, bayes->rows, class, bayes->of[class]);
	if (status != SPK_OK)
		return status;

	/* terms are sums at first, from zero, and become logarithms in place */
	model->terms = spk_alloc(bayes->host, n, sizeof(double));
	if (model->terms == NULL)
		return SPK_NO_MEMORY;
	memset(model->terms, 0, n * sizeof(double));

	learn_classes(bayes);
	status = model->options.value[SPK_OPT_DISTRIBUTION] == SPK_DISTRIBUTION_MULTINOMIAL ?
		learn_multinomial(bayes) :
		learn_gaussian(bayes);
	if (status == SPK_OK)
	{
		put_transforms(bayes);
		status = spk_measure_terms(bayes->host, rows, model);
	}
	if (status != SPK_OK)
	{
		spk_release(bayes->host, model->terms);
		model->terms = NULL;
	}
	return status;
}

SpkStatus
spk_bayes_fit(const SpkHost *host, const SpkValues *rows, SpkModel *model)
{
	SpkTransformed behind;
	Bayes		   bayes = {.host = host, .rows = &behind.rows, .model = model};
	SpkStatus	   status;

	bayes.smoothing = model->options.value[SPK_OPT_SMOOTHING];
	if (rows->n_positives == 0 || rows->n_positives == rows->n_rows)
		return SPK_INVALID;
	spk_values_weight_facts(rows, model);
	status = spk_transforms_new(host, rows, model, &behind);
	if (status != SPK_OK)
		return status;
	bayes.transforms = behind.transforms;
	bayes.raw = spk_alloc(host, model->n_features, 4 * sizeof(SpkMoments));
	if (bayes.raw != NULL)
	{
		bayes.all = bayes.raw + model->n_features;
		bayes.of[0] = bayes.all + model->n_features;
		bayes.of[1] = bayes.of[0] + model->n_features;
		status = learn(&bayes, rows);
	}
	else
		status = SPK_NO_MEMORY;
	spk_release(host, bayes.raw);
	spk_transforms_release(host, &behind);
	return status;
}
