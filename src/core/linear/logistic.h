/*
 * logistic.h
 *	  Logistic regression, fitted by Newton's method (iteratively reweighted
 *	  least squares; McCullagh and Nelder: Generalized linear models, 1989).
 *
 * The first column of the regression is the intercept.  Then each feature in turn
 * has these:
 *	  number, time	the standardised value, or 0, which is the mean, where it is
 *					missing; none for a constant.  An indicator of missing values,
 *					if there are missing and known ones.
 *	  category		an indicator of each category.  An indicator of missing values,
 *					if there are missing and known ones.
 *
 * Without a penalty the first category of each feature is the reference, which has
 * no column.  A column that is a linear combination of those before it is set aside
 * with a weight of 0, as R's glm does it.  With a penalty every category has a
 * column.
 *
 * The fit minimises the sum of weight * -ln(probability of what happened), where the
 * weight is that of the class times that of the row, plus l2 / 2 times the sum of the squared weights without the intercept's.  On these
 * columns that is scikit-learn's LogisticRegression with C = 1 / l2.
 */
#ifndef SPK_CORE_LINEAR_LOGISTIC_H
#define SPK_CORE_LINEAR_LOGISTIC_H

#include "core/models/model.h"
#include "core/rows/values.h"

/* A regression has no more columns: the matrix to solve takes 8 bytes for each pair of them. */
#define SPK_MAX_COLUMNS 3000

/* The bytes that a fit with this many columns takes besides the rows. */
extern uint64_t spk_logistic_size(uint32_t n_columns);

/*
 * Fits the model's terms, which are new host memory, and the importance of its
 * features, and sets the facts of the fit.  The model's algorithm, options and
 * features must be set.  A fit that does not converge is no failure; its facts say
 * so.  SPK_LIMIT beyond SPK_MAX_COLUMNS, SPK_INVALID when the rows are not of both
 * classes, SPK_CANCELLED, SPK_NO_MEMORY; then nothing is held.
 */
extern SpkStatus spk_logistic_fit(const SpkHost *host, const SpkValues *rows, SpkModel *model);

#endif /* SPK_CORE_LINEAR_LOGISTIC_H */
