/*
 * model_json.c
 *	From models to JSON text.
 *
 * Numbers are written in the shortest form that reads back exactly, so that a
 * model survives a dump as text bit for bit.
 */
#include "compat.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/json.h"

#include "core/models/blend.h"
#include "core/models/learner.h"
#include "core/models/terms.h"
#include "core/models/calibration.h"
#include "core/models/score_counts.h"
#include "models/model_json.h"
#include "models/options_json.h"

#define NODES_BETWEEN_POLLS 1024

void
spk_facts_to_json(StringInfo buf, const SpkModel *model, bool all)
{
	const char *separator = "";

	appendStringInfoChar(buf, '{');
	for (int i = 0; i < SPK_N_FACTS; i++)
		if (!isnan(model->facts[i]) &&
			(all || (i != SPK_FACT_THRESHOLD_RULE && i != SPK_FACT_IMPORTED)))
		{
			appendStringInfo(buf, "%s\"%s\": ", separator, spk_fact_names[i]);
			spk_append_number(buf, model->facts[i]);
			separator = ", ";
		}
	appendStringInfoChar(buf, '}');
}

static void
append_categories(StringInfo buf, const SpkFeature *feature)
{
	appendStringInfoString(buf, ", \"categories\": [");
	for (uint32 i = 0; i < spk_n_categories(feature); i++)
	{
		char *name = pnstrdup(feature->categories[i].name, feature->categories[i].len);

		if (i > 0)
			appendStringInfoString(buf, ", ");
		escape_json(buf, name);
		pfree(name);
	}
	appendStringInfoChar(buf, ']');
	if (feature->n_grouped == 0)
		return;
	appendStringInfoString(buf, ", \"groups\": [");
	for (uint32 i = 0; i < feature->n_grouped; i++)
		appendStringInfo(buf, i > 0 ? ", %u" : "%u", feature->groups[i]);
	appendStringInfoChar(buf, ']');
}

static void
append_edges(StringInfo buf, const SpkFeature *feature)
{
	appendStringInfoString(buf, ", \"edges\": [");
	for (uint32 i = 0; i + 1 < feature->n_bins; i++)
	{
		if (i > 0)
			appendStringInfoString(buf, ", ");
		spk_append_number(buf, feature->edges[i]);
	}
	appendStringInfoChar(buf, ']');
}

void
spk_importance_to_json(StringInfo buf, const SpkFeature *feature, bool permutation)
{
	appendStringInfoString(buf, ", \"importance\": ");
	spk_append_number(buf, feature->importance);
	if (permutation)
	{
		appendStringInfoString(buf, ", \"permutation\": ");
		spk_append_number(buf, feature->permutation);
	}
}

static void
append_feature(StringInfo buf, const SpkFeature *feature, bool permutation)
{
	appendStringInfoString(buf, "{\"name\": ");
	escape_json(buf, feature->name);
	appendStringInfo(buf, ", \"kind\": \"%s\"", spk_kind_names[feature->kind]);
	if (feature->kind == SPK_CATEGORY)
		append_categories(buf, feature);
	else
		append_edges(buf, feature);
	appendStringInfoString(buf, ", \"counts\": [");
	for (uint32 i = 0; i <= feature->n_bins; i++)
		appendStringInfo(buf, "%s%u", i > 0 ? ", " : "", feature->counts[i]);
	appendStringInfoChar(buf, ']');
	spk_importance_to_json(buf, feature, permutation);
	appendStringInfoChar(buf, '}');
}

static void
append_codes(StringInfo buf, const SpkCodeSet *set)
{
	const char *separator = "";

	appendStringInfoChar(buf, '[');
	for (int code = 0; code <= SPK_MISSING; code++)
		if (spk_set_has(set, (uint8) code))
		{
			appendStringInfo(buf, "%s%d", separator, code);
			separator = ",";
		}
	appendStringInfoChar(buf, ']');
}

static void
append_node(StringInfo buf, const SpkTree *tree, const SpkNode *node)
{
	appendStringInfoChar(buf, '[');
	if (node->flags & SPK_NODE_LEAF)
		spk_append_number(buf, node->u.value);
	else if (node->flags & SPK_NODE_SET)
	{
		appendStringInfo(buf, "%d,", node->feature);
		append_codes(buf, &tree->sets[node->set]);
	}
	else
		appendStringInfo(buf, "%d,%d,\"%s\"", node->feature, node->split,
						 (node->flags & SPK_NODE_MISSING_LEFT) ? "left" : "right");
	appendStringInfo(buf, ",%u]", node->cover);
}

static void
append_tree(StringInfo buf, const SpkTree *tree)
{
	appendStringInfoChar(buf, '[');
	for (uint32 i = 0; i < tree->n_nodes; i++)
	{
		if (i % NODES_BETWEEN_POLLS == 0)
			CHECK_FOR_INTERRUPTS();
		if (i > 0)
			appendStringInfoString(buf, ", ");
		append_node(buf, tree, &tree->nodes[i]);
	}
	appendStringInfoChar(buf, ']');
}

static void
append_trees(StringInfo buf, const SpkModel *model)
{
	appendStringInfoString(buf, "\"trees\": [");
	for (uint32 i = 0; i < model->n_trees; i++)
	{
		if (i > 0)
			appendStringInfoString(buf, ", ");
		append_tree(buf, &model->trees[i]);
	}
	appendStringInfoChar(buf, ']');
}

/* Appends an array of n numbers, each of which is step doubles behind the one before. */
static void
append_numbers(StringInfo buf, const double *numbers, uint32 n, uint32 step)
{
	appendStringInfoChar(buf, '[');
	for (uint32 i = 0; i < n; i++)
	{
		if (i > 0)
			appendStringInfoChar(buf, ',');
		spk_append_number(buf, numbers[i * step]);
	}
	appendStringInfoChar(buf, ']');
}

static void
append_terms(StringInfo buf, const SpkModel *model)
{
	const double *term = model->terms + SPK_INTERCEPT;

	appendStringInfoString(buf, "\"intercept\": ");
	append_numbers(buf, model->terms, SPK_INTERCEPT, 1);
	appendStringInfoString(buf, ", \"terms\": [");
	for (uint32 i = 0; i < model->n_features; i++)
	{
		uint32 n = spk_term_length(model, &model->features[i]);

		if (i > 0)
			appendStringInfoString(buf, ", ");
		append_numbers(buf, term, n, 1);
		term += n;
	}
	appendStringInfoChar(buf, ']');
}

/* Appends the weights of a blend's parts, and then each of these models. */
static void
append_parts(StringInfo buf, const SpkModel *model)
{
	appendStringInfoString(buf, "\"weights\": [");
	for (uint32 i = 0; i < model->n_parts; i++)
	{
		if (i > 0)
			appendStringInfoChar(buf, ',');
		spk_append_number(buf, model->parts[i].weight);
	}
	appendStringInfoString(buf, "], \"parts\": [");
	for (uint32 i = 0; i < model->n_parts; i++)
	{
		if (i > 0)
			appendStringInfoString(buf, ", ");
		spk_model_to_json(buf, &model->parts[i].model);
	}
	appendStringInfoChar(buf, ']');
}

void
spk_search_to_json(StringInfo buf, const SpkModel *model)
{
	if (!spk_is_searched(model))
		return;
	appendStringInfoString(buf, ", \"search\": [");
	for (uint32 i = 0; i < model->n_tried; i++)
	{
		const SpkTried		 *tried = &model->tried[i];
		const SpkNamedOptions none = {NULL}; /* candidates have no options with names */

		appendStringInfo(buf, "%s{\"algorithm\": \"%s\", \"options\": ", i > 0 ? ", " : "",
						 spk_algorithm_name(tried->algorithm));
		spk_options_to_json(buf, &tried->options, tried->algorithm, &none);
		appendStringInfo(buf, ", \"folds\": %u, \"log_loss\": ", tried->folds);
		spk_append_number(buf, tried->log_loss);
		appendStringInfoString(buf, ", \"auc\": ");
		spk_append_number(buf, tried->auc);
		appendStringInfoString(buf, ", \"weight\": ");
		spk_append_number(buf, tried->weight);
		appendStringInfoChar(buf, '}');
	}
	appendStringInfoChar(buf, ']');
}

void
spk_calibration_to_json(StringInfo buf, const SpkModel *model)
{
	const SpkCalibration *c = &model->calibration;

	if (model->options.value[SPK_OPT_CALIBRATE] == SPK_CALIBRATE_PLATT)
	{
		appendStringInfoString(buf, ", \"calibration\": {\"slope\": ");
		spk_append_number(buf, c->slope);
		appendStringInfoString(buf, ", \"intercept\": ");
		spk_append_number(buf, c->intercept);
		appendStringInfoChar(buf, '}');
	}
	else if (spk_has_calibration(&model->options))
	{
		appendStringInfoString(buf, ", \"calibration\": {\"scores\": ");
		append_numbers(buf, &c->points->score, c->n_points, 2);
		appendStringInfoString(buf, ", \"probabilities\": ");
		append_numbers(buf, &c->points->probability, c->n_points, 2);
		appendStringInfoChar(buf, '}');
	}
}

static void
append_scores(StringInfo buf, const SpkScoreCounts *scores)
{
	appendStringInfoString(buf, ", \"scores\": {\"edges\": [");
	for (uint32 i = 0; i + 1 < scores->n_bins; i++)
	{
		if (i > 0)
			appendStringInfoString(buf, ", ");
		spk_append_number(buf, scores->edges[i]);
	}
	appendStringInfoString(buf, "], \"counts\": [");
	for (uint32 i = 0; i < scores->n_bins; i++)
		appendStringInfo(buf, "%s%u", i > 0 ? ", " : "", scores->counts[i]);
	appendStringInfoString(buf, "]}");
}

void
spk_model_to_json(StringInfo buf, const SpkModel *model)
{
	bool			permutation = spk_has_permutation(&model->options, model->algorithm);
	SpkNamedOptions named = spk_names_of_model(model);

	appendStringInfo(buf, "{\"sparkify_model\": 1, \"algorithm\": \"%s\", \"threshold\": ",
					 spk_algorithm_name(model->algorithm));
	spk_append_number(buf, model->threshold);
	appendStringInfoString(buf, ", \"options\": ");
	spk_options_to_json(buf, &model->options, model->algorithm, &named);
	appendStringInfoString(buf, ", \"facts\": ");
	spk_facts_to_json(buf, model, true);
	appendStringInfoString(buf, ", \"features\": [");

	/* a feature can have hundreds of long names, so each is worth a look at interrupts */
	for (uint32 i = 0; i < model->n_features; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (i > 0)
			appendStringInfoString(buf, ", ");
		append_feature(buf, &model->features[i], permutation);
	}

	appendStringInfoString(buf, "], ");
	if (spk_has_trees(model->algorithm))
		append_trees(buf, model);
	else if (spk_has_parts(model->algorithm))
		append_parts(buf, model);
	else
		append_terms(buf, model);
	spk_calibration_to_json(buf, model);
	spk_search_to_json(buf, model);
	if (spk_has_scores(model))
		append_scores(buf, &model->scores);
	appendStringInfoChar(buf, '}');
}
