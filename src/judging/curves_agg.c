/*
 * curves_agg.c
 *	  The results of churn_roc, churn_pr, churn_lift, churn_calibration and
 *	  churn_threshold.
 */
#include "compat.h"

#include <math.h>

#include "fmgr.h"

#include "core/judging/curves.h"
#include "core/judging/threshold.h"
#include "host/pg_host.h"
#include "judging/points.h"
#include "judging/scores_agg.h"

PG_FUNCTION_INFO_V1(sparkify_roc_finalfn);
PG_FUNCTION_INFO_V1(sparkify_pr_finalfn);
PG_FUNCTION_INFO_V1(sparkify_lift_finalfn);
PG_FUNCTION_INFO_V1(sparkify_calibration_finalfn);
PG_FUNCTION_INFO_V1(sparkify_threshold_finalfn);

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
	SpkPoints	 points;
	int			 n = 0;

	if (state != NULL)
		check_status(spk_roc(&host, &state->scores, roc, &n));
	if (n == 0)
		PG_RETURN_NULL();
	spk_points_begin(&points, fcinfo, n);
	for (int i = 0; i < n; i++)
	{
		spk_points_number(&points, roc[i].threshold);
		spk_points_number(&points, roc[i].fpr);
		spk_points_number(&points, roc[i].tpr);
		spk_points_end_row(&points);
	}
	PG_RETURN_DATUM(spk_points_array(&points));
}

Datum
sparkify_pr_finalfn(PG_FUNCTION_ARGS)
{
	ScoresState *state = spk_scores_state(fcinfo);
	SpkHost		 host = spk_pg_host(CurrentMemoryContext);
	SpkPrPoint	 pr[SPK_CURVE_POINTS];
	SpkPoints	 points;
	int			 n = 0;

	if (state != NULL)
		check_status(spk_pr(&host, &state->scores, pr, &n));
	if (n == 0)
		PG_RETURN_NULL();
	spk_points_begin(&points, fcinfo, n);
	for (int i = 0; i < n; i++)
	{
		spk_points_number(&points, pr[i].threshold);
		spk_points_number(&points, pr[i].precision);
		spk_points_number(&points, pr[i].recall);
		spk_points_end_row(&points);
	}
	PG_RETURN_DATUM(spk_points_array(&points));
}

Datum
sparkify_lift_finalfn(PG_FUNCTION_ARGS)
{
	ScoresState *state = spk_scores_state(fcinfo);
	SpkHost		 host = spk_pg_host(CurrentMemoryContext);
	SpkDecile	 deciles[SPK_DECILES];
	SpkPoints	 points;
	int			 n;

	if (state == NULL)
		PG_RETURN_NULL();
	check_status(spk_lift(&host, &state->scores, deciles, &n));
	spk_points_begin(&points, fcinfo, n);
	for (int i = 0; i < n; i++)
	{
		const SpkDecile *decile = &deciles[i];

		/* in the order of the SQL type's columns; spk_points_end_row refuses another number of them */
		spk_points_int(&points, decile->decile);
		spk_points_count(&points, decile->n);
		spk_points_number(&points, decile->min_score);
		spk_points_number(&points, decile->max_score);
		spk_points_number(&points, decile->churned);
		spk_points_number(&points, decile->rate);
		spk_points_number(&points, decile->lift);
		spk_points_number(&points, decile->capture);
		spk_points_number(&points, decile->gain);
		spk_points_number(&points, decile->cumulative_lift);
		spk_points_end_row(&points);
	}
	PG_RETURN_DATUM(spk_points_array(&points));
}

Datum
sparkify_calibration_finalfn(PG_FUNCTION_ARGS)
{
	ScoresState		 *state = spk_scores_state(fcinfo);
	SpkHost			  host = spk_pg_host(CurrentMemoryContext);
	SpkCalibrationBin bins[SPK_MAX_CALIBRATION_BINS];
	SpkPoints		  points;
	int				  n_bins;
	int				  n;

	if (state == NULL)
		PG_RETURN_NULL();
	n_bins = state->extra == SCORES_BINS ? (int) state->args[0] : SPK_CALIBRATION_BINS;
	check_status(spk_calibration(&host, &state->scores, n_bins, bins, &n));
	spk_points_begin(&points, fcinfo, n);

	/* spk_calibration has the highest bin first, users read from low to high */
	for (int i = n - 1; i >= 0; i--)
	{
		spk_points_int(&points, bins[i].bin);
		spk_points_number(&points, bins[i].low);
		spk_points_number(&points, bins[i].high);
		spk_points_count(&points, bins[i].n);
		spk_points_number(&points, bins[i].mean_score);
		spk_points_number(&points, bins[i].rate);
		spk_points_end_row(&points);
	}
	PG_RETURN_DATUM(spk_points_array(&points));
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
