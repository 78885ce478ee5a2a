/*
 * order.c
 *	  The canonical order of training rows.
 */
#include <string.h>

#include "order.h"
#include "sort.h"

/* Rows hashed, compared or moved between two polls: each may miss the cache. */
#define POLL_MOVES	4096

typedef struct Rows
{
	const SpkHost *host;
	char	   *rows;
	uint32_t	n;
	size_t		size;
	SpkRowHash	hash;
	SpkRowCompare compare;
} Rows;

static inline char *
row_at(const Rows *r, uint64_t key)
{
	return r->rows + (size_t) (uint32_t) key * r->size;
}

/* Keys as places in a heap; a key's low half is the row. */
static inline bool
row_below(const Rows *r, uint64_t a, uint64_t b)
{
	return r->compare(row_at(r, a), row_at(r, b), r->size) < 0;
}

static void
sift_down(const Rows *r, uint64_t *keys, size_t at, size_t n)
{
	uint64_t	key = keys[at];

	for (size_t child = 2 * at + 1; child < n; child = 2 * at + 1)
	{
		if (child + 1 < n && row_below(r, keys[child], keys[child + 1]))
			child++;
		if (!row_below(r, key, keys[child]))
			break;
		keys[at] = keys[child];
		at = child;
	}
	keys[at] = key;
}

/*
 * Orders rows with equal hash as compared.  Nearly always they are equal rows
 * and there is nothing to do; heapsort because nothing else is safe against
 * rows made to collide.
 */
static SpkStatus
order_ties(const Rows *r, uint64_t *keys, uint32_t n)
{
	uint32_t	equal = 1;

	for (; equal < n; equal++)
	{
		if (equal % SPK_POLL_ROWS == 0 && spk_cancelled(r->host))
			return SPK_CANCELLED;
		if (r->compare(row_at(r, keys[equal - 1]), row_at(r, keys[equal]), r->size) != 0)
			break;
	}
	if (equal >= n)
		return SPK_OK;
	for (uint32_t at = n / 2; at-- > 0;)
	{
		if (at % POLL_MOVES == 0 && spk_cancelled(r->host))
			return SPK_CANCELLED;
		sift_down(r, keys, at, n);
	}
	for (uint32_t last = n; last-- > 1;)
	{
		uint64_t	largest = keys[0];

		if (last % POLL_MOVES == 0 && spk_cancelled(r->host))
			return SPK_CANCELLED;
		keys[0] = keys[last];
		keys[last] = largest;
		sift_down(r, keys, 0, last);
	}
	return SPK_OK;
}

/* Fills keys with the order: upper half the hash, lower half the row. */
static SpkStatus
sort_keys(const Rows *r, uint64_t *keys, uint64_t *scratch)
{
	SpkStatus	status;

	for (uint32_t i = 0; i < r->n; i++)
	{
		if (i % POLL_MOVES == 0 && spk_cancelled(r->host))
			return SPK_CANCELLED;
		keys[i] = (r->hash(row_at(r, i), r->size) & ~UINT64_C(0xffffffff)) | i;
	}
	status = spk_sort_u64(r->host, keys, scratch, r->n, 32);
	for (uint32_t from = 0, to; from < r->n && status == SPK_OK; from = to)
	{
		for (to = from + 1; to < r->n && keys[to] >> 32 == keys[from] >> 32; to++)
			;
		status = order_ties(r, keys + from, to - from);
	}
	return status;
}

/*
 * Moves row (uint32_t) keys[i] to place i, for all i, cycle by cycle, so that
 * the rows are never held twice.  row has room for one row.
 */
static SpkStatus
permute_rows(const Rows *r, uint64_t *keys, char *row)
{
	uint32_t	moves = 0;

	for (uint32_t first = 0; first < r->n; first++)
	{
		uint32_t	at = first;

		if ((uint32_t) keys[first] == first)
			continue;
		memcpy(row, row_at(r, first), r->size);
		for (uint32_t from = (uint32_t) keys[at]; from != first; from = (uint32_t) keys[at])
		{
			if (++moves % POLL_MOVES == 0 && spk_cancelled(r->host))
				return SPK_CANCELLED;
			memcpy(row_at(r, at), row_at(r, from), r->size);
			keys[at] = at;
			at = from;
		}
		memcpy(row_at(r, at), row, r->size);
		keys[at] = at;
	}
	return SPK_OK;
}

SpkStatus
spk_order_rows(const SpkHost *host, void *rows, uint32_t n, size_t size, SpkRowHash hash,
			   SpkRowCompare compare, uint32_t *origins)
{
	Rows		r = {host, rows, n, size, hash, compare};
	uint64_t   *keys = spk_alloc(host, n, 2 * sizeof(uint64_t));
	char	   *row = spk_alloc(host, size, 1);
	SpkStatus	status = SPK_NO_MEMORY;

	if (keys != NULL && row != NULL)
		status = sort_keys(&r, keys, keys + n);
	for (uint32_t i = 0; i < n && status == SPK_OK && origins != NULL; i++)
		origins[i] = (uint32_t) keys[i];
	if (status == SPK_OK)
		status = permute_rows(&r, keys, row);
	spk_release(host, keys);
	spk_release(host, row);
	return status;
}
