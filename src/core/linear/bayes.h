/*
 * bayes.h
 *	  Naive Bayes: each feature speaks for itself, by how likely its value is in
 *	  either class.
 *
 * Gaussian form (scikit-learn's GaussianNB and CategoricalNB together): a
 * number is normal in each class, with the mean and the variance of the known
 * values there, to which var_smoothing times the largest variance of any number
 * is added (for times: of any time); a category has the share (rows +
 * smoothing) / (known rows of the class + smoothing * categories).
 *
 * Multinomial form (Spark's NaiveBayes behind its MinMaxScaler): numbers are
 * scaled to 0 .. 1 and categories become indicators; the share of each of these
 * columns in a class is (its sum + smoothing) / (sum of all + smoothing *
 * columns), and a row's value times the logarithm of the share adds up.  A
 * constant number is 0.5 in every row; one without values has no column.
 *
 * A missing value says nothing, in training and prediction.  A number that one
 * class has no values of, or that is constant, is not used by the Gaussian
 * form.  The classes' shares are those of the rows, weighted by class_weight.
 */
#ifndef SPK_CORE_LINEAR_BAYES_H
#define SPK_CORE_LINEAR_BAYES_H

#include "core/models/model.h"
#include "core/rows/values.h"

/*
 * Learns model->terms (new host memory) and the importances.  Of the model
 * algorithm, options and features must be set.  On failure nothing is held:
 * SPK_INVALID without rows of both classes, SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_bayes_fit(const SpkHost *host, const SpkValues *rows, SpkModel *model);

#endif /* SPK_CORE_LINEAR_BAYES_H */
