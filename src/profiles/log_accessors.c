/*
 * log_accessors.c
 *	  Single numbers of a profile of any log, for views of one's own.
 *
 * Each is one feature, computed as churn_row computes a whole row of them, so
 * that the two cannot differ.  Days are whole numbers, as windows are in
 * churn_define_features and as date - date is in SQL: a profile counts by UTC
 * day, so that hours would promise too much, and months have no length.
 */
#include "compat.h"

#include <math.h>

#include "utils/builtins.h"

#include "profiles/log_args.h"
#include "profiles/log_plan.h"

PG_FUNCTION_INFO_V1(churn_count);
PG_FUNCTION_INFO_V1(churn_sum);
PG_FUNCTION_INFO_V1(churn_days_since);
PG_FUNCTION_INFO_V1(churn_active_days);
PG_FUNCTION_INFO_V1(churn_sessions);

/* A plan of one feature, and what it is of. */
typedef struct Accessor
{
	SpkLogPlan *plan;
	SpkLogKind	kind;
	int32		days;
	text	   *event; /* NULL without */
} Accessor;

static bool
is_same_text(const text *a, const text *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

/* The accessor of the call before, if it is of the same, or a new one. */
static Accessor *
get_accessor(FunctionCallInfo fcinfo, SpkLogKind kind, const text *event, int32 days)
{
	Accessor	 *accessor = fcinfo->flinfo->fn_extra;
	SpkLogWanted  wanted = {.kind = kind, .days = days};
	SpkLogPlan	 *plan;
	MemoryContext old;

	if (accessor != NULL && accessor->kind == kind && accessor->days == days &&
		is_same_text(accessor->event, event))
		return accessor;
	/* of something else: the old one goes, first of all from where an error would leave it */
	fcinfo->flinfo->fn_extra = NULL;
	if (accessor != NULL)
		MemoryContextDelete(accessor->plan->context);
	plan = spk_log_plan_begin(fcinfo->flinfo->fn_mcxt);
	old = MemoryContextSwitchTo(plan->context);
	accessor = palloc0(sizeof(Accessor));
	accessor->plan = plan;
	accessor->kind = kind;
	accessor->days = days;
	if (event != NULL)
	{
		accessor->event = cstring_to_text_with_len(VARDATA_ANY(event), VARSIZE_ANY_EXHDR(event));
		wanted.subject = spk_text_to_utf8(VARDATA_ANY(event), VARSIZE_ANY_EXHDR(event),
										  &wanted.subject_len);
	}
	spk_log_plan_add(plan, &wanted);
	spk_log_plan_ready(plan);
	MemoryContextSwitchTo(old);
	fcinfo->flinfo->fn_extra = accessor;
	return accessor;
}

/* The feature of the call's profile and as_of; false when it is NULL. */
static bool
compute(FunctionCallInfo fcinfo, SpkLogKind kind, const text *event, int as_of_arg, int32 days,
		const char *function, double *value)
{
	Accessor *accessor = get_accessor(fcinfo, kind, event, days);

	if (!spk_log_plan_run(accessor->plan, fcinfo, 0, as_of_arg, function))
		return false;
	*value = accessor->plan->values[0];
	return !isnan(*value);
}

static const text *
event_arg(FunctionCallInfo fcinfo)
{
	return PG_ARGISNULL(1) ? NULL : PG_GETARG_TEXT_PP(1);
}

static const text *
required_event_arg(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("event must not be null")));
	return PG_GETARG_TEXT_PP(1);
}

/* The days of argument n; 0 when it is NULL, for all. */
static int32
days_arg(FunctionCallInfo fcinfo, int n)
{
	int32 days;

	if (PG_ARGISNULL(n))
		return 0;
	days = PG_GETARG_INT32(n);
	if (days < 1 || days > SPK_LOG_MAX_WINDOW)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("days must be from 1 to %d, not %d", SPK_LOG_MAX_WINDOW, days)));
	return days;
}

/* churn_count(profile, event, as_of, days) */
Datum
churn_count(PG_FUNCTION_ARGS)
{
	const text *event = event_arg(fcinfo);
	int32		days = days_arg(fcinfo, 3);
	SpkLogKind	kind = event == NULL ? (days > 0 ? SPK_LOG_events_in : SPK_LOG_events) :
									   (days > 0 ? SPK_LOG_count_in : SPK_LOG_count);
	double		value;

	if (!compute(fcinfo, kind, event, 2, days, "churn_count", &value))
		PG_RETURN_NULL();
	PG_RETURN_INT64((int64) value);
}

/* Which sum is meant. */
static SpkLogKind
sum_arg(FunctionCallInfo fcinfo, int n, bool has_window)
{
	char *part;

	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("part must not be null")));
	part = text_to_cstring(PG_GETARG_TEXT_PP(n));
	if (strcmp(part, "sum") == 0)
		return has_window ? SPK_LOG_sum_in : SPK_LOG_sum;
	if (strcmp(part, "refunds") == 0)
		return has_window ? SPK_LOG_refunds_in : SPK_LOG_refunds;
	if (strcmp(part, "net") == 0)
		return has_window ? SPK_LOG_net_in : SPK_LOG_net;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("part \"%s\" of amounts is not known", part),
			 errhint("Parts are \"sum\", of the positive ones, \"refunds\", of the negative ones, and \"net\".")));
}

/* churn_sum(profile, event, as_of, days, part) */
Datum
churn_sum(PG_FUNCTION_ARGS)
{
	const text *event = required_event_arg(fcinfo);
	int32		days = days_arg(fcinfo, 3);
	double		value;

	if (!compute(fcinfo, sum_arg(fcinfo, 4, days > 0), event, 2, days, "churn_sum", &value))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(value);
}

/* churn_days_since(profile, event, as_of) */
Datum
churn_days_since(PG_FUNCTION_ARGS)
{
	double value;

	if (!compute(fcinfo, SPK_LOG_days_since, required_event_arg(fcinfo), 2, 0, "churn_days_since",
				 &value))
		PG_RETURN_NULL();
	PG_RETURN_INT32((int32) value);
}

/* churn_active_days(profile, event, as_of, days) */
Datum
churn_active_days(PG_FUNCTION_ARGS)
{
	const text *event = event_arg(fcinfo);
	int32		days = days_arg(fcinfo, 3);
	SpkLogKind	kind = event == NULL ? (days > 0 ? SPK_LOG_active_days_in : SPK_LOG_active_days) :
									   (days > 0 ? SPK_LOG_days_in : SPK_LOG_days);
	double		value;

	if (!compute(fcinfo, kind, event, 2, days, "churn_active_days", &value))
		PG_RETURN_NULL();
	PG_RETURN_INT64((int64) value);
}

/* churn_sessions(profile, as_of, days) */
Datum
churn_sessions(PG_FUNCTION_ARGS)
{
	int32  days = days_arg(fcinfo, 2);
	double value;

	if (!compute(fcinfo, days > 0 ? SPK_LOG_sessions_in : SPK_LOG_sessions, NULL, 1, days,
				 "churn_sessions", &value))
		PG_RETURN_NULL();
	PG_RETURN_INT64((int64) value);
}
