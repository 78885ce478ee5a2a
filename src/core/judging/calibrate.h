/*
 * calibrate.h
 *	  From what a model predicts to probabilities that come true: of the rows
 *	  predicted 0.2, a fifth churn.
 *
 * The map is fitted to predictions of rows that the model has not seen.  It
 * never decreases (Platt's but for rounding), so that rows keep their order.
 *
 * Platt (Platt: Probabilistic outputs for support vector machines, 1999)
 *	  1 / (1 + e to the -(slope * x + intercept)), where x is the log-odds of
 *	  SPK_PLATT_SHRINK + (1 - 2 * SPK_PLATT_SHRINK) * score: scores of exactly 0
 *	  and 1, which forests give, would have infinite ones.  Fitted by maximum
 *	  likelihood with Platt's targets (Lin, Lin, Weng: A note on Platt's
 *	  probabilistic outputs, 2007).  The slope is not negative; 0 where scores
 *	  say nothing.
 *
 * Isotonic (Zadrozny, Elkan: Transforming classifier scores into accurate
 * multiclass probability estimates, 2002)
 *	  The step function that never decreases and has the least squared error,
 *	  with straight lines from the end of a step to the start of the next, as
 *	  in scikit-learn.  Its ends are cut to Platt's targets, 1 / (negatives + 2)
 *	  and (positives + 1) / (positives + 2), because nothing seen a finite number
 *	  of times is impossible or certain.
 */
#ifndef SPK_CORE_JUDGING_CALIBRATE_H
#define SPK_CORE_JUDGING_CALIBRATE_H

#include "core/judging/metrics.h"
#include "core/models/model.h"

#define SPK_PLATT_SHRINK		0.001

/* Points of an isotonic map, at most: two a step. */
#define SPK_MAX_POINTS			1000

/*
 * Fits model->calibration, new host memory, by model's option calibrate to n
 * rows (at least 1) scored by models that have not seen them.  Sorts the rows;
 * their order before leaves no trace.  Takes 24 bytes a row of host memory
 * while it works, at most.  On failure nothing is held: SPK_NO_MEMORY,
 * SPK_CANCELLED.
 */
extern SpkStatus spk_calibrate(const SpkHost *host, SpkScored *rows, uint32_t n, SpkModel *model);

/* The probability of churn, 0 .. 1, for a score, 0 .. 1: itself when the model is not calibrated. */
extern double spk_calibrated(const SpkModel *model, double score);

/* What is wrong with a calibration from outside, for people; NULL: nothing. */
extern const char *spk_calibration_fault(const SpkModel *model);

/* Does training with these options calibrate? */
static inline bool
spk_has_calibration(const SpkOptions *options)
{
	return options->value[SPK_OPT_CALIBRATE] != SPK_CALIBRATE_NONE;
}

#endif							/* SPK_CORE_JUDGING_CALIBRATE_H */
