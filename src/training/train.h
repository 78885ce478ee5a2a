/*
 * train.h
 *	  From collected rows to a model.
 */
#ifndef SPK_TRAINING_TRAIN_H
#define SPK_TRAINING_TRAIN_H

#include "postgres.h"

#include "rows/row_store.h"
#include "training/train_failure.h"
#include "training/train_warnings.h"

/*
 * Trains on these rows.  Returns the value of a churn_model, palloc'd, or NULL when no
 * model can be trained on them; the counts tell why.  Warnings that warned has are not
 * given again.  The same multiset of rows gives the same bytes.
 *
 * The rows are used up: the memory of their values, unless they are borrowed, is given
 * back as soon as they are binned, before trees grow.  In the end only the result is left.
 */
extern bytea *spk_train_rows(SpkRowStore *rows, SpkTrainingCounts *counts, SpkWarned *warned);

#endif /* SPK_TRAINING_TRAIN_H */
