/*
 * train_additive.h
 *	  Training of models without trees.
 */
#ifndef SPK_TRAINING_TRAIN_ADDITIVE_H
#define SPK_TRAINING_TRAIN_ADDITIVE_H

#include "postgres.h"

#include "core/rows/matrix.h"

/*
 * Fits the model, whose algorithm (logistic_regression or naive_bayes),
 * options and features are set, to the table: its terms, the importance of
 * features, the facts of the fit and a threshold of 0.5.  The table is released
 * as soon as its rows are copied.  Memory beyond sparkify.max_training_memory
 * is an error; a fit that did not converge, or whose weights have no end, is
 * told in a notice.
 */
extern void spk_fit_additive(const SpkHost *host, SpkTable *table, SpkModel *model);

/*
 * Error when a logistic regression on the model's features has too many
 * columns: its matrix grows with their square.
 */
extern void spk_check_columns(const SpkModel *model);

/* Notices that a logistic regression did not converge or has weights without end, by its facts. */
extern void spk_tell_of_fit(const SpkModel *model);

#endif							/* SPK_TRAINING_TRAIN_ADDITIVE_H */
