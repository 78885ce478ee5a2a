/*
 * host.h
 *	  What the core needs from whoever runs it.
 *
 * The core includes libc and itself only, so that the same code runs inside a
 * PostgreSQL backend, a parallel worker, a unit test and a fuzzer.  Memory and
 * cancellation come in through SpkHost, passed explicitly; faults go out as
 * SpkStatus.  Nothing in the core prints, exits or jumps; a host's callbacks
 * may jump (PostgreSQL's do), so the core holds nothing but host memory while
 * it calls them.
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
	SPK_NO_MEMORY, /* the host gave none */
	SPK_CANCELLED, /* the host asked to stop */
	SPK_CORRUPT,   /* bytes that are not a valid value */
	SPK_LIMIT,	   /* beyond a documented limit */
	SPK_INVALID	   /* an argument outside its domain */
} SpkStatus;

typedef struct SpkHost
{
	/* size bytes, aligned for any type, not cleared; NULL when there are none */
	void *(*alloc)(void *ctx, size_t size);
	/* gives back what alloc returned; NULL is allowed */
	void (*release)(void *ctx, void *ptr);
	/* true when the work should end with SPK_CANCELLED; may jump instead */
	bool (*cancelled)(void *ctx);
	void *ctx;
} SpkHost;

/* n * size bytes, or NULL when that overflows or the host has none. */
static inline void *
spk_alloc(const SpkHost *host, size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / 2 / size)
		return NULL;
	return host->alloc(host->ctx, n * size == 0 ? 1 : n * size);
}

static inline void
spk_release(const SpkHost *host, void *ptr)
{
	host->release(host->ctx, ptr);
}

static inline bool
spk_cancelled(const SpkHost *host)
{
	return host->cancelled(host->ctx);
}

/* A line of a processor's cache: what several threads write to begins with one. */
#define SPK_ALIGNMENT 64

/* Bytes that take a processor a fraction of a millisecond: long ones are worked on piece by piece. */
#define SPK_POLL_BYTES ((size_t) 1 << 20)

/* The same of nodes of trees. */
#define SPK_POLL_NODES ((uint32_t) 1 << 13)

/* memcpy that can be cancelled, with false. */
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

/* Likewise memset to zeros. */
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
