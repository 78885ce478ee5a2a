/*
 * forest.h
 *	  Random forests and single trees (Breiman: Random forests, 2001) on a
 *	  binned matrix.
 *
 * Trees are independent: tree t depends on the matrix, the options and t
 * alone, never on who grows it or when.  A caller spreads t over its workers
 * and puts the trees together in order.
 */
#ifndef SPK_FOREST_H
#define SPK_FOREST_H

#include "matrix.h"

/*
 * What every tree of a forest shares, resolved once; plain data, so that it
 * can lie in shared memory (kinds behind it: n_features of SpkFeatureKind as
 * bytes, n_bins of each feature as bytes).
 */
typedef struct SpkForestPlan
{
	uint32_t	n_trees;
	uint32_t	features_per_split;
	uint32_t	max_depth;
	uint32_t	min_leaf;
	bool		bootstrap;
	bool		entropy;
	double		weight[2];		/* of the classes: 0 stays, 1 churns */
	uint64_t	seed;
} SpkForestPlan;

/*
 * Resolves options of random_forest or decision_tree for this matrix
 * (features_per_split to a count, class_weight to weights).
 */
extern SpkForestPlan spk_forest_plan(const SpkOptions *options, SpkAlgorithm algorithm,
									 const SpkMatrix *matrix);

/*
 * Memory one worker needs to grow trees, allocated once and used for many
 * trees.  spk_grower_new: NULL when the host has none.
 */
typedef struct SpkGrower SpkGrower;

extern SpkGrower *spk_grower_new(const SpkHost *host, const SpkForestPlan *plan, const SpkMatrix *matrix,
								 const SpkFeature *features);
extern void spk_grower_release(SpkGrower *grower);

/* Bytes spk_grower_new will ask for, an upper bound, saturating. */
extern size_t spk_grower_size(const SpkForestPlan *plan, const SpkMatrix *matrix);

/*
 * Grows tree number tree_no (from 0).  *tree points into the grower and is
 * good until the next call; gains (n_features) receives each feature's total
 * impurity decrease in the tree, as a share of the tree's sum, or zeros.
 */
extern SpkStatus spk_grow_tree(SpkGrower *grower, uint32_t tree_no, SpkTree *tree, double *gains);

/*
 * Mean over trees of their gains, scaled to sum 1: features[i].importance.
 * gains: n_trees * n_features, in tree order.
 */
extern void spk_forest_importance(const double *gains, uint32_t n_trees, SpkFeature *features,
								  uint32_t n_features);

#endif							/* SPK_FOREST_H */
