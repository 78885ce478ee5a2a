/*
 * column_roles.h
 *	  Columns of a source that are no features, and what some of them are for.
 */
#ifndef SPK_ROWS_COLUMN_ROLES_H
#define SPK_ROWS_COLUMN_ROLES_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "fmgr.h"

typedef struct SpkRoles
{
	const char *id; /* column of the user that a row is of, whose rows stay together; NULL: none */
	const char *time; /* column of the date as of which a row is, a date or timestamp; NULL: none */
	Datum		excluded; /* text[]: columns that are no features, these two among them */
} SpkRoles;

/* Where a function finds its arguments. */
typedef struct SpkRoleArgs
{
	int exclude; /* text[], may be NULL */
	int id;		 /* text, NULL: userid, or else the first excluded column that is no time */
	int time;	 /* text, NULL: as_of, when it is a date or timestamp */
} SpkRoleArgs;

/*
 * The roles that the arguments give to columns of a source.  Of the defaults only
 * excluded ones count.  The n_more names, of which NULLs are left out and the
 * first is the label, are excluded beside.  A name of id or time that is no
 * column, a time that is none, and an id that is the label or the time are errors; names in exclude that are no columns are told in a NOTICE, but
 * for those of its default.
 */
extern SpkRoles spk_column_roles(FunctionCallInfo fcinfo, const SpkRoleArgs *args,
								 TupleDesc columns, const char *const *more, int n_more);

/* The base type of the column of this name if it is a date or timestamp, else InvalidOid. */
extern Oid spk_time_type(TupleDesc columns, const char *name);

#endif /* SPK_ROWS_COLUMN_ROLES_H */
