/*
 * profile_agg.c
 *	  The aggregates churn_profile, churn_profile_merge and churn_features.
 *
 * All three share one state and differ in what goes in (events or profiles)
 * and what comes out (a profile or its features).
 */
#include "compat.h"

#include <math.h>

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "features_type.h"
#include "pg_host.h"
#include "profile_type.h"

PG_FUNCTION_INFO_V1(churn_profile_trans);
PG_FUNCTION_INFO_V1(churn_profile_merge_trans);
PG_FUNCTION_INFO_V1(churn_profile_combine);
PG_FUNCTION_INFO_V1(churn_profile_serialize);
PG_FUNCTION_INFO_V1(churn_profile_deserialize);
PG_FUNCTION_INFO_V1(churn_profile_final);
PG_FUNCTION_INFO_V1(churn_features_final);
PG_FUNCTION_INFO_V1(churn_profile_merge);

typedef struct ProfileAggState
{
	SpkHost		host;			/* the profile's memory: the aggregate's context */
	SpkProfileState profile;
} ProfileAggState;

static ProfileAggState *
new_state(MemoryContext context)
{
	ProfileAggState *state = MemoryContextAlloc(context, sizeof(ProfileAggState));

	state->host = spk_pg_host(context);
	spk_profile_init(&state->profile, &state->host);
	return state;
}

/* The aggregate's state: argument 0, made on the first call. */
static ProfileAggState *
agg_state(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	return PG_ARGISNULL(0) ? new_state(context) : (ProfileAggState *) PG_GETARG_POINTER(0);
}

/* A time argument; SPK_NO_TIME when it is NULL. */
static int64
time_arg(FunctionCallInfo fcinfo, int n, const char *name)
{
	TimestampTz ts;

	if (PG_ARGISNULL(n))
		return SPK_NO_TIME;
	ts = PG_GETARG_TIMESTAMPTZ(n);
	if (TIMESTAMP_NOT_FINITE(ts))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s of an event must be finite", name)));
	return ts;
}

/*
 * churn_profile_trans(internal, ts, sessionid, page, level, length, gender,
 * registration)
 */
Datum
churn_profile_trans(PG_FUNCTION_ARGS)
{
	ProfileAggState *state = agg_state(fcinfo);
	SpkEvent	event = {.page = SPK_PAGE_OTHER};
	text	   *t;

	/* an event without time, session or page is none, as aggregates ignore NULLs */
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_POINTER(state);
	event.ts = time_arg(fcinfo, 1, "ts");
	event.session = PG_GETARG_INT64(2);
	t = PG_GETARG_TEXT_PP(3);
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
	event.registration = time_arg(fcinfo, 7, "registration");
	spk_check(spk_profile_add(&state->profile, &event), PROFILE_WHAT, NULL);
	PG_RETURN_POINTER(state);
}

/* churn_profile_merge_trans(internal, churn_profile) */
Datum
churn_profile_merge_trans(PG_FUNCTION_ARGS)
{
	ProfileAggState *state = agg_state(fcinfo);

	if (!PG_ARGISNULL(1))
		spk_profile_add_datum(&state->profile, PG_GETARG_PROFILE_PP(1));
	PG_RETURN_POINTER(state);
}

Datum
churn_profile_combine(PG_FUNCTION_ARGS)
{
	ProfileAggState *state = agg_state(fcinfo);

	if (!PG_ARGISNULL(1))
	{
		ProfileAggState *other = (ProfileAggState *) PG_GETARG_POINTER(1);

		spk_check(spk_profile_add_state(&state->profile, &other->profile), PROFILE_WHAT, NULL);
	}
	PG_RETURN_POINTER(state);
}

/* A state on its way to another process is a profile, or nothing yet. */
Datum
churn_profile_serialize(PG_FUNCTION_ARGS)
{
	ProfileAggState *state = (ProfileAggState *) PG_GETARG_POINTER(0);

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "aggregate function called in non-aggregate context");
	if (spk_profile_is_empty(&state->profile))
		PG_RETURN_BYTEA_P(cstring_to_text_with_len("", 0));
	PG_RETURN_BYTEA_P(spk_profile_datum(&state->profile));
}

Datum
churn_profile_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	ProfileAggState *state;

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "aggregate function called in non-aggregate context");
	/* it lives until it is combined: the current context is right */
	state = new_state(CurrentMemoryContext);
	if (VARSIZE_ANY_EXHDR(bytes) > 0)
		spk_profile_add_datum(&state->profile, bytes);
	PG_RETURN_POINTER(state);
}

/* Is there nothing to finish?  Then the aggregate is NULL. */
static bool
agg_is_empty(FunctionCallInfo fcinfo)
{
	return PG_ARGISNULL(0) ||
		spk_profile_is_empty(&((ProfileAggState *) PG_GETARG_POINTER(0))->profile);
}

Datum
churn_profile_final(PG_FUNCTION_ARGS)
{
	if (agg_is_empty(fcinfo))
		PG_RETURN_NULL();
	PG_RETURN_BYTEA_P(spk_profile_datum(&agg_state(fcinfo)->profile));
}

Datum
churn_features_final(PG_FUNCTION_ARGS)
{
	if (agg_is_empty(fcinfo))
		PG_RETURN_NULL();
	return spk_features_result(fcinfo, spk_profile_datum(&agg_state(fcinfo)->profile), SPK_NO_DAY);
}

/* churn_profile_merge(churn_profile, churn_profile): NULL counts as nothing. */
Datum
churn_profile_merge(PG_FUNCTION_ARGS)
{
	SpkHost		host = spk_pg_host(CurrentMemoryContext);
	SpkProfileState state;

	spk_profile_init(&state, &host);
	for (int i = 0; i < 2; i++)
		if (!PG_ARGISNULL(i))
			spk_profile_add_datum(&state, PG_GETARG_PROFILE_PP(i));
	if (spk_profile_is_empty(&state))
		PG_RETURN_NULL();
	PG_RETURN_BYTEA_P(spk_profile_datum(&state));
}
