/*
 * row_store_file.c
 *	  Row stores whose values memory does not hold.
 *
 * Learners from codes need each value twice: when its column is cut into bins, and when it
 * becomes a code, of one byte.  Both go through the rows in order, so that values may as well
 * lie in a file.  Labels, groups, dates and weights stay in memory.  The bins are those of
 * all values, and the model is to the bit what it is from memory.
 */
#include "compat.h"

#include "utils/memutils.h"

#include "core/models/learner.h"
#include "host/memory_limit.h"
#include "rows/row_store_file.h"

/*
 * What a row takes beside its code while it is binned and put in order, at most: keys to sort
 * by, and the number of its user.
 */
#define ORDERING_SIZE (4 * sizeof(uint64))

bool
spk_store_can_file(const SpkRowStore *store)
{
	return spk_memory_files() != SPK_FILES_OFF && store->trains && store->is_last &&
		spk_learns_codes(store->algorithm) && !spk_has_parts(store->algorithm);
}

/* Bytes of all values of a row. */
static uint64
values_size(const SpkRowStore *store)
{
	uint64 size = 0;

	for (uint32 i = 0; i < store->n_columns; i++)
		size += spk_store_value_size(store->columns[i].kind);
	return size;
}

/* Bytes of what else is known of a row. */
static uint64
row_facts_size(const SpkRowStore *store)
{
	return 1 + (store->grouped ? sizeof(uint64) : 0) +
		(store->time_name != NULL ? sizeof(double) : 0) +
		(store->weight_name != NULL ? sizeof(double) : 0);
}

/* Bytes that a row will take as codes, and until it is. */
static uint64
coding_size(const SpkRowStore *store)
{
	return spk_row_stride(store->n_columns, 0, store->weight_name != NULL) + ORDERING_SIZE;
}

uint64
spk_store_row_size(const SpkRowStore *store)
{
	return row_facts_size(store) + (store->file == NULL ? values_size(store) : 0);
}

uint64
spk_store_whole_size(const SpkRowStore *store)
{
	return spk_store_row_size(store) + (spk_store_can_file(store) ? coding_size(store) : 0);
}

uint64
spk_store_held(const SpkRowStore *store, uint64 n_rows)
{
	if (store->file == NULL)
		return n_rows * spk_store_row_size(store);

	/* what a file cannot help is told at once, and not when all rows have been written */
	return n_rows * (spk_store_row_size(store) + coding_size(store)) +
		spk_row_file_memory(store->file);
}

const char *
spk_store_file_hint(const SpkRowStore *store)
{
	if (store->file != NULL)
		return "";
	if (!store->trains || !spk_learns_codes(store->algorithm) || spk_has_parts(store->algorithm))
		return ". Forests and gradient_boosting can be trained from temporary files";
	if (spk_memory_files() == SPK_FILES_OFF)
		return ", or set sparkify.training_files to \"auto\"";
	return ", or read them without workers (max_parallel_workers_per_gather = 0), which puts them into a temporary file";
}

uint32
spk_store_room(const SpkRowStore *store)
{
	return store->file == NULL ? store->capacity - store->n_rows :
								 store->block_rows - (store->n_rows - store->n_filed);
}

/* Makes the file, whose buffers take the place of the arrays; returns these. */
static void **
make_file(SpkRowStore *store)
{
	uint32 *sizes = palloc(store->n_columns * sizeof(uint32));
	void  **arrays = palloc(store->n_columns * sizeof(void *));
	void  **buffers;

	for (uint32 i = 0; i < store->n_columns; i++)
		sizes[i] = (uint32) spk_store_value_size(store->columns[i].kind);
	store->block_rows = spk_row_file_rows(values_size(store), spk_memory_limit());
	store->file = spk_row_file_new(store->context, store->n_columns, sizes, store->block_rows);
	buffers = spk_row_file_buffers(store->file);
	for (uint32 i = 0; i < store->n_columns; i++)
	{
		arrays[i] = store->columns[i].values;
		store->columns[i].values = buffers[i];
	}
	pfree(sizes);
	return arrays;
}

void
spk_store_file_if_large(SpkRowStore *store, uint64 n_rows)
{
	uint32 n_stored = store->n_rows;
	void **arrays;

	if (store->file != NULL || !spk_store_can_file(store))
		return;
	if (spk_memory_files() != SPK_FILES_ALWAYS &&
		n_rows * spk_store_whole_size(store) + store->names_size <= spk_memory_limit())
		return;

	/* the rows so far go through the buffers as those to come will */
	arrays = make_file(store);
	store->n_rows = 0;
	while (store->n_rows < n_stored)
	{
		uint32 n;

		spk_store_file_full(store);
		n = Min(n_stored - store->n_rows, store->block_rows);
		for (uint32 i = 0; i < store->n_columns; i++)
		{
			SpkStoreColumn *c = &store->columns[i];
			size_t			size = spk_store_value_size(c->kind);

			memcpy(c->values, (char *) arrays[i] + store->n_rows * size, n * size);
		}
		store->n_rows += n;
	}

	for (uint32 i = 0; i < store->n_columns; i++)
		if (arrays[i] != NULL)
			pfree(arrays[i]);
	pfree(arrays);
}

void
spk_store_file_full(SpkRowStore *store)
{
	if (store->file == NULL || store->n_rows - store->n_filed < store->block_rows)
		return;
	spk_row_file_write(store->file);
	store->n_filed = store->n_rows;
}

const SpkPages *
spk_store_pages(SpkRowStore *store)
{
	if (store->file == NULL)
		return NULL;
	if (store->n_rows > store->n_filed)
		spk_row_file_write(store->file);
	store->n_filed = store->n_rows;
	return spk_row_file_pages(store->file);
}

void
spk_store_close(SpkRowStore *store)
{
	if (store->file != NULL)
		spk_row_file_close(store->file);
}
