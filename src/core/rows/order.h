/*
 * order.h
 *	  The canonical order of training rows, which depends on what they hold and not
 *	  on the order in which they came.
 */
#ifndef SPK_CORE_ROWS_ORDER_H
#define SPK_CORE_ROWS_ORDER_H

#include "core/base/host.h"

/* Returns a hash of a row of size bytes, the same on every machine. */
typedef uint64_t (*SpkRowHash)(const void *row, size_t size);

/* Orders rows as memcmp does, which is one of these; 0 when the rows are the same in everything. */
typedef int (*SpkRowCompare)(const void *a, const void *b, size_t size);

/*
 * Puts n rows of size bytes each, one behind the other, into order: by the upper half
 * of their hash, then as compare orders them.  They are moved in place, so it takes
 * only 16 bytes of host memory for each row while it works.  origins, unless NULL,
 * has room for n numbers, and is set to the place where each row was before.
 *
 * Returns SPK_OK, SPK_CANCELLED, after which rows may be out of order and some of them
 * lost, or SPK_NO_MEMORY.
 */
extern SpkStatus spk_order_rows(const SpkHost *host, void *rows, uint32_t n, size_t size,
								SpkRowHash hash, SpkRowCompare compare, uint32_t *origins);

#endif /* SPK_CORE_ROWS_ORDER_H */
