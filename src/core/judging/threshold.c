/*
 * threshold.c
 *	  From which score on should a row be flagged?
 */
#include "core/judging/threshold.h"

typedef struct Choice
{
	/* is flagging all rows so far better than what was best before? */
	bool (*better)(struct Choice *choice);
	uint64_t positives; /* of all rows */
	uint64_t budget;
	double	 cost_false_alarm;
	double	 cost_missed;
	uint64_t tp; /* when all rows so far are flagged */
	uint64_t fp;
	uint64_t best_tp;
	uint64_t best_fp;
	double	 upper;			/* the lowest score that is flagged at the best threshold */
	double	 lower;			/* the next lower score */
	bool	 lower_is_next; /* the next tie has that score */
} Choice;

static bool
better_f1(Choice *c)
{
	return spk_better_f1(c->tp, c->tp + c->fp, c->best_tp, c->best_tp + c->best_fp, c->positives);
}

static double
cost(const Choice *c, uint64_t tp, uint64_t fp)
{
	return c->cost_false_alarm * (double) fp + c->cost_missed * (double) (c->positives - tp);
}

static bool
better_cost(Choice *c)
{
	return cost(c, c->tp, c->fp) < cost(c, c->best_tp, c->best_fp);
}

static bool
better_budget(Choice *c)
{
	return c->tp + c->fp <= c->budget;
}

static void
try_tie(void *ctx, const SpkTie *tie)
{
	Choice *c = ctx;

	if (c->lower_is_next)
		c->lower = tie->high;
	if (c->lower_is_next && c->best_tp + c->best_fp == 0 && tie->low == 1)
		c->upper = NAN; /* no threshold is above */
	c->lower_is_next = false;

	c->tp += tie->positives;
	c->fp += tie->negatives;
	if (c->better(c))
	{
		c->best_tp = c->tp;
		c->best_fp = c->fp;
		c->upper = tie->low;
		c->lower = 0;
		c->lower_is_next = true;
	}
}

static SpkStatus
choose(const SpkHost *host, SpkScores *scores, Choice *c, double *threshold)
{
	SpkStatus status;

	c->positives = scores->positives;
	c->upper = 1;
	c->lower = 0;
	c->lower_is_next = true;
	status = spk_scores_walk(host, scores, try_tie, c);
	if (status == SPK_OK)
		*threshold = isnan(c->upper) ? NAN : spk_threshold_between(c->lower, c->upper);
	return status;
}

SpkStatus
spk_threshold_f1(const SpkHost *host, SpkScores *scores, double *threshold)
{
	Choice choice = {.better = better_f1};

	*threshold = NAN;
	return scores->positives == 0 ? SPK_OK : choose(host, scores, &choice, threshold);
}

SpkStatus
spk_threshold_cost(const SpkHost *host, SpkScores *scores, double cost_false_alarm,
				   double cost_missed, double *threshold)
{
	Choice choice = {.better = better_cost,
					 .cost_false_alarm = cost_false_alarm,
					 .cost_missed = cost_missed};

	return choose(host, scores, &choice, threshold);
}

SpkStatus
spk_threshold_budget(const SpkHost *host, SpkScores *scores, uint64_t budget, double *threshold)
{
	Choice choice = {.better = better_budget, .budget = budget};

	return choose(host, scores, &choice, threshold);
}

void
spk_flag_best(const SpkScored *rows, size_t n, SpkMetrics *m)
{
	size_t	 low = 0;
	size_t	 high = n;
	uint64_t tp = 0;
	double	 threshold;

	if (m->positives < SPK_THRESHOLD_MIN_CLASS || n - m->positives < SPK_THRESHOLD_MIN_CLASS)
		return;

	while (low < high) /* the first row to flag */
	{
		size_t middle = low + (high - low) / 2;

		if (spk_scored_score(rows[middle]) < m->best_threshold)
			low = middle + 1;
		else
			high = middle;
	}

	/* to flag everybody is no advice; and a model's threshold lies between 0 and 1 */
	if (low == 0)
		return;
	threshold = spk_threshold_between(spk_scored_score(rows[low - 1]), m->best_threshold);
	if (!(threshold > 0 && threshold < 1))
		return;

	for (size_t i = low; i < n; i++)
		tp += (uint64_t) spk_scored_label(rows[i]);
	spk_metrics_flag(m, threshold, tp, n - low - tp);
}
