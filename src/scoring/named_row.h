/*
 * named_row.h
 *	  Rows whose columns keep their names when a query is sent elsewhere as text.
 */
#ifndef SPK_SCORING_NAMED_ROW_H
#define SPK_SCORING_NAMED_ROW_H

#include "postgres.h"

#include "nodes/primnodes.h"

/*
 * The call with its row made by sparkify_named_row, in the current memory context.  NULL when
 * nothing is to be changed: no argument is a row that the planner has made of a subquery's
 * columns.  PostgreSQL's own planner and executor keep the names.
 */
extern Node *spk_name_row(const FuncExpr *call);

#endif /* SPK_SCORING_NAMED_ROW_H */
