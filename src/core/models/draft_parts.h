/*
 * draft_parts.h
 *	  How the trees of a draft are dealt out to models: for draft.c only.
 */
#ifndef SPK_CORE_MODELS_DRAFT_PARTS_H
#define SPK_CORE_MODELS_DRAFT_PARTS_H

#include "core/models/draft_numbers.h"

/*
 * Sets part_of of each tree to a part, 0 and so on, so that no part parts a feature at more
 * numbers than a feature can have edges, and returns in *n_parts how many parts these are.
 * SPK_LIMIT, with a reason in the draft, when they would be more than a blend can have;
 * SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_draft_deal(const SpkHost *host, SpkDraft *draft,
								const SpkDraftNumbers *numbers, uint8_t *part_of,
								uint32_t *n_parts);

/*
 * The weight of one of n parts (2 .. SPK_MAX_PARTS).  All of them sum to 1, and each is a
 * power of two, so that leaves divided by it stay exact.
 */
extern double spk_draft_weight(uint32_t part, uint32_t n);

#endif /* SPK_CORE_MODELS_DRAFT_PARTS_H */
