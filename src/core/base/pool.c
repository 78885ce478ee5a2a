/*
 * pool.c
 *	  Memory for very many small things that end together, in few large pieces.
 */
#include "core/base/invariant.h"
#include "core/base/pool.h"

/* Heads of what is no thing of a class. */
#define LARGE UINT64_C(0x6c61726765)
#define FREE  UINT64_C(0x66726565)

/* The head of what is large: as the host aligns it, so is the thing. */
#define LARGE_HEAD 16

/* The beginning of a piece. */
struct SpkPoolPiece
{
	SpkPoolPiece *before;
};

/* The beginning of a place; next where it is free. */
struct SpkPoolPlace
{
	uint64_t	  head; /* its class */
	SpkPoolPlace *next;
};

_Static_assert(offsetof(SpkPoolPlace, next) == SPK_POOL_HEAD, "a thing is behind the head");
_Static_assert(sizeof(SpkPoolPlace) <= SPK_ALIGNMENT, "the smallest place may be free");

void
spk_pool_init(SpkPool *pool, const SpkHost *host, size_t most)
{
	memset(pool, 0, sizeof(*pool));
	pool->host = *host;
	pool->most = most;
}

void
spk_pool_release(SpkPool *pool)
{
	SpkHost host = pool->host;

	while (pool->latest != NULL)
	{
		SpkPoolPiece *piece = pool->latest;

		pool->latest = piece->before;
		spk_release(&host, piece);
	}
	spk_pool_init(pool, &host, pool->most);
}

/* The bytes of a class's places. */
static inline size_t
bytes_of(unsigned class)
{
	if (class < SPK_POOL_LINES)
		return (size_t) SPK_ALIGNMENT * (class + 1);
	return (size_t) SPK_ALIGNMENT * SPK_POOL_LINES << (class - SPK_POOL_LINES + 1);
}

/* The class of the smallest places of so many bytes. */
static inline unsigned
class_of(size_t bytes)
{
	size_t lines = (bytes + SPK_ALIGNMENT - 1) / SPK_ALIGNMENT;

	if (lines <= SPK_POOL_LINES)
		return (unsigned) lines - 1;
	return lines <= 2 * SPK_POOL_LINES ? SPK_POOL_LINES : SPK_POOL_LINES + 1;
}

/* Puts a place where it is found again. */
static void
keep(SpkPool *pool, void *at, unsigned class)
{
	SpkPoolPlace *place = at;

#ifdef SPK_CHECK_INVARIANTS
	memset(place, 0x7f, bytes_of(class));
#endif
	place->head = FREE;
	place->next = pool->free[class];
	pool->free[class] = place;
}

/* Makes free places of what is left of the latest piece, large ones first. */
static void
keep_rest(SpkPool *pool)
{
	for (unsigned class = SPK_POOL_CLASSES; class -- > 0;)
		while ((size_t) (pool->end - pool->at) >= bytes_of(class))
		{
			keep(pool, pool->at, class);
			pool->at += bytes_of(class);
		}
}

/*
 * Takes a piece with room for so many bytes: as large as all before it, or what the host
 * has; false when that is not enough.
 */
static bool
add_piece(SpkPool *pool, size_t bytes)
{
	size_t		  least = bytes + 2 * SPK_ALIGNMENT + SPK_POOL_SPARE;
	size_t		  size = SPK_POOL_FIRST_PIECE;
	SpkPoolPiece *piece;

	while (size < least || (size < pool->most && size <= pool->taken / 2))
		size *= 2;
	do
		piece = spk_alloc(&pool->host, size - SPK_POOL_SPARE, 1);
	while (piece == NULL && (size /= 2) >= least);
	if (piece == NULL)
		return false;
	keep_rest(pool);
	piece->before = pool->latest;
	pool->latest = piece;
	pool->taken += size;
	pool->end = (uint8_t *) piece + size - SPK_POOL_SPARE;

	/* the first thing begins where a line of the cache does, and so do all others */
	pool->at = (uint8_t *) piece + sizeof(*piece) + SPK_POOL_HEAD;
	pool->at += -(uintptr_t) pool->at % SPK_ALIGNMENT;
	pool->at -= SPK_POOL_HEAD;
	return true;
}

/* What is large is the host's, behind a head. */
static void *
alloc_large(SpkPool *pool, size_t size)
{
	uint8_t *at = size <= SIZE_MAX / 2 ? spk_alloc(&pool->host, size + LARGE_HEAD, 1) : NULL;

	if (at == NULL)
		return NULL;
	at += LARGE_HEAD;
	((SpkPoolPlace *) (at - SPK_POOL_HEAD))->head = LARGE;
	return at;
}

static void *
pool_alloc(void *ctx, size_t size)
{
	SpkPool		 *pool = ctx;
	SpkPoolPlace *place;
	unsigned class;

	if (size > SPK_POOL_LARGEST)
		return alloc_large(pool, size);
	class = class_of(size + SPK_POOL_HEAD);
	place = pool->free[class];
	if (place != NULL)
	{
		spk_assert(place->head == FREE);
		pool->free[class] = place->next;
	}
	else
	{
		size_t bytes = bytes_of(class);

		if ((size_t) (pool->end - pool->at) < bytes && !add_piece(pool, bytes))
			return NULL;
		place = (SpkPoolPlace *) pool->at;
		pool->at += bytes;
	}
	place->head = class;
	return (uint8_t *) place + SPK_POOL_HEAD;
}

static void
pool_release(void *ctx, void *ptr)
{
	SpkPool		 *pool = ctx;
	SpkPoolPlace *place;

	if (ptr == NULL)
		return;
	place = (SpkPoolPlace *) ((uint8_t *) ptr - SPK_POOL_HEAD);
	if (place->head == LARGE)
	{
		spk_release(&pool->host, (uint8_t *) ptr - LARGE_HEAD);
		return;
	}
	spk_assert(place->head < SPK_POOL_CLASSES);
	keep(pool, place, (unsigned) place->head);
}

static bool
pool_cancelled(void *ctx)
{
	return spk_cancelled(&((SpkPool *) ctx)->host);
}

SpkHost
spk_pool_host(SpkPool *pool)
{
	return (SpkHost) {pool_alloc, pool_release, pool_cancelled, pool};
}
