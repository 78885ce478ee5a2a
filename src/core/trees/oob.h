/*
 * oob.h
 *	  Out of bag: a forest judged by the rows that its trees have not seen
 *	  (Breiman: Random forests, 2001), without data set aside for it.
 *
 * About a third of the rows are not drawn for a tree.  Right after it has
 * grown, whoever grew it predicts them (spk_grower_judge), and adds to a tally
 * of 64-bit words.  The tally only ever grows by whole numbers, so that tallies
 * of several workers add up, word by word, to the same one whatever tree was
 * grown where.
 *
 * Of more than 131,072 rows every second, third, … is judged; their order is that
 * of a hash of their content (see matrix.c), so that these stand for all.
 *
 * A judged row's word holds the number of trees that have not seen it in the lower 14
 * bits, and above them the sum of their predictions, in units of 2^-32.  For
 * permutations 2 + 2 * n_features words follow, two's complement: the rows
 * judged, and for each feature the squared error that shuffling it adds, in
 * units of 2^-32; each for those who stayed and those who churned.
 */
#ifndef SPK_CORE_TREES_OOB_H
#define SPK_CORE_TREES_OOB_H

#include "core/trees/forest.h"
#include "core/judging/metrics.h"

/* Below so many rows of either class no threshold is chosen. */
#define SPK_OOB_MIN_CLASS	10

/* Words of the tally; 0 when there is none: without bootstrap. */
extern size_t spk_oob_words(const SpkForestPlan *plan, const SpkMatrix *matrix);

/*
 * Flags rows, which spk_metrics has judged, sorted by it, at another threshold:
 * halfway between the lowest score flagged and the next lower one, such that
 * flagging has the best F1 of the churn class; of equal ones the highest.  It
 * stays what it is when fewer than SPK_OOB_MIN_CLASS rows of either class are
 * there, and when the best is to flag everybody.
 */
extern void spk_flag_best(const SpkScored *rows, size_t n, SpkMetrics *metrics);

/*
 * What the whole tally says, into the model: facts SPK_FACT_OOB_… (NaN when no
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

#endif							/* SPK_CORE_TREES_OOB_H */
