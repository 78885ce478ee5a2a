/*
 * table.c
 *	  What the tables take that stores have handed over, and giving it back.
 */
#include "compat.h"

#include "rows/category_hash.h"
#include "rows/row_store.h"

uint64
spk_table_size(const SpkTable *table)
{
	uint64 size = 1;

	if (table->weights != NULL)
		size += sizeof(double);
	for (uint32 i = 0; i < table->n_columns && !spk_table_has_pages(table); i++)
		size += spk_store_value_size(table->columns[i].kind);
	size = size * table->n_rows + spk_table_names_size(table);
	if (spk_table_has_pages(table))
		size += spk_row_file_memory(table->columns[0].pages->arg);
	return size;
}

uint64
spk_table_names_size(const SpkTable *table)
{
	uint64 size = 0;

	for (uint32 i = 0; i < table->n_columns; i++)
		for (uint32 j = 0; j < table->columns[i].n_names; j++)
			size += spk_category_size(table->columns[i].names[j]);
	return size;
}

static void
release_array(const SpkTable *table, const void *array)
{
	if (array != NULL && !table->borrowed)
		pfree((void *) array);
}

void
spk_table_release(SpkTable *table)
{
	SpkColumn *columns = (SpkColumn *) table->columns;

	release_array(table, table->labels);
	table->labels = NULL;
	if (spk_table_has_pages(table))
		spk_row_file_close(table->columns[0].pages->arg);
	for (uint32 i = 0; i < table->n_columns; i++)
	{
		release_array(table, columns[i].numbers);
		release_array(table, columns[i].ids);
		columns[i].pages = NULL;
		columns[i].numbers = NULL;
		columns[i].ids = NULL;
	}
}
