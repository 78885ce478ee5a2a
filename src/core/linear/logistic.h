/*
 * logistic.h
 *	  Logistic regression, fitted by Newton's method (iteratively reweighted
 *	  least squares; McCullagh and Nelder: Generalized linear models, 1989).
 *
 * The columns of the regression are, after the intercept, for each feature in
 * order:
 *	  number, time	the standardised value, 0 (the mean) where it is missing,
 *					unless it is constant; an indicator of missing values, if there
 *					are some and some known ones
 *	  category		an indicator of each category; and one of missing values, if
 *					there are any
 *
 * Without penalty the first category of each feature is the reference: it has
 * no column, nor has missing where there is no category; and a column that is a
 * linear combination of those before it is set aside, as R's glm does, with a
 * weight of 0.  With penalty every category has a column.
 *
 * Minimised is the sum of weight * -ln(probability of what happened), plus
 * l2 / 2 times the sum of squared weights without the intercept's:
 * scikit-learn's LogisticRegression with C = 1 / l2 on columns made so.
 */
#ifndef SPK_CORE_LINEAR_LOGISTIC_H
#define SPK_CORE_LINEAR_LOGISTIC_H

#include "core/models/model.h"
#include "core/rows/values.h"

/* Columns of a regression: the matrix that is solved takes 8 bytes for each square. */
#define SPK_MAX_COLUMNS 3000

/* Bytes that a fit with so many columns takes besides the rows. */
extern uint64_t spk_logistic_size(uint32_t n_columns);

/*
 * Fits model->terms (new host memory) and the importances, and sets the facts
 * of the fit.  Of the model algorithm, options and features must be set.  Not
 * to converge is no failure: see the facts.  On failure nothing is held:
 * SPK_LIMIT beyond SPK_MAX_COLUMNS, SPK_INVALID without rows of both classes,
 * SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_logistic_fit(const SpkHost *host, const SpkValues *rows, SpkModel *model);

#endif /* SPK_CORE_LINEAR_LOGISTIC_H */
