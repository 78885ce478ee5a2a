/*
 * json_condition.h
 *	  Conditions that are checked on an event before it is made into values of SQL.
 */
#ifndef SPK_EVENTS_JSON_CONDITION_H
#define SPK_EVENTS_JSON_CONDITION_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "core/events/event_columns.h"
#include "events/event_binding.h"

typedef struct SpkJsonConditions SpkJsonConditions;

/*
 * Takes from *conditions, which becomes a new list, those that compare a column with
 * constants: a text that is or is not one of some, a time or an integer below or above
 * another, NULL.  None of them raises an error, so they may come before the others.  By
 * the number of a Var of theirs columns says which column of the schema it is.
 */
extern SpkJsonConditions *spk_json_conditions_take(List **conditions, const SpkBinding *binding,
												   const int *columns);

/* Is each of them true of the event? */
extern bool spk_json_conditions_hold(const SpkJsonConditions *conditions, const SpkEventRow *row);

#endif /* SPK_EVENTS_JSON_CONDITION_H */
