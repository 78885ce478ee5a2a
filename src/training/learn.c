/*
 * learn.c
 *	  Fitting a model to collected rows, by whatever algorithm it has.
 */
#include "compat.h"

#include "core/judging/threshold.h"
#include "core/linear/logistic.h"
#include "core/models/learner.h"
#include "core/rows/binning.h"
#include "core/rows/users.h"
#include "core/rows/values.h"
#include "core/trees/statistics.h"
#include "host/memory_limit.h"
#include "host/pg_host.h"
#include "rows/row_store.h"
#include "training/affordability.h"
#include "training/learn.h"
#include "training/train_boost.h"
#include "training/train_forest.h"

void
spk_learn_check_columns(const SpkModel *model)
{
	const SpkLearner *learner = &spk_learners[model->algorithm];
	uint32			  n;

	if (learner->count_columns == NULL)
		return;
	n = learner->count_columns(model);
	if (n > SPK_MAX_COLUMNS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the features make %u columns of a %s, more than %d", n, learner->title, SPK_MAX_COLUMNS),
				 errdetail("Each category of a feature is a column."),
				 errhint("Leave features with many categories out, or use another algorithm.")));
}

void
spk_learn_tell_of_fit(const SpkModel *model)
{
	const char *title = spk_learners[model->algorithm].title;

	if (model->facts[SPK_FACT_SEPARATED] > 0)
		ereport(NOTICE,
				(errmsg("%s found rows whose label follows from their features without error", title),
				 errdetail("Some weights have no end and were left where the fit no longer changed; their standard errors are huge."),
				 errhint("Set option \"l2\" to a number greater than 0, or look for a feature that gives the label away.")));
	else if (model->facts[SPK_FACT_CONVERGED] == 0)
		ereport(NOTICE,
				(errmsg("%s did not converge", title),
				 errdetail("Iterations: %.0f.", model->facts[SPK_FACT_ITERATIONS]),
				 errhint("Raise option \"max_iter\" or \"l2\".")));
}

/* ---- Without workers ---- */

static uint64
work_size(const SpkModel *model, uint32 n_rows)
{
	const SpkLearner *learner = &spk_learners[model->algorithm];

	return learner->work_size == NULL ? 0 : learner->work_size(model, n_rows);
}

/* The rows are held twice while they are copied, and then once beside the fit. */
static void
fit_values(const SpkHost *host, SpkTable *table, SpkModel *model)
{
	uint64	  size = spk_table_values_size(table);
	uint64	  copying = spk_table_size(table) + size + spk_values_work_size(table->n_rows);
	uint64	  fitting = size + work_size(model, table->n_rows);
	SpkValues rows;

	spk_learn_check_columns(model);
	spk_memory_check_training(Max(copying, fitting), table->n_rows, table->n_columns);
	spk_check(spk_values_new(host, table, model->features, &rows), "training set", NULL);
	spk_table_release(table);
	spk_check(spk_learners[model->algorithm].fit_values(host, &rows, model), "training set", NULL);
	spk_values_release(host, &rows);
}

static void
fit_codes(const SpkHost *host, SpkTable *table, SpkModel *model)
{
	SpkMatrix rows = spk_table_shape(table, model->features);
	bool	  users = table->groups != NULL && spk_orders_users(model);
	uint8	 *codes;
	uint32	 *numbers = NULL;

	spk_check_fit_memory(model, &rows, table);
	codes = spk_must_alloc(host, rows.n_rows, rows.stride, "training set");
	if (users)
	{
		uint32 *origins = spk_must_alloc(host, rows.n_rows, sizeof(uint32), "training set");

		numbers = spk_must_alloc(host, rows.n_rows, sizeof(uint32), "training set");
		spk_check(spk_bin_table(host, table, model->features, codes, &rows, origins),
				  "training set", NULL);
		spk_check(spk_number_users(host, table->groups, origins, numbers, &rows), "training set",
				  NULL);
		spk_release(host, origins);
	}
	else
		spk_check(spk_bin_table(host, table, model->features, codes, &rows, NULL), "training set",
				  NULL);
	spk_table_release(table);
	spk_check(spk_learners[model->algorithm].fit_codes(host, &rows, model), "training set", NULL);
	spk_release(host, codes);
	spk_release(host, numbers);
}

/* ---- All algorithms ---- */

void
spk_learn(const SpkHost *host, SpkTable *table, SpkModel *model)
{
	const SpkLearner *learner = &spk_learners[model->algorithm];

	spk_threshold_start(model);
	switch (learner->help)
	{
		case SPK_HELP_TREES:
			spk_train_forest(host, table, model);
			break;
		case SPK_HELP_TEAM:
			spk_train_boost(host, table, model);
			break;
		case SPK_HELP_NONE:
			if (learner->fit_codes != NULL)
				fit_codes(host, table, model);
			else
				fit_values(host, table, model);
			break;
	}
	spk_learn_tell_of_fit(model);
}
