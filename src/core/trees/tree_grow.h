/*
 * tree_grow.h
 *	  What growing one tree needs; private to the files of this folder.
 *	  forest.c allocates it, and tree_grow.c, tree_search.c, tree_rows.c,
 *	  tree_best_first.c and oob.c use it.
 */
#ifndef SPK_CORE_TREES_TREE_GROW_H
#define SPK_CORE_TREES_TREE_GROW_H

#include <string.h>

#include "core/trees/forest.h"
#include "core/trees/split.h"

/* One pass over the rows of a node fills the histograms of this many features. */
#define SPK_FEATURES_PER_PASS 4

/* The host is polled after this many look-ups in tables, which take about a millisecond. */
#define SPK_POLL_WORK (UINT32_C(1) << 20)

/* A tree's random streams: the second part of their names. */
#define SPK_STREAM_ROWS		0
#define SPK_STREAM_ROOT		1
#define SPK_STREAM_FEATURES 2
#define SPK_STREAM_SHUFFLES 3 /* followed by the feature */

/* One row counts at most this many times: a byte holds the number beside the label. */
#define SPK_MAX_DRAWS 127

/* The permutation importance of a tree is measured on at most this many rows out of bag. */
#define SPK_OOB_SAMPLE 8192

/* A node that waits for its split. */
typedef struct SpkPending
{
	uint32_t  node; /* index into nodes */
	uint32_t  depth;
	uint32_t  start;  /* where its rows begin in rows[side], counted in rows */
	uint32_t  n_rows; /* distinct rows */
	int		  side;
	SpkTally  tally;   /* of draws: a row counts as often as it was drawn, times its weight */
	uint32_t  n_draws; /* of all its rows; without weights the tally has it */
	uint64_t  path;	   /* the name of the node's random stream */
	SpkBounds bounds;  /* where features are monotone */
	SpkReach  reach;   /* where features meet only within groups */
} SpkPending;

/* A node whose split is found, and waits to be made because leaves are bounded. */
typedef struct SpkCandidate
{
	SpkPending pending;
	SpkSplit   split;
	double	   gain;
} SpkCandidate;

/* The rows by which a tree is judged for the permutation importance. */
typedef struct SpkOobSample
{
	uint32_t n;
	uint8_t	 column[SPK_OOB_SAMPLE]; /* codes of a feature, as they are */
	uint8_t	 shuffled[SPK_OOB_SAMPLE];
	uint32_t leaf[SPK_OOB_SAMPLE]; /* the leaf that each row reaches with all codes as they are */
} SpkOobSample;

/*
 * The rows in a tree's bag are copied once into rows[0].  A packed row is a row of
 * the matrix whose label byte is replaced: it counts how often the row was drawn,
 * and has the label in its highest bit.  The weight stays behind it.  A split moves the rows themselves, so that
 * the rows of a node always lie together, and every pass over them is sequential.
 * Rows that go left move up within their buffer; rows that go right fill the same
 * stretch of the other buffer, from its end.
 *
 * When the tree is done both buffers are free, and then hold its nodes and sets.
 * What has to hold while a tree grows is in tree_check.h.
 */
struct SpkGrower
{
	SpkHost			host;
	SpkForestPlan	plan;
	SpkCriterion	criterion;
	SpkMatrix		matrix;
	uint8_t		   *is_category; /* n_features */
	uint8_t		   *is_ranked; /* n_features: categories that are cut in the order of their codes */
	uint8_t		   *n_bins;	   /* n_features */
	SpkFeatureRule *rules;	   /* n_features; NULL when none of them says anything */
	bool			grouped;   /* do features meet only within groups? */
	uint8_t		   *rows[2];

	SpkNode	   *nodes; /* in the order in which they are made */
	SpkCodeSet *sets;
	uint32_t	n_nodes;
	uint32_t	n_sets;

	/* the features drawn for this node are order[0 .. n_drawn - 1], see draw_feature */
	uint16_t *order;   /* n_features; between nodes it is the identity */
	uint16_t *swapped; /* n_features */
	uint32_t  n_drawn;

	uint64_t	 *constant; /* for each pending node or candidate, the features constant in it */
	size_t		  constant_words;			  /* of one such set */
	SpkPending	  pending[SPK_MAX_DEPTH + 1]; /* depth first: a stack */
	uint32_t	  n_pending;
	SpkCandidate *candidates; /* best first: one for each node; NULL when leaves are not bounded */
	uint32_t	 *heap;		  /* the nodes of candidates, the best one first */
	uint32_t	  n_heap;

	uint64_t	 *tally;	  /* out of bag, the caller's; NULL when trees are not judged */
	uint64_t	 *out_of_bag; /* a bit for each judged row; NULL without bootstrap */
	SpkOobSample *sample;	  /* NULL unless the permutation importance is wanted */

	uint32_t work; /* look-ups in tables since the last poll */

	/* all zero between nodes; with weights, the draws are counted besides */
	SpkTally   histogram[SPK_FEATURES_PER_PASS][SPK_CODES];
	uint32_t   draws[SPK_FEATURES_PER_PASS][SPK_CODES];
	SpkCodeSet touched[SPK_FEATURES_PER_PASS];
	SpkGroups  groups;
};

/* Counts work, and polls the host when it is time; true when the host wants to stop. */
static inline bool
spk_must_stop(SpkGrower *grower, uint32_t work)
{
	grower->work += work;
	if (grower->work < SPK_POLL_WORK)
		return false;
	grower->work = 0;
	return spk_cancelled(&grower->host);
}

/* What a packed row adds to a tally: its draws, and in the upper half again if it churned. */
static inline SpkTally
spk_tally_of_row(uint8_t weight)
{
	SpkTally draws = weight & SPK_MAX_DRAWS;

	return draws + (draws * (weight / (SPK_MAX_DRAWS + 1)) << 32);
}

/* Likewise with the weight behind that byte: all draws together stay below 2^32 units. */
static inline SpkTally
spk_tally_of_weighted(const uint8_t *row, uint32_t n_features)
{
	return spk_tally_of_row(row[n_features]) * spk_row_weight(row, n_features);
}

/* How many draws the node has, of which each counts as a row for min_leaf. */
static inline uint32_t
spk_draws_of(const SpkGrower *grower, const SpkPending *node)
{
	return grower->matrix.weighted ? node->n_draws : spk_tally_rows(node->tally);
}

/* The set of features that are constant in the node of this slot. */
static inline uint64_t *
spk_constant_of(const SpkGrower *grower, uint32_t slot)
{
	return grower->constant + slot * grower->constant_words;
}

/* What is constant in the parent is constant in the child; both are slots. */
static inline void
spk_inherit_constant(SpkGrower *grower, uint32_t child, uint32_t parent)
{
	if (child != parent)
		memcpy(spk_constant_of(grower, child), spk_constant_of(grower, parent),
			   grower->constant_words * sizeof(uint64_t));
}

/* The impurity of a node, within its bounds if it has any. */
extern double spk_grower_impurity(SpkGrower *grower, const SpkPending *pending);

/*
 * Finds the best split of the node by features that are drawn at random:
 * features_per_split of them that are not constant in the node, and then more, one
 * by one, while there is no split at all.  Features that turn out to be constant are
 * added to constant, the set of the node, and so are those that may not split here: they
 * may not below either.  SPK_CANCELLED.
 */
extern SpkStatus spk_grower_find_split(SpkGrower *grower, const SpkPending *pending,
									   uint64_t *constant, SpkSplit *best);

/* The children of a split.  They have their rows only after spk_grower_part_children. */
typedef struct SpkChildren
{
	SpkPending pending[2]; /* left and right */
	bool	   ends[2];	   /* the child stays a leaf, whatever comes */
} SpkChildren;

/* Turns the node into a split with two new leaves, and adds its gain to the feature's. */
extern void spk_grower_make_split(SpkGrower *grower, const SpkPending *parent,
								  const SpkSplit *split, double *gains, SpkChildren *children);

/* Gives the children their rows.  SPK_CANCELLED. */
extern SpkStatus spk_grower_part_children(SpkGrower *grower, const SpkPending *parent,
										  const SpkSplit *split, SpkChildren *children);

/*
 * Grows the tree below the root, always where it gains most, until it has as many
 * leaves as the plan allows.  SPK_CANCELLED.
 */
extern SpkStatus spk_grower_best_first(SpkGrower *grower, const SpkPending *root, double *gains);

/*
 * Judges the tree by the rows out of bag, and adds the result to tally.  The tree is
 * as it was grown, before its nodes are numbered.  Overwrites both buffers of rows.
 * SPK_CANCELLED, which leaves tally undefined.
 */
extern SpkStatus spk_grower_vote(SpkGrower *grower, uint64_t tree);

/*
 * Draws the rows of the tree with this name, packs them into rows[0], and sets the
 * tally and n_rows of the root.  Notes in out_of_bag which judged rows were not
 * drawn.  SPK_CANCELLED.
 */
extern SpkStatus spk_grower_sample(SpkGrower *grower, uint64_t tree, SpkPending *root);

/* Parts the rows of the node, and sets *n_left to how many go left.  SPK_CANCELLED. */
extern SpkStatus spk_grower_partition(SpkGrower *grower, const SpkPending *pending,
									  const SpkSplit *split, uint32_t *n_left);

#endif /* SPK_CORE_TREES_TREE_GROW_H */
