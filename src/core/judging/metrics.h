/*
 * metrics.h
 *	  How good are scores?
 */
#ifndef SPK_CORE_JUDGING_METRICS_H
#define SPK_CORE_JUDGING_METRICS_H

#include "core/judging/scores.h"

/* Columns of the SQL type churn_metrics, in order; NaN is NULL. */
typedef struct SpkMetrics
{
	uint64_t	n;
	uint64_t	positives;
	double		threshold;
	uint64_t	tp;
	uint64_t	fp;
	uint64_t	tn;
	uint64_t	fn;
	double		accuracy;
	double		precision;		/* of the churn class; NaN when nothing is flagged */
	double		recall;			/* of the churn class; NaN without positives */
	double		f1;				/* of the churn class; 0 when tp is 0 */
	double		weighted_f1;	/* mean of both classes' F1, weighted by class size: Spark's "f1" */
	double		macro_f1;		/* plain mean of both classes' F1 */
	double		auc;			/* area under ROC, ties count half; NaN with one class only */
	double		pr_auc;			/* average precision; NaN without positives */
	double		log_loss;		/* natural log, scores clipped to 1e-15 .. 1 - 1e-15 */
	double		brier;
	double		baseline_weighted_f1;	/* weighted_f1 of "nobody churns" */
	double		best_threshold; /* the score at which flagging (score >= it) gives the best f1; highest on ties; NaN without positives */
	double		best_f1;		/* its f1; NaN without positives */
	double		ece;			/* expected calibration error, see spk_ece */
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

#endif							/* SPK_CORE_JUDGING_METRICS_H */
