/*
 * score_bins.h
 *	  Bins for the scores of rows that models had not seen, for a model to keep.
 */
#ifndef SPK_CORE_JUDGING_SCORE_BINS_H
#define SPK_CORE_JUDGING_SCORE_BINS_H

#include "core/judging/scores.h"
#include "core/models/model.h"

/*
 * Counts n scored rows, at least one, in ascending order, in bins of about as many rows each.
 * Rows of one score are in one bin, and no bin is empty.  The same scores give the same bins.
 */
extern SpkScoreCounts spk_score_bins(const SpkScored *scored, size_t n);

/* Gives the model these counts, and the fact of how many rows they count; none with NULL or no bins. */
extern void spk_keep_scores(SpkModel *model, const SpkScoreCounts *scores);

#endif /* SPK_CORE_JUDGING_SCORE_BINS_H */
