/*
 * train_additive.c
 *	  Training of models without trees.
 */
#include "compat.h"

#include "core/bayes.h"
#include "core/logistic.h"
#include "pg_host.h"
#include "train_additive.h"

/* A regression's matrix grows with the square of its columns. */
static void
check_columns(const SpkModel *model)
{
	uint32		n = spk_logistic_columns(model);

	if (n > SPK_MAX_COLUMNS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the features make %u columns of a logistic regression, more than %d",
						n, SPK_MAX_COLUMNS),
				 errdetail("Each category of a feature is a column."),
				 errhint("Leave features with many categories out, or use another algorithm.")));
}

static void
tell_of_fit(const SpkModel *model)
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

void
spk_fit_additive(const SpkHost *host, const SpkTable *table, SpkModel *model)
{
	bool		logistic = model->algorithm == SPK_LOGISTIC_REGRESSION;
	SpkValues	rows;

	model->threshold = 0.5;
	if (logistic)
		check_columns(model);
	spk_check(spk_values_new(host, table, model->features, &rows), "training set", NULL);
	spk_check(logistic ? spk_logistic_fit(host, &rows, model) : spk_bayes_fit(host, &rows, model),
			  "training set", NULL);
	spk_values_release(host, &rows);
	if (logistic)
		tell_of_fit(model);
}
