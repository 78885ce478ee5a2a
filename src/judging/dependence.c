/*
 * dependence.c
 *	  churn_dependence: what a model scores when one feature has another value.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "core/judging/dependence.h"
#include "core/rows/binning.h"
#include "core/rows/values.h"
#include "host/args.h"
#include "host/plain_text.h"
#include "host/pg_host.h"
#include "judging/feature_rows.h"
#include "models/model_type.h"

#define DEPENDENCE_WHAT "churn dependence"

#define MAX_POINTS 255
#define MAX_SAMPLE 100000

typedef struct Dependence
{
	const SpkModel *model;
	uint32			feature;
	bool			boolean; /* is it a column of booleans? */
	SpkHost			host;
	double		   *values; /* of a row, with the places of categories */
	SpkRowPick		rows;
	SpkValueCounts	counts;
} Dependence;

static uint32
feature_arg(const SpkModel *model, const char *name)
{
	StringInfoData list;

	initStringInfo(&list);
	for (uint32 i = 0; i < model->n_features; i++)
	{
		if (strcmp(model->features[i].name, name) == 0)
			return i;
		appendStringInfo(&list, "%s%s", i == 0 ? "" : ", ", model->features[i].name);
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("\"%s\" is no feature of the model", name),
			 errdetail("Its features are: %s.", list.data)));
}

static int
number_arg(FunctionCallInfo fcinfo, int argno, const char *name, int least, int most)
{
	int number = PG_GETARG_INT32(argno);

	if (number < least || number > most)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be between %d and %d, not %d", name, least, most, number)));
	return number;
}

/* Takes a row: a category counts by its place, and an unknown one as missing, as the model has it. */
static void
take_row(const SpkFeatureBinding *binding, const double *values, double score, void *arg)
{
	Dependence *d = arg;

	for (uint32 i = 0; i < d->model->n_features; i++)
	{
		if (d->model->features[i].kind == SPK_CATEGORY)
			d->values[i] = spk_value_of_place(spk_binding_place(binding, i));
		else
			d->values[i] = isnan(values[i]) ? get_float8_nan() : values[i] + 0.0;
	}
	d->boolean = binding->columns[d->feature].read == SPK_READ_BOOL;
	spk_value_counts_add(&d->model->features[d->feature], &d->counts, d->values[d->feature]);
	spk_check(spk_row_pick_add(&d->host, &d->rows, d->values), DEPENDENCE_WHAT, NULL);
}

/* The value as text; NULL for missing ones. */
static char *
value_text(const Dependence *d, double value)
{
	const SpkFeature *feature = &d->model->features[d->feature];
	SpkPlainText	  plain = {feature->kind == SPK_TIME		? TIMESTAMPOID :
								   feature->kind == SPK_INSTANT ? TIMESTAMPTZOID :
																  FLOAT8OID};

	if (isnan(value))
		return NULL;
	if (feature->kind == SPK_CATEGORY)
		return pnstrdup(feature->categories[(int) value].name,
						feature->categories[(int) value].len);
	if (d->boolean)
		return pstrdup(value > 0 ? "true" : "false");
	return spk_plain_text(&plain,
						  spk_kind_is_time(feature->kind) ? TimestampGetDatum((Timestamp) value) :
															Float8GetDatum(value));
}

/* The value as a number: times in seconds since 1970, UTC.  NaN for others than numbers and times. */
static double
value_number(const Dependence *d, double value)
{
	SpkFeatureKind kind = d->model->features[d->feature].kind;

	if (kind == SPK_CATEGORY)
		return NAN;
	if (!spk_kind_is_time(kind))
		return value;
	return value / USECS_PER_SEC +
		(double) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;
}

static void
put_point(ReturnSetInfo *rsinfo, const Dependence *d, const SpkDependencePoint *point)
{
	char		*text = value_text(d, point->value);
	const double number = value_number(d, point->value);
	Datum		 values[9] = {0};
	bool		 nulls[9] = {text == NULL, isnan(number)};

	if (text != NULL)
		values[0] = CStringGetTextDatum(text);
	values[1] = Float8GetDatum(number);
	values[2] = Float8GetDatum(point->mean);
	for (int i = 0; i < SPK_SPREAD_QUANTILES; i++)
		values[3 + i] = Float8GetDatum(point->spread[i]);
	values[8] = Int64GetDatum((int64) point->rows);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* churn_dependence(model, source, feature text, points int, sample int) */
PG_FUNCTION_INFO_V1(churn_dependence);
Datum
churn_dependence(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"model", "source", "feature", "points", "sample"};
	ReturnSetInfo			*rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Dependence				 d = {0};
	SpkFeatureSource		 source;
	SpkDependencePoint		*points;
	SpkStatus				 status;
	uint32					 n;
	int						 max;

	/* the arguments are looked at before the source is read */
	spk_require_args(fcinfo, names, lengthof(names));
	spk_materialized_srf(fcinfo);
	d.model = spk_model_from_datum(PG_GETARG_DATUM(0), CurrentMemoryContext);
	d.feature = feature_arg(d.model, text_to_cstring(PG_GETARG_TEXT_PP(2)));
	max = number_arg(fcinfo, 3, "points", 2, MAX_POINTS);
	d.host = spk_pg_host(CurrentMemoryContext);
	d.values = palloc(d.model->n_features * sizeof(double));
	d.rows.n_values = d.model->n_features;
	d.rows.most = number_arg(fcinfo, 4, "sample", 1, MAX_SAMPLE);
	spk_check(spk_value_counts_new(&d.host, &d.model->features[d.feature], &d.counts),
			  DEPENDENCE_WHAT, NULL);

	source = spk_feature_source(fcinfo->flinfo->fn_oid, PG_GETARG_DATUM(0), d.model,
								text_to_cstring(PG_GETARG_TEXT_PP(1)));
	spk_read_features(&source, false, take_row, &d);
	if (d.rows.n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("source has no rows")));

	points = palloc((max + 1) * sizeof(SpkDependencePoint));
	spk_check(spk_row_pick_finish(&d.host, &d.rows), DEPENDENCE_WHAT, NULL);
	n = spk_dependence_grid(&d.host, &d.model->features[d.feature], &d.counts, max, points,
							&status);
	spk_check(status, DEPENDENCE_WHAT, NULL);
	spk_check(spk_dependence(&d.host, d.model, &d.rows, d.feature, points, n), DEPENDENCE_WHAT,
			  NULL);
	for (uint32 i = 0; i < n; i++)
		put_point(rsinfo, &d, &points[i]);
	PG_RETURN_NULL();
}
