/*
 * boost_blocks.h
 *	  The blocks in which a team passes over the rows, and the rows that each leaf has in
 *	  them.
 *
 * A block's codes fit into the second cache, unless they are kept by column, too, of which those
 * of one feature do.  The rows of each leaf in it are listed
 * together, so that a histogram stays in the first cache while they are added to it.  Each
 * member begins with the blocks of its share of the rows, and goes on with those of others
 * that have not come to them yet.
 */
#ifndef SPK_CORE_TREES_BOOST_BLOCKS_H
#define SPK_CORE_TREES_BOOST_BLOCKS_H

#include "core/trees/boost_grow.h"

typedef struct SpkRowBlock
{
	uint32_t number;
	uint32_t from; /* its first row */
	uint32_t n;	   /* how many rows it has */
} SpkRowBlock;

/*
 * What is fetched ahead while the rows of a block are worked on: the codes of the next one; none
 * where codes are kept by column.
 */
typedef struct SpkAhead
{
	const uint8_t *at;
	const uint8_t *end;
	uint32_t	   stride;
} SpkAhead;

/*
 * How many rows a block has at most, where trees have so many leaves at most, with or without
 * codes by column.
 */
extern uint32_t spk_boost_block_rows(const SpkMatrix *matrix, uint32_t max_leaves, bool columns);

/* How many blocks n members have at most. */
extern uint64_t spk_boost_most_blocks(const SpkBooster *b, uint32_t n);

/* Gives all blocks back, so that they can be taken in the next pass.  For the leader. */
extern void spk_boost_reset_blocks(SpkBooster *b);

/*
 * Takes the next block; false when none is left, or when the host wants to stop, which it
 * notes as the member's failure.
 */
extern bool spk_boost_take_block(SpkBooster *b, SpkRowBlock *block);

extern SpkAhead spk_ahead_of(const SpkBooster *b, const SpkRowBlock *block);

/* Fetches as many rows as have been worked on. */
static inline void
spk_ahead_move(SpkAhead *ahead, uint32_t n_rows)
{
	const uint8_t *to = ahead->at + (size_t) n_rows * ahead->stride;

	for (to = to < ahead->end ? to : ahead->end; ahead->at < to; ahead->at += 64)
		__builtin_prefetch(ahead->at, 0, 2);
}

/* The codes of a block's rows. */
static inline const uint8_t *
spk_block_codes(const SpkBooster *b, const SpkRowBlock *block)
{
	return spk_matrix_row(&b->matrix, block->from);
}

/* The codes that a block's rows have of a feature, one every stride bytes. */
typedef struct SpkFeatureCodes
{
	const uint8_t *codes;
	uint32_t	   stride;
} SpkFeatureCodes;

static inline SpkFeatureCodes
spk_block_feature(const SpkBooster *b, const SpkRowBlock *block, uint32_t feature)
{
	if (b->columns != NULL)
		return (SpkFeatureCodes) {b->columns + (size_t) feature * b->matrix.n_rows + block->from,
								  1};
	return (SpkFeatureCodes) {spk_block_codes(b, block) + feature, b->matrix.stride};
}

/* With plan.columns: puts the codes of the member's share of the rows into columns. */
extern void spk_boost_set_columns(SpkBooster *b);

/* The rows of a block, by leaf, as their places in the block. */
static inline uint16_t *
spk_block_list(const SpkBooster *b, const SpkRowBlock *block)
{
	return b->lists + block->from;
}

/* What rows the block has in each leaf. */
static inline SpkSegment *
spk_block_segments(const SpkBooster *b, const SpkRowBlock *block)
{
	return b->segments + (size_t) block->number * b->plan.max_leaves;
}

/* Parts the block's rows between the nodes that have been made since the last step. */
extern void spk_boost_part_block(SpkBooster *b, const SpkRowBlock *block, SpkAhead *ahead,
								 uint32_t *counts);

/*
 * Moves the margins of the block's rows by the values of their leaves.  Counts the rows of
 * leaves that the last step has made; these are not listed any more.
 */
extern void spk_boost_settle_block(SpkBooster *b, const SpkRowBlock *block, SpkAhead *ahead,
								   uint32_t *counts);

#endif /* SPK_CORE_TREES_BOOST_BLOCKS_H */
