/*
 * student.c
 *	  Student's t distribution, made of + - * / and sqrt alone.
 */
#include <math.h>

#include "core/judging/student.h"
#include "core/base/elementary.h"

#define MAX_TERMS 2000
#define SMALLEST  1e-300

/* x to the power of n halves. */
static double
half_power(double x, uint32_t n)
{
	double root = sqrt(x);
	double power = 1;

	for (; n > 0; n /= 2, root *= root)
		if (n % 2 == 1)
			power *= root;
	return power;
}

/* The complete beta function B(n / 2, 1 / 2). */
static double
beta(uint32_t n)
{
	double b = n % 2 == 1 ? SPK_PI : 2;

	for (double a = n % 2 == 1 ? 0.5 : 1; a < 0.5 * n; a++)
		b *= a / (a + 0.5);
	return b;
}

static double
away_from_0(double x)
{
	return fabs(x) < SMALLEST ? SMALLEST : x;
}

/* The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method. */
static double
beta_fraction(double a, double b, double x)
{
	double c = 1;
	double d = 1 / away_from_0(1 - (a + b) * x / (a + 1));
	double value = d;

	for (int m = 1; m < MAX_TERMS; m++)
	{
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double change;

		d = 1 / away_from_0(1 + even * d);
		c = away_from_0(1 + even / c);
		value *= d * c;
		d = 1 / away_from_0(1 + odd * d);
		c = away_from_0(1 + odd / c);
		change = d * c;
		value *= change;
		if (fabs(change - 1) < 1e-16)
			break;
	}
	return value;
}

/*
 * The p value is the regularised incomplete beta function I_x(degrees / 2, 1 / 2) at
 * x = degrees / (degrees + t^2).
 */
double
spk_student_p(double t, uint32_t degrees)
{
	double a = 0.5 * degrees;
	double x = degrees / (degrees + t * t);
	double rest = 1 / (1 + degrees / (t * t)); /* 1 - x without cancellation; 0 for 0 */
	double front = half_power(x, degrees) * sqrt(rest) / beta(degrees);

	if (isnan(t))
		return t;
	if (x < (a + 1) / (a + 2.5))
		return front * beta_fraction(a, 0.5, x) / a;
	return 1 - front * beta_fraction(0.5, a, rest) / 0.5;
}

double
spk_paired_p(const double *differences, uint32_t n)
{
	double mean = 0;
	double squares = 0;

	for (uint32_t i = 0; i < n; i++)
		mean += differences[i];
	mean /= n;
	for (uint32_t i = 0; i < n; i++)
		squares += (differences[i] - mean) * (differences[i] - mean);
	if (mean == 0)
		return 1;
	return spk_student_p(mean / sqrt(squares / (n - 1) * (1.0 / n + 1.0 / (n - 1))), n - 1);
}
