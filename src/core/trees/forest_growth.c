/*
 * forest_growth.c
 *	  A forest while its trees grow.
 */
#include <string.h>

#include "core/trees/forest_growth.h"
#include "core/trees/oob.h"

SpkStatus
spk_growth_start(const SpkHost *host, const SpkMatrix *matrix, SpkModel *model, SpkGrowth *growth)
{
	SpkForestPlan plan = spk_forest_plan(&model->options, model->algorithm, matrix);

	*growth = (SpkGrowth) {.host = *host, .plan = plan, .matrix = *matrix, .model = model};
	growth->n_words = spk_oob_words(&plan, matrix);
	model->trees = spk_alloc(host, plan.n_trees, sizeof(SpkTree));
	growth->gains = spk_alloc(host, (size_t) plan.n_trees * matrix->n_features, sizeof(double));
	growth->tally = spk_alloc(host, growth->n_words, sizeof(uint64_t));
	if (model->trees != NULL)
	{
		memset(model->trees, 0, plan.n_trees * sizeof(SpkTree));
		model->n_trees = plan.n_trees;
	}
	if (model->trees == NULL || growth->gains == NULL || growth->tally == NULL)
	{
		spk_growth_release(growth);
		return SPK_NO_MEMORY;
	}
	memset(growth->tally, 0, growth->n_words * sizeof(uint64_t));
	return SPK_OK;
}

SpkStatus
spk_growth_keep(SpkGrowth *growth, uint32_t tree_no, const SpkTree *tree, const double *gains)
{
	SpkTree    *kept = &growth->model->trees[tree_no];
	uint32_t	n_features = growth->matrix.n_features;

	kept->nodes = spk_alloc(&growth->host, tree->n_nodes, sizeof(SpkNode));
	kept->sets = spk_alloc(&growth->host, tree->n_sets, sizeof(SpkCodeSet));
	if (kept->nodes == NULL || kept->sets == NULL)
		return SPK_NO_MEMORY;
	kept->n_nodes = tree->n_nodes;
	kept->n_sets = tree->n_sets;
	memcpy(kept->nodes, tree->nodes, tree->n_nodes * sizeof(SpkNode));
	if (tree->n_sets > 0)
		memcpy(kept->sets, tree->sets, tree->n_sets * sizeof(SpkCodeSet));
	memcpy(growth->gains + (size_t) tree_no * n_features, gains, n_features * sizeof(double));
	return SPK_OK;
}

void
spk_growth_release(SpkGrowth *growth)
{
	spk_release(&growth->host, growth->gains);
	spk_release(&growth->host, growth->tally);
	growth->gains = NULL;
	growth->tally = NULL;
}
