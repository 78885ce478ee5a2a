/*
 * scores_agg.c
 *	  The aggregates that judge scores, without their results.
 *
 * They share one state and the functions that build it.  So PostgreSQL builds it once for
 * all those that a query calls with the same label and score.  A state is a set without
 * order (see core/judging/scores.h), so that workers, combining and shuffling leave no
 * trace in the result.  For the same reason a final function may sort a state that goes
 * on growing, as it does in window functions.
 */
#include "compat.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/float.h"

#include "core/judging/curves.h"
#include "host/args.h"
#include "host/label.h"
#include "host/pg_host.h"
#include "judging/scores_agg.h"

#define DEFAULT_THRESHOLD 0.5

/* The names of the arguments, for errors. */
static const char *const arg_names[][MAX_SCORES_ARGS] = {[SCORES_THRESHOLD] = {"threshold"},
														 [SCORES_BINS] = {"bins"},
														 [SCORES_COSTS] = {"cost_false_alarm",
																		   "cost_missed"},
														 [SCORES_BUDGET] = {"budget"}};

PG_FUNCTION_INFO_V1(sparkify_scores_transfn);
PG_FUNCTION_INFO_V1(sparkify_scores_bins_transfn);
PG_FUNCTION_INFO_V1(sparkify_scores_costs_transfn);
PG_FUNCTION_INFO_V1(sparkify_scores_budget_transfn);
PG_FUNCTION_INFO_V1(sparkify_scores_combinefn);
PG_FUNCTION_INFO_V1(sparkify_scores_serialfn);
PG_FUNCTION_INFO_V1(sparkify_scores_deserialfn);

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "scores judged in non-aggregate context");
	return context;
}

static ScoresState *
state_arg(FunctionCallInfo fcinfo, int argno)
{
	return PG_ARGISNULL(argno) ? NULL : (ScoresState *) PG_GETARG_POINTER(argno);
}

static Datum
state_result(FunctionCallInfo fcinfo, ScoresState *state)
{
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

static ScoresState *
new_state(MemoryContext context, ScoresExtra extra, const double *args)
{
	ScoresState *state = MemoryContextAllocZero(context, sizeof(ScoresState));

	spk_scores_init(&state->scores, extra == SCORES_THRESHOLD ? args[0] : DEFAULT_THRESHOLD);
	state->extra = extra;
	memcpy(state->args, args, sizeof(state->args));
	return state;
}

static void
check_same_args(const ScoresState *state, const double *args)
{
	for (int i = 0; i < MAX_SCORES_ARGS; i++)
		if (state->args[i] != args[i])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s must be the same in all rows", arg_names[state->extra][i]),
					 errdetail("Both %s and %s occur.",
							   float8out_internal(Min(state->args[i], args[i])),
							   float8out_internal(Max(state->args[i], args[i]))),
					 errhint("Use GROUP BY to judge with several values.")));
}

static void
check_status(SpkStatus status)
{
	spk_check(status, "set of scored rows", NULL);
}

/* Raises an error for a number that is not between 0 and 1, and for NaN. */
static void
check_unit(const char *what, double value)
{
	if (!(value >= 0 && value <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be between 0 and 1, not %s", what, float8out_internal(value))));
}

/* The kind of the label, which is looked up once for each place in a query. */
static SpkLabelKind
label_kind(FunctionCallInfo fcinfo)
{
	SpkLabelKind *kind = fcinfo->flinfo->fn_extra;

	if (kind == NULL)
	{
		Oid type = spk_arg_type(fcinfo, 1);

		kind = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(SpkLabelKind));
		*kind = spk_label_kind(type);
		fcinfo->flinfo->fn_extra = kind;
	}
	return *kind;
}

/* Does this row count?  A label of a type that cannot be one is refused in any case. */
static bool
row_counts(FunctionCallInfo fcinfo)
{
	(void) label_kind(fcinfo);
	return !PG_ARGISNULL(1) && !PG_ARGISNULL(2);
}

/* Adds a row that counts.  args have been checked. */
static Datum
add_row(FunctionCallInfo fcinfo, ScoresExtra extra, const double *args)
{
	MemoryContext context = aggregate_context(fcinfo);
	ScoresState	 *state = state_arg(fcinfo, 0);
	SpkHost		  host = spk_pg_host(context);
	int			  label = spk_label_value(PG_GETARG_DATUM(1), label_kind(fcinfo));
	double		  score = PG_GETARG_FLOAT8(2);

	check_unit("score", score);
	if (state == NULL)
		state = new_state(context, extra, args);
	check_same_args(state, args);
	check_status(spk_scores_add(&host, &state->scores, score, label));
	return state_result(fcinfo, state);
}

/* Refuses NULL as an argument after label and score. */
static void
check_not_null(FunctionCallInfo fcinfo, ScoresExtra extra)
{
	for (int i = 3; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s must not be null", arg_names[extra][i - 3])));
}

/* sparkify_scores_transfn(internal, label anyelement, score float8 [, threshold float8]) */
Datum
sparkify_scores_transfn(PG_FUNCTION_ARGS)
{
	double args[MAX_SCORES_ARGS] = {0};

	if (!row_counts(fcinfo))
		return state_result(fcinfo, state_arg(fcinfo, 0));
	if (PG_NARGS() == 3)
		return add_row(fcinfo, SCORES_PLAIN, args);

	check_not_null(fcinfo, SCORES_THRESHOLD);
	args[0] = PG_GETARG_FLOAT8(3);
	check_unit("threshold", args[0]);
	return add_row(fcinfo, SCORES_THRESHOLD, args);
}

/* sparkify_scores_bins_transfn(internal, label anyelement, score float8, bins int) */
Datum
sparkify_scores_bins_transfn(PG_FUNCTION_ARGS)
{
	double args[MAX_SCORES_ARGS] = {0};

	if (!row_counts(fcinfo))
		return state_result(fcinfo, state_arg(fcinfo, 0));
	check_not_null(fcinfo, SCORES_BINS);
	args[0] = PG_GETARG_INT32(3);
	if (args[0] < 1 || args[0] > SPK_MAX_CALIBRATION_BINS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("bins must be between 1 and %d, not %d", SPK_MAX_CALIBRATION_BINS, PG_GETARG_INT32(3))));
	return add_row(fcinfo, SCORES_BINS, args);
}

/* sparkify_scores_costs_transfn(internal, label anyelement, score, cost_false_alarm, cost_missed float8) */
Datum
sparkify_scores_costs_transfn(PG_FUNCTION_ARGS)
{
	double args[MAX_SCORES_ARGS];

	if (!row_counts(fcinfo))
		return state_result(fcinfo, state_arg(fcinfo, 0));
	check_not_null(fcinfo, SCORES_COSTS);
	for (int i = 0; i < MAX_SCORES_ARGS; i++)
	{
		args[i] = PG_GETARG_FLOAT8(3 + i);
		if (!(args[i] >= 0) || isinf(args[i]))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s must not be negative or infinite, not %s",
							arg_names[SCORES_COSTS][i], float8out_internal(args[i]))));
	}
	if (args[0] == 0 && args[1] == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cost_false_alarm and cost_missed must not both be 0")));
	return add_row(fcinfo, SCORES_COSTS, args);
}

/* sparkify_scores_budget_transfn(internal, label anyelement, score float8, budget bigint) */
Datum
sparkify_scores_budget_transfn(PG_FUNCTION_ARGS)
{
	double args[MAX_SCORES_ARGS] = {0};

	if (!row_counts(fcinfo))
		return state_result(fcinfo, state_arg(fcinfo, 0));
	check_not_null(fcinfo, SCORES_BUDGET);
	if (PG_GETARG_INT64(3) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("budget must not be negative")));
	args[0] = (double) Min((uint64) PG_GETARG_INT64(3), SPK_MAX_SCORED);
	return add_row(fcinfo, SCORES_BUDGET, args);
}

Datum
sparkify_scores_combinefn(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	ScoresState	 *state = state_arg(fcinfo, 0);
	ScoresState	 *other = state_arg(fcinfo, 1);
	SpkHost		  host = spk_pg_host(context);

	if (other != NULL)
	{
		if (state == NULL)
			state = new_state(context, other->extra, other->args);
		check_same_args(state, other->args);
		check_status(spk_scores_merge(&host, &state->scores, &other->scores));
	}
	return state_result(fcinfo, state);
}

/* Bytes of the rows or cells, whichever the scores have. */
static size_t
content_size(const SpkScores *scores)
{
	return scores->cells != NULL ? SPK_SCORE_CELLS * sizeof(SpkScoreCell) :
								   (size_t) scores->n * sizeof(SpkScored);
}

/* For another process of this server: the state as it lies in memory, then its rows or cells. */
Datum
sparkify_scores_serialfn(PG_FUNCTION_ARGS)
{
	ScoresState *state = (ScoresState *) PG_GETARG_POINTER(0);
	size_t		 content = content_size(&state->scores);
	size_t		 size = VARHDRSZ + sizeof(ScoresState) + content;
	SpkHost		 host = spk_pg_host(CurrentMemoryContext);
	bytea		*result;

	aggregate_context(fcinfo);
	result = palloc(size);
	SET_VARSIZE(result, size);
	memcpy(VARDATA(result), state, sizeof(ScoresState));
	(void) spk_copy(&host, VARDATA(result) + sizeof(ScoresState),
					state->scores.cells != NULL ? (void *) state->scores.cells :
												  (void *) state->scores.rows,
					content);
	PG_RETURN_BYTEA_P(result);
}

Datum
sparkify_scores_deserialfn(PG_FUNCTION_ARGS)
{
	bytea		*bytes = PG_GETARG_BYTEA_PP(0);
	size_t		 size = VARSIZE_ANY_EXHDR(bytes);
	ScoresState *state = palloc(sizeof(ScoresState));
	SpkHost		 host = spk_pg_host(CurrentMemoryContext);
	void		*content;

	aggregate_context(fcinfo);
	if (size < sizeof(ScoresState))
		elog(ERROR, "invalid state of scores");
	memcpy(state, VARDATA_ANY(bytes), sizeof(ScoresState));
	size -= sizeof(ScoresState);
	if (size != content_size(&state->scores))
		elog(ERROR, "invalid state of scores");

	/* the state lives until it is combined, in the memory of this call */
	content = palloc(size);
	(void) spk_copy(&host, content, VARDATA_ANY(bytes) + sizeof(ScoresState), size);
	if (state->scores.cells != NULL)
		state->scores.cells = content;
	else
		state->scores.rows = content;
	PG_RETURN_POINTER(state);
}

ScoresState *
spk_scores_state(FunctionCallInfo fcinfo)
{
	aggregate_context(fcinfo);
	return state_arg(fcinfo, 0);
}
