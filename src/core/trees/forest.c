/*
 * forest.c
 *	  What the trees of a forest share: the plan, the memory to grow them, and the
 *	  importance that follows from all of them.
 */
#include <math.h>
#include <string.h>

#include "core/trees/tree_grow.h"
#include "core/trees/oob_tally.h"

/* The count that the option features_per_split stands for when there are n_features. */
static uint32_t
features_per_split(double option, uint32_t n_features)
{
	double n = n_features;

	if (option == SPK_FEATURES_SQRT)
		n = floor(sqrt(n_features));
	else if (option != SPK_FEATURES_ALL)
		n = option < 1 ? floor(option * n_features) : option;
	if (n > n_features)
		n = n_features;
	return n < 1 ? 1 : (uint32_t) n;
}

SpkForestPlan
spk_forest_plan(const SpkOptions *options, SpkAlgorithm algorithm, const SpkMatrix *matrix)
{
	const double *value = options->value;
	SpkForestPlan plan = {0};

	plan.n_trees = spk_option_applies(SPK_OPT_TREES, algorithm) ? (uint32_t) value[SPK_OPT_TREES] :
																  1;
	plan.features_per_split = features_per_split(value[SPK_OPT_FEATURES_PER_SPLIT],
												 matrix->n_features);
	plan.max_depth = spk_max_depth(options, algorithm);
	plan.min_leaf = spk_min_leaf(options, algorithm, matrix->n_rows, matrix->n_positives);
	plan.max_leaves = (uint32_t) value[SPK_OPT_MAX_LEAVES];
	plan.min_gain = value[SPK_OPT_MIN_GAIN];
	plan.bootstrap = spk_option_applies(SPK_OPT_BOOTSTRAP, algorithm) &&
		value[SPK_OPT_BOOTSTRAP] != 0;
	plan.entropy = value[SPK_OPT_CRITERION] == SPK_CRITERION_ENTROPY;
	plan.permutation = plan.bootstrap && spk_has_permutation(options, algorithm);
	spk_class_weights(options, spk_matrix_total(matrix, 0), spk_matrix_total(matrix, 1),
					  plan.weight);
	plan.seed = (uint64_t) (int64_t) value[SPK_OPT_SEED];
	return plan;
}

uint32_t
spk_forest_most_leaves(const SpkForestPlan *plan, uint32_t n_rows)
{
	uint32_t leaves = n_rows / (plan->min_leaf == 0 ? 1 : plan->min_leaf);

	if (plan->max_leaves > 0 && leaves > plan->max_leaves)
		leaves = plan->max_leaves;
	if (plan->max_depth < 31 && leaves > UINT32_C(1) << plan->max_depth)
		leaves = UINT32_C(1) << plan->max_depth;
	return leaves == 0 ? 1 : leaves;
}

static size_t
larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* The sizes of a grower's arrays in bytes, which are far below 2^64. */
typedef struct GrowerSizes
{
	uint64_t rows[2];
	uint64_t nodes;
	uint64_t sets;
	uint64_t constant;
	uint64_t candidates;
	uint64_t heap;
	uint64_t out_of_bag;
	uint64_t sample;
	uint64_t per_feature; /* of an array with a byte for each feature */
	uint64_t rules;
} GrowerSizes;

/* Does max_leaves bound the tree?  Then it must grow best first. */
static bool
leaves_are_bounded(const SpkForestPlan *plan, uint32_t n_rows)
{
	SpkForestPlan unbounded = *plan;

	unbounded.max_leaves = 0;
	return spk_forest_most_leaves(plan, n_rows) < spk_forest_most_leaves(&unbounded, n_rows);
}

static GrowerSizes
grower_sizes(const SpkForestPlan *plan, const SpkMatrix *matrix, bool categories, bool rules)
{
	uint64_t	leaves = spk_forest_most_leaves(plan, matrix->n_rows);
	uint64_t	rows = (uint64_t) matrix->n_rows * matrix->stride;
	uint64_t	nodes = 2 * leaves - 1;
	bool		bounded = leaves_are_bounded(plan, matrix->n_rows);
	GrowerSizes sizes;

	sizes.nodes = nodes * sizeof(SpkNode);
	sizes.sets = categories ? (leaves - 1) * sizeof(SpkCodeSet) : 0;
	sizes.rows[0] = larger(rows, sizes.nodes);
	sizes.rows[1] = larger(rows,
						   larger(sizes.sets, plan->bootstrap ? nodes * sizeof(uint64_t) : 0));
	sizes.constant = ((uint64_t) matrix->n_features + 63) / 64 * 8 *
		(bounded ? nodes : SPK_MAX_DEPTH + 1);
	sizes.candidates = bounded ? nodes * sizeof(SpkCandidate) : 0;
	sizes.heap = bounded ? leaves * sizeof(uint32_t) : 0;
	sizes.out_of_bag = plan->bootstrap ? spk_oob_bits(matrix) * sizeof(uint64_t) : 0;
	sizes.sample = plan->permutation ? sizeof(SpkOobSample) : 0;
	sizes.per_feature = matrix->n_features;
	sizes.rules = rules ? matrix->n_features * sizeof(SpkFeatureRule) : 0;
	return sizes;
}

size_t
spk_grower_size(const SpkForestPlan *plan, const SpkMatrix *matrix)
{
	GrowerSizes s = grower_sizes(plan, matrix, true, true);
	uint64_t	sum = sizeof(SpkGrower) + s.rows[0] + s.rows[1] + s.nodes + s.sets + s.constant +
		s.candidates + s.heap + s.out_of_bag + s.sample + 7 * s.per_feature + s.rules;

	return sum > SIZE_MAX ? SIZE_MAX : (size_t) sum;
}

static void *
alloc_bytes(const SpkHost *host, uint64_t size)
{
	return size > SIZE_MAX ? NULL : spk_alloc(host, (size_t) size, 1);
}

/* Sets *array to new memory, or leaves it NULL when no bytes are wanted; false without memory. */
static bool
alloc_wanted(const SpkHost *host, uint64_t size, void **array)
{
	if (size == 0)
		return true;
	*array = alloc_bytes(host, size);
	return *array != NULL;
}

/* Allocates all arrays; those that the plan does not need stay NULL. */
static bool
alloc_arrays(SpkGrower *grower, const GrowerSizes *s)
{
	const SpkHost *host = &grower->host;

	return (grower->is_category = alloc_bytes(host, s->per_feature)) != NULL &&
		(grower->is_ranked = alloc_bytes(host, s->per_feature)) != NULL &&
		(grower->n_bins = alloc_bytes(host, s->per_feature)) != NULL &&
		(grower->order = alloc_bytes(host, 2 * s->per_feature)) != NULL &&
		(grower->swapped = alloc_bytes(host, 2 * s->per_feature)) != NULL &&
		(grower->constant = alloc_bytes(host, s->constant)) != NULL &&
		(grower->rows[0] = alloc_bytes(host, s->rows[0])) != NULL &&
		(grower->rows[1] = alloc_bytes(host, s->rows[1])) != NULL &&
		(grower->nodes = alloc_bytes(host, s->nodes)) != NULL &&
		(grower->sets = alloc_bytes(host, s->sets)) != NULL &&
		alloc_wanted(host, s->candidates, (void **) &grower->candidates) &&
		alloc_wanted(host, s->heap, (void **) &grower->heap) &&
		alloc_wanted(host, s->out_of_bag, (void **) &grower->out_of_bag) &&
		alloc_wanted(host, s->sample, (void **) &grower->sample) &&
		alloc_wanted(host, s->rules, (void **) &grower->rules);
}

SpkGrower *
spk_grower_new(const SpkHost *host, const SpkForestPlan *plan, const SpkMatrix *matrix,
			   const SpkFeature *features)
{
	SpkGrower  *grower = spk_alloc(host, 1, sizeof(SpkGrower));
	bool		categories = false;
	bool		monotone = spk_any_monotone(features, matrix->n_features);
	bool		grouped = spk_any_groups(features, matrix->n_features);
	GrowerSizes s;

	if (grower == NULL)
		return NULL;
	for (uint32_t f = 0; f < matrix->n_features; f++)
		categories |= features[f].kind == SPK_CATEGORY;
	s = grower_sizes(plan, matrix, categories, monotone || grouped);

	/* all pointers are NULL first, so that a grower half made can be released */
	memset(grower, 0, sizeof(*grower));
	grower->host = *host;
	grower->plan = *plan;
	grower->criterion.weight[0] = plan->weight[0];
	grower->criterion.weight[1] = plan->weight[1];
	grower->criterion.min_leaf = plan->min_leaf == 0 ? 1 : plan->min_leaf;
	grower->criterion.entropy = plan->entropy;
	grower->criterion.weighted = matrix->weighted;
	grower->criterion.bounded = monotone;
	grower->grouped = grouped;
	grower->matrix = *matrix;
	grower->constant_words = ((size_t) matrix->n_features + 63) / 64;

	if (!alloc_arrays(grower, &s))
	{
		spk_grower_release(grower);
		return NULL;
	}

	for (uint32_t f = 0; f < matrix->n_features; f++)
	{
		grower->is_category[f] = features[f].kind == SPK_CATEGORY;
		grower->is_ranked[f] = features[f].n_grouped > 0;
		grower->n_bins[f] = (uint8_t) features[f].n_bins;
		if (grower->rules != NULL)
			grower->rules[f] = features[f].rule;
		grower->order[f] = (uint16_t) f;
	}
	return grower;
}

void
spk_grower_tally(SpkGrower *grower, uint64_t *tally)
{
	grower->tally = grower->plan.bootstrap ? tally : NULL;
}

void
spk_grower_release(SpkGrower *grower)
{
	SpkHost host;

	if (grower == NULL)
		return;
	host = grower->host;
	spk_release(&host, grower->is_category);
	spk_release(&host, grower->is_ranked);
	spk_release(&host, grower->n_bins);
	spk_release(&host, grower->order);
	spk_release(&host, grower->swapped);
	spk_release(&host, grower->constant);
	spk_release(&host, grower->rows[0]);
	spk_release(&host, grower->rows[1]);
	spk_release(&host, grower->nodes);
	spk_release(&host, grower->sets);
	spk_release(&host, grower->candidates);
	spk_release(&host, grower->heap);
	spk_release(&host, grower->out_of_bag);
	spk_release(&host, grower->sample);
	spk_release(&host, grower->rules);
	spk_release(&host, grower);
}

void
spk_forest_importance(const double *gains, uint32_t n_trees, SpkFeature *features,
					  uint32_t n_features)
{
	double total = 0;

	for (uint32_t f = 0; f < n_features; f++)
	{
		double sum = 0;

		for (uint32_t t = 0; t < n_trees; t++)
			sum += gains[(size_t) t * n_features + f];
		features[f].importance = sum;
		total += sum;
	}
	for (uint32_t f = 0; f < n_features && total > 0; f++)
		features[f].importance /= total;
}
