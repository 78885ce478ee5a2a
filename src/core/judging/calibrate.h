/*
 * calibrate.h
 *	  Fitting the maps of calibration.h to predictions of rows that the model
 *	  has not seen.
 *
 * Platt (Platt: Probabilistic outputs for support vector machines, 1999)
 *	  Fitted by maximum likelihood with Platt's targets (Lin, Lin, Weng: A note on
 *	  Platt's probabilistic outputs, 2007).  The slope is 0 where scores say
 *	  nothing.
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

#include "core/judging/scores.h"
#include "core/models/calibration.h"

/*
 * Fits model->calibration, new host memory, by model's option calibrate to n
 * rows (at least 1) scored by models that have not seen them.  Sorts the rows;
 * their order before leaves no trace.  Takes 24 bytes a row of host memory
 * while it works, at most.  On failure nothing is held: SPK_NO_MEMORY,
 * SPK_CANCELLED.
 */
extern SpkStatus spk_calibrate(const SpkHost *host, SpkScored *rows, uint32_t n, SpkModel *model);

#endif							/* SPK_CORE_JUDGING_CALIBRATE_H */
