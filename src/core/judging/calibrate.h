/*
 * calibrate.h
 *	  Fits the maps of core/models/calibration.h, which make probabilities of a
 *	  model's scores.
 *
 * They are fitted to scores of rows that the models which gave them had not seen.
 * There are two kinds of map.
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

/* How much rows count, as whole multiples of a unit (weights.h). */
typedef struct SpkScoredWeights
{
	const uint32_t *multiples; /* of each row, as they stand; NULL: all count as one */
	double			unit;
} SpkScoredWeights;

/*
 * Fits the map that the model's option calibrate asks for to n scored rows, at
 * least one, and stores it in model->calibration, which is new host memory.  The
 * rows are sorted, so that the order in which they came leaves no trace.  While
 * it works it takes at most 24 bytes of host memory for each row.  Returns
 * SPK_NO_MEMORY when the host gave none, and SPK_CANCELLED when it asked to stop;
 * then nothing is held.
 */
extern SpkStatus spk_calibrate(const SpkHost *host, SpkScored *rows, uint32_t n, SpkModel *model);

/* Likewise of rows that have weights; it takes 8 bytes more for each. */
extern SpkStatus spk_calibrate_weighted(const SpkHost *host, SpkScored *rows, uint32_t n,
										SpkScoredWeights weights, SpkModel *model);

#endif /* SPK_CORE_JUDGING_CALIBRATE_H */
