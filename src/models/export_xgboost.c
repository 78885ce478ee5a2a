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
 * mean.  A blend of boosting adds up, too: to the trees of all parts, weighted.
 *
 * Groups of categories are told by the categories that are in them.
 */
#include "compat.h"

#include "miscadmin.h"
#include "utils/json.h"

#include "core/models/calibration.h"
#include "core/models/learner.h"
#include "models/export.h"
#include "models/export_xgboost_tree.h"

/* So many categories are listed at most, in all splits: a few hundred megabytes of text. */
#define MAX_TOLD 50000000

typedef struct Export
{
	const SpkModel	*model;
	SpkXgboostPiece *pieces;
	uint32			 n_pieces;
	uint32			 n_trees; /* of all pieces */
} Export;

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
	for (uint32 i = 0; feature->kind == SPK_CATEGORY && i < spk_n_categories(feature); i++)
		for (uint32 j = 0; j < feature->categories[i].len; j++)
			if ((unsigned char) feature->categories[i].name[j] >= 0x80)
				refuse(psprintf(
					"Feature \"%s\" has categories with letters beyond ASCII, which XGBoost cuts off.",
					feature->name));
}

/* The trees must not split times, or list too many categories; counts the splits of each feature. */
static void
check_trees(const SpkModel *model, uint32 *splits, uint64 *listed)
{
	for (uint32 t = 0; t < model->n_trees; t++)
		for (uint32 i = 0; i < model->trees[t].n_nodes; i++)
		{
			const SpkNode	 *node = &model->trees[t].nodes[i];
			const SpkFeature *feature = &model->features[node->feature];

			if (i % SPK_EXPORT_NODES == 0)
				CHECK_FOR_INTERRUPTS();
			if (node->flags & SPK_NODE_LEAF)
				continue;
			splits[node->feature]++;
			if (spk_kind_is_time(feature->kind))
				refuse(psprintf(
					"It splits \"%s\", which is a time, more finely than single precision can tell.",
					feature->name));
			if (node->flags == SPK_NODE_SET)
				*listed += spk_n_categories(feature);
			if (*listed > MAX_TOLD)
				refuse("Its splits have so many categories that the document would be too large.");
		}
}

/* A split of a feature gains an equal part of the feature's importance. */
static const float *
gains_of(const SpkModel *model, const uint32 *splits)
{
	float *gains = palloc0(Max(model->n_features, 1) * sizeof(float));

	for (uint32 f = 0; f < model->n_features; f++)
		if (splits[f] > 0)
			gains[f] = (float) (model->features[f].importance / splits[f]);
	return gains;
}

/* The model as trees that add up, or the reason why it is not. */
static void
take_apart(Export *ex, const SpkModel *model)
{
	uint32 *splits = palloc0(Max(model->n_features, 1) * sizeof(uint32));
	bool	blend = spk_has_parts(model->algorithm);
	uint64	listed = 0;

	*ex = (Export) {model, palloc0(Max(model->n_parts, 1) * sizeof(SpkXgboostPiece)),
					blend ? model->n_parts : 1};

	/* XGBoost has nothing behind the logistic function */
	if (spk_has_calibration(&model->options))
		refuse("Its probabilities are calibrated.");
	for (uint32 f = 0; f < model->n_features; f++)
		check_feature(&model->features[f]);
	for (uint32 i = 0; i < ex->n_pieces; i++)
	{
		const SpkModel *part = blend ? &model->parts[i].model : model;
		bool			mean = spk_learners[part->algorithm].answer == SPK_ANSWER_MEAN;

		if (!spk_has_trees(part->algorithm) || (blend && mean))
			refuse(blend ? psprintf("It is a blend, and the margin of its %s is no sum over trees.",
									spk_algorithm_name(part->algorithm)) :
						   "It has no trees.");
		check_trees(part, splits, &listed);
		ex->pieces[i].model = part;
		ex->pieces[i].factor = blend ? model->parts[i].weight : mean ? 1.0 / part->n_trees : 1;
		ex->n_trees += part->n_trees;
	}
	for (uint32 i = 0; i < ex->n_pieces; i++)
		ex->pieces[i].gains = gains_of(model, splits);
}

/* ---- Features ---- */

/* Appends the names of a feature's categories, as bytes and where each of them begins. */
static void
append_encoding(StringInfo buf, const SpkFeature *feature)
{
	uint32		n = feature->kind == SPK_CATEGORY ? spk_n_categories(feature) : 0;
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

	/* where the categories of each feature begin among those of all, and the order of each */
	appendStringInfoString(buf, "], \"feature_segments\": [0");
	for (uint32 f = 0; f < model->n_features; f++)
	{
		n += model->features[f].kind == SPK_CATEGORY ? spk_n_categories(&model->features[f]) : 0;
		appendStringInfo(buf, ",%u", n);
	}
	appendStringInfoString(buf, "], \"sorted_idx\": [");
	for (uint32 f = 0; f < model->n_features; f++)
		for (uint32 i = 0;
			 model->features[f].kind == SPK_CATEGORY && i < spk_n_categories(&model->features[f]);
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
append_trees(StringInfo buf, const Export *ex)
{
	uint32 id = 0;

	for (uint32 i = 0; i < ex->n_pieces; i++)
		for (uint32 t = 0; t < ex->pieces[i].model->n_trees; t++)
		{
			appendStringInfoString(buf, id > 0 ? ",\n" : "\n");
			spk_export_xgboost_tree(buf, &ex->pieces[i], &ex->pieces[i].model->trees[t], id++);
		}
}

static void
append_booster(StringInfo buf, const Export *ex)
{
	appendStringInfoString(buf, "\"gradient_booster\": {\"name\": \"gbtree\", \"model\": {");
	append_cats(buf, ex->model);
	appendStringInfo(
		buf,
		",\n\"gbtree_model_param\": {\"num_parallel_tree\": \"1\", \"num_trees\": \"%u\"}, \"iteration_indptr\": [0",
		ex->n_trees);
	for (uint32 t = 1; t <= ex->n_trees; t++)
		appendStringInfo(buf, ",%u", t);
	appendStringInfoString(buf, "], \"tree_info\": [");
	for (uint32 t = 0; t < ex->n_trees; t++)
		appendStringInfoString(buf, t > 0 ? ",0" : "0");
	appendStringInfoString(buf, "], \"trees\": [");
	append_trees(buf, ex);
	appendStringInfoString(buf, "]}}");
}

void
spk_export_xgboost(StringInfo buf, const SpkModel *model)
{
	Export ex;
	bool   logistic;

	take_apart(&ex, model);
	logistic = spk_learners[ex.pieces[0].model->algorithm].answer == SPK_ANSWER_LOGISTIC;
	appendStringInfo(
		buf,
		"{\"version\": [3, 1, 0], \"learner\": {\"attributes\": {\"sparkify_fingerprint\": \"%016llx\", \"sparkify_threshold\": \"%.17g\"},\n",
		(unsigned long long) model->fingerprint, model->threshold);
	append_features(buf, model);
	appendStringInfoString(buf, ",\n");
	append_booster(buf, &ex);
	appendStringInfo(
		buf,
		",\n\"learner_model_param\": {\"base_score\": \"%s\", \"boost_from_average\": \"0\", \"num_class\": \"0\", \"num_feature\": \"%u\", \"num_target\": \"1\"}",
		logistic ? "5E-1" : "0E0", model->n_features);
	appendStringInfo(
		buf,
		", \"objective\": {\"name\": \"%s\", \"reg_loss_param\": {\"scale_pos_weight\": \"1\"}}}}\n",
		logistic ? "binary:logistic" : "reg:squarederror");
}
