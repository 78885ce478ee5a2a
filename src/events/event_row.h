/*
 * event_row.h
 *	  Turns an event from plain C values into a tuple's values.
 */
#ifndef SPK_EVENTS_EVENT_ROW_H
#define SPK_EVENTS_EVENT_ROW_H

#include "postgres.h"

#include "access/tupdesc.h"

#include "core/events/event_columns.h"
#include "events/event_binding.h"

typedef struct SpkEventRowColumn
{
	const char *name; /* the JSON key, folded to lower case */
	Oid			type; /* timestamptz, int8, int4, float8 or text */
} SpkEventRowColumn;

/* By SpkEventColumn. */
extern const SpkEventRowColumn spk_event_row_columns[SPK_N_COLUMNS];

/*
 * For each attribute of the tuple descriptor, the event's column of the same name
 * or SPK_EVENT_NO_COLUMN: a palloc'd array of natts.  An attribute of another type
 * than its column is an error that names it.
 */
extern int *spk_event_row_bind(TupleDesc tupdesc);

/* The column of churn_event with this name, or SPK_EVENT_NO_COLUMN. */
extern int spk_event_column_of(const char *name);

/*
 * Sets values and nulls of all attributes of the binding: those that are bound in
 * columns, which is its own array or a copy with fewer of them, get the row's values,
 * the others NULL.  Texts, which must be in the database's encoding, are copied into
 * one chunk of the current memory context, as is all else.
 */
extern void spk_event_row_datums(const SpkEventRow *row, SpkBinding *binding, const int *columns,
								 Datum *values, bool *nulls);

/* Which value gets which column of the schema. */
typedef struct SpkEventRowValue
{
	int at;
	int column;
} SpkEventRowValue;

/* The same of n values; others are left as they are. */
extern void spk_event_row_some(const SpkEventRow *row, SpkBinding *binding,
							   const SpkEventRowValue *some, int n, Datum *values, bool *nulls);

#endif /* SPK_EVENTS_EVENT_ROW_H */
