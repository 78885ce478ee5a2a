/*
 * hash.c
 *	  Hashes of bytes, word by word.
 */
#include "core/base/hash.h"

uint64_t
spk_hash_more(uint64_t hash, const void *data, size_t len)
{
	const uint8_t *p = data;
	uint64_t	   h = hash;

	for (; len >= 8; p += 8, len -= 8)
		h = spk_hash_combine(h, spk_hash_word(p));
	if (len > 0)
	{
		uint64_t word = 0;

		for (size_t i = 0; i < len; i++)
			word |= (uint64_t) p[i] << (8 * i);
		h = spk_hash_combine(h, word);
	}
	return h;
}

uint64_t
spk_hash_bytes(const void *data, size_t len, uint64_t seed)
{
	return spk_hash_more(spk_hash_start(len, seed), data, len);
}
