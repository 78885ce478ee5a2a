/*
 * predict.c
 *	  Walking the trees of a decoded model.
 */
#include "calibrate.h"
#include "elementary.h"
#include "predict.h"

static inline bool
goes_left(const SpkTree *tree, const SpkNode *node, uint8_t code)
{
	if (node->flags & SPK_NODE_SET)
		return spk_set_has(&tree->sets[node->set], code);
	if (code == SPK_MISSING)
		return (node->flags & SPK_NODE_MISSING_LEFT) != 0;
	return code <= node->split;
}

uint32_t
spk_tree_leaf(const SpkTree *tree, const uint8_t *codes)
{
	uint32_t	at = 0;

	while (!(tree->nodes[at].flags & SPK_NODE_LEAF))
	{
		const SpkNode *node = &tree->nodes[at];

		at = node->u.left + !goes_left(tree, node, codes[node->feature]);
	}
	return at;
}

double
spk_answer(const SpkModel *model, double sum)
{
	double		score = model->algorithm == SPK_GRADIENT_BOOSTING ? spk_sigmoid(sum) : sum / model->n_trees;

	return spk_calibrated(model, score);
}

double
spk_predict(const SpkModel *model, const uint8_t *codes)
{
	double		sum = 0;

	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		const SpkTree *tree = &model->trees[t];

		sum += tree->nodes[spk_tree_leaf(tree, codes)].u.value;
	}
	return spk_answer(model, sum);
}
