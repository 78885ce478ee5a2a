/*
 * explain.c
 *	  churn_explain and churn_reasons: which features move the prediction of a row.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"

#include "scoring/feature_binding.h"
#include "core/rows/values.h"
#include "core/rows/binning.h"
#include "core/scoring/explainer.h"
#include "scoring/model_cache.h"
#include "host/pg_host.h"
#include "host/args.h"
#include "host/plain_text.h"

/* By how much a feature moves the prediction. */
typedef struct Move
{
	uint32 feature;
	double contribution;
} Move;

typedef struct Explainer
{
	const SpkModel	 *model;
	SpkExplainer	 *core;
	bool			  coded;   /* are codes of numbers asked for? */
	SpkFeatureBinding binding; /* asks for all features */
	/* arrays with an element for each feature: */
	SpkPlainText *outputs; /* of the row's columns; not set for categories */
	double		 *values;  /* of the row */
	uint8		 *codes;   /* of the row */
	double		 *contributions;
	Move		 *moves; /* sorted */
} Explainer;

static void *
prepare(SpkModel *model, MemoryContext context, MemoryContext trees)
{
	Explainer *e = MemoryContextAllocZero(context, sizeof(Explainer));
	SpkHost	   host = spk_pg_host(context);
	size_t	   n = Max(model->n_features, 1);

	e->model = model;
	e->coded = spk_explains_codes(model);
	e->core = spk_explainer_new(&host, model, spk_walk_best());
	if (e->core == NULL)
		spk_check(SPK_NO_MEMORY, "churn model", NULL);
	spk_binding_init(&e->binding, model, context);
	for (uint32 i = 0; i < model->n_features; i++)
		spk_binding_ask(&e->binding, i);
	e->outputs = MemoryContextAlloc(context, n * sizeof(SpkPlainText));
	e->values = MemoryContextAlloc(context, n * sizeof(double));
	e->codes = MemoryContextAlloc(context, n);
	e->contributions = MemoryContextAlloc(context, n * sizeof(double));
	e->moves = MemoryContextAlloc(context, n * sizeof(Move));
	return e;
}

/* ---- Values as text, which no setting changes ---- */

static void
find_outputs(Explainer *e)
{
	for (uint32 i = 0; i < e->model->n_features; i++)
		if (e->binding.columns[i].kind != SPK_CATEGORY)
			spk_plain_text_type(&e->outputs[i],
								TupleDescAttr(e->binding.row->desc, e->binding.columns[i].attno)
									->atttypid,
								e->binding.context);
}

/* The value of the feature's column as text; NULL when it is NULL. */
static char *
value_text(Explainer *e, uint32 feature)
{
	const SpkRowColumn *column = &e->binding.columns[feature];
	SpkRow			   *row = e->binding.row;

	if (row->nulls[column->attno])
		return NULL;
	if (column->kind == SPK_CATEGORY)
	{
		SpkCategory c = spk_row_category(row, column);

		return pnstrdup(c.name, c.len);
	}
	if (column->read == SPK_READ_BOOL)
		return pstrdup(DatumGetBool(row->values[column->attno]) ? "true" : "false");
	return spk_plain_text(&e->outputs[feature], row->values[column->attno]);
}

/* A fraction with six digits, which tell people as much as seventeen. */
static char *
fraction_text(double value)
{
	return psprintf(fabs(value) < 1e6 ? "%.6g" : "%.0f", value);
}

/* "songs = 12", "gender is missing" */
static text *
reason_text(Explainer *e, uint32 feature)
{
	const char *name = e->model->features[feature].name;
	SpkRead		read = e->binding.columns[feature].read;
	double		value = e->values[feature];
	char	   *shown;

	if ((read == SPK_READ_FLOAT4 || read == SPK_READ_FLOAT8 || read == SPK_READ_NUMERIC) &&
		fabs(value) < 1e15)
		shown = fraction_text(value);
	else
		shown = value_text(e, feature);
	if (shown == NULL)
		return cstring_to_text(psprintf("%s is missing", name));
	return cstring_to_text(psprintf("%s = %s", name, shown));
}

/* ---- Explaining ---- */

static void
read_row(Explainer *e, HeapTupleHeader tuple)
{
	const SpkFeature *features = e->model->features;

	if (spk_binding_set_tuple(&e->binding, tuple))
		find_outputs(e);
	spk_row_load(e->binding.row, tuple);
	for (uint32 i = 0; i < e->model->n_features; i++)
	{
		if (features[i].kind == SPK_CATEGORY)
		{
			uint32 place = spk_binding_place(&e->binding, i);

			e->values[i] = spk_value_of_place(place);
			if (e->coded)
				e->codes[i] = spk_code_of_place(&features[i], place);
		}
		else
		{
			e->values[i] = spk_row_number(e->binding.row, &e->binding.columns[i]);
			if (e->coded)
				e->codes[i] = spk_code_number(&features[i], e->values[i]);
		}
	}
	spk_binding_check_finite(&e->binding, e->values);
}

/* Sets the moves of the row, sorted.  Ties are in the order of the model's features. */
static void
explain(Explainer *e, HeapTupleHeader tuple, int (*compare)(const void *, const void *))
{
	read_row(e, tuple);
	spk_check(spk_explainer_explain(e->core, e->codes, e->values, e->contributions), "churn model",
			  NULL);
	for (uint32 i = 0; i < e->model->n_features; i++)
	{
		e->moves[i].feature = i;
		e->moves[i].contribution = e->contributions[i];
	}
	qsort(e->moves, e->model->n_features, sizeof(Move), compare);
}

/* The largest contribution first. */
static int
compare_contribution(const void *a, const void *b)
{
	const Move *x = a;
	const Move *y = b;

	if (x->contribution != y->contribution)
		return x->contribution > y->contribution ? -1 : 1;
	return x->feature < y->feature ? -1 : x->feature > y->feature;
}

/* The largest contribution first, whatever its sign. */
static int
compare_size(const void *a, const void *b)
{
	double x = fabs(((const Move *) a)->contribution);
	double y = fabs(((const Move *) b)->contribution);

	if (x != y)
		return x > y ? -1 : 1;
	return compare_contribution(a, b);
}

/* Adds the row of a feature or, when feature is NULL, that of the base value. */
static void
put_move(ReturnSetInfo *rsinfo, const char *feature, const char *value, double contribution)
{
	Datum values[3] = {0};
	bool  nulls[3] = {feature == NULL, value == NULL, false};

	if (feature != NULL)
		values[0] = CStringGetTextDatum(feature);
	if (value != NULL)
		values[1] = CStringGetTextDatum(value);
	values[2] = Float8GetDatum(contribution);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

PG_FUNCTION_INFO_V1(churn_explain);
Datum
churn_explain(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"model", "features"};
	Explainer				*e;

	spk_require_args(fcinfo, names, lengthof(names));
	e = spk_prepared_model(fcinfo, prepare);
	explain(e, PG_GETARG_HEAPTUPLEHEADER(1), compare_size);
	spk_materialized_srf(fcinfo);
	for (uint32 i = 0; i < e->model->n_features; i++)
	{
		const Move *move = &e->moves[i];

		put_move((ReturnSetInfo *) fcinfo->resultinfo, e->model->features[move->feature].name,
				 value_text(e, move->feature), move->contribution);
	}
	put_move((ReturnSetInfo *) fcinfo->resultinfo, NULL, NULL, spk_explainer_base(e->core));
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(churn_reasons);
Datum
churn_reasons(PG_FUNCTION_ARGS)
{
	Explainer *e;
	int32	   top;
	Datum	  *reasons;
	int		   n;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(2))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("number of reasons must not be null")));
	top = PG_GETARG_INT32(2);
	if (top < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of reasons must not be negative")));

	/* only what raises the risk is a reason; in this order, all that follows lowers it */
	e = spk_prepared_model(fcinfo, prepare);
	explain(e, PG_GETARG_HEAPTUPLEHEADER(1), compare_contribution);
	top = (int32) Min((uint32) top, e->model->n_features);
	reasons = palloc(Max(top, 1) * sizeof(Datum));
	for (n = 0; n < top && e->moves[n].contribution > 0; n++)
		reasons[n] = PointerGetDatum(reason_text(e, e->moves[n].feature));
	PG_RETURN_ARRAYTYPE_P(construct_array(reasons, n, TEXTOID, -1, false, TYPALIGN_INT));
}
