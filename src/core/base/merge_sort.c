/*
 * merge_sort.c
 *	  Sorting things of any size while the host is asked whether to go on.
 *
 * The C library's qsort cannot be stopped, so it sorts short runs alone.  These are
 * merged, two and two, from one array into another and back.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/merge_sort.h"

/* Things that qsort sorts, and at most between two polls: well below a millisecond. */
#define SORTED_ALONE UINT32_C(4096)

/* What is sorted, and by what. */
typedef struct Things
{
	const SpkHost *host;
	size_t		   size;
	SpkCompare	   compare;
} Things;

/* Merges the sorted runs from a up to b and from b up to end; false when the host wants to stop. */
static bool
merge(const Things *t, const char *a, const char *b, const char *end, char *to)
{
	const char *middle = b;

	/* what is in order already is common, and copied as a whole */
	if (b == end || t->compare(middle - t->size, middle) <= 0)
		return spk_copy(t->host, to, a, (size_t) (end - a));
	for (uint32_t i = 1; a < middle && b < end; i++, to += t->size)
	{
		const char **from = t->compare(a, b) <= 0 ? &a : &b;

		memcpy(to, *from, t->size);
		*from += t->size;
		if (i % SORTED_ALONE == 0 && spk_cancelled(t->host))
			return false;
	}

	/* one of the two has come to its end */
	if (!spk_copy(t->host, to, a, (size_t) (middle - a)))
		return false;
	return spk_copy(t->host, to + (middle - a), b, (size_t) (end - b));
}

/* Merges all runs of so many things in pairs. */
static SpkStatus
merge_runs(const Things *t, const char *from, char *to, uint32_t n, uint32_t run)
{
	for (uint64_t low = 0; low < n; low += 2 * (uint64_t) run)
	{
		uint64_t middle = low + run < n ? low + run : n;
		uint64_t end = middle + run < n ? middle + run : n;

		if (spk_cancelled(t->host))
			return SPK_CANCELLED;
		if (!merge(t, from + low * t->size, from + middle * t->size, from + end * t->size,
				   to + low * t->size))
			return SPK_CANCELLED;
	}
	return SPK_OK;
}

/* Sorts runs, then merges them until there is one, which may be in the copy. */
static SpkStatus
sort_and_merge(const Things *t, char *things, char *copy, uint32_t n)
{
	char	 *from = things;
	char	 *to = copy;
	SpkStatus status = SPK_OK;

	for (uint64_t low = 0; low < n; low += SORTED_ALONE)
	{
		if (spk_cancelled(t->host))
			return SPK_CANCELLED;
		qsort(things + low * t->size, n - low < SORTED_ALONE ? (size_t) (n - low) : SORTED_ALONE,
			  t->size, t->compare);
	}
	for (uint64_t run = SORTED_ALONE; run < n && status == SPK_OK; run *= 2)
	{
		char *sorted = to;

		status = merge_runs(t, from, to, n, (uint32_t) run);
		to = from;
		from = sorted;
	}
	if (status == SPK_OK && from != things && !spk_copy(t->host, things, from, n * t->size))
		status = SPK_CANCELLED;
	return status;
}

SpkStatus
spk_merge_sort(const SpkHost *host, void *things, uint32_t n, size_t size, SpkCompare compare)
{
	Things	  t = {host, size, compare};
	char	 *copy;
	SpkStatus status;

	if (n <= SORTED_ALONE)
	{
		if (n > 1)
			qsort(things, n, size, compare);
		return SPK_OK;
	}
	copy = spk_alloc(host, n, size);
	if (copy == NULL)
		return SPK_NO_MEMORY;
	status = sort_and_merge(&t, things, copy, n);
	spk_release(host, copy);
	return status;
}
