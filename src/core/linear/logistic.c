/*
 * logistic.c
 *	  Logistic regression: memory, the fit, and the terms that it gives.
 */
#include <math.h>
#include <string.h>

#include "core/linear/linalg.h"
#include "core/linear/logistic.h"
#include "core/linear/logistic_newton.h"
#include "core/linear/measure.h"
#include "core/linear/transforms.h"
#include "core/models/terms.h"
#include "core/rows/weights.h"

/* When a standard error has grown this many times, its weight would grow without end. */
#define SEPARATED_ERROR 1e4

/* ---- The result ---- */

/* Do the features separate the classes, so that some weight has no finite best value? */
static bool
is_separated(const SpkLogisticFit *fit, const double *errors)
{
	for (uint32_t j = 0; j < fit->n_columns; j++)
		if (errors[j] > SEPARATED_ERROR * fit->start_error[j])
			return fit->l2 == 0;
	return false;
}

/* The standard error of the intercept where features are not standardised. */
static double
intercept_error(SpkLogisticFit *fit)
{
	memset(fit->vector, 0, fit->width * sizeof(double));
	fit->vector[0] = 1;
	for (uint32_t f = 0; f < fit->model->n_features; f++)
	{
		const SpkPlace *place = &fit->places[f];

		if (place->scale > 0 && !fit->dropped[place->value])
			fit->vector[place->value] = spk_standardise(0, place->center, place->scale);
	}
	return sqrt(spk_cholesky_norm(fit->factor, fit->n_columns, fit->width, 0, fit->vector));
}

/* Sets a column's weight and standard error, or zeros where there is no column. */
static void
put_column(const SpkLogisticFit *fit, const double *errors, uint32_t column, double *weight,
		   double *error)
{
	bool none = column == SPK_DESIGN_NONE || fit->dropped[column];

	*weight = none ? 0 : fit->beta[column];
	*error = none ? 0 : errors[column];
}

/* Makes the term of a feature, but for its mean. */
static void
put_feature(const SpkLogisticFit *fit, const double *errors, uint32_t f, double *term)
{
	const SpkFeature *feature = &fit->model->features[f];
	const SpkPlace	 *place = &fit->places[f];
	double			 *category_errors = term + feature->n_bins + 1;

	if (feature->kind != SPK_CATEGORY)
	{
		term[SPK_LOGISTIC_CENTER] = place->center;
		term[SPK_LOGISTIC_SCALE] = place->scale;
		put_column(fit, errors, place->scale > 0 ? place->value : SPK_DESIGN_NONE,
				   &term[SPK_LOGISTIC_WEIGHT], &term[SPK_LOGISTIC_ERROR]);
		put_column(fit, errors, place->missing, &term[SPK_LOGISTIC_MISSING],
				   &term[SPK_LOGISTIC_MISSING_ERROR]);
		return;
	}
	for (uint32_t i = 0; i < feature->n_bins; i++)
		put_column(fit, errors,
				   place->reference && i == 0 ? SPK_DESIGN_NONE : place->categories + i, &term[i],
				   &category_errors[i]);
	put_column(fit, errors, place->missing, &term[feature->n_bins],
			   &category_errors[feature->n_bins]);
}

static SpkStatus
put_terms(SpkLogisticFit *fit, const SpkTransform *transforms)
{
	SpkModel *model = fit->model;
	double	 *errors = fit->next;
	double	 *term;
	SpkStatus status = spk_logistic_errors(fit, errors);

	if (status != SPK_OK)
		return status;
	model->terms = spk_alloc(fit->host, spk_terms_length(model), sizeof(double));
	if (model->terms == NULL)
		return SPK_NO_MEMORY;
	model->terms[0] = fit->beta[0];
	model->terms[1] = intercept_error(fit);
	term = model->terms + SPK_INTERCEPT;
	for (uint32_t f = 0; f < model->n_features; f++)
	{
		put_feature(fit, errors, f, term);
		spk_term_set_transform(model, &model->features[f], term, transforms[f]);
		term += spk_term_length(model, &model->features[f]);
	}
	model->facts[SPK_FACT_SEPARATED] = is_separated(fit, errors);
	/* the loss without its penalty */
	model->facts[SPK_FACT_DEVIANCE] =
		fmax(0,
			 2 * fit->now.loss -
				 fit->l2 * spk_dot(fit->beta + 1, fit->beta + 1, fit->n_columns - 1));
	return SPK_OK;
}

/* ---- Memory ---- */

static double *
take(double **rest, size_t n)
{
	double *array = *rest;

	*rest += n;
	return array;
}

static inline size_t
width_of(uint32_t n_columns)
{
	return (n_columns + (size_t) 3) & ~(size_t) 3;
}

/* The doubles of a fit: eight arrays of width, four squares, and a block. */
static inline size_t
doubles_of(size_t width)
{
	return 8 * width + 4 * width * width + SPK_LOGISTIC_BLOCK_ROWS * width;
}

uint64_t
spk_logistic_size(uint32_t n_columns)
{
	return (uint64_t) doubles_of(width_of(n_columns)) * sizeof(double);
}

/* All the doubles of a fit are one allocation, which beta starts. */
static bool
alloc_fit(SpkLogisticFit *fit)
{
	size_t	width = fit->width;
	size_t	squares = width * width;
	size_t	n = doubles_of(width);
	double *rest = spk_alloc(fit->host, n, sizeof(double));

	fit->beta = rest;
	fit->places = spk_alloc(fit->host, fit->model->n_features, sizeof(SpkPlace));
	fit->dropped = spk_alloc(fit->host, fit->n_columns, sizeof(bool));
	if (rest == NULL || fit->places == NULL || fit->dropped == NULL)
		return false;

	/* the first weights are 0, and so is what lies beyond the last column, for good */
	memset(rest, 0, n * sizeof(double));
	memset(fit->dropped, 0, fit->n_columns * sizeof(bool));

	take(&rest, width); /* beta */
	fit->step = take(&rest, width);
	fit->next = take(&rest, width);
	fit->vector = take(&rest, width);
	fit->start_error = take(&rest, width);
	fit->now.gradient = take(&rest, width);
	fit->then.gradient = take(&rest, width);
	fit->chunk.gradient = take(&rest, width);
	fit->now.hessian = take(&rest, squares);
	fit->then.hessian = take(&rest, squares);
	fit->chunk.hessian = take(&rest, squares);
	fit->factor = take(&rest, squares);
	fit->block = take(&rest, SPK_LOGISTIC_BLOCK_ROWS * width);
	return true;
}

static void
release_fit(SpkLogisticFit *fit)
{
	spk_release(fit->host, fit->beta);
	spk_release(fit->host, fit->places);
	spk_release(fit->host, fit->dropped);
}

SpkStatus
spk_logistic_fit(const SpkHost *host, const SpkValues *rows, SpkModel *model)
{
	SpkTransformed behind;
	SpkLogisticFit fit = {.host = host, .rows = &behind.rows, .model = model};
	SpkStatus	   status;

	fit.n_columns = spk_design_width(model);
	if (fit.n_columns > SPK_MAX_COLUMNS)
		return SPK_LIMIT;
	if (rows->n_positives == 0 || rows->n_positives == rows->n_rows)
		return SPK_INVALID;

	fit.width = (uint32_t) width_of(fit.n_columns);
	fit.l2 = model->options.value[SPK_OPT_L2];
	spk_class_weights(&model->options, spk_values_total(rows, 0), spk_values_total(rows, 1),
					  fit.class_weight);

	spk_values_weight_facts(rows, model);

	/* the fit sees the rows behind the transforms; the model then takes them as they came */
	status = spk_transforms_new(host, rows, model, &behind);
	if (status != SPK_OK)
		return status;
	/* release_fit takes what alloc_fit has got when it fails: the rest is NULL */
	status = alloc_fit(&fit) ? spk_design_place(host, fit.rows, model, fit.places) : SPK_NO_MEMORY;
	if (status == SPK_OK)
		status = spk_logistic_iterate(&fit);
	if (status == SPK_OK)
		status = put_terms(&fit, behind.transforms);
	if (status == SPK_OK)
		status = spk_measure_terms(host, rows, model);

	if (status != SPK_OK)
	{
		spk_release(host, model->terms);
		model->terms = NULL;
	}
	release_fit(&fit);
	spk_transforms_release(host, &behind);
	return status;
}
