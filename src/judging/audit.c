/*
 * audit.c
 *	  churn_audit: which columns of a source tell the label, and why.
 *
 * audit_notes.c finds what the columns themselves show.  They do not show whether they
 * hold something that happened later.  When the source has a column of profiles, these
 * know the features as of any date; without one, only the columns' names are a hint.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "judging/audit_events.h"
#include "judging/audit_names.h"
#include "judging/audit_notes.h"
#include "training/train_failure.h"
#include "rows/collect_source.h"
#include "rows/column_roles.h"
#include "profiles/profile_source.h"
#include "host/source.h"
#include "host/args.h"

/*
 * When the AUC of a feature over the whole history is so far from its AUC in the weeks
 * before users leave, it is not what a model in use would have.
 */
#define MIN_DIFFERENCE 0.1

/* So many weeks before the end of the log show what features tell before users leave. */
#define N_WEEKS 8

/* What one call works with. */
typedef struct Audit
{
	Oid			  function;
	const char	 *schema; /* the extension's, quoted */
	const char	 *from;	  /* the source */
	TupleDesc	  columns;
	const char	 *label;
	const char	 *profile; /* the column of profiles, quoted; NULL when there is none */
	SpkRoles	  roles;
	const char	 *time;	 /* the column that has the dates of rows; NULL when there is none */
	const char	 *as_of; /* the date of a row as an expression; NULL when there is none */
	MemoryContext context;
	Datum		  value; /* the value of the query that ran last, in the context */
	bool		  null;
} Audit;

static void
keep_value(TupleTableSlot *slot, void *arg)
{
	Audit			 *a = arg;
	Form_pg_attribute column = TupleDescAttr(slot->tts_tupleDescriptor, 0);
	Datum			  value = slot_getattr(slot, 1, &a->null);
	MemoryContext	  old = MemoryContextSwitchTo(a->context);

	if (!a->null)
		a->value = datumCopy(value, column->attbyval, column->attlen);
	MemoryContextSwitchTo(old);
}

/* Runs a query of one value of this type; false when it is NULL. */
static bool
run_query(Audit *a, const char *sql, Oid type)
{
	a->null = true;
	spk_source_run(sql, 0, NULL, NULL, 1, &type, keep_value, a);
	return !a->null;
}

/* Finds the roles of columns.  No column of profiles is a feature; the first one is used. */
static void
find_columns(Audit *a, FunctionCallInfo fcinfo)
{
	static const SpkRoleArgs role_args = {2, 3, 4};
	const char			   **more = palloc((a->columns->natts + 1) * sizeof(char *));
	int						 n = 0;

	more[n++] = a->label;
	for (int i = 0; i < a->columns->natts; i++)
		if (spk_is_profile_column(TupleDescAttr(a->columns, i), a->function))
			more[n++] = NameStr(TupleDescAttr(a->columns, i)->attname);
	if (n > 1)
		a->profile = quote_identifier(more[1]);
	a->roles = spk_column_roles(fcinfo, &role_args, a->columns, more, n);
	a->time = a->roles.time;
	if (a->time == NULL && OidIsValid(spk_time_type(a->columns, "as_of")))
		a->time = "as_of"; /* even when it is not excluded, and so a feature */
	if (a->time != NULL)
		a->as_of = psprintf("q.%s::pg_catalog.date", quote_identifier(a->time));
}

/* What take_rows makes of the rows, in memory of the context. */
typedef struct Taken
{
	MemoryContext context;
	int64		  n_rows; /* with a label */
	int64		  n_positives;
	int64		  n_skipped;
	SpkAuditRows  audit;
} Taken;

static void
take_rows(SpkRowStore *rows, void *arg)
{
	Taken		 *taken = arg;
	MemoryContext old = MemoryContextSwitchTo(taken->context);

	if (rows != NULL)
	{
		taken->n_rows = rows->n_rows;
		taken->n_positives = rows->n_positives;
		taken->n_skipped = rows->n_skipped;
		taken->audit = spk_audit_rows(rows);
	}
	MemoryContextSwitchTo(old);
}

static SpkAuditRows
audit_source(const Audit *a)
{
	Taken taken = {a->context};

	spk_collect_source(a->schema, a->from, a->columns, a->label, &a->roles, take_rows, &taken);
	if (taken.n_rows == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no labelled rows to audit"),
				 errdetail("The label is null in all " INT64_FORMAT " rows.", taken.n_skipped)));
	if (taken.n_positives == 0 || taken.n_positives == taken.n_rows)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot audit rows of one class only"),
				 errdetail("All " INT64_FORMAT " labelled rows are of users who %s.",
						   taken.n_rows, taken.n_positives == 0 ? "stayed" : "churned"),
				 errhint("%s", spk_one_class_hint(taken.n_positives))));
	return taken.audit;
}

/* The type of this column as a cast has it; NULL when it is no type of numbers. */
static char *
number_type(TupleDesc columns, const char *name)
{
	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);
		int32			  typmod = column->atttypmod;
		Oid				  type = getBaseTypeAndTypmod(column->atttypid, &typmod);

		if (strcmp(NameStr(column->attname), name) != 0)
			continue;
		if (type == INT2OID || type == INT4OID || type == INT8OID || type == FLOAT4OID ||
			type == FLOAT8OID || type == NUMERICOID)
			return format_type_with_typemod(type, typmod);
	}
	return NULL;
}

/*
 * The condition that the source's feature is another one than that of row, f or w, which is
 * rounded first as the source's column is.
 */
static char *
differs(const char *feature, const char *type, const char *row)
{
	return psprintf("NOT pg_catalog.float8eq(coalesce(q.%s::pg_catalog.float8, 'NaN'),"
					" coalesce(%s.%s::%s::pg_catalog.float8, 'NaN'))",
					feature, row, feature, type);
}

/*
 * Returns the query that counts, for each feature of the audit whose name churn_features
 * has, two kinds of rows: those in which the feature is not that of the row's date but
 * that of the whole history, and those in which it is neither.  Without dates the first
 * number is 0, and the second counts rows that do not have that of the whole history.
 * compared receives the numbers of these features in the audit.
 */
static char *
comparison_query(const Audit *a, const SpkAuditRows *result, int *n_compared, int *compared)
{
	StringInfoData sql;

	initStringInfo(&sql);
	*n_compared = 0;
	for (int i = 0; i < result->n; i++)
	{
		const char *feature = result->rows[i].feature;
		char *type = spk_is_profile_feature(feature) ? number_type(a->columns, feature) : NULL;
		char *later;

		if (type == NULL)
			continue;

		/* w has the features of the whole history, f those as of the row's date */
		later = differs(feature, type, "w");
		appendStringInfoString(&sql, *n_compared == 0 ? "SELECT ARRAY[" : ", ");
		if (a->as_of != NULL)
		{
			char *now = differs(feature, type, "f");

			appendStringInfo(&sql,
							 "pg_catalog.count(*) FILTER (WHERE %s AND NOT %s), "
							 "pg_catalog.count(*) FILTER (WHERE %s AND %s)",
							 now, later, now, later);
		}
		else
			appendStringInfo(&sql, "0, pg_catalog.count(*) FILTER (WHERE %s)", later);
		compared[(*n_compared)++] = i;
	}
	appendStringInfo(&sql,
					 "]::pg_catalog.int8[] FROM %s"
					 " CROSS JOIN LATERAL %s.churn_features(q.%s, NULL::pg_catalog.date) AS w",
					 a->from, a->schema, a->profile);
	if (a->as_of != NULL)
		appendStringInfo(&sql, " CROSS JOIN LATERAL %s.churn_features(q.%s, %s) AS f", a->schema,
						 a->profile, a->as_of);
	appendStringInfo(&sql, " WHERE q.%s IS NOT NULL", quote_identifier(a->label));
	return sql.data;
}

/* The AUC of each feature in the weeks before users leave, with a row for each user and week. */
static SpkAuditRows
audit_weeks(Audit *a)
{
	Taken		taken = {a->context};
	SpkRoles	roles = {NULL};
	const char *as_of = "pg_catalog.date_pli('2000-01-01'::pg_catalog.date, w.day)";
	int			end;
	char	   *from;

	if (!run_query(a,
				   psprintf("SELECT pg_catalog.max(%s.churn_last_day(q.%s)) FROM %s", a->schema,
							a->profile, a->from),
				   DATEOID))
		return taken.audit;
	end = DatumGetDateADT(a->value) + 1;

	/*
	 * What stands under the alias of sources is the user's, and what it calls is not checked.
	 * Here our own query makes the rows: it gets the alias from one around it that calls
	 * nothing, so that it is checked.
	 */
	from = psprintf(
		"(SELECT %s.churn_label(q.%s, %s, '7 days'::pg_catalog.interval, 'cancel'::pg_catalog.text)"
		" AS churned, f.*"
		" FROM %s CROSS JOIN pg_catalog.generate_series(%d, %d, 7) AS w(day)"
		" CROSS JOIN LATERAL %s.churn_features(q.%s, %s) AS f) AS weeks"
		" CROSS JOIN LATERAL (SELECT weeks.*) AS " SPK_SOURCE_ALIAS,
		a->schema, a->profile, as_of, a->from, end - 7 * N_WEEKS, end - 7, a->schema, a->profile,
		as_of);
	roles.excluded = spk_excluded_columns((Datum) 0, true, (const char *[]) {"churned"}, 1);
	spk_collect_source(a->schema, from, spk_source_columns(from), "churned", &roles, take_rows,
					   &taken);
	return taken.audit;
}

/* Notes that a feature of the whole history told something else before users left. */
static void
note_whole_history(SpkAuditRow *row, const SpkAuditRows *weeks)
{
	for (int i = 0; i < weeks->n; i++)
	{
		const SpkAuditRow *week = &weeks->rows[i];

		if (strcmp(week->feature, row->feature) == 0 &&
			fabs(row->auc - week->auc) >= MIN_DIFFERENCE && fabs(row->z) >= SPK_NO_CHANCE)
			spk_append_note(&row->note,
							"whole history up to the user's leaving: AUC %.3f in the weeks before",
							week->auc);
	}
}

/* The elements of an int8[] that has no nulls. */
static const int64 *
count_array(Datum array)
{
	return (const int64 *) ARR_DATA_PTR(DatumGetArrayTypeP(array));
}

/* Notes where features are not what the profiles say. */
static void
compare_profiles(Audit *a, SpkAuditRows *result)
{
	int			*compared = palloc(Max(result->n, 1) * sizeof(int));
	int			 n;
	char		*sql = comparison_query(a, result, &n, compared);
	const int64 *counts;
	SpkAuditRows weeks = {0};

	if (n == 0 || !run_query(a, sql, INT8ARRAYOID))
		return;
	counts = count_array(a->value);
	if (a->as_of == NULL)
		weeks = audit_weeks(a);
	for (int i = 0; i < n; i++)
	{
		SpkAuditRow *row = &result->rows[compared[i]];
		int64		 later = counts[2 * i];
		int64		 other = counts[2 * i + 1];

		/* without dates, a feature that is always that of the whole history may be a leak */
		if (later > 0)
			spk_append_note(&row->note, "holds events from after %s in " INT64_FORMAT " rows",
							a->time == NULL ? "as_of" : a->time, later);
		if (a->as_of != NULL && other > 0)
			spk_append_note(&row->note,
							"is not what the profile says as of %s in " INT64_FORMAT " rows",
							a->time, other);
		if (a->as_of == NULL && other == 0)
			note_whole_history(row, &weeks);
	}
}

/* A value as a point in time.  Days and times without zone are in UTC, as those of profiles. */
static char *
point_in_time(const char *value, Oid type)
{
	return type == TIMESTAMPTZOID ?
		pstrdup(value) :
		psprintf("pg_catalog.timezone('UTC', (%s)::pg_catalog.timestamp)", value);
}

/* Notes columns whose times lie after the date of the row. */
static void
compare_times(Audit *a, SpkAuditRows *result)
{
	StringInfoData sql;
	int			  *compared = palloc(Max(result->n, 1) * sizeof(int));
	int			   n = 0;
	const int64	  *counts;

	initStringInfo(&sql);
	for (int i = 0; i < result->n; i++)
	{
		const char *feature = result->rows[i].feature;
		Oid			type = spk_time_type(a->columns, feature);

		if (!OidIsValid(type))
			continue;
		appendStringInfo(&sql,
						 "%spg_catalog.count(*) FILTER (WHERE pg_catalog.timestamptz_gt(%s, %s))",
						 n == 0 ? "SELECT ARRAY[" : ", ",
						 point_in_time(psprintf("q.%s", quote_identifier(feature)), type),
						 point_in_time(a->as_of, DATEOID));
		compared[n++] = i;
	}
	appendStringInfo(&sql, "] FROM %s WHERE q.%s IS NOT NULL", a->from, quote_identifier(a->label));
	if (n == 0 || !run_query(a, sql.data, INT8ARRAYOID))
		return;

	/* the query has its counts in the order of compared */
	counts = count_array(a->value);
	for (int i = 0; i < n; i++)
		if (counts[i] > 0)
			spk_append_note(&result->rows[compared[i]].note, "is after %s in " INT64_FORMAT " rows",
							a->time, counts[i]);
}

static void
put_rows(const SpkAuditRows *result, ReturnSetInfo *rsinfo)
{
	for (int i = 0; i < result->n; i++)
	{
		const SpkAuditRow *row = &result->rows[i];
		Datum			   values[] = {CStringGetTextDatum(row->feature), Float8GetDatum(row->auc),
									   CStringGetTextDatum(row->note.data)};
		bool			   nulls[] = {false, isnan(row->auc), row->note.len == 0};

		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
}

PG_FUNCTION_INFO_V1(churn_audit);
Datum
churn_audit(PG_FUNCTION_ARGS)
{
	static const char *const required[] = {"source", "label"};
	Audit					 a = {fcinfo->flinfo->fn_oid};
	SpkAuditRows			 result;

	spk_require_args(fcinfo, required, lengthof(required));
	a.schema = spk_own_schema(a.function);
	a.from = spk_source_from(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	a.columns = spk_source_columns(a.from);
	a.label = text_to_cstring(PG_GETARG_TEXT_PP(1));
	a.context = CurrentMemoryContext;
	spk_source_require_column(a.columns, a.label, "label");
	find_columns(&a, fcinfo);

	/* profiles know best what is later than a row's date; names are the last resort */
	result = audit_source(&a);
	if (a.profile != NULL && spk_has_other_profiles(a.schema, a.from, a.profile))
	{
		if (a.as_of != NULL)
			spk_audit_events(a.schema, a.from, a.columns, a.profile, a.label, a.as_of);
		a.profile = NULL; /* churn_features, which is compared with, knows nothing of them */
	}
	if (a.profile != NULL)
		compare_profiles(&a, &result);
	else if (a.as_of == NULL)
		spk_note_names(&result);
	if (a.as_of != NULL)
		compare_times(&a, &result);
	spk_materialized_srf(fcinfo);
	put_rows(&result, (ReturnSetInfo *) fcinfo->resultinfo);
	PG_RETURN_NULL();
}
