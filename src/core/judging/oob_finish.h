/*
 * oob_finish.h
 *	  Judges a whole forest by its tally, which oob.h describes.
 */
#ifndef SPK_CORE_JUDGING_OOB_FINISH_H
#define SPK_CORE_JUDGING_OOB_FINISH_H

#include "core/trees/forest_grow.h"

/*
 * Sets, by the tally, the model's facts SPK_FACT_OOB_…, its threshold, the counts of its
 * scores and, when the plan asks for it, the permutation importance of its features.  The
 * facts are NaN when no row is out of bag; the AUC is also NaN when all of them are of one
 * class.
 *
 * A row's score is the mean prediction of the trees that have not seen it.  The
 * threshold is the one that spk_choose_threshold chooses for these scores.
 *
 * The permutation importance of a feature says by how much the squared error of a
 * tree's predictions (the Brier score, with classes weighted as in training) grows
 * when the feature's values are shuffled among the rows out of bag.  It is the mean
 * over all trees and rows.
 *
 * The tally is overwritten.  Returns SPK_CANCELLED when the host asked to stop.
 */
extern SpkStatus spk_oob_finish(const SpkHost *host, const SpkForestPlan *plan,
								const SpkMatrix *matrix, uint64_t *tally, SpkModel *model);

/*
 * Sets what follows from all trees of the forest: the importance of features, the
 * threshold, and the facts above.  Returns SPK_CANCELLED when the host asked to
 * stop.
 */
extern SpkStatus spk_forest_finish(SpkForest *forest);

#endif /* SPK_CORE_JUDGING_OOB_FINISH_H */
