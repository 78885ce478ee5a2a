/*
 * rng.h
 *	  Explicit random streams: a stream is named by numbers (seed, tree, node,
 *	  ...), not by who drew before, so that the order in which trees and nodes
 *	  are grown leaves no trace in the result.
 *
 * The generator is splitmix64 (Steele, Lea, Flood, OOPSLA 2014).
 */
#ifndef SPK_CORE_BASE_RNG_H
#define SPK_CORE_BASE_RNG_H

#include "core/base/hash.h"

typedef struct SpkRng
{
	uint64_t state;
} SpkRng;

/* The stream named (a, b); chain with spk_hash_combine for longer names. */
static inline SpkRng
spk_rng(uint64_t a, uint64_t b)
{
	SpkRng rng = {spk_hash_combine(a, b)};

	return rng;
}

static inline uint64_t
spk_rng_next(SpkRng *rng)
{
	rng->state += UINT64_C(0x9e3779b97f4a7c15);
	return spk_mix64(rng->state);
}

/*
 * Uniform in [0, n), n > 0, by multiply and shift (Lemire: Fast random integer
 * generation in an interval, 2019); the bias is below 2^-32 and accepted.
 */
static inline uint32_t
spk_rng_below(SpkRng *rng, uint32_t n)
{
	return (uint32_t) (((spk_rng_next(rng) >> 32) * (uint64_t) n) >> 32);
}

/* Uniform in [0, 1), 53 bits. */
static inline double
spk_rng_double(SpkRng *rng)
{
	return (double) (spk_rng_next(rng) >> 11) * 0x1.0p-53;
}

#endif /* SPK_CORE_BASE_RNG_H */
