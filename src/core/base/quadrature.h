/*
 * quadrature.h
 *	  Gauss-Legendre quadrature on 0 .. 1.
 */
#ifndef SPK_CORE_BASE_QUADRATURE_H
#define SPK_CORE_BASE_QUADRATURE_H

#include <stdint.h>

#define SPK_MAX_POINTS_OF_QUADRATURE 64

/*
 * Sets n points, 1 .. 64, ascending, between 0 and 1, and their weights, all
 * positive with sum 1: the weighted sum of a polynomial's values there is its
 * integral from 0 to 1 up to degree 2n - 1.  The same bits on every machine.
 * Newton's method on the Legendre polynomial (Press et al.: Numerical Recipes,
 * 2007, 4.6).
 */
extern void spk_gauss_legendre(uint32_t n, double *points, double *weights);

#endif /* SPK_CORE_BASE_QUADRATURE_H */
