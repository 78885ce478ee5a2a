/*
 * user_tally_agg.c
 *	  sparkify_user_tally: the aggregate that churn_describe_log runs over its
 *	  source, for each user.
 *
 * A state that came from another process is the bytes that were sent, until it is
 * combined.
 */
#include "compat.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "core/profiles/user_tally.h"
#include "host/pg_host.h"
#include "profiles/log_args.h"
#include "profiles/shared_dictionary.h"
#include "profiles/user_tally_agg.h"

PG_FUNCTION_INFO_V1(sparkify_user_tally_transfn);
PG_FUNCTION_INFO_V1(sparkify_user_tally_date_transfn);
PG_FUNCTION_INFO_V1(sparkify_user_tally_combinefn);
PG_FUNCTION_INFO_V1(sparkify_user_tally_serialfn);
PG_FUNCTION_INFO_V1(sparkify_user_tally_deserialfn);
PG_FUNCTION_INFO_V1(sparkify_user_tally_finalfn);

#define USER_TALLY_WHAT "tally of a user"

#define TALLY_TS		  1
#define TALLY_EVENT		  2
#define TALLY_END_OF_TIME 6
#define TALLY_IS_DONE	  7

typedef struct TallyState
{
	bytea		*arrived; /* NULL: the tally is here */
	SpkUserTally tally;
} TallyState;

/* Of the churn_describe_log that runs in this process; NULL: none. */
static SpkReadProgress *watched;

SpkReadProgress *
spk_user_tally_watch(SpkReadProgress *progress)
{
	SpkReadProgress *before = watched;

	watched = progress;
	return before;
}

/* The aggregate's state: argument 0, made on the first call. */
static TallyState *
agg_state(FunctionCallInfo fcinfo)
{
	MemoryContext context;
	TallyState	 *state;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	if (!PG_ARGISNULL(0))
		return (TallyState *) PG_GETARG_POINTER(0);
	state = MemoryContextAlloc(context, sizeof(TallyState));
	state->arrived = NULL;
	spk_user_tally_init(&state->tally, spk_shared_dictionary(context));
	return state;
}

static bytea *
tally_bytes(SpkUserTally *tally)
{
	SpkHost	  host = spk_pg_host(CurrentMemoryContext);
	SpkWriter w = spk_writer(&host);
	bytea	 *bytes;

	spk_check(spk_user_tally_write(tally, &w), USER_TALLY_WHAT, NULL);
	bytes = (bytea *) cstring_to_text_with_len((char *) w.data, (int) w.len);
	pfree(w.data);
	return bytes;
}

/* Adds the row in the arguments, whose time, if it has one, is this. */
static void
add_row(FunctionCallInfo fcinfo, SpkUserTally *tally, int64 ts)
{
	SpkLogEvent event;

	if (watched != NULL)
		spk_read_progress(watched);
	if (PG_ARGISNULL(TALLY_TS) || PG_ARGISNULL(TALLY_EVENT))
		spk_user_tally_add_blank(tally, !PG_ARGISNULL(TALLY_TS), !PG_ARGISNULL(TALLY_EVENT));
	else if (ts < SPK_EARLIEST_EVENT || ts >= PG_GETARG_TIMESTAMPTZ(TALLY_END_OF_TIME))
		spk_user_tally_add_odd(tally, ts);
	else if (spk_log_event(fcinfo, &event))
		spk_check(spk_user_tally_add(tally, &event,
									 PG_ARGISNULL(TALLY_IS_DONE) || PG_GETARG_BOOL(TALLY_IS_DONE)),
				  USER_TALLY_WHAT, NULL);
}

/* sparkify_user_tally_transfn(internal, ts, event, session, amount, level, end_of_time, is_done) */
Datum
sparkify_user_tally_transfn(PG_FUNCTION_ARGS)
{
	TallyState *state = agg_state(fcinfo);

	add_row(fcinfo, &state->tally, PG_ARGISNULL(TALLY_TS) ? 0 : PG_GETARG_TIMESTAMPTZ(TALLY_TS));
	PG_RETURN_POINTER(state);
}

/* The same for dates, of which some lie beyond all times. */
Datum
sparkify_user_tally_date_transfn(PG_FUNCTION_ARGS)
{
	TallyState *state = agg_state(fcinfo);
	int64		ts = 0;

	if (!PG_ARGISNULL(TALLY_TS))
	{
		DateADT day = PG_GETARG_DATEADT(TALLY_TS);

		if (day < spk_day_of(SPK_MIN_TIME))
			ts = DT_NOBEGIN;
		else if (day > spk_day_of(SPK_MAX_TIME))
			ts = DT_NOEND;
		else
			ts = day * SPK_USECS_PER_DAY;
	}
	add_row(fcinfo, &state->tally, ts);
	PG_RETURN_POINTER(state);
}

Datum
sparkify_user_tally_combinefn(PG_FUNCTION_ARGS)
{
	TallyState *state = agg_state(fcinfo);
	TallyState *other = PG_ARGISNULL(1) ? NULL : (TallyState *) PG_GETARG_POINTER(1);

	if (other != NULL)
	{
		bytea *bytes = other->arrived != NULL ? other->arrived : tally_bytes(&other->tally);

		spk_check(spk_user_tally_read(&state->tally, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes)),
				  USER_TALLY_WHAT, "It was not sent whole");
	}
	PG_RETURN_POINTER(state);
}

Datum
sparkify_user_tally_serialfn(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(tally_bytes(&agg_state(fcinfo)->tally));
}

Datum
sparkify_user_tally_deserialfn(PG_FUNCTION_ARGS)
{
	TallyState *state;

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "aggregate function called in non-aggregate context");
	state = palloc0(sizeof(TallyState));
	state->arrived = PG_GETARG_BYTEA_P_COPY(0);
	PG_RETURN_POINTER(state);
}

Datum
sparkify_user_tally_finalfn(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_BYTEA_P(tally_bytes(&agg_state(fcinfo)->tally));
}
