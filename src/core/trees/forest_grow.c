/*
 * forest_grow.c
 *	  A forest while its trees grow.
 */
#include <string.h>

#include "core/trees/forest_grow.h"
#include "core/trees/oob.h"
#include "core/rows/weights.h"

SpkStatus
spk_forest_start(const SpkHost *host, const SpkMatrix *matrix, SpkModel *model, SpkForest *forest)
{
	SpkForestPlan plan = spk_forest_plan(&model->options, model->algorithm, matrix);

	spk_options_settle(&model->options, model->algorithm, matrix->n_rows, matrix->n_positives);
	spk_matrix_weight_facts(matrix, model);
	*forest = (SpkForest) {.host = *host, .plan = plan, .matrix = *matrix, .model = model};
	forest->n_words = spk_oob_words(&plan, matrix);
	model->trees = spk_alloc(host, plan.n_trees, sizeof(SpkTree));
	forest->gains = spk_alloc(host, (size_t) plan.n_trees * matrix->n_features, sizeof(double));
	forest->tally = spk_alloc(host, forest->n_words, sizeof(uint64_t));
	if (model->trees != NULL)
	{
		memset(model->trees, 0, plan.n_trees * sizeof(SpkTree));
		model->n_trees = plan.n_trees;
	}
	if (model->trees == NULL || forest->gains == NULL || forest->tally == NULL)
	{
		spk_forest_release(forest);
		return SPK_NO_MEMORY;
	}
	memset(forest->tally, 0, forest->n_words * sizeof(uint64_t));
	return SPK_OK;
}

SpkStatus
spk_forest_keep(SpkForest *forest, uint32_t tree_no, const SpkTree *tree, const double *gains)
{
	SpkTree *kept = &forest->model->trees[tree_no];
	uint32_t n_features = forest->matrix.n_features;

	kept->nodes = spk_alloc(&forest->host, tree->n_nodes, sizeof(SpkNode));
	kept->sets = spk_alloc(&forest->host, tree->n_sets, sizeof(SpkCodeSet));
	if (kept->nodes == NULL || kept->sets == NULL)
		return SPK_NO_MEMORY;
	kept->n_nodes = tree->n_nodes;
	kept->n_sets = tree->n_sets;
	memcpy(kept->nodes, tree->nodes, tree->n_nodes * sizeof(SpkNode));
	if (tree->n_sets > 0)
		memcpy(kept->sets, tree->sets, tree->n_sets * sizeof(SpkCodeSet));
	memcpy(forest->gains + (size_t) tree_no * n_features, gains, n_features * sizeof(double));
	return SPK_OK;
}

void
spk_forest_release(SpkForest *forest)
{
	spk_release(&forest->host, forest->gains);
	spk_release(&forest->host, forest->tally);
	forest->gains = NULL;
	forest->tally = NULL;
}
