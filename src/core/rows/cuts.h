/*
 * cuts.h
 *	  The bins of a column of numbers.
 */
#ifndef SPK_CORE_ROWS_CUTS_H
#define SPK_CORE_ROWS_CUTS_H

#include "core/base/host.h"
#include "core/models/model.h"

typedef struct SpkCuts
{
	uint32_t n_bins;
	double	 edges[SPK_MAX_BINS]; /* n_bins - 1, if there are any bins */
	uint32_t counts[SPK_MAX_BINS];
} SpkCuts;

/*
 * Cuts numbers, given by their keys (see sort.h), into at most max_bins bins, as
 * spk_bin_column says.  keys and scratch have room for n, and hold anything
 * afterwards.  Takes a bit a key and 64 kB of host memory while it works.
 * SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_cut_keys(const SpkHost *host, uint64_t *keys, uint64_t *scratch, uint32_t n,
							  uint32_t max_bins, SpkCuts *cuts);

#endif /* SPK_CORE_ROWS_CUTS_H */
