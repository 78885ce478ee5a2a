/*
 * forest.h
 *	  Random forests and single trees (Breiman: Random forests, 2001) on a
 *	  binned matrix.
 *
 * Trees are independent: tree t depends on the matrix, the options and t
 * alone, never on who grows it or when.  A caller spreads t over its workers
 * and puts the trees together in order.
 */
#ifndef SPK_CORE_TREES_FOREST_H
#define SPK_CORE_TREES_FOREST_H

#include "core/rows/matrix.h"

/*
 * What every tree of a forest shares, resolved once; plain data, so that it
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
	double	 min_gain;	  /* per weight of the tree's rows */
	double	 weight[2];	  /* of the classes: 0 stays, 1 churns */
	uint64_t seed;
} SpkForestPlan;

/*
 * Resolves options of random_forest or decision_tree for this matrix:
 * features_per_split to a count (sqrt and shares rounded down, at least 1),
 * importance to permutation (with bootstrap only), class_weight to weights (balanced: n / (2 * rows of the class), so that both
 * classes weigh the same; 1 and 1 when one of them is empty).
 */
extern SpkForestPlan spk_forest_plan(const SpkOptions *options, SpkAlgorithm algorithm,
									 const SpkMatrix *matrix);

/* Most leaves of a tree under this plan. */
extern uint32_t spk_most_leaves(const SpkForestPlan *plan, uint32_t n_rows);

/*
 * Memory one worker needs to grow trees, allocated once and used for many
 * trees.  Of the features only kind and n_bins are used, during the call.  The
 * codes of the matrix must stay.  NULL when the host has no memory.
 */
typedef struct SpkGrower SpkGrower;

extern SpkGrower *spk_grower_new(const SpkHost *host, const SpkForestPlan *plan,
								 const SpkMatrix *matrix, const SpkFeature *features);
extern void		  spk_grower_release(SpkGrower *grower);

/*
 * From now on every tree that is grown is judged by the rows it has not seen,
 * and what comes of it added to tally: spk_oob_words words, zeros at first, that
 * the caller keeps (see oob.h).  NULL: no longer.  Without bootstrap in the plan
 * nothing is judged.
 */
extern void spk_grower_judge(SpkGrower *grower, uint64_t *tally);

/* Bytes spk_grower_new will ask for, an upper bound, saturating. */
extern size_t spk_grower_size(const SpkForestPlan *plan, const SpkMatrix *matrix);

/*
 * Grows tree number tree_no (from 0).  *tree points into the grower and is
 * good until the next call; gains (n_features) receives each feature's total
 * impurity decrease in the tree, as a share of the tree's sum, or zeros.
 * SPK_INVALID when there are no rows, SPK_LIMIT beyond SPK_MAX_ROWS or
 * SPK_MAX_FEATURES, SPK_CANCELLED; a grower is good for another call whatever
 * came of the last one.
 */
extern SpkStatus spk_grow_tree(SpkGrower *grower, uint32_t tree_no, SpkTree *tree, double *gains);

/*
 * Mean over trees of their gains, scaled to sum 1: features[i].importance.
 * gains: n_trees * n_features, in tree order.
 */
extern void spk_forest_importance(const double *gains, uint32_t n_trees, SpkFeature *features,
								  uint32_t n_features);

#endif /* SPK_CORE_TREES_FOREST_H */
