/*
 * row_slot.h
 *	  Rows that come from a query of ours, column by column.
 */
#ifndef SPK_ROWS_ROW_SLOT_H
#define SPK_ROWS_ROW_SLOT_H

#include "rows/row.h"

/* Makes a row for slots that begin with these columns.  It is in memory of the context. */
extern SpkRow *spk_row_of_columns(TupleDesc columns, MemoryContext context);

/* Loads a row that spk_row_of_columns has made from a slot, for as long as that has its tuple. */
extern void spk_row_load_slot(SpkRow *row, TupleTableSlot *slot);

#endif /* SPK_ROWS_ROW_SLOT_H */
