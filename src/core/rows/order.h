/*
 * order.h
 *	  The canonical order of training rows: it depends on their content alone,
 *	  not on how they arrived.
 */
#ifndef SPK_CORE_ROWS_ORDER_H
#define SPK_CORE_ROWS_ORDER_H

#include "core/base/host.h"

/* Of the size bytes of a row, the same on every machine. */
typedef uint64_t (*SpkRowHash)(const void *row, size_t size);

/* As memcmp, which is one: 0 for rows that are the same for every purpose. */
typedef int (*SpkRowCompare)(const void *a, const void *b, size_t size);

/*
 * Puts n rows of size bytes each, one after the other, into order: by the
 * upper half of their hash, then as compared.  They are moved in place: takes
 * 16 bytes a row of host memory while it works.  origins, if not NULL, receives
 * for each place (n of them) the place where its row was before.  SPK_CANCELLED
 * (the rows are then neither all there nor in order), SPK_NO_MEMORY.
 */
extern SpkStatus spk_order_rows(const SpkHost *host, void *rows, uint32_t n, size_t size,
								SpkRowHash hash, SpkRowCompare compare, uint32_t *origins);

#endif /* SPK_CORE_ROWS_ORDER_H */
