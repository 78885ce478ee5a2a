/*
 * rng.h
 *	  Random streams that have names.
 *
 * What a stream yields depends on its name, which is made of numbers (the seed, the
 * tree, the node and so on), and not on what was drawn before from others.  So the
 * order in which trees and nodes are grown leaves no trace in the result.
 *
 * The generator is splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom
 * number generators, OOPSLA 2014).
 */
#ifndef SPK_CORE_BASE_RNG_H
#define SPK_CORE_BASE_RNG_H

#include "core/base/hash.h"

typedef struct SpkRng
{
	uint64_t state;
} SpkRng;

/* Returns the stream named (a, b); spk_hash_combine joins the parts of longer names. */
static inline SpkRng
spk_rng(uint64_t a, uint64_t b)
{
	SpkRng rng = {spk_hash_combine(a, b)};

	return rng;
}

/* Draws 64 bits. */
static inline uint64_t
spk_rng_next(SpkRng *rng)
{
	rng->state += UINT64_C(0x9e3779b97f4a7c15);
	return spk_mix64(rng->state);
}

/*
 * Draws a whole number from 0 .. n - 1, n > 0, by a multiplication and a shift
 * (Lemire: Fast random integer generation in an interval, 2019).  The numbers are
 * equally likely up to a bias below 2^-32.
 */
static inline uint32_t
spk_rng_below(SpkRng *rng, uint32_t n)
{
	return (uint32_t) (((spk_rng_next(rng) >> 32) * (uint64_t) n) >> 32);
}

/* Draws a number from 0 up to, but not including, 1, with 53 bits. */
static inline double
spk_rng_double(SpkRng *rng)
{
	return (double) (spk_rng_next(rng) >> 11) * 0x1.0p-53;
}

#endif /* SPK_CORE_BASE_RNG_H */
