/*
 * walk.h
 *	  A forest laid out for walking: what prediction over many rows uses.
 *
 * It is made once from a decoded model, in the layout that suits the processor and
 * the model; see walk_parts.h.  All ways of walking add up the same leaf values in
 * the same order, that of the trees.  So predictions have the same bits everywhere.
 *
 * Walks see a row as spk_walker_codes bytes, one for each question that tests ask.
 * For a number these are its code with missing values above all others, and its code
 * with missing values below all others.  For a category they say whether it is in a
 * set.  Then each test compares one byte with a constant.
 */
#ifndef SPK_CORE_SCORING_WALK_H
#define SPK_CORE_SCORING_WALK_H

#include "core/models/model.h"

typedef struct SpkWalker SpkWalker;

/* The ways to walk a forest.  A processor that can do one can do all before it. */
typedef enum SpkWalkWay
{
	SPK_WALK_PLAIN = 0, /* test by test, several trees in step; every processor can do it */
	SPK_WALK_AVX2,		/* six levels at once */
	SPK_WALK_AVX512,	/* six levels at once, too */
	SPK_N_WALK_WAYS
} SpkWalkWay;

/* The last way that this processor can do. */
extern SpkWalkWay spk_walk_best(void);

/*
 * Lays out the model in host memory, which spk_walker_release gives back.  The model
 * may be released afterwards.  A model that does not suit the way is walked in the
 * plain way.  NULL when the host gave no memory or wants to stop.
 */
extern SpkWalker *spk_walker_new(const SpkHost *host, const SpkModel *model, SpkWalkWay way);
extern void		  spk_walker_release(SpkWalker *walker);

/* An upper bound of the bytes that a walker takes; n_nodes counts those of all trees. */
extern uint64_t spk_walker_size(uint64_t n_trees, uint64_t n_nodes, uint32_t n_features);

/* The way in which the walker walks. */
extern SpkWalkWay spk_walker_way(const SpkWalker *walker);

/* The bytes that the codes of one row take. */
extern size_t spk_walker_codes(const SpkWalker *walker);

/*
 * Puts the codes of all numbers of a row, as spk_code_number finds them one by one.
 * numbers has an element for each feature, NaN where it is missing; those of
 * categories are not read.
 */
extern void spk_walk_put_numbers(const SpkWalker *walker, const double *numbers, uint8_t *codes);

/* Puts the code of one feature of any kind, which is the one that a matrix has. */
extern void spk_walk_put_code(const SpkWalker *walker, uint32_t feature, uint8_t code,
							  uint8_t *codes);

/* Does any tree use the feature?  If not, its code need not be put. */
extern bool spk_walk_uses(const SpkWalker *walker, uint32_t feature);

/* The sum of the values of the leaves that the row reaches, in the order of the trees. */
extern double spk_walk(const SpkWalker *walker, const uint8_t *codes);

#endif /* SPK_CORE_SCORING_WALK_H */
