/*
 * draft.c
 *	  From a model as another program tells it to one of ours: its features and options.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/merge_sort.h"
#include "core/base/sort.h"
#include "core/models/codec.h"
#include "core/models/draft.h"
#include "core/models/draft_trees.h"

/* ---- The draft ---- */

/* Makes room for one more thing in an array; false when there is no memory. */
static bool
grow(const SpkHost *host, void **array, uint32_t n, uint32_t *max, size_t size)
{
	uint32_t more = *max < 16 ? 16 : *max;
	void	*larger;

	if (n < *max)
		return true;
	if (more > UINT32_MAX / 2 - *max || (larger = spk_alloc(host, *max + more, size)) == NULL)
		return false;
	if (n > 0)
		memcpy(larger, *array, n * size);
	spk_release(host, *array);
	*array = larger;
	*max += more;
	return true;
}

SpkDraftNode *
spk_draft_node(const SpkHost *host, SpkDraftTree *tree)
{
	SpkDraftNode *node;

	if (!grow(host, (void **) &tree->nodes, tree->n_nodes, &tree->max_nodes, sizeof(*node)))
		return NULL;
	node = &tree->nodes[tree->n_nodes++];
	memset(node, 0, sizeof(*node));
	return node;
}

SpkCodeSet *
spk_draft_set(const SpkHost *host, SpkDraftTree *tree)
{
	SpkCodeSet *set;

	if (!grow(host, (void **) &tree->sets, tree->n_sets, &tree->max_sets, sizeof(*set)))
		return NULL;
	set = &tree->sets[tree->n_sets++];
	memset(set, 0, sizeof(*set));
	return set;
}

void
spk_draft_release(const SpkHost *host, SpkDraft *draft)
{
	for (uint32_t t = 0; t < draft->n_trees && draft->trees != NULL; t++)
	{
		spk_release(host, draft->trees[t].nodes);
		spk_release(host, draft->trees[t].sets);
	}
	spk_release(host, draft->trees);
	spk_release(host, draft->gains);
	spk_features_release(host, draft->features, draft->features == NULL ? 0 : draft->n_features);
	draft->trees = NULL;
	draft->gains = NULL;
	draft->features = NULL;
}

/* ---- Features ---- */

static SpkStatus
check_name(SpkDraft *draft, uint32_t f)
{
	const char *name = draft->features[f].name;
	size_t		len = strlen(name);

	if (len > SPK_MAX_NAME)
		snprintf(draft->why, sizeof(draft->why),
				 "The name of feature %u, \"%.63s...\", is longer than %d bytes.", f, name,
				 SPK_MAX_NAME);
	if (len == 0)
		snprintf(draft->why, sizeof(draft->why), "The name of feature %u is empty.", f);
	for (uint32_t other = 0; other < f && draft->why[0] == '\0'; other++)
		if (strcmp(draft->features[other].name, name) == 0)
			snprintf(draft->why, sizeof(draft->why), "Features %u and %u are both named \"%s\".",
					 other, f, name);
	return draft->why[0] == '\0' ? SPK_OK : len > SPK_MAX_NAME ? SPK_LIMIT : SPK_CORRUPT;
}

/* A category, and the place that it had in the document. */
typedef struct Placed
{
	SpkCategory category;
	uint32_t	place;
} Placed;

static int
compare_categories(const void *a, const void *b)
{
	const SpkCategory *x = &((const Placed *) a)->category;
	const SpkCategory *y = &((const Placed *) b)->category;
	int				   order = memcmp(x->name, y->name, x->len < y->len ? x->len : y->len);

	return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

/* Sorts a feature's categories by their bytes, and notes in codes what became of each place. */
static SpkStatus
sort_categories(const SpkHost *host, SpkDraft *draft, SpkFeature *feature, uint8_t *codes)
{
	Placed	  sorted[SPK_MAX_BINS];
	SpkStatus status;

	if (feature->n_bins > SPK_MAX_BINS)
	{
		snprintf(draft->why, sizeof(draft->why), "Feature \"%s\" has %u categories, more than %d.",
				 feature->name, feature->n_bins, SPK_MAX_BINS);
		return SPK_LIMIT;
	}
	for (uint32_t i = 0; i < feature->n_bins; i++)
		sorted[i] = (Placed) {feature->categories[i], i};
	status = spk_merge_sort(host, sorted, feature->n_bins, sizeof(Placed), compare_categories);
	for (uint32_t i = 0; i < feature->n_bins && status == SPK_OK; i++)
	{
		feature->categories[i] = sorted[i].category;
		codes[sorted[i].place] = (uint8_t) i;
		if (sorted[i].category.len > SPK_MAX_CATEGORY)
		{
			snprintf(draft->why, sizeof(draft->why),
					 "Feature \"%s\" has a category of more than %d bytes.", feature->name,
					 SPK_MAX_CATEGORY);
			status = SPK_LIMIT;
		}
		else if (i > 0 && compare_categories(&sorted[i - 1], &sorted[i]) == 0)
		{
			snprintf(draft->why, sizeof(draft->why), "Feature \"%s\" has a category twice.",
					 feature->name);
			status = SPK_CORRUPT;
		}
	}
	return status;
}

/* Makes the edges of a feature of n thresholds, as keys; scratch has room for as many. */
static SpkStatus
make_edges(const SpkHost *host, SpkDraft *draft, SpkFeature *feature, uint64_t *keys,
		   uint64_t *scratch, uint32_t n)
{
	SpkStatus status = spk_sort_u64(host, keys, scratch, n, 0);

	if (status != SPK_OK)
		return status;
	n = spk_unique_keys(keys, n);
	if (n >= SPK_MAX_BINS)
	{
		snprintf(draft->why, sizeof(draft->why),
				 "The trees part feature \"%s\" at %u different numbers, more than %d.",
				 feature->name, n, SPK_MAX_BINS - 1);
		return SPK_LIMIT;
	}
	if ((feature->edges = spk_alloc(host, n, sizeof(double))) == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t i = 0; i < n; i++)
		feature->edges[i] = spk_number_of_key(keys[i]);
	feature->n_bins = n + 1;
	return SPK_OK;
}

/* Makes the edges of all features of the thresholds in the trees. */
static SpkStatus
make_all_edges(const SpkHost *host, SpkDraft *draft)
{
	uint32_t *ends = spk_alloc(host, draft->n_features, sizeof(*ends));
	uint64_t *keys = NULL;
	uint64_t *scratch = NULL;
	SpkStatus status = SPK_NO_MEMORY;

	if (ends != NULL)
		status = spk_draft_thresholds(host, draft, ends, &keys);
	if (status == SPK_OK &&
		(scratch = spk_alloc(host, ends[draft->n_features - 1], sizeof(*scratch))) == NULL)
		status = SPK_NO_MEMORY;
	for (uint32_t f = 0; f < draft->n_features && status == SPK_OK; f++)
	{
		uint32_t start = f == 0 ? 0 : ends[f - 1];

		if (draft->features[f].kind != SPK_CATEGORY)
			status = make_edges(host, draft, &draft->features[f], keys + start, scratch,
								ends[f] - start);
	}
	spk_release(host, scratch);
	spk_release(host, keys);
	spk_release(host, ends);
	return status;
}

/* The importance of a feature is its share of the gains, and its histogram is empty. */
static SpkStatus
finish_features(const SpkHost *host, SpkDraft *draft)
{
	double sum = 0;

	for (uint32_t f = 0; f < draft->n_features; f++)
		sum += draft->gains[f];
	for (uint32_t f = 0; f < draft->n_features; f++)
	{
		SpkFeature *feature = &draft->features[f];
		size_t		bytes = (feature->n_bins + 1) * sizeof(uint32_t);

		feature->importance = sum > 0 && isfinite(sum) ? draft->gains[f] / sum : 0;
		if ((feature->counts = spk_alloc(host, bytes, 1)) == NULL)
			return SPK_NO_MEMORY;
		memset(feature->counts, 0, bytes);
	}
	return SPK_OK;
}

/* ---- The model ---- */

/* Sets what is said about a training of which nothing is known. */
static void
set_defaults(SpkModel *model, uint32_t n_trees)
{
	model->algorithm = SPK_GRADIENT_BOOSTING;
	model->options = spk_options_default(SPK_GRADIENT_BOOSTING);
	model->options.value[SPK_OPT_TREES] = n_trees;
	model->threshold = 0.5;
	for (int i = 0; i < SPK_N_FACTS; i++)
		model->facts[i] = NAN;
	model->facts[SPK_FACT_THRESHOLD_RULE] = SPK_THRESHOLD_HALF;
}

/* Sorts all categories, of which codes has room for SPK_MAX_BINS in each feature. */
static SpkStatus
check_features(const SpkHost *host, SpkDraft *draft, uint8_t *codes)
{
	SpkStatus status = SPK_OK;

	for (uint32_t f = 0; f < draft->n_features && status == SPK_OK; f++)
	{
		status = spk_cancelled(host) ? SPK_CANCELLED : check_name(draft, f);
		if (status == SPK_OK && draft->features[f].kind == SPK_CATEGORY)
			status = sort_categories(host, draft, &draft->features[f], codes + f * SPK_MAX_BINS);
	}
	return status;
}

SpkStatus
spk_draft_finish(const SpkHost *host, SpkDraft *draft, SpkModel *model)
{
	uint8_t	 *codes = spk_alloc(host, draft->n_features, SPK_MAX_BINS);
	SpkStatus status = codes == NULL ? SPK_NO_MEMORY : SPK_OK;

	memset(model, 0, sizeof(*model));
	draft->why[0] = '\0';
	if (status == SPK_OK && (draft->n_features == 0 || draft->n_features > SPK_MAX_FEATURES))
	{
		snprintf(draft->why, sizeof(draft->why), "There are %u features, not 1 to %d.",
				 draft->n_features, SPK_MAX_FEATURES);
		status = draft->n_features == 0 ? SPK_CORRUPT : SPK_LIMIT;
	}
	if (status == SPK_OK)
		status = check_features(host, draft, codes);
	if (status == SPK_OK)
		status = make_all_edges(host, draft);
	if (status == SPK_OK)
		status = finish_features(host, draft);

	/* from here on the features are the model's */
	if (status == SPK_OK)
	{
		set_defaults(model, draft->n_trees);
		model->features = draft->features;
		model->n_features = draft->n_features;
		draft->features = NULL;
		status = spk_draft_make_trees(host, draft, codes, model);
	}
	if (status != SPK_OK)
		spk_model_release(host, model);
	spk_release(host, codes);
	return status;
}
