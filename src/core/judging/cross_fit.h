/*
 * cross_fit.h
 *	  Scores of rows by a model that has not seen them: what calibration and its
 *	  threshold go by.
 */
#ifndef SPK_CORE_JUDGING_CROSS_FIT_H
#define SPK_CORE_JUDGING_CROSS_FIT_H

#include "core/judging/samples.h"

/*
 * Scores the rows in the fold by a model fitted to all others, into scored,
 * which has room for them; *n is their number.  Algorithm, options and features
 * are those of like, of which nothing changes; the model is given back.  What
 * follows from its trees but not for its scores (permutation importance) is
 * left out.  SPK_INVALID unless the others are of both classes, SPK_LIMIT,
 * SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_score_unseen(const SpkHost *host, const SpkSamples *samples, int fold,
								  const SpkModel *like, SpkScored *scored, size_t *n);

/*
 * Fits the model's calibration, by its option, to n rows (at least 1) scored by
 * models that have not seen them, and judges the calibrated scores, which take
 * their place, at the threshold that is best by the rule of spk_flag_best.  SPK_CANCELLED,
 * SPK_NO_MEMORY.
 */
extern SpkStatus spk_calibrate_by(const SpkHost *host, SpkScored *scored, size_t n, SpkModel *model,
								  SpkMetrics *metrics);

/* Sets the threshold and the facts SPK_FACT_CV_… of a calibrated model. */
extern void spk_judge_calibrated(const SpkMetrics *metrics, SpkModel *model);

/*
 * As spk_fit_without, but calibrated, as the model's option calibrate says, by
 * scores of the same rows that models fitted to n_parts - 1 of n_parts give the
 * last one: these are the folds, 0 .. n_parts - 1, of parted, the rows of
 * samples otherwise.
 */
extern SpkStatus spk_fit_calibrated(const SpkHost *host, const SpkSamples *samples, int fold,
									const SpkSamples *parted, int n_parts, SpkModel *model);

#endif							/* SPK_CORE_JUDGING_CROSS_FIT_H */
