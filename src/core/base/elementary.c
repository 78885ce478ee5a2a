/*
 * elementary.c
 *	  The exponential function, the logarithm and what is made of them, without
 *	  libm.
 */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/base/elementary.h"

/*
 * Doubles are computed as doubles, or machines would train different models.  Floats
 * may be computed as doubles, as they are on s390x: each is stored after one operation.
 * 16 is GCC's word for 0 where halves of a float have instructions too (AVX-512 FP16).
 */
#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 1 && FLT_EVAL_METHOD != 16
#error \
	"doubles are computed with more bits than they have, and models would differ from those of other machines; compile with: make COPT='-msse2 -mfpmath=sse'"
#endif
#ifdef __FAST_MATH__
#error \
	"doubles are not computed as written, and models would differ from those of other machines; compile without -ffast-math"
#endif

/* ln 2 in two parts; the first is so short that its product with a whole number below 2^11 is exact */
#define LN_2_HIGH 0x1.62e42fee00000p-1
#define LN_2_LOW  0x1.a39ef35793c76p-33

#define TWO_BY_SQRT_PI 0x1.20dd750429b6dp+0
#define SQRT_PI		   0x1.c5bf891b4ef6bp+0

static double
double_of_bits(uint64_t bits)
{
	double x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

/* The power series of (e to the r, less 1) / r, less 1, for |r| <= 0.35. */
static inline double
exp_series(double r)
{
	static const double inverse[] = {1.0 / 2,		 1.0 / 6,		  1.0 / 24,
									 1.0 / 120,		 1.0 / 720,		  1.0 / 5040,
									 1.0 / 40320,	 1.0 / 362880,	  1.0 / 3628800,
									 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800};
	double				sum = 0;

	for (int i = 11; i >= 0; i--)
		sum = (sum + inverse[i]) * r;
	return sum;
}

/* x = k ln 2 + r with |r| <= 0.35, then the power series of e to the r. */
double
spk_exp(double x)
{
	int64_t k;
	double	r;

	if (x < -708)
		return 0;
	if (x > 708)
		x = 708;
	k = (int64_t) (x * (1 / SPK_LN_2) + (x < 0 ? -0.5 : 0.5));
	r = (x - (double) k * LN_2_HIGH) - (double) k * LN_2_LOW;
	return (1 + r * (1 + exp_series(r))) * double_of_bits((uint64_t) (k + 1023) << 52);
}

/* Far from 0 the 1 takes no digit away that e to the x has. */
double
spk_expm1(double x)
{
	return x > -0.35 && x < 0.35 ? x * (1 + exp_series(x)) : spk_exp(x) - 1;
}

/* x = 2^k m with m around 1, then ln m = 2 artanh((m - 1) / (m + 1)). */
double
spk_log(double x)
{
	uint64_t bits;
	int		 k;
	double	 m;
	double	 s;
	double	 s2;
	double	 sum = 0;

	memcpy(&bits, &x, sizeof(bits));
	k = (int) (bits >> 52) - 1023;
	m = double_of_bits((bits & UINT64_C(0xfffffffffffff)) | UINT64_C(1023) << 52);
	if (m > 1.4142135623730951)
	{
		m *= 0.5;
		k++;
	}
	s = (m - 1) / (m + 1);
	s2 = s * s;
	for (int i = 21; i >= 3; i -= 2)
		sum = (sum + 1.0 / i) * s2;
	return (2 * s + (2 * s * sum + k * LN_2_LOW)) + k * LN_2_HIGH;
}

/* The factor makes up for the rounding of 1 + x (Kahan). */
double
spk_log1p(double x)
{
	double y = 1 + x;

	return y == 1 ? x : spk_log(y) * (x / (y - 1));
}

double
spk_sigmoid(double margin)
{
	double e = spk_exp(margin < 0 ? margin : -margin);

	return (margin < 0 ? e : 1) / (1 + e);
}

double
spk_log_loss(double margin, int happened)
{
	double against = happened ? -margin : margin;

	return against > 0 ? against + spk_log1p(spk_exp(-against)) : spk_log1p(spk_exp(against));
}

/*
 * Where erf is small enough for 1 - erf to keep its digits, erf is summed up by a
 * series of positive terms (Abramowitz and Stegun, 7.1.6).  Beyond that comes the
 * continued fraction of erfc (7.1.14), computed from the inside out.
 */
double
spk_erfc(double x)
{
	double gauss = spk_exp(-x * x);

	if (x < 2)
	{
		double term = x;
		double sum = x;

		for (int n = 1; n < 60; n++)
		{
			term *= 2 * x * x / (2 * n + 1);
			sum += term;
		}
		return 1 - TWO_BY_SQRT_PI * gauss * sum;
	}
	else
	{
		double fraction = x;

		for (int n = 120; n > 0; n--)
			fraction = x + n * 0.5 / fraction;
		return gauss / (SQRT_PI * fraction);
	}
}
