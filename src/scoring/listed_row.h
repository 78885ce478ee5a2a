/*
 * listed_row.h
 *	  Predictions for rows of a query, by their columns instead.
 */
#ifndef SPK_SCORING_LISTED_ROW_H
#define SPK_SCORING_LISTED_ROW_H

#include "postgres.h"

#include "nodes/supportnodes.h"

/*
 * The call of churn_predict or churn_at_risk with the columns of its row as arguments, and
 * their names before them, in the current memory context.  NULL when the row is none whose
 * columns the query has, or when that would not mean the same.
 */
extern Node *spk_list_row(const SupportRequestSimplify *request);

#endif /* SPK_SCORING_LISTED_ROW_H */
