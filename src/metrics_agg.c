/*
 * metrics_agg.c
 *	  The aggregate churn_metrics.
 *
 * Ranking metrics need all scores at once, so the state keeps every row, in
 * one word each.  What it holds is a set without order: the core sorts it
 * before it computes anything, which lets workers, combining and shuffling
 * leave no trace in the result.  For the same reason sorting in the final
 * function is no harm to a state that goes on growing (window functions).
 */
#include "compat.h"

#include <math.h>

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/memutils.h"

#include "core/metrics.h"
#include "label.h"
#include "pg_host.h"

#define DEFAULT_THRESHOLD	0.5
#define INITIAL_ROWS		64

/* Room a worker's tuple needs around the state, group keys included. */
#define TUPLE_RESERVE		(1024 * 1024)

typedef struct MetricsState
{
	double		threshold;
	size_t		n;
	size_t		capacity;
	SpkScored  *rows;
} MetricsState;

/* The serialized state: this header and n rows, for a worker on this machine. */
typedef struct MetricsHeader
{
	double		threshold;
	uint64		n;
} MetricsHeader;

PG_FUNCTION_INFO_V1(churn_metrics_transfn);
PG_FUNCTION_INFO_V1(churn_metrics_combinefn);
PG_FUNCTION_INFO_V1(churn_metrics_serialfn);
PG_FUNCTION_INFO_V1(churn_metrics_deserialfn);
PG_FUNCTION_INFO_V1(churn_metrics_finalfn);

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "churn_metrics called in non-aggregate context");
	return context;
}

static MetricsState *
new_state(MemoryContext context, double threshold, size_t capacity)
{
	MetricsState *state = MemoryContextAlloc(context, sizeof(MetricsState));

	state->threshold = threshold;
	state->n = 0;
	state->capacity = Max(capacity, INITIAL_ROWS);
	state->rows = MemoryContextAllocHuge(context, state->capacity * sizeof(SpkScored));
	return state;
}

/* Makes room for more rows. */
static void
reserve(MetricsState *state, size_t more)
{
	uint64		needed = (uint64) state->n + more;

	if (needed <= state->capacity)
		return;
	if (needed > SPK_MAX_SCORED)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("cannot judge more than " UINT64_FORMAT " rows at once",
						(uint64) SPK_MAX_SCORED)));

	state->capacity = (size_t) Min(Max(needed, (uint64) state->capacity * 2), SPK_MAX_SCORED);
	state->rows = repalloc_huge(state->rows, state->capacity * sizeof(SpkScored));
}

/* Raises the error for a number that is not in 0..1, and for NaN. */
static void
check_unit(const char *what, double value)
{
	if (!(value >= 0 && value <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be between 0 and 1, not %s", what, float8out_internal(value))));
}

static void
check_same_threshold(double a, double b)
{
	if (a != b)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("threshold must be the same in all rows"),
				 errdetail("Both %s and %s occur.",
						   float8out_internal(Min(a, b)), float8out_internal(Max(a, b))),
				 errhint("Use GROUP BY to judge several thresholds.")));
}

/* The kind of the label argument, looked up once for the call site. */
static SpkLabelKind
label_kind(FunctionCallInfo fcinfo)
{
	SpkLabelKind *kind = fcinfo->flinfo->fn_extra;

	if (kind == NULL)
	{
		Oid			type = get_fn_expr_argtype(fcinfo->flinfo, 1);

		if (!OidIsValid(type))
			elog(ERROR, "could not determine the type of the label");
		kind = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(SpkLabelKind));
		*kind = spk_label_kind(type);
		fcinfo->flinfo->fn_extra = kind;
	}
	return *kind;
}

static double
threshold_arg(FunctionCallInfo fcinfo)
{
	double		threshold;

	if (PG_NARGS() <= 3)
		return DEFAULT_THRESHOLD;
	if (PG_ARGISNULL(3))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("threshold must not be null")));
	threshold = PG_GETARG_FLOAT8(3);
	check_unit("threshold", threshold);
	return threshold;
}

/* churn_metrics_transfn(internal, label anyelement, score float8 [, threshold float8]) */
Datum
churn_metrics_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	MetricsState *state = PG_ARGISNULL(0) ? NULL : (MetricsState *) PG_GETARG_POINTER(0);
	SpkLabelKind kind = label_kind(fcinfo);
	double		threshold;
	double		score;
	int			label;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}

	label = spk_label_value(PG_GETARG_DATUM(1), kind);
	score = PG_GETARG_FLOAT8(2);
	check_unit("score", score);
	threshold = threshold_arg(fcinfo);

	if (state == NULL)
		state = new_state(context, threshold, 0);
	check_same_threshold(state->threshold, threshold);

	reserve(state, 1);
	state->rows[state->n++] = spk_scored(score, label);
	PG_RETURN_POINTER(state);
}

Datum
churn_metrics_combinefn(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	MetricsState *state = PG_ARGISNULL(0) ? NULL : (MetricsState *) PG_GETARG_POINTER(0);
	MetricsState *other = PG_ARGISNULL(1) ? NULL : (MetricsState *) PG_GETARG_POINTER(1);

	if (other != NULL)
	{
		if (state == NULL)
			state = new_state(context, other->threshold, other->n);
		check_same_threshold(state->threshold, other->threshold);

		reserve(state, other->n);
		memcpy(state->rows + state->n, other->rows, other->n * sizeof(SpkScored));
		state->n += other->n;
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

Datum
churn_metrics_serialfn(PG_FUNCTION_ARGS)
{
	MetricsState *state = (MetricsState *) PG_GETARG_POINTER(0);
	MetricsHeader header = {state->threshold, state->n};
	size_t		size = VARHDRSZ + sizeof(header) + state->n * sizeof(SpkScored);
	bytea	   *result;

	aggregate_context(fcinfo);
	if (size > MaxAllocSize - TUPLE_RESERVE)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("churn_metrics cannot pass " UINT64_FORMAT " rows from one process to another",
						header.n),
				 errhint("Set max_parallel_workers_per_gather to 0 for this query.")));

	result = palloc(size);
	SET_VARSIZE(result, size);
	memcpy(VARDATA(result), &header, sizeof(header));
	memcpy(VARDATA(result) + sizeof(header), state->rows, state->n * sizeof(SpkScored));
	PG_RETURN_BYTEA_P(result);
}

Datum
churn_metrics_deserialfn(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	MetricsHeader header;
	MetricsState *state;

	aggregate_context(fcinfo);
	if (VARSIZE_ANY_EXHDR(bytes) < sizeof(header))
		elog(ERROR, "invalid churn_metrics state");
	memcpy(&header, VARDATA_ANY(bytes), sizeof(header));
	if ((VARSIZE_ANY_EXHDR(bytes) - sizeof(header)) / sizeof(SpkScored) != header.n)
		elog(ERROR, "invalid churn_metrics state");

	/* lives until it is combined, in the memory of this call */
	state = new_state(CurrentMemoryContext, header.threshold, header.n);
	memcpy(state->rows, VARDATA_ANY(bytes) + sizeof(header), header.n * sizeof(SpkScored));
	state->n = header.n;
	PG_RETURN_POINTER(state);
}

/* A row of the type churn_metrics; NaN becomes NULL. */
static HeapTuple
metrics_tuple(TupleDesc desc, const SpkMetrics *m)
{
	const uint64 counts[] = {m->n, m->positives, m->tp, m->fp, m->tn, m->fn};
	const double figures[] = {
		m->accuracy, m->precision, m->recall, m->f1, m->weighted_f1, m->macro_f1,
		m->auc, m->pr_auc, m->log_loss, m->brier, m->baseline_weighted_f1,
		m->best_threshold, m->best_f1
	};
	Datum		values[1 + lengthof(counts) + lengthof(figures)];
	bool		nulls[lengthof(values)] = {false};
	int			at = 0;

	/* n and positives stand before the threshold, the other counts behind */
	for (int i = 0; i < lengthof(counts); i++)
	{
		if (i == 2)
			values[at++] = Float8GetDatum(m->threshold);
		values[at++] = Int64GetDatum((int64) counts[i]);
	}
	for (int i = 0; i < lengthof(figures); i++)
	{
		nulls[at] = isnan(figures[i]);
		values[at++] = Float8GetDatum(figures[i]);
	}

	if (desc->natts != lengthof(values))
		elog(ERROR, "type churn_metrics has %d columns instead of %d",
			 desc->natts, (int) lengthof(values));
	return heap_form_tuple(desc, values, nulls);
}

Datum
churn_metrics_finalfn(PG_FUNCTION_ARGS)
{
	SpkHost		host = spk_pg_host(CurrentMemoryContext);
	MetricsState *state;
	SpkMetrics	metrics;
	TupleDesc	desc;

	aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (MetricsState *) PG_GETARG_POINTER(0);

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	desc = BlessTupleDesc(desc);

	spk_check(spk_metrics(&host, state->rows, state->n, state->threshold, &metrics),
			  "set of scored rows", NULL);
	PG_RETURN_DATUM(HeapTupleGetDatum(metrics_tuple(desc, &metrics)));
}
