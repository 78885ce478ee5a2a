/*
 * metrics.h
 *	  How good are scores?
 */
#ifndef SPK_METRICS_H
#define SPK_METRICS_H

#include <string.h>

#include "host.h"

/*
 * A scored row in one word: the bits of the score, shifted left by one, and
 * the label in the lowest bit.  Scores of 0..1 leave the sign bit free, and
 * words compare as (score, label) does.
 */
typedef uint64_t SpkScored;

/* As many as the integer arithmetic of spk_metrics is exact for. */
#define SPK_MAX_SCORED	UINT64_C(3000000000)

/* score 0..1, label 0 or 1 */
static inline SpkScored
spk_scored(double score, int label)
{
	uint64_t	bits;

	score += 0.0;				/* turns -0 into 0 */
	memcpy(&bits, &score, sizeof(bits));
	return bits << 1 | (uint64_t) label;
}

static inline double
spk_scored_score(SpkScored row)
{
	uint64_t	bits = row >> 1;
	double		score;

	memcpy(&score, &bits, sizeof(score));
	return score;
}

static inline int
spk_scored_label(SpkScored row)
{
	return (int) (row & 1);
}

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
} SpkMetrics;

/*
 * All metrics of n rows at a threshold (flagged: score >= threshold).  Sorts
 * rows in place first, so that the result does not depend on their order, to
 * the bit.  SPK_INVALID when n is 0, SPK_LIMIT beyond SPK_MAX_SCORED;
 * SPK_CANCELLED, which leaves rows undefined.
 */
extern SpkStatus spk_metrics(const SpkHost *host, SpkScored *rows, size_t n, double threshold,
							 SpkMetrics *metrics);

/*
 * Sets the threshold, tp and fp, and what follows from them; n and positives
 * are set.
 */
extern void spk_metrics_flag(SpkMetrics *metrics, double threshold, uint64_t tp, uint64_t fp);

#endif							/* SPK_METRICS_H */
