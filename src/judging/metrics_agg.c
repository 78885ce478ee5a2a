/*
 * metrics_agg.c
 *	  The type churn_metrics, and the result of the aggregate.
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"

#include "judging/metrics_agg.h"
#include "host/pg_host.h"
#include "judging/scores_agg.h"

PG_FUNCTION_INFO_V1(sparkify_metrics_finalfn);

const Oid	spk_metrics_types[SPK_METRICS_COLUMNS] = {
	INT8OID, INT8OID, FLOAT8OID, INT8OID, INT8OID, INT8OID, INT8OID,
	FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID,
	FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID
};

HeapTuple
spk_metrics_tuple(TupleDesc desc, const SpkMetrics *m)
{
	const uint64 counts[] = {m->n, m->positives, m->tp, m->fp, m->tn, m->fn};
	const double figures[] = {
		m->accuracy, m->precision, m->recall, m->f1, m->weighted_f1, m->macro_f1,
		m->auc, m->pr_auc, m->log_loss, m->brier, m->baseline_weighted_f1,
		m->best_threshold, m->best_f1, m->ece
	};
	Datum		values[SPK_METRICS_COLUMNS];
	bool		nulls[SPK_METRICS_COLUMNS] = {false};
	int			at = 0;

	/* n and positives stand before the threshold, the other counts behind */
	for (int i = 0; i < lengthof(counts); i++)
	{
		if (i == 2)
			values[at++] = Float8GetDatum(m->threshold);
		values[at++] = Int64GetDatum((int64) counts[i]);
	}
	for (int i = 0; i < lengthof(figures); i++)
	{
		nulls[at] = isnan(figures[i]);
		values[at++] = Float8GetDatum(figures[i]);
	}

	StaticAssertStmt(1 + lengthof(counts) + lengthof(figures) == SPK_METRICS_COLUMNS, "a column is missing");
	if (desc->natts != lengthof(values))
		elog(ERROR, "type churn_metrics has %d columns instead of %d",
			 desc->natts, (int) lengthof(values));
	return heap_form_tuple(desc, values, nulls);
}

void
spk_metrics_of_columns(const Datum *values, const bool *nulls, SpkMetrics *m)
{
	uint64	   *const counts[] = {&m->n, &m->positives, &m->tp, &m->fp, &m->tn, &m->fn};
	double	   *const figures[] = {
		&m->accuracy, &m->precision, &m->recall, &m->f1, &m->weighted_f1, &m->macro_f1,
		&m->auc, &m->pr_auc, &m->log_loss, &m->brier, &m->baseline_weighted_f1,
		&m->best_threshold, &m->best_f1, &m->ece
	};
	int			at = 0;

	for (int i = 0; i < lengthof(counts); i++)
	{
		if (i == 2)
			m->threshold = DatumGetFloat8(values[at++]);
		*counts[i] = (uint64) DatumGetInt64(values[at++]);
	}
	for (int i = 0; i < lengthof(figures); i++, at++)
		*figures[i] = nulls[at] ? NAN : DatumGetFloat8(values[at]);
}

Datum
sparkify_metrics_finalfn(PG_FUNCTION_ARGS)
{
	ScoresState *state = spk_scores_state(fcinfo);
	SpkHost		host = spk_pg_host(CurrentMemoryContext);
	SpkMetrics	metrics;
	TupleDesc	desc;

	if (state == NULL)
		PG_RETURN_NULL();
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	desc = BlessTupleDesc(desc);

	spk_check(spk_metrics_of(&host, &state->scores, &metrics), "set of scored rows", NULL);
	PG_RETURN_DATUM(HeapTupleGetDatum(spk_metrics_tuple(desc, &metrics)));
}
