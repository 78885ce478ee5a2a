/*
 * export_xgboost.c
 *	  Models as the JSON that XGBoost's Booster.load_model reads.
 *
 * XGBoost compares numbers of single precision: x < t goes left.  Ours are doubles, and
 * x <= edge goes left.  The least number of single precision above the edge, as t, parts
 * all numbers of single precision as the edge does; other doubles are rounded first, and
 * may go elsewhere when they are that near to an edge.
 *
 * Boosting is told as a logistic regression of the labels, without a margin to begin with.
 * A forest, whose leaves are shares of churn, is a regression whose trees add up to their
 * mean.
 */
#include "compat.h"

#include <float.h>
#include <math.h>

#include "common/shortest_dec.h"
#include "miscadmin.h"
#include "utils/json.h"

#include "core/models/calibration.h"
#include "core/models/learner.h"
#include "models/export.h"

#define NODES_PER_LOOK 1024

/* ---- What cannot be told ---- */

static void
refuse(const char *why)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("this model cannot be exported to XGBoost"),
			 errdetail_internal("%s", why),
			 errhint("Export it as \"python\".")));
}

/* XGBoost allows no such letters in names, and cuts categories off that are not ASCII. */
static void
check_feature(const SpkFeature *feature)
{
	if (strpbrk(feature->name, "[]<") != NULL)
		refuse(
			psprintf("The name of feature \"%s\" has a letter that XGBoost does not allow there.",
					 feature->name));
	for (uint32 i = 0; feature->kind == SPK_CATEGORY && i < feature->n_bins; i++)
		for (uint32 j = 0; j < feature->categories[i].len; j++)
			if ((unsigned char) feature->categories[i].name[j] >= 0x80)
				refuse(psprintf(
					"Feature \"%s\" has categories with letters beyond ASCII, which XGBoost cuts off.",
					feature->name));
}

static void
check_model(const SpkModel *model)
{
	if (!spk_has_trees(model->algorithm))
		refuse("It has no trees.");
	if (spk_has_calibration(&model->options))
		refuse("Its probabilities are calibrated.");
	for (uint32 f = 0; f < model->n_features; f++)
		check_feature(&model->features[f]);
	for (uint32 t = 0; t < model->n_trees; t++)
		for (uint32 i = 0; i < model->trees[t].n_nodes; i++)
		{
			const SpkNode	 *node = &model->trees[t].nodes[i];
			const SpkFeature *feature = &model->features[node->feature];

			if (i % NODES_PER_LOOK == 0)
				CHECK_FOR_INTERRUPTS();
			if (!(node->flags & SPK_NODE_LEAF) && spk_kind_is_time(feature->kind))
				refuse(psprintf(
					"It splits \"%s\", which is a time, more finely than single precision can tell.",
					feature->name));
		}
}

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
typedef void (*AppendNode)(StringInfo buf, const SpkModel *model, const SpkTree *tree,
						   const SpkNode *node);

static inline bool
is_leaf(const SpkNode *node)
{
	return (node->flags & SPK_NODE_LEAF) != 0;
}

/* The value of a leaf, so that the leaves of all trees add up to the model's answer. */
static float
leaf_of(const SpkModel *model, const SpkNode *node)
{
	if (spk_learners[model->algorithm].answer == SPK_ANSWER_MEAN)
		return (float) ((double) node->u.value / model->n_trees);
	return node->u.value;
}

static void
append_weight(StringInfo buf, const SpkModel *model, const SpkTree *tree, const SpkNode *node)
{
	append_float(buf, is_leaf(node) ? leaf_of(model, node) : 0);
}

static void
append_default_left(StringInfo buf, const SpkModel *model, const SpkTree *tree, const SpkNode *node)
{
	bool left = node->flags == SPK_NODE_MISSING_LEFT ||
		(node->flags == SPK_NODE_SET && spk_set_has(&tree->sets[node->set], SPK_MISSING));

	appendStringInfoChar(buf, left ? '1' : '0');
}

static void
append_left(StringInfo buf, const SpkModel *model, const SpkTree *tree, const SpkNode *node)
{
	appendStringInfo(buf, "%d", is_leaf(node) ? -1 : (int) node->u.left);
}

static void
append_right(StringInfo buf, const SpkModel *model, const SpkTree *tree, const SpkNode *node)
{
	appendStringInfo(buf, "%d", is_leaf(node) ? -1 : (int) node->u.left + 1);
}

static void
append_gain(StringInfo buf, const SpkModel *model, const SpkTree *tree, const SpkNode *node)
{
	appendStringInfoString(buf, "0.0");
}

static void
append_condition(StringInfo buf, const SpkModel *model, const SpkTree *tree, const SpkNode *node)
{
	if (is_leaf(node))
		append_float(buf, leaf_of(model, node));
	else if (node->flags == SPK_NODE_SET)
		append_float(buf, 0);
	else
		append_float(buf, threshold_of(&model->features[node->feature], node));
}

static void
append_index(StringInfo buf, const SpkModel *model, const SpkTree *tree, const SpkNode *node)
{
	appendStringInfo(buf, "%d", is_leaf(node) ? 0 : node->feature);
}

static void
append_type(StringInfo buf, const SpkModel *model, const SpkTree *tree, const SpkNode *node)
{
	appendStringInfoChar(buf, node->flags == SPK_NODE_SET ? '1' : '0');
}

static void
append_hessian(StringInfo buf, const SpkModel *model, const SpkTree *tree, const SpkNode *node)
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
		if (i % NODES_PER_LOOK == 0)
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
append_right_set(StringInfo buf, uint32 n_bins, const SpkCodeSet *set, uint32 *n)
{
	uint32 before = *n;

	for (uint32 code = 0; code < n_bins; code++)
		if (!spk_set_has(set, (uint8) code))
			appendStringInfo(buf, "%s%u", (*n)++ > 0 ? "," : "", code);
	if (*n == before)
		appendStringInfo(buf, "%s%u", (*n)++ > 0 ? "," : "", n_bins);
}

/* Appends which categories go right, and of which nodes: a range of the list for each. */
static void
append_sets(StringInfo buf, const SpkModel *model, const SpkTree *tree)
{
	StringInfoData nodes;
	StringInfoData starts;
	StringInfoData sizes;
	uint32		   n = 0;
	uint32		   start = 0;

	initStringInfo(&nodes);
	initStringInfo(&starts);
	initStringInfo(&sizes);
	appendStringInfoString(buf, "\"categories\": [");
	for (uint32 i = 0; i < tree->n_nodes; i++)
	{
		const SpkNode *node = &tree->nodes[i];
		const char	  *comma = nodes.len > 0 ? "," : "";

		if (node->flags != SPK_NODE_SET)
			continue;
		append_right_set(buf, model->features[node->feature].n_bins, &tree->sets[node->set], &n);
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

static void
append_tree(StringInfo buf, const SpkModel *model, uint32 t)
{
	const SpkTree *tree = &model->trees[t];

	appendStringInfo(buf, "{\"id\": %u, ", t);
	for (int m = 0; m < lengthof(members); m++)
	{
		appendStringInfo(buf, "\"%s\": [", members[m].key);
		for (uint32 i = 0; i < tree->n_nodes; i++)
		{
			if (i % NODES_PER_LOOK == 0)
				CHECK_FOR_INTERRUPTS();
			if (i > 0)
				appendStringInfoChar(buf, ',');
			members[m].append(buf, model, tree, &tree->nodes[i]);
		}
		appendStringInfoString(buf, "], ");
	}
	append_parents(buf, tree);
	appendStringInfoString(buf, ", ");
	append_sets(buf, model, tree);
	appendStringInfo(
		buf,
		", \"tree_param\": {\"num_deleted\": \"0\", \"num_feature\": \"%u\", \"num_nodes\": \"%u\", \"size_leaf_vector\": \"1\"}}",
		model->n_features, tree->n_nodes);
}

/* ---- Features ---- */

/* Appends the names of a feature's categories, as bytes and where each of them begins. */
static void
append_encoding(StringInfo buf, const SpkFeature *feature)
{
	uint32		n = feature->kind == SPK_CATEGORY ? feature->n_bins : 0;
	uint32		offset = 0;
	const char *comma = "";

	appendStringInfoString(buf, n > 0 ? "{\"offsets\": [0" : "{\"offsets\": [");
	for (uint32 i = 0; i < n; i++)
	{
		offset += feature->categories[i].len;
		appendStringInfo(buf, ",%u", offset);
	}
	appendStringInfoString(buf, "], \"values\": [");
	for (uint32 i = 0; i < n; i++)
		for (uint32 j = 0; j < feature->categories[i].len; j++)
		{
			appendStringInfo(buf, "%s%d", comma, feature->categories[i].name[j]);
			comma = ",";
		}
	appendStringInfoString(buf, "]}");
}

/* Appends all categories.  Ours are sorted by their bytes, so that their order is known. */
static void
append_cats(StringInfo buf, const SpkModel *model)
{
	const char *comma = "";
	uint32		n = 0;

	appendStringInfoString(buf, "\"cats\": {\"enc\": [");
	for (uint32 f = 0; f < model->n_features; f++)
	{
		CHECK_FOR_INTERRUPTS();
		appendStringInfoString(buf, f > 0 ? ", " : "");
		append_encoding(buf, &model->features[f]);
	}
	appendStringInfoString(buf, "], \"feature_segments\": [0");
	for (uint32 f = 0; f < model->n_features; f++)
	{
		n += model->features[f].kind == SPK_CATEGORY ? model->features[f].n_bins : 0;
		appendStringInfo(buf, ",%u", n);
	}
	appendStringInfoString(buf, "], \"sorted_idx\": [");
	for (uint32 f = 0; f < model->n_features; f++)
		for (uint32 i = 0; model->features[f].kind == SPK_CATEGORY && i < model->features[f].n_bins;
			 i++)
		{
			appendStringInfo(buf, "%s%u", comma, i);
			comma = ",";
		}
	appendStringInfoString(buf, "]}");
}

static void
append_features(StringInfo buf, const SpkModel *model)
{
	appendStringInfoString(buf, "\"feature_names\": [");
	for (uint32 f = 0; f < model->n_features; f++)
	{
		appendStringInfoString(buf, f > 0 ? ", " : "");
		escape_json(buf, model->features[f].name);
	}
	appendStringInfoString(buf, "], \"feature_types\": [");
	for (uint32 f = 0; f < model->n_features; f++)
		appendStringInfo(buf, "%s\"%s\"", f > 0 ? ", " : "",
						 model->features[f].kind == SPK_CATEGORY ? "c" : "float");
	appendStringInfoChar(buf, ']');
}

/* ---- The whole ---- */

static void
append_booster(StringInfo buf, const SpkModel *model)
{
	appendStringInfoString(buf, "\"gradient_booster\": {\"name\": \"gbtree\", \"model\": {");
	append_cats(buf, model);
	appendStringInfo(
		buf,
		",\n\"gbtree_model_param\": {\"num_parallel_tree\": \"1\", \"num_trees\": \"%u\"}, \"iteration_indptr\": [0",
		model->n_trees);
	for (uint32 t = 1; t <= model->n_trees; t++)
		appendStringInfo(buf, ",%u", t);
	appendStringInfoString(buf, "], \"tree_info\": [");
	for (uint32 t = 0; t < model->n_trees; t++)
		appendStringInfoString(buf, t > 0 ? ",0" : "0");
	appendStringInfoString(buf, "], \"trees\": [");
	for (uint32 t = 0; t < model->n_trees; t++)
	{
		appendStringInfoString(buf, t > 0 ? ",\n" : "\n");
		append_tree(buf, model, t);
	}
	appendStringInfoString(buf, "]}}");
}

void
spk_export_xgboost(StringInfo buf, const SpkModel *model)
{
	bool logistic = spk_learners[model->algorithm].answer == SPK_ANSWER_LOGISTIC;

	check_model(model);
	appendStringInfo(
		buf,
		"{\"version\": [3, 1, 0], \"learner\": {\"attributes\": {\"sparkify_fingerprint\": \"%016llx\", \"sparkify_threshold\": \"%.17g\"},\n",
		(unsigned long long) model->fingerprint, model->threshold);
	append_features(buf, model);
	appendStringInfoString(buf, ",\n");
	append_booster(buf, model);
	appendStringInfo(
		buf,
		",\n\"learner_model_param\": {\"base_score\": \"%s\", \"boost_from_average\": \"0\", \"num_class\": \"0\", \"num_feature\": \"%u\", \"num_target\": \"1\"}",
		logistic ? "5E-1" : "0E0", model->n_features);
	appendStringInfo(
		buf,
		", \"objective\": {\"name\": \"%s\", \"reg_loss_param\": {\"scale_pos_weight\": \"1\"}}}}\n",
		logistic ? "binary:logistic" : "reg:squarederror");
}
