/*
 * source.h
 *	  A source of rows that a user names: a table, a view or a query.
 *
 * This file owns SPI: everything runs with the caller's rights and sees what
 * the calling statement sees.
 */
#ifndef SPK_SOURCE_H
#define SPK_SOURCE_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "executor/tuptable.h"

/*
 * The source as an item of a FROM clause, alias q: a name, if need be
 * qualified and quoted, or one SELECT (or VALUES, TABLE, WITH ... SELECT) in
 * parentheses.  Anything else is an error.
 */
extern char *spk_source_from(const char *source);

/* Columns of such an item, in the current memory context. */
extern TupleDesc spk_source_columns(const char *from);

/* How many rows the planner expects of such an item. */
extern double spk_source_rows(const char *from);

/* Error, listing the columns there are, unless one has this name; what says what the name is for. */
extern void spk_source_require_column(TupleDesc columns, const char *name, const char *what);

/* Called for each row of a result; memory of its own is given back after the query. */
typedef void (*SpkRowCallback) (TupleTableSlot *slot, void *arg);

/* Runs a query with parameters $1.. (not NULL), in parallel where it pays. */
extern void spk_source_run(const char *sql, int n_params, const Oid *types, const Datum *values,
						   SpkRowCallback callback, void *arg);

#endif							/* SPK_SOURCE_H */
