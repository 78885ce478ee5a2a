/*
 * predict.h
 *	  Walking the trees of a decoded model or of a blend's parts, one row at a time;
 *	  walk.h does the same for many rows.
 */
#ifndef SPK_CORE_SCORING_PREDICT_H
#define SPK_CORE_SCORING_PREDICT_H

#include "core/models/model.h"

/* Does a row with this code of the split's feature go left? */
static inline bool
spk_goes_left(const SpkTree *tree, const SpkNode *split, uint8_t code)
{
	if (split->flags & SPK_NODE_SET)
		return spk_set_has(&tree->sets[split->set], code);
	if (code == SPK_MISSING)
		return (split->flags & SPK_NODE_MISSING_LEFT) != 0;
	return code <= split->split;
}

/* The leaf that a row of n_features codes reaches, as an index into tree->nodes. */
extern uint32_t spk_tree_leaf(const SpkTree *tree, const uint8_t *codes);

/*
 * The probability of churn, 0 .. 1, of a row of n_features codes: spk_answer to the
 * sum of its leaves, added up in the order of the trees.
 */
extern double spk_predict(const SpkModel *model, const uint8_t *codes);

/*
 * What a model answers to the sum of the leaf values that a row reaches: their mean,
 * or in boosting the logistic function of the sum.  It is calibrated if the model is.
 */
extern double spk_answer(const SpkModel *model, double sum);

/*
 * The margin that a model, not a blend, has as a part of one for a row, given as codes
 * and as values.
 */
extern double spk_row_margin(const SpkModel *model, const uint8_t *codes, const double *values);

/*
 * The probability of churn of a row of n_features values, by a blend.  codes has room for
 * n_features codes.
 */
extern double spk_blend_predict(const SpkModel *blend, const double *values, uint8_t *codes);

#endif /* SPK_CORE_SCORING_PREDICT_H */
