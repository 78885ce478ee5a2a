/*
 * calibrate.h
 *	  The option calibrate of training: parts the rows, has them cross-fitted, and fits
 *	  the map.
 */
#ifndef SPK_TRAINING_CALIBRATE_H
#define SPK_TRAINING_CALIBRATE_H

#include "postgres.h"

#include "core/rows/matrix.h"
#include "core/judging/cross_fit.h"

/* The rows are parted into so many folds, so that each model is fitted to four fifths of them. */
#define SPK_CALIBRATION_FOLDS 5

/*
 * Fits the calibration of a model, whose algorithm, options and features are set,
 * to scores of all rows of the table by models that were not fitted to them.
 *
 * groups has a key for each row, as core/rows/folds.h describes, or is NULL: rows
 * with the same key are never on both sides of a fold.  *fitted judges the calibrated
 * scores at the threshold that is chosen for them.  The table is only read.
 *
 * Returns false, and does nothing, when there are too few users to part: all rows
 * of the class *lone (0: stayed, 1: churned) are of one user.  More memory than
 * sparkify.max_training_memory is an error.
 */
extern bool spk_fit_calibration(const SpkHost *host, const SpkTable *table, const uint64 *groups,
								SpkModel *model, SpkCrossFitted *fitted, int *lone);

/* Raises the error that all rows of the class lone are of one user, so that none can be parted. */
extern void spk_refuse_calibration(int lone);

/* The seed that names the folds: the option, or a constant for algorithms without that option. */
extern uint64 spk_calibration_seed(SpkAlgorithm algorithm, const SpkOptions *options);

/*
 * Parts the table's rows into SPK_CALIBRATION_FOLDS folds, as groups and seed say.
 * Returns the number of each row's fold, in host memory, or NULL when all rows of
 * the class *lone are in one fold.
 */
extern uint8 *spk_calibration_folds(const SpkHost *host, const SpkTable *table,
									const uint64 *groups, uint64 seed, int *lone);

#endif /* SPK_TRAINING_CALIBRATE_H */
