/*
 * metrics.h
 *	  How good are scores?
 */
#ifndef SPK_CORE_JUDGING_METRICS_H
#define SPK_CORE_JUDGING_METRICS_H

#include "core/judging/scores.h"

/*
 * The columns of the SQL type churn_metrics, in their order.  metric_list.h says what
 * each of them is.  NaN becomes NULL.
 */
typedef struct SpkMetrics
{
#define SPK_METRIC_int8							  uint64_t
#define SPK_METRIC_float8						  double
#define SPK_METRIC_ITEM(name, type, formula, use) SPK_METRIC_##type name;
#include "core/judging/metric_list.h"
#undef SPK_METRIC_ITEM
#undef SPK_METRIC_int8
#undef SPK_METRIC_float8
} SpkMetrics;

/*
 * Computes all metrics of a set of scored rows.  Rows whose score is at least the
 * threshold of the set are flagged.  The rows are sorted first, so that the bits of
 * the result do not depend on their order.  Scores in cells count as the middle of
 * their cell; n, positives and what follows from the threshold are exact all the
 * same.  SPK_INVALID when there are no rows; SPK_CANCELLED, which leaves rows
 * undefined.
 */
extern SpkStatus spk_metrics_of(const SpkHost *host, SpkScores *scores, SpkMetrics *metrics);

/*
 * Computes the same for an array of n rows, which is sorted in place and stays the
 * caller's.  Fails likewise, and with SPK_LIMIT beyond SPK_MAX_SCORED rows.
 */
extern SpkStatus spk_metrics(const SpkHost *host, SpkScored *rows, size_t n, double threshold,
							 SpkMetrics *metrics);

/* Sets the threshold, tp, fp and all that follows from them.  n and positives are set before. */
extern void spk_metrics_flag(SpkMetrics *metrics, double threshold, uint64_t tp, uint64_t fp);

/* What a row adds to the sum that the log loss is the mean of. */
extern double spk_row_log_loss(double score, int label);

#endif /* SPK_CORE_JUDGING_METRICS_H */
