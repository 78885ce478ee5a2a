/*
 * draft_parts.c
 *	  How the trees of a draft are dealt out to models.
 *
 * A feature has at most SPK_MAX_BINS - 1 edges, but XGBoost tells 255 numbers apart unless
 * it is told otherwise, and any number of them without histograms.  A blend adds up the
 * margins of several models, each with edges of its own.  So each tree goes to the first
 * part that has room for its numbers.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/sort.h"
#include "core/models/blend.h"
#include "core/models/draft_parts.h"

#define MAX_EDGES (SPK_MAX_BINS - 1)

/* A part as it fills: which of all numbers it has, and how many of each feature. */
typedef struct Part
{
	uint64_t *has; /* a bit for each number of all features */
	uint32_t *n;
} Part;

typedef struct Deal
{
	const SpkHost		  *host;
	SpkDraft			  *draft;
	const SpkDraftNumbers *numbers;
	size_t				   words; /* of each part's bits */
	uint64_t			  *ids;	  /* the numbers of a tree: feature, place among all numbers */
	uint64_t			  *scratch;
	uint32_t			   n_parts;
	Part				   parts[SPK_MAX_PARTS];
} Deal;

static inline bool
has_number(const Part *part, uint64_t id)
{
	return (part->has[(uint32_t) id >> 6] >> (id & 63)) & 1;
}

static uint32_t
feature_of(uint64_t id)
{
	return (uint32_t) (id >> 32);
}

/* Lists the different numbers of a tree, those of one feature together; returns how many. */
static SpkStatus
list_numbers(Deal *deal, const SpkDraftTree *tree, uint32_t *n)
{
	SpkStatus status;

	*n = 0;
	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		const SpkDraftNode *node = &tree->nodes[i];

		if (i % SPK_POLL_NODES == 0 && spk_cancelled(deal->host))
			return SPK_CANCELLED;
		if (spk_draft_is_number(node))
			deal->ids[(*n)++] = (uint64_t) node->feature << 32 |
				(deal->numbers->starts[node->feature] +
				 spk_draft_place(deal->numbers, node->feature, node->value));
	}
	status = spk_sort_u64(deal->host, deal->ids, deal->scratch, *n, 0);
	if (status == SPK_OK)
		*n = spk_unique_keys(deal->ids, *n);
	return status;
}

/* Has the part room for n numbers?  If not, *feature is one that has too many. */
static bool
has_room(const Deal *deal, const Part *part, uint32_t n, uint32_t *feature)
{
	uint32_t more = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		if (i == 0 || feature_of(deal->ids[i]) != *feature)
			more = 0;
		*feature = feature_of(deal->ids[i]);
		more += !has_number(part, deal->ids[i]);
		if (part->n[*feature] + more > MAX_EDGES)
			return false;
	}
	return true;
}

static void
put_numbers(const Deal *deal, Part *part, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (!has_number(part, deal->ids[i]))
		{
			part->has[(uint32_t) deal->ids[i] >> 6] |= UINT64_C(1) << (deal->ids[i] & 63);
			part->n[feature_of(deal->ids[i])]++;
		}
}

static SpkStatus
add_part(Deal *deal)
{
	Part *part = &deal->parts[deal->n_parts++];

	part->has = spk_alloc(deal->host, deal->words, sizeof(*part->has));
	part->n = spk_alloc(deal->host, deal->draft->n_features, sizeof(*part->n));
	if (part->has == NULL || part->n == NULL)
		return SPK_NO_MEMORY;
	memset(part->n, 0, deal->draft->n_features * sizeof(*part->n));
	return spk_clear(deal->host, part->has, deal->words * sizeof(*part->has)) ? SPK_OK :
																				SPK_CANCELLED;
}

/* No part has room for a tree's numbers. */
static SpkStatus
refuse(SpkDraft *draft, const SpkDraftNumbers *numbers, uint32_t feature)
{
	snprintf(
		draft->why, sizeof(draft->why),
		"The trees part feature \"%s\" at %u different numbers; a model holds %d of them, and %d in a tree.",
		draft->features[feature].name, numbers->n[feature], SPK_MAX_PARTS * MAX_EDGES, MAX_EDGES);
	return SPK_LIMIT;
}

static SpkStatus
deal_tree(Deal *deal, uint32_t t, uint8_t *part_of)
{
	uint32_t  n;
	uint32_t  feature = 0;
	uint32_t  part = 0;
	SpkStatus status = list_numbers(deal, &deal->draft->trees[t], &n);

	while (status == SPK_OK)
	{
		if (part == SPK_MAX_PARTS)
			return refuse(deal->draft, deal->numbers, feature);
		if (part == deal->n_parts && (status = add_part(deal)) != SPK_OK)
			break;
		if (has_room(deal, &deal->parts[part], n, &feature))
			break;
		/* a part of its own has as much room as any */
		if (part == deal->n_parts - 1 && deal->parts[part].n[feature] == 0)
			return refuse(deal->draft, deal->numbers, feature);
		part++;
	}
	if (status != SPK_OK)
		return status;
	put_numbers(deal, &deal->parts[part], n);
	part_of[t] = (uint8_t) part;
	return SPK_OK;
}

SpkStatus
spk_draft_deal(const SpkHost *host, SpkDraft *draft, const SpkDraftNumbers *numbers,
			   uint8_t *part_of, uint32_t *n_parts)
{
	Deal	  deal = {.host = host, .draft = draft, .numbers = numbers};
	uint32_t  last = draft->n_features - 1;
	uint32_t  most = 0;
	SpkStatus status = SPK_OK;

	/* no tree has more numbers than nodes */
	for (uint32_t t = 0; t < draft->n_trees; t++)
		if (draft->trees[t].n_nodes > most)
			most = draft->trees[t].n_nodes;
	deal.words = ((size_t) numbers->starts[last] + numbers->n[last]) / 64 + 1;
	deal.ids = spk_alloc(host, most, sizeof(*deal.ids));
	deal.scratch = spk_alloc(host, most, sizeof(*deal.scratch));
	if (deal.ids == NULL || deal.scratch == NULL)
		status = SPK_NO_MEMORY;
	for (uint32_t t = 0; t < draft->n_trees && status == SPK_OK; t++)
		status = deal_tree(&deal, t, part_of);

	*n_parts = deal.n_parts;
	for (uint32_t i = 0; i < deal.n_parts; i++)
	{
		spk_release(host, deal.parts[i].has);
		spk_release(host, deal.parts[i].n);
	}
	spk_release(host, deal.ids);
	spk_release(host, deal.scratch);
	return status;
}

double
spk_draft_weight(uint32_t part, uint32_t n)
{
	uint32_t power = 1;

	while (2 * power <= n)
		power *= 2;
	/* so many have the share of one of power parts, and all others half of that */
	return part < 2 * power - n ? 1.0 / power : 0.5 / power;
}
