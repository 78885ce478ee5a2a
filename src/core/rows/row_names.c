/*
 * row_names.c
 *	  Names of rows, by the values that they hold.
 */
#include <string.h>

#include "core/base/hash.h"
#include "core/base/sort.h"
#include "core/rows/row_names.h"

/* Returns a hash of each of the column's categories, which the caller releases; NULL without memory. */
static uint64_t *
hash_categories(const SpkHost *host, const SpkColumn *column, SpkStatus *status)
{
	uint64_t *hashes = spk_alloc(host, column->n_names, sizeof(uint64_t));

	*status = hashes == NULL ? SPK_NO_MEMORY : SPK_OK;
	for (uint32_t i = 0; i < column->n_names && *status == SPK_OK; i++)
	{
		if (i % 1024 == 0 && spk_cancelled(host))
			*status = SPK_CANCELLED;
		hashes[i] = spk_hash_bytes(column->names[i].name, column->names[i].len, 0);
	}
	return hashes;
}

/* Mixes the categories of a column into the names: their bytes, because ids depend on the order. */
static SpkStatus
name_by_categories(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, uint64_t *names)
{
	SpkStatus status;
	uint64_t *hashes = hash_categories(host, column, &status);

	for (uint32_t from = 0; from < n_rows && status == SPK_OK; from += SPK_PAGE_ROWS)
	{
		const uint32_t *ids = spk_column_ids(column, from);
		uint32_t		n_here = spk_page_rows(n_rows, from);

		if (spk_cancelled(host))
			status = SPK_CANCELLED;
		for (uint32_t i = 0; i < n_here; i++)
			names[from + i] = spk_hash_combine(names[from + i],
											   ids[i] == SPK_NO_ID ? 0 : hashes[ids[i]]);
	}
	spk_release(host, hashes);
	return status;
}

/* Likewise the numbers of a column. */
static SpkStatus
name_by_numbers(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, uint64_t *names)
{
	for (uint32_t from = 0; from < n_rows; from += SPK_PAGE_ROWS)
	{
		const double *numbers = spk_column_numbers(column, from);
		uint32_t	  n_here = spk_page_rows(n_rows, from);

		if (spk_cancelled(host))
			return SPK_CANCELLED;
		for (uint32_t i = 0; i < n_here; i++)
			names[from + i] = spk_hash_combine(names[from + i], spk_name_of_number(numbers[i]));
	}
	return SPK_OK;
}

SpkStatus
spk_row_names(const SpkHost *host, const SpkTable *table, uint64_t *names)
{
	SpkStatus status = SPK_OK;

	memset(names, 0, table->n_rows * sizeof(uint64_t));
	for (uint32_t c = 0; c < table->n_columns && status == SPK_OK; c++)
	{
		const SpkColumn *column = &table->columns[c];

		status = column->kind == SPK_CATEGORY ?
			name_by_categories(host, column, table->n_rows, names) :
			name_by_numbers(host, column, table->n_rows, names);
	}

	/* rows that differ in their weights alone are no twins */
	for (uint32_t r = 0; r < table->n_rows && table->weights != NULL && status == SPK_OK; r++)
	{
		if (r % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			status = SPK_CANCELLED;
		names[r] = spk_hash_combine(names[r], spk_name_of_number(table->weights[r]));
	}
	return status;
}

/* Mixes a column of listed rows into their names. */
static SpkStatus
name_listed(const SpkHost *host, const SpkColumn *column, const uint32_t *rows, uint32_t n,
			uint64_t *names)
{
	bool	  category = column->kind == SPK_CATEGORY;
	SpkStatus status = SPK_OK;
	uint64_t *hashes = category ? hash_categories(host, column, &status) : NULL;

	for (uint32_t i = 0; i < n && status == SPK_OK; i++)
	{
		uint32_t row = rows[i];
		uint64_t value;

		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			status = SPK_CANCELLED;
		if (!category)
			value = spk_name_of_number(column->numbers[row]);
		else
			value = column->ids[row] == SPK_NO_ID ? 0 : hashes[column->ids[row]];
		names[row] = spk_hash_combine(names[row], value);
	}
	spk_release(host, hashes);
	return status;
}

SpkStatus
spk_name_listed_rows(const SpkHost *host, const SpkTable *table, uint32_t from, uint32_t to,
					 const uint32_t *rows, uint32_t n, uint64_t *names)
{
	SpkStatus status = SPK_OK;

	for (uint32_t c = from; c < to && status == SPK_OK; c++)
		status = name_listed(host, &table->columns[c], rows, n, names);
	return status;
}
