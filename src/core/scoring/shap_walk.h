/*
 * shap_walk.h
 *	  What explaining a row works with; shap.c prepares it, shap_walk.c walks.
 */
#ifndef SPK_CORE_SCORING_SHAP_WALK_H
#define SPK_CORE_SCORING_SHAP_WALK_H

#include "core/scoring/shap.h"

/*
 * Points are worked on by four.  The compiler makes of it what the processor
 * has; sums are added up in one order everywhere.
 */
#define SPK_SHAP_LANES	   4
#define SPK_SHAP_MAX_STEPS (SPK_MAX_DEPTH / 2 / SPK_SHAP_LANES)

/* Splits between two looks for cancellation. */
#define SPK_SHAP_POLL_SPLITS (UINT32_C(1) << 13)

typedef double SpkShapLanes
	__attribute__((vector_size(SPK_SHAP_LANES * sizeof(double)), aligned(sizeof(double))));

/*
 * A split, in the order of their nodes: the children of split k of a tree are
 * nodes 2k + 1 and 2k + 2.  "The feature" is the split's.
 */
typedef struct SpkShapSplit
{
	SpkNode node;
	double	zero[2]; /* left and right: the share of training rows on this side of all splits by
								 * the feature on the path so far */
	float
		value[2];  /* likewise, of a leaf; 1 of a split, whose product is still to be handed down */
	uint32_t at;   /* the place of its node */
	uint32_t last; /* the last node before on the path that is a child of a split by the
								 * feature; 0, the root, when this is the first */
} SpkShapSplit;

typedef struct SpkShapWalk SpkShapWalk;

/* Takes a row through a tree, and adds to moved; false when cancelled. */
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
	 * Of each node of the tree that a row walks; here "the feature" is that of
	 * the split above it.  The root is as if all rows had passed one.
	 */
	double *one; /* 1 when the row is on this side of all splits by it so far, else 0 */
	double *gap; /* one - zero */
	SpkShapLanes
		*inverse; /* steps for each node: 1 / the feature's factor, t * one + (1 - t) * zero */
	SpkShapLanes
		*product; /* likewise: of the factors of all features so far; from the leaves up what
								 * the leaves below add up to, value times product */

	SpkShapLanes
		*moved; /* steps for each feature: what it moves the prediction by, at each point */
};

/* One row's way through one tree. */
struct SpkShapWalk
{
	const SpkShap	   *shap;
	const SpkTree	   *tree;
	const SpkShapSplit *splits;
	const uint8_t	   *codes;
};

/* The walk for processors that can do this way; all give the same bits. */
extern SpkShapWay spk_shap_way(SpkWalkWay way);

#endif /* SPK_CORE_SCORING_SHAP_WALK_H */
