/*
 * forest.h
 *	  Random forests and single trees (Breiman: Random forests, 2001) on a
 *	  binned matrix.
 *
 * Trees are independent.  Tree t depends on the matrix, the options and t alone,
 * never on who grows it or when.  So a caller may spread the numbers t over its
 * workers, if it puts the trees together in order.
 */
#ifndef SPK_CORE_TREES_FOREST_H
#define SPK_CORE_TREES_FOREST_H

#include "core/rows/matrix.h"

/*
 * What all trees of a forest share, resolved once.  This is plain data, so that it
 * can lie in shared memory.
 */
typedef struct SpkForestPlan
{
	uint32_t n_trees;
	uint32_t features_per_split;
	uint32_t max_depth;
	uint32_t min_leaf;
	uint32_t max_leaves; /* 0: no bound */
	bool	 bootstrap;
	bool	 entropy;
	bool	 permutation; /* measure the permutation importance, out of bag */
	double	 min_gain;	  /* of a split, as a share of the weight of the tree's rows */
	double	 weight[2];	  /* of those who stay, and of those who churn */
	uint64_t seed;
} SpkForestPlan;

/*
 * Resolves the options of an algorithm with trees for this matrix.
 *
 * features_per_split becomes a count of at least 1; sqrt and shares are rounded
 * down.  Permutation importance is measured only with bootstrap.  class_weight
 * becomes two weights; balanced stands for n / (2 * rows of the class), so that both
 * classes weigh the same, and for 1 and 1 when one of them is empty.
 */
extern SpkForestPlan spk_forest_plan(const SpkOptions *options, SpkAlgorithm algorithm,
									 const SpkMatrix *matrix);

/* The most leaves that a tree on this many rows can have under the plan. */
extern uint32_t spk_forest_most_leaves(const SpkForestPlan *plan, uint32_t n_rows);

/* The memory that one worker needs to grow trees, allocated once and used for many trees. */
typedef struct SpkGrower SpkGrower;

/*
 * Makes a grower, in host memory.  Of the features only kind, n_bins, n_grouped and rule
 * are read, and only during the call.  The codes of the matrix must stay.  NULL when the host
 * gave no memory.
 */
extern SpkGrower *spk_grower_new(const SpkHost *host, const SpkForestPlan *plan,
								 const SpkMatrix *matrix, const SpkFeature *features);
extern void		  spk_grower_release(SpkGrower *grower);

/*
 * From now on judges every tree that is grown by the rows that it has not seen, and
 * adds the result to tally: spk_oob_words words that belong to the caller and are 0
 * at first (see oob.h).  NULL ends that.  Without bootstrap in the plan nothing is
 * judged.
 */
extern void spk_grower_tally(SpkGrower *grower, uint64_t *tally);

/* An upper bound of the bytes that spk_grower_new allocates; SIZE_MAX when they are more. */
extern size_t spk_grower_size(const SpkForestPlan *plan, const SpkMatrix *matrix);

/*
 * Grows the tree with the number tree_no, counted from 0.  *tree points into the
 * grower and is good until the next call.  gains (n_features) receives how far the
 * splits by each feature decrease the impurity, as a share of the whole tree's
 * decrease, or zeros when there is no split.
 *
 * SPK_INVALID when there are no rows, SPK_LIMIT beyond SPK_MAX_ROWS or
 * SPK_MAX_FEATURES, SPK_CANCELLED.  After a failure, too, the grower can grow
 * another tree.
 */
extern SpkStatus spk_grower_grow(SpkGrower *grower, uint32_t tree_no, SpkTree *tree, double *gains);

/*
 * Sets the importance of each feature to the mean of its gains over the trees,
 * scaled so that all of them sum to 1.  gains holds n_features gains for each tree,
 * in the order of the trees.
 */
extern void spk_forest_importance(const double *gains, uint32_t n_trees, SpkFeature *features,
								  uint32_t n_features);

#endif /* SPK_CORE_TREES_FOREST_H */
