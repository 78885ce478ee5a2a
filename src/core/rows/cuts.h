/*
 * cuts.h
 *	Cutting a column of numbers into bins.
 */
#ifndef SPK_CORE_ROWS_CUTS_H
#define SPK_CORE_ROWS_CUTS_H

#include "core/base/host.h"
#include "core/models/model.h"

/* The bins of a column. */
typedef struct SpkCuts
{
	uint32_t n_bins;
	double	 edges[SPK_MAX_BINS];  /* n_bins - 1 of them, if there are any bins */
	uint32_t counts[SPK_MAX_BINS]; /* the rows of each bin */
} SpkCuts;

/*
 * Cuts n numbers, of which keys holds the keys (see sort.h), into max_bins bins at
 * most, as spk_bin_feature says.  scratch has room for n keys.  Afterwards the
 * content of both arrays is undefined.  It takes a bit of host memory for each key
 * and 64 kB more while it works.  Returns SPK_OK, SPK_CANCELLED or SPK_NO_MEMORY.
 */
extern SpkStatus spk_cut_keys(const SpkHost *host, uint64_t *keys, uint64_t *scratch, uint32_t n,
							  uint32_t max_bins, SpkCuts *cuts);

#endif /* SPK_CORE_ROWS_CUTS_H */
