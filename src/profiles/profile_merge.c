/*
 * profile_merge.c
 *	  churn_profile_merge: one profile of many, of the music log or of any other.
 */
#include "compat.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "host/pg_host.h"
#include "profiles/profile_type.h"
#include "profiles/shared_dictionary.h"

PG_FUNCTION_INFO_V1(sparkify_profile_merge_transfn);
PG_FUNCTION_INFO_V1(sparkify_profile_merge_combinefn);
PG_FUNCTION_INFO_V1(sparkify_profile_merge_serialfn);
PG_FUNCTION_INFO_V1(sparkify_profile_merge_deserialfn);
PG_FUNCTION_INFO_V1(sparkify_profile_merge_finalfn);
PG_FUNCTION_INFO_V1(churn_profile_merge);

/* A profile that is merged: of which log, the first part says. */
typedef struct MergeState
{
	enum
	{
		MERGE_NOTHING,
		MERGE_MUSIC,
		MERGE_LOG
	} kind;
	SpkHost host; /* of a music profile's state */
	union
	{
		SpkProfileState	   music;
		SpkLogProfileState log;
	} of;
} MergeState;

static MergeState *
new_state(MemoryContext context)
{
	MergeState *state = MemoryContextAlloc(context, sizeof(MergeState));

	state->kind = MERGE_NOTHING;
	state->host = spk_pg_host(context);
	return state;
}

/* Adds a profile; the state lies in this context. */
static void
add_profile(MergeState *state, const bytea *profile, MemoryContext context)
{
	bool is_log = spk_profile_is_of_any_log(profile);

	if (state->kind == MERGE_NOTHING)
	{
		if (is_log)
			spk_log_profile_init(&state->of.log, spk_shared_dictionary(context));
		else
			spk_profile_init(&state->of.music, &state->host);
		state->kind = is_log ? MERGE_LOG : MERGE_MUSIC;
	}
	if (state->kind == MERGE_LOG)
		spk_log_profile_add_datum(&state->of.log, profile);
	else
		spk_profile_add_datum(&state->of.music, profile);
}

/* The merged profile; NULL without any. */
static bytea *
merged(MergeState *state)
{
	switch (state->kind)
	{
		case MERGE_NOTHING:
			return NULL;
		case MERGE_MUSIC:
			return spk_profile_datum(&state->of.music);
		case MERGE_LOG:
			return spk_log_profile_datum(&state->of.log);
	}
	elog(ERROR, "unknown kind of profile %d", (int) state->kind);
}

/* The aggregate's state: argument 0, made on the first call; and the context it lies in. */
static MergeState *
agg_state(FunctionCallInfo fcinfo, MemoryContext *context)
{
	if (!AggCheckCallContext(fcinfo, context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	if (PG_ARGISNULL(0))
		return new_state(*context);
	*context = GetMemoryChunkContext(PG_GETARG_POINTER(0));
	return (MergeState *) PG_GETARG_POINTER(0);
}

/* sparkify_profile_merge_transfn(internal, churn_profile) */
Datum
sparkify_profile_merge_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	MergeState	 *state = agg_state(fcinfo, &context);

	if (!PG_ARGISNULL(1))
		add_profile(state, PG_GETARG_PROFILE_PP(1), context);
	PG_RETURN_POINTER(state);
}

Datum
sparkify_profile_merge_combinefn(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	MergeState	 *state = agg_state(fcinfo, &context);

	if (!PG_ARGISNULL(1))
	{
		bytea *profile = merged((MergeState *) PG_GETARG_POINTER(1));

		if (profile != NULL)
			add_profile(state, profile, context);
	}
	PG_RETURN_POINTER(state);
}

/* A state on its way to another process is a profile, or nothing yet. */
Datum
sparkify_profile_merge_serialfn(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	bytea		 *profile = merged(agg_state(fcinfo, &context));

	PG_RETURN_BYTEA_P(profile != NULL ? profile : cstring_to_text_with_len("", 0));
}

Datum
sparkify_profile_merge_deserialfn(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	MergeState *state;

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "aggregate function called in non-aggregate context");
	state = new_state(CurrentMemoryContext);
	if (VARSIZE_ANY_EXHDR(bytes) > 0)
		add_profile(state, bytes, CurrentMemoryContext);
	PG_RETURN_POINTER(state);
}

Datum
sparkify_profile_merge_finalfn(PG_FUNCTION_ARGS)
{
	bytea *profile = PG_ARGISNULL(0) ? NULL : merged((MergeState *) PG_GETARG_POINTER(0));

	if (profile == NULL)
		PG_RETURN_NULL();
	PG_RETURN_BYTEA_P(profile);
}

/* churn_profile_merge(churn_profile, churn_profile): NULL counts as nothing. */
Datum
churn_profile_merge(PG_FUNCTION_ARGS)
{
	MergeState *state = new_state(CurrentMemoryContext);
	bytea	   *profile;

	for (int i = 0; i < 2; i++)
		if (!PG_ARGISNULL(i))
			add_profile(state, PG_GETARG_PROFILE_PP(i), CurrentMemoryContext);
	profile = merged(state);
	if (profile == NULL)
		PG_RETURN_NULL();
	PG_RETURN_BYTEA_P(profile);
}
