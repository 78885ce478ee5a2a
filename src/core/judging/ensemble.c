/*
 * ensemble.c
 *	  Chooses the weights of a blend, and tests it.
 */
#include <math.h>
#include <string.h>

#include "core/base/elementary.h"
#include "core/judging/ensemble.h"
#include "core/judging/student.h"

/* So many losses are summed between two polls. */
#define POLL_ROWS 4096

/* No fold has this number. */
#define ALL_ROWS (-1)

static bool
is_counted(const SpkMargins *m, uint32_t row, int left_out)
{
	return m->folds[row] < m->n_folds && m->folds[row] != left_out;
}

static double
weight_of(const SpkMargins *m, uint32_t row)
{
	return m->weights == NULL ? 1 : m->weights[row];
}

/*
 * The log loss of the margins (sums[r] + model[r]) / divisor, summed over the rows outside
 * of the fold.  Either of the two may be NULL.
 */
static SpkStatus
sum_losses(const SpkHost *host, const SpkMargins *m, int left_out, const double *sums,
		   const double *model, double divisor, double *loss)
{
	*loss = 0;
	for (uint32_t r = 0; r < m->n_rows; r++)
	{
		double margin = (sums == NULL ? 0 : sums[r]) + (model == NULL ? 0 : model[r]);

		if (r % POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (is_counted(m, r, left_out))
			*loss += weight_of(m, r) * spk_log_loss(margin / divisor, m->labels[r]);
	}
	return SPK_OK;
}

/* Finds the model that is best added to n - 1 others, whose margins have these sums. */
static SpkStatus
find_best(const SpkHost *host, const SpkMargins *m, int left_out, const double *sums, uint32_t n,
		  uint32_t *best, double *least)
{
	*least = INFINITY;
	*best = 0;
	for (uint32_t i = 0; i < m->n_models; i++)
	{
		double	  loss;
		SpkStatus status = sum_losses(host, m, left_out, sums, m->margins[i], n, &loss);

		if (status != SPK_OK)
			return status;
		if (loss < *least)
		{
			*least = loss;
			*best = i;
		}
	}
	return SPK_OK;
}

SpkStatus
spk_ensemble_weights(const SpkHost *host, const SpkMargins *m, int fold, double *weights)
{
	uint32_t  times[SPK_ENSEMBLE_MODELS] = {0};
	double	  least = INFINITY;
	double	 *sums = spk_alloc(host, m->n_rows, sizeof(double));
	SpkStatus status = sums == NULL ? SPK_NO_MEMORY : SPK_OK;

	for (uint32_t r = 0; r < m->n_rows && sums != NULL; r++)
		sums[r] = 0;
	for (uint32_t n = 1; n <= SPK_ENSEMBLE_STEPS && status == SPK_OK; n++)
	{
		uint32_t best;
		double	 loss;

		status = find_best(host, m, fold, sums, n, &best, &loss);
		if (status != SPK_OK)
			break;
		times[best]++;
		for (uint32_t r = 0; r < m->n_rows; r++)
			sums[r] += m->margins[best][r];

		/* of equally good means the one of fewest models, which is the first */
		if (loss < least)
		{
			least = loss;
			for (uint32_t i = 0; i < m->n_models; i++)
				weights[i] = (double) times[i] / n;
		}
	}
	spk_release(host, sums);
	return status;
}

/* The mean log loss of the rows in the fold, by a blend with these weights. */
static SpkStatus
judge_fold(const SpkHost *host, const SpkMargins *m, int fold, const double *weights, double *loss)
{
	double sum = 0;

	*loss = 0;
	for (uint32_t r = 0; r < m->n_rows; r++)
	{
		double margin = 0;

		if (r % POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (m->folds[r] != fold)
			continue;
		for (uint32_t i = 0; i < m->n_models; i++)
			if (weights[i] > 0)
				margin += weights[i] * m->margins[i][r];
		*loss += weight_of(m, r) * spk_log_loss(margin, m->labels[r]);
		sum += weight_of(m, r);
	}
	*loss = sum == 0 ? 0 : *loss / sum;
	return SPK_OK;
}

/* Sets the weight of the model that is best by the rows outside of the fold to 1. */
static SpkStatus
choose_one(const SpkHost *host, const SpkMargins *m, int left_out, double *weights)
{
	double	  loss;
	uint32_t  best;
	SpkStatus status = find_best(host, m, left_out, NULL, 1, &best, &loss);

	memset(weights, 0, m->n_models * sizeof(double));
	weights[best] = 1;
	return status;
}

/* Judges the blend and the best model by a fold that chose neither. */
static SpkStatus
test_fold(const SpkHost *host, const SpkMargins *m, int fold, double *blend, double *alone)
{
	double	  weights[SPK_ENSEMBLE_MODELS];
	SpkStatus status = spk_ensemble_weights(host, m, fold, weights);

	if (status == SPK_OK)
		status = judge_fold(host, m, fold, weights, blend);
	if (status == SPK_OK)
		status = choose_one(host, m, fold, weights);
	return status == SPK_OK ? judge_fold(host, m, fold, weights, alone) : status;
}

SpkStatus
spk_ensemble_choose(const SpkHost *host, const SpkMargins *m, double *weights,
					SpkEnsembleTest *test)
{
	double	 *differences = spk_alloc(host, m->n_folds, sizeof(double));
	SpkStatus status = differences == NULL ? SPK_NO_MEMORY : SPK_OK;

	*test = (SpkEnsembleTest) {.p = 1};
	for (uint32_t fold = 0; fold < m->n_folds && status == SPK_OK; fold++)
	{
		double blend = 0;
		double alone = 0;

		status = test_fold(host, m, (int) fold, &blend, &alone);
		test->blend += blend / m->n_folds;
		test->alone += alone / m->n_folds;
		differences[fold] = alone - blend;
	}
	if (status == SPK_OK)
	{
		test->accepted = test->blend < test->alone;
		test->p = spk_paired_p(differences, m->n_folds);
		status = test->accepted ? spk_ensemble_weights(host, m, ALL_ROWS, weights) :
								  choose_one(host, m, ALL_ROWS, weights);
	}
	spk_release(host, differences);
	return status;
}
