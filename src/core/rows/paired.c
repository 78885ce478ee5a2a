/*
 * paired.c
 *	  Training rows in both forms, in one order.
 */
#include <string.h>

#include "core/rows/binning.h"
#include "core/rows/paired.h"
#include "core/rows/users.h"
#include "core/rows/weights.h"

/* Puts a place there, and returns where the next one belongs. */
static uint8_t *
put_place(uint8_t *at, uint32_t place)
{
	at[0] = (uint8_t) place;
	at[1] = (uint8_t) (place >> 8);
	return at + SPK_PLACE_BYTES;
}

/* Puts the weight of a row behind its label, in units, the lowest byte first. */
static void
put_weight(const SpkValues *rows, uint32_t r, uint8_t *at, SpkMatrix *matrix)
{
	uint32_t units = spk_weight_multiple(spk_values_weight(rows, r), rows->unit);

	for (int i = 0; i < SPK_WEIGHT_BYTES; i++)
		at[i] = (uint8_t) (units >> (8 * i));
	matrix->weights[spk_values_label(rows, r)] += units;
}

/* Codes the rows of values, which are in their order, into the matrix. */
static SpkStatus
code_rows(const SpkHost *host, const SpkValues *rows, const SpkFeature *features, uint8_t *codes,
		  SpkMatrix *matrix)
{
	uint32_t n = rows->n_features;

	*matrix = (SpkMatrix) {.n_rows = rows->n_rows,
						   .n_positives = rows->n_positives,
						   .n_features = n,
						   .n_grouped = spk_count_grouped(features, n),
						   .stride = spk_features_stride(features, n, rows->weighted),
						   .codes = codes,
						   .weighted = rows->weighted,
						   .unit = rows->unit};
	for (uint32_t r = 0; r < rows->n_rows; r++)
	{
		const double *row = spk_values_row(rows, r);
		uint8_t		 *to = codes + (size_t) r * matrix->stride;
		uint8_t		 *places = to + spk_places_at(matrix);

		if (r % SPK_POLL_VALUES == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		memset(to, 0, matrix->stride);
		for (uint32_t f = 0; f < n; f++)
		{
			/* more categories than codes are one group, until a fit parts it */
			if (features[f].n_grouped == 0 && spk_has_places(&features[f]))
				to[f] = isnan(row[f]) ? SPK_MISSING : 0;
			else
				to[f] = spk_code_value(&features[f], row[f]);
			if (spk_has_places(&features[f]))
				places = put_place(places, spk_place_of_value(row[f]));
		}
		to[n] = (uint8_t) spk_values_label(rows, r);
		if (rows->weighted)
			put_weight(rows, r, to + n + 1, matrix);
	}
	return SPK_OK;
}

/*
 * Puts the numbers of a row, and its weight, which are those of place origin of the table.
 * Rows have only changed places with others of the same codes, and so of the same
 * categories and as many units of the weight.
 */
static void
put_numbers(const SpkTable *table, uint32_t origin, double *row)
{
	for (uint32_t c = 0; c < table->n_columns; c++)
		if (table->columns[c].kind != SPK_CATEGORY)
			row[c] = table->columns[c].numbers[origin];
	if (table->weights != NULL)
		row[table->n_columns + 1] = table->weights[origin];
}

/* Numbers the users, by which rows of the same codes change places, and lets the values follow. */
static SpkStatus
number_users(const SpkHost *host, const SpkTable *table, uint32_t *numbers, SpkValues *rows,
			 SpkMatrix *matrix, uint32_t *origins)
{
	uint32_t *before = spk_alloc(host, rows->n_rows, sizeof(uint32_t));
	SpkStatus status;

	if (before == NULL)
		return SPK_NO_MEMORY;
	memcpy(before, origins, rows->n_rows * sizeof(uint32_t));
	status = spk_number_users(host, table->groups, origins, numbers, matrix);
	for (uint32_t r = 0; r < rows->n_rows && status == SPK_OK; r++)
	{
		if (r % SPK_POLL_VALUES == 0 && spk_cancelled(host))
			status = SPK_CANCELLED;
		if (origins[r] != before[r])
			put_numbers(table, origins[r], rows->values + r * spk_values_stride(rows));
	}
	spk_release(host, before);
	return status;
}

SpkStatus
spk_paired_fill(const SpkHost *host, const SpkTable *table, const SpkFeature *features,
				double *values, uint8_t *codes, uint32_t *numbers, SpkValues *rows,
				SpkMatrix *matrix, uint32_t *origins)
{
	SpkStatus status = spk_values_fill(host, table, features, values, rows, origins);

	if (status == SPK_OK)
		status = code_rows(host, rows, features, codes, matrix);
	if (status == SPK_OK && table->groups != NULL)
		status = number_users(host, table, numbers, rows, matrix, origins);

	/* in the order that rows have now */
	if (status == SPK_OK)
		spk_values_add_up(rows);
	return status;
}

uint64_t
spk_paired_work_size(uint32_t n_rows)
{
	uint64_t numbering = spk_users_work_size(n_rows) + (uint64_t) n_rows * sizeof(uint32_t);
	uint64_t ordering = spk_values_work_size(n_rows);

	return numbering > ordering ? numbering : ordering;
}
