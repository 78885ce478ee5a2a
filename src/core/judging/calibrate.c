/*
 * calibrate.c
 *	  Fitting the map from predictions to probabilities.
 *
 * First the rows are sorted, and those with the same score are pooled.  From there on
 * everything is counted in whole numbers or summed in the order of scores, so that the
 * map does not depend on the order in which rows came.
 */
#include <math.h>
#include <string.h>

#include "core/judging/calibrate.h"
#include "core/base/elementary.h"
#include "core/base/sort.h"

/* The distance between the log-odds of the shrunken scores 0 and 1, which is 2 ln 999. */
#define LARGEST_SCORE 14.0

#define MAX_ITERATIONS 100
#define STEP_HALVINGS  40

/* A step that moves no margin further ends the search: the error that it leaves is its square. */
#define LAST_STEP 1e-6

/* The rows between a lowest and a highest score, in units of their weights. */
typedef struct Pool
{
	double	 low;
	double	 high;
	uint32_t n;
	uint32_t positives;
} Pool;

/* The pool of this score, which has one. */
static Pool *
pool_of(Pool *pools, uint32_t n_pools, double score)
{
	uint32_t low = 0;
	uint32_t high = n_pools - 1;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (pools[middle].high < score)
			low = middle + 1;
		else
			high = middle;
	}
	return &pools[low];
}

/* Counts the rows again, which are as they stood, with their weights. */
static SpkStatus
weigh_pools(const SpkHost *host, const SpkScored *rows, const uint32_t *multiples, uint32_t n,
			Pool *pools, uint32_t n_pools)
{
	for (uint32_t i = 0; i < n_pools; i++)
		pools[i].n = pools[i].positives = 0;
	for (uint32_t i = 0; i < n; i++)
	{
		Pool *pool = pool_of(pools, n_pools, spk_scored_score(rows[i]));

		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		pool->n += multiples[i];
		pool->positives += spk_scored_label(rows[i]) ? multiples[i] : 0;
	}
	return SPK_OK;
}

/* Sorts the rows, and pools those of the same score in new host memory. */
static SpkStatus
pool_ties(const SpkHost *host, SpkScored *rows, uint32_t n, Pool **pools, uint32_t *n_pools)
{
	SpkScored *scratch = spk_alloc(host, n, sizeof(SpkScored));
	SpkStatus  status = scratch == NULL ? SPK_NO_MEMORY : spk_sort_u64(host, rows, scratch, n, 0);
	uint32_t   k = 0;

	spk_release(host, scratch);
	*pools = NULL;
	if (status != SPK_OK)
		return status;

	/* counted first: a pool takes as much memory as three rows, and many may share one */
	for (uint32_t i = 0; i < n; i++)
		k += i == 0 || spk_scored_score(rows[i]) != spk_scored_score(rows[i - 1]);
	if ((*pools = spk_alloc(host, k, sizeof(Pool))) == NULL)
		return SPK_NO_MEMORY;

	*n_pools = 0;
	for (uint32_t i = 0; i < n; i++)
	{
		double score = spk_scored_score(rows[i]);

		if (*n_pools == 0 || (*pools)[*n_pools - 1].high != score)
			(*pools)[(*n_pools)++] = (Pool) {score, score, 0, 0};
		(*pools)[*n_pools - 1].n++;
		(*pools)[*n_pools - 1].positives += (uint32_t) spk_scored_label(rows[i]);
	}
	return SPK_OK;
}

/* Likewise where rows have weights, of which the order of sorted rows knows nothing. */
static SpkStatus
pool_weighted(const SpkHost *host, SpkScored *rows, const uint32_t *multiples, uint32_t n,
			  Pool **pools, uint32_t *n_pools)
{
	SpkScored *as_given = spk_alloc(host, n, sizeof(SpkScored));
	SpkStatus  status = SPK_NO_MEMORY;

	*pools = NULL;
	if (as_given != NULL)
	{
		memcpy(as_given, rows, n * sizeof(SpkScored));
		status = pool_ties(host, rows, n, pools, n_pools);
	}
	if (status == SPK_OK)
		status = weigh_pools(host, as_given, multiples, n, *pools, *n_pools);
	spk_release(host, as_given);
	return status;
}

/* Platt's targets for rows of each class: 0 and 1 would be too sure after so few rows. */
static void
platt_targets(const Pool *pools, uint32_t n_pools, double unit, double target[2])
{
	double negatives = 0;
	double positives = 0;

	for (uint32_t i = 0; i < n_pools; i++)
	{
		positives += pools[i].positives;
		negatives += pools[i].n - pools[i].positives;
	}
	negatives *= unit;
	positives *= unit;
	target[0] = 1 / (negatives + 2);
	target[1] = (positives + 1) / (positives + 2);
}

/* ---- Platt ---- */

/* The likelihood at a slope and an intercept, and where it falls from there. */
typedef struct Slopes
{
	double loss;		/* -ln likelihood */
	double gradient[2]; /* by the slope, by the intercept */
	double hessian[3];	/* slope twice, both, intercept twice */
} Slopes;

/* Measures the likelihood at a slope and an intercept.  Here low has a pool's centered log-odds. */
static SpkStatus
measure(const SpkHost *host, const Pool *pools, uint32_t n_pools, const double target[2],
		double slope, double intercept, Slopes *at)
{
	memset(at, 0, sizeof(*at));
	for (uint32_t i = 0; i < n_pools; i++)
	{
		const Pool *pool = &pools[i];
		double		x = pool->low;
		double		margin = slope * x + intercept;
		double		p = spk_sigmoid(margin);
		double		wanted = pool->positives * target[1] + (pool->n - pool->positives) * target[0];
		double		curve = pool->n * p * (1 - p);

		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		at->loss += wanted * spk_log_loss(margin, 1) + (pool->n - wanted) * spk_log_loss(margin, 0);
		at->gradient[0] += (pool->n * p - wanted) * x;
		at->gradient[1] += pool->n * p - wanted;
		at->hessian[0] += curve * x * x;
		at->hessian[1] += curve * x;
		at->hessian[2] += curve;
	}
	return SPK_OK;
}

/*
 * Newton's method from a slope of 0; a step that makes matters worse is halved.
 */
static SpkStatus
maximise(const SpkHost *host, const Pool *pools, uint32_t n_pools, const double target[2],
		 double *slope, double *intercept)
{
	Slopes	  now;
	SpkStatus status = measure(host, pools, n_pools, target, *slope, *intercept, &now);

	for (int i = 0; i < MAX_ITERATIONS && status == SPK_OK; i++)
	{
		double whole = now.hessian[0] * now.hessian[2];
		double det = whole - now.hessian[1] * now.hessian[1];
		double step[2];
		double share = 1;
		Slopes next;
		bool   better = false;

		/* all scores are the same, or as good as: no slope is better than another */
		if (!(det > 1e-12 * whole))
			break;

		step[0] = (now.hessian[1] * now.gradient[1] - now.hessian[2] * now.gradient[0]) / det;
		step[1] = (now.hessian[1] * now.gradient[0] - now.hessian[0] * now.gradient[1]) / det;

		/* so small a step need not be measured: Newton's method squares the error */
		if (fabs(step[0]) * LARGEST_SCORE + fabs(step[1]) <= LAST_STEP)
		{
			*slope += step[0];
			*intercept += step[1];
			break;
		}

		for (int h = 0; h < STEP_HALVINGS && !better && status == SPK_OK; h++, share /= 2)
		{
			status = measure(host, pools, n_pools, target, *slope + share * step[0],
							 *intercept + share * step[1], &next);
			if ((better = status == SPK_OK && next.loss < now.loss))
			{
				*slope += share * step[0];
				*intercept += share * step[1];
			}
		}
		if (!better)
			break;
		now = next;
	}
	return status;
}

static SpkStatus
fit_platt(const SpkHost *host, Pool *pools, uint32_t n_pools, double unit,
		  SpkCalibration *calibration)
{
	double	  target[2];
	double	  n = 0;
	double	  wanted = 0;
	double	  center = 0;
	double	  start;
	double	  slope = 0;
	double	  intercept;
	SpkStatus status;

	/* centered log-odds: slope and intercept then hardly depend on each other */
	platt_targets(pools, n_pools, unit, target);
	for (uint32_t i = 0; i < n_pools; i++)
	{
		pools[i].low = spk_shrunken_log_odds(pools[i].low);
		n += pools[i].n;
		wanted += pools[i].positives * target[1] + (pools[i].n - pools[i].positives) * target[0];
		center += pools[i].n * pools[i].low;
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
	}
	center /= n;
	for (uint32_t i = 0; i < n_pools; i++)
		pools[i].low -= center;

	start = intercept = spk_log(wanted / (n - wanted));
	status = maximise(host, pools, n_pools, target, &slope, &intercept);

	/* scores that rank the wrong way say nothing; start is the best without a slope */
	if (!(slope > 0))
	{
		slope = 0;
		intercept = start;
	}
	calibration->slope = slope;
	calibration->intercept = intercept - slope * center;
	return status;
}

/* ---- Isotonic ---- */

/* Makes one pool of two neighbours. */
static void
merge_into(Pool *pool, const Pool *next)
{
	pool->high = next->high;
	pool->n += next->n;
	pool->positives += next->positives;
}

/* Is the share of positives in the first pool at least that in the second? */
static bool
violates(const Pool *first, const Pool *second)
{
	return (uint64_t) first->positives * second->n >= (uint64_t) second->positives * first->n;
}

/* Pools neighbours, in place, until the shares ascend (Ayer and others, 1955). */
static void
pool_violators(Pool *pools, uint32_t *n_pools)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < *n_pools; i++)
	{
		pools[n++] = pools[i];
		while (n > 1 && violates(&pools[n - 2], &pools[n - 1]))
		{
			merge_into(&pools[n - 2], &pools[n - 1]);
			n--;
		}
	}
	*n_pools = n;
}

/* Pools small neighbours when there are more steps than a model has room for. */
static void
limit_pools(Pool *pools, uint32_t *n_pools)
{
	uint64_t rows = 0;
	uint32_t n = 0;

	if (*n_pools <= SPK_MAX_POINTS / 2)
		return;
	for (uint32_t i = 0; i < *n_pools; i++)
		rows += pools[i].n;
	for (uint32_t i = 0; i < *n_pools; i++)
	{
		if (n > 0 && pools[n - 1].n < rows / (SPK_MAX_POINTS / 2) + 1)
			merge_into(&pools[n - 1], &pools[i]);
		else
			pools[n++] = pools[i];
	}
	*n_pools = n;
}

static SpkStatus
fit_isotonic(const SpkHost *host, Pool *pools, uint32_t n_pools, double unit,
			 SpkCalibration *calibration)
{
	double target[2];

	platt_targets(pools, n_pools, unit, target);
	pool_violators(pools, &n_pools);
	limit_pools(pools, &n_pools);
	calibration->points = spk_alloc(host, 2 * (size_t) n_pools, sizeof(SpkPoint));
	if (calibration->points == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t i = 0; i < n_pools; i++)
	{
		double share = (double) pools[i].positives / pools[i].n;
		double probability = fmin(fmax(share, target[0]), target[1]);

		calibration->points[calibration->n_points++] = (SpkPoint) {pools[i].low, probability};
		if (pools[i].high > pools[i].low)
			calibration->points[calibration->n_points++] = (SpkPoint) {pools[i].high, probability};
	}
	return SPK_OK;
}

SpkStatus
spk_calibrate_weighted(const SpkHost *host, SpkScored *rows, uint32_t n, SpkScoredWeights weights,
					   SpkModel *model)
{
	double	  method = model->options.value[SPK_OPT_CALIBRATE];
	Pool	 *pools;
	uint32_t  n_pools;
	SpkStatus status;

	memset(&model->calibration, 0, sizeof(model->calibration));
	if (method == SPK_CALIBRATE_NONE)
		return SPK_OK;
	status = weights.multiples == NULL ?
		pool_ties(host, rows, n, &pools, &n_pools) :
		pool_weighted(host, rows, weights.multiples, n, &pools, &n_pools);
	if (status == SPK_OK && method == SPK_CALIBRATE_PLATT)
		status = fit_platt(host, pools, n_pools, weights.unit, &model->calibration);
	else if (status == SPK_OK)
		status = fit_isotonic(host, pools, n_pools, weights.unit, &model->calibration);
	spk_release(host, pools);
	return status;
}

SpkStatus
spk_calibrate(const SpkHost *host, SpkScored *rows, uint32_t n, SpkModel *model)
{
	return spk_calibrate_weighted(host, rows, n, (SpkScoredWeights) {NULL, 1}, model);
}
