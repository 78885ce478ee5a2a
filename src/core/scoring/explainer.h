/*
 * explainer.h
 *	  How much each feature moves the prediction of one row, for any model.
 *
 * Contributions and base add up to the prediction before calibration, on the model's
 * own scale: the share of churn of a forest, the margin of all others.  For trees they
 * are those of shap.h, for terms those of additive.h.
 *
 * A blend adds up its parts' margins, so its contributions are the weighted sums of
 * theirs.  A part that answers by a share of churn has contributions to that share.
 * They are multiplied by the change of the margin over the change of the share, from the
 * base to the row: the rescale rule of DeepLIFT (Shrikumar et al.: Learning important
 * features through propagating activation differences, 2017), which keeps the sum exact.
 */
#ifndef SPK_CORE_SCORING_EXPLAINER_H
#define SPK_CORE_SCORING_EXPLAINER_H

#include "core/scoring/shap.h"

/* A model that is prepared for explaining. */
typedef struct SpkExplainer SpkExplainer;

/*
 * Prepares a model, which must stay as it is, in host memory.  NULL when the host gave
 * none or wants to stop.
 */
extern SpkExplainer *spk_explainer_new(const SpkHost *host, const SpkModel *model, SpkWalkWay way);
extern void			 spk_explainer_release(SpkExplainer *explainer);

/* What the model gives when nothing is known of a row. */
extern double spk_explainer_base(const SpkExplainer *explainer);

/* Does the model, or a part of it, explain rows by their codes? */
extern bool spk_explains_codes(const SpkModel *model);

/*
 * Sets contributions (n_features) to what each feature adds.  The row is given as codes,
 * as spk_predict takes them, which may be NULL when the model does not explain by them,
 * and as values, as spk_additive_predict does.  SPK_CANCELLED.
 */
extern SpkStatus spk_explainer_explain(SpkExplainer *explainer, const uint8_t *codes,
									   const double *values, double *contributions);

#endif /* SPK_CORE_SCORING_EXPLAINER_H */
