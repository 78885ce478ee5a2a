/*
 * walk.h
 *	  A forest laid out for walking: what prediction over many rows uses.
 *
 * Made once from a decoded model, in the layout that suits the processor and
 * the model; see walk_parts.h.  Every way of walking adds up the same leaf
 * values in the same order, that of the trees, so that predictions are the same
 * bits everywhere.
 *
 * What walks see of a row are bytes, spk_walker_codes of them, one for each
 * question that tests ask: of a number its code with a missing value above all
 * others, the same with it below them, and of a category whether it is in a
 * set.  Then a test is one comparison of a byte with a constant.
 */
#ifndef SPK_CORE_SCORING_WALK_H
#define SPK_CORE_SCORING_WALK_H

#include "core/models/model.h"

typedef struct SpkWalker SpkWalker;

/* How forests are walked, from what every processor can do on. */
typedef enum SpkWalkWay
{
	SPK_WALK_PLAIN = 0, /* test by test, several trees in step */
	SPK_WALK_AVX2,		/* six levels at once */
	SPK_WALK_AVX512,	/* likewise */
	SPK_N_WALK_WAYS
} SpkWalkWay;

/* The last of these that this processor can do; it can do all before it, too. */
extern SpkWalkWay spk_walk_best(void);

/*
 * Prepares the model, which may be released afterwards but for its features:
 * they must stay.  A model that does not suit the way is walked in the plain
 * one.  NULL when the host has no memory or wants to stop; spk_walker_release
 * gives it back.
 */
extern SpkWalker *spk_walker_new(const SpkHost *host, const SpkModel *model, SpkWalkWay way);
extern void		  spk_walker_release(SpkWalker *walker);

/*
 * Bytes that a walker takes, an upper bound, for so many trees and nodes of all
 * of them together.
 */
extern uint64_t spk_walker_size(uint64_t n_trees, uint64_t n_nodes, uint32_t n_features);

/* The way that was taken. */
extern SpkWalkWay spk_walker_way(const SpkWalker *walker);

/* Bytes of the codes of one row. */
extern size_t spk_walker_codes(const SpkWalker *walker);

/*
 * Codes the numbers of a row, one for each feature (NaN: missing), all but
 * those of categorical features, as spk_code_number does one by one.
 */
extern void spk_walk_put_numbers(const SpkWalker *walker, const double *numbers, uint8_t *codes);

/* Puts the code of one feature, of any kind, as it is in a matrix. */
extern void spk_walk_put_code(const SpkWalker *walker, uint32_t feature, uint8_t code,
							  uint8_t *codes);

/* Is the feature used by any tree?  Those of others need not be put. */
extern bool spk_walk_uses(const SpkWalker *walker, uint32_t feature);

/* The sum over trees, in their order, of the leaf that the row reaches. */
extern double spk_walk(const SpkWalker *walker, const uint8_t *codes);

#endif /* SPK_CORE_SCORING_WALK_H */
