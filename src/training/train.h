/*
 * train.h
 *	  From collected rows to a model.
 */
#ifndef SPK_TRAINING_TRAIN_H
#define SPK_TRAINING_TRAIN_H

#include "postgres.h"

#include "fmgr.h"

#include "core/models/options.h"
#include "rows/row_store.h"
#include "training/train_failure.h"
#include "training/train_warnings.h"

/* Error when one of the n first arguments that has a name here (others: NULL) is NULL. */
extern void spk_require_args(FunctionCallInfo fcinfo, const char *const *names, int n);

/*
 * The algorithm of this name (len bytes).  An unknown name is
 * ERRCODE_INVALID_PARAMETER_VALUE.
 */
extern SpkAlgorithm spk_training_algorithm(const char *name, size_t len);

/*
 * Trains on these rows; the value of a churn_model, palloc'd, or NULL when they
 * do not do, which the counts tell.  Warnings that warned has are not given again.
 * The same multiset of rows gives the same bytes.
 * The rows are used up: their memory is given back as soon as they are binned,
 * before trees grow, and all but the result in the end.
 */
extern bytea *spk_train(SpkRowStore *rows, SpkTrainingCounts *counts, SpkWarned *warned);

/* Most bins of a feature.  Where they are no option they only tell how the feature was spread. */
extern uint32 spk_training_bins(SpkAlgorithm algorithm, const SpkOptions *options);

/* The counts of these rows, of which nothing but their labels is known. */
extern SpkTrainingCounts spk_training_counts(const SpkRowStore *rows);

#endif							/* SPK_TRAINING_TRAIN_H */
