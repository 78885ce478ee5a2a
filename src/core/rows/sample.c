/*
 * sample.c
 *	  Where users stand, to be sampled.
 */
#include "core/base/hash.h"
#include "core/rows/sample.h"

/* Tells these hashes from all others of the same bytes: the letters of "sample". */
#define SAMPLE_STREAM UINT64_C(0x656c706d6173)

uint64_t
spk_sample_place(const char *id, size_t len, uint64_t seed)
{
	return spk_hash_bytes(id, len, spk_hash_combine(SAMPLE_STREAM, seed)) >> 11;
}
