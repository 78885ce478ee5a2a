/*
 * survival_scores.h
 *	  How good predicted curves of survival are, where times may be censored.
 *
 * A curve has the chance to stay through each of some periods, from the first on.  All
 * curves of a set have as many periods, of the same number of days.  What is kept of a
 * row is its time with the chance to have left by the end of the curve, for the pairs of
 * concordance, and for the Brier score sums of squares by time and period.  These are
 * sums of whole numbers, so that neither the order of rows nor the parts in which they are
 * merged leave a trace.
 */
#ifndef SPK_CORE_JUDGING_SURVIVAL_SCORES_H
#define SPK_CORE_JUDGING_SURVIVAL_SCORES_H

#include "core/judging/survival.h"

/* A set has no more rows, which take 32 MB. */
#define SPK_MAX_SURVIVAL_ROWS (UINT64_C(1) << 22)

/* The most sums of squares: 32 MB. */
#define SPK_MAX_SURVIVAL_SUMS (UINT64_C(1) << 22)

#define SPK_MAX_SURVIVAL_PERIODS 1000

typedef struct SpkSurvivalScores
{
	SpkSurvival survival; /* of the same rows */
	uint32_t	n_periods;
	uint32_t	width;	  /* days of a period */
	uint64_t	capacity; /* how many rows there is room for */
	uint64_t   *rows;	  /* survival.n; see survival_scores.c */
	uint64_t   *left;	  /* by time and period, of who left by then: sums of survival^2 */
	uint64_t   *stayed;	  /* by period, of who is known to have stayed: of (1 - survival)^2 */
} SpkSurvivalScores;

/* What a set says of the curves.  NaN where it cannot be said. */
typedef struct SpkSurvivalMetrics
{
	uint64_t n;
	uint64_t n_events;
	uint32_t n_periods; /* to whose end somebody was followed: the others have no Brier score */
	double	 concordance;
	double	 integrated_brier;
	double	 baseline_brier; /* integrated_brier of one curve for all, that of Kaplan and Meier */
} SpkSurvivalMetrics;

/* Could a set have curves of so many periods of so many days? */
extern bool spk_survival_scores_fit(uint32_t n_periods, uint32_t width);

/* Makes an empty set for curves that fit. */
extern SpkStatus spk_survival_scores_init(const SpkHost *host, SpkSurvivalScores *scores,
										  uint32_t n_periods, uint32_t width);

/*
 * Adds a row; time is 0 .. SPK_MAX_SURVIVAL_TIME, and the n_periods elements of curve
 * are 0 .. 1.  SPK_LIMIT beyond SPK_MAX_SURVIVAL_ROWS, SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_survival_scores_add(const SpkHost *host, SpkSurvivalScores *scores,
										 uint32_t time, bool left, const double *curve);

/* Adds the rows of another set of such curves, which stays as it is.  Fails as above. */
extern SpkStatus spk_survival_scores_merge(const SpkHost *host, SpkSurvivalScores *scores,
										   const SpkSurvivalScores *from);

extern void spk_survival_scores_release(const SpkHost *host, SpkSurvivalScores *scores);

/* How many sums there are in left. */
extern size_t spk_survival_scores_sums(const SpkSurvivalScores *scores);

/*
 * Judges a set, which has rows; these are sorted.  brier has room for n_periods.
 *
 * concordance is Harrell's C: of all pairs of users of whom it is known who left first,
 * the share in which that one had the higher chance to leave by the end of the curve,
 * equal chances counting half.  A pair is known when one left and the other was seen to
 * stay longer, or up to the end of that day.
 *
 * brier[k] is the mean squared difference between the curve at the end of period k and
 * what was then, with the inverse probability of not being censored as weight (Graf et
 * al.: Assessment and comparison of prognostic classification schemes for survival data,
 * 1999).  Who was censored at the end of a day was there all of it, so the probability is
 * that of being followed up to the day before.  integrated_brier is the mean over time, by
 * the trapezoidal rule from the end of the first period to that of the last one.
 *
 * SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_survival_scores_judge(const SpkHost *host, SpkSurvivalScores *scores,
										   SpkSurvivalMetrics *metrics, double *brier);

#endif /* SPK_CORE_JUDGING_SURVIVAL_SCORES_H */
