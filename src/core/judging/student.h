/*
 * student.h
 *	  Is a difference more than chance?  Student's t distribution, with the same
 *	  bits on every machine.
 */
#ifndef SPK_CORE_JUDGING_STUDENT_H
#define SPK_CORE_JUDGING_STUDENT_H

#include <stdint.h>

/*
 * The two-sided p value of t: the probability that |t| is at least this large, by
 * Student's distribution with this many degrees of freedom (1 .. 1000).  The relative
 * error is below 1e-12.  NaN for NaN.
 */
extern double spk_student_p(double t, uint32_t degrees);

/*
 * The two-sided p value of the mean of n differences against 0, where there is one
 * difference for each fold of a cross-validation, and at least 2.  This is the
 * corrected resampled t test (Nadeau and Bengio: Inference for the generalization
 * error, 2003).  Folds are not independent, as any two of them share most of their
 * training rows.  So the variance of the mean is taken as that of the differences
 * times 1 / n + 1 / (n - 1); the second term is the number of rows judged, divided by
 * the number trained on.  The p value is 1 when the mean is 0.
 */
extern double spk_paired_p(const double *differences, uint32_t n);

#endif /* SPK_CORE_JUDGING_STUDENT_H */
