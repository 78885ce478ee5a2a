/*
 * draft_trees.c
 *	  From trees as another program tells them to ours.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/models/draft_trees.h"
#include "core/models/learner.h"

/* What the rows of a tree weigh together where their weights are no counts. */
#define WHOLE_COVER 0x1p31

/* Returns the code of the last bin that goes left. */
static uint8_t
code_of(const SpkFeature *feature, double threshold)
{
	uint32_t low = 0;
	uint32_t high = feature->n_bins - 1;

	while (high - low > 1)
	{
		uint32_t middle = low + (high - low) / 2;

		if (feature->edges[middle] <= threshold)
			low = middle;
		else
			high = middle;
	}
	return (uint8_t) low;
}

/*
 * Lists the nodes of a tree level by level, children beside each other, as ours are.
 * Sets *n to how many they are, and *sets to how many of them split by category.
 * order has room for as many nodes as the draft has.
 */
static SpkStatus
order_nodes(const SpkHost *host, SpkDraft *draft, uint32_t t, uint32_t *order, uint32_t *n,
			uint32_t *sets)
{
	const SpkDraftTree *tree = &draft->trees[t];
	uint32_t			level_end = 1;
	uint32_t			depth = 0;

	order[0] = 0;
	*n = 1;
	*sets = 0;
	for (uint32_t i = 0; i < *n; i++)
	{
		const SpkDraftNode *node = &tree->nodes[order[i]];

		if (i % SPK_POLL_NODES == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (i == level_end)
		{
			level_end = *n;
			depth++;
		}
		if (depth > SPK_MAX_DEPTH)
		{
			snprintf(draft->why, sizeof(draft->why), "Tree %u has a path of more than %d splits.",
					 t, SPK_MAX_DEPTH);
			return SPK_LIMIT;
		}
		if (node->flags & SPK_NODE_LEAF)
			continue;

		/* nodes that are reached twice would be more than there are, if they do not end at all */
		if (*n + 2 > tree->n_nodes || node->left >= tree->n_nodes || node->right >= tree->n_nodes)
		{
			snprintf(draft->why, sizeof(draft->why),
					 "The nodes of tree %u, among them node %u, are not those of a tree.", t,
					 order[i]);
			return SPK_CORRUPT;
		}
		order[(*n)++] = node->left;
		order[(*n)++] = node->right;
		*sets += (node->flags & SPK_NODE_SET) != 0;
	}
	return SPK_OK;
}

/*
 * Sets the covers of all nodes.  Those of leaves are counts of rows, or weights that
 * are scaled to counts, of which each leaf has one at least.
 */
static void
set_covers(const SpkDraftTree *draft, const uint32_t *order, SpkTree *tree)
{
	double scale = 1;
	double sum = 0;
	bool   counts = true;

	for (uint32_t i = 0; i < tree->n_nodes; i++)
		if (tree->nodes[i].flags & SPK_NODE_LEAF)
		{
			double cover = draft->nodes[order[i]].cover;

			sum += cover;
			counts = counts && cover == floor(cover);
		}
	if (!counts || sum > WHOLE_COVER)
		scale = WHOLE_COVER / sum;

	/* children stand behind their parents */
	for (uint32_t i = tree->n_nodes; i-- > 0;)
	{
		SpkNode *node = &tree->nodes[i];

		if (node->flags & SPK_NODE_LEAF)
			node->cover = (uint32_t) fmax(1, floor(draft->nodes[order[i]].cover * scale + 0.5));
		else
			node->cover = tree->nodes[node->u.left].cover + tree->nodes[node->u.left + 1].cover;
	}
}

/* Maps a set of places in a list of categories to one of codes. */
static SpkCodeSet
map_set(const SpkCodeSet *places, const SpkFeature *feature, const uint8_t *codes)
{
	SpkCodeSet set = {{0}};

	for (uint32_t place = 0; place < feature->n_bins; place++)
		if (spk_set_has(places, (uint8_t) place))
			spk_set_add(&set, codes[place]);
	if (spk_set_has(places, SPK_MISSING))
		spk_set_add(&set, SPK_MISSING);
	return set;
}

/* Makes nodes of those in order, but for their covers; leaves are multiplied by the factor. */
static SpkStatus
fill_nodes(const SpkHost *host, SpkDraft *draft, uint32_t t, double factor, const uint32_t *order,
		   const uint8_t *codes, const SpkModel *model, SpkTree *tree)
{
	const SpkDraftTree *from = &draft->trees[t];
	uint32_t			splits = 0;
	uint32_t			sets = 0;

	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		const SpkDraftNode *node = &from->nodes[order[i]];
		const SpkFeature   *feature = &model->features[node->feature];

		if (i % SPK_POLL_NODES == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		tree->nodes[i].flags = node->flags;
		if (node->flags & SPK_NODE_LEAF)
		{
			if (!(fabs(node->value * factor) <= FLT_MAX))
			{
				snprintf(draft->why, sizeof(draft->why),
						 "A leaf of tree %u is beyond the numbers of single precision.", t);
				return SPK_LIMIT;
			}
			tree->nodes[i].u.value = (float) (node->value * factor);
			continue;
		}

		/* in breadth-first order the children's places follow from how many splits there were */
		tree->nodes[i].u.left = 2 * splits++ + 1;
		tree->nodes[i].feature = node->feature;
		if ((node->flags & SPK_NODE_SET) == 0)
			tree->nodes[i].split = code_of(feature, node->value);
		else
		{
			tree->nodes[i].set = sets;
			tree->sets[sets++] = map_set(&from->sets[node->set], feature,
										 codes + node->feature * SPK_MAX_BINS);
		}
	}
	return SPK_OK;
}

static SpkStatus
make_tree(const SpkHost *host, SpkDraft *draft, uint32_t t, double factor, uint32_t *order,
		  const uint8_t *codes, const SpkModel *model, SpkTree *tree)
{
	uint32_t  n;
	SpkStatus status = order_nodes(host, draft, t, order, &n, &tree->n_sets);

	if (status != SPK_OK)
		return status;
	tree->n_nodes = n;
	if ((tree->nodes = spk_alloc(host, n, sizeof(*tree->nodes))) == NULL ||
		(tree->sets = spk_alloc(host, tree->n_sets, sizeof(*tree->sets))) == NULL)
		return SPK_NO_MEMORY;
	if (!spk_clear(host, tree->nodes, n * sizeof(*tree->nodes)))
		return SPK_CANCELLED;
	if ((status = fill_nodes(host, draft, t, factor, order, codes, model, tree)) == SPK_OK)
		set_covers(&draft->trees[t], order, tree);
	return status;
}

SpkStatus
spk_draft_check_trees(SpkDraft *draft)
{
	for (uint32_t t = 0; t < draft->n_trees; t++)
		if (draft->trees[t].n_nodes == 0)
		{
			snprintf(draft->why, sizeof(draft->why), "Tree %u has no nodes.", t);
			return SPK_CORRUPT;
		}
	if (draft->n_trees > 0 && draft->n_trees <= SPK_MAX_TREES)
		return SPK_OK;
	snprintf(draft->why, sizeof(draft->why), "There are %u trees, not 1 to %d.", draft->n_trees,
			 SPK_MAX_TREES);
	return draft->n_trees == 0 ? SPK_CORRUPT : SPK_LIMIT;
}

SpkStatus
spk_draft_make_trees(const SpkHost *host, SpkDraft *draft, const SpkDraftShare *share,
					 const uint8_t *codes, SpkModel *model)
{
	SpkStatus status = SPK_OK;
	uint32_t  n = 0;

	for (uint32_t t = 0; t < draft->n_trees; t++)
		n += spk_draft_has(share, t);
	if ((model->trees = spk_alloc(host, n, sizeof(SpkTree))) == NULL)
		return SPK_NO_MEMORY;
	memset(model->trees, 0, n * sizeof(SpkTree));
	model->n_trees = n;

	/* the trees of a share keep their order, in which their leaves are added up */
	n = 0;
	for (uint32_t t = 0; t < draft->n_trees && status == SPK_OK; t++)
	{
		uint32_t *order;

		if (!spk_draft_has(share, t))
			continue;
		order = spk_alloc(host, draft->trees[t].n_nodes, sizeof(*order));
		status = order == NULL ?
			SPK_NO_MEMORY :
			make_tree(host, draft, t, share->factor, order, codes, model, &model->trees[n++]);
		spk_release(host, order);
	}
	return status;
}
