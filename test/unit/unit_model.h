/*
 * unit_model.h
 *	  Bytes of models that tests have changed.
 */
#ifndef UNIT_MODEL_H
#define UNIT_MODEL_H

#include "core/codec.h"

/* Makes the fingerprint right, so that the checks behind it are reached. */
static inline void
unit_model_sign(uint8_t *data, size_t len)
{
	uint64_t	hash = spk_model_hash(data + SPK_MODEL_HEADER, len - SPK_MODEL_HEADER,
									  (SpkAlgorithm) data[6]);

	for (int i = 0; i < 8; i++)
		data[8 + i] = (uint8_t) (hash >> (8 * i));
}

#endif							/* UNIT_MODEL_H */
