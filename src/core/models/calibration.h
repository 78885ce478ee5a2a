/*
 * calibration.h
 *	  The map from a model's scores to probabilities that come true: of the rows
 *	  that get 0.2, a fifth churn.
 *
 * The map never decreases, except by rounding in Platt's form, so rows keep their
 * order.  The option calibrate tells which form a model has:
 *
 * Platt
 *	  1 / (1 + e to the -(slope * x + intercept)), with a slope that is not negative.
 *	  x is the log-odds of SPK_PLATT_SHRINK + (1 - 2 * SPK_PLATT_SHRINK) * score,
 *	  because scores of exactly 0 and 1, which forests give, have infinite log-odds.
 *
 * Isotonic
 *	  Straight lines from each point to the next.  Scores before the first point and
 *	  behind the last get the probabilities of these points.
 */
#ifndef SPK_CORE_MODELS_CALIBRATION_H
#define SPK_CORE_MODELS_CALIBRATION_H

#include "core/models/model.h"

#define SPK_PLATT_SHRINK 0.001

/* The most points of an isotonic map, which has two for each step. */
#define SPK_MAX_POINTS 1000

/* Returns what Platt's form maps: the log-odds of a score (0 .. 1) that is kept off both ends. */
extern double spk_shrunken_log_odds(double score);

/* Returns the probability of churn for a score (both 0 .. 1); without a map, the score itself. */
extern double spk_calibrated(const SpkModel *model, double score);

/* Returns what is wrong with the calibration, for people (static text); NULL when nothing is. */
extern const char *spk_calibration_fault(const SpkModel *model);

/* Do these options ask for a calibrated model? */
static inline bool
spk_has_calibration(const SpkOptions *options)
{
	return options->value[SPK_OPT_CALIBRATE] != SPK_CALIBRATE_NONE;
}

#endif /* SPK_CORE_MODELS_CALIBRATION_H */
