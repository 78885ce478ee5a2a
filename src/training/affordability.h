/*
 * affordability.h
 *	  How many workers there is memory for, within sparkify.max_training_memory.
 */
#ifndef SPK_TRAINING_AFFORDABILITY_H
#define SPK_TRAINING_AFFORDABILITY_H

#include "postgres.h"

#include "core/trees/boost.h"
#include "core/trees/forest.h"

/*
 * Returns how many of these workers a forest may have: fewer than n_workers when there is
 * no memory for all of them.  Not enough for the leader alone is an error.
 *
 * The table's values count until they are binned, and its names until the end.  Of the
 * matrix, which need not exist yet, only n_rows, n_features and stride are used.
 */
extern int spk_affordable_workers(const SpkForestPlan *plan, const SpkMatrix *matrix,
								  const SpkTable *table, int n_workers);

/*
 * Raises an error when a serial fit to codes of the table's rows takes too much memory.
 * The model's algorithm, options and features are set.
 */
extern void spk_check_fit_memory(const SpkModel *model, const SpkMatrix *matrix,
								 const SpkTable *table);

/*
 * The same as spk_affordable_workers, for gradient boosting.  Sets plan->columns where there is
 * memory for columns beside these workers.
 */
extern int spk_affordable_boosters(SpkBoostPlan *plan, const SpkMatrix *matrix,
								   const SpkTable *table, int n_workers);

#endif /* SPK_TRAINING_AFFORDABILITY_H */
