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

/* ---- A model's own ---- */

/* Flags the rows from the threshold on, which are those from this place on. */
static void
flag_from(const SpkScored *rows, size_t n, size_t place, double threshold, SpkMetrics *m)
{
	uint64_t tp = 0;

	for (size_t i = place; i < n; i++)
		tp += (uint64_t) spk_scored_label(rows[i]);
	spk_metrics_flag(m, threshold, tp, n - place - tp);
}

/* The place of the first row whose score is at least this. */
static size_t
place_of(const SpkScored *rows, size_t n, double score)
{
	size_t low = 0;
	size_t high = n;

	while (low < high)
	{
		size_t middle = low + (high - low) / 2;

		if (spk_scored_score(rows[middle]) < score)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
spk_flag_place(const SpkScored *rows, size_t n, size_t place, SpkMetrics *m)
{
	double threshold;

	if (place == 0)
		return false;
	threshold = spk_threshold_between(spk_scored_score(rows[place - 1]),
									  spk_scored_score(rows[place]));
	if (!(threshold > 0 && threshold < 1))
		return false;
	flag_from(rows, n, place, threshold, m);
	return true;
}

SpkThresholdRule
spk_choose_threshold(const SpkOptions *options, const SpkScored *rows, size_t n, SpkMetrics *m)
{
	double given = options->value[SPK_OPT_THRESHOLD];

	if (spk_threshold_is_given(options))
	{
		flag_from(rows, n, place_of(rows, n, given), given, m);
		return SPK_THRESHOLD_GIVEN;
	}
	if (m->positives >= SPK_THRESHOLD_MIN_CLASS && n - m->positives >= SPK_THRESHOLD_MIN_CLASS &&
		spk_flag_place(rows, n, place_of(rows, n, m->best_threshold), m))
		return SPK_THRESHOLD_BEST_F1;

	/* without somebody of either class there is nothing to part */
	if (m->positives > 0 && m->positives < n &&
		spk_flag_place(rows, n, place_of(rows, n, spk_scored_score(rows[n - m->positives])), m))
		return SPK_THRESHOLD_AS_MANY;
	flag_from(rows, n, place_of(rows, n, 0.5), 0.5, m);
	return SPK_THRESHOLD_HALF;
}

void
spk_threshold_start(SpkModel *model)
{
	bool given = spk_threshold_is_given(&model->options);

	model->threshold = given ? model->options.value[SPK_OPT_THRESHOLD] : 0.5;
	model->facts[SPK_FACT_THRESHOLD_RULE] = given ? SPK_THRESHOLD_GIVEN : SPK_THRESHOLD_HALF;
}
