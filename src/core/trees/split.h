/*
 * split.h
 *	  The best split of a node by one feature.
 *
 * Rows are counted in 64-bit words: the lower half counts rows, the upper half
 * those that churn, so that one addition counts a row and one subtraction
 * gives the other side.
 */
#ifndef SPK_CORE_TREES_SPLIT_H
#define SPK_CORE_TREES_SPLIT_H

#include "core/models/model.h"

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

/* The rows of a node by code of one feature; codes without rows are left out. */
typedef struct SpkGroups
{
	uint32_t n;
	SpkTally missing;
	SpkTally tally[SPK_MAX_BINS];
	uint8_t	 code[SPK_MAX_BINS];
} SpkGroups;

/* What makes one split better than another. */
typedef struct SpkCriterion
{
	double	 weight[2]; /* of the classes */
	uint32_t min_leaf;
	bool	 entropy;
	double	 min_gain; /* a split must take off more impurity than this */
} SpkCriterion;

/* The best split so far of a node. */
typedef struct SpkSplit
{
	bool	   found;
	bool	   category;
	bool	   missing_left;
	uint8_t	   cut; /* numbers: left when code <= cut */
	uint16_t   feature;
	double	   cost; /* impurity left on both sides; without a split, the bound to stay under */
	SpkTally   left; /* rows on the left side */
	SpkCodeSet set;	 /* categories: codes on the left side */
} SpkSplit;

/*
 * Weighted impurity of a group of rows: its class-weighted size times its
 * Gini impurity or its entropy in bits.  0 when all are of one class; there
 * must be a row.
 */
extern double spk_impurity(const SpkCriterion *criterion, SpkTally tally);

/*
 * Starts the search in a node with these rows.  A split counts only when it
 * takes off more than min_gain, and more than 1e-12 times the node's weight,
 * which rounding cannot.
 */
extern SpkSplit spk_split_none(const SpkCriterion *criterion, SpkTally node);

/*
 * Tries all splits of the node by this feature and keeps the best one in
 * *best.  groups: by ascending code; categories are reordered.
 *
 * Candidates, in order: after each group but the last, missing values (if any)
 * to the right, then to the left; at last, known values against missing ones.
 * The lowest cost wins; of equal ones the lowest feature, then the first
 * candidate.  Numbers are cut in the middle of a gap of codes without rows.
 * Categories are tried in order of their churn rate (equal: of code), which
 * finds the best of all subsets (Fisher: On grouping for maximum homogeneity,
 * 1958; Breiman et al.: Classification and regression trees, 1984); the ones
 * that are not in the node go where missing values go.  Without missing values
 * in the node they go to the larger side (equal: left).
 */
extern void spk_split_feature(const SpkCriterion *criterion, SpkTally node, uint16_t feature,
							  bool category, uint32_t n_bins, SpkGroups *groups, SpkSplit *best);

/*
 * Binary logarithm of a positive normal number by +, -, * and / alone, so that
 * it has the same bits on every machine; within 2 units in the last place of
 * the larger of result and 1.
 */
extern double spk_log2(double x);

#endif /* SPK_CORE_TREES_SPLIT_H */
