/*
 * order.c
 *	  The canonical order of training rows.
 */
#include <string.h>

#include "core/rows/order.h"
#include "core/base/sort.h"

/* The most rows to hash, compare or move between two polls, as each may miss the cache. */
#define POLL_MOVES 4096

/* How many chains of moves are followed in turn. */
#define MAX_CHAINS 16

/* The rows, and how to order them. */
typedef struct Rows
{
	const SpkHost *host;
	char		  *rows;
	uint32_t	   n;
	size_t		   size;
	SpkRowHash	   hash;
	SpkRowCompare  compare;
} Rows;

/* Returns the row whose number is the lower half of the key. */
static inline char *
row_at(const Rows *r, uint64_t key)
{
	return r->rows + (size_t) (uint32_t) key * r->size;
}

/* Does the row of key a come before that of key b? */
static inline bool
row_below(const Rows *r, uint64_t a, uint64_t b)
{
	return r->compare(row_at(r, a), row_at(r, b), r->size) < 0;
}

/* Moves the key at this place down in a heap of n keys, whose largest is on top. */
static void
sift_down(const Rows *r, uint64_t *keys, size_t at, size_t n)
{
	uint64_t key = keys[at];

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
 * Orders n rows whose hashes have the same upper half.  Nearly always the rows are
 * equal, and there is nothing to do.
 */
static SpkStatus
order_ties(const Rows *r, uint64_t *keys, uint32_t n)
{
	uint32_t equal = 1;

	for (; equal < n; equal++)
	{
		if (equal % SPK_POLL_ROWS == 0 && spk_cancelled(r->host))
			return SPK_CANCELLED;
		if (r->compare(row_at(r, keys[equal - 1]), row_at(r, keys[equal]), r->size) != 0)
			break;
	}
	if (equal >= n)
		return SPK_OK;

	/* heapsort is never slow, even for rows that somebody has made to collide */
	for (uint32_t at = n / 2; at-- > 0;)
	{
		if (at % POLL_MOVES == 0 && spk_cancelled(r->host))
			return SPK_CANCELLED;
		sift_down(r, keys, at, n);
	}
	for (uint32_t last = n; last-- > 1;)
	{
		uint64_t largest = keys[0];

		if (last % POLL_MOVES == 0 && spk_cancelled(r->host))
			return SPK_CANCELLED;
		keys[0] = keys[last];
		keys[last] = largest;
		sift_down(r, keys, 0, last);
	}
	return SPK_OK;
}

/* Makes a key of each row, with its hash above its number, and puts the keys into order. */
static SpkStatus
sort_keys(const Rows *r, uint64_t *keys, uint64_t *scratch)
{
	SpkStatus status;

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
 * Chains of moves.  Each row of a chain goes to the place that the row before has
 * left, and leaves its own.  The row at a chain's first place is set aside for the
 * chain that will need it, which may be another one.  Several chains are followed in
 * turn, so that memory is fetched for some of them while others move their rows.
 */
typedef struct Chains
{
	const Rows *rows;
	/*
	 * The lower half of a place's key is the row that belongs there.  The upper half is
	 * 0, or when its own row is aside, where that is, counted from 1.
	 */
	uint64_t *keys;
	char	 *aside;			 /* room for MAX_CHAINS rows */
	uint32_t  free[MAX_CHAINS];	 /* the places in aside that hold no row */
	uint32_t  empty[MAX_CHAINS]; /* of each chain, the place that waits for its row */
	uint32_t  n;				 /* how many chains there are */
} Chains;

/* Asks the processor to fetch the row that a chain will move next, and its key. */
static inline void
fetch(const Chains *c, uint32_t empty)
{
	uint32_t	from = (uint32_t) c->keys[empty];
	const char *row = row_at(c->rows, from);

	__builtin_prefetch(&c->keys[from]);
	for (size_t at = 0; at < c->rows->size; at += 64)
		__builtin_prefetch(row + at);
	__builtin_prefetch(row + c->rows->size - 1);
}

/* Starts a chain at a place, unless its row is there or another chain will bring it. */
static void
start_chain(Chains *c, uint32_t place)
{
	uint32_t slot;

	if (c->keys[place] == place)
		return;
	for (uint32_t i = 0; i < c->n; i++)
		if (c->empty[i] == place)
			return;
	slot = c->free[c->n];
	memcpy(c->aside + slot * c->rows->size, row_at(c->rows, place), c->rows->size);
	c->keys[place] |= (uint64_t) (slot + 1) << 32;
	c->empty[c->n++] = place;
	fetch(c, place);
}

/* Moves one row; false when that ends the chain. */
static inline bool
follow_chain(Chains *c, uint32_t i)
{
	uint32_t to = c->empty[i];
	uint32_t from = (uint32_t) c->keys[to];
	uint32_t slot = (uint32_t) (c->keys[from] >> 32);

	c->keys[to] += (uint64_t) to - from;
	if (slot == 0)
	{
		memcpy(row_at(c->rows, to), row_at(c->rows, from), c->rows->size);
		c->empty[i] = from;
		fetch(c, from);
		return true;
	}
	memcpy(row_at(c->rows, to), c->aside + (slot - 1) * c->rows->size, c->rows->size);
	c->keys[from] = (uint32_t) c->keys[from];
	c->empty[i] = c->empty[--c->n];
	c->free[c->n] = slot - 1;
	return false;
}

/*
 * Moves row (uint32_t) keys[i] to place i, for all i, without a second copy of the
 * rows.  aside has room for MAX_CHAINS rows.
 */
static SpkStatus
permute_rows(const Rows *r, uint64_t *keys, char *aside)
{
	Chains	 c = {.rows = r, .keys = keys, .aside = aside};
	uint32_t next = 0;
	uint32_t moves = 0;

	for (uint32_t i = 0; i < MAX_CHAINS; i++)
		c.free[i] = i;
	for (uint32_t i = 0; i < r->n; i++)
		keys[i] = (uint32_t) keys[i];
	while (next < r->n || c.n > 0)
	{
		for (uint32_t looks = 0; c.n < MAX_CHAINS && next < r->n && looks < POLL_MOVES; looks++)
			start_chain(&c, next++);
		if (++moves % (POLL_MOVES / MAX_CHAINS) == 0 && spk_cancelled(r->host))
			return SPK_CANCELLED;
		for (uint32_t i = 0; i < c.n;)
			i += follow_chain(&c, i);
	}
	return SPK_OK;
}

SpkStatus
spk_order_rows(const SpkHost *host, void *rows, uint32_t n, size_t size, SpkRowHash hash,
			   SpkRowCompare compare, uint32_t *origins)
{
	Rows	  r = {host, rows, n, size, hash, compare};
	uint64_t *keys = spk_alloc(host, n, 2 * sizeof(uint64_t));
	char	 *aside = spk_alloc(host, MAX_CHAINS, size);
	SpkStatus status = SPK_NO_MEMORY;

	if (keys != NULL && aside != NULL)
		status = sort_keys(&r, keys, keys + n);
	for (uint32_t i = 0; i < n && status == SPK_OK && origins != NULL; i++)
		origins[i] = (uint32_t) keys[i];
	if (status == SPK_OK)
		status = permute_rows(&r, keys, aside);
	spk_release(host, keys);
	spk_release(host, aside);
	return status;
}
