/*
 * decode.h
 *	  What the parts of the models' decoder share.
 *
 * Each part goes on reading where the one before has ended, and puts what it reads
 * into the model.  When it fails, it returns SPK_CORRUPT, SPK_NO_MEMORY or
 * SPK_CANCELLED; the memory that it has got by then is in the model, for the caller
 * to release.
 */
#ifndef SPK_CORE_MODELS_DECODE_H
#define SPK_CORE_MODELS_DECODE_H

#include "core/base/bytes.h"
#include "core/models/codec.h"
#include "core/models/model.h"

typedef struct SpkDecoder
{
	const SpkHost *host;
	const SpkHost *trees; /* gives the memory of trees; often the same host */
	SpkReader	   r;
	SpkModel	  *model;
	const char	  *why; /* the reason for SPK_CORRUPT; NULL when there is none yet */
	bool		   any; /* features may be those of any algorithm, as there is no model yet */
} SpkDecoder;

/* Returns SPK_CORRUPT.  The first reason stays, because a bad reader's zeros break more rules. */
static inline SpkStatus
spk_corrupt(SpkDecoder *d, const char *why)
{
	if (d->why == NULL)
		d->why = d->r.bad ? "The data end early or hold a malformed number" : why;
	return SPK_CORRUPT;
}

/* Returns an array of n elements of this size, cleared; NULL when there is no memory. */
static inline void *
spk_decode_array(const SpkHost *host, size_t n, size_t size)
{
	void *array = spk_alloc(host, n, size);

	if (array != NULL)
		memset(array, 0, n * size);
	return array;
}

/* At node i of a tree: is it time to ask the host whether to go on, and does it want to stop? */
static inline bool
spk_decode_stopped(const SpkDecoder *d, uint32_t i)
{
	return i % SPK_POLL_NODES == SPK_POLL_NODES - 1 && spk_cancelled(d->host);
}

/* Reads a count of things, max at most, of min_bytes or more; bad when they cannot be there. */
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

/* Reads a varint; bad when it does not fit 32 bits. */
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

/* Reads the options of an algorithm, as a model or a candidate of a search has them. */
extern SpkStatus spk_decode_options(SpkDecoder *d, SpkAlgorithm algorithm, SpkOptions *options);

/* Reads a whole model of len bytes from data, where the reader stands. */
extern SpkStatus spk_decode_model(SpkDecoder *d, const void *data, size_t len);

/*
 * Reads the features of a model whose algorithm, options and weights have been read, with
 * these parts.  Sets *rows to the training rows, of which all must count as many.
 */
extern SpkStatus spk_decode_features(SpkDecoder *d, SpkFeatureParts parts, uint64_t *rows);

/*
 * These read the trees or the parts of a model whose features have been read, then its
 * calibration, what a search has tried, and the counts of scores.
 */
extern SpkStatus spk_decode_trees(SpkDecoder *d);
extern SpkStatus spk_decode_parts(SpkDecoder *d);
extern SpkStatus spk_decode_calibration(SpkDecoder *d);
extern SpkStatus spk_decode_tried(SpkDecoder *d);
extern SpkStatus spk_decode_scores(SpkDecoder *d);

#endif /* SPK_CORE_MODELS_DECODE_H */
