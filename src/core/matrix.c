/*
 * matrix.c
 *	  Coding of a table and the canonical order of its rows.
 */
#include <string.h>

#include "binning.h"
#include "hash.h"
#include "sort.h"

/* Rows that are coded column by column before the next ones: they stay in cache. */
#define BLOCK_ROWS	1024

/* Rows hashed, compared or moved between two polls: each may miss the cache. */
#define POLL_MOVES	4096

/* The code of every category id of the table, column after column. */
static SpkStatus
map_categories(const SpkHost *host, const SpkTable *table, const SpkFeature *features, uint8_t **map)
{
	size_t		n = 0;
	uint8_t    *at;

	for (uint32_t c = 0; c < table->n_columns; c++)
		if (table->columns[c].kind == SPK_CATEGORY)
			n += table->columns[c].n_names;
	at = *map = spk_alloc(host, n, 1);
	if (at == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t c = 0; c < table->n_columns; c++)
	{
		const SpkColumn *column = &table->columns[c];

		if (column->kind != SPK_CATEGORY)
			continue;
		for (uint32_t id = 0; id < column->n_names; id++)
		{
			if (id % SPK_POLL_ROWS == 0 && spk_cancelled(host))
				return SPK_CANCELLED;
			*at++ = spk_code_category(&features[c], column->names[id].name, column->names[id].len);
		}
	}
	return SPK_OK;
}

/* Codes rows from .. to, one column after the other. */
static SpkStatus
code_block(const SpkHost *host, const SpkTable *table, const SpkFeature *features, const uint8_t *map,
		   uint32_t from, uint32_t to, SpkMatrix *matrix)
{
	size_t		stride = matrix->stride;
	uint8_t    *block = matrix->codes + from * stride;

	memset(block, 0, (to - from) * stride);
	for (uint32_t c = 0; c < table->n_columns; c++)
	{
		const SpkColumn *column = &table->columns[c];
		uint8_t    *code = block + c;

		if (spk_cancelled(host))
			return SPK_CANCELLED;
		if (column->kind == SPK_CATEGORY)
		{
			for (uint32_t i = from; i < to; i++, code += stride)
				*code = column->ids[i] == SPK_NO_ID ? SPK_MISSING : map[column->ids[i]];
			map += column->n_names;
		}
		else
			for (uint32_t i = from; i < to; i++, code += stride)
				*code = spk_code_number(&features[c], column->numbers[i]);
	}
	for (uint32_t i = from; i < to; i++)
	{
		block[(i - from) * stride + table->n_columns] = table->labels[i];
		matrix->n_positives += table->labels[i];
	}
	return SPK_OK;
}

/* Rows as places in a heap, compared by their bytes; the key's low half is the row. */
static inline bool
row_below(const SpkMatrix *matrix, uint64_t a, uint64_t b)
{
	return memcmp(spk_matrix_row(matrix, (uint32_t) a), spk_matrix_row(matrix, (uint32_t) b),
				  matrix->stride) < 0;
}

static void
sift_down(const SpkMatrix *matrix, uint64_t *keys, size_t at, size_t n)
{
	uint64_t	key = keys[at];

	for (size_t child = 2 * at + 1; child < n; child = 2 * at + 1)
	{
		if (child + 1 < n && row_below(matrix, keys[child], keys[child + 1]))
			child++;
		if (!row_below(matrix, key, keys[child]))
			break;
		keys[at] = keys[child];
		at = child;
	}
	keys[at] = key;
}

/*
 * Orders rows with equal hash by their bytes.  Nearly always they are equal
 * rows and there is nothing to do; heapsort because nothing else is safe
 * against rows made to collide.
 */
static SpkStatus
order_ties(const SpkHost *host, const SpkMatrix *matrix, uint64_t *keys, uint32_t n)
{
	uint32_t	equal = 1;

	for (; equal < n; equal++)
	{
		if (equal % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (row_below(matrix, keys[equal - 1], keys[equal]) || row_below(matrix, keys[equal], keys[equal - 1]))
			break;
	}
	if (equal >= n)
		return SPK_OK;
	for (uint32_t at = n / 2; at-- > 0;)
	{
		if (at % POLL_MOVES == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		sift_down(matrix, keys, at, n);
	}
	for (uint32_t last = n; last-- > 1;)
	{
		uint64_t	largest = keys[0];

		if (last % POLL_MOVES == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		keys[0] = keys[last];
		keys[last] = largest;
		sift_down(matrix, keys, 0, last);
	}
	return SPK_OK;
}

/* Fills keys with the canonical order: upper half the hash, lower half the row. */
static SpkStatus
order_rows(const SpkHost *host, const SpkMatrix *matrix, uint64_t *keys, uint64_t *scratch)
{
	uint32_t	n = matrix->n_rows;
	SpkStatus	status;

	for (uint32_t i = 0; i < n; i++)
	{
		if (i % POLL_MOVES == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		keys[i] = (spk_hash_bytes(spk_matrix_row(matrix, i), matrix->stride, 0) & ~UINT64_C(0xffffffff)) | i;
	}
	status = spk_sort_u64(host, keys, scratch, n, 32);
	for (uint32_t from = 0, to; from < n && status == SPK_OK; from = to)
	{
		for (to = from + 1; to < n && keys[to] >> 32 == keys[from] >> 32; to++)
			;
		status = order_ties(host, matrix, keys + from, to - from);
	}
	return status;
}

/*
 * Moves row (uint32_t) keys[i] to place i, for all i, cycle by cycle, so that
 * the matrix is never held twice.  row has room for one row.
 */
static SpkStatus
permute_rows(const SpkHost *host, SpkMatrix *matrix, uint64_t *keys, uint8_t *row)
{
	size_t		stride = matrix->stride;
	uint32_t	moves = 0;

	for (uint32_t first = 0; first < matrix->n_rows; first++)
	{
		uint32_t	at = first;

		if ((uint32_t) keys[first] == first)
			continue;
		memcpy(row, matrix->codes + first * stride, stride);
		for (uint32_t from = (uint32_t) keys[at]; from != first; from = (uint32_t) keys[at])
		{
			if (++moves % POLL_MOVES == 0 && spk_cancelled(host))
				return SPK_CANCELLED;
			memcpy(matrix->codes + at * stride, matrix->codes + from * stride, stride);
			keys[at] = at;
			at = from;
		}
		memcpy(matrix->codes + at * stride, row, stride);
		keys[at] = at;
	}
	return SPK_OK;
}

static SpkStatus
canonical_order(const SpkHost *host, SpkMatrix *matrix)
{
	uint64_t   *keys = spk_alloc(host, matrix->n_rows, 2 * sizeof(uint64_t));
	uint8_t    *row = spk_alloc(host, matrix->stride, 1);
	SpkStatus	status = SPK_NO_MEMORY;

	if (keys != NULL && row != NULL)
		status = order_rows(host, matrix, keys, keys + matrix->n_rows);
	if (status == SPK_OK)
		status = permute_rows(host, matrix, keys, row);
	spk_release(host, keys);
	spk_release(host, row);
	return status;
}

SpkStatus
spk_bin_table(const SpkHost *host, const SpkTable *table, const SpkFeature *features, uint8_t *codes,
			  SpkMatrix *matrix)
{
	uint8_t    *map = NULL;
	SpkStatus	status;

	if (table->n_rows > SPK_MAX_ROWS || table->n_columns > SPK_MAX_FEATURES)
		return SPK_LIMIT;
	matrix->n_rows = table->n_rows;
	matrix->n_positives = 0;
	matrix->n_features = table->n_columns;
	matrix->stride = spk_matrix_stride(table->n_columns);
	matrix->codes = codes;
	status = map_categories(host, table, features, &map);
	for (uint32_t from = 0; from < table->n_rows && status == SPK_OK; from += BLOCK_ROWS)
	{
		uint32_t	left = table->n_rows - from;

		status = code_block(host, table, features, map, from,
							from + (left < BLOCK_ROWS ? left : BLOCK_ROWS), matrix);
	}
	spk_release(host, map);
	return status == SPK_OK ? canonical_order(host, matrix) : status;
}
