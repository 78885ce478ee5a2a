/*
 * codec.h
 *	  Models as bytes, whose format docs/model-format.md describes.
 */
#ifndef SPK_CORE_MODELS_CODEC_H
#define SPK_CORE_MODELS_CODEC_H

#include "core/base/bytes.h"
#include "core/models/model.h"

/* A bit of the byte of a feature's kind: its categories are grouped. */
#define SPK_GROUPED 0x80

/*
 * Appends the model's bytes, which are the same on every machine.  The arrays that
 * the model should have must be there; bytes of a model that is sound otherwise,
 * too, as learners and the decoder make them (see model_check.h), can be decoded.
 * SPK_NO_MEMORY and SPK_CANCELLED come from the writer's host.
 */
extern SpkStatus spk_model_encode(const SpkModel *model, SpkWriter *w);

/*
 * Decodes len bytes, which may come from anywhere, into a model of host memory, for
 * spk_model_release.  Nothing in it points into data.
 *
 * Bytes that are not exactly what spk_model_encode writes for a sound model are
 * SPK_CORRUPT, with a reason for people (static text) in *why.  So a decoded model
 * encodes to the same bytes.  The memory asked for is in proportion to len, whatever
 * the bytes claim.  After SPK_CORRUPT, SPK_NO_MEMORY and SPK_CANCELLED nothing is
 * held.
 */
extern SpkStatus spk_model_decode(const SpkHost *host, const void *data, size_t len,
								  SpkModel *model, const char **why);

/* What is stored of features that not all models have. */
typedef struct SpkFeatureParts
{
	bool permutation;
	bool monotone; /* of their rules */
	bool groups;
} SpkFeatureParts;

/* Returns what the model's options ask for. */
extern SpkFeatureParts spk_feature_parts(const SpkModel *model);

/*
 * Appends the bytes of n features, in the form that they have in a model with rules but
 * without permutation importance.  So one process hands the features of a model that is to
 * be fitted to another.  SPK_NO_MEMORY and SPK_CANCELLED come from the writer's host.
 */
extern SpkStatus spk_features_encode(const SpkFeature *features, uint32_t n, SpkWriter *w);

/*
 * Decodes such bytes into an array of *n features of host memory, for
 * spk_features_release.  They are checked, and failures told, as by
 * spk_model_decode.
 */
extern SpkStatus spk_features_decode(const SpkHost *host, const void *data, size_t len,
									 SpkFeature **features, uint32_t *n, const char **why);

/* Releases n features and the array that holds them. */
extern void spk_features_release(const SpkHost *host, SpkFeature *features, uint32_t n);

/*
 * Like spk_model_decode, but the trees are memory of another host, for
 * spk_model_release_trees.  So a caller that makes something else of the trees can
 * release them first, and the rest does not lie between the gaps that they leave.
 */
extern SpkStatus spk_model_decode_apart(const SpkHost *host, const SpkHost *trees, const void *data,
										size_t len, SpkModel *model, const char **why);

/*
 * The bytes begin with a header: the magic (4 bytes), the version (2), the algorithm
 * (1), flags (1, always 0), and the fingerprint (8), which is the hash of everything
 * behind it.
 */
#define SPK_MODEL_HEADER  16
#define SPK_MODEL_MAGIC	  "SPKM"
#define SPK_MODEL_VERSION 1

/* Returns the fingerprint in the header of len bytes; 0 when they do not start as a model does. */
extern uint64_t spk_model_fingerprint(const void *data, size_t len);

/* Sets *algorithm to the one in the header; false when there is none that is known. */
extern bool spk_model_algorithm(const void *data, size_t len, SpkAlgorithm *algorithm);

/* Computes the fingerprint of the len bytes behind the header; SPK_CANCELLED. */
extern SpkStatus spk_model_hash(const SpkHost *host, const void *body, size_t len,
								SpkAlgorithm algorithm, uint64_t *fingerprint);

/* Releases the trees alone, those of parts, too; n_trees stays. */
extern void spk_model_release_trees(const SpkHost *host, SpkModel *model);

/* Releases all arrays of a decoded or assembled model, and clears it. */
extern void spk_model_release(const SpkHost *host, SpkModel *model);

#endif /* SPK_CORE_MODELS_CODEC_H */
