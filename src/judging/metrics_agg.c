/*
 * metrics_agg.c
 *	  The type churn_metrics, and the result of the aggregate of the same name.
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

#define OID_int8   INT8OID
#define OID_float8 FLOAT8OID

const Oid spk_metrics_types[SPK_METRICS_COLUMNS] = {
#define SPK_METRIC_ITEM(name, type, formula, use) OID_##type,
#include "core/judging/metric_list.h"
#undef SPK_METRIC_ITEM
};

/* Where the metric of each column is in SpkMetrics: a uint64 for int8, a double for float8. */
static const size_t metric_offsets[SPK_METRICS_COLUMNS] = {
#define SPK_METRIC_ITEM(name, type, formula, use) offsetof(SpkMetrics, name),
#include "core/judging/metric_list.h"
#undef SPK_METRIC_ITEM
};

HeapTuple
spk_metrics_tuple(TupleDesc desc, const SpkMetrics *m)
{
	Datum values[SPK_METRICS_COLUMNS];
	bool  nulls[SPK_METRICS_COLUMNS] = {false};

	if (desc->natts != SPK_METRICS_COLUMNS)
		elog(ERROR, "type churn_metrics has %d columns instead of %d", desc->natts,
			 SPK_METRICS_COLUMNS);
	for (int i = 0; i < SPK_METRICS_COLUMNS; i++)
	{
		const char *metric = (const char *) m + metric_offsets[i];

		if (spk_metrics_types[i] == INT8OID)
			values[i] = Int64GetDatum((int64) * (const uint64 *) metric);
		else
		{
			nulls[i] = isnan(*(const double *) metric);
			values[i] = Float8GetDatum(*(const double *) metric);
		}
	}
	return heap_form_tuple(desc, values, nulls);
}

void
spk_metrics_of_columns(const Datum *values, const bool *nulls, SpkMetrics *m)
{
	for (int i = 0; i < SPK_METRICS_COLUMNS; i++)
	{
		char *metric = (char *) m + metric_offsets[i];

		if (spk_metrics_types[i] == INT8OID)
			*(uint64 *) metric = (uint64) DatumGetInt64(values[i]);
		else
			*(double *) metric = nulls[i] ? NAN : DatumGetFloat8(values[i]);
	}
}

Datum
sparkify_metrics_finalfn(PG_FUNCTION_ARGS)
{
	ScoresState *state = spk_scores_state(fcinfo);
	SpkHost		 host = spk_pg_host(CurrentMemoryContext);
	SpkMetrics	 metrics;
	TupleDesc	 desc;

	if (state == NULL)
		PG_RETURN_NULL();
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	desc = BlessTupleDesc(desc);

	spk_check(spk_metrics_of(&host, &state->scores, &metrics), "set of scored rows", NULL);
	PG_RETURN_DATUM(HeapTupleGetDatum(spk_metrics_tuple(desc, &metrics)));
}
