/*
 * score.c
 *	  churn_score: a model applied to all rows of a source.
 */
#include "compat.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"

#include "model_type.h"
#include "source.h"

typedef struct ScoreResult
{
	Tuplestorestate *store;
	TupleDesc	desc;
	double		threshold;
} ScoreResult;

static void
put_score(TupleTableSlot *slot, void *arg)
{
	ScoreResult *result = arg;
	Datum		values[3];
	bool		nulls[3];

	values[0] = slot_getattr(slot, 1, &nulls[0]);
	values[1] = slot_getattr(slot, 2, &nulls[1]);
	nulls[2] = nulls[1];
	values[2] = BoolGetDatum(!nulls[1] && DatumGetFloat8(values[1]) >= result->threshold);
	tuplestore_putvalues(result->store, result->desc, values, nulls);
}

PG_FUNCTION_INFO_V1(churn_score);
Datum
churn_score(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			function = fcinfo->flinfo->fn_oid;
	Datum		model = PG_GETARG_DATUM(0);
	char	   *from = spk_source_from(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	char	   *id = text_to_cstring(PG_GETARG_TEXT_PP(2));
	ScoreResult result;
	Oid		   *types;
	int			n_types;
	char	   *sql;

	spk_source_require_column(spk_source_columns(from), id, "id");
	result.threshold = spk_model_from_datum(model, CurrentMemoryContext)->threshold;
	spk_materialized_srf(fcinfo);
	result.store = rsinfo->setResult;
	result.desc = rsinfo->setDesc;
	(void) get_func_signature(function, &types, &n_types);
	sql = psprintf("SELECT q.%s::pg_catalog.text, %s.churn_predict($1, q.*) FROM %s", quote_identifier(id),
				   quote_identifier(get_namespace_name(get_func_namespace(function))), from);
	spk_source_run(sql, 1, types, &model, put_score, &result);
	PG_RETURN_NULL();
}
