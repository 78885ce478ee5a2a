/*
 * pg_host.h
 *	  The core's host inside PostgreSQL: memory contexts and interrupts.
 */
#ifndef SPK_HOST_PG_HOST_H
#define SPK_HOST_PG_HOST_H

#include "postgres.h"

#include "utils/palloc.h"

#include "core/base/host.h"

/*
 * A host whose memory comes from this context, without palloc's limit of 1 GB.
 * Asked whether to go on, it calls CHECK_FOR_INTERRUPTS, which may jump.
 */
extern SpkHost spk_pg_host(MemoryContext context);

/* A large page of memory, as most systems have it. */
#define SPK_LARGE_PAGE ((size_t) 1 << 21)

/*
 * Asks the system to make memory of large pages where it is of one or more, before it is touched
 * for the first time; it need not.
 */
extern void spk_ask_for_large_pages(void *memory, size_t size);

/*
 * A host as spk_pg_host's for few large pieces of memory.  Where the system has it, those of a large page
 * and more are asked to be made of such pages, which are touched for the first time and
 * looked up as a whole.
 */
extern SpkHost spk_pg_large_host(MemoryContext context);

/*
 * Raises the error that the status stands for; returns on SPK_OK.  what names the
 * thing in the message ("churn profile", "churn model").  why is NULL, or the
 * detail for SPK_CORRUPT, without a final period.
 */
extern void spk_check(SpkStatus status, const char *what, const char *why);

/* n * size bytes from spk_alloc.  When there are none, raises spk_check's error for this thing. */
extern void *spk_must_alloc(const SpkHost *host, size_t n, size_t size, const char *what);

#endif /* SPK_HOST_PG_HOST_H */
