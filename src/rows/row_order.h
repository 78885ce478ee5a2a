/*
 * row_order.h
 *	  The rows of a store by their dates, and parts of them.
 */
#ifndef SPK_ROWS_ROW_ORDER_H
#define SPK_ROWS_ROW_ORDER_H

#include "postgres.h"

#include "core/rows/time_order.h"
#include "rows/row_store.h"

/*
 * Puts the rows of a store, which has their times, into the order of these; those
 * without one come last.  order tells where the rows of each time are, and is in the
 * current memory context.  Its places are of no use any more.  More memory than
 * sparkify.max_training_memory is an error.
 */
extern void spk_store_order(SpkRowStore *store, SpkTimeOrder *order);

/*
 * The rows first .. first + n - 1 of a store as a store of their own, which is in the
 * current memory context and borrows them: what is trained on it gives them back to
 * nobody.  It has no rows without a label.
 */
extern SpkRowStore *spk_store_part(const SpkRowStore *store, uint32 first, uint32 n);

#endif /* SPK_ROWS_ROW_ORDER_H */
