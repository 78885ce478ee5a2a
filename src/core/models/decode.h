/*
 * decode.h
 *	  What the parts of the decoder of models share.
 *
 * Each part reads on from where the one before ended, into the model, and
 * returns SPK_CORRUPT, SPK_NO_MEMORY or SPK_CANCELLED when it cannot; what it
 * has allocated by then hangs on the model.
 */
#ifndef SPK_CORE_MODELS_DECODE_H
#define SPK_CORE_MODELS_DECODE_H

#include "core/base/bytes.h"
#include "core/models/model.h"

typedef struct SpkDecoder
{
	const SpkHost *host;
	const SpkHost *trees; /* for the trees; often the same */
	SpkReader	   r;
	SpkModel	  *model;
	const char	  *why; /* of SPK_CORRUPT */
} SpkDecoder;

/* Keeps the first reason: bad data are read on as zeros, which break other rules. */
static inline SpkStatus
spk_corrupt(SpkDecoder *d, const char *why)
{
	if (d->why == NULL)
		d->why = d->r.bad ? "The data end early or hold a malformed number" : why;
	return SPK_CORRUPT;
}

/* n things of this size, cleared; NULL when there is no memory. */
static inline void *
spk_decode_array(const SpkHost *host, size_t n, size_t size)
{
	void *array = spk_alloc(host, n, size);

	if (array != NULL)
		memset(array, 0, n * size);
	return array;
}

/* Is it time to ask the host whether to go on, and does it want to stop?  At node i of a tree. */
static inline bool
spk_decode_stopped(const SpkDecoder *d, uint32_t i)
{
	return i % SPK_POLL_NODES == SPK_POLL_NODES - 1 && spk_cancelled(d->host);
}

/* A count of things that take at least min_bytes each; bad when they cannot be there. */
static inline uint32_t
spk_decode_count(SpkDecoder *d, uint64_t max, size_t min_bytes)
{
	uint64_t n = spk_read_varint(&d->r);

	if (n > max)
		spk_corrupt(d, "A length or a count is over its limit");
	if (n > max || n > spk_unread(&d->r) / min_bytes)
	{
		d->r.bad = true;
		return 0;
	}
	return (uint32_t) n;
}

static inline uint32_t
spk_decode_varint32(SpkReader *r)
{
	uint64_t value = spk_read_varint(r);

	if (value > UINT32_MAX)
	{
		r->bad = true;
		return 0;
	}
	return (uint32_t) value;
}

/* Reads the trees of the model, whose features are there. */
extern SpkStatus spk_decode_trees(SpkDecoder *d);

#endif /* SPK_CORE_MODELS_DECODE_H */
