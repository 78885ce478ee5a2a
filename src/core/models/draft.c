/*
 * draft.c
 *	  From a model as another program tells it to one of ours: its features and options.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/merge_sort.h"
#include "core/models/codec.h"
#include "core/models/draft.h"
#include "core/models/draft_parts.h"
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

	/* equal names are beside each other afterwards, whatever the document's order */
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

/* The importance of a feature is its share of the gains. */
static void
set_importances(SpkDraft *draft)
{
	double sum = 0;

	for (uint32_t f = 0; f < draft->n_features; f++)
		sum += draft->gains[f];
	for (uint32_t f = 0; f < draft->n_features; f++)
		draft->features[f].importance = sum > 0 && isfinite(sum) ? draft->gains[f] / sum : 0;
}

/* Makes the edges of a model's numbers, and the empty histograms of all its features. */
static SpkStatus
finish_features(const SpkHost *host, const SpkDraftNumbers *numbers, SpkModel *model)
{
	for (uint32_t f = 0; f < model->n_features; f++)
	{
		SpkFeature *feature = &model->features[f];
		SpkStatus	status = spk_cancelled(host) ? SPK_CANCELLED : SPK_OK;
		size_t		bytes;

		if (status == SPK_OK && feature->kind != SPK_CATEGORY)
			status = spk_draft_edges(host, numbers, f, feature);
		if (status != SPK_OK)
			return status;
		bytes = (feature->n_bins + 1) * sizeof(uint32_t);
		if ((feature->counts = spk_alloc(host, bytes, 1)) == NULL)
			return SPK_NO_MEMORY;
		memset(feature->counts, 0, bytes);
	}
	return SPK_OK;
}

/* Copies the name and the categories, whose order is final, of a feature without edges and counts. */
static bool
copy_feature(const SpkHost *host, const SpkFeature *from, SpkFeature *to)
{
	size_t name_bytes = strlen(from->name) + 1;
	size_t bytes = from->n_bins * sizeof(SpkCategory);
	char  *name = spk_alloc(host, name_bytes, 1);
	char  *at;

	*to = (SpkFeature) {.name = name, .kind = from->kind, .importance = from->importance};
	if (name == NULL)
		return false;
	memcpy(name, from->name, name_bytes);
	if (from->kind != SPK_CATEGORY)
		return true;

	/* the names follow the categories in one allocation, as SpkFeature has it */
	for (uint32_t i = 0; i < from->n_bins; i++)
		bytes += from->categories[i].len;
	if ((to->categories = spk_alloc(host, bytes, 1)) == NULL)
		return false;
	to->n_bins = from->n_bins;
	at = (char *) (to->categories + to->n_bins);
	for (uint32_t i = 0; i < to->n_bins; i++)
	{
		to->categories[i] = (SpkCategory) {at, from->categories[i].len};
		memcpy(at, from->categories[i].name, from->categories[i].len);
		at += from->categories[i].len;
	}
	return true;
}

static SpkStatus
copy_features(const SpkHost *host, const SpkDraft *draft, SpkModel *model)
{
	if ((model->features = spk_alloc(host, draft->n_features, sizeof(SpkFeature))) == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t f = 0; f < draft->n_features; f++)
	{
		if (spk_cancelled(host))
			return SPK_CANCELLED;
		/* what has been copied of one is released with the others */
		model->n_features++;
		if (!copy_feature(host, &draft->features[f], &model->features[f]))
			return SPK_NO_MEMORY;
	}
	return SPK_OK;
}

/* ---- The model ---- */

/* Sets what is said about a training of which nothing is known. */
static void
set_defaults(const SpkDraft *draft, SpkAlgorithm algorithm, SpkModel *model)
{
	model->algorithm = algorithm;
	model->options = spk_options_default(algorithm);
	model->threshold = 0.5;
	for (int i = 0; i < SPK_N_FACTS; i++)
		model->facts[i] = NAN;
	model->facts[SPK_FACT_THRESHOLD_RULE] = SPK_THRESHOLD_HALF;
	model->facts[SPK_FACT_IMPORTED] = draft->from;
}

/* Makes a model of these trees.  It has the features, but for what the numbers of the trees say. */
static SpkStatus
make_model(const SpkHost *host, SpkDraft *draft, const SpkDraftShare *share,
		   const SpkDraftNumbers *numbers, const uint8_t *codes, SpkModel *model)
{
	SpkStatus status;

	set_defaults(draft, SPK_GRADIENT_BOOSTING, model);
	status = finish_features(host, numbers, model);
	if (status == SPK_OK)
		status = spk_draft_make_trees(host, draft, share, codes, model);
	model->options.value[SPK_OPT_TREES] = model->n_trees;
	return status;
}

static SpkStatus
make_part(const SpkHost *host, SpkDraft *draft, const SpkDraftShare *share, const uint8_t *codes,
		  SpkModel *model)
{
	SpkDraftNumbers numbers;
	SpkStatus		status = spk_draft_numbers(host, draft, share, &numbers);

	if (status == SPK_OK)
		status = copy_features(host, draft, model);
	if (status == SPK_OK)
		status = make_model(host, draft, share, &numbers, codes, model);
	spk_draft_numbers_release(host, &numbers);
	return status;
}

/* Makes a blend of models whose leaves are as much larger as their weights are smaller than 1. */
static SpkStatus
make_blend(const SpkHost *host, SpkDraft *draft, const SpkDraftNumbers *numbers,
		   const uint8_t *codes, SpkModel *model)
{
	uint8_t	 *part_of = spk_alloc(host, draft->n_trees, 1);
	uint32_t  n = 0;
	SpkStatus status = part_of == NULL ? SPK_NO_MEMORY :
										 spk_draft_deal(host, draft, numbers, part_of, &n);

	if (status == SPK_OK && (model->parts = spk_alloc(host, n, sizeof(SpkPart))) == NULL)
		status = SPK_NO_MEMORY;
	for (uint32_t i = 0; i < n && status == SPK_OK; i++)
	{
		double		  weight = spk_draft_weight(i, n);
		SpkDraftShare share = {part_of, (uint8_t) i, 1 / weight};

		model->parts[i] = (SpkPart) {.weight = weight, .own_edges = true};
		model->n_parts++;
		status = make_part(host, draft, &share, codes, &model->parts[i].model);
	}
	spk_release(host, part_of);

	/* the parts have copied the features, which now become the blend's */
	model->features = draft->features;
	model->n_features = draft->n_features;
	draft->features = NULL;
	set_defaults(draft, SPK_BLEND, model);
	return status == SPK_OK ? finish_features(host, numbers, model) : status;
}

/* Makes one model, if one can hold the numbers of all trees, or a blend. */
static SpkStatus
make(const SpkHost *host, SpkDraft *draft, const uint8_t *codes, SpkModel *model)
{
	SpkDraftShare	all = {NULL, 0, 1};
	SpkDraftNumbers numbers;
	SpkStatus		status = spk_draft_numbers(host, draft, &all, &numbers);
	bool			one = true;

	for (uint32_t f = 0; f < draft->n_features && status == SPK_OK; f++)
		one = one && numbers.n[f] < SPK_MAX_BINS;
	if (status == SPK_OK && one)
	{
		model->features = draft->features;
		model->n_features = draft->n_features;
		draft->features = NULL;
		status = make_model(host, draft, &all, &numbers, codes, model);
	}
	else if (status == SPK_OK)
		status = make_blend(host, draft, &numbers, codes, model);
	spk_draft_numbers_release(host, &numbers);
	return status;
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

	/* what the draft says is all checked before any of it is used as a place in an array */
	if (status == SPK_OK)
		status = check_features(host, draft, codes);
	if (status == SPK_OK)
		status = spk_draft_check_trees(draft);
	if (status == SPK_OK)
	{
		set_importances(draft);
		status = make(host, draft, codes, model);
	}
	if (status != SPK_OK)
		spk_model_release(host, model);
	spk_release(host, codes);
	return status;
}
