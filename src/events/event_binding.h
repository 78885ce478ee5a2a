/*
 * event_binding.h
 *	  Which columns of a table stand where in the lines of a log.
 */
#ifndef SPK_EVENTS_EVENT_BINDING_H
#define SPK_EVENTS_EVENT_BINDING_H

#include "postgres.h"

#include "access/tupdesc.h"

#include "core/events/event_schema.h"
#include "events/column_options.h"
#include "events/event_cast.h"

typedef struct SpkBinding
{
	SpkSchema	*schema;
	int			 natts;
	int			*columns; /* by attribute: the column of the schema, or SPK_EVENT_NO_COLUMN */
	SpkCast		*casts;	  /* by column of the schema */
	uint8		*ways;	/* likewise: its SpkCastWay, close together as each row needs all of them */
	const char **names; /* likewise: what the table calls it; NULL of one that it does not have */
	bool		 any_checked;
} SpkBinding;

/*
 * Binds a row type of churn_event's columns to the music log's schema, which has all
 * of them, in the current memory context.
 */
extern SpkBinding *spk_binding_music(TupleDesc tupdesc);

/*
 * Binds the columns of a table to a schema of their own, in the current memory
 * context: by the options, or else by their names.  options and left_out are by
 * attribute; either may be NULL.  Columns that are left out get no value.
 *
 * A table that has columns of churn_event alone, by name and type, or among others
 * ts, userid, sessionid and page, is one of the music log: these columns have that
 * log's keys and rules.
 *
 * An option that does not fit the type of its column is an error.
 */
extern SpkBinding *spk_binding_table(TupleDesc tupdesc, const SpkColumnOptions *options,
									 const bool *left_out);

/* The unit with this name, or SPK_UNIT_NONE when there is no such unit. */
extern SpkTimeUnit spk_unit_of_name(const char *name);

/* The names of the units, for hints. */
#define SPK_TIME_UNITS "s, ms, us, ns"

#endif /* SPK_EVENTS_EVENT_BINDING_H */
