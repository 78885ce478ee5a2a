/*
 * draw.h
 *	  Draws from distributions, the same bits on every machine.
 *
 * Made from the functions of elementary.h.  About nine digits are right: enough
 * to draw, not meant for more.
 */
#ifndef SPK_CORE_SIMULATION_DRAW_H
#define SPK_CORE_SIMULATION_DRAW_H

#include <stdbool.h>

#include "core/base/elementary.h"
#include "core/base/rng.h"

/*
 * The quantile of the standard normal distribution, 0 < p < 1 (Acklam's
 * rational approximation, relative error below 1.2e-9).
 */
extern double spk_normal_quantile(double p);

/* Uniform in (0, 1), both ends excluded: the middles of 2^52 cells. */
static inline double
spk_unit(uint64_t bits)
{
	return ((double) (bits >> 12) + 0.5) * 0x1.0p-52;
}

/* Exponential with mean 1. */
static inline double
spk_draw_exponential(SpkRng *rng)
{
	return -spk_log(spk_unit(spk_rng_next(rng)));
}

/* Normal with mean 0 and standard deviation 1. */
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
