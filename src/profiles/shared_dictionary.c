/*
 * shared_dictionary.c
 *	  The dictionary, and the memory, that all profiles of one aggregate share.
 *
 * It cannot be kept with the function: whoever calls us may have another FmgrInfo
 * for every call, and the memory of one may be shorter-lived than the states,
 * which point to the dictionary.  So it lies where the states do, and is found by
 * that memory context; its memory counts for hash aggregation's limit there.
 */
#include "compat.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "core/base/pool.h"
#include "core/profiles/log_profile.h"
#include "host/pg_host.h"
#include "profiles/shared_dictionary.h"

typedef struct Shared
{
	SpkDictionary		  names; /* with the pool's host */
	SpkPool				  pool;
	MemoryContext		  context;
	MemoryContextCallback forget;
	struct Shared		 *next;
} Shared;

/* Those of all aggregates that run in this session: one or two, as a rule. */
static Shared *first;

/*
 * The most bytes of a piece.  Hash aggregation counts a piece as a whole, so that it is a
 * small part of the memory that there may be, as PostgreSQL's own blocks are then.
 */
static size_t
most_of_piece(void)
{
	size_t most = SPK_LARGE_PAGE * 8;

	while (most > SPK_POOL_FIRST_PIECE && most > (size_t) work_mem * 1024 / 16)
		most /= 2;
	return most;
}

/* The context goes, and with it what this points to. */
static void
forget_shared(void *arg)
{
	for (Shared **at = &first; *at != NULL; at = &(*at)->next)
		if (*at == arg)
		{
			*at = (*at)->next;
			break;
		}
}

SpkDictionary *
spk_shared_dictionary(MemoryContext context)
{
	Shared *shared;
	SpkHost host;

	for (shared = first; shared != NULL; shared = shared->next)
		if (shared->context == context)
			return &shared->names;
	shared = MemoryContextAllocZero(context, sizeof(Shared));
	host = spk_pg_large_host(context);
	spk_pool_init(&shared->pool, &host, most_of_piece());
	host = spk_pool_host(&shared->pool);
	spk_dictionary_init(&shared->names, &host, SPK_SHARED_NAMES);
	shared->context = context;
	shared->forget.func = forget_shared;
	shared->forget.arg = shared;
	MemoryContextRegisterResetCallback(context, &shared->forget);
	shared->next = first;
	first = shared;
	return &shared->names;
}
