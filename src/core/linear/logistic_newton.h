/*
 * logistic_newton.h
 *	  A logistic regression while it is fitted; logistic.c lays it out and makes
 *	  terms of it.
 */
#ifndef SPK_CORE_LINEAR_LOGISTIC_NEWTON_H
#define SPK_CORE_LINEAR_LOGISTIC_NEWTON_H

#include "core/linear/columns.h"

/* Rows whose columns are made at once: they stay in the cache. */
#define SPK_LOGISTIC_BLOCK_ROWS 64

/* Sums over the rows at some weights: the loss, minus its gradient, its Hessian. */
typedef struct SpkLogisticSums
{
	double	loss;
	double *gradient; /* width */
	double *hessian;  /* width * width */
} SpkLogisticSums;

typedef struct SpkLogisticFit
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
	double			*block; /* SPK_LOGISTIC_BLOCK_ROWS * width */
	SpkLogisticSums	 now;
	SpkLogisticSums	 then; /* at next */
	SpkLogisticSums	 chunk;
} SpkLogisticFit;

/*
 * Finds the weights, in fit->beta, by Newton's method from those that are there,
 * and sets the facts of the model that tell how it went.  Everything else in fit
 * is set, with dropped and start_error at 0.  Afterwards now holds the sums at the
 * weights, and factor the Cholesky factor of their Hessian.  SPK_INVALID when no
 * damping makes the Hessian positive definite, SPK_CANCELLED.
 */
extern SpkStatus spk_logistic_iterate(SpkLogisticFit *fit);

/*
 * The standard error of each column's weight, by factor, into errors (n_columns);
 * 0 for columns that are dropped.  SPK_CANCELLED.
 */
extern SpkStatus spk_logistic_errors(SpkLogisticFit *fit, double *errors);

#endif /* SPK_CORE_LINEAR_LOGISTIC_NEWTON_H */
