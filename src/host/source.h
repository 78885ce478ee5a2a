/*
 * source.h
 *	  A source of rows that a user names: a table, a view or a query.
 *
 * Everything runs with the caller's rights and sees what the calling statement
 * sees.  Errors do not show the text of our queries; those in the text of a source
 * point into it.
 */
#ifndef SPK_HOST_SOURCE_H
#define SPK_HOST_SOURCE_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "executor/tuptable.h"
#include "nodes/plannodes.h"
#include "utils/array.h"

/*
 * The alias of a source in our queries.  Nothing but a source may have it, because
 * what a source calls is not checked.  A source that is a query stands between
 * OPEN and CLOSE on lines of its own, for it may end in a comment.
 */
#define SPK_SOURCE_ALIAS "q"
#define SPK_SOURCE_OPEN	 "(\n"
#define SPK_SOURCE_CLOSE "\n) AS " SPK_SOURCE_ALIAS

/*
 * The source as an item of a FROM clause with the alias, palloc'd: a name,
 * qualified and quoted as needed, or one SELECT (or VALUES, TABLE, WITH ...
 * SELECT) in parentheses.  Anything else is an error that says what a source is.
 * A relation that is named is locked against changes until the transaction ends.
 */
extern char *spk_source_from(const char *source);

/* The columns of such an item, in the current memory context. */
extern TupleDesc spk_source_columns(const char *from);

/* Is there a column before number attno, counted from 0, that has its name? */
extern bool spk_source_repeats(TupleDesc columns, int attno);

/* The row of such an item. */
typedef struct SpkSourceRow
{
	char	  *expression;
	ArrayType *names; /* text[], what its columns are called; NULL when the row's type says it */
} SpkSourceRow;

/*
 * The row of such an item, in the current memory context.
 *
 * The row of a query is of a type without name.  An engine that plans the query in its own
 * way, and sends parts of it elsewhere as text, cannot send such a row as a whole, and forgets
 * the names of one that it has taken apart.  So it is made of its columns, and the names stand
 * beside it.
 */
extern SpkSourceRow spk_source_row(const char *from, TupleDesc columns);

/*
 * The source as such an item whose rows are brought here whole before anything is done with
 * them, if another planner than PostgreSQL's reads it; as spk_source_from gives it if not.
 * schema is the extension's, quoted.
 */
extern char *spk_source_gathered(const char *source, const char *schema);

/* The same for an item, in any case; one whose columns no function can return stays as it is. */
extern char *spk_source_brought(char *from, const char *schema);

/*
 * Does this query, which is an aggregate of a source, aggregate in this server?  Another
 * planner may send all of it elsewhere.  The parameters are those of spk_source_run.
 */
extern bool spk_source_aggregates(const char *sql, int n_params, const Oid *types,
								  const Datum *values);

/*
 * Raises an error (ERRCODE_DUPLICATE_COLUMN) if parts of such an item are sent elsewhere.  A column
 * has the name of another one, so that the row can be sent neither whole nor by its columns.
 */
extern void spk_source_refuse_sent(const char *from, const char *column);

/* A plan for a query with these parameters, in the current memory context. */
extern PlannedStmt *spk_source_plan(const char *sql, int n_params, const Oid *types,
									const Datum *values);

/* How many rows the planner expects of such an item. */
extern double spk_source_rows(const char *from);

/*
 * The column of this name, in columns.  An error that lists those that there are if
 * none has it; what says what the column is for ("label").
 */
extern Form_pg_attribute spk_source_require_column(TupleDesc columns, const char *name,
												   const char *what);

/*
 * Called for each row of a result.  It runs in memory of the executor; what it
 * allocates there is freed at the end of the query at the latest.
 */
typedef void (*SpkRowCallback)(TupleTableSlot *slot, void *arg);

/*
 * Runs a query with n_params parameters $1, $2, ..., none of them NULL, in parallel
 * where that pays.  Whatever it calls outside of the source must be PostgreSQL's or
 * the extension's, and its columns must be of these types; it is an error if not,
 * before a row is read.
 */
extern void spk_source_run(const char *sql, int n_params, const Oid *types, const Datum *values,
						   int n_columns, const Oid *column_types, SpkRowCallback callback,
						   void *arg);

/* The schema of a function of the extension, quoted for use in a query. */
extern const char *spk_own_schema(Oid function);

/* Does the object of this catalog belong to the extension? */
extern bool spk_is_own(Oid class, Oid object);

/*
 * The extension's function of this name in the schema of the function beside it; types are the n
 * of its arguments.  Invalid when there is none, or when the user may not execute it.  The user
 * need not have the right to use the schema.
 */
extern Oid spk_own_function(Oid beside, const char *name, int n, const Oid *types);

/*
 * Raises an error that says what is to be done when a function that the parser found
 * is neither PostgreSQL's nor the extension's: it matched better than ours.
 */
extern void spk_require_own(Oid function);

#endif /* SPK_HOST_SOURCE_H */
