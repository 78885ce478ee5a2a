/*
 * metrics_agg.h
 *	  The SQL type churn_metrics.
 */
#ifndef SPK_METRICS_AGG_H
#define SPK_METRICS_AGG_H

#include "postgres.h"
#include "access/htup.h"
#include "access/tupdesc.h"

#include "core/metrics.h"

/* A row of the type churn_metrics, whose descriptor is desc; NaN becomes NULL. */
extern HeapTuple spk_metrics_tuple(TupleDesc desc, const SpkMetrics *metrics);

#endif							/* SPK_METRICS_AGG_H */
