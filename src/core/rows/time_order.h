/*
 * time_order.h
 *	  The order of rows by their times.
 */
#ifndef SPK_CORE_ROWS_TIME_ORDER_H
#define SPK_CORE_ROWS_TIME_ORDER_H

#include "core/base/host.h"

/*
 * Distinct times, ascending, and where rows go: those of times[i] to the places
 * starts[i] .. starts[i + 1] - 1, in the order in which they came, and rows without
 * a time behind the others, from starts[n_times] on.
 */
typedef struct SpkTimeOrder
{
	uint32_t  n_times;
	double	 *times;
	uint32_t *starts; /* n_times + 1 */
	uint32_t *places; /* of each row */
} SpkTimeOrder;

/*
 * Finds the order of n_rows times, of which NaN is none.  The arrays are host
 * memory, which spk_time_order_release gives back.  It takes 16 bytes more for each
 * row while it works.  SPK_CANCELLED, SPK_NO_MEMORY; then nothing is held.
 */
extern SpkStatus spk_time_order(const SpkHost *host, const double *times, uint32_t n_rows,
								SpkTimeOrder *order);
extern void		 spk_time_order_release(const SpkHost *host, SpkTimeOrder *order);

/* The most bytes of host memory for so many rows, the arrays among them. */
extern uint64_t spk_time_order_size(uint32_t n_rows);

#endif /* SPK_CORE_ROWS_TIME_ORDER_H */
