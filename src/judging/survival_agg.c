/*
 * survival_agg.c
 *	  churn_survival: the Kaplan-Meier curve of times until churn.
 *
 * The state counts users by time (see core/judging/survival.h), so that workers,
 * combining and shuffling leave no trace in the result.
 */
#include "compat.h"

#include "utils/builtins.h"

#include "core/judging/survival.h"
#include "host/args.h"
#include "host/label.h"
#include "host/pg_host.h"
#include "judging/points.h"
#include "judging/survival_agg.h"

#define SURVIVAL_WHAT "set of times until churn"

typedef struct SurvivalState
{
	SpkSurvival survival;
	uint64		n_skipped; /* rows in which a NULL stands */
} SurvivalState;

PG_FUNCTION_INFO_V1(sparkify_survival_transfn);
PG_FUNCTION_INFO_V1(sparkify_survival_combinefn);
PG_FUNCTION_INFO_V1(sparkify_survival_serialfn);
PG_FUNCTION_INFO_V1(sparkify_survival_deserialfn);
PG_FUNCTION_INFO_V1(sparkify_survival_finalfn);

MemoryContext
spk_survival_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "times until churn in non-aggregate context");
	return context;
}

/* The kind of the label, which is looked up once for each place in a query. */
static SpkLabelKind
label_kind(FunctionCallInfo fcinfo)
{
	SpkLabelKind *kind = fcinfo->flinfo->fn_extra;

	if (kind == NULL)
	{
		Oid type = spk_arg_type(fcinfo, 2);

		kind = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(SpkLabelKind));
		*kind = spk_label_kind(type);
		fcinfo->flinfo->fn_extra = kind;
	}
	return *kind;
}

bool
spk_timed_label(FunctionCallInfo fcinfo, SpkTimedLabel *label)
{
	SpkLabelKind kind = label_kind(fcinfo); /* a wrong type is refused in any case */
	int64		 days;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return false;
	days = PG_GETARG_INT64(1);
	if (days < 0 || days > SPK_MAX_SURVIVAL_TIME)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("days must be between 0 and %d, not " INT64_FORMAT, SPK_MAX_SURVIVAL_TIME, days),
				 days > 0 ? errhint("Count in a longer unit.") : 0));
	label->days = (uint32) days;
	label->churned = spk_label_value(PG_GETARG_DATUM(2), kind) != 0;
	return true;
}

void
spk_tell_skipped(uint64 n_skipped, uint64 n_counted, const char *needed)
{
	if (n_skipped > 0)
		ereport(NOTICE,
				(errmsg(UINT64_FORMAT " of " UINT64_FORMAT " rows do not count", n_skipped, n_skipped + n_counted),
				 errdetail("In these rows %s is null.", needed),
				 errhint("Of users who are not at risk nothing is known; leave them out in WHERE.")));
}

static SurvivalState *
state_arg(FunctionCallInfo fcinfo, int n, MemoryContext context)
{
	if (PG_ARGISNULL(n))
		return MemoryContextAllocZero(context, sizeof(SurvivalState));
	return (SurvivalState *) PG_GETARG_POINTER(n);
}

/* sparkify_survival_transfn(internal, days bigint, churned anyelement) */
Datum
sparkify_survival_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext  context = spk_survival_context(fcinfo);
	SurvivalState *state = state_arg(fcinfo, 0, context);
	SpkHost		   host = spk_pg_host(context);
	SpkTimedLabel  label;

	if (spk_timed_label(fcinfo, &label))
		spk_check(spk_survival_add(&host, &state->survival, label.days, label.churned),
				  SURVIVAL_WHAT, NULL);
	else
		state->n_skipped++;
	PG_RETURN_POINTER(state);
}

Datum
sparkify_survival_combinefn(PG_FUNCTION_ARGS)
{
	MemoryContext  context = spk_survival_context(fcinfo);
	SurvivalState *state = state_arg(fcinfo, 0, context);
	SpkHost		   host = spk_pg_host(context);

	if (!PG_ARGISNULL(1))
	{
		const SurvivalState *other = (const SurvivalState *) PG_GETARG_POINTER(1);

		spk_check(spk_survival_merge(&host, &state->survival, &other->survival), SURVIVAL_WHAT,
				  NULL);
		state->n_skipped += other->n_skipped;
	}
	PG_RETURN_POINTER(state);
}

/* For another process of this server: the state as it lies in memory, then its counts. */
Datum
sparkify_survival_serialfn(PG_FUNCTION_ARGS)
{
	SurvivalState *state = (SurvivalState *) PG_GETARG_POINTER(0);
	size_t		   counts = state->survival.n_times * sizeof(SpkSurvivalCount);
	bytea		  *result = palloc(VARHDRSZ + sizeof(SurvivalState) + counts);

	spk_survival_context(fcinfo);
	SET_VARSIZE(result, VARHDRSZ + sizeof(SurvivalState) + counts);
	memcpy(VARDATA(result), state, sizeof(SurvivalState));
	if (counts > 0)
		memcpy(VARDATA(result) + sizeof(SurvivalState), state->survival.counts, counts);
	PG_RETURN_BYTEA_P(result);
}

Datum
sparkify_survival_deserialfn(PG_FUNCTION_ARGS)
{
	bytea		  *bytes = PG_GETARG_BYTEA_PP(0);
	size_t		   size = VARSIZE_ANY_EXHDR(bytes);
	SurvivalState *state = palloc(sizeof(SurvivalState));

	spk_survival_context(fcinfo);
	if (size < sizeof(SurvivalState))
		elog(ERROR, "invalid state of times until churn");
	memcpy(state, VARDATA_ANY(bytes), sizeof(SurvivalState));
	size -= sizeof(SurvivalState);
	if (size != state->survival.n_times * sizeof(SpkSurvivalCount))
		elog(ERROR, "invalid state of times until churn");

	/* the state lives until it is combined, in the memory of this call */
	state->survival.counts = size > 0 ? palloc(size) : NULL;
	if (size > 0)
		memcpy(state->survival.counts, VARDATA_ANY(bytes) + sizeof(SurvivalState), size);
	PG_RETURN_POINTER(state);
}

Datum
sparkify_survival_finalfn(PG_FUNCTION_ARGS)
{
	SurvivalState	*state;
	SpkSurvivalCurve curve;
	SpkSurvivalPoint point;
	SpkPoints		 points;

	spk_survival_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (SurvivalState *) PG_GETARG_POINTER(0);
	spk_tell_skipped(state->n_skipped, state->survival.n, "days or churned");
	if (state->survival.n == 0)
		PG_RETURN_NULL();
	spk_points_begin(&points, fcinfo, (int) spk_survival_points(&state->survival));
	curve = (SpkSurvivalCurve) SPK_SURVIVAL_START(&state->survival);
	while (spk_survival_next(&curve, &point))
	{
		CHECK_FOR_INTERRUPTS();
		/* in the order of the SQL type's columns; spk_points_end_row refuses another number of them */
		spk_points_int(&points, (int) point.time);
		spk_points_count(&points, point.at_risk);
		spk_points_count(&points, point.events);
		spk_points_count(&points, point.censored);
		spk_points_number(&points, point.survival);
		spk_points_number(&points, point.lower);
		spk_points_number(&points, point.upper);
		spk_points_end_row(&points);
	}
	PG_RETURN_DATUM(spk_points_array(&points));
}
