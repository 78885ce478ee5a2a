/*
 * cross_fit.h
 *	  Cross-fitting: every row is scored by a model that was not fitted to it.
 *
 * A model's scores of its own training rows are too good to calibrate by.  So
 * the rows are parted into folds.  For each fold a model is fitted to the rows
 * of all other folds, and scores the rows of this one.  The calibration and the
 * threshold are fitted to these scores of all rows; the models that gave them
 * are thrown away, and the model that is kept is fitted to all rows.
 *
 * All functions here return SPK_OK, or say what stopped them: SPK_CANCELLED when
 * the host asked to stop, SPK_NO_MEMORY when it gave none, and the statuses that
 * their comments name.  After a failure nothing is held but what spk_model_release
 * gives back of the caller's model.
 */
#ifndef SPK_CORE_JUDGING_CROSS_FIT_H
#define SPK_CORE_JUDGING_CROSS_FIT_H

#include "core/judging/samples.h"

/*
 * Fits a model to the rows outside the fold, scores the rows in the fold with it,
 * and throws the model away.  The model has the algorithm, options and features
 * of like, which is only read.  Permutation importance is not measured, as no
 * score depends on it.
 *
 * scored belongs to the caller and must have room for all rows in the fold; their
 * number is returned in *n.  Returns SPK_INVALID when the rows outside the fold
 * are all of one class, and SPK_LIMIT when the model would exceed a documented
 * limit.
 */
extern SpkStatus spk_cross_fit_score(const SpkHost *host, const SpkSamples *samples, int fold,
									 const SpkModel *like, SpkScored *scored, size_t *n);

/*
 * Fits the map that the model's option calibrate asks for to n scored rows, at
 * least one, and stores it in model->calibration, which is new host memory.  The
 * rows must have been scored by models that were not fitted to them.
 *
 * Each score in scored is replaced by its calibrated value, and *metrics judges
 * the calibrated scores at the threshold that spk_flag_best chooses for them.  The
 * model's threshold and facts are not set; see spk_cross_fit_facts.
 */
extern SpkStatus spk_cross_fit_calibrate(const SpkHost *host, SpkScored *scored, size_t n,
										 SpkModel *model, SpkMetrics *metrics);

/* Sets a calibrated model's threshold and its facts SPK_FACT_CV_… to what the metrics say. */
extern void spk_cross_fit_facts(const SpkMetrics *metrics, SpkModel *model);

/*
 * Fits the model to the rows of samples that are not in the fold, as
 * spk_samples_fit does, and calibrates it by cross-fitting within the same rows.
 *
 * parted holds the same rows as samples, but its folds are the n_parts parts
 * (0 .. n_parts - 1) that cross-fitting leaves out one after the other.  The
 * model's option calibrate names the map, and stays as it was.  Returns
 * SPK_INVALID when some part leaves rows of one class only, and SPK_LIMIT when a
 * model would exceed a documented limit.
 */
extern SpkStatus spk_cross_fit_model(const SpkHost *host, const SpkSamples *samples, int fold,
									 const SpkSamples *parted, int n_parts, SpkModel *model);

#endif /* SPK_CORE_JUDGING_CROSS_FIT_H */
