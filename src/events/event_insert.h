/*
 * event_insert.h
 *	  The INSERT that loads events through the executor, and what its plan shows.
 */
#ifndef SPK_EVENTS_EVENT_INSERT_H
#define SPK_EVENTS_EVENT_INSERT_H

#include "postgres.h"

#include "utils/rel.h"

typedef struct SpkInsert SpkInsert;

/*
 * Plans the INSERT of the columns that are bound into a locked relation.  Its rows
 * come from the function reader, which is called with the integer load and a NULL of
 * the relation's row type.  The result lives in the current memory context.  A relation
 * that cannot be inserted into is PostgreSQL's own error.
 */
extern SpkInsert *spk_insert_plan(Relation rel, const int *columns, Oid reader, int load);

/*
 * Does the plan only insert into just that relation?  Then there are no rules, no
 * checks of views or policies, and nothing that an extension put into it.
 */
extern bool spk_insert_is_plain(const SpkInsert *insert);

/*
 * Does the executor finish each row before it takes the next?  Of foreign tables,
 * and of what an extension put into the plan, that is not known: false.
 */
extern bool spk_insert_in_step(const SpkInsert *insert);

/* Runs the statement, and returns the number of rows that it reports. */
extern int64 spk_insert_run(SpkInsert *insert);

#endif /* SPK_EVENTS_EVENT_INSERT_H */
