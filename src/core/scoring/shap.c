/*
 * shap.c
 *	  Exact SHAP values of an ensemble of trees.
 */
#include <string.h>

#include "core/models/learner.h"
#include "core/scoring/predict.h"
#include "core/base/quadrature.h"
#include "core/scoring/shap_walk.h"

/* ---- Preparing ---- */

/* The nodes of a path and the splits above them, by depth.  The depth of the root is 0. */
typedef struct Path
{
	const SpkHost *host;
	uint32_t	   n_splits;  /* prepared so far */
	bool		   cancelled; /* then nothing else here matters */
	uint32_t	   node[SPK_MAX_DEPTH + 1];
	uint16_t	   feature[SPK_MAX_DEPTH + 1];
	double		   zero[SPK_MAX_DEPTH + 1];
} Path;

/*
 * Prepares all splits from this node down, and returns the most features that a path
 * through it has.  n_features of them are above the node.
 */
static uint32_t
prepare_below(const SpkTree *tree, uint32_t at, uint32_t depth, uint32_t n_features, Path *path,
			  SpkShapSplit *splits)
{
	const SpkNode *node = &tree->nodes[at];
	uint32_t	   last = depth;
	uint32_t	   most = n_features;
	SpkShapSplit  *split;

	if ((node->flags & SPK_NODE_LEAF) || path->cancelled)
		return n_features;
	path->cancelled = ++path->n_splits % SPK_SHAP_POLL_SPLITS == 0 && spk_cancelled(path->host);

	/* the feature's last split on the path, whose share this one narrows */
	while (last > 0 && path->feature[last] != node->feature)
		last--;

	split = &splits[node->u.left / 2];
	split->node = *node;
	split->at = at;
	split->last = path->node[last];
	for (uint32_t side = 0; side < 2; side++)
	{
		uint32_t child = node->u.left + side;
		double	 zero = path->zero[last] * tree->nodes[child].cover / node->cover;
		uint32_t features;

		split->zero[side] = zero;
		split->value[side] = tree->nodes[child].flags & SPK_NODE_LEAF ? tree->nodes[child].u.value :
																		1;
		path->node[depth + 1] = child;
		path->feature[depth + 1] = node->feature;
		path->zero[depth + 1] = zero;
		features = prepare_below(tree, child, depth + 1, n_features + (last == 0), path, splits);
		if (features > most)
			most = features;
	}
	return most;
}

/* The mean value of a tree's leaves over the training rows. */
static double
tree_mean(const SpkTree *tree)
{
	double sum = 0;

	for (uint32_t i = 0; i < tree->n_nodes; i++)
		if (tree->nodes[i].flags & SPK_NODE_LEAF)
			sum += (double) tree->nodes[i].u.value * tree->nodes[i].cover;
	return sum / tree->nodes[0].cover;
}

/* The sum of the trees' values in the scale that is explained: the margin, or their mean. */
static double
scaled(const SpkModel *model, double sum)
{
	return spk_learners[model->algorithm].answer == SPK_ANSWER_LOGISTIC ? sum :
																		  sum / model->n_trees;
}

/* Prepares all trees, and sets *most_features to the most on any path; false when cancelled. */
static bool
prepare_trees(SpkShap *shap, uint32_t *most_features)
{
	const SpkModel *model = shap->model;
	SpkShapSplit   *splits = shap->splits;
	Path			path = {.host = &shap->host, .zero = {1}};
	uint32_t		most = 0;
	double			sum = 0;

	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		uint32_t features = prepare_below(&model->trees[t], 0, 0, 0, &path, splits);

		if (features > most)
			most = features;
		sum += tree_mean(&model->trees[t]);
		splits += model->trees[t].n_nodes / 2;
		if (path.cancelled || spk_cancelled(&shap->host))
			return false;
	}
	shap->base = scaled(model, sum);
	*most_features = most;
	return true;
}

static void
prepare_points(SpkShap *shap)
{
	uint32_t n = shap->steps * SPK_SHAP_LANES;
	double	 points[SPK_SHAP_MAX_STEPS * SPK_SHAP_LANES];

	spk_gauss_legendre(n, points, shap->weight);
	for (uint32_t q = 0; q < n; q++)
	{
		shap->t[q / SPK_SHAP_LANES][q % SPK_SHAP_LANES] = points[q];
		shap->rest[q / SPK_SHAP_LANES][q % SPK_SHAP_LANES] = 1 - points[q];
		shap->inverse_rest[q / SPK_SHAP_LANES][q % SPK_SHAP_LANES] = 1 / (1 - points[q]);
	}
}

static void
prepare_root(SpkShap *shap)
{
	shap->one[0] = 1;
	shap->gap[0] = 0;
	for (uint32_t s = 0; s < shap->steps; s++)
		shap->inverse[s] = (SpkShapLanes) {1, 1, 1, 1};
}

static uint64_t
count_splits(const SpkModel *model, uint32_t *most_nodes)
{
	uint64_t n = 0;

	*most_nodes = 0;
	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		n += model->trees[t].n_nodes / 2;
		if (model->trees[t].n_nodes > *most_nodes)
			*most_nodes = model->trees[t].n_nodes;
	}
	return n;
}

/* Allocates what depends on the number of steps; false when the host gave no memory. */
static bool
prepare_room(SpkShap *shap, uint32_t most_nodes)
{
	const SpkHost *host = &shap->host;

	return (shap->one = spk_alloc(host, most_nodes, sizeof(double))) != NULL &&
		(shap->gap = spk_alloc(host, most_nodes, sizeof(double))) != NULL &&
		(shap->inverse = spk_alloc(host, (size_t) most_nodes * shap->steps,
								   sizeof(SpkShapLanes))) != NULL &&
		(shap->product = spk_alloc(host, (size_t) most_nodes * shap->steps,
								   sizeof(SpkShapLanes))) != NULL &&
		(shap->moved = spk_alloc(host, (size_t) shap->model->n_features * shap->steps,
								 sizeof(SpkShapLanes))) != NULL;
}

SpkShap *
spk_shap_new(const SpkHost *host, const SpkModel *model, SpkWalkWay way)
{
	SpkShap *shap = spk_alloc(host, 1, sizeof(SpkShap));
	uint32_t most_nodes;
	uint32_t features = 0;
	bool	 ok;

	if (shap == NULL)
		return NULL;
	memset(shap, 0, sizeof(SpkShap));
	shap->host = *host;
	shap->model = model;
	shap->splits = spk_alloc(host, count_splits(model, &most_nodes), sizeof(SpkShapSplit));
	ok = shap->splits != NULL && prepare_trees(shap, &features);
	shap->steps = features == 0 ? 1 : (features + 2 * SPK_SHAP_LANES - 1) / (2 * SPK_SHAP_LANES);
	if (!ok || !prepare_room(shap, most_nodes))
	{
		spk_shap_release(shap);
		return NULL;
	}
	shap->walk = spk_shap_way(way);
	prepare_points(shap);
	prepare_root(shap);
	return shap;
}

void
spk_shap_release(SpkShap *shap)
{
	SpkHost host = shap->host;

	spk_release(&host, shap->splits);
	spk_release(&host, shap->one);
	spk_release(&host, shap->gap);
	spk_release(&host, shap->inverse);
	spk_release(&host, shap->product);
	spk_release(&host, shap->moved);
	spk_release(&host, shap);
}

double
spk_shap_base(const SpkShap *shap)
{
	return shap->base;
}

/* ---- Explaining ---- */

SpkStatus
spk_shap_explain(SpkShap *shap, const uint8_t *codes, double *contributions)
{
	const SpkModel *model = shap->model;
	SpkShapWalk		walk = {shap, NULL, shap->splits, codes};

	memset(shap->moved, 0, (size_t) model->n_features * shap->steps * sizeof(SpkShapLanes));
	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		if (spk_cancelled(&shap->host))
			return SPK_CANCELLED;
		walk.tree = &model->trees[t];
		if (!shap->walk(&walk))
			return SPK_CANCELLED;
		walk.splits += walk.tree->n_nodes / 2;
	}

	/* the integral over t, once for all trees: it is linear in what they moved */
	for (uint32_t f = 0; f < model->n_features; f++)
	{
		const SpkShapLanes *moved = shap->moved + (size_t) f * shap->steps;
		double				sum = 0;

		for (uint32_t q = 0; q < shap->steps * SPK_SHAP_LANES; q++)
			sum += shap->weight[q] * moved[q / SPK_SHAP_LANES][q % SPK_SHAP_LANES];
		contributions[f] = scaled(model, sum);
	}
	return SPK_OK;
}
