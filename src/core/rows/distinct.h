/*
 * distinct.h
 *	Counting the distinct and the equal values of a column.
 */
#ifndef SPK_CORE_ROWS_DISTINCT_H
#define SPK_CORE_ROWS_DISTINCT_H

#include "core/base/host.h"

/* The values of all rows, in one of three forms; the other two are NULL. */
typedef struct SpkSeries
{
	const double   *numbers; /* NaN when not known */
	const uint32_t *ids;	 /* SPK_NO_ID when not known */
	const uint64_t *groups;	 /* 0 when not known */
	uint32_t		n_rows;
} SpkSeries;

/*
 * Counts the rows in which the value is known, and the distinct values in them.  When
 * with is not NULL, it counts pairs of a value of s and one of with instead.  It ends
 * with the counts up to there when values have come up again more than max_again
 * times, or when there are more than max_distinct of them.  It takes up to 48 bytes
 * of host memory for each row.  Returns SPK_OK, SPK_CANCELLED or SPK_NO_MEMORY.
 */
extern SpkStatus spk_count_distinct(const SpkHost *host, const SpkSeries *s, const SpkSeries *with,
									uint32_t max_again, uint32_t max_distinct, uint32_t *n_known,
									uint32_t *n_distinct);

/*
 * Counts the pairs of rows that have the same value.  It takes 16 bytes of host
 * memory for each row.  Returns SPK_OK, SPK_CANCELLED or SPK_NO_MEMORY.
 */
extern SpkStatus spk_count_equal_pairs(const SpkHost *host, const SpkSeries *s, double *pairs);

/*
 * Leaves, of n listed places in hashes, those whose hash may be there again among them, in their
 * order; the others are there once.  Some of a hundred of these stay, too.  *n is set to how
 * many are left.  It takes at most 8 bytes of host memory for each place, and 16 kB more, while it
 * works.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_leave_repeated(const SpkHost *host, const uint64_t *hashes, uint32_t *places,
									uint32_t *n);

/*
 * Sets *all to whether each of n keys is there once, and none is 0.  It takes at most 28 bytes
 * of host memory for each while it works.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_all_differ(const SpkHost *host, const uint64_t *keys, uint32_t n, bool *all);

#endif /* SPK_CORE_ROWS_DISTINCT_H */
