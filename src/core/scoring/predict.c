/*
 * predict.c
 *	  Walking the trees of a decoded model.
 */
#include "core/models/calibration.h"
#include "core/base/elementary.h"
#include "core/models/learner.h"
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

double
spk_predict(const SpkModel *model, const uint8_t *codes)
{
	double sum = 0;

	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		const SpkTree *tree = &model->trees[t];

		sum += tree->nodes[spk_tree_leaf(tree, codes)].u.value;
	}
	return spk_answer(model, sum);
}
