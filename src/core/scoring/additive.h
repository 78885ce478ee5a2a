/*
 * additive.h
 *	  Predictions of models without trees, and what each feature adds to one.
 *
 * A value is a number, infinities allowed, or the code of a category; NaN is
 * missing.
 */
#ifndef SPK_CORE_SCORING_ADDITIVE_H
#define SPK_CORE_SCORING_ADDITIVE_H

#include "core/models/model.h"

/* The probability of churn, 0 .. 1, of a row of n_features values; calibrated when the model is. */
extern double spk_additive_predict(const SpkModel *model, const double *values);

/*
 * What each feature adds to the margin of a row of n_features values beyond
 * what it adds on average: its SHAP value, since features are independent of
 * each other in these models.  They and the base add up to the margin, before
 * calibration.
 */
extern void spk_additive_explain(const SpkModel *model, const double *values,
								 double *contributions);

/* The mean margin of the training rows. */
extern double spk_additive_base(const SpkModel *model);

#endif /* SPK_CORE_SCORING_ADDITIVE_H */
