/*
 * weighted_auc.h
 *	  How well scores rank rows of which some weigh more than others.
 */
#ifndef SPK_CORE_JUDGING_WEIGHTED_AUC_H
#define SPK_CORE_JUDGING_WEIGHTED_AUC_H

#include "core/judging/scores.h"

/* A scored row and how much it counts, which is above 0. */
typedef struct SpkWeightedScore
{
	SpkScored scored;
	double	  weight;
} SpkWeightedScore;

/*
 * Sets *auc to the chance that of two rows of different classes, each drawn by weight, the
 * one that churned has the higher score, where equal ones count half.  That is the AUC of
 * rows which are there as often as they weigh; NaN unless there are rows of both classes.
 * The n rows are sorted in place, and stay the caller's; the order in which they came
 * leaves no trace.  SPK_CANCELLED, SPK_NO_MEMORY, after which
 * the rows are undefined.
 */
extern SpkStatus spk_weighted_auc(const SpkHost *host, SpkWeightedScore *rows, uint32_t n,
								  double *auc);

#endif /* SPK_CORE_JUDGING_WEIGHTED_AUC_H */
