/*
 * logistic_newton.c
 *	  Newton's method for the weights of a logistic regression.
 *
 * The rows are summed up in chunks of fixed size, and the sums of the chunks
 * in order, so that the result depends on the rows alone.
 */
#include <math.h>
#include <string.h>

#include "core/linear/logistic_newton.h"
#include "core/base/elementary.h"
#include "core/linear/linalg.h"

#define CHUNK_ROWS 4096

/* A column of which less than this share of its square is left is a combination of others. */
#define TOLERANCE 1e-10

/* While iterating, a smaller share than this is due to rounding, and makes for damping. */
#define NOISE 1e-13

/*
 * The fit has converged when a step promises less than this in log-likelihood.  Even
 * before that step the weights are within 1e-7 of their standard errors.
 */
#define SMALL_GAIN 1e-14

/* When no step makes the loss smaller, a promise below this is due to rounding. */
#define ROUNDING_GAIN 1e-6

#define MAX_HALVINGS 30
#define MAX_DAMPINGS 14

/* ---- Sums over rows ---- */

static void
clear_sums(const SpkLogisticFit *fit, SpkLogisticSums *sums)
{
	sums->loss = 0;
	memset(sums->gradient, 0, fit->width * sizeof(double));
	memset(sums->hessian, 0, (size_t) fit->width * fit->width * sizeof(double));
}

/* Adds rows from .. to - 1, at most a block of them, to the sums. */
static void
add_block(const SpkLogisticFit *fit, const double *beta, uint32_t from, uint32_t to,
		  SpkLogisticSums *sums)
{
	double *x = fit->block;

	for (uint32_t r = from; r < to; r++, x += fit->width)
	{
		int	   label = spk_values_label(fit->rows, r);
		double weight = fit->class_weight[label] * spk_values_weight(fit->rows, r);
		double margin;
		double p;
		double residual;
		double root;

		spk_design_make(fit->places, fit->model->n_features, spk_values_row(fit->rows, r),
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
add_chunk(const SpkLogisticFit *fit, SpkLogisticSums *sums)
{
	size_t size = (size_t) fit->width * fit->width;

	sums->loss += fit->chunk.loss;
	for (uint32_t j = 0; j < fit->width; j++)
		sums->gradient[j] += fit->chunk.gradient[j];
	for (size_t i = 0; i < size; i++)
		sums->hessian[i] += fit->chunk.hessian[i];
}

/* Sums up all rows, and the penalty. */
static SpkStatus
sum_rows(SpkLogisticFit *fit, const double *beta, SpkLogisticSums *sums)
{
	uint32_t n = fit->rows->n_rows;

	clear_sums(fit, sums);
	for (uint32_t chunk = 0; chunk < n; chunk += CHUNK_ROWS)
	{
		uint32_t end = n - chunk < CHUNK_ROWS ? n : chunk + CHUNK_ROWS;

		clear_sums(fit, &fit->chunk);
		for (uint32_t from = chunk; from < end; from += SPK_LOGISTIC_BLOCK_ROWS)
		{
			if (spk_cancelled(fit->host))
				return SPK_CANCELLED;
			add_block(fit, beta, from,
					  end - from < SPK_LOGISTIC_BLOCK_ROWS ? end : from + SPK_LOGISTIC_BLOCK_ROWS,
					  &fit->chunk);
		}
		add_chunk(fit, sums);
	}

	/* column 0 is the intercept, which has no penalty */
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
copy_hessian(SpkLogisticFit *fit)
{
	memcpy(fit->factor, fit->now.hessian, (size_t) fit->width * fit->width * sizeof(double));
}

/* Factors the Hessian, and adds as much to its diagonal as that takes. */
static SpkStatus
factor_hessian(SpkLogisticFit *fit)
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

/* Sets step to the Newton step from the weights, and *gain to the gain that it promises. */
static SpkStatus
find_step(SpkLogisticFit *fit, double *gain)
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

/*
 * Goes along the step, half as far each time until the loss is no larger.  *moved says
 * whether it came to that.
 */
static SpkStatus
take_step(SpkLogisticFit *fit, bool *moved)
{
	double share = 1;
	double rounding = 1e-13 * fit->now.loss;

	/* near the end a good step changes the loss by less than rounding does */
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

	/* the arrays change places: then is overwritten by the next try */
	if (*moved)
	{
		SpkLogisticSums sums = fit->now;

		fit->now = fit->then;
		fit->then = sums;
		memcpy(fit->beta, fit->next, fit->width * sizeof(double));
	}
	return SPK_OK;
}

/* The standard error of each column's weight into errors, by the factor. */
SpkStatus
spk_logistic_errors(SpkLogisticFit *fit, double *errors)
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

/* Sets aside columns that say nothing new, and keeps the standard errors at the start. */
static SpkStatus
start(SpkLogisticFit *fit)
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
	return status == SPK_OK ? spk_logistic_errors(fit, fit->start_error) : status;
}

SpkStatus
spk_logistic_iterate(SpkLogisticFit *fit)
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
		/* the last step is taken unseen: it squares an error that is small already */
		if (arrived)
			fit->beta[j] += fit->step[j];
	}
	fit->model->facts[SPK_FACT_ITERATIONS] = n;
	/* nowhere to go, and little to gain: the rest is rounding */
	fit->model->facts[SPK_FACT_CONVERGED] = arrived || (!moved && gain <= ROUNDING_GAIN);
	fit->model->facts[SPK_FACT_GRADIENT] = largest /
		(spk_values_total(fit->rows, 0) + spk_values_total(fit->rows, 1));
	return status;
}
