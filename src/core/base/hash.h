/*
 * hash.h
 *	  Hashes of 64 bits, for fingerprints, the canonical order of rows and random
 *	  streams.
 *
 * The mixing is the finalizer of splitmix64 (Steele, Lea, Flood: Fast splittable
 * pseudorandom number generators, OOPSLA 2014).  The results are part of the
 * model format and of every trained model, so they must never change.
 */
#ifndef SPK_CORE_BASE_HASH_H
#define SPK_CORE_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Maps x to a number in which every bit depends on every bit of x; no two x share it. */
static inline uint64_t
spk_mix64(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	x ^= x >> 31;
	return x;
}

/* Mixes b into the hash a.  The order matters: (a, b) and (b, a) give different hashes. */
static inline uint64_t
spk_hash_combine(uint64_t a, uint64_t b)
{
	return spk_mix64(a * UINT64_C(0x9e3779b97f4a7c15) +
					 spk_mix64(b + UINT64_C(0x9e3779b97f4a7c15)));
}

/*
 * spk_hash_bytes piece by piece: start with the length of all pieces together, then
 * add one after the other.  All but the last must be multiples of 8 bytes long.
 */
static inline uint64_t
spk_hash_start(size_t len, uint64_t seed)
{
	return spk_hash_combine(seed, len);
}

extern uint64_t spk_hash_more(uint64_t hash, const void *data, size_t len);

/* The next 8 bytes as a number, the first one lowest, on any machine. */
static inline uint64_t
spk_hash_word(const uint8_t *data)
{
	uint64_t word;

	memcpy(&word, data, sizeof(word));
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/* spk_hash_bytes of 16 bytes, where it is called for each row; the seed is a constant there. */
static inline uint64_t
spk_hash_16_bytes(const uint8_t *data, uint64_t seed)
{
	return spk_hash_combine(spk_hash_combine(spk_hash_start(16, seed), spk_hash_word(data)),
							spk_hash_word(data + 8));
}

/* Returns the hash of len bytes, the same on every machine whatever its byte order. */
extern uint64_t spk_hash_bytes(const void *data, size_t len, uint64_t seed);

#endif /* SPK_CORE_BASE_HASH_H */
