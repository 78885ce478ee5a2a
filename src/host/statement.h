/*
 * statement.h
 *	  Statements of ours that change the extension's own tables.
 *
 * They run through SPI with the caller's rights.  Each sees what those before it have done, and,
 * at the isolation level READ COMMITTED, what has been committed until it begins.  Their text is
 * ours alone: it names the schema of every table, function, type and operator, and all that is
 * anybody else's is a parameter.
 */
#ifndef SPK_HOST_STATEMENT_H
#define SPK_HOST_STATEMENT_H

#include "postgres.h"

/* The value of $1, $2, ... */
typedef struct SpkParam
{
	Oid	  type;
	Datum value;
	bool  isnull;
} SpkParam;

/* Runs a statement, and returns how many rows it has changed or found. */
extern uint64 spk_statement_run(const char *sql, int n_params, const SpkParam *params);

/*
 * Runs a statement that returns a row of n_columns, whose values are put, as copies in the current
 * memory context, into values and nulls.  Returns false, and sets nothing, when there is no row.
 */
extern bool spk_statement_row(const char *sql, int n_params, const SpkParam *params, int n_columns,
							  Datum *values, bool *nulls);

/*
 * Raises an error unless this transaction may change tables, which it may not on a standby or when
 * it is read-only.  what names the function that was called, as "churn_deploy()".
 */
extern void spk_statement_require_writable(const char *what);

#endif /* SPK_HOST_STATEMENT_H */
