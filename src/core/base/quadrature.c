/*
 * quadrature.c
 *	  Gauss-Legendre quadrature on 0 .. 1.
 */
#include <math.h>

#include "core/base/quadrature.h"
#include "core/base/elementary.h"

#define MAX_ROUNDS 100

/*
 * Bhaskara's approximation of the cosine of an angle in 0 .. pi / 2.  The C
 * library's cosine might differ by a bit from one machine to another.
 */
static double
rough_cosine(double angle)
{
	return (SPK_PI * SPK_PI - 4 * angle * angle) / (SPK_PI * SPK_PI + angle * angle);
}

/* Returns the Legendre polynomial of degree n at x, and sets its derivative there. */
static double
legendre(uint32_t n, double x, double *derivative)
{
	double before = 0;
	double value = 1;

	for (uint32_t k = 1; k <= n; k++)
	{
		double next = ((2 * k - 1) * x * value - (k - 1) * before) / k;

		before = value;
		value = next;
	}
	*derivative = n * (before - x * value) / (1 - x * x);
	return value;
}

/*
 * Returns the i-th largest zero of the Legendre polynomial of degree n, and sets the
 * derivative there.  i counts from 1 and ends at the last zero that is not negative.
 */
static double
legendre_zero(uint32_t n, uint32_t i, double *derivative)
{
	double x = rough_cosine(SPK_PI * (i - 0.25) / (n + 0.5));
	double step = 1;

	for (int round = 0; round < MAX_ROUNDS && fabs(step) > 1e-16; round++)
	{
		step = legendre(n, x, derivative) / *derivative;
		x -= step;
	}
	legendre(n, x, derivative);
	return x;
}

void
spk_gauss_legendre(uint32_t n, double *points, double *weights)
{
	for (uint32_t i = 0; i < (n + 1) / 2; i++)
	{
		double derivative;
		double x = legendre_zero(n, i + 1, &derivative);
		double weight = 1 / ((1 - x * x) * derivative * derivative);

		points[i] = 0.5 - 0.5 * x;
		points[n - 1 - i] = 0.5 + 0.5 * x;
		weights[i] = weights[n - 1 - i] = weight;
	}
}
