/*
 * oob_finish.h
 *	  What the tally of a whole forest says, see oob.h.
 */
#ifndef SPK_CORE_JUDGING_OOB_FINISH_H
#define SPK_CORE_JUDGING_OOB_FINISH_H

#include "core/trees/forest_grow.h"

/*
 * Puts what the tally says into the model: facts SPK_FACT_OOB_… (NaN when no
 * row is out of bag; the AUC also when all of them are of one class), the
 * threshold, and permutation of features when the plan says so.
 *
 * A row's score is the mean prediction of the trees that have not seen it.  The
 * threshold is chosen by spk_flag_best, from 0.5.
 *
 * Permutation importance is by how much the squared error of a tree's
 * predictions (the Brier score, classes weighted as in training) grows when
 * the feature's values are shuffled among the rows out of bag: its mean over
 * all trees and rows.
 *
 * Overwrites the tally.  SPK_CANCELLED.
 */
extern SpkStatus spk_oob_finish(const SpkHost *host, const SpkForestPlan *plan, const SpkMatrix *matrix,
								uint64_t *tally, SpkModel *model);

/*
 * Sets what follows from all trees: the importance of features, the threshold
 * and the facts above.  SPK_CANCELLED.
 */
extern SpkStatus spk_forest_finish(SpkForest *forest);

#endif							/* SPK_CORE_JUDGING_OOB_FINISH_H */
