/*
 * calibrate.h
 *	  Training's option calibrate.
 */
#ifndef SPK_TRAINING_CALIBRATE_H
#define SPK_TRAINING_CALIBRATE_H

#include "postgres.h"

#include "core/rows/matrix.h"
#include "core/judging/metrics.h"

/* Folds that rows are parted into: models are fitted to four fifths of them. */
#define SPK_CALIBRATION_FOLDS	5

/*
 * Fits the calibration of the model, whose algorithm, options and features are
 * set, to scores of all rows of the table by models that have not seen them;
 * rows of one group (a key for each row, see core/folds.h; or NULL) are never
 * on both sides.  What the calibrated scores are worth, at the threshold that
 * is best by the rule of core/oob.h, goes to metrics.  The table stays.  False,
 * and nothing is done, when there are too few users to part: those of class
 * *lone (0 stayed, 1 churned) are one.  Memory beyond
 * sparkify.max_training_memory is an error.
 */
extern bool spk_fit_calibration(const SpkHost *host, const SpkTable *table, const uint64 *groups,
								SpkModel *model, SpkMetrics *metrics, int *lone);

/* The error when there are. */
extern void spk_refuse_calibration(int lone);

/* The seed that names the folds: the option, or one for all that do not have it. */
extern uint64 spk_calibration_seed(SpkAlgorithm algorithm, const SpkOptions *options);

/*
 * Deals the table's rows out to SPK_CALIBRATION_FOLDS; the fold of each, in host
 * memory.  NULL when the rows of class *lone are all in one of them.
 */
extern uint8 *spk_deal_calibration(const SpkHost *host, const SpkTable *table, const uint64 *groups,
								   uint64 seed, int *lone);

#endif							/* SPK_TRAINING_CALIBRATE_H */
