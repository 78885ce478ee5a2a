/*
 * metrics_agg.c
 *	  The result of the aggregate churn_metrics.
 */
#include "compat.h"

#include <math.h>

#include "fmgr.h"
#include "funcapi.h"

#include "metrics_agg.h"
#include "pg_host.h"
#include "scores_agg.h"

PG_FUNCTION_INFO_V1(churn_metrics_finalfn);

HeapTuple
spk_metrics_tuple(TupleDesc desc, const SpkMetrics *m)
{
	const uint64 counts[] = {m->n, m->positives, m->tp, m->fp, m->tn, m->fn};
	const double figures[] = {
		m->accuracy, m->precision, m->recall, m->f1, m->weighted_f1, m->macro_f1,
		m->auc, m->pr_auc, m->log_loss, m->brier, m->baseline_weighted_f1,
		m->best_threshold, m->best_f1, m->ece
	};
	Datum		values[1 + lengthof(counts) + lengthof(figures)];
	bool		nulls[lengthof(values)] = {false};
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

	if (desc->natts != lengthof(values))
		elog(ERROR, "type churn_metrics has %d columns instead of %d",
			 desc->natts, (int) lengthof(values));
	return heap_form_tuple(desc, values, nulls);
}

Datum
churn_metrics_finalfn(PG_FUNCTION_ARGS)
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
