/*
 * learn.h
 *	  Fitting a model to collected rows, by whatever algorithm it has.
 */
#ifndef SPK_TRAINING_LEARN_H
#define SPK_TRAINING_LEARN_H

#include "postgres.h"

#include "core/rows/matrix.h"

/*
 * Fits the model to the table.  The caller sets the model's algorithm, options and
 * features before; this sets everything else that training does, but calibration.
 * Workers help as the algorithm lets them, and the model does not depend on them.
 *
 * The table's values are released as soon as they are copied.  More memory than
 * sparkify.max_training_memory is an error, before anything is fitted.  A NOTICE
 * tells of a fit that did not converge, or whose weights grow without end.
 */
extern void spk_learn(const SpkHost *host, SpkTable *table, SpkModel *model);

/*
 * Raises an error when the model's features make more columns than its algorithm
 * takes, because what it solves grows with their square.
 */
extern void spk_learn_check_columns(const SpkModel *model);

/* Raises a NOTICE when the facts say that the fit did not converge, or has weights without end. */
extern void spk_learn_tell_of_fit(const SpkModel *model);

#endif /* SPK_TRAINING_LEARN_H */
