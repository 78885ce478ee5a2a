/*
 * quadrature.h
 *	  Gauss-Legendre quadrature on 0 .. 1.
 */
#ifndef SPK_CORE_BASE_QUADRATURE_H
#define SPK_CORE_BASE_QUADRATURE_H

#include <stdint.h>

#define SPK_MAX_POINTS_OF_QUADRATURE 64

/*
 * Sets n points (1 .. 64) between 0 and 1, ascending, and their weights, which are
 * positive and sum to 1.  The weighted sum of the values that a polynomial of
 * degree 2n - 1 or less has at the points is its integral from 0 to 1.  The bits
 * are the same on every machine.  The points are the zeros of the Legendre
 * polynomial, found by Newton's method (Press et al.: Numerical Recipes, 2007, 4.6).
 */
extern void spk_gauss_legendre(uint32_t n, double *points, double *weights);

#endif /* SPK_CORE_BASE_QUADRATURE_H */
