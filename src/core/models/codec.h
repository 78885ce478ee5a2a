/*
 * codec.h
 *	  A model as bytes: docs/model-format.md describes them.
 */
#ifndef SPK_CORE_MODELS_CODEC_H
#define SPK_CORE_MODELS_CODEC_H

#include "core/base/bytes.h"
#include "core/models/model.h"

/*
 * Appends the model's bytes.  The same model gives the same bytes on every
 * machine.  The model must be sound (as the learners and the decoder make it).
 * SPK_NO_MEMORY, SPK_CANCELLED, by the writer's host.
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
 * The features of a model that is still to be fitted, as one process hands them
 * to another: as they are in a model, but without permutation importance.
 * SPK_NO_MEMORY, SPK_CANCELLED, by the writer's host.
 */
extern SpkStatus spk_features_encode(const SpkFeature *features, uint32_t n, SpkWriter *w);

/*
 * Reads them, and checks them as spk_model_decode does: SPK_CORRUPT with a
 * reason in *why, SPK_NO_MEMORY, SPK_CANCELLED, and nothing is held.  What comes
 * of it is host memory, for spk_features_release.
 */
extern SpkStatus spk_features_decode(const SpkHost *host, const void *data, size_t len,
									 SpkFeature **features, uint32_t *n, const char **why);

/* Gives n features and their array back. */
extern void spk_features_release(const SpkHost *host, SpkFeature *features, uint32_t n);

/*
 * As spk_model_decode, but the trees come from another host (spk_model_release_trees gives
 * them back): who lays them out and lets them go finds the rest in one piece.
 */
extern SpkStatus spk_model_decode_apart(const SpkHost *host, const SpkHost *trees, const void *data,
										size_t len, SpkModel *model, const char **why);

/*
 * The header: magic, version (2 bytes), algorithm (1), flags (1, none yet), the
 * fingerprint (8), which is the hash of everything behind it.
 */
#define SPK_MODEL_HEADER  16
#define SPK_MODEL_MAGIC	  "SPKM"
#define SPK_MODEL_VERSION 1

/* Reads the fingerprint from the first SPK_MODEL_HEADER bytes; 0 if those are not a model's. */
extern uint64_t spk_model_fingerprint(const void *data, size_t len);

/* Likewise the algorithm; false if there is none. */
extern bool spk_model_algorithm(const void *data, size_t len, SpkAlgorithm *algorithm);

/* The fingerprint of what follows the header; SPK_CANCELLED. */
extern SpkStatus spk_model_hash(const SpkHost *host, const void *body, size_t len,
								SpkAlgorithm algorithm, uint64_t *fingerprint);

/* Gives the memory of the trees alone back; n_trees stays. */
extern void spk_model_release_trees(const SpkHost *host, SpkModel *model);

/* Gives the memory of a decoded or assembled model back, array by array. */
extern void spk_model_release(const SpkHost *host, SpkModel *model);

#endif /* SPK_CORE_MODELS_CODEC_H */
