/*
 * shap.h
 *	  How much each feature moves the prediction of one row: exact SHAP values of
 *	  an ensemble of trees.
 *
 * The value of feature i is its Shapley value (Shapley: A value for n-person
 * games, 1953) in a game of the features.  A set of features S is worth what the
 * trees give on average when only the features in S are known: at a split by a
 * known feature the row goes its way, and at any other split it goes both ways, in
 * proportion to the training rows that did (path-dependent TreeSHAP; Lundberg et
 * al.: From local explanations to global understanding with explainable AI for
 * trees, 2020).
 *
 * How it is computed.  A leaf's part in this game is a product over the features j
 * of its path.  When j is known, the factor is one[j]: 1 if the row is on the leaf's
 * side of all splits by j, else 0.  When j is not known, the factor is zero[j]: the
 * share of training rows that are on that side.  By Owen (Multilinear extensions of
 * games, 1972) a Shapley value is an integral over t, the probability with which
 * each other feature is known:
 *
 *	  value * (one[i] - zero[i]) * integral from 0 to 1 of
 *		  product over j != i of (t * one[j] + (1 - t) * zero[j]) dt
 *
 * The product is a polynomial in t.  So a Gauss-Legendre rule gives the integral
 * exactly when it has half as many points as the longest path has features.  At
 * each point the products are made from the root down and summed up from the leaves
 * up, with a few operations for each node.  This is the order of Yu et al. (Linear
 * TreeShap, 2022), but all terms are positive and at most 1, so that nothing
 * cancels.
 */
#ifndef SPK_CORE_SCORING_SHAP_H
#define SPK_CORE_SCORING_SHAP_H

#include "core/scoring/walk.h"

/* A model that is prepared for explaining. */
typedef struct SpkShap SpkShap;

/*
 * Prepares a model with trees, which must stay as it is.  All ways give the same
 * bits.  This takes about 24 bytes of host memory for each node of all trees, and at
 * most 530 for each node of the largest one.  NULL when the host gave none or wants
 * to stop.
 */
extern SpkShap *spk_shap_new(const SpkHost *host, const SpkModel *model, SpkWalkWay way);
extern void		spk_shap_release(SpkShap *shap);

/*
 * What the trees give when nothing is known of a row: the mean over the training rows, which
 * a tree with bootstrap counts as often as it drew them.
 */
extern double spk_shap_base(const SpkShap *shap);

/*
 * Explains a row of n_features codes, as spk_predict takes them.  Sets
 * contributions[i] to the SHAP value of feature i, which is 0 when no tree asks for
 * the feature.  The contributions and the base add up to the prediction before
 * calibration; in boosting, to its margin.  SPK_CANCELLED.
 */
extern SpkStatus spk_shap_explain(SpkShap *shap, const uint8_t *codes, double *contributions);

#endif /* SPK_CORE_SCORING_SHAP_H */
