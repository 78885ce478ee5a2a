/*
 * host.h
 *	  What the core needs from the program that it runs in.
 *
 * The core includes the C library and itself only, so that the same code runs in a
 * PostgreSQL backend, a parallel worker, a unit test and a fuzzer.  Memory and
 * cancellation come in through an SpkHost that is passed to each function which
 * needs them.  Failures go out as an SpkStatus.
 *
 * Nothing in the core prints, exits or jumps.  But the callbacks of a host may
 * jump, as PostgreSQL's do, so the core holds nothing but host memory while it
 * calls them.
 */
#ifndef SPK_CORE_BASE_HOST_H
#define SPK_CORE_BASE_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef enum SpkStatus
{
	SPK_OK = 0,
	SPK_NO_MEMORY, /* the host gave no memory */
	SPK_CANCELLED, /* the host wanted to stop */
	SPK_CORRUPT,   /* the bytes are not a valid value */
	SPK_LIMIT,	   /* a documented limit is exceeded */
	SPK_INVALID	   /* an argument is outside of its domain */
} SpkStatus;

typedef struct SpkHost
{
	/* returns size bytes, aligned for any type and not cleared; NULL when it has none */
	void *(*alloc)(void *ctx, size_t size);
	/* takes back what alloc has returned, or NULL */
	void (*release)(void *ctx, void *ptr);
	/* returns true when the work should end with SPK_CANCELLED; it may jump instead */
	bool (*cancelled)(void *ctx);
	void *ctx;
} SpkHost;

/* Returns n * size bytes; NULL when the product overflows or the host has no memory. */
static inline void *
spk_alloc(const SpkHost *host, size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / 2 / size)
		return NULL;
	return host->alloc(host->ctx, n * size == 0 ? 1 : n * size);
}

/* Gives memory back; NULL is allowed. */
static inline void
spk_release(const SpkHost *host, void *ptr)
{
	host->release(host->ctx, ptr);
}

/* Does the host want to stop? */
static inline bool
spk_cancelled(const SpkHost *host)
{
	return host->cancelled(host->ctx);
}

/* The bytes of a cache line: what different processes write to must not share one. */
#define SPK_ALIGNMENT 64

/* The most bytes to work on between two polls of the host: a fraction of a millisecond. */
#define SPK_POLL_BYTES ((size_t) 1 << 20)

/* The most nodes of trees to work on between two polls. */
#define SPK_POLL_NODES ((uint32_t) 1 << 13)

/* memcpy that polls the host; false when it wants to stop. */
static inline bool
spk_copy(const SpkHost *host, void *to, const void *from, size_t len)
{
	for (size_t at = 0; at < len; at += SPK_POLL_BYTES)
	{
		if (at > 0 && spk_cancelled(host))
			return false;
		memcpy((char *) to + at, (const char *) from + at,
			   len - at < SPK_POLL_BYTES ? len - at : SPK_POLL_BYTES);
	}
	return true;
}

/* Likewise memset to 0. */
static inline bool
spk_clear(const SpkHost *host, void *to, size_t len)
{
	for (size_t at = 0; at < len; at += SPK_POLL_BYTES)
	{
		if (at > 0 && spk_cancelled(host))
			return false;
		memset((char *) to + at, 0, len - at < SPK_POLL_BYTES ? len - at : SPK_POLL_BYTES);
	}
	return true;
}

#endif /* SPK_CORE_BASE_HOST_H */
