/*
 * row_file.h
 *	  The values of rows that memory does not hold, in a temporary file.
 *
 * It is one of those that sorts and hash tables of PostgreSQL use: in temp_tablespaces,
 * bounded by temp_file_limit, told by log_temp_files, and gone when its resource owner
 * is, however that ends.
 */
#ifndef SPK_ROWS_ROW_FILE_H
#define SPK_ROWS_ROW_FILE_H

#include "postgres.h"

#include "core/rows/matrix.h"

typedef struct SpkRowFile SpkRowFile;

/*
 * Returns for how many rows whose values have these bytes together a file has room in
 * memory: it takes a sixteenth of most_memory for them, within bounds.
 */
extern uint32 spk_row_file_rows(uint64 row_size, uint64 most_memory);

/*
 * Makes a file for rows with values of these sizes, one for each column.  It takes blocks of
 * block_rows, which spk_row_file_rows has returned, and lives in the context.
 */
extern SpkRowFile *spk_row_file_new(MemoryContext context, uint32 n_columns, const uint32 *sizes,
									uint32 block_rows);

/*
 * Where the values of a block lie in memory, one array for each column: to be filled and then
 * written, or, from spk_row_file_pages on, what was read last.
 */
extern void **spk_row_file_buffers(SpkRowFile *file);

/* Appends a block; the last one may have less than block_rows rows. */
extern void spk_row_file_write(SpkRowFile *file);

/* Ends writing.  The pages are there until the file is closed. */
extern const SpkPages *spk_row_file_pages(SpkRowFile *file);

/* Bytes of its memory, and of the disk. */
extern uint64 spk_row_file_memory(const SpkRowFile *file);
extern uint64 spk_row_file_size(const SpkRowFile *file);

/*
 * Gives the file and its buffers back.  What remains, in the context, says that it is closed:
 * to close it again does nothing.
 */
extern void spk_row_file_close(SpkRowFile *file);

#endif /* SPK_ROWS_ROW_FILE_H */
