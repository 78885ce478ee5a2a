/*
 * row_slot.h
 *	  Rows that come column by column: from a query of ours, or as arguments of a function.
 */
#ifndef SPK_ROWS_ROW_SLOT_H
#define SPK_ROWS_ROW_SLOT_H

#include "rows/row.h"

/*
 * Makes a row for slots that begin with these columns, or whose values the caller puts into
 * values and nulls.  It is in memory of the context.
 */
extern SpkRow *spk_row_of_columns(TupleDesc columns, MemoryContext context);

/* Loads a row that spk_row_of_columns has made from a slot, for as long as that has its tuple. */
extern void spk_row_load_slot(SpkRow *row, TupleTableSlot *slot);

/*
 * Makes a row whose columns are n arguments of a function, from number first on.  They
 * get these names.  The row is in memory of the context.
 */
extern SpkRow *spk_row_of_arguments(FunctionCallInfo fcinfo, int first, int n,
									const char *const *names, MemoryContext context);

#endif /* SPK_ROWS_ROW_SLOT_H */
