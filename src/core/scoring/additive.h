/*
 * additive.h
 *	  Predictions of models without trees, and what each feature adds to a
 *	  prediction.
 *
 * A row has n_features values.  A value is a number, which may be infinite, or the
 * code of a category; NaN is missing.
 */
#ifndef SPK_CORE_SCORING_ADDITIVE_H
#define SPK_CORE_SCORING_ADDITIVE_H

#include "core/models/model.h"

/* The probability of churn, 0 .. 1, of a row.  It is calibrated if the model is. */
extern double spk_additive_predict(const SpkModel *model, const double *values);

/*
 * Sets contributions (n_features) to what each feature adds to the margin of a row,
 * beyond what it adds on average.  That is its SHAP value, because features do not
 * depend on each other in these models.  The contributions and the base add up to
 * the margin before calibration.
 */
extern void spk_additive_explain(const SpkModel *model, const double *values,
								 double *contributions);

/* The mean margin of the training rows. */
extern double spk_additive_base(const SpkModel *model);

#endif /* SPK_CORE_SCORING_ADDITIVE_H */
