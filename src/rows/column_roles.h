/*
 * column_roles.h
 *	  The columns of a source that are no features, and what they are for.
 */
#ifndef SPK_ROWS_COLUMN_ROLES_H
#define SPK_ROWS_COLUMN_ROLES_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "fmgr.h"

typedef struct SpkRoles
{
	const char *id;		  /* the column that names the user of a row; NULL when there is none */
	const char *time;	  /* the column that has the date as of which a row is, a date or timestamp;
					   * NULL when there is none */
	Datum		excluded; /* text[] of the columns that are no features, id and time among them */
	const char *weights;  /* the column that says how much a row counts; NULL: all count as one */
} SpkRoles;

/* The numbers of a function's arguments, each of which may be null. */
typedef struct SpkRoleArgs
{
	int exclude; /* text[] */
	int id;		 /* text; by default userid, or else the first excluded column that is called an
				  * id of users and has no time */
	int time;	 /* text; by default as_of, when it is a date or timestamp */
} SpkRoleArgs;

/*
 * Returns the roles that the arguments give to the source's columns, in the current
 * memory context.  A default of id or time counts only when exclude has it.  The n_more
 * names in more are no features either; the first of them is the label, and NULLs are
 * left out.
 *
 * An id or time that is no column of the source is an error, and so are a time that is
 * no date or timestamp, and an id that is the label or the time.  A NOTICE tells of
 * names in exclude that are no columns; those of its default are told only when a
 * column differs from them in case alone.  Rows have no weights; see spk_role_of_weights.
 */
extern SpkRoles spk_column_roles(FunctionCallInfo fcinfo, const SpkRoleArgs *args,
								 TupleDesc columns, const char *const *more, int n_more);

/*
 * Gives the column of this name, unless it is NULL, the role of the weights.  One that is
 * no column of the source is an error, and so is one that is the label, id or time.
 */
extern void spk_role_of_weights(SpkRoles *roles, const char *weights, TupleDesc columns,
								const char *label);

/* The base type of the column with this name if that is a date or timestamp, else InvalidOid. */
extern Oid spk_time_type(TupleDesc columns, const char *name);

#endif /* SPK_ROWS_COLUMN_ROLES_H */
