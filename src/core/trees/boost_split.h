/*
 * boost_split.h
 *	  The best split of a node by the gradients and hessians of its rows.
 *
 * Gradients and hessians are whole numbers of quanta (SPK_GRADIENT_ONE,
 * SPK_HESSIAN_ONE).  So their sums are exact and do not depend on the order in
 * which rows are added.
 */
#ifndef SPK_CORE_TREES_BOOST_SPLIT_H
#define SPK_CORE_TREES_BOOST_SPLIT_H

#include "core/models/model.h"
#include "core/trees/constraints.h"

/*
 * The quanta of a gradient of 1 and of a hessian of 1.  A row's gradient is
 * between -1 and 1 and its hessian at most 1/4, so that both fit 16 bits.
 */
#define SPK_GRADIENT_ONE 32767
#define SPK_HESSIAN_ONE	 (4 * 65535)

/* Sums of gradients and of hessians, in quanta. */
typedef struct SpkSums
{
	int64_t g;
	int64_t h;
} SpkSums;

/* The best split of a node so far. */
typedef struct SpkBoostSplit
{
	double	   score; /* the sum of both sides' scores; until one is found, the bound to exceed */
	SpkSums	   left;
	bool	   found;
	bool	   category;
	bool	   missing_left;
	uint8_t	   cut; /* numbers: left when code <= cut */
	uint16_t   feature;
	SpkCodeSet set; /* categories: codes on the left side */
} SpkBoostSplit;

/*
 * What makes a split allowed, and one better than another.  Hessians and penalties are
 * in quanta of the hessian.
 */
typedef struct SpkBoostRule
{
	double l2;
	double min_hessian;		   /* each side must have as much, and more than 0 */
	double category_smoothing; /* these three are of features with many categories */
	double category_l2;		   /* comes on top of l2 */
	double category_hessian;   /* what has less goes where missing values go */

	/* where some features are monotone, see constraints.h; values are as spk_boost_value says */
	bool	  bounded;
	SpkBounds bounds; /* of the node */
	int		  sign;	  /* of the feature that is tried */
} SpkBoostRule;

/*
 * Does a feature have so many categories that their order says more about chance than
 * about them?  Up to four, as in LightGBM, they are few.
 */
static inline bool
spk_boost_many(bool category, uint32_t n_bins)
{
	return category && n_bins > 4;
}

/* g * g / (h + l2): twice the loss that these rows save when a leaf gives them their best value. */
static inline double
spk_boost_score(SpkSums sums, double l2)
{
	double g = (double) sums.g;
	double h = (double) sums.h + l2;

	return h > 0 ? g * g / h : 0;
}

/* The best value of a leaf with these sums, in quanta: -g / (h + l2). */
static inline double
spk_boost_value(SpkSums sums, double l2)
{
	double h = (double) sums.h + l2;

	return h > 0 ? -(double) sums.g / h : 0;
}

/* Twice the loss that a leaf's rows save when it has this value, which is less than spk_boost_score. */
static inline double
spk_boost_score_at(SpkSums sums, double l2, double value)
{
	return -(2 * (double) sums.g + ((double) sums.h + l2) * value) * value;
}

/* The score of a node, within its bounds if the rule has any. */
static inline double
spk_boost_node_score(SpkSums sums, double l2, bool bounded, SpkBounds bounds)
{
	if (!bounded)
		return spk_boost_score(sums, l2);
	return spk_boost_score_at(sums, l2, spk_within(bounds, spk_boost_value(sums, l2)));
}

/*
 * Starts the search in a node with these sums.  l2 is in quanta of the hessian.  A
 * split counts only when its score exceeds the node's by more than min_gain, and
 * by more than rounding can make up.
 */
extern SpkBoostSplit spk_boost_split_none(SpkSums node, double l2, double min_gain);

/* Likewise in a node with this score. */
extern SpkBoostSplit spk_boost_split_above(double score, double min_gain);

/*
 * Tries all splits of the node by this feature that the rule allows, and keeps the best
 * one in *best.  histogram holds the sums of each code, and those of missing values at
 * SPK_MISSING.
 *
 * A cut is tried after each code but the last, first with the missing values on
 * the right and then with them on the left.  At last the known values are tried
 * against the missing ones.  Without missing values only the cuts are tried.  The
 * highest score wins; of equal scores the first one wins, so that features must be
 * tried in ascending order.
 *
 * Where codes without rows leave a gap, numbers are cut in the middle of it.  Few
 * categories are tried in the order of g / (h + l2), and of their codes where that is
 * equal.  Categories that have no rows in the node go where missing values go.  When
 * no value is missing in the node, missing values go to the side with the larger
 * hessian, or to the left when both are equal.
 *
 * Many categories could be ordered so that chance alone makes a good split.  Therefore
 * the order is that of g / (h + category_smoothing), in which categories of few rows
 * are in the middle; both sides pay category_l2 more; and those with a hessian below
 * category_hessian count as missing values, whose way they go.
 *
 * With bounds, each side is scored at the value that it has within them, and the values of
 * a cut's sides must be in the order that the sign says; known values against missing ones
 * have none.
 */
extern void spk_boost_split_feature(SpkSums node, const SpkBoostRule *rule, uint16_t feature,
									bool category, uint32_t n_bins, const SpkSums *histogram,
									SpkBoostSplit *best);

#endif /* SPK_CORE_TREES_BOOST_SPLIT_H */
