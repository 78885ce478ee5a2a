/*
 * threshold.h
 *	  From which score on should a row be flagged?
 *
 * A threshold decides between two scores that occur, so it is put halfway
 * between the lowest score that it flags and the next lower one.  Where all rows
 * are flagged, 0 stands for the next lower score; where none is, 1 stands for the
 * lowest one flagged.  Rows with the same score are flagged together or not at
 * all.
 */
#ifndef SPK_CORE_JUDGING_THRESHOLD_H
#define SPK_CORE_JUDGING_THRESHOLD_H

#include "core/judging/metrics.h"
#include "core/models/model.h"

/* Halfway between two scores, lower < upper; upper when they are neighbours. */
static inline double
spk_threshold_between(double lower, double upper)
{
	double middle = (lower + upper) / 2;

	return middle > lower ? middle : upper;
}

/*
 * Is the F1 of tp among flagged rows better than that of others, when
 * positives is the number of all positives?  F1 is 2 tp / (flagged +
 * positives); fractions are compared without dividing.
 */
static inline bool
spk_better_f1(uint64_t tp, uint64_t flagged, uint64_t than_tp, uint64_t than_flagged,
			  uint64_t positives)
{
	return tp * (than_flagged + positives) > than_tp * (flagged + positives);
}

/*
 * The next three functions set *threshold.  There must be rows.  They return
 * SPK_CANCELLED when the host asked to stop.  The threshold is NaN where none
 * does what is asked: nobody should be flagged, but somebody scores 1.
 */

/* The best F1 of the churn class; of equal ones the highest threshold.  NaN without positives. */
extern SpkStatus spk_threshold_f1(const SpkHost *host, SpkScores *scores, double *threshold);

/*
 * The lowest cost of all false alarms and missed churners; of equal ones the
 * highest threshold.  Costs must be finite, not negative, and not both 0.
 */
extern SpkStatus spk_threshold_cost(const SpkHost *host, SpkScores *scores, double cost_false_alarm,
									double cost_missed, double *threshold);

/* Flags as many rows as possible, but never more than the budget, whatever their labels. */
extern SpkStatus spk_threshold_budget(const SpkHost *host, SpkScores *scores, uint64_t budget,
									  double *threshold);

/* With fewer rows of either class the best F1 is a matter of chance. */
#define SPK_THRESHOLD_MIN_CLASS 10

/*
 * Chooses the threshold of a model with these options by rows that it has not seen,
 * and sets it in metrics with what follows from it.  The rows have been judged and
 * sorted by spk_metrics.  A threshold that the options give is taken as it is.
 * Otherwise it is the one with the best F1 of the churn class, of equal ones the
 * highest.
 *
 * The best F1 is no guide when either class has fewer than SPK_THRESHOLD_MIN_CLASS
 * rows, nor when it is to flag everybody.  Then as many rows are flagged as churned,
 * or the next larger number that parts no rows of the same score, but not all.  Where
 * that is not possible either, the threshold is 0.5.  Returns which rule it was.
 */
extern SpkThresholdRule spk_choose_threshold(const SpkOptions *options, const SpkScored *rows,
											 size_t n, SpkMetrics *metrics);

/*
 * Flags the sorted rows from this place on, which is the first row of its score, and sets
 * the threshold in metrics with what follows from it.  To flag everybody is no advice, and a
 * model's threshold lies between 0 and 1: then false, and nothing is set.
 */
extern bool spk_flag_place(const SpkScored *rows, size_t n, size_t place, SpkMetrics *metrics);

/* Sets the threshold of a model as long as no rows tell of a better one, and its rule. */
extern void spk_threshold_start(SpkModel *model);

/* Do the options give the threshold? */
static inline bool
spk_threshold_is_given(const SpkOptions *options)
{
	return options->value[SPK_OPT_THRESHOLD] != SPK_THRESHOLD_F1;
}

#endif /* SPK_CORE_JUDGING_THRESHOLD_H */
