/*
 * ranking_metric.h
 *	  The metrics by which models can be ranked.
 */
#ifndef SPK_CORE_JUDGING_RANKING_METRIC_H
#define SPK_CORE_JUDGING_RANKING_METRIC_H

#include "core/judging/metrics.h"

/* A metric by which models can be ranked. */
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

/* The metric's name, such as "weighted_f1". */
extern const char *spk_metric_name(SpkMetric metric);

/* Finds the metric whose name is the len bytes at name; false when there is none. */
extern bool spk_metric_of(const char *name, size_t len, SpkMetric *metric);

/* Is a smaller value better? */
static inline bool
spk_metric_is_loss(SpkMetric metric)
{
	return metric == SPK_METRIC_LOG_LOSS || metric == SPK_METRIC_BRIER;
}

/* Does the metric judge who is flagged?  The others judge scores, whatever the threshold. */
static inline bool
spk_metric_has_threshold(SpkMetric metric)
{
	return metric == SPK_METRIC_WEIGHTED_F1 || metric == SPK_METRIC_F1 ||
		metric == SPK_METRIC_MACRO_F1 || metric == SPK_METRIC_ACCURACY;
}

/* The value of the metric among all of them; NaN when it is not defined for these rows. */
extern double spk_metric_value(const SpkMetrics *metrics, SpkMetric metric);

/* How many samples, of how many rows, show what a metric on few rows is worth. */
#define SPK_SPREAD_DRAWS 1000
#define SPK_SPREAD_ROWS	 34

/*
 * Says how far the metric on SPK_SPREAD_ROWS rows is a matter of chance.  Draws that
 * many of the n rows without replacement, SPK_SPREAD_DRAWS times, and sets spread to
 * the 5th and the 95th percentile of the metric over these draws.  The rows are as
 * spk_metrics has sorted them.
 *
 * Draws for which the metric is not defined do not count.  spread is NaN and NaN when
 * n is no more than SPK_SPREAD_ROWS, or when most draws do not count.  SPK_CANCELLED.
 */
extern SpkStatus spk_metric_spread(const SpkHost *host, const SpkScored *rows, size_t n,
								   double threshold, SpkMetric metric, uint64_t seed,
								   double spread[2]);

#endif /* SPK_CORE_JUDGING_RANKING_METRIC_H */
