/*
 * draft_trees.h
 *	  The trees of a draft: for draft.c only.
 */
#ifndef SPK_CORE_MODELS_DRAFT_TREES_H
#define SPK_CORE_MODELS_DRAFT_TREES_H

#include "core/models/draft_numbers.h"

/* Are there as many trees as a model can have, with nodes?  The status is as that of spk_draft_finish. */
extern SpkStatus spk_draft_check_trees(SpkDraft *draft);

/*
 * Makes the trees of a model of these trees of the draft.  The model has the features, whose
 * edges are the numbers of the trees.  codes has what became of each category, SPK_MAX_BINS
 * of each feature.  The status is as that of spk_draft_finish; what was made is in the model.
 */
extern SpkStatus spk_draft_make_trees(const SpkHost *host, SpkDraft *draft,
									  const SpkDraftShare *share, const uint8_t *codes,
									  SpkModel *model);

#endif /* SPK_CORE_MODELS_DRAFT_TREES_H */
