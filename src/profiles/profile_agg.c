/*
 * profile_agg.c
 *	  The aggregates churn_profile and churn_features of the music log.
 *
 * Both share one state and differ in what comes out: a profile or its features.
 */
#include "compat.h"

#include <math.h>

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "profiles/features_type.h"
#include "host/pg_host.h"
#include "profiles/profile_type.h"

PG_FUNCTION_INFO_V1(sparkify_profile_transfn);
PG_FUNCTION_INFO_V1(sparkify_profile_transfn_date);
PG_FUNCTION_INFO_V1(sparkify_profile_transfn_registration_date);
PG_FUNCTION_INFO_V1(sparkify_profile_transfn_dates);
PG_FUNCTION_INFO_V1(sparkify_profile_combinefn);
PG_FUNCTION_INFO_V1(sparkify_profile_serialfn);
PG_FUNCTION_INFO_V1(sparkify_profile_deserialfn);
PG_FUNCTION_INFO_V1(sparkify_profile_finalfn);
PG_FUNCTION_INFO_V1(sparkify_features_finalfn);

/*
 * Lends a host to a state for one call, and returns the state.  States point to their
 * host, but there may be millions of states, so they do not have a host each.  Nor can
 * a host be kept with the function, because callers may use another FmgrInfo for
 * every call.  Memory comes from the context that the state is in, whether it is the
 * aggregate's or that of a call.
 */
static SpkProfileState *
lend_host(SpkProfileState *state, SpkHost *host)
{
	*host = spk_pg_host(GetMemoryChunkContext(state));
	state->closed.host = host;
	return state;
}

/* Returns the aggregate's state, with this host lent to it; the first call makes the state. */
static SpkProfileState *
agg_state(FunctionCallInfo fcinfo, SpkHost *host)
{
	MemoryContext	 context;
	SpkProfileState *state;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	if (!PG_ARGISNULL(0))
		return lend_host((SpkProfileState *) PG_GETARG_POINTER(0), host);
	state = MemoryContextAlloc(context, sizeof(SpkProfileState));
	spk_profile_init(state, host);
	return lend_host(state, host);
}

static void
check_finite(bool is_finite, const char *name)
{
	if (!is_finite)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s of an event must be finite", name)));
}

/*
 * Returns argument n, a timestamp with or without time zone; SPK_NO_TIME when it is
 * NULL.  Both are stored in the same way, so that one without is UTC whatever the
 * settings are.
 */
static int64
time_arg(FunctionCallInfo fcinfo, int n, const char *name)
{
	TimestampTz ts;

	if (PG_ARGISNULL(n))
		return SPK_NO_TIME;
	ts = PG_GETARG_TIMESTAMPTZ(n);
	check_finite(!TIMESTAMP_NOT_FINITE(ts), name);
	return ts;
}

/* Returns the beginning in UTC of argument n, a date; SPK_NO_TIME when it is NULL. */
static int64
date_arg(FunctionCallInfo fcinfo, int n, const char *name)
{
	DateADT day;

	if (PG_ARGISNULL(n))
		return SPK_NO_TIME;
	day = PG_GETARG_DATEADT(n);
	check_finite(!DATE_NOT_FINITE(day), name);
	if (day < spk_day_of(SPK_MIN_TIME) || day > spk_day_of(SPK_MAX_TIME))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s of an event is out of range for timestamps", name)));
	return day * SPK_USECS_PER_DAY;
}

/* Adds the event of the arguments, which must be one: see is_event. */
static void
add_event(FunctionCallInfo fcinfo, SpkProfileState *state, int64 ts, int64 registration)
{
	SpkEvent event = {.ts = ts, .registration = registration, .session = PG_GETARG_INT64(2)};
	text	*t = PG_GETARG_TEXT_PP(3);

	event.page = spk_page_of(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));
	if (!PG_ARGISNULL(4))
	{
		t = PG_GETARG_TEXT_PP(4);
		event.level = spk_level_of(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));
	}
	if (!PG_ARGISNULL(5))
		event.length_us = spk_length_us(PG_GETARG_FLOAT8(5));
	if (!PG_ARGISNULL(6))
	{
		t = PG_GETARG_TEXT_PP(6);
		event.gender = spk_gender_of(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));
	}
	spk_check(spk_profile_add(state, &event), PROFILE_WHAT, NULL);
}

/* Are the arguments an event?  Without time, session or page they are ignored, as NULLs are. */
static inline bool
is_event(FunctionCallInfo fcinfo)
{
	return !PG_ARGISNULL(1) && !PG_ARGISNULL(2) && !PG_ARGISNULL(3);
}

/*
 * sparkify_profile_transfn(internal, ts, sessionid, page, level, length, gender,
 * registration) takes timestamps.  The three functions behind it take dates as ts, as
 * registration, or as both.
 */
Datum
sparkify_profile_transfn(PG_FUNCTION_ARGS)
{
	SpkHost			 host;
	SpkProfileState *state = agg_state(fcinfo, &host);

	if (is_event(fcinfo))
		add_event(fcinfo, state, time_arg(fcinfo, 1, "ts"), time_arg(fcinfo, 7, "registration"));
	PG_RETURN_POINTER(state);
}

Datum
sparkify_profile_transfn_date(PG_FUNCTION_ARGS)
{
	SpkHost			 host;
	SpkProfileState *state = agg_state(fcinfo, &host);

	if (is_event(fcinfo))
		add_event(fcinfo, state, date_arg(fcinfo, 1, "ts"), time_arg(fcinfo, 7, "registration"));
	PG_RETURN_POINTER(state);
}

Datum
sparkify_profile_transfn_registration_date(PG_FUNCTION_ARGS)
{
	SpkHost			 host;
	SpkProfileState *state = agg_state(fcinfo, &host);

	if (is_event(fcinfo))
		add_event(fcinfo, state, time_arg(fcinfo, 1, "ts"), date_arg(fcinfo, 7, "registration"));
	PG_RETURN_POINTER(state);
}

Datum
sparkify_profile_transfn_dates(PG_FUNCTION_ARGS)
{
	SpkHost			 host;
	SpkProfileState *state = agg_state(fcinfo, &host);

	if (is_event(fcinfo))
		add_event(fcinfo, state, date_arg(fcinfo, 1, "ts"), date_arg(fcinfo, 7, "registration"));
	PG_RETURN_POINTER(state);
}

Datum
sparkify_profile_combinefn(PG_FUNCTION_ARGS)
{
	SpkHost			 host;
	SpkProfileState *state = agg_state(fcinfo, &host);

	if (!PG_ARGISNULL(1))
	{
		SpkHost			 other_host;
		SpkProfileState *other = lend_host((SpkProfileState *) PG_GETARG_POINTER(1), &other_host);

		spk_check(spk_profile_add_state(state, other), PROFILE_WHAT, NULL);
	}
	PG_RETURN_POINTER(state);
}

/* A state goes to another process as a profile, or as no bytes when it holds no event. */
Datum
sparkify_profile_serialfn(PG_FUNCTION_ARGS)
{
	SpkHost			 host;
	SpkProfileState *state = agg_state(fcinfo, &host);

	if (spk_profile_is_empty(state))
		PG_RETURN_BYTEA_P(cstring_to_text_with_len("", 0));
	PG_RETURN_BYTEA_P(spk_profile_datum(state));
}

/*
 * The state is in the current context, and lives until it is combined.  Then another
 * host is lent to it.
 */
Datum
sparkify_profile_deserialfn(PG_FUNCTION_ARGS)
{
	bytea			*bytes = PG_GETARG_BYTEA_PP(0);
	SpkHost			 host = spk_pg_host(CurrentMemoryContext);
	SpkProfileState *state;

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "aggregate function called in non-aggregate context");
	state = palloc(sizeof(SpkProfileState));
	spk_profile_init(state, &host);
	if (VARSIZE_ANY_EXHDR(bytes) > 0)
		spk_profile_add_datum(state, bytes);
	PG_RETURN_POINTER(state);
}

/* Has there been no event?  Then the aggregate is NULL. */
static bool
agg_is_empty(FunctionCallInfo fcinfo)
{
	return PG_ARGISNULL(0) || spk_profile_is_empty((SpkProfileState *) PG_GETARG_POINTER(0));
}

Datum
sparkify_profile_finalfn(PG_FUNCTION_ARGS)
{
	SpkHost host;

	if (agg_is_empty(fcinfo))
		PG_RETURN_NULL();
	PG_RETURN_BYTEA_P(spk_profile_datum(agg_state(fcinfo, &host)));
}

Datum
sparkify_features_finalfn(PG_FUNCTION_ARGS)
{
	SpkHost host;

	if (agg_is_empty(fcinfo))
		PG_RETURN_NULL();
	return spk_features_result(fcinfo, spk_profile_datum(agg_state(fcinfo, &host)), SPK_NO_DAY);
}
