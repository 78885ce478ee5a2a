/*
 * logistic.c
 *	  Logistic regression.
 *
 * The rows are summed up in chunks of fixed size, and the sums of the chunks
 * in order, so that the result depends on the rows alone.
 */
#include <math.h>
#include <string.h>

#include "core/linear/columns.h"
#include "core/base/elementary.h"
#include "core/linear/linalg.h"
#include "core/linear/logistic.h"
#include "core/linear/measure.h"
#include "core/models/terms.h"

#define CHUNK_ROWS 4096

/* Rows whose columns are made at once: they stay in the cache. */
#define BLOCK_ROWS 64

/* Share of a column's square below which it is a combination of others. */
#define TOLERANCE 1e-10

/* The same while iterating: what is less is rounding, and is damped. */
#define NOISE 1e-13

/*
 * Converged when a step promises less than this in log-likelihood: before that
 * step weights are within 1e-7 of their standard errors.
 */
#define SMALL_GAIN 1e-14

/* What may be left where rounding hides whether a step is better. */
#define ROUNDING_GAIN 1e-6

#define MAX_HALVINGS 30
#define MAX_DAMPINGS 14

/* A standard error that grew by this much since the start: its weight has no end. */
#define SEPARATED_ERROR 1e4

/* Sums over the rows at some weights: the loss, minus its gradient, its Hessian. */
typedef struct Sums
{
	double	loss;
	double *gradient; /* width */
	double *hessian;  /* width * width */
} Sums;

typedef struct Fit
{
	const SpkHost	*host;
	const SpkValues *rows;
	SpkModel		*model;
	SpkPlace		*places;
	uint32_t		 n_columns;
	uint32_t		 width; /* n_columns rounded up to 4; columns beyond are 0 */
	double			 l2;
	double			 class_weight[2];
	bool			*dropped;
	double			*beta; /* width; all below likewise or squares of it */
	double			*step;
	double			*next; /* weights that are tried */
	double			*vector;
	double			*start_error; /* standard errors before the first step */
	double			*factor;
	double			*block; /* BLOCK_ROWS * width */
	Sums			 now;
	Sums			 then; /* at next */
	Sums			 chunk;
} Fit;

/* ---- Sums over rows ---- */

static void
clear_sums(const Fit *fit, Sums *sums)
{
	sums->loss = 0;
	memset(sums->gradient, 0, fit->width * sizeof(double));
	memset(sums->hessian, 0, (size_t) fit->width * fit->width * sizeof(double));
}

/* Adds rows from .. to, no more than a block. */
static void
add_block(const Fit *fit, const double *beta, uint32_t from, uint32_t to, Sums *sums)
{
	double *x = fit->block;

	for (uint32_t r = from; r < to; r++, x += fit->width)
	{
		int	   label = spk_values_label(fit->rows, r);
		double weight = fit->class_weight[label];
		double margin;
		double p;
		double residual;
		double root;

		spk_make_columns(fit->places, fit->model->n_features, spk_values_row(fit->rows, r),
						 fit->width, x);
		margin = spk_dot(x, beta, fit->width);
		p = spk_sigmoid(margin);
		sums->loss += weight * spk_log_loss(margin, label);
		/* 1 - p without cancellation */
		residual = weight * (label ? spk_sigmoid(-margin) : -p);
		root = sqrt(weight * p * spk_sigmoid(-margin));
		for (uint32_t j = 0; j < fit->width; j++)
		{
			sums->gradient[j] += x[j] * residual;
			x[j] *= root;
		}
	}
	spk_add_products(sums->hessian, fit->block, to - from, fit->width);
}

static void
add_chunk(const Fit *fit, Sums *sums)
{
	size_t size = (size_t) fit->width * fit->width;

	sums->loss += fit->chunk.loss;
	for (uint32_t j = 0; j < fit->width; j++)
		sums->gradient[j] += fit->chunk.gradient[j];
	for (size_t i = 0; i < size; i++)
		sums->hessian[i] += fit->chunk.hessian[i];
}

/* Sums over all rows, and the penalty. */
static SpkStatus
sum_rows(Fit *fit, const double *beta, Sums *sums)
{
	uint32_t n = fit->rows->n_rows;

	clear_sums(fit, sums);
	for (uint32_t chunk = 0; chunk < n; chunk += CHUNK_ROWS)
	{
		uint32_t end = n - chunk < CHUNK_ROWS ? n : chunk + CHUNK_ROWS;

		clear_sums(fit, &fit->chunk);
		for (uint32_t from = chunk; from < end; from += BLOCK_ROWS)
		{
			if (spk_cancelled(fit->host))
				return SPK_CANCELLED;
			add_block(fit, beta, from, end - from < BLOCK_ROWS ? end : from + BLOCK_ROWS,
					  &fit->chunk);
		}
		add_chunk(fit, sums);
	}
	for (uint32_t j = 1; j < fit->n_columns; j++)
	{
		sums->loss += 0.5 * fit->l2 * beta[j] * beta[j];
		sums->gradient[j] -= fit->l2 * beta[j];
		sums->hessian[(size_t) j * fit->width + j] += fit->l2;
	}
	return SPK_OK;
}

/* ---- Newton's method ---- */

static void
copy_hessian(Fit *fit)
{
	memcpy(fit->factor, fit->now.hessian, (size_t) fit->width * fit->width * sizeof(double));
}

/* Factors the Hessian, with as much added to its diagonal as it takes. */
static SpkStatus
factor_hessian(Fit *fit)
{
	double	  damping = 0;
	SpkStatus status = SPK_INVALID;

	for (int i = 0; i < MAX_DAMPINGS && status == SPK_INVALID; i++)
	{
		copy_hessian(fit);
		for (uint32_t j = 0; j < fit->n_columns; j++)
			fit->factor[(size_t) j * fit->width + j] *= 1 + damping;
		status = spk_cholesky(fit->host, fit->factor, fit->n_columns, fit->width, NOISE,
							  fit->dropped, false);
		damping = damping == 0 ? 1e-12 : damping * 10;
	}
	return status;
}

/* The Newton step from here, into step, and the gain it promises, into *gain. */
static SpkStatus
find_step(Fit *fit, double *gain)
{
	SpkStatus status = factor_hessian(fit);

	if (status != SPK_OK)
		return status;
	memcpy(fit->step, fit->now.gradient, fit->width * sizeof(double));
	for (uint32_t j = 0; j < fit->n_columns; j++)
		if (fit->dropped[j])
			fit->step[j] = 0;
	spk_cholesky_solve(fit->factor, fit->n_columns, fit->width, fit->step);
	*gain = spk_dot(fit->now.gradient, fit->step, fit->n_columns);
	return SPK_OK;
}

/* Goes along the step, half as far until the loss is no larger; *moved tells if it came to that. */
static SpkStatus
take_step(Fit *fit, bool *moved)
{
	double share = 1;
	double rounding = 1e-13 * fit->now.loss;

	*moved = false;
	for (int i = 0; i < MAX_HALVINGS && !*moved; i++, share *= 0.5)
	{
		SpkStatus status;

		for (uint32_t j = 0; j < fit->width; j++)
			fit->next[j] = fit->beta[j] + share * fit->step[j];
		status = sum_rows(fit, fit->next, &fit->then);
		if (status != SPK_OK)
			return status;
		*moved = fit->then.loss <= fit->now.loss + rounding;
	}
	if (*moved)
	{
		Sums sums = fit->now;

		fit->now = fit->then;
		fit->then = sums;
		memcpy(fit->beta, fit->next, fit->width * sizeof(double));
	}
	return SPK_OK;
}

/* The standard error of each column's weight into errors, by the factor. */
static SpkStatus
find_errors(Fit *fit, double *errors)
{
	for (uint32_t j = 0; j < fit->n_columns; j++)
	{
		if (spk_cancelled(fit->host))
			return SPK_CANCELLED;
		memset(fit->vector, 0, fit->width * sizeof(double));
		fit->vector[j] = 1;
		errors[j] = fit->dropped[j] ?
			0 :
			sqrt(spk_cholesky_norm(fit->factor, fit->n_columns, fit->width, j, fit->vector));
	}
	return SPK_OK;
}

/* Sets aside columns that say nothing new, and keeps the errors at the start. */
static SpkStatus
start(Fit *fit)
{
	SpkStatus status = sum_rows(fit, fit->beta, &fit->now);

	if (status == SPK_OK && fit->l2 == 0)
	{
		copy_hessian(fit);
		status = spk_cholesky(fit->host, fit->factor, fit->n_columns, fit->width, TOLERANCE,
							  fit->dropped, true);
	}
	if (status == SPK_OK)
		status = factor_hessian(fit);
	return status == SPK_OK ? find_errors(fit, fit->start_error) : status;
}

static SpkStatus
iterate(Fit *fit)
{
	uint32_t  max = (uint32_t) fit->model->options.value[SPK_OPT_MAX_ITER];
	uint32_t  n = 0;
	bool	  arrived = false;
	bool	  moved = true;
	double	  gain = 0;
	double	  largest = 0;
	SpkStatus status = start(fit);

	while (status == SPK_OK && moved)
	{
		status = find_step(fit, &gain);
		if (status != SPK_OK)
			break;
		arrived = gain <= SMALL_GAIN;
		if (arrived || n == max)
			break;
		n++;
		status = take_step(fit, &moved);
	}
	for (uint32_t j = 0; j < fit->n_columns; j++)
	{
		if (!fit->dropped[j])
			largest = fmax(largest, fabs(fit->now.gradient[j]));
		/* so small a step squares the error that is left; it needs no look */
		if (arrived)
			fit->beta[j] += fit->step[j];
	}
	fit->model->facts[SPK_FACT_ITERATIONS] = n;
	/* nowhere to go, and little to gain: the rest is rounding */
	fit->model->facts[SPK_FACT_CONVERGED] = arrived || (!moved && gain <= ROUNDING_GAIN);
	fit->model->facts[SPK_FACT_GRADIENT] = largest / fit->rows->n_rows;
	return status;
}

/* ---- The result ---- */

static bool
is_separated(const Fit *fit, const double *errors)
{
	for (uint32_t j = 0; j < fit->n_columns; j++)
		if (errors[j] > SEPARATED_ERROR * fit->start_error[j])
			return fit->l2 == 0;
	return false;
}

/* The standard error of the intercept where features are not standardised. */
static double
intercept_error(Fit *fit)
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

/* A column's weight and error, or zeros where there is none. */
static void
put_column(const Fit *fit, const double *errors, uint32_t column, double *weight, double *error)
{
	bool none = column == SPK_COLUMNS_NONE || fit->dropped[column];

	*weight = none ? 0 : fit->beta[column];
	*error = none ? 0 : errors[column];
}

static void
put_feature(const Fit *fit, const double *errors, uint32_t f, double *term)
{
	const SpkFeature *feature = &fit->model->features[f];
	const SpkPlace	 *place = &fit->places[f];
	double			 *category_errors = term + feature->n_bins + 1;

	if (feature->kind != SPK_CATEGORY)
	{
		term[SPK_LOGISTIC_CENTER] = place->center;
		term[SPK_LOGISTIC_SCALE] = place->scale;
		put_column(fit, errors, place->scale > 0 ? place->value : SPK_COLUMNS_NONE,
				   &term[SPK_LOGISTIC_WEIGHT], &term[SPK_LOGISTIC_ERROR]);
		put_column(fit, errors, place->missing, &term[SPK_LOGISTIC_MISSING],
				   &term[SPK_LOGISTIC_MISSING_ERROR]);
		return;
	}
	for (uint32_t i = 0; i < feature->n_bins; i++)
		put_column(fit, errors,
				   place->reference && i == 0 ? SPK_COLUMNS_NONE : place->categories + i, &term[i],
				   &category_errors[i]);
	put_column(fit, errors, place->missing, &term[feature->n_bins],
			   &category_errors[feature->n_bins]);
}

static SpkStatus
put_terms(Fit *fit)
{
	SpkModel *model = fit->model;
	double	 *errors = fit->next;
	double	 *term;
	SpkStatus status = find_errors(fit, errors);

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

/* Doubles of a fit: arrays of width, squares and a block. */
static inline size_t
doubles_of(size_t width)
{
	return 8 * width + 4 * width * width + BLOCK_ROWS * width;
}

uint64_t
spk_logistic_size(uint32_t n_columns)
{
	return (uint64_t) doubles_of(width_of(n_columns)) * sizeof(double);
}

/* All the doubles of a fit are one allocation, which beta starts. */
static bool
alloc_fit(Fit *fit)
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
	memset(rest, 0, n * sizeof(double));
	memset(fit->dropped, 0, fit->n_columns * sizeof(bool));
	take(&rest, width);
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
	fit->block = take(&rest, BLOCK_ROWS * width);
	return true;
}

static void
release_fit(Fit *fit)
{
	spk_release(fit->host, fit->beta);
	spk_release(fit->host, fit->places);
	spk_release(fit->host, fit->dropped);
}

SpkStatus
spk_logistic_fit(const SpkHost *host, const SpkValues *rows, SpkModel *model)
{
	Fit		  fit = {.host = host, .rows = rows, .model = model};
	SpkStatus status = SPK_NO_MEMORY;

	fit.n_columns = spk_count_columns(model);
	if (fit.n_columns > SPK_MAX_COLUMNS)
		return SPK_LIMIT;
	if (rows->n_positives == 0 || rows->n_positives == rows->n_rows)
		return SPK_INVALID;
	fit.width = (uint32_t) width_of(fit.n_columns);
	fit.l2 = model->options.value[SPK_OPT_L2];
	spk_class_weights(&model->options, rows->n_rows, rows->n_positives, fit.class_weight);
	if (alloc_fit(&fit))
		status = spk_place_columns(host, rows, model, fit.places);
	if (status == SPK_OK)
		status = iterate(&fit);
	if (status == SPK_OK)
		status = put_terms(&fit);
	if (status == SPK_OK)
		status = spk_additive_measure(host, rows, model);
	if (status != SPK_OK)
	{
		spk_release(host, model->terms);
		model->terms = NULL;
	}
	release_fit(&fit);
	return status;
}
