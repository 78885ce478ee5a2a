/*
 * boost_split.h
 *	  The best split of a node by the gradients and hessians of its rows.
 *
 * Both are whole numbers of quanta (SPK_GRADIENT_ONE, SPK_HESSIAN_ONE), so that
 * their sums are exact and do not depend on the order of adding.
 */
#ifndef SPK_CORE_TREES_BOOST_SPLIT_H
#define SPK_CORE_TREES_BOOST_SPLIT_H

#include "core/models/model.h"

/* Quanta in a gradient, or a hessian, of 1: a row has at most +-1 and 1/4, which fit 16 bits. */
#define SPK_GRADIENT_ONE 32767
#define SPK_HESSIAN_ONE	 (4 * 65535)

typedef struct SpkSums
{
	int64_t g;
	int64_t h;
} SpkSums;

/* The best split so far of a node. */
typedef struct SpkBoostSplit
{
	double	   score; /* of both sides; without a split, the bound to exceed */
	SpkSums	   left;
	bool	   found;
	bool	   category;
	bool	   missing_left;
	uint8_t	   cut; /* numbers: left when code <= cut */
	uint16_t   feature;
	SpkCodeSet set; /* categories: codes on the left side */
} SpkBoostSplit;

/* g * g / (h + l2): twice what the loss falls by when these rows get their best value. */
static inline double
spk_boost_score(SpkSums sums, double l2)
{
	double g = (double) sums.g;
	double h = (double) sums.h + l2;

	return h > 0 ? g * g / h : 0;
}

/*
 * Starts the search in a node with these sums; l2 in quanta of the hessian.  A
 * split counts only when its score exceeds the node's by more than min_gain,
 * and than rounding can do.
 */
extern SpkBoostSplit spk_boost_split_none(SpkSums node, double l2, double min_gain);

/*
 * Tries all splits of the node by this feature and keeps the best one in
 * *best.  histogram has sums by code, the missing ones at SPK_MISSING.  Both
 * sides must have a hessian of at least min_hessian, and more than 0.
 *
 * Candidates, in order: after each code but the last, missing values (if any)
 * to the right, then to the left; at last, known values against missing ones.
 * The highest score wins; of equal ones the first, so features must come in
 * order.  Numbers are cut in the middle of a gap of codes without rows.
 * Categories are tried in order of g / (h + l2) (equal: of code); the ones that
 * are not in the node go where missing values go.  Without missing values in
 * the node they go to the side with the larger hessian (equal: left).
 */
extern void spk_boost_split_feature(SpkSums node, double l2, double min_hessian, uint16_t feature,
									bool category, uint32_t n_bins, const SpkSums *histogram,
									SpkBoostSplit *best);

#endif /* SPK_CORE_TREES_BOOST_SPLIT_H */
