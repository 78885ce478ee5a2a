/*
 * shap.c
 *	  Exact SHAP values of an ensemble of trees.
 */
#include <string.h>

#include "core/base/host.h"
#include "core/models/learner.h"
#include "core/scoring/predict.h"
#include "core/base/quadrature.h"
#include "core/scoring/shap.h"
#include "core/base/vectors.h"

/*
 * Points are worked on by four.  The compiler makes of it what the processor
 * has; sums are added up in one order everywhere.
 */
#define LANES	  4
#define MAX_STEPS (SPK_MAX_DEPTH / 2 / LANES)

/* Splits between two looks for cancellation. */
#define POLL_SPLITS (UINT32_C(1) << 13)

typedef double Lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double))));

/*
 * A split, in the order of their nodes: the children of split k of a tree are
 * nodes 2k + 1 and 2k + 2.  "The feature" is the split's.
 */
typedef struct Split
{
	SpkNode node;
	double	zero[2]; /* left and right: the share of training rows on this side of all splits by
								 * the feature on the path so far */
	float
		value[2];  /* likewise, of a leaf; 1 of a split, whose product is still to be handed down */
	uint32_t at;   /* the place of its node */
	uint32_t last; /* the last node before on the path that is a child of a split by the
								 * feature; 0, the root, when this is the first */
} Split;

typedef struct Walk Walk;

struct SpkShap
{
	SpkHost			host;
	const SpkModel *model;
	bool (*walk)(const Walk *walk);
	double base;
	Split *splits; /* of all trees */

	/* points of the quadrature, t */
	uint32_t steps; /* LANES points each */
	Lanes	 t[MAX_STEPS];
	Lanes	 rest[MAX_STEPS]; /* 1 - t */
	Lanes	 inverse_rest[MAX_STEPS];
	double	 weight[MAX_STEPS * LANES];

	/*
	 * Of each node of the tree that a row walks; here "the feature" is that of
	 * the split above it.  The root is as if all rows had passed one.
	 */
	double *one;	 /* 1 when the row is on this side of all splits by it so far, else 0 */
	double *gap;	 /* one - zero */
	Lanes  *inverse; /* steps for each node: 1 / the feature's factor, t * one + (1 - t) * zero */
	Lanes  *product; /* likewise: of the factors of all features so far; from the leaves up what
								 * the leaves below add up to, value times product */

	Lanes *moved; /* steps for each feature: what it moves the prediction by, at each point */
};

/* One row's way through one tree. */
struct Walk
{
	const SpkShap *shap;
	const SpkTree *tree;
	const Split	  *splits;
	const uint8_t *codes;
};

/* ---- Walking ---- */

/*
 * Both ways go through the splits in the order of their nodes, without a branch
 * that depends on the row or on what is a leaf: a processor guesses these wrong
 * half of the time, which takes as long as all the numbers of a split.  steps is
 * a constant where it is small.
 */

/* From the root down: each node's factors, of the splits of this stretch. */
SPK_ALWAYS_INLINE void
walk_down(const Walk *walk, const uint32_t steps, const uint32_t from, const uint32_t to)
{
	const SpkShap *shap = walk->shap;

	for (uint32_t k = from; k < to; k++)
	{
		const Split *split = &walk->splits[k];
		const Lanes *above = shap->product + (size_t) split->at * steps;
		const Lanes *last = shap->inverse + (size_t) split->last * steps;
		uint32_t right = spk_goes_left(walk->tree, &split->node, walk->codes[split->node.feature]) ?
			0 :
			1;
		size_t	 taken = 2 * k + 1 + right;
		size_t	 other = 2 * k + 2 - right;
		double	 one = shap->one[split->last];
		double	 zero = split->zero[right];
		double	 other_zero = split->zero[1 - right];
		double	 value = split->value[right];
		double	 other_value = other_zero * split->value[1 - right];
		double	 inverse = 1 / other_zero;

		shap->one[taken] = one;
		shap->one[other] = 0;
		shap->gap[taken] = one - zero;
		shap->gap[other] = -other_zero;
		for (uint32_t s = 0; s < steps; s++)
		{
			Lanes others = above[s] * last[s]; /* without the feature's factor */
			Lanes factor = shap->t[s] * one + shap->rest[s] * zero;

			shap->inverse[taken * steps + s] = 1 / factor;
			shap->inverse[other * steps + s] = shap->inverse_rest[s] * inverse;
			shap->product[taken * steps + s] = others * factor * value;
			shap->product[other * steps + s] = others * shap->rest[s] * other_value;
		}
	}
}

/*
 * From the leaves up: each split counts what its feature moves the leaves below
 * by, gap over factor on either side, and takes back what the feature's last
 * split before on the path is going to count for them.
 */
SPK_ALWAYS_INLINE void
add_up(const Walk *walk, const uint32_t steps, const uint32_t from, const uint32_t to)
{
	const SpkShap *shap = walk->shap;

	for (uint32_t k = to; k-- > from;)
	{
		const Split *split = &walk->splits[k];
		size_t		 left = 2 * k + 1;
		size_t		 right = 2 * k + 2;
		Lanes		*moved = shap->moved + (size_t) split->node.feature * steps;

		for (uint32_t s = 0; s < steps; s++)
		{
			Lanes on_left = shap->product[left * steps + s];
			Lanes on_right = shap->product[right * steps + s];
			Lanes sum = on_left + on_right;

			moved[s] += on_left * shap->inverse[left * steps + s] * shap->gap[left] +
				on_right * shap->inverse[right * steps + s] * shap->gap[right] -
				sum * shap->inverse[split->last * steps + s] * shap->gap[split->last];
			shap->product[split->at * steps + s] = sum;
		}
	}
}

/* Both, in stretches between which they can be cancelled: with false. */
SPK_ALWAYS_INLINE bool
walk_steps(const Walk *walk, const uint32_t steps)
{
	const SpkShap *shap = walk->shap;
	const uint32_t n = walk->tree->n_nodes / 2;

	for (uint32_t s = 0; s < steps; s++)
		shap->product[s] = (Lanes) {1, 1, 1, 1};
	for (uint32_t from = 0; from < n; from += POLL_SPLITS)
	{
		if (from > 0 && spk_cancelled(&shap->host))
			return false;
		walk_down(walk, steps, from, n - from > POLL_SPLITS ? from + POLL_SPLITS : n);
	}
	for (uint32_t to = n; to > 0; to -= to > POLL_SPLITS ? POLL_SPLITS : to)
	{
		if (to < n && spk_cancelled(&shap->host))
			return false;
		add_up(walk, steps, to > POLL_SPLITS ? to - POLL_SPLITS : 0, to);
	}
	return true;
}

SPK_ALWAYS_INLINE bool
walk_tree(const Walk *walk)
{
	switch (walk->shap->steps)
	{
		case 1:
			return walk_steps(walk, 1);
		case 2:
			return walk_steps(walk, 2);
		case 3:
			return walk_steps(walk, 3);
		default:
			return walk_steps(walk, walk->shap->steps);
	}
}

static bool
walk_tree_plain(const Walk *walk)
{
	return walk_tree(walk);
}

#ifdef SPK_VECTORS
__attribute__((target("avx2"))) static bool
walk_tree_avx2(const Walk *walk)
{
	return walk_tree(walk);
}
#endif

/* ---- Preparing ---- */

/* The nodes of a path and the splits above them, by depth; that of the root is 0. */
typedef struct Path
{
	const SpkHost *host;
	uint32_t	   n_splits;  /* prepared so far */
	bool		   cancelled; /* then the rest does not matter */
	uint32_t	   node[SPK_MAX_DEPTH + 1];
	uint16_t	   feature[SPK_MAX_DEPTH + 1];
	double		   zero[SPK_MAX_DEPTH + 1];
} Path;

/* Prepares all splits from this node down; returns the most features on a path through it. */
static uint32_t
prepare_below(const SpkTree *tree, uint32_t at, uint32_t depth, uint32_t n_features, Path *path,
			  Split *splits)
{
	const SpkNode *node = &tree->nodes[at];
	uint32_t	   last = depth;
	uint32_t	   most = n_features;
	Split		  *split;

	if ((node->flags & SPK_NODE_LEAF) || path->cancelled)
		return n_features;
	path->cancelled = ++path->n_splits % POLL_SPLITS == 0 && spk_cancelled(path->host);
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

/* The mean over the training rows. */
static double
tree_mean(const SpkTree *tree)
{
	double sum = 0;

	for (uint32_t i = 0; i < tree->n_nodes; i++)
		if (tree->nodes[i].flags & SPK_NODE_LEAF)
			sum += (double) tree->nodes[i].u.value * tree->nodes[i].cover;
	return sum / tree->nodes[0].cover;
}

/* What the trees add up to, in the scale that is explained. */
static double
scaled(const SpkModel *model, double sum)
{
	return spk_learners[model->algorithm].answer == SPK_ANSWER_LOGISTIC ? sum :
																		  sum / model->n_trees;
}

/* Sets the most features on a path of any tree; false when cancelled. */
static bool
prepare_trees(SpkShap *shap, uint32_t *most_features)
{
	const SpkModel *model = shap->model;
	Split		   *splits = shap->splits;
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
	uint32_t n = shap->steps * LANES;
	double	 points[MAX_STEPS * LANES];

	spk_gauss_legendre(n, points, shap->weight);
	for (uint32_t q = 0; q < n; q++)
	{
		shap->t[q / LANES][q % LANES] = points[q];
		shap->rest[q / LANES][q % LANES] = 1 - points[q];
		shap->inverse_rest[q / LANES][q % LANES] = 1 / (1 - points[q]);
	}
}

static void
prepare_way(SpkShap *shap, SpkWalkWay way)
{
	shap->walk = walk_tree_plain;
#ifdef SPK_VECTORS
	if (way >= SPK_WALK_AVX2)
		shap->walk = walk_tree_avx2;
#else
	(void) way;
#endif
}

static void
prepare_root(SpkShap *shap)
{
	shap->one[0] = 1;
	shap->gap[0] = 0;
	for (uint32_t s = 0; s < shap->steps; s++)
		shap->inverse[s] = (Lanes) {1, 1, 1, 1};
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

/* Room for what steps there are; false when the host has none. */
static bool
prepare_room(SpkShap *shap, uint32_t most_nodes)
{
	const SpkHost *host = &shap->host;

	return (shap->one = spk_alloc(host, most_nodes, sizeof(double))) != NULL &&
		(shap->gap = spk_alloc(host, most_nodes, sizeof(double))) != NULL &&
		(shap->inverse = spk_alloc(host, (size_t) most_nodes * shap->steps, sizeof(Lanes))) !=
		NULL &&
		(shap->product = spk_alloc(host, (size_t) most_nodes * shap->steps, sizeof(Lanes))) !=
		NULL &&
		(shap->moved = spk_alloc(host, (size_t) shap->model->n_features * shap->steps,
								 sizeof(Lanes))) != NULL;
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
	shap->splits = spk_alloc(host, count_splits(model, &most_nodes), sizeof(Split));
	ok = shap->splits != NULL && prepare_trees(shap, &features);
	shap->steps = features == 0 ? 1 : (features + 2 * LANES - 1) / (2 * LANES);
	if (!ok || !prepare_room(shap, most_nodes))
	{
		spk_shap_release(shap);
		return NULL;
	}
	prepare_way(shap, way);
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
	Walk			walk = {shap, NULL, shap->splits, codes};

	memset(shap->moved, 0, (size_t) model->n_features * shap->steps * sizeof(Lanes));
	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		if (spk_cancelled(&shap->host))
			return SPK_CANCELLED;
		walk.tree = &model->trees[t];
		if (!shap->walk(&walk))
			return SPK_CANCELLED;
		walk.splits += walk.tree->n_nodes / 2;
	}
	for (uint32_t f = 0; f < model->n_features; f++)
	{
		const Lanes *moved = shap->moved + (size_t) f * shap->steps;
		double		 sum = 0;

		for (uint32_t q = 0; q < shap->steps * LANES; q++)
			sum += shap->weight[q] * moved[q / LANES][q % LANES];
		contributions[f] = scaled(model, sum);
	}
	return SPK_OK;
}
