/*
 * score_sort.c
 *	  Sorting scored rows in place.
 */
#include "core/judging/score_sort.h"
#include "core/base/sort.h"

#define RADIX_BITS 8
#define RADIX	   (1 << RADIX_BITS)
#define TOP_SHIFT  (64 - RADIX_BITS)
#define SMALL_SORT 32 /* insertion sort is better for this many rows, and fewer */

static void
insertion_sort(SpkScored *rows, size_t n)
{
	for (size_t i = 1; i < n; i++)
	{
		SpkScored row = rows[i];
		size_t	  j = i;

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

/* Moves every row into the range of its digit d, which is next[d] .. end[d] - 1. */
static SpkStatus
permute(const SpkHost *host, SpkScored *rows, int shift, size_t *next, const size_t *end)
{
	size_t moves = 0;

	for (unsigned d = 0; d < RADIX; d++)
	{
		while (next[d] < end[d])
		{
			SpkScored row = rows[next[d]];
			unsigned  to;

			/* each row displaces another until one belongs where the first was taken from */
			while ((to = digit_of(row, shift)) != d)
			{
				SpkScored displaced = rows[next[to]];

				rows[next[to]++] = row;
				row = displaced;
				if (++moves % SPK_POLL_ROWS == 0 && spk_cancelled(host))
					return SPK_CANCELLED;
			}
			rows[next[d]++] = row;
			if (++moves % SPK_POLL_ROWS == 0 && spk_cancelled(host))
				return SPK_CANCELLED;
		}
	}
	return SPK_OK;
}

/*
 * Sorts by the digit at shift and the digits below it.  This need not be stable,
 * because equal words cannot be told apart.
 */
static SpkStatus
radix_sort(const SpkHost *host, SpkScored *rows, size_t n, int shift)
{
	size_t	  next[RADIX];
	size_t	  end[RADIX] = {0};
	size_t	  start = 0;
	SpkStatus status;

	if (n <= SMALL_SORT)
	{
		insertion_sort(rows, n);
		return SPK_OK;
	}

	for (size_t i = 0; i < n; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
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

	/* end still has the ranges' ends; next has been moved on to them */
	start = 0;
	for (unsigned d = 0; d < RADIX && shift > 0 && status == SPK_OK; d++)
	{
		status = radix_sort(host, rows + start, end[d] - start, shift - RADIX_BITS);
		start = end[d];
	}
	return status;
}

SpkStatus
spk_sort_scored(const SpkHost *host, SpkScored *rows, size_t n)
{
	return radix_sort(host, rows, n, TOP_SHIFT);
}
