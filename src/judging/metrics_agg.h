/*
 * metrics_agg.h
 *	  The SQL type churn_metrics.
 */
#ifndef SPK_JUDGING_METRICS_AGG_H
#define SPK_JUDGING_METRICS_AGG_H

#include "postgres.h"
#include "access/htup.h"
#include "access/tupdesc.h"

#include "core/judging/metrics.h"

/* Makes a row of churn_metrics, palloc'd.  desc is the type's descriptor.  NaN becomes NULL. */
extern HeapTuple spk_metrics_tuple(TupleDesc desc, const SpkMetrics *metrics);

/* The number of the type's columns, and the types of these. */
enum
{
	SPK_METRICS_COLUMNS = 0
#define SPK_METRIC_ITEM(name, type, formula, use) +1
#include "core/judging/metric_list.h"
#undef SPK_METRIC_ITEM
};
extern const Oid spk_metrics_types[SPK_METRICS_COLUMNS];

/* Reads the metrics from the columns of such a row, which is not NULL. */
extern void spk_metrics_of_columns(const Datum *values, const bool *nulls, SpkMetrics *metrics);

#endif /* SPK_JUDGING_METRICS_AGG_H */
