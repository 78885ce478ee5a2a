/*
 * boost_gradients.c
 *	  The gradients of the logistic loss, eight rows at a time.
 *
 * The compiler makes of eight numbers what the processor has.  Each of them is computed by
 * the same operations in the same order, as spk_fast_exp does, so that the bits are the same.
 */
#include <string.h>

#include "core/base/vectors.h"
#include "core/trees/boost_gradients.h"

#define GRADIENT_LANES 8

typedef float	Floats __attribute__((vector_size(GRADIENT_LANES * 4)));
typedef int32_t Ints __attribute__((vector_size(GRADIENT_LANES * 4)));
typedef double	Doubles __attribute__((vector_size(GRADIENT_LANES * 8)));
typedef int64_t Longs __attribute__((vector_size(GRADIENT_LANES * 8)));

/*
 * Sets eight gradients, of rows that have a part where it is 1, and adds them to sums.  Not
 * all processors have such vectors, so that none is handed over by value.
 */
SPK_ALWAYS_INLINE void
set_eight(const float *margins, const int32_t *labels, const int32_t *parts, const double *weight,
		  Ints *sum_g, Ints *sum_h, SpkGradient *to)
{
	Floats	given;
	Doubles x, k, r, square, sum, power, p, label, w;
	Ints	high, low, is_churn, part, g, h, words;
	Floats	most = 700.0f - (Floats) {0};

	memcpy(&given, margins, sizeof(given));
	memcpy(&is_churn, labels, sizeof(is_churn));
	label = __builtin_convertvector(is_churn, Doubles);
	w = label * weight[1] + (1 - label) * weight[0];

	/* e^-margin, as spk_fast_exp has it: the last bits of k + 1.5 * 2^52 are those of k */
	high = given > most;
	low = given < -most;
	given = (Floats) ((~(high | low) & (Ints) given) | (high & (Ints) most) | (low & (Ints) -most));
	x = -__builtin_convertvector(given, Doubles);
	k = x * (1 / SPK_LN_2) + 0x1.8p52;
	power = (Doubles) (((Longs) k + 1023) << 52);
	k -= 0x1.8p52;
	r = x - k * SPK_LN_2;
	square = r * r;
	sum = 1.0 / 5040 * r + 1.0 / 720 + square * (1.0 / 40320);
	sum = 1.0 / 120 * r + 1.0 / 24 + square * sum;
	sum = 1.0 / 6 * r + 1.0 / 2 + square * sum;
	sum = r + 1 + square * sum;
	p = 1 / (1 + sum * power);

	/* rounded to the nearest: what is cut off is above 0 */
	g = __builtin_convertvector(w * (p - label) * SPK_GRADIENT_ONE + (SPK_GRADIENT_ONE + 1.5),
								Ints) -
		(SPK_GRADIENT_ONE + 1);
	h = __builtin_convertvector(w * p * (1 - p) * SPK_HESSIAN_ONE + 0.5, Ints);

	memcpy(&part, parts, sizeof(part));
	g &= -part;
	h &= -part;
	*sum_g += g;
	*sum_h += h;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	words = g << 16 | h;
#else
	words = h << 16 | (g & 0xffff);
#endif
	memcpy(to, &words, sizeof(words));
}

SPK_ALWAYS_INLINE SpkSums
set_all(const SpkGradientRows *rows, SpkGradient *to)
{
	static const int32_t all[GRADIENT_LANES] = {1, 1, 1, 1, 1, 1, 1, 1};

	Ints	 sum_g = {0};
	Ints	 sum_h = {0};
	SpkSums	 sums = {0, 0};
	uint32_t i = 0;

	for (; i + GRADIENT_LANES <= rows->n; i += GRADIENT_LANES)
		set_eight(rows->margins + i, rows->labels + i, rows->parts == NULL ? all : rows->parts + i,
				  rows->weight, &sum_g, &sum_h, to + i);
	/* what is left over, beside rows without a part */
	if (i < rows->n)
	{
		float		margins[GRADIENT_LANES] = {0};
		int32_t		labels[GRADIENT_LANES] = {0};
		int32_t		parts[GRADIENT_LANES] = {0};
		SpkGradient gradients[GRADIENT_LANES];
		uint32_t	n = rows->n - i;

		memcpy(margins, rows->margins + i, n * sizeof(float));
		memcpy(labels, rows->labels + i, n * sizeof(int32_t));
		memcpy(parts, rows->parts == NULL ? all : rows->parts + i, n * sizeof(int32_t));
		set_eight(margins, labels, parts, rows->weight, &sum_g, &sum_h, gradients);
		memcpy(to + i, gradients, n * sizeof(SpkGradient));
	}

	for (int lane = 0; lane < GRADIENT_LANES; lane++)
	{
		sums.g += sum_g[lane];
		sums.h += sum_h[lane];
	}
	return sums;
}

static SpkSums
set_plain(const SpkGradientRows *rows, SpkGradient *to)
{
	return set_all(rows, to);
}

#ifdef SPK_VECTORS
__attribute__((target("avx2"))) static SpkSums
set_avx2(const SpkGradientRows *rows, SpkGradient *to)
{
	return set_all(rows, to);
}
#endif

bool
spk_gradients_have(SpkGradientWay way)
{
#ifdef SPK_VECTORS
	if (way == SPK_GRADIENT_AVX2)
		return __builtin_cpu_supports("avx2");
#endif
	return way == SPK_GRADIENT_PLAIN;
}

SpkSums
spk_set_gradients(SpkGradientWay way, const SpkGradientRows *rows, SpkGradient *to)
{
#ifdef SPK_VECTORS
	if (way == SPK_GRADIENT_AVX2)
		return set_avx2(rows, to);
#endif
	(void) way;
	return set_plain(rows, to);
}
