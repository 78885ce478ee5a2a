/*
 * horizon.h
 *	  Labels that look cut off by the end of the log.
 */
#ifndef SPK_CORE_ROWS_HORIZON_H
#define SPK_CORE_ROWS_HORIZON_H

#include "core/base/host.h"

/* Rows of the latest dates, and of those before. */
typedef struct SpkHorizon
{
	bool	 cut_off;
	uint32_t n_dates;	/* latest ones */
	uint32_t n_rows[2]; /* before, on them */
	uint32_t n_positives[2];
} SpkHorizon;

/*
 * Do users hardly churn any more on the latest dates?  On the dates after the
 * last one with a positive row, and else on the last one alone, at most half as
 * many churn as on all dates before, and by chance fewer than one time in
 * 10,000 so few would.  Rows without a date (NaN) do not count.  The order of
 * the rows does not matter.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_find_horizon(const SpkHost *host, const double *times, const uint8_t *labels,
								  uint32_t n_rows, SpkHorizon *horizon);

#endif /* SPK_CORE_ROWS_HORIZON_H */
