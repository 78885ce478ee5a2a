/*
 * source.h
 *	  A source of rows that a user names: a table, a view or a query.
 *
 * Everything runs with the caller's rights and sees what the calling statement
 * sees.  Errors are told without the text of our queries; those in the text of
 * a source point into it.
 */
#ifndef SPK_HOST_SOURCE_H
#define SPK_HOST_SOURCE_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "executor/tuptable.h"

/*
 * What a source is called in our queries: this alias, under which nothing but a
 * source may stand, as what it calls is not checked.  A source that is a query
 * stands between these two, alone on its lines, for a comment at its end.
 */
#define SPK_SOURCE_ALIAS "q"
#define SPK_SOURCE_OPEN	 "(\n"
#define SPK_SOURCE_CLOSE "\n) AS " SPK_SOURCE_ALIAS

/*
 * The source as an item of a FROM clause, alias q: a name, if need be
 * qualified and quoted, or one SELECT (or VALUES, TABLE, WITH ... SELECT) in
 * parentheses.  Anything else is an error, which says what a source is.  What
 * is named is locked against changes until the transaction ends.
 */
extern char *spk_source_from(const char *source);

/* Columns of such an item, in the current memory context. */
extern TupleDesc spk_source_columns(const char *from);

/* How many rows the planner expects of such an item. */
extern double spk_source_rows(const char *from);

/* Error, listing the columns there are, unless one has this name; what says what the name is for. */
extern void spk_source_require_column(TupleDesc columns, const char *name, const char *what);

/* Called for each row of a result; memory of its own is given back after the query. */
typedef void (*SpkRowCallback)(TupleTableSlot *slot, void *arg);

/*
 * Runs a query with parameters $1.. (not NULL), in parallel where it pays.
 * Whatever it calls beside the source must be PostgreSQL's or the extension's,
 * and its columns must be of these types; both are errors before a row is read.
 */
extern void spk_source_run(const char *sql, int n_params, const Oid *types, const Datum *values,
						   int n_columns, const Oid *column_types, SpkRowCallback callback,
						   void *arg);

/* The schema of a function of the extension, quoted. */
extern const char *spk_own_schema(Oid function);

/* Is the object, of this catalog, one of the extension's? */
extern bool spk_is_own(Oid class, Oid object);

#endif /* SPK_HOST_SOURCE_H */
