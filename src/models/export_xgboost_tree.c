/*
 * export_xgboost_tree.c
 *	  One tree as XGBoost has it: an array of each thing about nodes.
 */
#include "compat.h"

#include <float.h>
#include <math.h>

#include "common/shortest_dec.h"
#include "miscadmin.h"

#include "models/export_xgboost_tree.h"

/* ---- Numbers ---- */

/* Appends a number that readers do not take for an integer. */
static void
append_float(StringInfo buf, float value)
{
	char digits[FLOAT_SHORTEST_DECIMAL_LEN];

	float_to_shortest_decimal_buf(value, digits);
	appendStringInfoString(buf, digits);
	if (strpbrk(digits, ".e") == NULL)
		appendStringInfoString(buf, ".0");
}

/* The number of single precision below which is what the split sends left. */
static float
threshold_of(const SpkFeature *feature, const SpkNode *node)
{
	double edge;
	float  t;

	/* behind the last edge only missing values go right */
	if (node->split + 1u >= feature->n_bins)
		return FLT_MAX;
	edge = feature->edges[node->split];
	if (edge >= FLT_MAX)
		return FLT_MAX;
	t = edge <= -FLT_MAX ? -FLT_MAX : (float) edge;
	return t > edge ? t : nextafterf(t, FLT_MAX);
}

/* ---- Trees ---- */

/* What is told about one node of a tree, in an array of its own. */
typedef void (*AppendNode)(StringInfo buf, const SpkXgboostPiece *piece, const SpkTree *tree,
						   const SpkNode *node);

static inline bool
is_leaf(const SpkNode *node)
{
	return (node->flags & SPK_NODE_LEAF) != 0;
}

/* The value of a leaf, so that the leaves of all trees add up to the model's answer. */
static float
leaf_of(const SpkXgboostPiece *piece, const SpkNode *node)
{
	return (float) ((double) node->u.value * piece->factor);
}

static void
append_weight(StringInfo buf, const SpkXgboostPiece *piece, const SpkTree *tree,
			  const SpkNode *node)
{
	append_float(buf, is_leaf(node) ? leaf_of(piece, node) : 0);
}

static void
append_default_left(StringInfo buf, const SpkXgboostPiece *piece, const SpkTree *tree,
					const SpkNode *node)
{
	bool left = node->flags == SPK_NODE_MISSING_LEFT ||
		(node->flags == SPK_NODE_SET && spk_set_has(&tree->sets[node->set], SPK_MISSING));

	appendStringInfoChar(buf, left ? '1' : '0');
}

static void
append_left(StringInfo buf, const SpkXgboostPiece *piece, const SpkTree *tree, const SpkNode *node)
{
	appendStringInfo(buf, "%d", is_leaf(node) ? -1 : (int) node->u.left);
}

static void
append_right(StringInfo buf, const SpkXgboostPiece *piece, const SpkTree *tree, const SpkNode *node)
{
	appendStringInfo(buf, "%d", is_leaf(node) ? -1 : (int) node->u.left + 1);
}

static void
append_gain(StringInfo buf, const SpkXgboostPiece *piece, const SpkTree *tree, const SpkNode *node)
{
	append_float(buf, is_leaf(node) ? 0 : piece->gains[node->feature]);
}

static void
append_condition(StringInfo buf, const SpkXgboostPiece *piece, const SpkTree *tree,
				 const SpkNode *node)
{
	if (is_leaf(node))
		append_float(buf, leaf_of(piece, node));
	else if (node->flags == SPK_NODE_SET)
		append_float(buf, 0);
	else
		append_float(buf, threshold_of(&piece->model->features[node->feature], node));
}

static void
append_index(StringInfo buf, const SpkXgboostPiece *piece, const SpkTree *tree, const SpkNode *node)
{
	appendStringInfo(buf, "%d", is_leaf(node) ? 0 : node->feature);
}

static void
append_type(StringInfo buf, const SpkXgboostPiece *piece, const SpkTree *tree, const SpkNode *node)
{
	appendStringInfoChar(buf, node->flags == SPK_NODE_SET ? '1' : '0');
}

static void
append_hessian(StringInfo buf, const SpkXgboostPiece *piece, const SpkTree *tree,
			   const SpkNode *node)
{
	append_float(buf, (float) node->cover);
}

static const struct
{
	const char *key;
	AppendNode	append;
} members[] = {
	{"base_weights", append_weight}, {"default_left", append_default_left},
	{"left_children", append_left},	 {"right_children", append_right},
	{"loss_changes", append_gain},	 {"split_conditions", append_condition},
	{"split_indices", append_index}, {"split_type", append_type},
	{"sum_hessian", append_hessian},
};

/* Appends the array of who is the parent of each node; the root's is no node. */
static void
append_parents(StringInfo buf, const SpkTree *tree)
{
	appendStringInfoString(buf, "\"parents\": [2147483647");
	for (uint32 i = 0; i < tree->n_nodes; i++)
	{
		if (i % SPK_EXPORT_NODES == 0)
			CHECK_FOR_INTERRUPTS();
		/* children stand in the order of their parents */
		if (!is_leaf(&tree->nodes[i]))
			appendStringInfo(buf, ",%u,%u", i, i);
	}
	appendStringInfoChar(buf, ']');
}

/*
 * Appends the categories that a split sends right, and counts them in *n.  XGBoost wants one
 * at least, so that where only missing values go right it gets one that there is not.
 */
static void
append_right_set(StringInfo buf, const SpkFeature *feature, const SpkCodeSet *set, uint32 *n)
{
	uint32 before = *n;

	for (uint32 place = 0; place < spk_n_categories(feature); place++)
	{
		uint8 code = feature->n_grouped > 0 ? feature->groups[place] : (uint8) place;

		if (!spk_set_has(set, code))
			appendStringInfo(buf, "%s%u", (*n)++ > 0 ? "," : "", place);
	}
	if (*n == before)
		appendStringInfo(buf, "%s%u", (*n)++ > 0 ? "," : "", spk_n_categories(feature));
}

/* Appends which categories go right, and of which nodes: a range of the list for each. */
static void
append_sets(StringInfo buf, const SpkXgboostPiece *piece, const SpkTree *tree)
{
	StringInfoData nodes;
	StringInfoData starts;
	StringInfoData sizes;
	uint32		   n = 0;
	uint32		   start = 0;

	initStringInfo(&nodes);
	initStringInfo(&starts);
	initStringInfo(&sizes);
	/* one list has the categories of all splits, three others say which are whose */
	appendStringInfoString(buf, "\"categories\": [");
	for (uint32 i = 0; i < tree->n_nodes; i++)
	{
		const SpkNode *node = &tree->nodes[i];
		const char	  *comma = nodes.len > 0 ? "," : "";

		if (node->flags != SPK_NODE_SET)
			continue;
		CHECK_FOR_INTERRUPTS();
		append_right_set(buf, &piece->model->features[node->feature], &tree->sets[node->set], &n);
		appendStringInfo(&nodes, "%s%u", comma, i);
		appendStringInfo(&starts, "%s%u", comma, start);
		appendStringInfo(&sizes, "%s%u", comma, n - start);
		start = n;
	}
	appendStringInfo(
		buf,
		"], \"categories_nodes\": [%s], \"categories_segments\": [%s], \"categories_sizes\": [%s]",
		nodes.data, starts.data, sizes.data);
	pfree(nodes.data);
	pfree(starts.data);
	pfree(sizes.data);
}

void
spk_export_xgboost_tree(StringInfo buf, const SpkXgboostPiece *piece, const SpkTree *tree,
						uint32 id)
{
	appendStringInfo(buf, "{\"id\": %u, ", id);
	for (int m = 0; m < lengthof(members); m++)
	{
		appendStringInfo(buf, "\"%s\": [", members[m].key);
		for (uint32 i = 0; i < tree->n_nodes; i++)
		{
			if (i % SPK_EXPORT_NODES == 0)
				CHECK_FOR_INTERRUPTS();
			if (i > 0)
				appendStringInfoChar(buf, ',');
			members[m].append(buf, piece, tree, &tree->nodes[i]);
		}
		appendStringInfoString(buf, "], ");
	}
	append_parents(buf, tree);
	appendStringInfoString(buf, ", ");
	append_sets(buf, piece, tree);
	appendStringInfo(
		buf,
		", \"tree_param\": {\"num_deleted\": \"0\", \"num_feature\": \"%u\", \"num_nodes\": \"%u\", \"size_leaf_vector\": \"1\"}}",
		piece->model->n_features, tree->n_nodes);
}
