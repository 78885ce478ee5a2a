/*
 * draft_trees.h
 *	  The trees of a draft: for draft.c only.
 */
#ifndef SPK_CORE_MODELS_DRAFT_TREES_H
#define SPK_CORE_MODELS_DRAFT_TREES_H

#include "core/models/draft.h"

/*
 * Sets *keys to the thresholds of all splits by numbers as keys (see sort.h), those of one
 * feature behind those of the one before, and ends to where each feature's end.  *keys is
 * the caller's to release in any case.  SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_draft_thresholds(const SpkHost *host, const SpkDraft *draft, uint32_t *ends,
									  uint64_t **keys);

/*
 * Makes the trees of the model, which has the features, whose edges are the thresholds of
 * the trees.  codes has what became of each category, SPK_MAX_BINS of each feature.  The
 * status is as that of spk_draft_finish; what was made is in the model.
 */
extern SpkStatus spk_draft_make_trees(const SpkHost *host, SpkDraft *draft, const uint8_t *codes,
									  SpkModel *model);

#endif /* SPK_CORE_MODELS_DRAFT_TREES_H */
