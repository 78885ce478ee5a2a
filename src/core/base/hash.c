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

	while (len > 0)
	{
		size_t	 n = len < 8 ? len : 8;
		uint64_t word = 0;

		for (size_t i = 0; i < n; i++)
			word |= (uint64_t) p[i] << (8 * i);
		h = spk_hash_combine(h, word);
		p += n;
		len -= n;
	}
	return h;
}

uint64_t
spk_hash_bytes(const void *data, size_t len, uint64_t seed)
{
	return spk_hash_more(spk_hash_start(len, seed), data, len);
}
