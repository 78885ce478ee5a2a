/*
 * draft_numbers.h
 *	  The numbers at which the trees of a draft part its features: for draft*.c only.
 */
#ifndef SPK_CORE_MODELS_DRAFT_NUMBERS_H
#define SPK_CORE_MODELS_DRAFT_NUMBERS_H

#include "core/models/draft.h"

/* The trees of a draft that become one model, and what their leaves are multiplied by. */
typedef struct SpkDraftShare
{
	const uint8_t *part_of; /* of each tree; NULL: all trees are meant */
	uint8_t		   part;
	double		   factor;
} SpkDraftShare;

static inline bool
spk_draft_has(const SpkDraftShare *share, uint32_t tree)
{
	return share->part_of == NULL || share->part_of[tree] == share->part;
}

/* Does the node split by a number? */
static inline bool
spk_draft_is_number(const SpkDraftNode *node)
{
	return (node->flags & (SPK_NODE_LEAF | SPK_NODE_SET)) == 0;
}

/*
 * The different numbers of each feature as ascending keys (see sort.h): n[f] of them from
 * keys[starts[f]] on.
 */
typedef struct SpkDraftNumbers
{
	uint32_t *starts;
	uint32_t *n;
	uint64_t *keys;
} SpkDraftNumbers;

/*
 * Finds the numbers of these trees, for spk_draft_numbers_release in any case.
 * SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_draft_numbers(const SpkHost *host, const SpkDraft *draft,
								   const SpkDraftShare *share, SpkDraftNumbers *numbers);
extern void		 spk_draft_numbers_release(const SpkHost *host, SpkDraftNumbers *numbers);

/* The place of a number among those of its feature, of which it must be one. */
extern uint32_t spk_draft_place(const SpkDraftNumbers *numbers, uint32_t feature, double number);

/*
 * Makes the edges of a feature of its numbers: all of them or, where these are more than
 * a feature can have, as many as it can at even steps.  SPK_NO_MEMORY.
 */
extern SpkStatus spk_draft_edges(const SpkHost *host, const SpkDraftNumbers *numbers, uint32_t f,
								 SpkFeature *feature);

#endif /* SPK_CORE_MODELS_DRAFT_NUMBERS_H */
