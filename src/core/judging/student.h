/*
 * student.h
 *	  Is a difference more than chance?  Student's t distribution, the same bits
 *	  on every machine.
 */
#ifndef SPK_CORE_JUDGING_STUDENT_H
#define SPK_CORE_JUDGING_STUDENT_H

#include <stdint.h>

/*
 * The probability that |t| is at least this large under Student's distribution
 * with so many degrees of freedom (1 .. 1000): the two-sided p value.  Relative
 * error below 1e-12; NaN for NaN.
 */
extern double spk_student_p(double t, uint32_t degrees);

/*
 * The two-sided p value of the mean of n differences, one for each fold of a
 * cross-validation (2 <= n), against 0: the corrected resampled t test (Nadeau
 * and Bengio: Inference for the generalization error, 2003).  Folds are not
 * independent, as any two share most of their training rows; so the variance of
 * the mean is taken as 1 / n + 1 / (n - 1), the rows judged by those trained
 * on, times that of the differences.  1 when all differences are 0.
 */
extern double spk_paired_p(const double *differences, uint32_t n);

#endif /* SPK_CORE_JUDGING_STUDENT_H */
