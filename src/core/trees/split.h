/*
 * split.h
 *	  The best split of a node by one feature.
 *
 * Rows are counted in words of 64 bits.  The lower half counts all rows, and the
 * upper half those that churn.  So one addition counts a row, and one subtraction
 * gives the other side of a split.  A row that has a weight counts as many times as that
 * has units.  Where rows have weights, how many there are is counted beside that.
 */
#ifndef SPK_CORE_TREES_SPLIT_H
#define SPK_CORE_TREES_SPLIT_H

#include "core/models/model.h"
#include "core/trees/constraints.h"

/* Counts of rows, and of those among them that churn. */
typedef uint64_t SpkTally;

static inline uint32_t
spk_tally_rows(SpkTally tally)
{
	return (uint32_t) tally;
}

static inline uint32_t
spk_tally_churn(SpkTally tally)
{
	return (uint32_t) (tally >> 32);
}

/* The rows of a node, grouped by the code of one feature.  Codes without rows are left out. */
typedef struct SpkGroups
{
	uint32_t n;
	SpkTally missing;
	SpkTally tally[SPK_MAX_BINS];
	uint8_t	 code[SPK_MAX_BINS];
	/* with weights only: the rows of the node, of those without a value, and of each group */
	uint32_t n_rows;
	uint32_t n_missing;
	uint32_t rows[SPK_MAX_BINS];
} SpkGroups;

/* What makes one split better than another. */
typedef struct SpkCriterion
{
	double	 weight[2]; /* of the classes */
	uint32_t min_leaf;
	bool	 entropy;
	bool	 weighted; /* rows have weights; min_leaf is about their number */
	double	 min_gain; /* a split must decrease the impurity by more than this */

	/* where some features are monotone, of the node: see constraints.h */
	bool	  bounded;
	SpkBounds bounds;
	int		  sign; /* of the feature that is tried */
} SpkCriterion;

/* The best split of a node so far. */
typedef struct SpkSplit
{
	bool	   found;
	bool	   category;
	bool	   missing_left;
	uint8_t	   cut; /* numbers: left when code <= cut */
	uint16_t   feature;
	double	   cost; /* impurity left on both sides; until one is found, the bound to stay below */
	SpkTally   left; /* the rows on the left side */
	uint32_t   left_rows; /* with weights only: how many they are */
	SpkCodeSet set;		  /* categories: codes on the left side */
} SpkSplit;

/*
 * The weighted impurity of a group of rows: its class-weighted size times its Gini
 * impurity, or times its entropy in bits.  It is 0 when all rows are of one class.
 * There must be a row.
 */
extern double spk_impurity(const SpkCriterion *criterion, SpkTally tally);

/* The share of churn, by the weights of classes, and the same within a node's bounds if it has any. */
static inline double
spk_own_share(const SpkCriterion *criterion, SpkTally tally)
{
	double churn = criterion->weight[1] * spk_tally_churn(tally);
	double stay = criterion->weight[0] * (spk_tally_rows(tally) - spk_tally_churn(tally));

	return churn / (stay + churn);
}

static inline double
spk_churn_share(const SpkCriterion *criterion, SpkBounds bounds, SpkTally tally)
{
	double share = spk_own_share(criterion, tally);

	return criterion->bounded ? spk_within(bounds, share) : share;
}

/*
 * The same as spk_impurity, but with what the bounds of the node add because the share of
 * churn is beyond them: twice the size times the square of the distance, or for entropy
 * the bound that Pinsker gives of what it adds.
 */
extern double spk_bounded_impurity(const SpkCriterion *criterion, SpkTally tally);

/*
 * Starts the search in a node with these rows.  A split counts only when it
 * decreases the impurity by more than min_gain, and by more than 1e-12 times the
 * weight of the node, which is more than rounding can make up.
 */
extern SpkSplit spk_split_none(const SpkCriterion *criterion, SpkTally node);

/*
 * Tries all splits of the node by this feature, and keeps the best one in *best.
 * The groups come in ascending order of their codes; those of categories are put
 * into another order.
 *
 * A cut is tried after each group but the last, first with the missing values on
 * the right and then with them on the left.  At last the known values are tried
 * against the missing ones.  Without missing values only the cuts are tried.  The
 * lowest cost wins; of equal costs the one of the lowest feature wins, and then the
 * one that is tried first.
 *
 * Where codes without rows leave a gap, numbers are cut in the middle of it.
 * Categories are tried in the order of their churn rate, and of their codes where
 * that is equal.  This finds the best of all subsets (Fisher: On grouping for
 * maximum homogeneity, 1958; Breiman et al.: Classification and regression trees,
 * 1984).  Categories that have no rows in the node go where missing values go.  When
 * no value is missing in the node, missing values go to the side with more rows, or
 * to the left when both have as many.
 *
 * With bounds, shares beyond them cost what they add, and a cut of a feature with a sign
 * must have its sides in order; known values against missing ones have none.
 */
extern void spk_split_feature(const SpkCriterion *criterion, SpkTally node, uint16_t feature,
							  bool category, uint32_t n_bins, SpkGroups *groups, SpkSplit *best);

/*
 * The binary logarithm of a positive normal number.  It is made of +, -, * and /
 * alone, so that it has the same bits on every machine.  Its error is at most 2
 * units in the last place of the result, or of 1 where the result is smaller.
 */
extern double spk_log2(double x);

#endif /* SPK_CORE_TREES_SPLIT_H */
