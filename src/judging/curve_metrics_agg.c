/*
 * curve_metrics_agg.c
 *	  churn_curve_metrics: how good predicted curves of survival are.
 *
 * The state is a set without order (see core/judging/survival_scores.h), so that workers,
 * combining and shuffling leave no trace in the result.  For the same reason a final
 * function may sort a state that goes on growing, as it does in window functions.
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/float.h"

#include "core/judging/survival_scores.h"
#include "host/pg_host.h"
#include "judging/survival_agg.h"

#define SCORES_WHAT "set of predicted curves"

typedef struct MetricsState
{
	SpkSurvivalScores scores; /* n_periods is 0 before the first row that counts */
	uint64			  n_skipped;
} MetricsState;

/* Columns of churn_curve_metrics */
enum
{
	OUT_N,
	OUT_EVENTS,
	OUT_PERIODS,
	OUT_CONCORDANCE,
	OUT_INTEGRATED_BRIER,
	OUT_BASELINE_BRIER,
	OUT_BRIER,
	N_OUT
};

PG_FUNCTION_INFO_V1(sparkify_curve_metrics_transfn);
PG_FUNCTION_INFO_V1(sparkify_curve_metrics_combinefn);
PG_FUNCTION_INFO_V1(sparkify_curve_metrics_serialfn);
PG_FUNCTION_INFO_V1(sparkify_curve_metrics_deserialfn);
PG_FUNCTION_INFO_V1(sparkify_curve_metrics_finalfn);

static void
check_status(SpkStatus status)
{
	if (status == SPK_LIMIT)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("cannot judge more than " UINT64_FORMAT " predicted curves at once", SPK_MAX_SURVIVAL_ROWS),
				 errhint("Judge a part of the users, as with TABLESAMPLE or by a hash of their ids.")));
	spk_check(status, SCORES_WHAT, NULL);
}

/* ---- Rows ---- */

/* The numbers of an array that is a curve; *n of them. */
static const double *
curve_arg(FunctionCallInfo fcinfo, int arg, int *n)
{
	ArrayType	 *array = PG_GETARG_ARRAYTYPE_P(arg);
	const double *curve = (const double *) ARR_DATA_PTR(array);

	if (ARR_NDIM(array) != 1 || ARR_HASNULL(array))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("curve must be a one-dimensional array of numbers, none of which is null")));
	*n = ARR_DIMS(array)[0];
	for (int i = 0; i < *n; i++)
		if (!(curve[i] >= 0 && curve[i] <= 1))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("curve must be of numbers between 0 and 1, not %s", float8out_internal(curve[i])),
					 errhint("Each is the chance to stay through its period, as churn_predict_curve gives it.")));
	return curve;
}

/* All rows have curves of so many periods of so many days. */
static void
check_shape(const SpkHost *host, MetricsState *state, int n_periods, int width)
{
	const SpkSurvivalScores *scores = &state->scores;

	if (scores->n_periods == 0)
	{
		if (width < 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("width must be positive, not %d", width)));
		if (!spk_survival_scores_fit((uint32_t) n_periods, (uint32_t) width))
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("curves of %d periods of %d days are too long to be judged", n_periods, width),
					 errhint("Judge their first elements, or count in a longer unit.")));
		check_status(
			spk_survival_scores_init(host, &state->scores, (uint32_t) n_periods, (uint32_t) width));
	}
	if (scores->n_periods != (uint32_t) n_periods || scores->width != (uint32_t) width)
	{
		int	 first[2] = {(int) scores->n_periods, (int) scores->width};
		int	 second[2] = {n_periods, width};
		bool swap = first[0] > second[0] || (first[0] == second[0] && first[1] > second[1]);
		int *low = swap ? second : first;
		int *high = swap ? first : second;

		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("curve and width must be as long in all rows"),
				 errdetail("Both %d periods of %d days and %d periods of %d days occur.", low[0], low[1], high[0], high[1]),
				 errhint("Use GROUP BY to judge several models.")));
	}
}

static MetricsState *
state_arg(FunctionCallInfo fcinfo, int n, MemoryContext context)
{
	if (PG_ARGISNULL(n))
		return MemoryContextAllocZero(context, sizeof(MetricsState));
	return (MetricsState *) PG_GETARG_POINTER(n);
}

/* sparkify_curve_metrics_transfn(internal, days, churned, curve float8[], width int) */
Datum
sparkify_curve_metrics_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext context = spk_survival_context(fcinfo);
	MetricsState *state = state_arg(fcinfo, 0, context);
	SpkHost		  host = spk_pg_host(context);
	SpkTimedLabel label;
	const double *curve;
	int			  n_periods;

	if (PG_ARGISNULL(4))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("width must not be null")));
	if (!spk_timed_label(fcinfo, &label) || PG_ARGISNULL(3))
	{
		state->n_skipped++;
		PG_RETURN_POINTER(state);
	}
	curve = curve_arg(fcinfo, 3, &n_periods);
	check_shape(&host, state, n_periods, PG_GETARG_INT32(4));
	check_status(spk_survival_scores_add(&host, &state->scores, label.days, label.churned, curve));
	PG_RETURN_POINTER(state);
}

Datum
sparkify_curve_metrics_combinefn(PG_FUNCTION_ARGS)
{
	MemoryContext context = spk_survival_context(fcinfo);
	MetricsState *state = state_arg(fcinfo, 0, context);
	SpkHost		  host = spk_pg_host(context);

	if (!PG_ARGISNULL(1))
	{
		const MetricsState *other = (const MetricsState *) PG_GETARG_POINTER(1);

		if (other->scores.n_periods > 0)
		{
			check_shape(&host, state, (int) other->scores.n_periods, (int) other->scores.width);
			check_status(spk_survival_scores_merge(&host, &state->scores, &other->scores));
		}
		state->n_skipped += other->n_skipped;
	}
	PG_RETURN_POINTER(state);
}

/* ---- Between processes ---- */

/* What a state owns: where each array is, and its bytes. */
typedef struct Part
{
	void **array;
	size_t size;
} Part;

#define N_PARTS 4

static void
list_parts(MetricsState *state, Part *parts)
{
	SpkSurvivalScores *scores = &state->scores;

	parts[0] = (Part) {(void **) &scores->survival.counts,
					   scores->survival.n_times * sizeof(SpkSurvivalCount)};
	parts[1] = (Part) {(void **) &scores->rows, scores->survival.n * sizeof(uint64)};
	parts[2] = (Part) {(void **) &scores->left,
					   scores->n_periods == 0 ? 0 :
												spk_survival_scores_sums(scores) * sizeof(uint64)};
	parts[3] = (Part) {(void **) &scores->stayed, scores->n_periods * sizeof(uint64)};
}

/* For another process of this server: the state as it lies in memory, then its arrays. */
Datum
sparkify_curve_metrics_serialfn(PG_FUNCTION_ARGS)
{
	MetricsState *state = (MetricsState *) PG_GETARG_POINTER(0);
	SpkHost		  host = spk_pg_host(CurrentMemoryContext);
	size_t		  size = VARHDRSZ + sizeof(MetricsState);
	Part		  parts[N_PARTS];
	bytea		 *result;
	char		 *at;

	spk_survival_context(fcinfo);
	list_parts(state, parts);
	for (int i = 0; i < N_PARTS; i++)
		size += parts[i].size;
	result = palloc(size);
	SET_VARSIZE(result, size);
	at = VARDATA(result);
	memcpy(at, state, sizeof(MetricsState));
	at += sizeof(MetricsState);
	for (int i = 0; i < N_PARTS; at += parts[i++].size)
		if (parts[i].size > 0)
			(void) spk_copy(&host, at, *parts[i].array, parts[i].size);
	PG_RETURN_BYTEA_P(result);
}

Datum
sparkify_curve_metrics_deserialfn(PG_FUNCTION_ARGS)
{
	bytea		 *bytes = PG_GETARG_BYTEA_PP(0);
	const char	 *at = VARDATA_ANY(bytes);
	size_t		  left = VARSIZE_ANY_EXHDR(bytes);
	MetricsState *state = palloc(sizeof(MetricsState));
	SpkHost		  host = spk_pg_host(CurrentMemoryContext);
	Part		  parts[N_PARTS];

	spk_survival_context(fcinfo);
	if (left < sizeof(MetricsState))
		elog(ERROR, "invalid state of predicted curves");
	memcpy(state, at, sizeof(MetricsState));
	at += sizeof(MetricsState);
	left -= sizeof(MetricsState);

	/* the state lives until it is combined, in the memory of this call */
	list_parts(state, parts);
	for (int i = 0; i < N_PARTS; i++)
	{
		if (parts[i].size > left)
			elog(ERROR, "invalid state of predicted curves");
		*parts[i].array = palloc(Max(parts[i].size, 1));
		(void) spk_copy(&host, *parts[i].array, at, parts[i].size);
		at += parts[i].size;
		left -= parts[i].size;
	}
	if (left != 0)
		elog(ERROR, "invalid state of predicted curves");
	PG_RETURN_POINTER(state);
}

/* ---- The result ---- */

static Datum
brier_array(const double *brier, int n)
{
	Datum *values = palloc(Max(n, 1) * sizeof(Datum));

	for (int i = 0; i < n; i++)
		values[i] = Float8GetDatum(brier[i]);
	return PointerGetDatum(
		construct_array(values, n, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

Datum
sparkify_curve_metrics_finalfn(PG_FUNCTION_ARGS)
{
	SpkHost			   host = spk_pg_host(CurrentMemoryContext);
	MetricsState	  *state;
	SpkSurvivalMetrics m;
	double			  *brier;
	TupleDesc		   desc;
	Datum			   values[N_OUT];
	bool			   nulls[N_OUT] = {false};

	spk_survival_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (MetricsState *) PG_GETARG_POINTER(0);
	spk_tell_skipped(state->n_skipped, state->scores.survival.n, "days, churned or curve");
	if (state->scores.survival.n == 0)
		PG_RETURN_NULL();
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != N_OUT)
		elog(ERROR, "return type must be a row type of %d columns", N_OUT);
	desc = BlessTupleDesc(desc);

	/* what cannot be said is NULL */
	brier = palloc(state->scores.n_periods * sizeof(double));
	check_status(spk_survival_scores_judge(&host, &state->scores, &m, brier));
	values[OUT_N] = Int64GetDatum((int64) m.n);
	values[OUT_EVENTS] = Int64GetDatum((int64) m.n_events);
	values[OUT_PERIODS] = Int32GetDatum((int32) m.n_periods);
	values[OUT_CONCORDANCE] = Float8GetDatum(m.concordance);
	nulls[OUT_CONCORDANCE] = isnan(m.concordance);
	values[OUT_INTEGRATED_BRIER] = Float8GetDatum(m.integrated_brier);
	nulls[OUT_INTEGRATED_BRIER] = isnan(m.integrated_brier);
	values[OUT_BASELINE_BRIER] = Float8GetDatum(m.baseline_brier);
	nulls[OUT_BASELINE_BRIER] = isnan(m.baseline_brier);
	values[OUT_BRIER] = brier_array(brier, (int) m.n_periods);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}
