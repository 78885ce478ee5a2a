/*
 * shap.h
 *	  How much each feature moves the prediction of one row: exact SHAP values of
 *	  an ensemble of trees.
 *
 * The value of feature i is its Shapley value (Shapley: A value for n-person
 * games, 1953) in the game where a set of features S is worth what the trees
 * give on average when only the features in S are known: at a split by a known
 * feature the row goes its way, at any other it goes both ways, in proportion
 * to the training rows that did (path-dependent TreeSHAP; Lundberg et al.: From
 * local explanations to global understanding with explainable AI for trees,
 * 2020).
 *
 * How it is computed.  A leaf's part in this game is a product over the
 * features of its path: one[j], is the row on the leaf's side of all splits by
 * j, 1 or 0, when j is known; zero[j], the share of training rows that are, when
 * it is not.  By Owen (Multilinear extensions of games, 1972) a Shapley value is
 * an integral over t, the chance of each other feature to be known:
 *
 *	  value * (one[i] - zero[i]) * integral from 0 to 1 of
 *		  product over j != i of (t * one[j] + (1 - t) * zero[j]) dt
 *
 * The product is a polynomial in t, so that a Gauss-Legendre rule of half as
 * many points as the longest path has features gives it exactly.  At each point
 * the products are made from the root down and summed up from the leaves up, a
 * few operations for each node (the order of Yu et al.: Linear TreeShap, 2022,
 * but all terms are positive and at most 1: nothing cancels).
 */
#ifndef SPK_CORE_SCORING_SHAP_H
#define SPK_CORE_SCORING_SHAP_H

#include "core/scoring/walk.h"

typedef struct SpkShap SpkShap;

/*
 * Prepares a model with trees, which must stay as it is.  Every way gives the
 * same bits.  Takes about 24 bytes a node of all trees and at most 530 a node of
 * the largest one, of host memory; NULL when the host has none or wants to
 * stop.
 */
extern SpkShap *spk_shap_new(const SpkHost *host, const SpkModel *model, SpkWalkWay way);
extern void		spk_shap_release(SpkShap *shap);

/* What the trees give when nothing is known of a row: their mean over the training rows. */
extern double spk_shap_base(const SpkShap *shap);

/*
 * Explains a row of codes (n_features, as spk_predict takes them): sets
 * contributions[i] to the SHAP value of feature i, 0 when no tree asks for it.
 * They and the base add up to the prediction before calibration, in boosting
 * to its margin.  SPK_CANCELLED.
 */
extern SpkStatus spk_shap_explain(SpkShap *shap, const uint8_t *codes, double *contributions);

#endif /* SPK_CORE_SCORING_SHAP_H */
