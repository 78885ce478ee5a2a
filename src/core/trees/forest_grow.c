/*
 * forest_grow.c
 *	  A forest while its trees grow.
 */
#include <string.h>

#include "core/trees/forest_grow.h"
#include "core/trees/oob.h"
#include "core/rows/weights.h"
#include "core/trees/statistics.h"

/* The stream of the order of users, by the second part of its name; trees have the numbers before. */
#define STREAM_STATISTICS (UINT64_C(1) << 40)

/* Sets the codes of a feature's rows, in place: what they are made of is the places of categories. */
static SpkStatus
set_codes(const SpkHost *host, const SpkMatrix *matrix, const SpkFeature *features, uint32_t f,
		  double more, const uint32_t *order)
{
	SpkStatistics s = {.host = host, .matrix = matrix, .more = more};
	SpkStatus	  status = spk_statistics_new(&s, features, f);

	if (status != SPK_OK)
		return status;
	status = spk_statistics_count(&s, features[f].n_grouped, features[f].n_bins);
	if (status == SPK_OK)
		status = spk_statistics_set_rows(&s, order, matrix->codes);
	spk_statistics_release(&s);
	return status;
}

SpkStatus
spk_forest_group(const SpkHost *host, const SpkMatrix *matrix, SpkModel *model)
{
	const double *value = model->options.value;
	double		  more = spk_statistics_more(matrix, value[SPK_OPT_CATEGORY_SMOOTHING]);
	SpkRng		  rng = spk_rng((uint64_t) (int64_t) value[SPK_OPT_SEED], STREAM_STATISTICS);
	uint32_t	 *order;
	SpkStatus	  status = SPK_NO_MEMORY;

	if (matrix->n_grouped == 0)
		return SPK_OK;
	order = spk_alloc(host, matrix->n_rows, 2 * sizeof(uint32_t));
	if (order != NULL)
		status = spk_order_users(host, matrix, rng, order, order + matrix->n_rows);
	if (status == SPK_OK)
		status = spk_group_categories(host, matrix, more, (uint32_t) value[SPK_OPT_BINS],
									  model->features);
	for (uint32_t f = 0; f < matrix->n_features && status == SPK_OK; f++)
		if (model->features[f].n_grouped > 0)
			status = set_codes(host, matrix, model->features, f, more, order);
	spk_release(host, order);
	return status;
}

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

/* Sends missing values of grouped categories the way of the group that they are like. */
static void
send_missing(const SpkFeature *features, SpkTree *tree)
{
	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		const SpkNode	 *node = &tree->nodes[i];
		const SpkFeature *feature = &features[node->feature];
		SpkCodeSet		 *set;

		if (!(node->flags & SPK_NODE_SET) || feature->n_grouped == 0)
			continue;
		set = &tree->sets[node->set];
		set->bits[SPK_MISSING >> 6] &= ~(UINT64_C(1) << (SPK_MISSING & 63));
		if (spk_set_has(set, feature->missing_group))
			spk_set_add(set, SPK_MISSING);
	}
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
	if (forest->matrix.n_grouped > 0)
		send_missing(forest->model->features, kept);
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
