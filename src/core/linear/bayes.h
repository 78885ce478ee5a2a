/*
 * bayes.h
 *	  Naive Bayes: each feature speaks for itself, by how likely its value is in
 *	  either class.
 *
 * Gaussian form (scikit-learn's GaussianNB and CategoricalNB together)
 *	  Numbers are normally distributed in each class.  The mean and the variance
 *	  are those of the known values there; var_smoothing times the largest variance
 *	  of any number is added to each variance (to those of times, the largest of any
 *	  time).  Of a number that is transformed, the same share of its variance is added as
 *	  if it were not.  A category has the share (rows + smoothing) / (known rows of the class
 *	  + smoothing * categories).  A number that is constant, or of which one class
 *	  has no values, is not used.
 *
 * Multinomial form (Spark's NaiveBayes behind its MinMaxScaler)
 *	  Numbers are scaled to 0 .. 1, and categories become indicators.  The share of
 *	  each of these columns in a class is (its sum + smoothing) / (sum of all columns
 *	  + smoothing * columns).  A row adds up its values times the logarithms of the
 *	  shares.  A constant number is 0.5 in every row; a number without values has no
 *	  column.
 *
 * In training and in prediction, a missing value says nothing.  The shares of the
 * classes are those of their rows, weighted by class_weight.  A row that has a weight counts
 * as so many rows in all sums.
 */
#ifndef SPK_CORE_LINEAR_BAYES_H
#define SPK_CORE_LINEAR_BAYES_H

#include "core/models/model.h"
#include "core/rows/values.h"

/*
 * Learns the model's terms, which are new host memory, and the importance of its
 * features.  The model's algorithm, options and features must be set.  SPK_INVALID
 * when the rows are not of both classes, SPK_CANCELLED, SPK_NO_MEMORY; then nothing
 * is held.
 */
extern SpkStatus spk_bayes_fit(const SpkHost *host, const SpkValues *rows, SpkModel *model);

#endif /* SPK_CORE_LINEAR_BAYES_H */
