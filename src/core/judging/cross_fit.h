/*
 * cross_fit.h
 *	  Cross-fitting: every row is scored by a model that was not fitted to it.
 *
 * A model's scores of its own training rows are too good to calibrate by, or to
 * choose a threshold by.  So the rows are parted into folds.  For each fold a model
 * is fitted to the rows of all other folds, and scores the rows of this one.  The
 * calibration and the threshold are fitted to these scores; the models that gave
 * them are thrown away, and the model that is kept is fitted to all rows.  A
 * calibration needs the scores of all rows.  For a threshold alone those of some
 * rows do, which effort.h describes; and none where boosting holds enough rows out
 * (unseen.h).
 *
 * All functions here return SPK_OK, or say what stopped them: SPK_CANCELLED when
 * the host asked to stop, SPK_NO_MEMORY when it gave none, and the statuses that
 * their comments name.  After a failure nothing is held but what spk_model_release
 * gives back of the caller's model.
 */
#ifndef SPK_CORE_JUDGING_CROSS_FIT_H
#define SPK_CORE_JUDGING_CROSS_FIT_H

#include "core/judging/calibrate.h"
#include "core/judging/samples.h"
#include "core/models/calibration.h"

/* What scores of rows that models had not seen have shown. */
typedef struct SpkCrossFitted
{
	SpkMetrics		 metrics; /* at the threshold */
	SpkThresholdRule rule;	  /* how the threshold was chosen */
	SpkScoreCounts	 scores;  /* how the scores are spread */
} SpkCrossFitted;

/*
 * Does a model with these options need a cross-fit?  It does when it is to be calibrated,
 * and for its threshold, unless that is given or chosen out of bag.
 */
static inline bool
spk_needs_cross_fit(const SpkOptions *options, SpkAlgorithm algorithm)
{
	bool out_of_bag = spk_option_applies(SPK_OPT_BOOTSTRAP, algorithm) &&
		options->value[SPK_OPT_BOOTSTRAP] != 0;

	return spk_has_calibration(options) ||
		(options->value[SPK_OPT_THRESHOLD] == SPK_THRESHOLD_F1 && !out_of_bag);
}

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
 * Learns from n scored rows, at least one, that were scored by models that were not
 * fitted to them.  The weights of rows are looked at by calibrations; the threshold and
 * the metrics count rows.  Fits the map that the model's option calibrate asks for, stores it in
 * model->calibration, which is new host memory, and replaces each score in scored by its
 * calibrated value.  Then it chooses the threshold by spk_choose_threshold.
 *
 * *fitted judges the scores at that threshold.  The model's threshold and facts are not
 * set; see spk_cross_fit_facts.
 */
extern SpkStatus spk_cross_fit_learn(const SpkHost *host, SpkScored *scored, size_t n,
									 SpkScoredWeights weights, SpkModel *model,
									 SpkCrossFitted *fitted);

/* Do calibrations of a model with these options look at the weights of rows? */
static inline bool
spk_calibrates_by_weight(const SpkOptions *options)
{
	return spk_has_calibration(options) && spk_has_weights(options);
}

/*
 * Sets the model's threshold, its rule, the facts SPK_FACT_CV_… and the counts of scores to what
 * has been learned.  Models that spread their scores otherwise whenever they are fitted have no
 * counts.
 */
extern void spk_cross_fit_facts(const SpkCrossFitted *fitted, SpkModel *model);

/*
 * Fits the model to the rows of samples that are not in the fold, as
 * spk_samples_fit does.  It calibrates it and chooses its threshold by cross-fitting
 * within the same rows.
 *
 * parted holds the same rows as samples, but its folds are the parts into which
 * cross-fitting parts them.  The parts 0 .. n_parts - 1 are scored, each by a model that
 * was fitted to all others; rows that are SPK_HOLDOUT have no part in it.  The model's
 * option calibrate names the map, and stays as it was.  A model that holds out rows for
 * early stopping has its threshold by these, and no part is scored.
 *
 * Returns SPK_INVALID when some part leaves rows of one class only, and the model is to
 * be calibrated; otherwise its threshold is then that of spk_threshold_start.  Returns
 * SPK_LIMIT when a model would exceed a documented limit.
 */
extern SpkStatus spk_cross_fit_model(const SpkHost *host, const SpkSamples *samples, int fold,
									 const SpkSamples *parted, int n_parts, SpkModel *model);

#endif /* SPK_CORE_JUDGING_CROSS_FIT_H */
