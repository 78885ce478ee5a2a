/*
 * model.c
 *	  Names of what is in a model; part of its formats.
 */
#include "model.h"

const char *const spk_kind_names[SPK_N_FEATURE_KINDS] = {
	[SPK_NUMBER] = "number",
	[SPK_TIME] = "time",
	[SPK_CATEGORY] = "category",
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
};
