/*
 * unit_model.h
 *	  Bytes of models that tests have changed.
 */
#ifndef UNIT_MODEL_H
#define UNIT_MODEL_H

#include "core/models/codec.h"
#include "unit_host.h"

/* Makes the fingerprint right, so that the checks behind it are reached. */
static inline void
unit_model_sign(uint8_t *data, size_t len)
{
	UnitHost h = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&h);
	uint64_t hash = 0;

	(void) spk_model_hash(&host, data + SPK_MODEL_HEADER, len - SPK_MODEL_HEADER,
						  (SpkAlgorithm) data[6], &hash);
	for (int i = 0; i < 8; i++)
		data[8 + i] = (uint8_t) (hash >> (8 * i));
}

#endif /* UNIT_MODEL_H */
