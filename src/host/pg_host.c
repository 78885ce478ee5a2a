/*
 * pg_host.c
 *	  The core's host inside PostgreSQL.
 */
#include "compat.h"

#include <sys/mman.h>
#include <unistd.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "host/pg_host.h"

static void *
host_alloc(void *ctx, size_t size)
{
	return MemoryContextAllocExtended((MemoryContext) ctx, size,
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
}

/* So much takes about a large page with what allocators add. */
#define NEARLY_LARGE_PAGE (SPK_LARGE_PAGE - 4096)

void
spk_ask_for_large_pages(void *memory, size_t size)
{
#ifdef MADV_HUGEPAGE
	uintptr_t page = (uintptr_t) sysconf(_SC_PAGESIZE);
	uintptr_t start = (uintptr_t) memory / page * page;
	uintptr_t end = ((uintptr_t) memory + size + page - 1) / page * page;

	/* parts of pages are others', to whom it makes no difference */
	if (size >= NEARLY_LARGE_PAGE)
		(void) madvise((void *) start, end - start, MADV_HUGEPAGE);
#else
	(void) memory;
	(void) size;
#endif
}

static void *
host_alloc_large(void *ctx, size_t size)
{
	char *memory = host_alloc(ctx, size);

	if (memory != NULL)
		spk_ask_for_large_pages(memory, size);
	return memory;
}

static void
host_release(void *ctx, void *ptr)
{
	(void) ctx;
	if (ptr != NULL)
		pfree(ptr);
}

static bool
host_cancelled(void *ctx)
{
	(void) ctx;
	CHECK_FOR_INTERRUPTS();
	return false;
}

SpkHost
spk_pg_host(MemoryContext context)
{
	SpkHost host = {host_alloc, host_release, host_cancelled, context};

	return host;
}

SpkHost
spk_pg_large_host(MemoryContext context)
{
	SpkHost host = {host_alloc_large, host_release, host_cancelled, context};

	return host;
}

void
spk_check(SpkStatus status, const char *what, const char *why)
{
	switch (status)
	{
		case SPK_OK:
			return;
		case SPK_NO_MEMORY:
			ereport(ERROR,
					(errcode(ERRCODE_OUT_OF_MEMORY),
					 errmsg("out of memory while working on a %s", what)));
			break;
		case SPK_CORRUPT:
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("invalid %s", what),
					 why != NULL ? errdetail("%s.", why) : 0));
			break;
		case SPK_LIMIT:
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("%s is too large", what)));
			break;

			/* our host jumps instead; the message is PostgreSQL's own */
		case SPK_CANCELLED:
			ereport(ERROR,
					(errcode(ERRCODE_QUERY_CANCELED),
					 errmsg("canceling statement due to user request")));
			break;
		case SPK_INVALID:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("invalid argument for a %s", what)));
			break;
	}
	elog(ERROR, "unknown status %d", (int) status);
}

void *
spk_must_alloc(const SpkHost *host, size_t n, size_t size, const char *what)
{
	void *memory = spk_alloc(host, n, size);

	if (memory == NULL)
		spk_check(SPK_NO_MEMORY, what, NULL);
	return memory;
}
