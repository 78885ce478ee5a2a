/*
 * train.h
 *	  From collected rows to a model.
 */
#ifndef SPK_TRAIN_H
#define SPK_TRAIN_H

#include "postgres.h"

#include "core/options.h"
#include "row_store.h"

/*
 * The algorithm of this name (len bytes).  An unknown name is
 * ERRCODE_INVALID_PARAMETER_VALUE.
 */
extern SpkAlgorithm spk_training_algorithm(const char *name, size_t len);

/*
 * Trains on these rows, which are at least one of each class; the value of a
 * churn_model, palloc'd.  The same multiset of rows gives the same bytes.
 * The rows are used up: their memory is given back as soon as they are binned,
 * before trees grow, and all but the result in the end.
 */
extern bytea *spk_train(SpkRowStore *rows);

#endif							/* SPK_TRAIN_H */
