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
 * units of 2^-32; each for those who stayed and those who churned.  What
 * the tally of a whole forest says, oob_finish.h tells.
 */
#ifndef SPK_CORE_TREES_OOB_H
#define SPK_CORE_TREES_OOB_H

#include "core/trees/forest.h"

/* Words of the tally; 0 when there is none: without bootstrap. */
extern size_t spk_oob_words(const SpkForestPlan *plan, const SpkMatrix *matrix);

#endif							/* SPK_CORE_TREES_OOB_H */
