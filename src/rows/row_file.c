/*
 * row_file.c
 *	  The values of rows that memory does not hold, in a temporary file.
 *
 * Rows come in blocks.  In a block the values of each column follow each other, so that a
 * column is read in few large pieces, and all columns of some rows in a few more.
 */
#include "compat.h"

#include "miscadmin.h"
#include "storage/buffile.h"
#include "utils/memutils.h"

#include "rows/row_file.h"

/* The fewest rows whose values of any size fill whole pages of the file, and of SpkPages. */
#define LEAST_BLOCK Max(2 * SPK_PAGE_ROWS, BLCKSZ / sizeof(uint32))

/* The most rows of a block: of numbers 128 kB a column, which disks read at their full speed. */
#define MOST_BLOCK Max(16 * SPK_PAGE_ROWS, LEAST_BLOCK)

/* No block of a column is in memory. */
#define NO_BLOCK UINT32_MAX

struct SpkRowFile
{
	BufFile *file; /* NULL when it is closed */
	uint32	 n_columns;
	uint32	 block_rows;
	uint32	 n_blocks;
	uint32	*sizes;		/* of each column, the bytes of a value */
	uint32	*places;	/* where it begins in a block, in pages of the file */
	uint32	 n_pages;	/* of a block */
	void   **buffers;	/* the values of one block */
	uint32	*in_buffer; /* the number of that block */
	SpkPages pages;
};

uint32
spk_row_file_rows(uint64 row_size, uint64 most_memory)
{
	uint64 rows = MOST_BLOCK;

	while (rows > LEAST_BLOCK && rows * row_size > most_memory / 16)
		rows /= 2;
	return (uint32) rows;
}

static uint32
column_pages(const SpkRowFile *file, uint32 column)
{
	return file->block_rows * file->sizes[column] / BLCKSZ;
}

SpkRowFile *
spk_row_file_new(MemoryContext context, uint32 n_columns, const uint32 *sizes, uint32 block_rows)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	SpkRowFile	 *file = palloc0(sizeof(SpkRowFile));

	file->n_columns = n_columns;
	file->block_rows = block_rows;
	file->sizes = palloc(n_columns * sizeof(uint32));
	file->places = palloc(n_columns * sizeof(uint32));
	file->buffers = palloc(n_columns * sizeof(void *));
	file->in_buffer = palloc(n_columns * sizeof(uint32));

	/* what a value's bytes were before is nobody's business, not even in the file */
	for (uint32 i = 0; i < n_columns; i++)
	{
		file->sizes[i] = sizes[i];
		file->places[i] = file->n_pages;
		file->n_pages += column_pages(file, i);
		file->buffers[i] = palloc0((Size) block_rows * sizes[i]);
		file->in_buffer[i] = NO_BLOCK;
	}
	file->file = BufFileCreateTemp(false);
	MemoryContextSwitchTo(old);
	return file;
}

void **
spk_row_file_buffers(SpkRowFile *file)
{
	return file->buffers;
}

void
spk_row_file_write(SpkRowFile *file)
{
	for (uint32 i = 0; i < file->n_columns; i++)
	{
		CHECK_FOR_INTERRUPTS();
		BufFileWrite(file->file, file->buffers[i], (Size) file->block_rows * file->sizes[i]);
	}
	file->n_blocks++;
}

/* Brings the block of a column that has the row into its buffer. */
static const void *
read_page(void *arg, uint32 column, uint32 from)
{
	SpkRowFile *file = arg;
	uint32		block = from / file->block_rows;
	Size		size = (Size) file->block_rows * file->sizes[column];

	if (file->in_buffer[column] != block)
	{
		CHECK_FOR_INTERRUPTS();
		file->in_buffer[column] = NO_BLOCK;
		if (BufFileSeekBlock(file->file, (int64) block * file->n_pages + file->places[column]) !=
				0 ||
			BufFileRead(file->file, file->buffers[column], size) != size)
			ereport(ERROR,
					(errcode_for_file_access(),
					 errmsg("could not read training rows from temporary file: %m")));
		file->in_buffer[column] = block;
	}
	return (char *) file->buffers[column] + (Size) (from % file->block_rows) * file->sizes[column];
}

const SpkPages *
spk_row_file_pages(SpkRowFile *file)
{
	file->pages = (SpkPages) {file, read_page};
	return &file->pages;
}

uint64
spk_row_file_memory(const SpkRowFile *file)
{
	return (uint64) file->n_pages * BLCKSZ;
}

uint64
spk_row_file_size(const SpkRowFile *file)
{
	return (uint64) file->n_blocks * file->n_pages * BLCKSZ;
}

void
spk_row_file_close(SpkRowFile *file)
{
	if (file->file == NULL)
		return;
	BufFileClose(file->file);
	file->file = NULL;
	for (uint32 i = 0; i < file->n_columns; i++)
		pfree(file->buffers[i]);
	pfree(file->buffers);
	pfree(file->in_buffer);
	pfree(file->places);
	pfree(file->sizes);
}
