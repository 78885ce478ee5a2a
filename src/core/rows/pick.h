/*
 * pick.h
 *	  Some rows of a table as a table of their own.
 */
#ifndef SPK_CORE_ROWS_PICK_H
#define SPK_CORE_ROWS_PICK_H

#include "core/rows/matrix.h"

/*
 * Copies the rows for which chosen is not 0 into a new table of host memory, in their
 * order.  The names of its columns and of categories are those of the table.  Returns
 * SPK_NO_MEMORY or SPK_CANCELLED; then nothing is held.
 */
extern SpkStatus spk_table_pick(const SpkHost *host, const SpkTable *table, const uint8_t *chosen,
								SpkTable *picked);

/* Releases what spk_table_pick has made. */
extern void spk_table_unpick(const SpkHost *host, SpkTable *picked);

/* How many bytes n picked rows of the table take. */
extern uint64_t spk_table_picked_size(const SpkTable *table, uint32_t n);

#endif /* SPK_CORE_ROWS_PICK_H */
