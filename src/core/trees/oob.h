/*
 * oob.h
 *	  Out of bag: judges a forest by the rows that its trees have not seen
 *	  (Breiman: Random forests, 2001), so that no data need be set aside for it.
 *
 * About a third of the rows are not drawn for a tree.  Right after a tree has
 * grown, the process that grew it predicts these rows (spk_grower_tally), and adds
 * the predictions to a tally of 64-bit words.  The tally only ever grows by whole
 * numbers.  So the tallies of several workers add up, word by word, to the same
 * one, whichever tree was grown where.
 *
 * Of more than 131,072 rows only every second, third and so on is judged.  Rows
 * are in the order of a hash of their content (see matrix.c), so that these stand
 * for all.
 *
 * The tally has a word for each judged row.  Its lower 14 bits count the trees
 * that have not seen the row, and the bits above hold the sum of their predictions,
 * in units of 2^-32.  With permutation importance, 2 + 2 * n_features words in
 * two's complement follow: the number of rows judged, and for each feature the
 * squared error that shuffling it adds, in units of 2^-32, each first for rows that
 * stayed and then for rows that churned.  oob_finish.h says what becomes of the
 * tally of a whole forest.
 */
#ifndef SPK_CORE_TREES_OOB_H
#define SPK_CORE_TREES_OOB_H

#include "core/trees/forest.h"

/* How many words the tally has; 0 without bootstrap, when there is nothing to judge. */
extern size_t spk_oob_words(const SpkForestPlan *plan, const SpkMatrix *matrix);

#endif /* SPK_CORE_TREES_OOB_H */
