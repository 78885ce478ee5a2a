/*
 * shap.c
 *	  Exact SHAP values of an ensemble of trees.
 */
#include <math.h>
#include <string.h>

#include "host.h"
#include "predict.h"
#include "quadrature.h"
#include "shap.h"

/*
 * Points are worked on by four.  The compiler makes of it what the processor
 * has; sums are added up in one order everywhere.
 */
#define LANES			4
#define MAX_STEPS		(SPK_MAX_DEPTH / 2 / LANES)

typedef double Lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double))));

/*
 * What the way from the root to a node has come to, at each point t: here
 * "feature" is that of the split above the node.  At the root, as if there had
 * been a split by any feature that all rows pass.
 */
typedef struct Level
{
	bool		one;			/* is the row on this side of all splits by the feature so far? */
	double		zero;			/* the share of training rows that are */
	Lanes		product[MAX_STEPS]; /* of the factors t * one + (1 - t) * zero of all features so far */
	Lanes		inverse[MAX_STEPS]; /* 1 / the feature's factor; where one */
	Lanes		sum[MAX_STEPS]; /* of the leaves below: value times product */
} Level;

struct SpkShap
{
	SpkHost		host;
	const SpkModel *model;
	double		base;
	double	   *zero;			/* of each node of all trees, as in Level */
	uint8_t    *above;			/* likewise, the depth of the last node before on its path below a
								 * split by the same feature; 0, the root, when it is the first */
	uint32_t	steps;			/* LANES points each */
	Lanes		t[MAX_STEPS];
	Lanes		rest[MAX_STEPS];	/* 1 - t */
	Lanes		inverse_rest[MAX_STEPS];
	double		weight[MAX_STEPS * LANES];
	Lanes	   *moved;			/* steps for each feature: what it moves the prediction by, at each point */
	Level	   *levels;
};

/* One row's way through one tree. */
typedef struct Walk
{
	SpkShap    *shap;
	const SpkTree *tree;
	const double *zero;
	const uint8_t *above;
	const uint8_t *codes;
} Walk;

/* ---- Preparing ---- */

/* The splits of a path so far; depths count from 1, that of the root's children. */
typedef struct Path
{
	uint16_t	feature[SPK_MAX_DEPTH + 1];
	double		zero[SPK_MAX_DEPTH + 1];
} Path;

/* Sets zero and above of all nodes below this one; returns the most features on a path through it. */
static uint32_t
prepare_below(const SpkTree *tree, uint32_t at, uint32_t depth, uint32_t n_features, Path *path, double *zero,
			  uint8_t *above)
{
	const SpkNode *node = &tree->nodes[at];
	uint32_t	last = depth;
	uint32_t	most = n_features;

	if (node->flags & SPK_NODE_LEAF)
		return n_features;
	while (last > 0 && path->feature[last] != node->feature)
		last--;
	path->feature[depth + 1] = node->feature;
	for (uint32_t child = node->u.left; child <= node->u.left + 1; child++)
	{
		uint32_t	features;

		above[child] = (uint8_t) last;
		zero[child] = path->zero[last] * tree->nodes[child].cover / node->cover;
		path->zero[depth + 1] = zero[child];
		features = prepare_below(tree, child, depth + 1, n_features + (last == 0), path, zero, above);
		if (features > most)
			most = features;
	}
	return most;
}

/* The mean over the training rows. */
static double
tree_mean(const SpkTree *tree)
{
	double		sum = 0;

	for (uint32_t i = 0; i < tree->n_nodes; i++)
		if (tree->nodes[i].flags & SPK_NODE_LEAF)
			sum += (double) tree->nodes[i].u.value * tree->nodes[i].cover;
	return sum / tree->nodes[0].cover;
}

/* What the trees add up to, in the scale that is explained. */
static double
scaled(const SpkModel *model, double sum)
{
	return model->algorithm == SPK_GRADIENT_BOOSTING ? sum : sum / model->n_trees;
}

/* The most features on a path of any tree. */
static uint32_t
prepare_trees(SpkShap *shap)
{
	const SpkModel *model = shap->model;
	size_t		offset = 0;
	uint32_t	most = 0;
	double		sum = 0;

	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		const SpkTree *tree = &model->trees[t];
		Path		path;
		uint32_t	features;

		path.zero[0] = 1;
		features = prepare_below(tree, 0, 0, 0, &path, shap->zero + offset, shap->above + offset);
		if (features > most)
			most = features;
		sum += tree_mean(tree);
		offset += tree->n_nodes;
	}
	shap->base = scaled(model, sum);
	return most;
}

static void
prepare_points(SpkShap *shap)
{
	uint32_t	n = shap->steps * LANES;
	double		points[MAX_STEPS * LANES];

	spk_gauss_legendre(n, points, shap->weight);
	for (uint32_t q = 0; q < n; q++)
	{
		shap->t[q / LANES][q % LANES] = points[q];
		shap->rest[q / LANES][q % LANES] = 1 - points[q];
		shap->inverse_rest[q / LANES][q % LANES] = 1 / (1 - points[q]);
	}
}

static void
prepare_root(SpkShap *shap)
{
	Level	   *root = &shap->levels[0];

	root->one = true;
	root->zero = 1;
	for (uint32_t s = 0; s < shap->steps; s++)
		root->product[s] = root->inverse[s] = (Lanes) {1, 1, 1, 1};
}

static size_t
count_nodes(const SpkModel *model)
{
	size_t		n = 0;

	for (uint32_t t = 0; t < model->n_trees; t++)
		n += model->trees[t].n_nodes;
	return n;
}

SpkShap *
spk_shap_new(const SpkHost *host, const SpkModel *model)
{
	SpkShap    *shap = spk_alloc(host, 1, sizeof(SpkShap));
	size_t		n_nodes = count_nodes(model);
	uint32_t	features;

	if (shap == NULL)
		return NULL;
	memset(shap, 0, sizeof(SpkShap));
	shap->host = *host;
	shap->model = model;
	shap->zero = spk_alloc(host, n_nodes, sizeof(double));
	shap->above = spk_alloc(host, n_nodes, 1);
	shap->levels = spk_alloc(host, SPK_MAX_DEPTH + 1, sizeof(Level));
	if (shap->zero != NULL && shap->above != NULL && shap->levels != NULL)
	{
		features = prepare_trees(shap);
		shap->steps = features == 0 ? 1 : (features + 2 * LANES - 1) / (2 * LANES);
		shap->moved = spk_alloc(host, (size_t) model->n_features * shap->steps, sizeof(Lanes));
	}
	if (shap->moved == NULL)
	{
		spk_shap_release(shap);
		return NULL;
	}
	prepare_points(shap);
	prepare_root(shap);
	return shap;
}

void
spk_shap_release(SpkShap *shap)
{
	SpkHost		host = shap->host;

	spk_release(&host, shap->zero);
	spk_release(&host, shap->above);
	spk_release(&host, shap->levels);
	spk_release(&host, shap->moved);
	spk_release(&host, shap);
}

double
spk_shap_base(const SpkShap *shap)
{
	return shap->base;
}

/* ---- Explaining ---- */

/*
 * Each split below which the row may be told from others counts what it moves
 * all leaves below by, with the feature's one and zero as they are there; a
 * split further down by the same feature, where they are others, takes that
 * back for its own leaves.
 */

/* A leaf below a split: adds value times product to the split's sum. */
static inline void
add_leaf(const Walk *walk, const SpkNode *leaf, double zero, bool one, const Level *last, Level *parent,
		 Lanes *moved)
{
	const SpkShap *shap = walk->shap;
	double		value = leaf->u.value;
	double		ratio = value * zero / last->zero;

	if (!last->one)
	{
		for (uint32_t s = 0; s < shap->steps; s++)
			parent->sum[s] += parent->product[s] * ratio;
		return;
	}
	for (uint32_t s = 0; s < shap->steps; s++)
	{
		Lanes		others = parent->product[s] * last->inverse[s] * value;
		Lanes		product = others * (one ? shap->t[s] + shap->rest[s] * zero : shap->rest[s] * zero);

		moved[s] += others * ((one ? 1 : 0) - zero) - product * last->inverse[s] * (1 - last->zero);
		parent->sum[s] += product;
	}
}

static void explain_below(const Walk *walk, uint32_t at, uint32_t depth);

/* Sets the child's product, and its inverse where it will be asked for. */
static inline void
enter(const SpkShap *shap, const Level *last, const Level *parent, Level *child)
{
	double		zero = child->zero;

	if (!last->one)
	{
		double		ratio = zero / last->zero;

		for (uint32_t s = 0; s < shap->steps; s++)
			child->product[s] = parent->product[s] * ratio;
	}
	else if (!child->one)
		for (uint32_t s = 0; s < shap->steps; s++)
			child->product[s] = parent->product[s] * last->inverse[s] * (shap->rest[s] * zero);
	else
		for (uint32_t s = 0; s < shap->steps; s++)
		{
			Lanes		factor = shap->t[s] + shap->rest[s] * zero;

			child->product[s] = parent->product[s] * last->inverse[s] * factor;
			child->inverse[s] = 1 / factor;
		}
}

/* A split below a split: adds its leaves to the parent's sum. */
static void
add_split(const Walk *walk, uint32_t at, uint32_t depth, bool one, const Level *last, Lanes *moved)
{
	const SpkShap *shap = walk->shap;
	Level	   *parent = &shap->levels[depth - 1];
	Level	   *child = &shap->levels[depth];

	child->one = one;
	child->zero = walk->zero[at];
	enter(shap, last, parent, child);
	explain_below(walk, at, depth);
	for (uint32_t s = 0; s < shap->steps; s++)
		parent->sum[s] += child->sum[s];
	if (!last->one)
		return;
	for (uint32_t s = 0; s < shap->steps; s++)
	{
		Lanes		by = one ? child->inverse[s] * (1 - child->zero) : -shap->inverse_rest[s];

		moved[s] += child->sum[s] * (by - last->inverse[s] * (1 - last->zero));
	}
}

/* Sums up the leaves below a split whose level has been entered, and what the features below move them by. */
static void
explain_below(const Walk *walk, uint32_t at, uint32_t depth)
{
	const SpkShap *shap = walk->shap;
	const SpkNode *node = &walk->tree->nodes[at];
	uint32_t	left = node->u.left;
	const Level *last = &shap->levels[walk->above[left]];
	Level	   *here = &shap->levels[depth];
	Lanes	   *moved = shap->moved + (size_t) node->feature * shap->steps;
	bool		goes_left = spk_goes_left(walk->tree, node, walk->codes[node->feature]);

	for (uint32_t s = 0; s < shap->steps; s++)
		here->sum[s] = (Lanes) {0};
	for (uint32_t child = left; child <= left + 1; child++)
	{
		const SpkNode *below = &walk->tree->nodes[child];
		bool		one = last->one && goes_left == (child == left);

		if ((below->flags & SPK_NODE_LEAF) == 0)
			add_split(walk, child, depth + 1, one, last, moved);
		else if (below->u.value != 0)
			add_leaf(walk, below, walk->zero[child], one, last, here, moved);
	}
}

SpkStatus
spk_shap_explain(SpkShap *shap, const uint8_t *codes, double *contributions)
{
	const SpkModel *model = shap->model;
	Walk		walk = {shap, NULL, shap->zero, shap->above, codes};

	memset(shap->moved, 0, (size_t) model->n_features * shap->steps * sizeof(Lanes));
	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		walk.tree = &model->trees[t];
		if (spk_cancelled(&shap->host))
			return SPK_CANCELLED;
		if (walk.tree->n_nodes > 1)
			explain_below(&walk, 0, 0);
		walk.zero += walk.tree->n_nodes;
		walk.above += walk.tree->n_nodes;
	}
	for (uint32_t f = 0; f < model->n_features; f++)
	{
		const Lanes *moved = shap->moved + (size_t) f * shap->steps;
		double		sum = 0;

		for (uint32_t q = 0; q < shap->steps * LANES; q++)
			sum += shap->weight[q] * moved[q / LANES][q % LANES];
		contributions[f] = scaled(model, sum);
	}
	return SPK_OK;
}
