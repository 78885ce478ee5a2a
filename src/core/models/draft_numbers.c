/*
 * draft_numbers.c
 *	  The numbers at which the trees of a draft part its features.
 */
#include <string.h>

#include "core/base/sort.h"
#include "core/models/draft_numbers.h"

/* Counts the splits of each feature, or with keys puts each number at its feature's next place. */
static SpkStatus
visit(const SpkHost *host, const SpkDraft *draft, const SpkDraftShare *share, uint32_t *next,
	  uint64_t *keys)
{
	for (uint32_t t = 0; t < draft->n_trees; t++)
	{
		const SpkDraftTree *tree = &draft->trees[t];

		for (uint32_t i = 0; i < tree->n_nodes && spk_draft_has(share, t); i++)
		{
			const SpkDraftNode *node = &tree->nodes[i];

			if (i % SPK_POLL_NODES == 0 && spk_cancelled(host))
				return SPK_CANCELLED;
			if (!spk_draft_is_number(node))
				continue;
			if (keys != NULL)
				keys[next[node->feature]] = spk_key_of_number(node->value);
			next[node->feature]++;
		}
	}
	return SPK_OK;
}

/* Puts all numbers in their places, feature by feature. */
static SpkStatus
collect(const SpkHost *host, const SpkDraft *draft, const SpkDraftShare *share,
		SpkDraftNumbers *numbers, uint64_t **scratch)
{
	uint32_t  sum = 0;
	SpkStatus status;

	memset(numbers->n, 0, draft->n_features * sizeof(*numbers->n));
	if ((status = visit(host, draft, share, numbers->n, NULL)) != SPK_OK)
		return status;
	for (uint32_t f = 0; f < draft->n_features; f++)
	{
		uint32_t n = numbers->n[f];

		numbers->starts[f] = numbers->n[f] = sum;
		sum += n;
	}
	numbers->keys = spk_alloc(host, sum, sizeof(*numbers->keys));
	*scratch = spk_alloc(host, sum, sizeof(**scratch));
	if (numbers->keys == NULL || *scratch == NULL)
		return SPK_NO_MEMORY;

	/* where each feature's numbers begin becomes where they end */
	status = visit(host, draft, share, numbers->n, numbers->keys);
	for (uint32_t f = 0; f < draft->n_features; f++)
		numbers->n[f] -= numbers->starts[f];
	return status;
}

SpkStatus
spk_draft_numbers(const SpkHost *host, const SpkDraft *draft, const SpkDraftShare *share,
				  SpkDraftNumbers *numbers)
{
	uint64_t *scratch = NULL;
	SpkStatus status = SPK_NO_MEMORY;

	*numbers = (SpkDraftNumbers) {spk_alloc(host, draft->n_features, sizeof(uint32_t)),
								  spk_alloc(host, draft->n_features, sizeof(uint32_t)), NULL};
	if (numbers->starts != NULL && numbers->n != NULL)
		status = collect(host, draft, share, numbers, &scratch);
	for (uint32_t f = 0; f < draft->n_features && status == SPK_OK; f++)
	{
		uint64_t *keys = numbers->keys + numbers->starts[f];

		status = spk_sort_u64(host, keys, scratch, numbers->n[f], 0);
		if (status == SPK_OK)
			numbers->n[f] = spk_unique_keys(keys, numbers->n[f]);
	}
	spk_release(host, scratch);
	return status;
}

void
spk_draft_numbers_release(const SpkHost *host, SpkDraftNumbers *numbers)
{
	spk_release(host, numbers->starts);
	spk_release(host, numbers->n);
	spk_release(host, numbers->keys);
	*numbers = (SpkDraftNumbers) {NULL};
}

uint32_t
spk_draft_place(const SpkDraftNumbers *numbers, uint32_t feature, double number)
{
	return spk_place_of_key(numbers->keys + numbers->starts[feature], numbers->n[feature],
							spk_key_of_number(number));
}

SpkStatus
spk_draft_edges(const SpkHost *host, const SpkDraftNumbers *numbers, uint32_t f,
				SpkFeature *feature)
{
	const uint64_t *keys = numbers->keys + numbers->starts[f];
	uint32_t		all = numbers->n[f];
	uint32_t		n = all < SPK_MAX_BINS ? all : SPK_MAX_BINS - 1;

	if ((feature->edges = spk_alloc(host, n, sizeof(double))) == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t i = 0; i < n; i++)
	{
		/* the first and the last are kept in any case */
		uint64_t place = n == all ? i : (uint64_t) i * (all - 1) / (n - 1);

		feature->edges[i] = spk_number_of_key(keys[place]);
	}
	feature->n_bins = n + 1;
	return SPK_OK;
}
