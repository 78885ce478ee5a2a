/*
 * log_profile_agg.c
 *	  The aggregates churn_profile of any log.
 *
 * What goes from one process to another is a profile.  Its reader need not make a
 * state of it before it is combined: see Arrived.
 */
#include "compat.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "host/pg_host.h"
#include "profiles/log_args.h"
#include "profiles/profile_type.h"
#include "profiles/shared_dictionary.h"

PG_FUNCTION_INFO_V1(sparkify_log_profile_transfn);
PG_FUNCTION_INFO_V1(sparkify_log_profile_combinefn);
PG_FUNCTION_INFO_V1(sparkify_log_profile_serialfn);
PG_FUNCTION_INFO_V1(sparkify_log_profile_deserialfn);
PG_FUNCTION_INFO_V1(sparkify_log_profile_finalfn);

/* What was read from another process, told from a state by having no dictionary. */
typedef struct Arrived
{
	SpkDictionary *none;
	size_t		   len;
	char		   profile[FLEXIBLE_ARRAY_MEMBER]; /* as it came; nothing if there is none yet */
} Arrived;

StaticAssertDecl(offsetof(SpkLogProfileState, names) == offsetof(Arrived, none),
				 "both begin with the dictionary");

/* The aggregate's state: argument 0, made on the first call. */
static SpkLogProfileState *
agg_state(FunctionCallInfo fcinfo)
{
	MemoryContext		context;
	SpkDictionary	   *names;
	SpkLogProfileState *state;

	/* only an aggregate has one */
	if (!PG_ARGISNULL(0))
		return (SpkLogProfileState *) PG_GETARG_POINTER(0);
	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	names = spk_shared_dictionary(context);
	state = spk_must_alloc(&names->host, 1, sizeof(SpkLogProfileState), PROFILE_WHAT);
	spk_log_profile_init(state, names);
	return state;
}

/* Adds a state that was made here or read: see the head of the file. */
static void
add_state(SpkLogProfileState *state, SpkLogProfileState *other)
{
	const Arrived *arrived = (const Arrived *) other;

	if (other->names == NULL && arrived->len > 0)
		spk_check(spk_log_profile_add_profile(state, arrived->profile, arrived->len), PROFILE_WHAT,
				  "A day is malformed");
	else if (other->names != NULL && !spk_log_profile_is_empty(other))
		spk_log_profile_add_datum(state, spk_log_profile_datum(other));
}

/* sparkify_log_profile_transfn(internal, ts, event [, session [, amount [, level]]]) */
Datum
sparkify_log_profile_transfn(PG_FUNCTION_ARGS)
{
	SpkLogProfileState *state = agg_state(fcinfo);
	SpkLogEvent			event;
	SpkStatus			status = SPK_OK;

	spk_log_profile_prefetch(state);
	if (spk_log_event(fcinfo, &event))
		status = spk_log_profile_add(state, &event);
	if (status != SPK_OK)
		spk_check(status, PROFILE_WHAT, NULL);
	PG_RETURN_POINTER(state);
}

Datum
sparkify_log_profile_combinefn(PG_FUNCTION_ARGS)
{
	SpkLogProfileState *state = agg_state(fcinfo);

	if (!PG_ARGISNULL(1))
		add_state(state, (SpkLogProfileState *) PG_GETARG_POINTER(1));
	PG_RETURN_POINTER(state);
}

/* A state on its way to another process is a profile, or nothing yet. */
Datum
sparkify_log_profile_serialfn(PG_FUNCTION_ARGS)
{
	SpkLogProfileState *state = agg_state(fcinfo);

	if (spk_log_profile_is_empty(state))
		PG_RETURN_BYTEA_P(cstring_to_text_with_len("", 0));
	PG_RETURN_BYTEA_P(spk_log_profile_datum(state));
}

Datum
sparkify_log_profile_deserialfn(PG_FUNCTION_ARGS)
{
	bytea	*bytes = PG_GETARG_BYTEA_PP(0);
	size_t	 len = VARSIZE_ANY_EXHDR(bytes);
	Arrived *arrived;

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "aggregate function called in non-aggregate context");
	arrived = palloc(offsetof(Arrived, profile) + len);
	arrived->none = NULL;
	arrived->len = len;
	memcpy(arrived->profile, VARDATA_ANY(bytes), len);
	PG_RETURN_POINTER(arrived);
}

Datum
sparkify_log_profile_finalfn(PG_FUNCTION_ARGS)
{
	SpkLogProfileState *state;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (SpkLogProfileState *) PG_GETARG_POINTER(0);
	spk_log_profile_prefetch_all(state);
	if (spk_log_profile_is_empty(state))
		PG_RETURN_NULL();
	PG_RETURN_BYTEA_P(spk_log_profile_datum(state));
}
