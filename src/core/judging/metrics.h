/*
 * metrics.h
 *	  How good are scores?
 */
#ifndef SPK_CORE_JUDGING_METRICS_H
#define SPK_CORE_JUDGING_METRICS_H

#include "core/judging/scores.h"

/*
 * Columns of the SQL type churn_metrics, in order, as metric_list.h says what
 * each is; NaN is NULL.
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
 * All metrics of scored rows at their threshold (flagged: score >= threshold).
 * Sorts them first, so that the result does not depend on their order, to the
 * bit.  Scores in cells count as the middle of their cell, but n, positives
 * and what follows from the threshold is exact.  SPK_INVALID without rows;
 * SPK_CANCELLED, which leaves rows undefined.
 */
extern SpkStatus spk_metrics_of(const SpkHost *host, SpkScores *scores, SpkMetrics *metrics);

/* The same for n rows of the caller's, which are sorted in place; SPK_LIMIT, too. */
extern SpkStatus spk_metrics(const SpkHost *host, SpkScored *rows, size_t n, double threshold,
							 SpkMetrics *metrics);

/*
 * Sets the threshold, tp and fp, and what follows from them; n and positives
 * are set.
 */
extern void spk_metrics_flag(SpkMetrics *metrics, double threshold, uint64_t tp, uint64_t fp);

#endif /* SPK_CORE_JUDGING_METRICS_H */
