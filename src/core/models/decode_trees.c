/*
 * decode_trees.c
 *	  From bytes, which may be anything, to the trees of a model.
 */
#include <math.h>

#include "core/models/decode.h"
#include "core/models/learner.h"

/* The fewest bytes that one of each takes: they bound counts before memory is asked for. */
#define MIN_TREE_BYTES 7
#define MIN_NODE_BYTES 4

static SpkStatus
read_numeric_split(SpkDecoder *d, const SpkFeature *feature, SpkNode *node)
{
	uint32_t last = (node->flags & SPK_NODE_MISSING_LEFT) ? 1 : 0;

	/* behind the last bin only missing values are left, which then must go right */
	node->split = spk_read_u8(&d->r);
	if (feature->kind == SPK_CATEGORY || node->split + last >= feature->n_bins)
		return spk_corrupt(d, "A split does not fit its feature");
	return SPK_OK;
}

static SpkStatus
read_set_split(SpkDecoder *d, const SpkFeature *feature, SpkCodeSet *set)
{
	for (int word = 0; word < 4; word++)
		set->bits[word] = spk_read_u64(&d->r);
	if (feature->kind != SPK_CATEGORY)
		return spk_corrupt(d, "A split does not fit its feature");
	for (uint32_t code = feature->n_bins; code < SPK_MISSING; code++)
		if (spk_set_has(set, (uint8_t) code))
			return spk_corrupt(d, "A split names a category that its feature does not have");
	return SPK_OK;
}

static SpkStatus
read_split(SpkDecoder *d, SpkTree *tree, SpkNode *node)
{
	uint64_t feature = spk_read_varint(&d->r);

	if (d->r.bad || feature >= d->model->n_features)
		return spk_corrupt(d, "A split names a feature that the model does not have");
	node->feature = (uint16_t) feature;
	if ((node->flags & SPK_NODE_SET) == 0)
		return read_numeric_split(d, &d->model->features[feature], node);
	node->set = tree->n_sets++;
	return read_set_split(d, &d->model->features[feature], &tree->sets[node->set]);
}

/* Reads a leaf: the probability of churn, or in boosting a margin. */
static SpkStatus
read_leaf(SpkDecoder *d, SpkNode *node)
{
	node->u.value = spk_read_f32(&d->r);
	if (spk_learners[d->model->algorithm].answer == SPK_ANSWER_LOGISTIC)
	{
		if (!isfinite(node->u.value))
			return spk_corrupt(d, "A leaf is not a finite number");
	}
	else if (!(node->u.value >= 0 && node->u.value <= 1))
		return spk_corrupt(d, "A leaf is outside 0 to 1");
	return SPK_OK;
}

/* Reads a node, but for the place of its children. */
static SpkStatus
read_node(SpkDecoder *d, SpkTree *tree, SpkNode *node)
{
	SpkStatus status = SPK_OK;

	node->flags = spk_read_u8(&d->r);
	switch (node->flags)
	{
		case SPK_NODE_LEAF:
			status = read_leaf(d, node);
			break;
		case 0:
		case SPK_NODE_SET:
		case SPK_NODE_MISSING_LEFT:
			status = read_split(d, tree, node);
			break;
		default:
			return spk_corrupt(d, "The flags of a node are not known");
	}
	if (status != SPK_OK)
		return status;
	node->cover = spk_decode_varint32(&d->r);
	if (d->r.bad || node->cover == 0)
		return spk_corrupt(d, "No rows have reached a node");
	return SPK_OK;
}

/* Counts the sets of the next n nodes, as far as read_nodes can get before it refuses them. */
static SpkStatus
count_sets(const SpkDecoder *d, uint32_t n, uint32_t *sets)
{
	SpkReader ahead = d->r;

	*sets = 0;
	for (uint32_t i = 0; i < n && !ahead.bad; i++)
	{
		uint8_t flags = spk_read_u8(&ahead);

		if (spk_decode_stopped(d, i))
			return SPK_CANCELLED;
		if (flags & SPK_NODE_LEAF)
			spk_read_f32(&ahead);
		else
		{
			spk_read_varint(&ahead);
			spk_read_bytes(&ahead, flags & SPK_NODE_SET ? sizeof(SpkCodeSet) : 1);
			if (flags & SPK_NODE_SET)
				++*sets;
		}
		spk_read_varint(&ahead);
	}
	return SPK_OK;
}

/* Checks that each row of a split went to one of its children. */
static SpkStatus
check_covers(SpkDecoder *d, const SpkTree *tree)
{
	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		const SpkNode *node = &tree->nodes[i];

		if (spk_decode_stopped(d, i))
			return SPK_CANCELLED;
		if ((node->flags & SPK_NODE_LEAF) == 0 &&
			(uint64_t) tree->nodes[node->u.left].cover + tree->nodes[node->u.left + 1].cover !=
				node->cover)
			return spk_corrupt(d, "The rows of a split are not those of its children");
	}
	return SPK_OK;
}

/* Reads the nodes of a tree, which come level by level, and tells each split its children. */
static SpkStatus
read_nodes(SpkDecoder *d, SpkTree *tree)
{
	uint32_t level_end = 1;
	uint32_t depth = 0;
	uint32_t splits = 0;

	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		SpkNode	 *node = &tree->nodes[i];
		SpkStatus status;

		if (spk_decode_stopped(d, i))
			return SPK_CANCELLED;

		/* a level has two nodes for each split of the one before, or the tree has ended */
		if (i == level_end)
		{
			level_end = 2 * splits + 1;
			if (i == level_end)
				return spk_corrupt(d, "A node belongs to no split");
			if (++depth > SPK_MAX_DEPTH)
				return spk_corrupt(d, "A tree is too deep");
		}

		status = read_node(d, tree, node);
		if (status != SPK_OK)
			return status;
		if ((node->flags & SPK_NODE_LEAF) == 0)
		{
			/* so that no child is beyond the nodes that there is memory for */
			if (splits == tree->n_nodes / 2)
				return spk_corrupt(d, "A split lacks its children");
			node->u.left = 2 * splits++ + 1;
		}
	}
	if (splits != tree->n_nodes / 2)
		return spk_corrupt(d, "A node belongs to no split");
	return SPK_OK;
}

static SpkStatus
read_tree(SpkDecoder *d, SpkTree *tree)
{
	uint32_t  n = spk_decode_count(d, UINT32_MAX, MIN_NODE_BYTES);
	uint32_t  sets;
	SpkStatus status;

	if (d->r.bad || n % 2 == 0)
		return spk_corrupt(d, "A tree has an even number of nodes");
	/* nodes tell only one by one whether they have a set, but memory is asked for once */
	if ((status = count_sets(d, n, &sets)) != SPK_OK)
		return status;
	if ((tree->nodes = spk_alloc(d->trees, n, sizeof(*tree->nodes))) == NULL ||
		(tree->sets = spk_alloc(d->trees, sets, sizeof(*tree->sets))) == NULL)
		return SPK_NO_MEMORY;
	if (!spk_clear(d->host, tree->nodes, n * sizeof(*tree->nodes)) ||
		!spk_clear(d->host, tree->sets, sets * sizeof(*tree->sets)))
		return SPK_CANCELLED;
	tree->n_nodes = n;
	status = read_nodes(d, tree);
	return status == SPK_OK ? check_covers(d, tree) : status;
}

SpkStatus
spk_decode_trees(SpkDecoder *d)
{
	SpkModel *model = d->model;
	uint32_t  max = spk_learners[model->algorithm].max_trees;
	uint32_t  n = spk_decode_count(d, SPK_MAX_TREES, MIN_TREE_BYTES);

	if (d->r.bad || n == 0 || n > max)
		return spk_corrupt(d, "The number of trees is not one that the algorithm makes");
	if ((model->trees = spk_decode_array(d->trees, n, sizeof(*model->trees))) == NULL)
		return SPK_NO_MEMORY;
	model->n_trees = n;
	for (uint32_t i = 0; i < n; i++)
	{
		SpkStatus status;

		if (spk_cancelled(d->host))
			return SPK_CANCELLED;
		status = read_tree(d, &model->trees[i]);
		if (status != SPK_OK)
			return status;
	}
	return SPK_OK;
}
