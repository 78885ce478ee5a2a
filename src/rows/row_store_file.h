/*
 * row_store_file.h
 *	  Row stores whose values memory does not hold; private to the files row_store*.c.
 */
#ifndef SPK_ROWS_ROW_STORE_FILE_H
#define SPK_ROWS_ROW_STORE_FILE_H

#include "rows/row_store.h"

/* Bytes that a row takes in all arrays together that hold all rows. */
extern uint64 spk_store_row_size(const SpkRowStore *store);

/* The same with what training takes for each row, when the store may go to a file: then it must in time. */
extern uint64 spk_store_whole_size(const SpkRowStore *store);

/* Bytes that n_rows rows take until they are codes, beside the names of categories. */
extern uint64 spk_store_held(const SpkRowStore *store, uint64 n_rows);

/* May the store's values go to a file? */
extern bool spk_store_can_file(const SpkRowStore *store);

/* What ends a hint of what to do when memory does not hold the rows: what lets them go to a file. */
extern const char *spk_store_file_hint(const SpkRowStore *store);

/* Moves the values to a file, if they may go there, when n_rows rows are too many for the memory. */
extern void spk_store_file_if_large(SpkRowStore *store, uint64 n_rows);

/* Writes the values that the store holds, when they are in a file but for these and fill a block. */
extern void spk_store_file_full(SpkRowStore *store);

/* How many more values of each column there is room for. */
extern uint32 spk_store_room(const SpkRowStore *store);

/* Ends writing, and returns where all values are; NULL when there is no file. */
extern const SpkPages *spk_store_pages(SpkRowStore *store);

#endif /* SPK_ROWS_ROW_STORE_FILE_H */
