/*
 * predict.c
 *	  Walking the trees of a decoded model.
 */
#include "core/models/blend.h"
#include "core/models/calibration.h"
#include "core/base/elementary.h"
#include "core/models/learner.h"
#include "core/models/terms.h"
#include "core/rows/binning.h"
#include "core/scoring/predict.h"

uint32_t
spk_tree_leaf(const SpkTree *tree, const uint8_t *codes)
{
	uint32_t at = 0;

	while (!(tree->nodes[at].flags & SPK_NODE_LEAF))
	{
		const SpkNode *node = &tree->nodes[at];

		at = node->u.left + !spk_goes_left(tree, node, codes[node->feature]);
	}
	return at;
}

double
spk_answer(const SpkModel *model, double sum)
{
	bool logistic = spk_learners[model->algorithm].answer == SPK_ANSWER_LOGISTIC;

	return spk_calibrated(model, logistic ? spk_sigmoid(sum) : sum / model->n_trees);
}

/* The sum of the leaves that the row reaches. */
static double
sum_leaves(const SpkModel *model, const uint8_t *codes)
{
	double sum = 0;

	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		const SpkTree *tree = &model->trees[t];

		sum += tree->nodes[spk_tree_leaf(tree, codes)].u.value;
	}
	return sum;
}

double
spk_predict(const SpkModel *model, const uint8_t *codes)
{
	return spk_answer(model, sum_leaves(model, codes));
}

double
spk_row_margin(const SpkModel *model, const uint8_t *codes, const double *values)
{
	return spk_part_margin(model,
						   spk_has_trees(model->algorithm) ? sum_leaves(model, codes) :
															 spk_margin(model, values));
}

double
spk_blend_predict(const SpkModel *blend, const double *values, uint8_t *codes)
{
	double margin = 0;
	bool   coded = false; /* are the codes those of the blend's edges? */

	for (uint32_t i = 0; i < blend->n_parts; i++)
	{
		const SpkPart  *part = &blend->parts[i];
		const SpkModel *edges = part->own_edges ? &part->model : blend;

		for (uint32_t f = 0; f < blend->n_features && (!coded || part->own_edges); f++)
			codes[f] = spk_code_value(&edges->features[f], values[f]);
		coded = !part->own_edges;
		margin += part->weight * spk_row_margin(&part->model, codes, values);
	}
	return spk_blend_answer(blend, margin);
}
