/*
 * model_info.c
 *	  What a model says about itself: churn_info and churn_importance.
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"

#include "core/models/codec.h"
#include "core/models/learner.h"
#include "models/model_json.h"
#include "models/model_terms.h"
#include "models/model_type.h"
#include "models/options_json.h"
#include "host/args.h"

PG_FUNCTION_INFO_V1(churn_info);
PG_FUNCTION_INFO_V1(churn_importance);

/* Appends an object for each feature. */
static void
append_features(StringInfo buf, const SpkModel *model)
{
	bool permutation = spk_has_permutation(&model->options, model->algorithm);

	for (uint32 i = 0; i < model->n_features; i++)
	{
		const SpkFeature *feature = &model->features[i];

		appendStringInfoString(buf, i > 0 ? ", {\"name\": " : "{\"name\": ");
		escape_json(buf, feature->name);
		appendStringInfo(buf, ", \"kind\": \"%s\", \"bins\": %u, \"missing\": ",
						 spk_kind_names[feature->kind], feature->n_bins);
		if (spk_has_histograms(model))
			appendStringInfo(buf, "%u", feature->counts[feature->n_bins]);
		else
			appendStringInfoString(buf, "null");
		if (feature->n_grouped > 0)
			appendStringInfo(buf, ", \"categories\": %u", feature->n_grouped);
		spk_importance_to_json(buf, feature, permutation);
		appendStringInfoChar(buf, '}');
	}
}

/* Appends how many trees and nodes there are, and how deep the deepest tree is. */
static void
append_tree_figures(StringInfo buf, const SpkModel *model)
{
	uint64 nodes = 0;
	uint32 depth = 0;

	for (uint32 i = 0; i < model->n_trees; i++)
	{
		CHECK_FOR_INTERRUPTS();
		nodes += model->trees[i].n_nodes;
		depth = Max(depth, spk_tree_depth(&model->trees[i]));
	}
	appendStringInfo(buf, "\"trees\": %u, \"nodes\": " UINT64_FORMAT ", \"depth\": %u",
					 model->n_trees, nodes, depth);
}

static void append_inside(StringInfo buf, const SpkModel *model);

/* Appends each part of a blend with its weight, and what is inside of it. */
static void
append_parts(StringInfo buf, const SpkModel *model)
{
	appendStringInfoString(buf, "\"parts\": [");
	for (uint32 i = 0; i < model->n_parts; i++)
	{
		const SpkPart  *part = &model->parts[i];
		SpkNamedOptions named = spk_names_of_model(&part->model);

		appendStringInfo(buf, "%s{\"weight\": ", i > 0 ? ", " : "");
		spk_append_number(buf, part->weight);
		appendStringInfo(buf, ", \"algorithm\": \"%s\", \"options\": ",
						 spk_algorithm_name(part->model.algorithm));
		spk_options_to_json(buf, &part->model.options, part->model.algorithm, &named);
		appendStringInfoString(buf, ", \"facts\": ");
		spk_facts_to_json(buf, &part->model, false);
		appendStringInfoString(buf, ", ");
		append_inside(buf, &part->model);
		appendStringInfoChar(buf, '}');
	}
	appendStringInfoChar(buf, ']');
}

/* Appends members that tell of what the model predicts with. */
static void
append_inside(StringInfo buf, const SpkModel *model)
{
	if (spk_has_trees(model->algorithm))
		append_tree_figures(buf, model);
	else if (spk_has_parts(model->algorithm))
		append_parts(buf, model);
	else
		spk_append_terms(buf, model);
}

/* Appends how the threshold was chosen, and by which rows. */
static void
append_threshold_rule(StringInfo buf, const SpkModel *model)
{
	double		rule = model->facts[SPK_FACT_THRESHOLD_RULE];
	bool		held_out = rule == SPK_THRESHOLD_EXPECTED_F1;
	bool		chosen = rule == SPK_THRESHOLD_BEST_F1 || rule == SPK_THRESHOLD_AS_MANY || held_out;
	const char *rows = held_out				  ? "held_out" :
		isnan(model->facts[SPK_FACT_CV_ROWS]) ? "out_of_bag" :
												"out_of_fold";

	appendStringInfoString(buf, ", \"threshold_rule\": ");
	if (isnan(rule))
		appendStringInfoString(buf, "null");
	else
		appendStringInfo(buf, "\"%s\"", spk_threshold_rule_names[(int) rule]);
	appendStringInfoString(buf, ", \"threshold_rows\": ");
	if (chosen)
		appendStringInfo(buf, "\"%s\"", rows);
	else
		appendStringInfoString(buf, "null");
}

/* Appends the options of the training, or which program has trained the model by its own. */
static void
append_training(StringInfo buf, const SpkModel *model, const SpkNamedOptions *named)
{
	double from = model->facts[SPK_FACT_IMPORTED];

	appendStringInfoString(buf, ", \"options\": ");
	if (isnan(from))
		spk_options_to_json(buf, &model->options, model->algorithm, named);
	else
		appendStringInfo(buf, "{}, \"imported_from\": \"%s\"", spk_import_names[(int) from]);
}

Datum
churn_info(PG_FUNCTION_ARGS)
{
	SpkModel	   *model = spk_model_from_datum(PG_GETARG_DATUM(0), CurrentMemoryContext);
	SpkNamedOptions named = spk_names_of_model(model);
	StringInfoData	buf;

	initStringInfo(&buf);
	appendStringInfo(&buf, "{\"algorithm\": \"%s\", \"fingerprint\": \"%016llx\", \"threshold\": ",
					 spk_algorithm_name(model->algorithm), (unsigned long long) model->fingerprint);
	spk_append_number(&buf, model->threshold);
	append_threshold_rule(&buf, model);
	append_training(&buf, model, &named);
	appendStringInfoString(&buf, ", \"facts\": ");
	spk_facts_to_json(&buf, model, false);
	appendStringInfoString(&buf, ", \"features\": [");
	append_features(&buf, model);
	appendStringInfoString(&buf, "], ");
	append_inside(&buf, model);
	spk_calibration_to_json(&buf, model);
	spk_search_to_json(&buf, model);
	appendStringInfoChar(&buf, '}');
	PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(buf.data)));
}

/* Orders the most important first.  Names are unique, so that no two features are equal. */
static int
compare_importance(const void *a, const void *b)
{
	const SpkFeature *x = a;
	const SpkFeature *y = b;

	if (x->importance != y->importance)
		return x->importance > y->importance ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Puts importances of this kind, a word of the option importance, in place of those by impurity. */
static void
choose_importance(SpkModel *model, text *kind)
{
	double number;

	if (!spk_option_of_word(SPK_OPT_IMPORTANCE, VARDATA_ANY(kind), VARSIZE_ANY_EXHDR(kind),
							&number))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unrecognized kind of importance \"%s\"", text_to_cstring(kind)),
				 errhint("The kinds are: impurity, permutation.")));
	if (number == SPK_IMPORTANCE_IMPURITY)
		return;
	if (!spk_has_permutation(&model->options, model->algorithm))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("model holds no permutation importance"),
				 errhint("Train a random_forest with the option {\"importance\": \"permutation\"}.")));
	for (uint32 i = 0; i < model->n_features; i++)
		model->features[i].importance = model->features[i].permutation;
}

Datum
churn_importance(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"model", "kind"};
	FuncCallContext			*call;
	SpkModel				*model;

	if (SRF_IS_FIRSTCALL())
	{
		TupleDesc	  desc;
		MemoryContext old;

		spk_require_args(fcinfo, names, lengthof(names));
		call = SRF_FIRSTCALL_INIT();
		model = spk_model_from_datum(PG_GETARG_DATUM(0), call->multi_call_memory_ctx);
		choose_importance(model, PG_GETARG_TEXT_PP(1));
		qsort(model->features, model->n_features, sizeof(SpkFeature), compare_importance);

		/* the model and the descriptor must last from call to call */
		old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		call->tuple_desc = BlessTupleDesc(desc);
		call->user_fctx = model;
		call->max_calls = model->n_features;
		MemoryContextSwitchTo(old);
	}

	call = SRF_PERCALL_SETUP();
	model = call->user_fctx;
	if (call->call_cntr < call->max_calls)
	{
		const SpkFeature *feature = &model->features[call->call_cntr];
		Datum			  values[2];
		bool			  nulls[2] = {false, false};

		values[0] = CStringGetTextDatum(feature->name);
		values[1] = Float8GetDatum(feature->importance);
		SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
	}
	SRF_RETURN_DONE(call);
}
