/*
 * column_roles.c
 *	  Columns of a source that are no features, and what some of them are for.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "core/rows/id_names.h"
#include "rows/collect_source.h"
#include "rows/column_roles.h"
#include "host/source.h"

/* The names in the default of exclude, which a source need not have. */
#define DEFAULT_ID	 "userid"
#define DEFAULT_TIME "as_of"

/* The names in exclude. */
typedef struct Names
{
	int	   n;
	char **list; /* NULL where the array has a null, which the collector refuses */
} Names;

static Names
excluded_names(FunctionCallInfo fcinfo, int argno)
{
	Names  names = {0};
	Datum *values;
	bool  *nulls;

	if (PG_ARGISNULL(argno))
		return names;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(argno), TEXTOID, -1, false, TYPALIGN_INT, &values,
					  &nulls, &names.n);
	names.list = palloc(Max(names.n, 1) * sizeof(char *));
	for (int i = 0; i < names.n; i++)
		names.list[i] = nulls[i] ? NULL : TextDatumGetCString(values[i]);
	return names;
}

static Form_pg_attribute
find_column(TupleDesc columns, const char *name, int (*compare)(const char *, const char *))
{
	for (int i = 0; i < columns->natts; i++)
		if (compare(NameStr(TupleDescAttr(columns, i)->attname), name) == 0)
			return TupleDescAttr(columns, i);
	return NULL;
}

Oid
spk_time_type(TupleDesc columns, const char *name)
{
	Form_pg_attribute column = find_column(columns, name, strcmp);
	Oid				  type = column == NULL ? InvalidOid : getBaseType(column->atttypid);

	return type == DATEOID || type == TIMESTAMPOID || type == TIMESTAMPTZOID ? type : InvalidOid;
}

/* Tells of names in exclude that are no columns of the source. */
static void
tell_of_unknown(const Names *names, TupleDesc columns)
{
	StringInfoData unknown;
	const char	  *meant = NULL;

	initStringInfo(&unknown);
	for (int i = 0; i < names->n; i++)
	{
		const char		 *name = names->list[i];
		Form_pg_attribute similar;

		if (name == NULL || find_column(columns, name, strcmp) != NULL)
			continue;

		/* names of the default need not be there, but one that differs in case alone was meant */
		similar = find_column(columns, name, pg_strcasecmp);
		if (similar == NULL && (strcmp(name, DEFAULT_ID) == 0 || strcmp(name, DEFAULT_TIME) == 0))
			continue;
		appendStringInfo(&unknown, "%s\"%s\"", unknown.len > 0 ? ", " : "", name);
		if (similar != NULL && meant == NULL)
			meant = NameStr(similar->attname);
	}
	if (unknown.len == 0)
		return;

	ereport(NOTICE,
			(errmsg("exclude names no column of the source: %s", unknown.data),
			 errdetail("What a name is meant to leave out is a feature."),
			 meant != NULL ? errhint("Its column is called \"%s\".", meant) : 0));
}

/*
 * The excluded column that tells users apart when no argument names one, or NULL.  It has to
 * be called an id of users: rows that share a city, or a half of the data, stand for as
 * many users as there are rows.
 */
static const char *
default_id(const Names *names, TupleDesc columns, const char *time)
{
	const char *first = NULL;

	for (int i = 0; i < names->n; i++)
	{
		const char *name = names->list[i];

		if (name == NULL || find_column(columns, name, strcmp) == NULL ||
			(time != NULL && strcmp(name, time) == 0) || OidIsValid(spk_time_type(columns, name)))
			continue;
		if (strcmp(name, DEFAULT_ID) == 0)
			return name;
		if (first == NULL && spk_names_user(name))
			first = name;
	}
	return first;
}

static const char *
default_time(const Names *names, TupleDesc columns)
{
	for (int i = 0; i < names->n; i++)
		if (names->list[i] != NULL && strcmp(names->list[i], DEFAULT_TIME) == 0 &&
			OidIsValid(spk_time_type(columns, DEFAULT_TIME)))
			return DEFAULT_TIME;
	return NULL;
}

static void
require_time(TupleDesc columns, const char *name)
{
	spk_source_require_column(columns, name, "time");
	if (!OidIsValid(spk_time_type(columns, name)))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("time column \"%s\" must be a date or timestamp, not %s", name,
						format_type_be(find_column(columns, name, strcmp)->atttypid)),
				 errhint("Cast it, or name it in \"exclude\".")));
}

/* Refuses a column with two roles: label and date do not tell users apart. */
static void
require_apart(const char *role, const char *name, const char *other, const char *other_name)
{
	if (name != NULL && other_name != NULL && strcmp(name, other_name) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" and \"%s\" must not name the same column", role, other),
				 errdetail("Both name \"%s\".", name)));
}

SpkRoles
spk_column_roles(FunctionCallInfo fcinfo, const SpkRoleArgs *args, TupleDesc columns,
				 const char *const *more, int n_more)
{
	Names		 names = excluded_names(fcinfo, args->exclude);
	const char **all = palloc((n_more + 2) * sizeof(char *));
	SpkRoles	 roles;

	/* the time comes first, because a column that has it cannot be the default of the id */
	if (PG_ARGISNULL(args->time))
		roles.time = default_time(&names, columns);
	else
	{
		roles.time = text_to_cstring(PG_GETARG_TEXT_PP(args->time));
		require_time(columns, roles.time);
	}
	if (PG_ARGISNULL(args->id))
		roles.id = default_id(&names, columns, roles.time);
	else
	{
		roles.id = text_to_cstring(PG_GETARG_TEXT_PP(args->id));
		spk_source_require_column(columns, roles.id, "id");
		require_apart("id", roles.id, "label", n_more > 0 ? more[0] : NULL);
		require_apart("id", roles.id, "time", roles.time);
	}
	tell_of_unknown(&names, columns);

	/* id and time may be named without being excluded, but are never features */
	for (int i = 0; i < n_more; i++)
		all[i] = more[i];
	all[n_more] = roles.id;
	all[n_more + 1] = roles.time;
	roles.excluded = spk_excluded_columns(PG_ARGISNULL(args->exclude) ?
											  (Datum) 0 :
											  PG_GETARG_DATUM(args->exclude),
										  PG_ARGISNULL(args->exclude), all, n_more + 2);
	roles.weights = NULL;
	return roles;
}

void
spk_role_of_weights(SpkRoles *roles, const char *weights, TupleDesc columns, const char *label)
{
	if (weights == NULL)
		return;
	spk_source_require_column(columns, weights, "weights");
	require_apart("weights", weights, "label", label);
	require_apart("weights", weights, "id", roles->id);
	require_apart("weights", weights, "time", roles->time);
	roles->weights = weights;
}
