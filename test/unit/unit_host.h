/*
 * unit_host.h
 *	  The core's host in unit tests: malloc, with failures and cancellation on
 *	  demand.
 */
#ifndef UNIT_HOST_H
#define UNIT_HOST_H

#include <stdlib.h>

#include "core/base/host.h"

/* What a test may set; -1 is never. */
typedef struct UnitHost
{
	long allocs_left; /* allocations before one fails */
	long polls_left;  /* polls before cancellation */
	long live;		  /* allocations not given back */
} UnitHost;

#define UNIT_HOST_INIT \
	{                  \
		-1, -1, 0      \
	}

static inline void *
unit_alloc(void *ctx, size_t size)
{
	UnitHost *h = ctx;
	void	 *ptr;

	if (h->allocs_left == 0)
		return NULL;
	if (h->allocs_left > 0)
		h->allocs_left--;
	ptr = malloc(size);
	if (ptr != NULL)
		h->live++;
	return ptr;
}

static inline void
unit_release(void *ctx, void *ptr)
{
	UnitHost *h = ctx;

	if (ptr != NULL)
		h->live--;
	free(ptr);
}

static inline bool
unit_cancelled(void *ctx)
{
	UnitHost *h = ctx;

	if (h->polls_left == 0)
		return true;
	if (h->polls_left > 0)
		h->polls_left--;
	return false;
}

static inline SpkHost
unit_host(UnitHost *h)
{
	SpkHost host = {unit_alloc, unit_release, unit_cancelled, h};

	return host;
}

#endif /* UNIT_HOST_H */
