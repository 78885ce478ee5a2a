/*
 * oob_finish.c
 *	  Out of bag: judges a forest by the tally of all its trees.
 */
#include <math.h>

#include "core/judging/oob_finish.h"
#include "core/base/sort.h"
#include "core/judging/metrics.h"
#include "core/judging/score_bins.h"
#include "core/judging/threshold.h"
#include "core/trees/oob.h"
#include "core/trees/oob_tally.h"

/* Turns the words of rows into *n scored rows, in place, without those that all trees have seen. */
static SpkStatus
score_rows(const SpkHost *host, const SpkMatrix *matrix, uint64_t *tally, size_t *n)
{
	size_t	 n_rows = spk_oob_rows(matrix);
	uint32_t every = spk_oob_every(matrix);

	*n = 0;
	for (uint32_t i = 0; i < n_rows; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (spk_oob_count(tally[i]) > 0)
			tally[(*n)++] = spk_scored(spk_oob_score(tally[i]),
									   spk_matrix_label(matrix, i * every));
	}
	return SPK_OK;
}

static void
set_facts(const SpkMetrics *m, SpkThresholdRule rule, SpkModel *model)
{
	model->facts[SPK_FACT_OOB_ROWS] = (double) m->n;
	model->facts[SPK_FACT_OOB_AUC] = m->auc;
	model->facts[SPK_FACT_OOB_LOG_LOSS] = m->log_loss;
	model->facts[SPK_FACT_OOB_F1] = m->f1;
	model->facts[SPK_FACT_OOB_WEIGHTED_F1] = m->weighted_f1;
	model->facts[SPK_FACT_OOB_MACRO_F1] = m->macro_f1;
	model->threshold = m->threshold;
	model->facts[SPK_FACT_THRESHOLD_RULE] = rule;
}

/* Sets the permutation importance: the class-weighted mean of the error that shuffling adds. */
static void
set_permutation(const SpkForestPlan *plan, const SpkMatrix *matrix, uint64_t *tally,
				SpkModel *model)
{
	const uint64_t *judged = tally + spk_oob_rows(matrix);
	double weight = plan->weight[0] * (double) judged[0] + plan->weight[1] * (double) judged[1];

	for (uint32_t f = 0; f < matrix->n_features; f++)
	{
		const uint64_t *words = spk_oob_permuted(tally, matrix, f);
		double			cost = plan->weight[0] * (double) (int64_t) words[0] +
			plan->weight[1] * (double) (int64_t) words[1];

		model->features[f].permutation = weight > 0 ? cost / weight * 0x1p-32 : 0;
	}
}

SpkStatus
spk_oob_finish(const SpkHost *host, const SpkForestPlan *plan, const SpkMatrix *matrix,
			   uint64_t *tally, SpkModel *model)
{
	SpkMetrics		 m;
	SpkThresholdRule rule;
	SpkScoreCounts	 scores;
	size_t			 n;
	SpkStatus		 status;

	spk_threshold_start(model);
	for (int fact = SPK_FACT_OOB_ROWS; fact <= SPK_FACT_OOB_MACRO_F1; fact++)
		model->facts[fact] = NAN;
	spk_keep_scores(model, NULL);
	if (spk_oob_words(plan, matrix) == 0)
		return SPK_OK;
	if (plan->permutation)
		set_permutation(plan, matrix, tally, model);
	status = score_rows(host, matrix, tally, &n);
	if (status != SPK_OK || n == 0)
		return status;
	status = spk_metrics(host, tally, n, 0.5, &m);
	if (status != SPK_OK)
		return status;
	rule = spk_choose_threshold(&model->options, tally, n, &m);
	set_facts(&m, rule, model);
	scores = spk_score_bins(tally, n);
	spk_keep_scores(model, &scores);
	return SPK_OK;
}

SpkStatus
spk_forest_finish(SpkForest *forest)
{
	SpkModel *model = forest->model;

	spk_forest_importance(forest->gains, model->n_trees, model->features, model->n_features);
	return spk_oob_finish(&forest->host, &forest->plan, &forest->matrix, forest->tally, model);
}
