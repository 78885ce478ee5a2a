/*
 * score_counts.h
 *	  How many rows had which score when the model was trained: see SpkScoreCounts.
 */
#ifndef SPK_CORE_MODELS_SCORE_COUNTS_H
#define SPK_CORE_MODELS_SCORE_COUNTS_H

#include <math.h>

#include "core/models/model.h"

/* Does the model know how its scores were spread? */
static inline bool
spk_has_scores(const SpkModel *model)
{
	return !isnan(model->facts[SPK_FACT_SCORED_ROWS]);
}

/* The bin of a score from 0 to 1. */
extern uint32_t spk_score_bin(const SpkScoreCounts *scores, double score);

/* Returns what is wrong with the counts of a model that has them, a text for people, or NULL. */
extern const char *spk_scores_fault(const SpkModel *model);

#endif /* SPK_CORE_MODELS_SCORE_COUNTS_H */
