/*
 * fuzz_host.h
 *	  What the fuzzers share: a host that counts what it gives, and the end of a
 *	  run that has found something.
 */
#ifndef FUZZ_HOST_H
#define FUZZ_HOST_H

#include <stdio.h>
#include <stdlib.h>

#include "../unit/unit_host.h"

/* Whatever the bytes, it must return. */
extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The unit tests' host, with the bytes asked for added up. */
typedef struct FuzzHost
{
	UnitHost unit; /* first: its functions take this one for it */
	uint64_t allocated;
} FuzzHost;

#define FUZZ_HOST_INIT    \
	{                     \
		UNIT_HOST_INIT, 0 \
	}

static inline void *
fuzz_alloc(void *ctx, size_t size)
{
	((FuzzHost *) ctx)->allocated += size;
	return unit_alloc(ctx, size);
}

static inline SpkHost
fuzz_host(FuzzHost *h)
{
	SpkHost host = {fuzz_alloc, unit_release, unit_cancelled, h};

	return host;
}

static inline void
fuzz_check(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

#endif /* FUZZ_HOST_H */
