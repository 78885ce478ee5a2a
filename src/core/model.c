/*
 * model.c
 *	  Names that a model is stored under.
 */
#include "model.h"

const char *const spk_fact_names[SPK_N_FACTS] = {
	[SPK_FACT_ROWS] = "rows",
	[SPK_FACT_POSITIVES] = "positives",
	[SPK_FACT_SKIPPED] = "skipped",
};
