/*
 * bootstrap.h
 *	  How far chance moves the figures of churn_metrics: users drawn again and again.
 */
#ifndef SPK_CORE_JUDGING_BOOTSTRAP_H
#define SPK_CORE_JUDGING_BOOTSTRAP_H

#include "core/judging/delong.h"
#include "core/judging/metrics.h"

/* The figures that have an interval, beside the AUC. */
typedef enum SpkFigure
{
	SPK_FIGURE_RATE, /* the share that churned */
	SPK_FIGURE_ACCURACY,
	SPK_FIGURE_PRECISION,
	SPK_FIGURE_RECALL,
	SPK_FIGURE_F1,
	SPK_FIGURE_WEIGHTED_F1,
	SPK_FIGURE_MACRO_F1,
	SPK_FIGURE_PR_AUC,
	SPK_FIGURE_LOG_LOSS,
	SPK_FIGURE_BRIER,
	SPK_FIGURE_ECE,
	SPK_FIGURE_BEST_F1,
	SPK_N_FIGURES
} SpkFigure;

/* Of few rows so many resamples are drawn; of many rows fewer, but not less than the least. */
#define SPK_MOST_RESAMPLES	1000
#define SPK_LEAST_RESAMPLES 200

/*
 * Sets intervals, which has room for SPK_N_FIGURES, to 95 % confidence limits of the figures
 * of these rows, which are flagged at the threshold.  metrics has the figures themselves, of
 * all rows, also those that the rows here are a part of.
 *
 * Each resample has as many users as there are, drawn with replacement, with all of their
 * rows (Davison, Hinkley: Bootstrap Methods and their Application, 1997, 3.8).  The limits
 * are the quantiles 0.025 and 0.975 of the resamples' figures.  Two figures are too good in
 * what they are computed from and are so again in a resample: ece, because chance is an error
 * of calibration too, and best_f1, which is the best by choice.  Theirs are the quantiles mirrored at
 * the figure, but in its range, and wide enough to have it.
 *
 * A share of 0 or 1 is the same in all resamples.  Then the limit is spk_surely of the users
 * that it is a share of.  Other figures that are the same in nearly all of them, and those that
 * half of them do not have, have no limits.  With one user there are none.
 *
 * The same rows and seed give the same limits.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_bootstrap(const SpkHost *host, const SpkUserRows *rows, double threshold,
							   const SpkMetrics *metrics, uint64_t seed, SpkInterval *intervals);

#endif /* SPK_CORE_JUDGING_BOOTSTRAP_H */
