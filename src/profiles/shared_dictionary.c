/*
 * shared_dictionary.c
 *	  The dictionary that all profiles of one aggregate share.
 *
 * It cannot be kept with the function: whoever calls us may have another FmgrInfo
 * for every call, and the memory of one may be shorter-lived than the states,
 * which point to the dictionary.  So it lies where the states do, and is found by
 * that memory context; its memory counts for hash aggregation's limit there.
 */
#include "compat.h"

#include "utils/memutils.h"

#include "core/profiles/log_profile.h"
#include "host/pg_host.h"
#include "profiles/shared_dictionary.h"

typedef struct Shared
{
	SpkDictionary		  names;
	MemoryContext		  context;
	MemoryContextCallback forget;
	struct Shared		 *next;
} Shared;

/* Those of all aggregates that run in this session: one or two, as a rule. */
static Shared *first;

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
	host = spk_pg_host(context);
	shared = MemoryContextAllocZero(context, sizeof(Shared));
	spk_dictionary_init(&shared->names, &host, SPK_SHARED_NAMES);
	shared->context = context;
	shared->forget.func = forget_shared;
	shared->forget.arg = shared;
	MemoryContextRegisterResetCallback(context, &shared->forget);
	shared->next = first;
	first = shared;
	return &shared->names;
}
