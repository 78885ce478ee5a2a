/*
 * boost_cuts.h
 *	  The best cut of a list of codes, by the sums of each, with AVX2.
 */
#ifndef SPK_CORE_TREES_BOOST_CUTS_H
#define SPK_CORE_TREES_BOOST_CUTS_H

#include "core/base/vectors.h"
#include "core/trees/boost_split.h"

/* The best cut so far. */
typedef struct SpkBoostCut
{
	double	 score;
	uint32_t n_left; /* this many codes, from the front of the list, go left */
	bool	 missing_left;
	bool	 found;
	SpkSums	 left;
} SpkBoostCut;

/* What is cut: a list of n codes, SPK_MAX_BINS at most, and missing values. */
typedef struct SpkBoostCodes
{
	const SpkSums *sums; /* n */
	uint32_t	   n;
	SpkSums		   missing;
	SpkSums		   node; /* all of them together */
	double		   l2;
	double		   min_hessian; /* of each side, at least 1 */
} SpkBoostCodes;

static inline SpkSums
spk_sums_add(SpkSums a, SpkSums b)
{
	return (SpkSums) {a.g + b.g, a.h + b.h};
}

static inline bool
spk_sums_empty(SpkSums sums)
{
	return sums.g == 0 && sums.h == 0;
}

/*
 * Tries the cuts behind each code but the last, with missing values on either side, in the
 * order of spk_boost_split_feature, and keeps the best one in *best.  The first one does so on
 * any processor; both give the same bits.
 */
extern void spk_try_cuts(const SpkBoostCodes *codes, SpkBoostCut *best);

#ifdef SPK_VECTORS
extern void spk_try_cuts_avx2(const SpkBoostCodes *codes, SpkBoostCut *best);
#endif

#endif /* SPK_CORE_TREES_BOOST_CUTS_H */
