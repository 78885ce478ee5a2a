/*
 * constraints_check.c
 *	  Looks at finished trees for what breaks a constraint.
 */
#include "core/trees/constraints.h"
#include "core/trees/constraints_check.h"

/* What is known of a node: from above, which features may split; from below, its leaves. */
typedef struct Seen
{
	SpkReach reach;
	float	 least;
	float	 most;
} Seen;

/* Sees from the root down which features split where; false when one may not. */
static bool
reach_is_kept(const SpkModel *model, const SpkTree *tree, Seen *seen)
{
	seen[0].reach = (SpkReach) {.started = false};
	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		const SpkNode		 *node = &tree->nodes[i];
		const SpkFeatureRule *rule = &model->features[node->feature].rule;

		if (node->flags & SPK_NODE_LEAF)
			continue;
		if (!spk_reach_has(&seen[i].reach, rule, node->feature))
			return false;
		seen[node->u.left].reach = spk_reach_below(&seen[i].reach, rule, node->feature);
		seen[node->u.left + 1].reach = seen[node->u.left].reach;
	}
	return true;
}

/* Sees from the leaves up which values they have; false when a split has them out of order. */
static bool
order_is_kept(const SpkModel *model, const SpkTree *tree, Seen *seen)
{
	for (uint32_t i = tree->n_nodes; i-- > 0;)
	{
		const SpkNode	 *node = &tree->nodes[i];
		const SpkFeature *feature = &model->features[node->feature];
		const Seen		 *left;
		const Seen		 *right;

		if (node->flags & SPK_NODE_LEAF)
		{
			seen[i].least = seen[i].most = node->u.value;
			continue;
		}
		left = &seen[node->u.left];
		right = left + 1;
		seen[i].least = left->least < right->least ? left->least : right->least;
		seen[i].most = left->most > right->most ? left->most : right->most;

		/* known values against missing ones are in no order */
		if (feature->rule.monotone == 0 || node->split + 1u >= feature->n_bins)
			continue;
		if (feature->rule.monotone > 0 ? left->most > right->least : left->least < right->most)
			return false;
	}
	return true;
}

static SpkStatus
tree_fault(const SpkHost *host, const SpkModel *model, const SpkTree *tree, const char **fault)
{
	Seen *seen;

	if (spk_cancelled(host))
		return SPK_CANCELLED;
	seen = spk_alloc(host, tree->n_nodes, sizeof(Seen));
	if (seen == NULL)
		return SPK_NO_MEMORY;
	if (spk_has_interactions(&model->options) && !reach_is_kept(model, tree, seen))
		*fault = "A tree has features on one way that no group has together";
	else if (spk_has_monotone(&model->options) && !order_is_kept(model, tree, seen))
		*fault = "A tree does not go with a feature that is to be monotone";
	spk_release(host, seen);
	return SPK_OK;
}

SpkStatus
spk_constraints_fault(const SpkHost *host, const SpkModel *model, const char **fault)
{
	SpkStatus status = SPK_OK;

	*fault = NULL;
	for (uint32_t i = 0; i < model->n_parts && status == SPK_OK && *fault == NULL; i++)
		status = spk_constraints_fault(host, &model->parts[i].model, fault);
	if (!spk_has_interactions(&model->options) && !spk_has_monotone(&model->options))
		return status;
	for (uint32_t t = 0; t < model->n_trees && status == SPK_OK && *fault == NULL; t++)
		status = tree_fault(host, model, &model->trees[t], fault);
	return status;
}
