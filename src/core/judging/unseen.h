/*
 * unseen.h
 *	  The threshold of a boosted model that early stopping has shown rows which its trees
 *	  had not seen: what these were scored costs no further fit.
 */
#ifndef SPK_CORE_JUDGING_UNSEEN_H
#define SPK_CORE_JUDGING_UNSEEN_H

#include "core/judging/cross_fit.h"

/*
 * Will a fit with these options hold out enough rows to choose its threshold by?  There are
 * so many rows, so many of which churn, and those of the rarer class are of so many users.
 * False when the threshold is to be chosen in another way.
 */
extern bool spk_holds_out_enough(const SpkOptions *options, SpkAlgorithm algorithm, uint32_t n_rows,
								 uint32_t n_positives, uint32_t n_rare_users);

/*
 * Sets *n to the number of users of whom the table has rows of the rarer class; groups are
 * the rows' keys as in folds.h, or NULL.  It takes up to 16 bytes of host memory for each of
 * these rows while it works.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_count_rare_users(const SpkHost *host, const SpkTable *table,
									  const uint64_t *groups, uint32_t *n);

/*
 * The same for the rows of samples outside the fold, which has the matrix.  It takes a byte
 * for each user.  Sets *n_rows and *n_positives to how many rows there are.
 */
extern SpkStatus spk_samples_rare_users(const SpkHost *host, const SpkSamples *samples, int fold,
										uint32_t *n_rows, uint32_t *n_positives, uint32_t *n);

/*
 * Chooses the threshold of a model that has been fitted by its rows held out, and releases
 * these.  The threshold has the best F1, of equal ones it is the highest, but never flags
 * all.  F1 is reckoned with each row's chance to churn instead of its label, because few
 * labels say little of where the best F1 is: the model's score, corrected by a curve that
 * is fitted to the labels, and by the label itself the more, the more rows there are.
 *
 * *fitted judges the scores at the threshold by the labels; see spk_cross_fit_facts.  There
 * must be rows held out.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_unseen_learn(const SpkHost *host, SpkModel *model, SpkCrossFitted *fitted);

#endif /* SPK_CORE_JUDGING_UNSEEN_H */
