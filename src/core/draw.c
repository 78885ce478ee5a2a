/*
 * draw.c
 *	  Exponential, logarithm and normal quantile without libm.
 */
#include <math.h>
#include <string.h>

#include "draw.h"

#define LN_2	0x1.62e42fefa39efp-1

static double
double_of_bits(uint64_t bits)
{
	double		x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

/* x = k ln 2 + r with |r| <= 0.35, then the power series of e to the r. */
double
spk_draw_exp(double x)
{
	int64_t		k = (int64_t) (x / LN_2 + (x < 0 ? -0.5 : 0.5));
	double		r = x - (double) k * LN_2;
	double		sum = 1.0;

	for (int i = 11; i > 0; i--)
		sum = 1.0 + sum * r / i;
	return sum * double_of_bits((uint64_t) (k + 1023) << 52);
}

/* x = 2^k m with m around 1, then ln m = 2 artanh((m - 1) / (m + 1)). */
double
spk_draw_log(double x)
{
	uint64_t	bits;
	int			k;
	double		m;
	double		s;
	double		s2;
	double		sum;

	memcpy(&bits, &x, sizeof(bits));
	k = (int) (bits >> 52) - 1023;
	m = double_of_bits((bits & UINT64_C(0xfffffffffffff)) | UINT64_C(1023) << 52);
	if (m > 1.4142135623730951)
	{
		m *= 0.5;
		k++;
	}
	s = (m - 1.0) / (m + 1.0);
	s2 = s * s;
	sum = 1.0 + s2 * (1.0 / 3 + s2 * (1.0 / 5 + s2 * (1.0 / 7 + s2 * (1.0 / 9 + s2 * (1.0 / 11)))));
	return 2.0 * s * sum + k * LN_2;
}

/* Below p = 0.02425: a function of sqrt(-2 ln p). */
static double
normal_tail(double p)
{
	double		q = sqrt(-2.0 * spk_draw_log(p));

	return (((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e+00) * q
			  - 2.549732539343734e+00) * q + 4.374664141464968e+00) * q + 2.938163982698783e+00) /
		((((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e+00) * q
		  + 3.754408661907416e+00) * q + 1.0);
}

double
spk_normal_quantile(double p)
{
	double		q;
	double		r;

	if (p < 0.02425)
		return normal_tail(p);
	if (p > 1.0 - 0.02425)
		return -normal_tail(1.0 - p);
	q = p - 0.5;
	r = q * q;
	return q * (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r
				  + 1.383577518672690e+02) * r - 3.066479806614716e+01) * r + 2.506628277459239e+00) /
		(((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r
		   + 6.680131188771972e+01) * r - 1.328068155288572e+01) * r + 1.0);
}
