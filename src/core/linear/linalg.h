/*
 * linalg.h
 *	  The linear algebra of least squares: sums of products, and their Cholesky
 *	  factor.
 *
 * A symmetric matrix is a square array, row by row.  Only its lower triangle is
 * used: element (i, j) with j <= i is a[i * stride + j].  The order in which sums
 * are added up depends on sizes alone.
 */
#ifndef SPK_CORE_LINEAR_LINALG_H
#define SPK_CORE_LINEAR_LINALG_H

#include "core/base/host.h"

/* The sum of x[i] * y[i] over n elements. */
extern double spk_dot(const double *x, const double *y, uint32_t n);

/* Adds x' x to the lower triangle of a, with stride width; x has n_rows rows of width doubles. */
extern void spk_add_products(double *a, const double *x, uint32_t n_rows, uint32_t width);

/*
 * Turns the matrix a, of n rows, into its lower Cholesky factor.
 *
 * A column whose dropped[i] is true is set aside: the factor has 1 in its diagonal
 * and 0 beside it, as if the column were not there.  What if a column is a linear
 * combination of those before it, up to the share tolerance of its square?  With
 * detect it is set aside as well, and its dropped[i] becomes true.  Without detect
 * the result is SPK_INVALID.  Also SPK_CANCELLED.
 */
extern SpkStatus spk_cholesky(const SpkHost *host, double *a, uint32_t n, uint32_t stride,
							  double tolerance, bool *dropped, bool detect);

/* Solves L L' x = b, where L is the factor l.  The solution replaces b. */
extern void spk_cholesky_solve(const double *l, uint32_t n, uint32_t stride, double *b);

/*
 * v' A^-1 v, where l is the factor of A.  For a unit vector this is a variance.  The
 * entries of v before from must be 0; v is overwritten.
 */
extern double spk_cholesky_norm(const double *l, uint32_t n, uint32_t stride, uint32_t from,
								double *v);

#endif /* SPK_CORE_LINEAR_LINALG_H */
