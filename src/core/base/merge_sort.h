/*
 * merge_sort.h
 *	  Sorting things of any size while the host is asked whether to go on.
 */
#ifndef SPK_CORE_BASE_MERGE_SORT_H
#define SPK_CORE_BASE_MERGE_SORT_H

#include "core/base/host.h"

/* As qsort has it: below, at or above 0 when a belongs before, beside or behind b. */
typedef int (*SpkCompare)(const void *a, const void *b);

/*
 * Sorts n things of so many bytes each.  Those that are equal may change places.  More
 * than some thousand take host memory for a copy.  Returns SPK_OK; SPK_CANCELLED or
 * SPK_NO_MEMORY, after which things may be missing.
 */
extern SpkStatus spk_merge_sort(const SpkHost *host, void *things, uint32_t n, size_t size,
								SpkCompare compare);

#endif /* SPK_CORE_BASE_MERGE_SORT_H */
