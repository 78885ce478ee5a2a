/*
 * horizon.h
 *	Finding labels that the end of the log seems to cut off.
 */
#ifndef SPK_CORE_ROWS_HORIZON_H
#define SPK_CORE_ROWS_HORIZON_H

#include "core/base/host.h"

/* How the labels of the latest dates differ from those before; all zeros when they do not. */
typedef struct SpkHorizon
{
	bool	 cut_off;		 /* labels seem to be cut off */
	uint32_t n_dates;		 /* how many of the latest dates this is about */
	uint32_t n_rows[2];		 /* rows of the dates before them, and of them */
	uint32_t n_positives[2]; /* likewise rows with churn */
} SpkHorizon;

/*
 * Do users hardly churn any more on the latest dates?  These are the dates after the
 * last one with a positive row; when there are none, they are the last date alone.
 * The labels seem to be cut off when at most half as large a share of rows churns on
 * these dates as before, and when so few would churn by chance in less than one of
 * 10,000 cases.
 *
 * times has the date of each row, and labels 0 or 1.  Rows without a date (NaN) do
 * not count, and the order of the rows does not matter.  It takes 32 bytes of host
 * memory for each row.  Returns SPK_OK, SPK_CANCELLED or SPK_NO_MEMORY.
 */
extern SpkStatus spk_find_horizon(const SpkHost *host, const double *times, const uint8_t *labels,
								  uint32_t n_rows, SpkHorizon *horizon);

#endif /* SPK_CORE_ROWS_HORIZON_H */
