/*
 * draw.h
 *	  Draws from distributions, with the same bits on every machine.
 *
 * They are made from the functions of elementary.h.  About nine digits are right,
 * which is enough to draw, and not meant for more.
 */
#ifndef SPK_CORE_SIMULATION_DRAW_H
#define SPK_CORE_SIMULATION_DRAW_H

#include <stdbool.h>

#include "core/base/elementary.h"
#include "core/base/rng.h"

/*
 * The quantile of the standard normal distribution for 0 < p < 1, by Acklam's
 * rational approximation.  The relative error is below 1.2e-9.
 */
extern double spk_normal_quantile(double p);

/* A uniform number between 0 and 1, both excluded: the middle of one of 2^52 cells. */
static inline double
spk_unit(uint64_t bits)
{
	return ((double) (bits >> 12) + 0.5) * 0x1.0p-52;
}

/* An exponentially distributed number with mean 1. */
static inline double
spk_draw_exponential(SpkRng *rng)
{
	return -spk_log(spk_unit(spk_rng_next(rng)));
}

/* A normally distributed number with mean 0 and standard deviation 1. */
static inline double
spk_draw_normal(SpkRng *rng)
{
	return spk_normal_quantile(spk_unit(spk_rng_next(rng)));
}

/* True with this probability. */
static inline bool
spk_draw_chance(SpkRng *rng, double probability)
{
	return spk_rng_double(rng) < probability;
}

#endif /* SPK_CORE_SIMULATION_DRAW_H */
