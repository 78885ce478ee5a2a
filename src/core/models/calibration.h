/*
 * calibration.h
 *	  A map from a model's scores to probabilities that come true: of the rows
 *	  that get 0.2, a fifth churn.
 *
 * The map never decreases (Platt's but for rounding), so that rows keep their
 * order.  The option calibrate says which kind a model has:
 *
 * Platt
 *	  1 / (1 + e to the -(slope * x + intercept)), where x is the log-odds of
 *	  SPK_PLATT_SHRINK + (1 - 2 * SPK_PLATT_SHRINK) * score: scores of exactly 0
 *	  and 1, which forests give, would have infinite ones.  The slope is not
 *	  negative.
 *
 * Isotonic
 *	  Straight lines from each point to the next; beyond the ends as at the ends.
 */
#ifndef SPK_CORE_MODELS_CALIBRATION_H
#define SPK_CORE_MODELS_CALIBRATION_H

#include "core/models/model.h"

#define SPK_PLATT_SHRINK 0.001

/* An isotonic map has at most so many points, two for each step. */
#define SPK_MAX_POINTS 1000

/* What Platt's map counts from: the log-odds of a score, 0 .. 1, that is kept off the ends. */
extern double spk_shrunken_log_odds(double score);

/* The probability of churn, 0 .. 1, for a score, 0 .. 1; the score itself where there is no map. */
extern double spk_calibrated(const SpkModel *model, double score);

/* What is wrong with a calibration from outside, for people to read; NULL when nothing is. */
extern const char *spk_calibration_fault(const SpkModel *model);

/* Do these options ask for a calibrated model? */
static inline bool
spk_has_calibration(const SpkOptions *options)
{
	return options->value[SPK_OPT_CALIBRATE] != SPK_CALIBRATE_NONE;
}

#endif /* SPK_CORE_MODELS_CALIBRATION_H */
