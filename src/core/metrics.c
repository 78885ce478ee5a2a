/*
 * metrics.c
 *	  How good are scores?
 *
 * Everything comes from one walk down the sorted rows, tie by tie.  What can
 * be counted is counted in integers; the few sums of doubles run in the order
 * of the scores.  So no metric depends on the order in which rows came.
 */
#include "metrics.h"

#include <math.h>

#include "elementary.h"

#define RADIX_BITS		8
#define RADIX			(1 << RADIX_BITS)
#define TOP_SHIFT		(64 - RADIX_BITS)
#define SMALL_SORT		32		/* rows that insertion sort handles better */
#define POLL_ROWS		0x10000 /* rows between two looks for cancellation */

/* Scores closer to 0 or 1 than this count as this far away in the log loss. */
#define LOG_LOSS_CLIP	1e-15

/* The rows that share a score. */
typedef struct Tie
{
	double		score;
	uint64_t	positives;
	uint64_t	negatives;
} Tie;

/* What the walk has met so far, highest scores first. */
typedef struct Walk
{
	uint64_t	positives;
	uint64_t	negatives;
	uint64_t	wins;			/* pairs in which the positive scores higher, twice; ties once */
	double		precision;		/* sum over positives of the precision at their score */
	double		log_loss;		/* sums over rows */
	double		brier;
	uint64_t	best_tp;		/* at the best threshold */
	uint64_t	best_flagged;
} Walk;

static void
insertion_sort(SpkScored *rows, size_t n)
{
	for (size_t i = 1; i < n; i++)
	{
		SpkScored	row = rows[i];
		size_t		j = i;

		for (; j > 0 && rows[j - 1] > row; j--)
			rows[j] = rows[j - 1];
		rows[j] = row;
	}
}

static inline unsigned
digit_of(SpkScored row, int shift)
{
	return (unsigned) (row >> shift) & (RADIX - 1);
}

/* Moves every row into the range of its digit: next[d] .. end[d]. */
static SpkStatus
permute(const SpkHost *host, SpkScored *rows, int shift, size_t *next, const size_t *end)
{
	size_t		moves = 0;

	for (unsigned d = 0; d < RADIX; d++)
	{
		while (next[d] < end[d])
		{
			SpkScored	row = rows[next[d]];
			unsigned	to;

			while ((to = digit_of(row, shift)) != d)
			{
				SpkScored	displaced = rows[next[to]];

				rows[next[to]++] = row;
				row = displaced;
				if (++moves % POLL_ROWS == 0 && spk_cancelled(host))
					return SPK_CANCELLED;
			}
			rows[next[d]++] = row;
			if (++moves % POLL_ROWS == 0 && spk_cancelled(host))
				return SPK_CANCELLED;
		}
	}
	return SPK_OK;
}

/*
 * Sorts in place by the digit at shift and those below it (McIlroy, Bostic,
 * McIlroy: Engineering radix sort, 1993, "American flag sort").  Equal words
 * cannot be told apart, so it need not be stable.
 */
static SpkStatus
radix_sort(const SpkHost *host, SpkScored *rows, size_t n, int shift)
{
	size_t		next[RADIX];
	size_t		end[RADIX] = {0};
	size_t		start = 0;
	SpkStatus	status;

	if (n <= SMALL_SORT)
	{
		insertion_sort(rows, n);
		return SPK_OK;
	}

	for (size_t i = 0; i < n; i++)
	{
		if (i % POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		end[digit_of(rows[i], shift)]++;
	}
	for (unsigned d = 0; d < RADIX; d++)
	{
		next[d] = start;
		start += end[d];
		end[d] = start;
	}
	status = permute(host, rows, shift, next, end);

	start = 0;
	for (unsigned d = 0; d < RADIX && shift > 0 && status == SPK_OK; d++)
	{
		status = radix_sort(host, rows + start, end[d] - start, shift - RADIX_BITS);
		start = end[d];
	}
	return status;
}

static SpkStatus
count_positives(const SpkHost *host, const SpkScored *rows, size_t n, uint64_t *positives)
{
	*positives = 0;
	for (size_t i = 0; i < n; i++)
	{
		if (i % POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		*positives += (uint64_t) spk_scored_label(rows[i]);
	}
	return SPK_OK;
}

/* F1 of a class from its right answers and both kinds of wrong ones. */
static double
f1_score(uint64_t right, uint64_t wrong)
{
	return right == 0 ? 0 : 2.0 * (double) right / (double) (2 * right + wrong);
}

/* NaN when there is nothing to divide by. */
static double
ratio(double part, uint64_t whole)
{
	return whole == 0 ? NAN : part / (double) whole;
}

static void
add_losses(Walk *walk, const Tie *tie)
{
	double		positives = (double) tie->positives;
	double		negatives = (double) tie->negatives;
	double		p = fmin(fmax(tie->score, LOG_LOSS_CLIP), 1 - LOG_LOSS_CLIP);

	if (tie->positives > 0)
		walk->log_loss -= positives * spk_log(p);
	if (tie->negatives > 0)
		walk->log_loss -= negatives * spk_log(1 - p);
	walk->brier += positives * (1 - tie->score) * (1 - tie->score) +
		negatives * tie->score * tie->score;
}

/*
 * Would flagging all rows so far beat the best threshold up to now?  F1 is
 * 2 tp / (flagged + positives); fractions are compared without dividing.
 */
static void
try_threshold(Walk *walk, double score, SpkMetrics *m)
{
	uint64_t	flagged = walk->positives + walk->negatives;

	if (walk->positives * (walk->best_flagged + m->positives) >
		walk->best_tp * (flagged + m->positives))
	{
		walk->best_tp = walk->positives;
		walk->best_flagged = flagged;
		m->best_threshold = score;
	}
}

static void
add_tie(Walk *walk, const Tie *tie, SpkMetrics *m)
{
	walk->wins += tie->negatives * (2 * walk->positives + tie->positives);
	walk->positives += tie->positives;
	walk->negatives += tie->negatives;
	walk->precision += (double) tie->positives *
		ratio((double) walk->positives, walk->positives + walk->negatives);
	add_losses(walk, tie);

	if (tie->score >= m->threshold)
	{
		m->tp = walk->positives;
		m->fp = walk->negatives;
	}
	try_threshold(walk, tie->score, m);
}

/* Walks down the sorted rows; fills tp, fp and best_threshold as it goes. */
static SpkStatus
walk_rows(const SpkHost *host, const SpkScored *rows, size_t n, Walk *walk, SpkMetrics *m)
{
	Tie			tie = {0, 0, 0};

	for (size_t left = n; left > 0;)
	{
		SpkScored	row = rows[--left];

		if (left % POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;

		if (spk_scored_label(row))
			tie.positives++;
		else
			tie.negatives++;
		if (left > 0 && spk_scored_score(rows[left - 1]) == spk_scored_score(row))
			continue;

		tie.score = spk_scored_score(row);
		add_tie(walk, &tie, m);
		tie.positives = tie.negatives = 0;
	}
	return SPK_OK;
}

/* The metrics that follow from n, positives, tp and fp. */
static void
judge_flags(SpkMetrics *m)
{
	uint64_t	negatives = m->n - m->positives;
	uint64_t	wrong;
	double		stay_f1;

	m->fn = m->positives - m->tp;
	m->tn = negatives - m->fp;
	wrong = m->fp + m->fn;

	m->accuracy = ratio((double) (m->tp + m->tn), m->n);
	m->precision = ratio((double) m->tp, m->tp + m->fp);
	m->recall = ratio((double) m->tp, m->positives);
	m->f1 = f1_score(m->tp, wrong);
	stay_f1 = f1_score(m->tn, wrong);
	m->macro_f1 = (m->f1 + stay_f1) / 2;
	m->weighted_f1 = ratio((double) m->positives * m->f1 + (double) negatives * stay_f1, m->n);
	m->baseline_weighted_f1 = ratio((double) negatives * f1_score(negatives, m->positives), m->n);
}

void
spk_metrics_flag(SpkMetrics *metrics, double threshold, uint64_t tp, uint64_t fp)
{
	metrics->threshold = threshold;
	metrics->tp = tp;
	metrics->fp = fp;
	judge_flags(metrics);
}

/* The metrics that follow from the walk. */
static void
judge_ranks(const Walk *walk, SpkMetrics *m)
{
	m->auc = ratio((double) walk->wins / 2, walk->positives * walk->negatives);
	m->pr_auc = ratio(walk->precision, m->positives);
	m->log_loss = ratio(walk->log_loss, m->n);
	m->brier = ratio(walk->brier, m->n);
	m->best_f1 = m->positives == 0 ? NAN :
		f1_score(walk->best_tp, walk->best_flagged + m->positives - 2 * walk->best_tp);
}

SpkStatus
spk_metrics(const SpkHost *host, SpkScored *rows, size_t n, double threshold, SpkMetrics *metrics)
{
	SpkMetrics	m = {.n = n,.threshold = threshold,.best_threshold = NAN};
	Walk		walk = {0};
	SpkStatus	status;

	if (n == 0)
		return SPK_INVALID;
	if (n > SPK_MAX_SCORED)
		return SPK_LIMIT;

	status = count_positives(host, rows, n, &m.positives);
	if (status == SPK_OK)
		status = radix_sort(host, rows, n, TOP_SHIFT);
	if (status == SPK_OK)
		status = walk_rows(host, rows, n, &walk, &m);
	if (status != SPK_OK)
		return status;

	judge_flags(&m);
	judge_ranks(&walk, &m);
	*metrics = m;
	return SPK_OK;
}
