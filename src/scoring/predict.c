/*
 * predict.c
 *	  churn_predict, churn_at_risk and churn_predict_curve: a model applied to one record.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"

#include "core/rows/binning.h"
#include "scoring/model_cache.h"
#include "scoring/predictor.h"

PG_FUNCTION_INFO_V1(churn_predict);
Datum
churn_predict(PG_FUNCTION_ARGS)
{
	SpkPredictor *p = spk_prepared_model(fcinfo, spk_predictor_prepare);

	PG_RETURN_FLOAT8(spk_predict_tuple(p, PG_GETARG_HEAPTUPLEHEADER(1)));
}

PG_FUNCTION_INFO_V1(churn_at_risk);
Datum
churn_at_risk(PG_FUNCTION_ARGS)
{
	SpkPredictor *p = spk_prepared_model(fcinfo, spk_predictor_prepare);

	PG_RETURN_BOOL(spk_predict_tuple(p, PG_GETARG_HEAPTUPLEHEADER(1)) >= p->model->threshold);
}

/* ---- Periods ahead ---- */

/* The feature that counts periods, as churn_periods names it */
#define PERIOD "period"

/* A model that tells more periods apart than this does not count them. */
#define MAX_PERIODS 10000

static void *
prepare_curve(SpkModel *model, MemoryContext context, MemoryContext trees)
{
	for (uint32 i = 0; i < model->n_features; i++)
		if (strcmp(model->features[i].name, PERIOD) == 0 && model->features[i].kind == SPK_NUMBER)
			return spk_predictor_without(model, context, trees, i);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("the model has no number \"%s\" among its features", PERIOD),
			 errhint("Train a model of the hazard, on rows that churn_periods makes.")));
}

/* The last period that the model tells from the one before, from 1 on. */
static int
last_period(const SpkFeature *period)
{
	double first = period->n_bins < 2 ? 1 : period->edges[0];
	double edge = period->n_bins < 2 ? 0 : period->edges[period->n_bins - 2];

	if (period->n_bins == 0 || first < 1 || edge >= MAX_PERIODS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("feature \"%s\" of the model does not count periods from 1 on", PERIOD)));
	/* the edge is in the middle between the two */
	return (int) edge + 1;
}

/* How many periods the curve is to have. */
static int
periods_arg(FunctionCallInfo fcinfo, const SpkFeature *period)
{
	int last = last_period(period);

	if (PG_ARGISNULL(2))
		return last;
	if (PG_GETARG_INT32(2) < 1 || PG_GETARG_INT32(2) > last)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("periods must be between 1 and %d, not %d", last, PG_GETARG_INT32(2)),
				 errdetail("The model knows of no period after that.")));
	return PG_GETARG_INT32(2);
}

/* The prediction for the row that was read, in this period. */
static double
predict_period(SpkPredictor *p, uint32 feature, int period)
{
	p->values[feature] = period;
	for (uint32 i = 0; i < p->n_pieces; i++)
	{
		const SpkPredictorPiece *piece = &p->pieces[i];

		if (piece->walker != NULL && spk_walk_uses(piece->walker, feature))
			spk_walk_put_code(piece->walker, feature,
							  spk_code_number(&piece->model->features[feature], period),
							  piece->codes);
	}
	return spk_predictor_answer(p);
}

/*
 * churn_predict_curve(model, features record, periods int): each element is the chance to
 * stay through all periods up to its own, the product of 1 - hazard.
 */
PG_FUNCTION_INFO_V1(churn_predict_curve);
Datum
churn_predict_curve(PG_FUNCTION_ARGS)
{
	SpkPredictor *p;
	uint32		  feature;
	int			  n;
	double		  stay = 1;
	Datum		 *curve;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	p = spk_prepared_model(fcinfo, prepare_curve);
	feature = p->binding.given;
	n = periods_arg(fcinfo, &p->model->features[feature]);
	spk_predictor_read_tuple(p, PG_GETARG_HEAPTUPLEHEADER(1));

	/* all other features are the same in all periods */
	spk_predictor_put_numbers(p);
	curve = palloc(n * sizeof(Datum));
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		stay *= 1 - predict_period(p, feature, i + 1);
		curve[i] = Float8GetDatum(stay);
	}
	PG_RETURN_ARRAYTYPE_P(
		construct_array(curve, n, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
