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
 * A host whose memory comes from this context, without palloc's 1 GB limit.
 * Cancellation is CHECK_FOR_INTERRUPTS: it jumps.
 */
extern SpkHost spk_pg_host(MemoryContext context);

/*
 * Raises the error that status stands for; returns on SPK_OK.  what names the
 * thing in the message ("churn profile", "churn model"); why is the detail of
 * SPK_CORRUPT, or NULL.
 */
extern void spk_check(SpkStatus status, const char *what, const char *why);

/* n * size bytes, as spk_alloc; when there are none, spk_check's error for this thing. */
extern void *spk_must_alloc(const SpkHost *host, size_t n, size_t size, const char *what);

#endif /* SPK_HOST_PG_HOST_H */
