/*
 * boost_gradients.h
 *	  The gradients of the logistic loss.
 */
#ifndef SPK_CORE_TREES_BOOST_GRADIENTS_H
#define SPK_CORE_TREES_BOOST_GRADIENTS_H

#include "core/base/elementary.h"
#include "core/trees/boost_grow.h"

/* So many rows are done at a time; what is listed of them stays in the fastest cache. */
#define SPK_GRADIENT_ROWS 512

/* The rows whose gradients are set, SPK_GRADIENT_ROWS at most. */
typedef struct SpkGradientRows
{
	uint32_t	   n;
	const float	  *margins;
	const int32_t *labels; /* 0 or 1 */
	const int32_t *parts;  /* of each row: 1 when it has a part in the tree, else 0; NULL: 1 */
	double		   weight[2];
} SpkGradientRows;

/* The instructions by which it is done.  AVX-512 is no faster, as divisions are what takes the time. */
typedef enum SpkGradientWay
{
	SPK_GRADIENT_PLAIN,
	SPK_GRADIENT_AVX2
} SpkGradientWay;

/* Has the processor what this takes? */
extern bool spk_gradients_have(SpkGradientWay way);

/* Sets the rows' gradients, which are 0 where a row has no part, and returns their sums.  All ways give the same. */
extern SpkSums spk_set_gradients(SpkGradientWay way, const SpkGradientRows *rows, SpkGradient *to);

/*
 * e^x within +-700, to nine digits; a gradient keeps five of them.  With spk_exp, which
 * gives all digits, training takes a fifth longer.  Here no branch depends on the sign, and
 * two terms are added at a time, so that a processor works on several rows at once.
 */
static inline double
spk_fast_exp(double x)
{
	/* adding and taking away 1.5 * 2^52 rounds to a whole number */
	double	 k = (x * (1 / SPK_LN_2) + 0x1.8p52) - 0x1.8p52;
	double	 r = x - k * SPK_LN_2;
	double	 square = r * r;
	double	 sum = 1.0 / 5040 * r + 1.0 / 720 + square * (1.0 / 40320);
	uint64_t bits = (uint64_t) ((int64_t) k + 1023) << 52;
	double	 power;

	memcpy(&power, &bits, sizeof(power));
	sum = 1.0 / 120 * r + 1.0 / 24 + square * sum;
	sum = 1.0 / 6 * r + 1.0 / 2 + square * sum;
	sum = r + 1 + square * sum;
	return sum * power;
}

#endif /* SPK_CORE_TREES_BOOST_GRADIENTS_H */
