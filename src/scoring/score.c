/*
 * score.c
 *	  churn_score: a model applied to all rows of a source.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"

#include "models/model_type.h"
#include "scoring/score.h"
#include "host/source.h"
#include "host/args.h"

typedef struct ScoreResult
{
	Tuplestorestate *store;
	TupleDesc		 desc;
	double			 threshold;
} ScoreResult;

static void
put_score(TupleTableSlot *slot, void *arg)
{
	ScoreResult *result = arg;
	Datum		 values[3];
	bool		 nulls[3];

	values[0] = slot_getattr(slot, 1, &nulls[0]);
	values[1] = slot_getattr(slot, 2, &nulls[1]);
	nulls[2] = nulls[1];
	values[2] = BoolGetDatum(!nulls[1] && DatumGetFloat8(values[1]) >= result->threshold);
	tuplestore_putvalues(result->store, result->desc, values, nulls);
}

/* The column with this name; NULL unless there is exactly one. */
static Form_pg_attribute
only_column(TupleDesc columns, const char *name)
{
	Form_pg_attribute found = NULL;

	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(columns, i);

		if (strcmp(NameStr(att->attname), name) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = att;
	}
	return found;
}

/*
 * The call gets the model's columns as arguments, where a function may have so many and
 * the source has each of them once.  Otherwise it gets the whole row.
 */
char *
spk_prediction_by(int param, const SpkModel *model, TupleDesc columns, const char *schema)
{
	StringInfoData call;
	bool		   listed = model->n_features < FUNC_MAX_ARGS;

	initStringInfo(&call);
	appendStringInfo(&call, "%s.sparkify_predict_values($%d", schema, param);
	for (uint32 i = 0; i < model->n_features && listed; i++)
	{
		listed = only_column(columns, model->features[i].name) != NULL;
		appendStringInfo(&call, ", q.%s", quote_identifier(model->features[i].name));
	}
	appendStringInfoChar(&call, ')');
	return listed ? call.data : psprintf("%s.churn_predict($%d, q.*)", schema, param);
}

char *
spk_prediction_of(const SpkModel *model, TupleDesc columns, const char *schema)
{
	return spk_prediction_by(1, model, columns, schema);
}

PG_FUNCTION_INFO_V1(churn_score);
Datum
churn_score(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"model", "source", "id"};
	ReturnSetInfo			*rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid						 function = fcinfo->flinfo->fn_oid;
	const char				*schema = spk_own_schema(function);
	Datum					 value = PG_GETARG_DATUM(0);
	const SpkModel			*model;
	char					*from;
	char					*id;
	TupleDesc				 columns;
	ScoreResult				 result;
	Oid						*types;
	int						 n_types;
	char					*sql;

	spk_require_args(fcinfo, names, lengthof(names));

	/* the columns are known before the query runs, so that errors can name what is wrong */
	model = spk_model_from_datum(value, CurrentMemoryContext);
	from = spk_source_from(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	id = text_to_cstring(PG_GETARG_TEXT_PP(2));
	columns = spk_source_columns(from);
	spk_source_require_column(columns, id, "id");

	result.threshold = model->threshold;
	spk_materialized_srf(fcinfo);
	result.store = rsinfo->setResult;
	result.desc = rsinfo->setDesc;
	sql = psprintf("SELECT q.%s::pg_catalog.text, %s FROM %s", quote_identifier(id),
				   spk_prediction_of(model, columns, schema), from);

	/* the model is a churn_model or a churn_forest, whichever this function was declared with */
	(void) get_func_signature(function, &types, &n_types);
	spk_source_run(sql, 1, types, &value, 2, (const Oid[]) {TEXTOID, FLOAT8OID}, put_score,
				   &result);
	PG_RETURN_NULL();
}
