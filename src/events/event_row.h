/*
 * event_row.h
 *	  From an event as plain C values to a tuple.
 */
#ifndef SPK_EVENTS_EVENT_ROW_H
#define SPK_EVENTS_EVENT_ROW_H

#include "postgres.h"

#include "access/tupdesc.h"

#include "core/events/event_line.h"

typedef struct SpkColumnInfo
{
	const char *name; /* the JSON key, folded to lower case */
	Oid			type; /* timestamptz, int8, int4, float8 or text */
} SpkColumnInfo;

extern const SpkColumnInfo spk_columns[SPK_N_COLUMNS];

/*
 * For each attribute of the tuple descriptor the event's column with its name,
 * or SPK_EVENT_NO_COLUMN: an array of natts, palloc'd.  An attribute whose type is
 * not the column's is an error that names it.
 */
extern int *spk_bind_columns(TupleDesc tupdesc);

/*
 * Fills values and nulls of the attributes that are bound; the others become
 * NULL.  Texts, which come in the database's encoding, are copied into one chunk
 * of the current memory context.
 */
extern void spk_row_datums(const SpkEventRow *row, const int *columns, int natts, Datum *values,
						   bool *nulls);

#endif /* SPK_EVENTS_EVENT_ROW_H */
