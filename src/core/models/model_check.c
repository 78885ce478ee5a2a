/*
 * model_check.c
 *	  What has to hold of a finished model.
 *
 * The rules are those of the decoder, written once more for models that come from
 * no bytes: what breaks one of them would be stored, and refused when it is read.
 */
#include "core/models/model_check.h"

#ifdef SPK_CHECK_INVARIANTS

#include <math.h>
#include <string.h>

#include "core/models/blend.h"
#include "core/models/calibration.h"
#include "core/models/learner.h"
#include "core/models/score_counts.h"
#include "core/models/terms.h"

static void
check_options(const SpkModel *model)
{
	for (int i = 0; i < SPK_N_OPTIONS; i++)
	{
		double value = model->options.value[i];

		if (spk_option_applies((SpkOption) i, model->algorithm))
			spk_assert(spk_option_valid((SpkOption) i, value) && !(value == 0 && signbit(value)));
		else
			spk_assert(value == spk_option_specs[i].uses[model->algorithm].value);
	}
}

static void
check_facts(const SpkModel *model)
{
	for (int i = 0; i < SPK_N_FACTS; i++)
		spk_assert(isnan(model->facts[i]) || (isfinite(model->facts[i]) && model->facts[i] >= 0));
	spk_assert(isnan(model->facts[SPK_FACT_THRESHOLD_RULE]) ||
			   spk_is_threshold_rule(model->facts[SPK_FACT_THRESHOLD_RULE]));
	spk_assert(isnan(model->facts[SPK_FACT_IMPORTED]) ||
			   spk_is_import_from(model->facts[SPK_FACT_IMPORTED]));
}

/* Names ascend by bytes, shorter ones first, and fit into a text of PostgreSQL. */
static void
check_categories(const SpkFeature *feature)
{
	uint32_t n = spk_n_categories(feature);

	spk_assert(feature->n_grouped == 0 ||
			   (feature->n_bins > 0 && feature->n_grouped >= feature->n_bins));
	for (uint32_t i = 0; i < feature->n_grouped; i++)
		spk_assert(feature->groups[i] < feature->n_bins);
	for (uint32_t i = 0; i < n; i++)
	{
		const SpkCategory *category = &feature->categories[i];
		int				   order;

		spk_assert(category->len <= SPK_MAX_CATEGORY);
		spk_assert(memchr(category->name, 0, category->len) == NULL);
		if (i == 0)
			continue;
		order = memcmp(category[-1].name, category->name,
					   category[-1].len < category->len ? category[-1].len : category->len);
		spk_assert(order < 0 || (order == 0 && category[-1].len < category->len));
	}
}

static void
check_edges(const SpkFeature *feature)
{
	for (uint32_t i = 0; i + 1 < feature->n_bins; i++)
	{
		spk_assert(isfinite(feature->edges[i]));
		spk_assert(i == 0 || feature->edges[i - 1] < feature->edges[i]);
	}
}

/* Returns the training rows that the feature counts. */
static uint64_t
check_feature(const SpkFeature *feature, bool permutation, bool trees)
{
	uint64_t rows = 0;

	spk_assert(feature->name[0] != '\0' && strlen(feature->name) <= SPK_MAX_NAME);
	spk_assert(feature->kind < SPK_N_FEATURE_KINDS);
	spk_assert(feature->n_bins <=
			   (feature->kind == SPK_CATEGORY && !trees ? SPK_MAX_CATEGORIES : SPK_MAX_BINS));
	spk_assert(trees || feature->n_grouped == 0);
	if (feature->kind == SPK_CATEGORY)
		check_categories(feature);
	else
		check_edges(feature);
	for (uint32_t i = 0; i <= feature->n_bins; i++)
		rows += feature->counts[i];
	spk_assert(isfinite(feature->importance) && feature->importance >= 0);
	spk_assert(!permutation || isfinite(feature->permutation));
	return rows;
}

/* All features have names of their own, and count the rows of the facts. */
static void
check_features(const SpkModel *model)
{
	bool	 permutation = spk_has_permutation(&model->options, model->algorithm);
	uint64_t rows = 0;

	spk_assert(model->n_features > 0 && model->n_features <= SPK_MAX_FEATURES);
	for (uint32_t f = 0; f < model->n_features; f++)
	{
		uint64_t n = check_feature(&model->features[f], permutation,
								   spk_has_trees(model->algorithm));

		spk_assert(f == 0 || n == rows);
		rows = n;
		for (uint32_t other = 0; other < f; other++)
			spk_assert(strcmp(model->features[other].name, model->features[f].name) != 0);
	}
	spk_assert(isnan(model->facts[SPK_FACT_ROWS]) || model->facts[SPK_FACT_ROWS] == (double) rows);
}

/* The column of the weights has a name exactly when there is one, and is no feature. */
static void
check_weights(const SpkModel *model)
{
	spk_assert(spk_has_weights(&model->options) == (model->weights[0] != '\0'));
	spk_assert(strlen(model->weights) <= SPK_MAX_NAME);
	for (uint32_t f = 0; f < model->n_features; f++)
		spk_assert(strcmp(model->features[f].name, model->weights) != 0);
}

static void
check_leaf(const SpkModel *model, const SpkNode *node)
{
	spk_assert(isfinite(node->u.value));
	if (spk_learners[model->algorithm].answer == SPK_ANSWER_MEAN)
		spk_assert(node->u.value >= 0 && node->u.value <= 1);
}

static void
check_split(const SpkModel *model, const SpkTree *tree, const SpkNode *node)
{
	const SpkFeature *feature = &model->features[node->feature];
	uint32_t		  last = node->flags == SPK_NODE_MISSING_LEFT ? 1 : 0;

	spk_assert(node->feature < model->n_features);
	spk_assert((feature->kind == SPK_CATEGORY) == ((node->flags & SPK_NODE_SET) != 0));
	if (node->flags & SPK_NODE_SET)
	{
		spk_assert(node->flags == SPK_NODE_SET && node->set < tree->n_sets);
		for (uint32_t code = feature->n_bins; code < SPK_MISSING; code++)
			spk_assert(!spk_set_has(&tree->sets[node->set], (uint8_t) code));
		return;
	}
	spk_assert(node->flags == 0 || node->flags == SPK_NODE_MISSING_LEFT);
	/* a split behind the last bin leaves missing values alone to go right */
	spk_assert(node->split + last < feature->n_bins);
}

/*
 * Children stand behind their parents, where breadth-first order puts them, and
 * share their parent's rows.  Each set is that of one node, in the order of nodes.
 */
static void
check_tree(const SpkModel *model, const SpkTree *tree)
{
	uint32_t splits = 0;
	uint32_t sets = 0;

	spk_assert(tree->n_nodes % 2 == 1);
	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		const SpkNode *node = &tree->nodes[i];

		spk_assert(node->cover > 0);
		if (node->flags & SPK_NODE_LEAF)
		{
			spk_assert(node->flags == SPK_NODE_LEAF);
			check_leaf(model, node);
			continue;
		}

		/* no child is its own parent, or one's before: walking down a tree ends */
		spk_assert(node->u.left == 2 * splits + 1);
		spk_assert(node->u.left > i && node->u.left + 1 < tree->n_nodes);
		spk_assert((uint64_t) tree->nodes[node->u.left].cover +
					   tree->nodes[node->u.left + 1].cover ==
				   node->cover);
		if (node->flags & SPK_NODE_SET)
			spk_assert(node->set == sets++);
		check_split(model, tree, node);
		splits++;
	}
	spk_assert(splits == tree->n_nodes / 2 && sets == tree->n_sets);
	spk_assert(spk_tree_depth(tree) <= SPK_MAX_DEPTH);
}

void
spk_model_check(const SpkModel *model)
{
	spk_assert(model->algorithm < SPK_N_ALGORITHMS);
	spk_assert(model->threshold > 0 && model->threshold < 1);
	check_options(model);
	check_facts(model);
	check_features(model);
	check_weights(model);
	spk_assert(spk_rules_fault(model) == NULL);

	if (spk_has_trees(model->algorithm))
	{
		spk_assert(model->n_trees > 0 &&
				   model->n_trees <= spk_learners[model->algorithm].max_trees);
		for (uint32_t t = 0; t < model->n_trees; t++)
			check_tree(model, &model->trees[t]);
	}
	else if (spk_has_parts(model->algorithm))
	{
		spk_assert(model->n_trees == 0 && model->terms == NULL);
		spk_assert(spk_blend_fault(model) == NULL);
		for (uint32_t i = 0; i < model->n_parts; i++)
			spk_model_check(&model->parts[i].model);
	}
	else
	{
		spk_assert(model->n_trees == 0);
		spk_assert(spk_terms_fault(model) == NULL);
	}
	if (spk_is_searched(model))
		spk_assert(spk_tried_fault(model) == NULL);
	if (spk_has_scores(model))
		spk_assert(spk_scores_fault(model) == NULL);
	if (spk_has_calibration(&model->options))
		spk_assert(spk_calibration_fault(model) == NULL);
}

#endif /* SPK_CHECK_INVARIANTS */
