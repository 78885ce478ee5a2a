/*
 * column_options.h
 *	  What is said of single columns of a log: the key or path at which a value stands,
 *	  and the unit of numbers that are times.
 */
#ifndef SPK_EVENTS_COLUMN_OPTIONS_H
#define SPK_EVENTS_COLUMN_OPTIONS_H

#include "postgres.h"

#include "nodes/parsenodes.h"
#include "nodes/pg_list.h"
#include "utils/jsonb.h"
#include "utils/rel.h"

/* What a table says of one of its columns; all NULL: nothing. */
typedef struct SpkColumnOptions
{
	char *key;	/* its key, at the top of a line */
	List *path; /* or the keys on the way to it, as strings; a path without keys is the line */
	bool  has_path;
	char *unit; /* of the numbers that are times */
} SpkColumnOptions;

/* The names of the options, for hints. */
#define SPK_COLUMN_OPTIONS "key, path, unit"

/*
 * Puts the option of this name and value into *options; false when there is none of
 * that name.  A path that is no array, a unit that there is not, and a key beside a
 * path are errors.
 */
extern bool spk_column_option(SpkColumnOptions *options, const char *name, char *value);

/*
 * The options of a relation's columns from a JSON object, as in
 * '{"price": {"path": "{items,0,price}"}, "created_at": {"key": "ts", "unit": "ms"}}', by
 * attribute.  A column that the relation has not, or that no line gives a value to
 * (left_out), and anything but options with strings are errors.
 */
extern SpkColumnOptions *spk_columns_from_jsonb(Relation rel, const bool *left_out, Jsonb *columns);

#endif /* SPK_EVENTS_COLUMN_OPTIONS_H */
