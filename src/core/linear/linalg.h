/*
 * linalg.h
 *	  The linear algebra of least squares: sums of products and Cholesky's
 *	  factor of them.
 *
 * Symmetric matrices are square, row-major arrays of which only the lower
 * triangle is used: element (i, j), j <= i, is a[i * stride + j].  All sums are
 * taken in an order that depends on nothing but sizes.
 */
#ifndef SPK_CORE_LINEAR_LINALG_H
#define SPK_CORE_LINEAR_LINALG_H

#include "core/base/host.h"

/* x[0] y[0] + ... */
extern double spk_dot(const double *x, const double *y, uint32_t n);

/*
 * Adds x' x to the lower triangle of a, for n_rows rows x of width doubles
 * each; a has that stride.
 */
extern void spk_add_products(double *a, const double *x, uint32_t n_rows, uint32_t width);

/*
 * Turns a into its lower Cholesky factor.  Columns whose dropped[i] is true are
 * set aside: the factor has 1 in its diagonal and 0 beside it, as if the column
 * were not there.  A column that is a combination of those before it but for a
 * share of tolerance of its square is set aside too and its dropped[i] becomes
 * true when detect is set; otherwise it makes the result SPK_INVALID.  Also
 * SPK_CANCELLED.
 */
extern SpkStatus spk_cholesky(const SpkHost *host, double *a, uint32_t n, uint32_t stride,
							  double tolerance, bool *dropped, bool detect);

/* Solves L L' x = b in place. */
extern void spk_cholesky_solve(const double *l, uint32_t n, uint32_t stride, double *b);

/*
 * v' A^-1 v, for the factor L of A: with a unit vector a variance.  v is
 * overwritten; its entries before from are 0.
 */
extern double spk_cholesky_norm(const double *l, uint32_t n, uint32_t stride, uint32_t from,
								double *v);

#endif /* SPK_CORE_LINEAR_LINALG_H */
