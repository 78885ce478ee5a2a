/*
 * model.c
 *	  The names that models have in their formats, and small functions about models.
 */
#include <string.h>

#include "core/models/model.h"

const char *const spk_kind_names[SPK_N_FEATURE_KINDS] = {
	[SPK_NUMBER] = "number",
	[SPK_TIME] = "time",
	[SPK_CATEGORY] = "category",
	[SPK_INSTANT] = "instant",
};

const char *const spk_fact_names[SPK_N_FACTS] = {
	[SPK_FACT_ROWS] = "rows",
	[SPK_FACT_POSITIVES] = "positives",
	[SPK_FACT_SKIPPED] = "skipped",
	[SPK_FACT_OOB_ROWS] = "oob_rows",
	[SPK_FACT_OOB_AUC] = "oob_auc",
	[SPK_FACT_OOB_LOG_LOSS] = "oob_log_loss",
	[SPK_FACT_OOB_F1] = "oob_f1",
	[SPK_FACT_OOB_WEIGHTED_F1] = "oob_weighted_f1",
	[SPK_FACT_OOB_MACRO_F1] = "oob_macro_f1",
	[SPK_FACT_ITERATIONS] = "iterations",
	[SPK_FACT_CONVERGED] = "converged",
	[SPK_FACT_GRADIENT] = "gradient",
	[SPK_FACT_DEVIANCE] = "deviance",
	[SPK_FACT_SEPARATED] = "separated",
	[SPK_FACT_CV_ROWS] = "cv_rows",
	[SPK_FACT_CV_AUC] = "cv_auc",
	[SPK_FACT_CV_LOG_LOSS] = "cv_log_loss",
	[SPK_FACT_CV_F1] = "cv_f1",
	[SPK_FACT_CV_WEIGHTED_F1] = "cv_weighted_f1",
	[SPK_FACT_CV_MACRO_F1] = "cv_macro_f1",
	[SPK_FACT_THRESHOLD_RULE] = "threshold_rule",
	[SPK_FACT_WEIGHT] = "weight",
	[SPK_FACT_POSITIVE_WEIGHT] = "positive_weight",
	[SPK_FACT_WEIGHT_UNIT] = "weight_unit",
	[SPK_FACT_UNWEIGHTED] = "unweighted",
	[SPK_FACT_CANDIDATES] = "candidates",
	[SPK_FACT_SEARCHED_ROWS] = "searched_rows",
	[SPK_FACT_IMPORTED] = "imported",
	[SPK_FACT_SCORED_ROWS] = "scored_rows",
	[SPK_FACT_CHOSEN_DEPTH] = "chosen_depth",
	[SPK_FACT_BASE_LOG_LOSS] = "base_log_loss",
	[SPK_FACT_SHALLOW_LOG_LOSS] = "shallow_log_loss",
	[SPK_FACT_DEEP_LOG_LOSS] = "deep_log_loss",
	[SPK_FACT_UNSAMPLED] = "unsampled",
};

const char *const spk_import_names[SPK_N_IMPORT_FROM] = {
	[SPK_FROM_LIGHTGBM] = "lightgbm",
	[SPK_FROM_XGBOOST] = "xgboost",
};

const char *const spk_import_titles[SPK_N_IMPORT_FROM] = {
	[SPK_FROM_LIGHTGBM] = "LightGBM",
	[SPK_FROM_XGBOOST] = "XGBoost",
};

const char *const spk_threshold_rule_names[SPK_N_THRESHOLD_RULES] = {
	[SPK_THRESHOLD_HALF] = "half",
	[SPK_THRESHOLD_BEST_F1] = "best_f1",
	[SPK_THRESHOLD_AS_MANY] = "as_many_as_left",
	[SPK_THRESHOLD_GIVEN] = "given",
	[SPK_THRESHOLD_EXPECTED_F1] = "expected_f1",
};

void
spk_feature_release(const SpkHost *host, SpkFeature *feature)
{
	spk_release(host, (void *) feature->name);
	spk_release(host, feature->edges);
	spk_release(host, feature->categories);
	spk_release(host, feature->groups);
	spk_release(host, feature->counts);
	memset(feature, 0, sizeof(*feature));
}

/* Nodes come level by level, and a level ends with the children of the level before. */
uint32_t
spk_tree_depth(const SpkTree *tree)
{
	uint32_t depth = 0;
	uint32_t level_end = 1;
	uint32_t splits = 0;

	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		if (i == level_end)
		{
			depth++;
			level_end = 2 * splits + 1;
		}
		if ((tree->nodes[i].flags & SPK_NODE_LEAF) == 0)
			splits++;
	}
	return depth;
}

const char *
spk_rules_fault(const SpkModel *model)
{
	double	 n_groups = model->options.value[SPK_OPT_INTERACTIONS];
	uint64_t all = n_groups == SPK_MAX_GROUPS ? UINT64_MAX : (UINT64_C(1) << (int) n_groups) - 1;
	uint64_t found = 0;
	double	 n_monotone = 0;

	for (uint32_t f = 0; f < model->n_features; f++)
	{
		const SpkFeature *feature = &model->features[f];

		if (feature->rule.monotone != 0 && feature->kind == SPK_CATEGORY)
			return "A category is monotone";
		n_monotone += feature->rule.monotone != 0;
		found |= feature->rule.groups;
	}
	if (n_monotone != model->options.value[SPK_OPT_MONOTONE])
		return "Other features are monotone than the option counts";
	return found == all ? NULL : "The groups of features are not those that the option counts";
}
