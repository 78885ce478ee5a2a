/*
 * pool.h
 *	  Memory for very many small things that end together, in few large pieces.
 *
 * An allocator puts small things where its blocks are, among those of others, on pages
 * that are touched for the first time and looked up one by one.  Where tens of thousands
 * of things grow at the same time, this takes longer than what is done with them.  A pool
 * takes pieces that grow as it does from a host, which may ask the system for large pages,
 * and hands out places of a few sizes, which are used again when they are given back.
 *
 * A pool gives no piece back before its end, and what is large goes past it.
 */
#ifndef SPK_CORE_BASE_POOL_H
#define SPK_CORE_BASE_POOL_H

#include "core/base/host.h"

/*
 * Places are of whole lines of the cache, up to SPK_POOL_LINES of them, and larger by
 * powers of 2.  A thing begins where a line does; SPK_POOL_HEAD bytes stand before it, in
 * its place.  So things of a power of 2 less these waste nothing.
 */
#define SPK_POOL_HEAD	 8
#define SPK_POOL_LINES	 16
#define SPK_POOL_CLASSES (SPK_POOL_LINES + 2)
#define SPK_POOL_LARGEST ((size_t) 4 * SPK_POOL_LINES * SPK_ALIGNMENT - SPK_POOL_HEAD)

/* Pieces begin with this size, and are as large as all before them, up to a limit. */
#define SPK_POOL_FIRST_PIECE ((size_t) 1 << 12)

/* So much less is asked for, so that a piece fits its size with what its allocator adds. */
#define SPK_POOL_SPARE 256

typedef struct SpkPoolPiece SpkPoolPiece;
typedef struct SpkPoolPlace SpkPoolPlace;

typedef struct SpkPool
{
	SpkHost		  host; /* pieces and what is large come from it */
	uint8_t		 *at;	/* what is left of the latest piece */
	uint8_t		 *end;
	size_t		  taken;  /* in all pieces */
	size_t		  most;	  /* in one of them */
	SpkPoolPiece *latest; /* it knows the one before */
	SpkPoolPlace *free[SPK_POOL_CLASSES];
} SpkPool;

/*
 * A pool without memory, whose pieces are of at most so many bytes, or of the first size.
 * Where all of the host's memory ends at once, it need not be released.
 */
extern void spk_pool_init(SpkPool *pool, const SpkHost *host, size_t most);

/* Gives all pieces back.  What is large has to be given back before. */
extern void spk_pool_release(SpkPool *pool);

/*
 * A host whose memory is the pool's, which stays where it is.  It is cancelled as the
 * pool's own host is.
 */
extern SpkHost spk_pool_host(SpkPool *pool);

#endif /* SPK_CORE_BASE_POOL_H */
