/*
 * shap_walk.h
 *	  What explaining a row works with; shap.c prepares it, shap_walk.c walks.
 */
#ifndef SPK_CORE_SCORING_SHAP_WALK_H
#define SPK_CORE_SCORING_SHAP_WALK_H

#include "core/scoring/shap.h"

/*
 * The points of the quadrature are computed in lanes of four, which the compiler
 * maps to what the processor has.  Sums are added up in the same order everywhere.
 */
#define SPK_SHAP_LANES	   4
#define SPK_SHAP_MAX_STEPS (SPK_MAX_DEPTH / 2 / SPK_SHAP_LANES)

/* The host is polled after this many splits. */
#define SPK_SHAP_POLL_SPLITS (UINT32_C(1) << 13)

typedef double SpkShapLanes
	__attribute__((vector_size(SPK_SHAP_LANES * sizeof(double)), aligned(sizeof(double))));

/*
 * A split.  Splits are in the order of their nodes, so that the children of split k
 * of a tree are the nodes 2k + 1 and 2k + 2.  "The feature" is that of the split.
 */
typedef struct SpkShapSplit
{
	SpkNode node;

	/*
	 * Left and right: the share of training rows on this side of all splits by the
	 * feature on the path so far.
	 */
	double zero[2];

	/* left and right: the value of a leaf; 1 for a split, which only hands on */
	float value[2];

	uint32_t at; /* the place of its node */

	/*
	 * The last node before it on the path that is a child of a split by the feature;
	 * 0, the root, when this split is the first one.
	 */
	uint32_t last;
} SpkShapSplit;

typedef struct SpkShapWalk SpkShapWalk;

/* Takes a row through a tree, and adds what its features move to moved; false when cancelled. */
typedef bool (*SpkShapWay)(const SpkShapWalk *walk);

struct SpkShap
{
	SpkHost			host;
	const SpkModel *model;
	SpkShapWay		walk;
	double			base;
	SpkShapSplit   *splits; /* of all trees */

	/* points of the quadrature, t */
	uint32_t	 steps; /* SPK_SHAP_LANES points each */
	SpkShapLanes t[SPK_SHAP_MAX_STEPS];
	SpkShapLanes rest[SPK_SHAP_MAX_STEPS]; /* 1 - t */
	SpkShapLanes inverse_rest[SPK_SHAP_MAX_STEPS];
	double		 weight[SPK_SHAP_MAX_STEPS * SPK_SHAP_LANES];

	/*
	 * For each node of the tree that a row walks through.  Here "the feature" is that
	 * of the split above the node.  The root is treated as if all rows had passed a
	 * split above it.  inverse and product have steps elements for each node.
	 */
	double		 *one;	   /* 1 if the row is on this side of all splits by the feature, else 0 */
	double		 *gap;	   /* one - zero */
	SpkShapLanes *inverse; /* 1 / the feature's factor, which is t * one + (1 - t) * zero */

	/*
	 * On the way down, the product of the factors of all features so far; on the way
	 * up, the sum of value * product over the leaves below.
	 */
	SpkShapLanes *product;

	/* steps elements for each feature: how far it moves the prediction at each point */
	SpkShapLanes *moved;
};

/* The way of one row through one tree. */
struct SpkShapWalk
{
	const SpkShap	   *shap;
	const SpkTree	   *tree;
	const SpkShapSplit *splits;
	const uint8_t	   *codes;
};

/* The function for processors that can walk this way.  All of them give the same bits. */
extern SpkShapWay spk_shap_way(SpkWalkWay way);

#endif /* SPK_CORE_SCORING_SHAP_WALK_H */
