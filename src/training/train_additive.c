/*
 * train_additive.c
 *	  Training of models without trees.
 */
#include "compat.h"

#include "core/linear/bayes.h"
#include "core/linear/columns.h"
#include "core/linear/logistic.h"
#include "host/pg_host.h"
#include "rows/row_store.h"
#include "training/train_additive.h"
#include "host/memory_limit.h"

void
spk_check_columns(const SpkModel *model)
{
	uint32		n;

	if (model->algorithm != SPK_LOGISTIC_REGRESSION)
		return;
	n = spk_count_columns(model);
	if (n > SPK_MAX_COLUMNS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the features make %u columns of a logistic regression, more than %d",
						n, SPK_MAX_COLUMNS),
				 errdetail("Each category of a feature is a column."),
				 errhint("Leave features with many categories out, or use another algorithm.")));
}

void
spk_tell_of_fit(const SpkModel *model)
{
	if (model->facts[SPK_FACT_SEPARATED] > 0)
		ereport(NOTICE,
				(errmsg("logistic regression found rows whose label follows from their features without error"),
				 errdetail("Some weights have no end and were left where the fit no longer changed; their standard errors are huge."),
				 errhint("Set option \"l2\" to a number greater than 0, or look for a feature that gives the label away.")));
	else if (model->facts[SPK_FACT_CONVERGED] == 0)
		ereport(NOTICE,
				(errmsg("logistic regression did not converge"),
				 errdetail("Iterations: %.0f.", model->facts[SPK_FACT_ITERATIONS]),
				 errhint("Raise option \"max_iter\" or \"l2\".")));
}

/* The rows are held twice until they are copied, then once beside the fit. */
static void
check_memory(const SpkTable *table, const SpkModel *model)
{
	uint64		rows = spk_values_size(table->n_rows, table->n_columns);
	uint64		copying = spk_table_size(table) + rows + spk_values_work_size(table->n_rows);
	uint64		fitting = rows;

	if (model->algorithm == SPK_LOGISTIC_REGRESSION)
		fitting += spk_logistic_size(spk_count_columns(model));
	spk_check_training_memory(Max(copying, fitting), table->n_rows, table->n_columns);
}

void
spk_fit_additive(const SpkHost *host, SpkTable *table, SpkModel *model)
{
	bool		logistic = model->algorithm == SPK_LOGISTIC_REGRESSION;
	SpkValues	rows;

	model->threshold = 0.5;
	spk_check_columns(model);
	check_memory(table, model);
	spk_check(spk_values_new(host, table, model->features, &rows), "training set", NULL);
	spk_table_release(table);
	spk_check(logistic ? spk_logistic_fit(host, &rows, model) : spk_bayes_fit(host, &rows, model),
			  "training set", NULL);
	spk_values_release(host, &rows);
	if (logistic)
		spk_tell_of_fit(model);
}
