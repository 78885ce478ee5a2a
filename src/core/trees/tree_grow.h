/*
 * tree_grow.h
 *	  What growing one tree needs; shared by forest.c, which allocates it, and
 *	  grow.c, which uses it.
 */
#ifndef SPK_CORE_TREES_TREE_GROW_H
#define SPK_CORE_TREES_TREE_GROW_H

#include <string.h>

#include "core/trees/forest.h"
#include "core/trees/split.h"

/* Features whose histograms are filled in one pass over the rows of a node. */
#define SPK_FEATURES_PER_PASS 4

/* Table look-ups between two polls of the host: about a millisecond. */
#define SPK_POLL_WORK (UINT32_C(1) << 20)

/* Streams of a tree, by the second part of their names. */
#define SPK_STREAM_ROWS		0
#define SPK_STREAM_ROOT		1
#define SPK_STREAM_FEATURES 2
#define SPK_STREAM_SHUFFLES 3 /* then the feature */

#define SPK_MAX_DRAWS 127 /* of one row: what is left of a byte beside the label */

/* Rows of a tree's out-of-bag sample for the permutation importance, at most. */
#define SPK_OOB_SAMPLE 8192

/* A node that waits for its split. */
typedef struct SpkPending
{
	uint32_t node; /* index into nodes */
	uint32_t depth;
	uint32_t start;	 /* of its rows in rows[side], counted in rows */
	uint32_t n_rows; /* distinct ones */
	int		 side;
	SpkTally tally; /* draws */
	uint64_t path;	/* names the node's random stream */
} SpkPending;

/* A node whose split is found and waits to be made, when leaves are bounded. */
typedef struct SpkCandidate
{
	SpkPending pending;
	SpkSplit   split;
	double	   gain;
} SpkCandidate;

/* What judging a tree by permutation works with. */
typedef struct SpkOobSample
{
	uint32_t n;
	uint8_t	 column[SPK_OOB_SAMPLE]; /* codes of a feature, as they are */
	uint8_t	 shuffled[SPK_OOB_SAMPLE];
	uint32_t leaf[SPK_OOB_SAMPLE]; /* with all codes as they are */
} SpkOobSample;

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
	SpkHost		  host;
	SpkForestPlan plan;
	SpkCriterion  criterion;
	SpkMatrix	  matrix;
	uint8_t		 *is_category; /* n_features */
	uint8_t		 *n_bins;	   /* n_features */
	uint8_t		 *rows[2];

	SpkNode	   *nodes; /* as grown; u.left is set, in any order */
	SpkCodeSet *sets;
	uint32_t	n_nodes;
	uint32_t	n_sets;

	/* features drawn in this node: order[0 .. n_drawn - 1], see draw_feature */
	uint16_t *order;   /* n_features, the identity between nodes */
	uint16_t *swapped; /* n_features */
	uint32_t  n_drawn;

	uint64_t	 *constant; /* a set of features for each pending node or candidate */
	size_t		  constant_words;
	SpkPending	  pending[SPK_MAX_DEPTH + 1]; /* depth first: a stack */
	uint32_t	  n_pending;
	SpkCandidate *candidates; /* best first: by node; NULL when leaves are not bounded */
	uint32_t	 *heap;		  /* nodes of candidates, the best one first */
	uint32_t	  n_heap;

	uint64_t	 *tally;	  /* of rows out of bag, the caller's; NULL: trees are not judged */
	uint64_t	 *out_of_bag; /* a bit for each row that is judged; NULL without bootstrap */
	SpkOobSample *sample;	  /* NULL unless permutations are wanted */

	uint32_t work; /* since the last poll, in table look-ups */

	/* all zero between nodes */
	SpkTally   histogram[SPK_FEATURES_PER_PASS][SPK_CODES];
	SpkCodeSet touched[SPK_FEATURES_PER_PASS];
	SpkGroups  groups;
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
	SpkTally draws = weight & SPK_MAX_DRAWS;

	return draws + (draws * (weight / (SPK_MAX_DRAWS + 1)) << 32);
}

static inline uint64_t *
spk_constant_of(const SpkGrower *grower, uint32_t slot)
{
	return grower->constant + slot * grower->constant_words;
}

/* A feature that is constant in the parent (its slot) is constant in the child. */
static inline void
spk_inherit_constant(SpkGrower *grower, uint32_t child, uint32_t parent)
{
	if (child != parent)
		memcpy(spk_constant_of(grower, child), spk_constant_of(grower, parent),
			   grower->constant_words * sizeof(uint64_t));
}

/*
 * The best split of the node by features drawn at random: features_per_split
 * of them that are not constant in the node, then more, one by one, until
 * there is a split at all.  constant: the node's set, which grows.
 * SPK_CANCELLED.
 */
extern SpkStatus spk_find_split(SpkGrower *grower, const SpkPending *pending, uint64_t *constant,
								SpkSplit *best);

/* The children of a split: without rows until spk_part_children. */
typedef struct SpkChildren
{
	SpkPending pending[2]; /* left and right */
	bool	   ends[2];	   /* a leaf whatever comes */
} SpkChildren;

/* Turns the node into a split with two new leaves, and notes its gain. */
extern void spk_make_split(SpkGrower *grower, const SpkPending *parent, const SpkSplit *split,
						   double *gains, SpkChildren *children);

/* Gives the children their rows.  SPK_CANCELLED. */
extern SpkStatus spk_part_children(SpkGrower *grower, const SpkPending *parent,
								   const SpkSplit *split, SpkChildren *children);

/*
 * Grows the tree below the root where it gains most, until it has as many
 * leaves as are allowed.  SPK_CANCELLED.
 */
extern SpkStatus spk_grow_best_first(SpkGrower *grower, const SpkPending *root, double *gains);

/*
 * Judges the tree as grown (not yet renumbered) by the rows out of bag, into
 * tally.  Uses both of rows.  SPK_CANCELLED, which leaves tally undefined.
 */
extern SpkStatus spk_judge_tree(SpkGrower *grower, uint64_t tree);

/*
 * Draws the rows of the tree with this name, packs them into rows[0] and fills
 * tally and n_rows of the root; notes the others in out_of_bag.  SPK_CANCELLED.
 */
extern SpkStatus spk_sample_rows(SpkGrower *grower, uint64_t tree, SpkPending *root);

/* Parts the rows of the node; *n_left of them are on the left side.  SPK_CANCELLED. */
extern SpkStatus spk_partition(SpkGrower *grower, const SpkPending *pending, const SpkSplit *split,
							   uint32_t *n_left);

#endif /* SPK_CORE_TREES_TREE_GROW_H */
