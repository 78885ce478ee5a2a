/*
 * grow.h
 *	  What growing one tree needs; shared by forest.c, which allocates it, and
 *	  grow.c, which uses it.
 */
#ifndef SPK_GROW_H
#define SPK_GROW_H

#include "forest.h"
#include "split.h"

/* Features whose histograms are filled in one pass over the rows of a node. */
#define SPK_FEATURES_PER_PASS	4

#define SPK_CODES	256			/* a histogram's length: SPK_MAX_BINS and SPK_MISSING */

/* Table look-ups between two polls of the host: about a millisecond. */
#define SPK_POLL_WORK	(UINT32_C(1) << 20)

/* Streams of a tree, by the second part of their names. */
#define SPK_STREAM_ROWS		0
#define SPK_STREAM_ROOT		1
#define SPK_STREAM_FEATURES	2

#define SPK_MAX_DRAWS	127		/* of one row: what is left of a byte beside the label */

/* A node that waits for its split. */
typedef struct SpkPending
{
	uint32_t	node;			/* index into nodes */
	uint32_t	depth;
	uint32_t	start;			/* of its rows in rows[side], counted in rows */
	uint32_t	n_rows;			/* distinct ones */
	int			side;
	SpkTally	tally;			/* draws */
	uint64_t	path;			/* names the node's random stream */
} SpkPending;

/*
 * The in-bag rows of a tree are copied once into rows[0], packed: the matrix's
 * row, with its label byte replaced by the times the row was drawn and, in the
 * top bit, the label.  A split moves the rows themselves, so that a node's rows
 * always lie together and every pass over them is sequential: rows that go left
 * stay, moving up; those that go right fill the same stretch of the other
 * buffer from its end.
 *
 * When the tree is done both buffers are free, and hold its nodes and sets.
 */
struct SpkGrower
{
	SpkHost		host;
	SpkForestPlan plan;
	SpkCriterion criterion;
	SpkMatrix	matrix;
	uint8_t    *is_category;	/* n_features */
	uint8_t    *n_bins;			/* n_features */
	uint8_t    *rows[2];

	SpkNode    *nodes;			/* as grown; u.left is set, in any order */
	SpkCodeSet *sets;
	uint32_t	n_nodes;
	uint32_t	n_sets;

	/* features drawn in this node: order[0 .. n_drawn - 1], see draw_feature */
	uint16_t   *order;			/* n_features, the identity between nodes */
	uint16_t   *swapped;		/* n_features */
	uint32_t	n_drawn;

	uint64_t   *constant;		/* a set of features for each pending node */
	size_t		constant_words;
	SpkPending	pending[SPK_MAX_DEPTH + 1];
	uint32_t	n_pending;

	uint32_t	work;			/* since the last poll, in table look-ups */

	/* all zero between nodes */
	SpkTally	histogram[SPK_FEATURES_PER_PASS][SPK_CODES];
	SpkCodeSet	touched[SPK_FEATURES_PER_PASS];
	SpkGroups	groups;
};

/* Counts work; true when it is time to end. */
static inline bool
spk_must_stop(SpkGrower *grower, uint32_t work)
{
	grower->work += work;
	if (grower->work < SPK_POLL_WORK)
		return false;
	grower->work = 0;
	return spk_cancelled(&grower->host);
}

/* What a row adds to a tally: draws, and draws again if it churned. */
static inline SpkTally
spk_tally_of_row(uint8_t weight)
{
	SpkTally	draws = weight & SPK_MAX_DRAWS;

	return draws + (draws * (weight / (SPK_MAX_DRAWS + 1)) << 32);
}

/* Most leaves of a tree under this plan. */
extern uint32_t spk_most_leaves(const SpkForestPlan *plan, uint32_t n_rows);

/*
 * Draws the rows of the tree with this name, packs them into rows[0] and fills
 * tally and n_rows of the root.  SPK_CANCELLED.
 */
extern SpkStatus spk_sample_rows(SpkGrower *grower, uint64_t tree, SpkPending *root);

/* Parts the rows of the node; *n_left of them are on the left side.  SPK_CANCELLED. */
extern SpkStatus spk_partition(SpkGrower *grower, const SpkPending *pending, const SpkSplit *split,
							   uint32_t *n_left);

#endif							/* SPK_GROW_H */
