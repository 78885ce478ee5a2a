/*
 * curves_agg.c
 *	  The results of churn_roc, churn_pr, churn_lift, churn_calibration and
 *	  churn_threshold.
 */
#include "compat.h"

#include <math.h>

#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "core/judging/curves.h"
#include "core/judging/threshold.h"
#include "host/pg_host.h"
#include "judging/scores_agg.h"

#define MAX_COLUMNS 10

PG_FUNCTION_INFO_V1(sparkify_roc_finalfn);
PG_FUNCTION_INFO_V1(sparkify_pr_finalfn);
PG_FUNCTION_INFO_V1(sparkify_lift_finalfn);
PG_FUNCTION_INFO_V1(sparkify_calibration_finalfn);
PG_FUNCTION_INFO_V1(sparkify_threshold_finalfn);

/* The array of rows that the call will return. */
typedef struct Points
{
	TupleDesc desc;
	int		  n;
	int		  max;
	Datum	 *rows;
	int		  at; /* columns of the next row that have been put in */
	Datum	  values[MAX_COLUMNS];
	bool	  nulls[MAX_COLUMNS];
} Points;

/* Starts an array of at most max rows of the type that the call returns an array of. */
static void
begin_points(Points *points, FunctionCallInfo fcinfo, int max)
{
	Oid type = get_element_type(get_fn_expr_rettype(fcinfo->flinfo));

	if (!OidIsValid(type))
		elog(ERROR, "return type must be an array of rows");
	points->desc = lookup_rowtype_tupdesc_copy(type, -1);
	points->n = 0;
	points->at = 0;
	points->max = max;
	points->rows = palloc(Max(max, 1) * sizeof(Datum));
}

/* Puts in the next column of the row. */
static void
put(Points *points, Datum value, bool isnull)
{
	Assert(points->at < MAX_COLUMNS);
	points->nulls[points->at] = isnull;
	points->values[points->at++] = value;
}

static void
put_int(Points *points, int value)
{
	put(points, Int32GetDatum(value), false);
}

static void
put_count(Points *points, uint64 value)
{
	put(points, Int64GetDatum((int64) value), false);
}

/* NaN becomes NULL. */
static void
put_number(Points *points, double value)
{
	put(points, Float8GetDatum(value), isnan(value));
}

static void
end_row(Points *points)
{
	if (points->at != points->desc->natts || points->n >= points->max)
		elog(ERROR, "row type with %d columns instead of %d", points->desc->natts, points->at);
	points->rows[points->n++] = HeapTupleGetDatum(
		heap_form_tuple(points->desc, points->values, points->nulls));
	points->at = 0;
}

static Datum
points_array(const Points *points)
{
	return PointerGetDatum(construct_array(points->rows, points->n, points->desc->tdtypeid, -1,
										   false, TYPALIGN_DOUBLE));
}

static void
check_status(SpkStatus status)
{
	spk_check(status, "set of scored rows", NULL);
}

Datum
sparkify_roc_finalfn(PG_FUNCTION_ARGS)
{
	ScoresState *state = spk_scores_state(fcinfo);
	SpkHost		 host = spk_pg_host(CurrentMemoryContext);
	SpkRocPoint	 roc[SPK_CURVE_POINTS];
	Points		 points;
	int			 n = 0;

	if (state != NULL)
		check_status(spk_roc(&host, &state->scores, roc, &n));
	if (n == 0)
		PG_RETURN_NULL();
	begin_points(&points, fcinfo, n);
	for (int i = 0; i < n; i++)
	{
		put_number(&points, roc[i].threshold);
		put_number(&points, roc[i].fpr);
		put_number(&points, roc[i].tpr);
		end_row(&points);
	}
	PG_RETURN_DATUM(points_array(&points));
}

Datum
sparkify_pr_finalfn(PG_FUNCTION_ARGS)
{
	ScoresState *state = spk_scores_state(fcinfo);
	SpkHost		 host = spk_pg_host(CurrentMemoryContext);
	SpkPrPoint	 pr[SPK_CURVE_POINTS];
	Points		 points;
	int			 n = 0;

	if (state != NULL)
		check_status(spk_pr(&host, &state->scores, pr, &n));
	if (n == 0)
		PG_RETURN_NULL();
	begin_points(&points, fcinfo, n);
	for (int i = 0; i < n; i++)
	{
		put_number(&points, pr[i].threshold);
		put_number(&points, pr[i].precision);
		put_number(&points, pr[i].recall);
		end_row(&points);
	}
	PG_RETURN_DATUM(points_array(&points));
}

Datum
sparkify_lift_finalfn(PG_FUNCTION_ARGS)
{
	ScoresState *state = spk_scores_state(fcinfo);
	SpkHost		 host = spk_pg_host(CurrentMemoryContext);
	SpkDecile	 deciles[SPK_DECILES];
	Points		 points;
	int			 n;

	if (state == NULL)
		PG_RETURN_NULL();
	check_status(spk_lift(&host, &state->scores, deciles, &n));
	begin_points(&points, fcinfo, n);
	for (int i = 0; i < n; i++)
	{
		const SpkDecile *decile = &deciles[i];

		/* in the order of the SQL type's columns; end_row refuses another number of them */
		put_int(&points, decile->decile);
		put_count(&points, decile->n);
		put_number(&points, decile->min_score);
		put_number(&points, decile->max_score);
		put_number(&points, decile->churned);
		put_number(&points, decile->rate);
		put_number(&points, decile->lift);
		put_number(&points, decile->capture);
		put_number(&points, decile->gain);
		put_number(&points, decile->cumulative_lift);
		end_row(&points);
	}
	PG_RETURN_DATUM(points_array(&points));
}

Datum
sparkify_calibration_finalfn(PG_FUNCTION_ARGS)
{
	ScoresState		 *state = spk_scores_state(fcinfo);
	SpkHost			  host = spk_pg_host(CurrentMemoryContext);
	SpkCalibrationBin bins[SPK_MAX_CALIBRATION_BINS];
	Points			  points;
	int				  n_bins;
	int				  n;

	if (state == NULL)
		PG_RETURN_NULL();
	n_bins = state->extra == SCORES_BINS ? (int) state->args[0] : SPK_CALIBRATION_BINS;
	check_status(spk_calibration(&host, &state->scores, n_bins, bins, &n));
	begin_points(&points, fcinfo, n);

	/* spk_calibration has the highest bin first, users read from low to high */
	for (int i = n - 1; i >= 0; i--)
	{
		put_int(&points, bins[i].bin);
		put_number(&points, bins[i].low);
		put_number(&points, bins[i].high);
		put_count(&points, bins[i].n);
		put_number(&points, bins[i].mean_score);
		put_number(&points, bins[i].rate);
		end_row(&points);
	}
	PG_RETURN_DATUM(points_array(&points));
}

Datum
sparkify_threshold_finalfn(PG_FUNCTION_ARGS)
{
	ScoresState *state = spk_scores_state(fcinfo);
	SpkHost		 host = spk_pg_host(CurrentMemoryContext);
	double		 threshold = NAN;

	if (state == NULL)
		PG_RETURN_NULL();
	if (state->extra == SCORES_COSTS)
		check_status(
			spk_threshold_cost(&host, &state->scores, state->args[0], state->args[1], &threshold));
	else if (state->extra == SCORES_BUDGET)
		check_status(
			spk_threshold_budget(&host, &state->scores, (uint64) state->args[0], &threshold));
	else
		check_status(spk_threshold_f1(&host, &state->scores, &threshold));
	if (isnan(threshold))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(threshold);
}
