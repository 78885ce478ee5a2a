/*
 * horizon.c
 *	Finding labels that the end of the log seems to cut off.
 */
#include <math.h>
#include <string.h>

#include "core/rows/horizon.h"
#include "core/base/sort.h"

/* Shares of churn that chance makes less often than this are not taken for chance. */
#define RARE 1e-4

/* The largest share of churn, as a share of that before, which is looked at. */
#define MOST_OF_BEFORE 0.5

/* The rows of a date and of all later ones. */
typedef struct Tail
{
	uint32_t n_dates;
	uint32_t n_rows;
	uint32_t n_positives;
} Tail;

/*
 * Puts the keys of the known times of the rows with this label (-1: of all rows) into
 * keys, sorted, and their number into *n.  keys has room for 2 * n_rows.
 */
static SpkStatus
sorted_times(const SpkHost *host, const double *times, const uint8_t *labels, uint32_t n_rows,
			 int label, uint64_t *keys, uint32_t *n)
{
	*n = 0;
	for (uint32_t row = 0; row < n_rows; row++)
	{
		if (row % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (!isnan(times[row]) && (label < 0 || labels[row] == label))
			keys[(*n)++] = spk_key_of_number(times[row]);
	}
	return spk_sort_u64(host, keys, keys + n_rows, *n, 0);
}

/*
 * Counts the rows and dates later than the key after, or of the latest date alone when
 * it is 0.  all has the n keys of all known times, sorted.
 */
static Tail
tail_after(const uint64_t *all, uint32_t n, uint64_t after)
{
	Tail tail = {0};

	while (tail.n_rows < n)
	{
		uint64_t key = all[n - 1 - tail.n_rows];

		if (after == 0 ? tail.n_dates == 1 && key != all[n - 1] : key <= after)
			break;
		if (tail.n_rows == 0 || key != all[n - tail.n_rows])
			tail.n_dates++;
		tail.n_rows++;
	}
	return tail;
}

/*
 * Returns the probability that at most k of n rows churn when each does with
 * probability p.  k must be below n * p, so that each term of the sum is less than
 * the one for the next k, and the sum may end early.
 */
static double
chance_of(uint32_t k, uint32_t n, double p)
{
	double sum = 0;

	for (uint32_t i = k;; i--)
	{
		double term = exp(lgamma(n + 1.0) - lgamma(i + 1.0) - lgamma(n - i + 1.0) + i * log(p) +
						  (n - i) * log1p(-p));

		sum += term;
		if (i == 0 || term < sum * 1e-6)
			return sum;
	}
}

/* Sets horizon when chance hardly explains how few rows of the tail churn. */
static void
judge_tail(const Tail *tail, uint32_t n_rows, uint32_t n_positives, SpkHorizon *horizon)
{
	uint32_t before = n_rows - tail->n_rows;
	uint32_t positives = n_positives - tail->n_positives;
	double	 share;

	if (before == 0 || tail->n_rows == 0 || positives == 0 || positives == before)
		return;
	share = (double) positives / before;
	if (tail->n_positives > MOST_OF_BEFORE * share * tail->n_rows ||
		chance_of(tail->n_positives, tail->n_rows, share) >= RARE)
		return;
	*horizon =
		(SpkHorizon) {true, tail->n_dates, {before, tail->n_rows}, {positives, tail->n_positives}};
}

SpkStatus
spk_find_horizon(const SpkHost *host, const double *times, const uint8_t *labels, uint32_t n_rows,
				 SpkHorizon *horizon)
{
	uint64_t *all = spk_alloc(host, n_rows, 2 * sizeof(uint64_t));
	uint64_t *positives = spk_alloc(host, n_rows, 2 * sizeof(uint64_t));
	SpkStatus status = SPK_NO_MEMORY;
	uint32_t  n = 0;
	uint32_t  n_positives = 0;

	memset(horizon, 0, sizeof(*horizon));
	if (all != NULL && positives != NULL)
		status = sorted_times(host, times, labels, n_rows, -1, all, &n);
	if (status == SPK_OK)
		status = sorted_times(host, times, labels, n_rows, 1, positives, &n_positives);

	/* without any positive row nothing can be said */
	if (status == SPK_OK && n_positives > 0)
	{
		uint64_t last = positives[n_positives - 1];
		Tail	 tail = tail_after(all, n, last);

		judge_tail(&tail, n, n_positives, horizon);

		/* the last date has positive rows, but perhaps fewer than it will have */
		if (!horizon->cut_off && tail.n_rows == 0)
		{
			tail = tail_after(all, n, 0);
			while (tail.n_positives < n_positives &&
				   positives[n_positives - 1 - tail.n_positives] == last)
				tail.n_positives++;
			judge_tail(&tail, n, n_positives, horizon);
		}
	}
	spk_release(host, all);
	spk_release(host, positives);
	return status;
}
