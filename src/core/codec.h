/*
 * codec.h
 *	  A model as bytes: docs/model-format.md describes them.
 */
#ifndef SPK_CODEC_H
#define SPK_CODEC_H

#include "bytes.h"
#include "model.h"

/*
 * Appends the model's bytes.  The same model gives the same bytes on every
 * machine.  The model must be sound (as the learners and the decoder make it).
 */
extern SpkStatus spk_model_encode(const SpkModel *model, SpkWriter *w);

/*
 * Reads and checks len bytes, from anywhere.  All memory comes from the host;
 * nothing points into data afterwards.  Anything that is not exactly what
 * spk_model_encode writes for a sound model is SPK_CORRUPT, with a reason for
 * people in *why (static text): a decoded model encodes to the same bytes.
 * Memory asked for is in proportion to len, whatever the bytes claim.
 */
extern SpkStatus spk_model_decode(const SpkHost *host, const void *data, size_t len,
								  SpkModel *model, const char **why);

/*
 * The fingerprint is the hash of everything behind the header; reads it from
 * the first SPK_MODEL_HEADER bytes without decoding the rest.  0 if those are
 * not a model's.
 */
#define SPK_MODEL_HEADER	16
extern uint64_t spk_model_fingerprint(const void *data, size_t len);

/* Gives the memory of a decoded or assembled model back, array by array. */
extern void spk_model_release(const SpkHost *host, SpkModel *model);

#endif							/* SPK_CODEC_H */
