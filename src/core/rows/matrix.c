/*
 * matrix.c
 *	Coding a table into rows of codes in canonical order.
 */
#include <string.h>

#include "core/rows/binning.h"
#include "core/rows/coder.h"
#include "core/base/hash.h"
#include "core/rows/order.h"
#include "core/base/sort.h"
#include "core/rows/weights.h"

uint32_t
spk_rows_capacity(uint32_t capacity, uint32_t needed, uint64_t row_size, uint64_t max_bytes)
{
	uint64_t doubled = capacity < 16 ? 16 : capacity;
	uint64_t most = max_bytes / row_size;

	while (doubled < needed)
		doubled *= 2;
	if (most > SPK_MAX_ROWS)
		most = SPK_MAX_ROWS;
	if (doubled > most)
		doubled = most;
	return doubled < needed ? needed : (uint32_t) doubled;
}

/* Makes a map of the places of all ids, those of one column of categories behind the other's. */
static SpkStatus
map_categories(const SpkHost *host, const SpkTable *table, const SpkFeature *features,
			   uint16_t **map)
{
	size_t	  n = 0;
	uint16_t *at;

	for (uint32_t c = 0; c < table->n_columns; c++)
		if (table->columns[c].kind == SPK_CATEGORY)
			n += table->columns[c].n_names;
	at = *map = spk_alloc(host, n, sizeof(uint16_t));
	if (at == NULL)
		return SPK_NO_MEMORY;

	/* searched once for each name, and not for each row */
	for (uint32_t c = 0; c < table->n_columns; c++)
	{
		const SpkColumn *column = &table->columns[c];

		if (column->kind != SPK_CATEGORY)
			continue;
		for (uint32_t id = 0; id < column->n_names; id++)
		{
			if (id % SPK_POLL_ROWS == 0 && spk_cancelled(host))
				return SPK_CANCELLED;
			*at++ = (uint16_t) spk_category_place(&features[c], column->names[id].name,
												  column->names[id].len);
		}
	}
	return SPK_OK;
}

/* Makes a coder of each column, which those of categories do not use; NULL without memory. */
static SpkCoder *
new_coders(const SpkHost *host, const SpkTable *table, const SpkFeature *features)
{
	SpkCoder *coders = spk_alloc(host, table->n_columns, sizeof(SpkCoder));

	for (uint32_t c = 0; c < table->n_columns && coders != NULL; c++)
		if (table->columns[c].kind != SPK_CATEGORY)
			spk_coder_init(&coders[c], &features[c]);
	return coders;
}

/* Puts in the weights of the rows from .. to - 1, behind their labels. */
static void
weigh_block(const SpkTable *table, uint32_t from, uint32_t to, SpkMatrix *matrix)
{
	for (uint32_t i = from; i < to; i++)
	{
		uint8_t *at = matrix->codes + (size_t) i * matrix->stride + table->n_columns + 1;
		uint32_t weight = spk_weight_multiple(table->weights[i], matrix->unit);

		/* byte by byte, as rows are hashed, and the hash is the same on every machine */
		for (int byte = 0; byte < SPK_WEIGHT_BYTES; byte++)
			at[byte] = (uint8_t) (weight >> 8 * byte);
		matrix->weights[table->labels[i]] += weight;
	}
}

/* Codes n rows with these ids.  places is where the places of the first row belong, or NULL. */
static void
code_categories(const SpkFeature *feature, const uint32_t *ids, uint32_t n, const uint16_t *map,
				uint8_t *code, uint8_t *places, size_t stride)
{
	for (uint32_t i = 0; i < n; i++, code += stride)
	{
		uint32_t place = ids[i] == SPK_NO_ID ? SPK_NO_PLACE : map[ids[i]];

		*code = spk_code_of_place(feature, place);
		if (places == NULL)
			continue;
		places[0] = (uint8_t) place;
		places[1] = (uint8_t) (place >> 8);
		places += stride;
	}
}

/* Codes the rows from .. to - 1, those of a page, one column after the other. */
static SpkStatus
code_block(const SpkHost *host, const SpkTable *table, const SpkFeature *features,
		   const SpkCoder *coders, const uint16_t *map, uint32_t from, uint32_t to,
		   SpkMatrix *matrix)
{
	size_t	 stride = matrix->stride;
	uint8_t *block = matrix->codes + from * stride;
	uint8_t *places = block + spk_places_at(matrix);

	/* rows are compared and hashed up to stride, with the bytes behind the label */
	memset(block, 0, (to - from) * stride);
	for (uint32_t c = 0; c < table->n_columns; c++)
	{
		const SpkColumn *column = &table->columns[c];
		uint8_t			*code = block + c;

		if (spk_cancelled(host))
			return SPK_CANCELLED;
		if (column->kind == SPK_CATEGORY)
		{
			bool grouped = features[c].n_grouped > 0;

			code_categories(&features[c], spk_column_ids(column, from), to - from, map, code,
							grouped ? places : NULL, stride);
			places += grouped ? SPK_PLACE_BYTES : 0;
			map += column->n_names;
		}
		else
			spk_coder_code(&coders[c], &features[c], spk_column_numbers(column, from), to - from,
						   code, stride);
	}

	for (uint32_t i = from; i < to; i++)
	{
		block[(i - from) * stride + table->n_columns] = table->labels[i];
		matrix->n_positives += table->labels[i];
	}
	if (matrix->weighted)
		weigh_block(table, from, to, matrix);
	return SPK_OK;
}

void
spk_regroup_rows(const SpkMatrix *matrix, const SpkFeature *features, const uint32_t *rows,
				 uint32_t n, uint8_t *codes)
{
	uint32_t k = 0;

	for (uint32_t i = 0; i < n; i++)
		memcpy(codes + (size_t) i * matrix->stride, spk_matrix_row(matrix, rows[i]),
			   matrix->stride);
	for (uint32_t f = 0; f < matrix->n_features && k < matrix->n_grouped; f++)
	{
		if (features[f].n_grouped == 0)
			continue;
		for (uint32_t i = 0; i < n; i++)
			codes[(size_t) i * matrix->stride + f] =
				spk_code_of_place(&features[f], spk_matrix_place(matrix, rows[i], k));
		k++;
	}
}

static uint64_t
hash_row(const void *row, size_t stride)
{
	return spk_hash_bytes(row, stride, 0);
}

SpkStatus
spk_bin_table(const SpkHost *host, const SpkTable *table, const SpkFeature *features,
			  uint8_t *codes, SpkMatrix *matrix, uint32_t *origins)
{
	SpkCoder	 *coders;
	uint16_t	 *map = NULL;
	SpkWeightUnit unit;
	SpkStatus	  status;

	if (table->n_rows > SPK_MAX_ROWS || table->n_columns > SPK_MAX_FEATURES)
		return SPK_LIMIT;
	*matrix = spk_table_shape(table, features);
	matrix->codes = codes;
	status = spk_table_unit(host, table, &unit);
	if (status != SPK_OK)
		return status;
	matrix->unit = unit.unit;
	coders = new_coders(host, table, features);
	status = coders == NULL ? SPK_NO_MEMORY : map_categories(host, table, features, &map);
	/* in pages, which stay in the cache while their rows are put together */
	for (uint32_t from = 0; from < table->n_rows && status == SPK_OK; from += SPK_PAGE_ROWS)
		status = code_block(host, table, features, coders, map, from,
							from + spk_page_rows(table->n_rows, from), matrix);
	spk_release(host, map);
	spk_release(host, coders);
	if (status != SPK_OK)
		return status;

	return spk_order_rows(host, codes, matrix->n_rows, matrix->stride, hash_row, memcmp, origins);
}
