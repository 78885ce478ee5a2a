/*
 * learn.h
 *	  Fitting a model to collected rows, by whatever algorithm it has.
 */
#ifndef SPK_TRAINING_LEARN_H
#define SPK_TRAINING_LEARN_H

#include "postgres.h"

#include "core/rows/matrix.h"

/*
 * Fits the model, whose algorithm, options and features are set, to the table:
 * all that training sets but calibration.  Workers help as the algorithm lets
 * them; the model does not depend on them.  The table's values are released as
 * soon as they are copied.  Memory beyond sparkify.max_training_memory is an
 * error before; a fit that did not converge, or whose weights have no end, is
 * told in a notice.
 */
extern void spk_learn(const SpkHost *host, SpkTable *table, SpkModel *model);

/*
 * Error when the model's features make more columns than its algorithm takes:
 * its matrix grows with their square.
 */
extern void spk_check_columns(const SpkModel *model);

/* Notices that the fit did not converge or has weights without end, by its facts. */
extern void spk_tell_of_fit(const SpkModel *model);

#endif							/* SPK_TRAINING_LEARN_H */
