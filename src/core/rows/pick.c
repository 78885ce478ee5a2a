/*
 * pick.c
 *	  Some rows of a table as a table of their own.
 */
#include <string.h>

#include "core/rows/pick.h"
#include "core/rows/weights.h"

static size_t
value_size(const SpkColumn *column)
{
	return column->kind == SPK_CATEGORY ? sizeof(uint32_t) : sizeof(double);
}

/* Copies things of this size in new host memory, those of the chosen rows; NULL without memory. */
static void *
pick_array(const SpkHost *host, const void *from, size_t size, const uint8_t *chosen,
		   uint32_t n_rows, uint32_t n_picked)
{
	char *to = spk_alloc(host, n_picked, size);
	char *at = to;

	for (uint32_t r = 0; r < n_rows && to != NULL; r++)
		if (chosen[r])
		{
			memcpy(at, (const char *) from + r * size, size);
			at += size;
		}
	return to;
}

/* The same of a column's values, page by page where they have to be read. */
static void *
pick_values(const SpkHost *host, const SpkColumn *column, const uint8_t *chosen, uint32_t n_rows,
			uint32_t n_picked)
{
	size_t size = value_size(column);
	char  *to = spk_alloc(host, n_picked, size);
	char  *at = to;

	for (uint32_t from = 0; from < n_rows && to != NULL; from += SPK_PAGE_ROWS)
	{
		const char *values = column->kind == SPK_CATEGORY ?
			(const char *) spk_column_ids(column, from) :
			(const char *) spk_column_numbers(column, from);
		uint32_t	n_here = spk_page_rows(n_rows, from);

		for (uint32_t i = 0; i < n_here; i++)
			if (chosen[from + i])
			{
				memcpy(at, values + i * size, size);
				at += size;
			}
	}
	return to;
}

static SpkStatus
pick_columns(const SpkHost *host, const SpkTable *table, const uint8_t *chosen, uint32_t n_picked,
			 SpkColumn *columns)
{
	for (uint32_t c = 0; c < table->n_columns; c++)
	{
		const SpkColumn *column = &table->columns[c];
		void			*values;

		if (spk_cancelled(host))
			return SPK_CANCELLED;
		values = pick_values(host, column, chosen, table->n_rows, n_picked);
		if (values == NULL)
			return SPK_NO_MEMORY;
		columns[c] = *column;
		columns[c].pages = NULL;
		columns[c].numbers = column->kind == SPK_CATEGORY ? NULL : values;
		columns[c].ids = column->kind == SPK_CATEGORY ? values : NULL;
	}
	return SPK_OK;
}

/* Copies the weights of the chosen rows, which stay multiples of the same unit. */
static SpkStatus
pick_weights(const SpkHost *host, const SpkTable *table, const uint8_t *chosen, SpkTable *picked)
{
	SpkWeightUnit unit;
	SpkStatus	  status = spk_table_unit(host, table, &unit);

	if (status != SPK_OK)
		return status;
	picked->unit = unit.unit;
	picked->weights = pick_array(host, table->weights, sizeof(double), chosen, table->n_rows,
								 picked->n_rows);
	return picked->weights == NULL ? SPK_NO_MEMORY : SPK_OK;
}

SpkStatus
spk_table_pick(const SpkHost *host, const SpkTable *table, const uint8_t *chosen, SpkTable *picked)
{
	SpkColumn *columns = spk_alloc(host, table->n_columns, sizeof(SpkColumn));
	uint32_t   n_picked = 0;
	SpkStatus  status = SPK_NO_MEMORY;

	for (uint32_t r = 0; r < table->n_rows; r++)
		n_picked += chosen[r] != 0;
	*picked = (SpkTable) {.n_rows = n_picked, .n_columns = table->n_columns, .columns = columns};
	picked->labels = pick_array(host, table->labels, 1, chosen, table->n_rows, n_picked);
	if (columns != NULL)
		memset(columns, 0, table->n_columns * sizeof(SpkColumn));
	if (columns != NULL && picked->labels != NULL)
		status = pick_columns(host, table, chosen, n_picked, columns);
	if (status == SPK_OK && table->weights != NULL)
		status = pick_weights(host, table, chosen, picked);
	if (status != SPK_OK)
		spk_table_unpick(host, picked);
	return status;
}

void
spk_table_unpick(const SpkHost *host, SpkTable *picked)
{
	for (uint32_t c = 0; c < picked->n_columns && picked->columns != NULL; c++)
	{
		spk_release(host, (void *) picked->columns[c].numbers);
		spk_release(host, (void *) picked->columns[c].ids);
	}
	spk_release(host, (void *) picked->columns);
	spk_release(host, (void *) picked->labels);
	spk_release(host, (void *) picked->weights);
	memset(picked, 0, sizeof(*picked));
}

uint64_t
spk_table_picked_size(const SpkTable *table, uint32_t n)
{
	uint64_t row = 1 + (table->weights != NULL ? sizeof(double) : 0);

	for (uint32_t c = 0; c < table->n_columns; c++)
		row += value_size(&table->columns[c]);
	return n * row + table->n_columns * sizeof(SpkColumn);
}
