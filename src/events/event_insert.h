/*
 * event_insert.h
 *	  The INSERT that loads events through the executor, and what its plan tells.
 */
#ifndef SPK_EVENTS_EVENT_INSERT_H
#define SPK_EVENTS_EVENT_INSERT_H

#include "postgres.h"

#include "utils/rel.h"

typedef struct SpkInsert SpkInsert;

/*
 * Plans the INSERT of the columns that are bound (see spk_bind_columns) into a
 * relation that is locked, from the function reader(load).  Lives in the current
 * memory context.  What cannot be inserted into raises PostgreSQL's own error.
 */
extern SpkInsert *spk_insert_plan(Relation rel, const int *columns, Oid reader, int load);

/*
 * Whether the plan does nothing but insert into just that relation: no rules,
 * no checks of views or policies, and nothing that an extension put into it.
 */
extern bool spk_insert_is_plain(const SpkInsert *insert);

/*
 * Whether the executor deals with each row before it takes the next: not known
 * of foreign tables and of what an extension put into the plan.
 */
extern bool spk_insert_in_step(const SpkInsert *insert);

/* Runs it; returns the rows that the statement reports. */
extern int64 spk_insert_run(SpkInsert *insert);

#endif /* SPK_EVENTS_EVENT_INSERT_H */
