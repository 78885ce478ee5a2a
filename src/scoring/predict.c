/*
 * predict.c
 *	  churn_predict, churn_at_risk and churn_predict_curve: a model applied to one row.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"

#include "core/models/blend.h"
#include "core/models/learner.h"
#include "core/models/terms.h"
#include "scoring/feature_binding.h"
#include "core/rows/binning.h"
#include "core/rows/values.h"
#include "core/scoring/predict.h"
#include "core/scoring/walk.h"
#include "scoring/model_cache.h"
#include "host/pg_host.h"

/* A model that is no blend: the model itself, or a part of it. */
typedef struct Piece
{
	SpkModel  *model;  /* without its trees */
	double	   weight; /* of a part */
	SpkWalker *walker; /* of the model's trees; NULL when it has none */
	uint8	  *codes;  /* answers to all questions of the trees; NULL without trees */
} Piece;

typedef struct Prepared
{
	SpkModel		 *model;
	Piece			  one; /* the model, when it is no blend */
	Piece			 *pieces;
	uint32			  n_pieces;
	SpkFeatureBinding binding; /* asks for the features that trees use, or for all of them */
	double			 *values;  /* of the row, one for each feature; set for those asked for */
} Prepared;

/* Lays out the model's trees, if it has any, for walking. */
static void
prepare_piece(Piece *piece, SpkModel *model, double weight, MemoryContext context)
{
	SpkHost host = spk_pg_host(context);

	piece->model = model;
	piece->weight = weight;
	if (!spk_has_trees(model->algorithm))
		return;
	piece->walker = spk_walker_new(&host, model, spk_walk_best());
	if (piece->walker == NULL)
		spk_check(SPK_NO_MEMORY, "churn model", NULL);
	model->trees = NULL;
	piece->codes = MemoryContextAllocZero(context, spk_walker_codes(piece->walker));
}

/* Prepares the model, or each of its parts, and gives back the memory of all trees. */
static void
prepare_pieces(Prepared *p, MemoryContext context, MemoryContext trees)
{
	SpkModel *model = p->model;

	p->pieces = &p->one;
	p->n_pieces = 1;
	if (!spk_has_parts(model->algorithm))
		prepare_piece(p->pieces, model, 1, context);
	else
	{
		p->n_pieces = model->n_parts;
		p->pieces = MemoryContextAllocZero(context, p->n_pieces * sizeof(Piece));
		for (uint32 i = 0; i < p->n_pieces; i++)
			prepare_piece(&p->pieces[i], &model->parts[i].model, model->parts[i].weight, context);
	}
	MemoryContextDelete(trees);
}

/* Does any piece need the feature? */
static bool
is_used(const Prepared *p, uint32 feature)
{
	for (uint32 i = 0; i < p->n_pieces; i++)
		if (p->pieces[i].walker == NULL || spk_walk_uses(p->pieces[i].walker, feature))
			return true;
	return false;
}

/* Prepares a model for rows that have all of its features but this one, if it is one. */
static Prepared *
prepare_without(SpkModel *model, MemoryContext context, MemoryContext trees, uint32 given)
{
	Prepared *p = MemoryContextAllocZero(context, sizeof(Prepared));

	p->model = model;
	prepare_pieces(p, context, trees);
	spk_binding_init(&p->binding, model, context);
	spk_binding_give(&p->binding, given);
	for (uint32 i = 0; i < model->n_features; i++)
		if (i != given && is_used(p, i))
			spk_binding_ask(&p->binding, i);
	p->values = MemoryContextAllocZero(context, Max(model->n_features, 1) * sizeof(double));
	return p;
}

static void *
prepare(SpkModel *model, MemoryContext context, MemoryContext trees)
{
	return prepare_without(model, context, trees, SPK_NO_FEATURE);
}

/* Puts what is at this place among a feature's categories where each piece looks for it. */
static void
put_place(Prepared *p, uint32 feature, uint32 place)
{
	for (uint32 i = 0; i < p->n_pieces; i++)
	{
		Piece *piece = &p->pieces[i];

		if (piece->walker == NULL)
			p->values[feature] = spk_value_of_place(place);
		else if (spk_walk_uses(piece->walker, feature))
			spk_walk_put_code(piece->walker, feature,
							  spk_code_of_place(&piece->model->features[feature], place),
							  piece->codes);
	}
}

/* Reads the features that are asked for from the loaded row. */
static void
read_row(Prepared *p)
{
	const SpkFeatureBinding *binding = &p->binding;

	for (int i = 0; i < binding->n_asked; i++)
	{
		uint32 feature = binding->asked[i];

		if (p->model->features[feature].kind != SPK_CATEGORY)
			p->values[feature] = spk_row_number(binding->row, &binding->columns[feature]);
		else
			put_place(p, feature, spk_binding_place(binding, feature));
	}
}

/* Codes the numbers of the row that was read. */
static void
put_numbers(const Prepared *p)
{
	for (uint32 i = 0; i < p->n_pieces; i++)
		if (p->pieces[i].walker != NULL)
			spk_walk_put_numbers(p->pieces[i].walker, p->values, p->pieces[i].codes);
}

/* What the leaves or terms of a piece add up to. */
static double
sum_of(const Piece *piece, const double *values)
{
	return piece->walker != NULL ? spk_walk(piece->walker, piece->codes) :
								   spk_margin(piece->model, values);
}

/* The prediction for the row, whose numbers are coded. */
static double
answer(const Prepared *p)
{
	double margin = 0;

	if (p->pieces == &p->one)
		return spk_answer(p->model, sum_of(&p->one, p->values));
	for (uint32 i = 0; i < p->n_pieces; i++)
	{
		const Piece *piece = &p->pieces[i];

		margin += piece->weight * spk_part_margin(piece->model, sum_of(piece, p->values));
	}
	return spk_blend_answer(p->model, margin);
}

/* The prediction for the row that was read. */
static double
predict_row(const Prepared *p)
{
	spk_binding_check_finite(&p->binding, p->values);
	put_numbers(p);
	return answer(p);
}

static void
read_tuple(Prepared *p, HeapTupleHeader tuple)
{
	SpkFeatureBinding *binding = &p->binding;

	spk_binding_set_tuple(binding, tuple);
	if (binding->flat && spk_row_is_flat(binding->row, tuple))
		spk_row_flat_numbers(tuple, binding->columns, binding->asked, binding->n_asked, p->values);
	else
	{
		spk_row_load(binding->row, tuple);
		read_row(p);
	}
}

static double
predict_tuple(Prepared *p, HeapTupleHeader tuple)
{
	read_tuple(p, tuple);
	return predict_row(p);
}

PG_FUNCTION_INFO_V1(churn_predict);
Datum
churn_predict(PG_FUNCTION_ARGS)
{
	Prepared *p = spk_prepared_model(fcinfo, prepare);

	PG_RETURN_FLOAT8(predict_tuple(p, PG_GETARG_HEAPTUPLEHEADER(1)));
}

PG_FUNCTION_INFO_V1(churn_at_risk);
Datum
churn_at_risk(PG_FUNCTION_ARGS)
{
	Prepared *p = spk_prepared_model(fcinfo, prepare);

	PG_RETURN_BOOL(predict_tuple(p, PG_GETARG_HEAPTUPLEHEADER(1)) >= p->model->threshold);
}

/* A row whose columns are the arguments of a call: the features in the model's order. */
static SpkRow *
row_of_arguments(const Prepared *p, FunctionCallInfo fcinfo)
{
	uint32		 n = p->model->n_features;
	const char **names = MemoryContextAlloc(p->binding.context, Max(n, 1) * sizeof(char *));

	if (PG_NARGS() - 1 != n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the model has %u features, not %d", n, PG_NARGS() - 1)));
	for (uint32 i = 0; i < n; i++)
		names[i] = p->model->features[i].name;
	return spk_row_of_arguments(fcinfo, 1, (int) n, names, p->binding.context);
}

/*
 * This is what churn_score calls.  To make a row of the columns, only to take it apart
 * again, would cost as much as reading the table.
 */
PG_FUNCTION_INFO_V1(sparkify_predict_values);
Datum
sparkify_predict_values(PG_FUNCTION_ARGS)
{
	Prepared *p;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	p = spk_prepared_model(fcinfo, prepare);
	if (p->binding.row == NULL)
		spk_binding_set_row(&p->binding, row_of_arguments(p, fcinfo));
	spk_row_load_arguments(p->binding.row, fcinfo, 1);
	read_row(p);
	PG_RETURN_FLOAT8(predict_row(p));
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
			return prepare_without(model, context, trees, i);
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
predict_period(Prepared *p, uint32 feature, int period)
{
	p->values[feature] = period;
	for (uint32 i = 0; i < p->n_pieces; i++)
	{
		const Piece *piece = &p->pieces[i];

		if (piece->walker != NULL && spk_walk_uses(piece->walker, feature))
			spk_walk_put_code(piece->walker, feature,
							  spk_code_number(&piece->model->features[feature], period),
							  piece->codes);
	}
	return answer(p);
}

/*
 * churn_predict_curve(model, features record, periods int): each element is the chance to
 * stay through all periods up to its own, the product of 1 - hazard.
 */
PG_FUNCTION_INFO_V1(churn_predict_curve);
Datum
churn_predict_curve(PG_FUNCTION_ARGS)
{
	Prepared *p;
	uint32	  feature;
	int		  n;
	double	  stay = 1;
	Datum	 *curve;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	p = spk_prepared_model(fcinfo, prepare_curve);
	feature = p->binding.given;
	n = periods_arg(fcinfo, &p->model->features[feature]);
	read_tuple(p, PG_GETARG_HEAPTUPLEHEADER(1));

	/* all other features are the same in all periods */
	put_numbers(p);
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
