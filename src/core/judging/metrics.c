/*
 * metrics.c
 *	  How good are scores?
 *
 * Everything comes from walks down the sorted rows, tie by tie.  What can be counted
 * is counted in whole numbers, and the few sums of doubles run in the order of the
 * scores.  So no metric depends on the order in which rows came.
 */
#include "core/judging/metrics.h"

#include "core/judging/curves.h"
#include "core/base/elementary.h"
#include "core/judging/threshold.h"

/* Scores closer to 0 or 1 than this count as this far away in the log loss. */
#define LOG_LOSS_CLIP 1e-15

/* What the walk has met so far, highest scores first. */
typedef struct Walk
{
	uint64_t positives;
	uint64_t negatives;
	uint64_t wins;		/* pairs in which the positive scores higher count twice, ties once */
	double	 precision; /* the sum over positives of the precision at their score */
	double	 log_loss;	/* the sum over rows */
	double	 brier;		/* the sum over rows */
	uint64_t best_tp;	/* at the best threshold */
	uint64_t best_flagged;
	double	 best_threshold;
	uint64_t all_positives;
} Walk;

/* The F1 of a class with this many right answers, and wrong ones of both kinds. */
static double
f1_score(uint64_t right, uint64_t wrong)
{
	return right == 0 ? 0 : 2.0 * (double) right / (double) (2 * right + wrong);
}

double
spk_row_log_loss(double score, int label)
{
	double p = fmin(fmax(score, LOG_LOSS_CLIP), 1 - LOG_LOSS_CLIP);

	return -spk_log(label ? p : 1 - p);
}

static void
add_losses(Walk *walk, const SpkTie *tie)
{
	double positives = (double) tie->positives;
	double negatives = (double) tie->negatives;

	if (tie->positives > 0)
		walk->log_loss += positives * spk_row_log_loss(tie->score, 1);
	if (tie->negatives > 0)
		walk->log_loss += negatives * spk_row_log_loss(tie->score, 0);
	walk->brier += positives * (1 - tie->score) * (1 - tie->score) +
		negatives * tie->score * tie->score;
}

/* Notes the threshold that flags all rows so far, if it beats the best one up to now. */
static void
try_threshold(Walk *walk, double threshold)
{
	uint64_t flagged = walk->positives + walk->negatives;

	if (spk_better_f1(walk->positives, flagged, walk->best_tp, walk->best_flagged,
					  walk->all_positives))
	{
		walk->best_tp = walk->positives;
		walk->best_flagged = flagged;
		walk->best_threshold = threshold;
	}
}

static void
add_tie(void *ctx, const SpkTie *tie)
{
	Walk *walk = ctx;

	walk->wins += tie->negatives * (2 * walk->positives + tie->positives);
	walk->positives += tie->positives;
	walk->negatives += tie->negatives;
	walk->precision += (double) tie->positives *
		spk_ratio((double) walk->positives, walk->positives + walk->negatives);
	add_losses(walk, tie);
	try_threshold(walk, tie->low);
}

/* Sets the metrics that follow from n, positives, tp and fp. */
static void
judge_flags(SpkMetrics *m)
{
	uint64_t negatives = m->n - m->positives;
	uint64_t wrong;
	double	 stay_f1;

	m->fn = m->positives - m->tp;
	m->tn = negatives - m->fp;
	wrong = m->fp + m->fn;

	m->accuracy = spk_ratio((double) (m->tp + m->tn), m->n);
	m->precision = spk_ratio((double) m->tp, m->tp + m->fp);
	m->recall = spk_ratio((double) m->tp, m->positives);
	m->f1 = f1_score(m->tp, wrong);
	stay_f1 = f1_score(m->tn, wrong);
	m->macro_f1 = (m->f1 + stay_f1) / 2;
	m->weighted_f1 = spk_ratio((double) m->positives * m->f1 + (double) negatives * stay_f1, m->n);
	m->baseline_weighted_f1 = spk_ratio((double) negatives * f1_score(negatives, m->positives),
										m->n);
}

void
spk_metrics_flag(SpkMetrics *metrics, double threshold, uint64_t tp, uint64_t fp)
{
	metrics->threshold = threshold;
	metrics->tp = tp;
	metrics->fp = fp;
	judge_flags(metrics);
}

/* Sets the metrics that follow from the walk. */
static void
judge_ranks(const Walk *walk, SpkMetrics *m)
{
	m->auc = spk_ratio((double) walk->wins / 2, walk->positives * walk->negatives);
	m->pr_auc = spk_ratio(walk->precision, m->positives);
	m->log_loss = spk_ratio(walk->log_loss, m->n);
	m->brier = spk_ratio(walk->brier, m->n);
	m->best_threshold = walk->best_threshold;
	m->best_f1 = m->positives == 0 ?
		NAN :
		f1_score(walk->best_tp, walk->best_flagged + m->positives - 2 * walk->best_tp);
}

SpkStatus
spk_metrics_of(const SpkHost *host, SpkScores *scores, SpkMetrics *metrics)
{
	SpkMetrics m = {.n = scores->n, .positives = scores->positives};
	Walk	   walk = {.best_threshold = NAN, .all_positives = scores->positives};
	SpkStatus  status;

	if (scores->n == 0)
		return SPK_INVALID;
	status = spk_scores_walk(host, scores, add_tie, &walk);
	if (status == SPK_OK)
		status = spk_ece(host, scores, &m.ece);
	if (status != SPK_OK)
		return status;

	spk_metrics_flag(&m, scores->threshold, scores->tp, scores->fp);
	judge_ranks(&walk, &m);
	*metrics = m;
	return SPK_OK;
}

SpkStatus
spk_metrics(const SpkHost *host, SpkScored *rows, size_t n, double threshold, SpkMetrics *metrics)
{
	SpkScores scores;
	SpkStatus status = spk_scores_of_rows(host, rows, n, threshold, &scores);

	return status == SPK_OK ? spk_metrics_of(host, &scores, metrics) : status;
}
