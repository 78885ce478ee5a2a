/*
 * threshold.h
 *	  From which score on should a row be flagged?
 *
 * A threshold decides between two scores that occur, so it is put halfway
 * between the lowest that it flags and the next lower one; 0 stands for the
 * next lower one where all are flagged, 1 for the lowest flagged where none
 * is.  Rows with the same score are flagged together or not at all.
 */
#ifndef SPK_CORE_JUDGING_THRESHOLD_H
#define SPK_CORE_JUDGING_THRESHOLD_H

#include "core/judging/metrics.h"

/* Halfway between two scores, lower < upper; upper when they are neighbours. */
static inline double
spk_threshold_between(double lower, double upper)
{
	double		middle = (lower + upper) / 2;

	return middle > lower ? middle : upper;
}

/*
 * Is the F1 of tp among flagged rows better than that of others, when
 * positives is the number of all positives?  F1 is 2 tp / (flagged +
 * positives); fractions are compared without dividing.
 */
static inline bool
spk_better_f1(uint64_t tp, uint64_t flagged, uint64_t than_tp, uint64_t than_flagged, uint64_t positives)
{
	return tp * (than_flagged + positives) > than_tp * (flagged + positives);
}

/*
 * These set the threshold, which is NaN where none flags what should be
 * flagged: nobody, though somebody scores 1.  There are rows.  SPK_CANCELLED.
 */

/* Best F1 of the churn class, the highest threshold on ties; NaN without positives. */
extern SpkStatus spk_threshold_f1(const SpkHost *host, SpkScores *scores, double *threshold);

/*
 * Lowest cost of all false alarms and missed churners, the highest threshold
 * on ties.  Costs are finite, not negative and not both 0.
 */
extern SpkStatus spk_threshold_cost(const SpkHost *host, SpkScores *scores, double cost_false_alarm,
									double cost_missed, double *threshold);

/* As many rows as possible, but never more than the budget, whatever the labels. */
extern SpkStatus spk_threshold_budget(const SpkHost *host, SpkScores *scores, uint64_t budget,
									  double *threshold);

/* Below so many rows of either class no threshold is chosen. */
#define SPK_THRESHOLD_MIN_CLASS	10

/*
 * Flags rows, which spk_metrics has judged, sorted by it, at another threshold:
 * halfway between the lowest score flagged and the next lower one, such that
 * flagging has the best F1 of the churn class; of equal ones the highest.  It
 * stays what it is when fewer than SPK_THRESHOLD_MIN_CLASS rows of either class are
 * there, and when the best is to flag everybody.
 */
extern void spk_flag_best(const SpkScored *rows, size_t n, SpkMetrics *metrics);

#endif							/* SPK_CORE_JUDGING_THRESHOLD_H */
