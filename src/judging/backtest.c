/*
 * backtest.c
 *	  churn_backtest: training on the past and judging by what came after it.
 *
 * On a date nobody knows the labels of earlier dates whose horizon has not ended by
 * then.  So a model that is judged on a date does not learn from them.  Rows are those
 * of a source with dates and labels, or are made of profiles, once for each date.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "core/base/times.h"
#include "rows/collect_source.h"
#include "rows/column_roles.h"
#include "rows/sample_key.h"
#include "models/options_json.h"
#include "profiles/profile_source.h"
#include "host/source.h"
#include "host/args.h"
#include "models/algorithm.h"
#include "judging/backtest.h"

/* Columns of rows, when no others are said */
#define ROW_LABEL "churned"
#define ROW_TIME  "as_of"

/* ---- Arguments ---- */

char *
spk_backtest_text(const SpkBacktestCall *s, int n)
{
	FunctionCallInfo fcinfo = s->fcinfo;

	return PG_ARGISNULL(n) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(n));
}

static int
compare_dates(const void *a, const void *b)
{
	DateADT x = *(const DateADT *) a;
	DateADT y = *(const DateADT *) b;

	return (x > y) - (x < y);
}

/* Takes the dates from the array, sorts them, and keeps each one once. */
static void
read_dates(SpkBacktest *b, ArrayType *array)
{
	Datum *values;
	bool  *nulls;
	int	   n;

	deconstruct_array(array, DATEOID, sizeof(DateADT), true, TYPALIGN_INT, &values, &nulls, &n);
	if (n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("as_of must hold dates")));
	b->cuts = palloc(n * sizeof(DateADT));
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("as_of must not contain nulls")));
		b->cuts[i] = DatumGetDateADT(values[i]);
		if (b->cuts[i] < spk_day_of(SPK_MIN_TIME) || b->cuts[i] > spk_day_of(SPK_MAX_TIME))
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("as_of must hold finite dates")));
	}

	/* a date that comes twice would train on its rows twice, and be judged twice */
	qsort(b->cuts, n, sizeof(DateADT), compare_dates);
	for (int i = 0; i < n; i++)
		if (i == 0 || b->cuts[i] != b->cuts[i - 1])
			b->cuts[b->n_cuts++] = b->cuts[i];
}

static void
read_log_end(SpkBacktest *b, FunctionCallInfo fcinfo)
{
	b->has_log_end = !PG_ARGISNULL(SPK_BACKTEST_ARG_LOG_END);
	if (!b->has_log_end)
		return;
	b->log_end = PG_GETARG_DATEADT(SPK_BACKTEST_ARG_LOG_END);
	if (b->log_end < spk_day_of(SPK_MIN_TIME) || b->log_end > spk_day_of(SPK_MAX_TIME))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("log_end must be a finite date in the range of timestamps")));
}

/* Reads what does not depend on the source.  A wrong algorithm or option is refused before rows are read. */
static void
read_arguments(SpkBacktestCall *s)
{
	FunctionCallInfo fcinfo = s->fcinfo;
	SpkBacktest		*b = &s->backtest;
	text			*algorithm = PG_GETARG_TEXT_PP(SPK_BACKTEST_ARG_ALGORITHM);

	b->algorithm = spk_algorithm_require(VARDATA_ANY(algorithm), VARSIZE_ANY_EXHDR(algorithm));
	b->options = spk_options_from_jsonb(PG_ARGISNULL(SPK_BACKTEST_ARG_OPTIONS) ?
											NULL :
											PG_GETARG_JSONB_P(SPK_BACKTEST_ARG_OPTIONS),
										b->algorithm, &b->named);
	spk_sample_refuse(&b->options);
	if (!PG_ARGISNULL(SPK_BACKTEST_ARG_HORIZON))
		b->horizon = PG_GETARG_INTERVAL_P(SPK_BACKTEST_ARG_HORIZON);
	if (!PG_ARGISNULL(SPK_BACKTEST_ARG_AS_OF))
		read_dates(b, PG_GETARG_ARRAYTYPE_P(SPK_BACKTEST_ARG_AS_OF));
	read_log_end(b, fcinfo);
}

static bool
has_column(TupleDesc columns, const char *name)
{
	for (int i = 0; i < columns->natts; i++)
		if (strcmp(NameStr(TupleDescAttr(columns, i)->attname), name) == 0)
			return true;
	return false;
}

/*
 * Is the source one of profiles, of which rows are yet to be made?  It is when it has a
 * column of them, or one is named, unless the label is a column, too.
 */
static bool
is_of_profiles(const SpkBacktestCall *s)
{
	char *label = spk_backtest_text(s, SPK_BACKTEST_ARG_LABEL);

	if (label != NULL && has_column(s->columns, label))
		return false;
	if (spk_backtest_text(s, SPK_BACKTEST_ARG_PROFILE) != NULL)
		return true;
	for (int i = 0; i < s->columns->natts; i++)
		if (spk_is_profile_column(TupleDescAttr(s->columns, i), s->fcinfo->flinfo->fn_oid))
			return true;
	return false;
}

/* ---- Rows of one's own ---- */

/* Refuses an argument that only profiles have a use for. */
static void
refuse_profile_args(const SpkBacktestCall *s)
{
	static const struct
	{
		int			arg;
		const char *name;
	} args[] = {{SPK_BACKTEST_ARG_EVENT, "event"},
				{SPK_BACKTEST_ARG_PROFILE, "profile"},
				{SPK_BACKTEST_ARG_FEATURES, "features"}};

	for (int i = 0; i < lengthof(args); i++)
		if (spk_backtest_text(s, args[i].arg) != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s is for profiles, and the source is of rows with labels", args[i].name)));
}

/* What the label is called when nobody says; the source may not be what was meant. */
static char *
default_label(const SpkBacktestCall *s)
{
	if (!has_column(s->columns, ROW_LABEL))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("the source has no column of type churn_profile, and none called \"%s\"", ROW_LABEL),
				 errhint("A source has profiles, or rows with dates and labels; the argument label names their column.")));
	return ROW_LABEL;
}

static void
backtest_rows(SpkBacktestCall *s)
{
	static const SpkRoleArgs role_args = {SPK_BACKTEST_ARG_EXCLUDE, SPK_BACKTEST_ARG_ID,
										  SPK_BACKTEST_ARG_TIME};
	char					*label = spk_backtest_text(s, SPK_BACKTEST_ARG_LABEL);
	const char			   **more = palloc((s->columns->natts + 2) * sizeof(char *));
	int						 n = 0;
	SpkRoles				 roles;

	refuse_profile_args(s);
	if (label == NULL)
		label = default_label(s);
	spk_source_require_column(s->columns, label, "label");
	if (s->backtest.horizon == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("horizon must not be null for rows of one's own"),
				 errhint("It is how long after its date the label of a row is known: what labels were made with.")));
	/* as_of tells the dates, even when exclude does not name it */
	more[n++] = label;
	if (spk_backtest_text(s, SPK_BACKTEST_ARG_TIME) == NULL &&
		OidIsValid(spk_time_type(s->columns, ROW_TIME)))
		more[n++] = ROW_TIME;
	for (int i = 0; i < s->columns->natts; i++)
		if (spk_is_profile_column(TupleDescAttr(s->columns, i), s->fcinfo->flinfo->fn_oid))
			more[n++] = NameStr(TupleDescAttr(s->columns, i)->attname);
	roles = spk_column_roles(s->fcinfo, &role_args, s->columns, more, n);
	if (spk_backtest_text(s, SPK_BACKTEST_ARG_ID) == NULL)
		roles.id = NULL; /* and none that may stand for one */
	if (roles.time == NULL && OidIsValid(spk_time_type(s->columns, ROW_TIME)))
		roles.time = ROW_TIME;
	if (roles.time == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("the source has no column of the dates of its rows"),
				 errhint("Name it by the argument \"time\", or call it as_of.")));
	spk_role_of_weights(&roles, s->backtest.named.weights, s->columns, label);
	spk_collect_source(s->schema, s->from, s->columns, label, &roles, spk_backtest_rows,
					   &s->backtest);
}

PG_FUNCTION_INFO_V1(churn_backtest);
Datum
churn_backtest(PG_FUNCTION_ARGS)
{
	static const char *const required[] = {"source", [SPK_BACKTEST_ARG_ALGORITHM] = "algorithm"};
	SpkBacktestCall			 s = {fcinfo};

	spk_require_args(fcinfo, required, lengthof(required));
	read_arguments(&s);
	s.schema = spk_own_schema(fcinfo->flinfo->fn_oid);
	s.from = spk_source_from(text_to_cstring(PG_GETARG_TEXT_PP(SPK_BACKTEST_ARG_SOURCE)));
	s.columns = spk_source_columns(s.from);
	spk_materialized_srf(fcinfo);
	s.backtest.rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	if (is_of_profiles(&s))
		spk_backtest_profiles(&s);
	else
		backtest_rows(&s);
	PG_RETURN_NULL();
}
