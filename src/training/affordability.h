/*
 * affordability.h
 *	  How many workers there is memory for.
 */
#ifndef SPK_TRAINING_AFFORDABILITY_H
#define SPK_TRAINING_AFFORDABILITY_H

#include "postgres.h"

#include "core/trees/boost.h"
#include "core/trees/forest.h"

/*
 * How many of these workers a forest may have: fewer when there is no memory
 * for all of them.  The table's rows are there until they are binned, its names
 * until the end.  An error when there is not enough for the leader alone.  Of
 * the matrix only n_rows, n_features and stride are used.
 */
extern int spk_affordable_workers(const SpkForestPlan *plan, const SpkMatrix *matrix,
								  const SpkTable *table, int n_workers);

/*
 * Error when a serial fit of the model, whose algorithm, options and features
 * are set, to the table's rows as codes takes too much.
 */
extern void spk_check_fit_memory(const SpkModel *model, const SpkMatrix *matrix,
								 const SpkTable *table);

/* How many of these workers gradient boosting may have, as a forest. */
extern int spk_affordable_boosters(const SpkBoostPlan *plan, const SpkMatrix *matrix,
								   const SpkTable *table, int n_workers);

#endif /* SPK_TRAINING_AFFORDABILITY_H */
