/*
 * walk.h
 *	  A forest laid out for walking: what prediction over many rows uses.
 *
 * Made once from a decoded model.  The top of each tree, up to ten levels, is
 * a complete tree of four bytes a node without pointers; below it a node is
 * eight bytes, and a leaf leads to itself.  A step is the same few instructions
 * without a branch wherever a walk is, so that walks of several trees go in
 * step, each hiding the others' waits.
 *
 * What walks see of a row, its codes, takes spk_walker_codes bytes: every
 * feature's code twice, first with a missing value above all others and then
 * with it below them, so that a test that sends missing values left need not
 * look for them.
 */
#ifndef SPK_WALK_H
#define SPK_WALK_H

#include "model.h"

typedef struct SpkWalker SpkWalker;

/*
 * Prepares the model, which may be released afterwards but for its features:
 * they must stay.  NULL when the host has no memory; spk_walker_release gives
 * it back.
 */
extern SpkWalker *spk_walker_new(const SpkHost *host, const SpkModel *model);
extern void spk_walker_release(SpkWalker *walker);

/* Bytes of the codes of one row. */
extern size_t spk_walker_codes(const SpkWalker *walker);

/*
 * Codes the numbers of a row, one for each feature (NaN: missing), all but
 * those of categorical features, as spk_code_number does one by one.
 */
extern void spk_walk_code_numbers(const SpkWalker *walker, const double *numbers, uint8_t *codes);

/* Sets the code of one feature. */
extern void spk_walk_put_code(const SpkWalker *walker, uint32_t feature, uint8_t code, uint8_t *codes);

/* Is the feature used by any tree?  The codes of others need not be set. */
extern bool spk_walk_uses(const SpkWalker *walker, uint32_t feature);

/* The sum over trees, in their order, of the leaf that the row reaches. */
extern double spk_walk(const SpkWalker *walker, const uint8_t *codes);

#endif							/* SPK_WALK_H */
