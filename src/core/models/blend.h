/*
 * blend.h
 *	  Blends: models whose margin is the weighted mean of other models' margins.
 *
 * The margin of a part is the log-odds of churn that it gives to a row: the sum of its
 * leaves or terms where that is the log-odds, and otherwise the log-odds of its share
 * of churn, which spk_shrunken_log_odds keeps finite.  The weights of the parts are
 * positive and sum to 1.  The probability of a blend is the logistic function of the
 * weighted sum of the margins, calibrated if the blend is.
 *
 * All parts have the blend's features, with kinds and categories, so that the values of
 * a row are those of every part.  The codes are, too, but where a part with trees groups
 * categories, or where numbers have edges of their own in it, which imported models,
 * without counts of rows, need when all parts together tell more numbers apart than a
 * model can.  The blend itself groups nothing, as a model without trees.  A feature's importance in a blend is the weighted mean of those in its parts.  A part is
 * no blend itself, is not calibrated, and was found by no search of its own.  What the
 * blend's features may do, its parts keep to: those with trees have the same rules, and
 * those without are no parts of a blend that has to be monotone.
 */
#ifndef SPK_CORE_MODELS_BLEND_H
#define SPK_CORE_MODELS_BLEND_H

#include <math.h>

#include "core/models/model.h"

#define SPK_MAX_PARTS 16

/* Weights are sums of such as these, which rounding may make miss 1 by a little. */
#define SPK_WEIGHT_SLACK 1e-9

/* Has a search found the model?  Then it holds what the search has tried. */
static inline bool
spk_is_searched(const SpkModel *model)
{
	return !isnan(model->facts[SPK_FACT_CANDIDATES]);
}

/*
 * Returns what is wrong with the parts of a blend, or with what a search has tried, for
 * people (static text); NULL when nothing is.  The features of the model and its parts
 * must be sound.
 */
extern const char *spk_blend_fault(const SpkModel *model);
extern const char *spk_tried_fault(const SpkModel *model);

/* Have values other codes in the part than in the blend?  So says own_edges, once it is set. */
extern bool spk_has_own_edges(const SpkModel *blend, const SpkModel *part);

/* The margin of a part, not a blend, whose trees' leaves or whose terms have this sum. */
extern double spk_part_margin(const SpkModel *part, double sum);

/* The probability of a blend whose parts' margins have this weighted sum. */
extern double spk_blend_answer(const SpkModel *blend, double margin);

#endif /* SPK_CORE_MODELS_BLEND_H */
