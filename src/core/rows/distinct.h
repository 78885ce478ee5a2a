/*
 * distinct.h
 *	  Counting what differs in a column, and what is the same.
 */
#ifndef SPK_CORE_ROWS_DISTINCT_H
#define SPK_CORE_ROWS_DISTINCT_H

#include "core/base/host.h"

/* A value for each row: one of these, the others NULL. */
typedef struct SpkSeries
{
	const double   *numbers; /* NaN: not known */
	const uint32_t *ids;	 /* SPK_NO_ID: not known */
	const uint64_t *groups;	 /* 0: not known */
	uint32_t		n_rows;
} SpkSeries;

/*
 * Counts the distinct values of a series, or its distinct pairs with another
 * (NULL: none), in the rows where they are known; ends when values have come up
 * again more than max_again times, or there are more than max_distinct, with the
 * counts of so far.  Up to 48 bytes a row.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_count_distinct(const SpkHost *host, const SpkSeries *s, const SpkSeries *with,
									uint32_t max_again, uint32_t max_distinct, uint32_t *n_known,
									uint32_t *n_distinct);

/* How many pairs of rows have the same value.  SPK_CANCELLED, SPK_NO_MEMORY. */
extern SpkStatus spk_count_equal_pairs(const SpkHost *host, const SpkSeries *s, double *pairs);

#endif /* SPK_CORE_ROWS_DISTINCT_H */
