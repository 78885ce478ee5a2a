/*
 * logistic_newton.h
 *	  A logistic regression while it is fitted; logistic.c allocates it, and
 *	  makes the terms of a model from it.
 */
#ifndef SPK_CORE_LINEAR_LOGISTIC_NEWTON_H
#define SPK_CORE_LINEAR_LOGISTIC_NEWTON_H

#include "core/linear/design.h"

/* The columns of this many rows are made at once, and stay in the cache. */
#define SPK_LOGISTIC_BLOCK_ROWS 64

/* What the rows, and the penalty, sum up to at some weights. */
typedef struct SpkLogisticSums
{
	double	loss;
	double *gradient; /* width: the gradient of the loss, with its sign turned */
	double *hessian;  /* width * width: the lower triangle */
} SpkLogisticSums;

/* All that a fit works with.  It lies in host memory that logistic.c owns. */
typedef struct SpkLogisticFit
{
	const SpkHost	*host;
	const SpkValues *rows;
	SpkModel		*model;
	SpkPlace		*places;
	uint32_t		 n_columns;
	uint32_t		 width; /* n_columns rounded up to 4; what lies beyond n_columns is 0 */
	double			 l2;
	double			 class_weight[2];
	bool			*dropped;	  /* n_columns: the column is set aside */
	double			*beta;		  /* width: the weights */
	double			*step;		  /* width */
	double			*next;		  /* width: the weights that are tried */
	double			*vector;	  /* width: work space */
	double			*start_error; /* width: standard errors before the first step */
	double			*factor;	  /* width * width: the Cholesky factor of a Hessian */
	double			*block;		  /* SPK_LOGISTIC_BLOCK_ROWS * width */
	SpkLogisticSums	 now;		  /* at beta */
	SpkLogisticSums	 then;		  /* at next */
	SpkLogisticSums	 chunk;		  /* of some of the rows */
} SpkLogisticFit;

/*
 * Finds the weights by Newton's method, from those in beta on, and sets the facts of
 * the model that tell how it went.  The caller has allocated everything, made the
 * places of the columns, and cleared dropped.
 *
 * Afterwards now holds the sums where the last step started, and factor the Cholesky
 * factor of their Hessian, damped if need be.  When the fit has converged, that step
 * is too small to matter to either.  SPK_INVALID when no damping makes the Hessian
 * positive definite, SPK_CANCELLED.
 */
extern SpkStatus spk_logistic_iterate(SpkLogisticFit *fit);

/*
 * Sets errors (n_columns) to the standard error of each column's weight, by factor;
 * to 0 for columns that are dropped.  SPK_CANCELLED.
 */
extern SpkStatus spk_logistic_errors(SpkLogisticFit *fit, double *errors);

#endif /* SPK_CORE_LINEAR_LOGISTIC_NEWTON_H */
