/*
 * ranking_metric.h
 *	  One of the metrics, by name: what models are ranked by.
 */
#ifndef SPK_CORE_JUDGING_RANKING_METRIC_H
#define SPK_CORE_JUDGING_RANKING_METRIC_H

#include "core/judging/metrics.h"

typedef enum SpkMetric
{
	SPK_METRIC_WEIGHTED_F1 = 0,
	SPK_METRIC_F1,
	SPK_METRIC_MACRO_F1,
	SPK_METRIC_AUC,
	SPK_METRIC_PR_AUC,
	SPK_METRIC_LOG_LOSS,
	SPK_METRIC_BRIER,
	SPK_METRIC_ACCURACY,
	SPK_N_METRICS
} SpkMetric;

/* "weighted_f1" and so on. */
extern const char *spk_metric_name(SpkMetric metric);

/* False when there is no such metric. */
extern bool spk_metric_of(const char *name, size_t len, SpkMetric *metric);

/* Is less of it better? */
static inline bool
spk_metric_is_loss(SpkMetric metric)
{
	return metric == SPK_METRIC_LOG_LOSS || metric == SPK_METRIC_BRIER;
}

/* NaN when it is not defined for these rows. */
extern double spk_metric_value(const SpkMetrics *metrics, SpkMetric metric);

/* What tells how much a metric on few rows is worth. */
#define SPK_SPREAD_DRAWS 1000
#define SPK_SPREAD_ROWS	 34

/*
 * How far the metric on SPK_SPREAD_ROWS rows is a matter of chance: its 5th and
 * 95th percentile over SPK_SPREAD_DRAWS random draws of so many of the n rows,
 * without replacement, which spk_metrics has sorted.  Draws for which the metric
 * is not defined do not count; NaN and NaN when there are no more rows than
 * that, or most draws do not count.  SPK_CANCELLED.
 */
extern SpkStatus spk_metric_spread(const SpkHost *host, const SpkScored *rows, size_t n,
								   double threshold, SpkMetric metric, uint64_t seed,
								   double spread[2]);

#endif /* SPK_CORE_JUDGING_RANKING_METRIC_H */
