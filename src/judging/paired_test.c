/*
 * paired_test.c
 *	  churn_paired_test: does one model rank the same rows better than another, beyond chance?
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "judging/judge_agg.h"
#include "judging/judge_source.h"
#include "models/model_type.h"
#include "scoring/score.h"
#include "host/args.h"
#include "host/source.h"

/* Columns of the result */
enum
{
	OUT_N,
	OUT_POSITIVES,
	OUT_USERS,
	OUT_AUC,
	OUT_OTHER_AUC,
	OUT_DIFFERENCE,
	OUT_LOW,
	OUT_HIGH,
	OUT_P_VALUE,
	N_OUT
};

static void
take_judgement(TupleTableSlot *slot, void *arg)
{
	slot_getallattrs(slot);
	if (!slot->tts_isnull[0])
		*(SpkJudgement *) arg = spk_judgement_of(slot->tts_values[0]);
}

static Datum
result_of(FunctionCallInfo fcinfo, const SpkJudgement *j)
{
	const SpkDelong *d = &j->delong;
	const double	 numbers[] = {d->auc[0],		 d->auc[1],			 d->auc[0] - d->auc[1],
								  d->difference.low, d->difference.high, d->p};
	Datum			 values[N_OUT] = {Int64GetDatum((int64) j->n_drawn),
									  Int64GetDatum((int64) j->n_drawn_positives),
									  Int64GetDatum((int64) j->n_users)};
	bool			 nulls[N_OUT] = {false};
	TupleDesc		 desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != N_OUT)
		elog(ERROR, "return type must be a row type of %d columns", N_OUT);
	for (int i = 0; i < lengthof(numbers); i++)
	{
		nulls[OUT_AUC + i] = isnan(numbers[i]);
		values[OUT_AUC + i] = Float8GetDatum(numbers[i]);
	}
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}

/* churn_paired_test(model, other churn_model, source, label, id text) */
PG_FUNCTION_INFO_V1(churn_paired_test);
Datum
churn_paired_test(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"model", "other", "source", "label"};
	SpkJudgedSource			 judged;
	const SpkModel			*other;
	SpkJudgement			 j = {0};

	spk_require_args(fcinfo, names, lengthof(names));
	judged = spk_judged_source(fcinfo->flinfo->fn_oid, PG_GETARG_DATUM(0),
							   text_to_cstring(PG_GETARG_TEXT_PP(2)),
							   text_to_cstring(PG_GETARG_TEXT_PP(3)),
							   PG_ARGISNULL(4) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(4)));
	other = spk_model_from_datum(PG_GETARG_DATUM(1), CurrentMemoryContext);
	{
		const Datum params[] = {PG_GETARG_DATUM(0), Float8GetDatum(judged.model->threshold),
								Int64GetDatum(0), PG_GETARG_DATUM(1)};
		const Oid	types[] = {judged.model_type, FLOAT8OID, INT8OID, judged.model_type};
		char	   *call = spk_judge_call(&judged,
										  spk_prediction_by(4, other, judged.columns, judged.schema));

		spk_judge_run(psprintf("SELECT %s FROM %s", call, judged.from), lengthof(params), types,
					  params, 1, (const Oid[]) {BYTEAOID}, take_judgement, &j);
	}
	if (j.metrics.n == 0)
		spk_refuse_unlabelled(j.n_rows);
	PG_RETURN_DATUM(result_of(fcinfo, &j));
}
