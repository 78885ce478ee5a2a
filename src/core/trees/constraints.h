/*
 * constraints.h
 *	  What a tree may do below a node when features have rules: the bounds of the values
 *	  of leaves, and the features that may split.
 *
 * Monotone features (as in XGBoost, and the basic method of LightGBM)
 *	  A split of such a feature is taken only when the values of its two sides are in the
 *	  right order.  Then nothing below the lower side may have a value above the middle of
 *	  the two, and nothing below the higher side one below it.  So whatever splits follow,
 *	  the value never falls, or never rises, while the feature grows and all others stay.
 *	  Missing values have no place in that order: they go to either side, whose bounds
 *	  hold for them, too.
 *
 * Groups of features (as in LightGBM)
 *	  All features that split on the way from the root to a leaf are together in one of
 *	  the groups.  A feature that is in none of them is alone on its way.
 */
#ifndef SPK_CORE_TREES_CONSTRAINTS_H
#define SPK_CORE_TREES_CONSTRAINTS_H

#include <math.h>

#include "core/models/model.h"

/* Between which the values of all leaves below a node are. */
typedef struct SpkBounds
{
	double low;
	double high;
} SpkBounds;

#define SPK_NO_BOUNDS ((SpkBounds) {-INFINITY, INFINITY})

static inline double
spk_within(SpkBounds bounds, double value)
{
	return value < bounds.low ? bounds.low : value > bounds.high ? bounds.high : value;
}

/* May the sides of a split have these values?  sign: 1 when they must not fall, -1 not rise. */
static inline bool
spk_in_order(int sign, double left, double right)
{
	return sign == 0 || (sign > 0 ? left <= right : left >= right);
}

/* The bounds of a side (0: left) of a split with these values, which are in order. */
static inline SpkBounds
spk_bounds_below(SpkBounds bounds, int sign, double left, double right, int side)
{
	double middle = left / 2 + right / 2;

	if (sign == 0)
		return bounds;
	if ((sign > 0) == (side == 0))
		bounds.high = middle;
	else
		bounds.low = middle;
	return bounds;
}

/* Which features may split below a node, by those that have split above it. */
typedef struct SpkReach
{
	bool	 started; /* some feature has split: before, all may */
	bool	 alone;	  /* it is in no group */
	uint16_t feature; /* if so, which */
	uint64_t groups;  /* otherwise those in which all of them are */
} SpkReach;

static inline bool
spk_reach_has(const SpkReach *reach, const SpkFeatureRule *rule, uint32_t feature)
{
	if (!reach->started)
		return true;
	return reach->alone ? feature == reach->feature : (rule->groups & reach->groups) != 0;
}

/* What may split below a split by this feature. */
static inline SpkReach
spk_reach_below(const SpkReach *reach, const SpkFeatureRule *rule, uint32_t feature)
{
	SpkReach below = *reach;

	below.groups = reach->started ? reach->groups & rule->groups : rule->groups;
	below.alone = rule->groups == 0;
	below.feature = (uint16_t) feature;
	below.started = true;
	return below;
}

/* Is there a feature among these n that must be monotone, or are there groups of them? */
static inline bool
spk_any_monotone(const SpkFeature *features, uint32_t n)
{
	for (uint32_t f = 0; f < n; f++)
		if (features[f].rule.monotone != 0)
			return true;
	return false;
}

static inline bool
spk_any_groups(const SpkFeature *features, uint32_t n)
{
	for (uint32_t f = 0; f < n; f++)
		if (features[f].rule.groups != 0)
			return true;
	return false;
}

#endif /* SPK_CORE_TREES_CONSTRAINTS_H */
