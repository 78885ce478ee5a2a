/*
 * json_group_table.c
 *	  The groups that a scan has made, found by the bytes of their keys.
 */
#include "compat.h"

#include "utils/memutils.h"

#include "core/base/hash.h"
#include "events/json_group_table.h"

#define HASH_SEED		UINT64_C(0x67726f757073)
#define PLACES_AT_FIRST 256 /* a power of two */

void
spk_key_bytes_hash(SpkKeyBytes *key)
{
	key->hash = spk_hash_bytes(key->bytes, (size_t) key->len, HASH_SEED + key->nulls);
}

/* Makes the table, or one twice as large. */
static void
make_places(SpkGroupTable *table, MemoryContext memory)
{
	uint64		   n = table->places == NULL ? PLACES_AT_FIRST : 2 * table->n_places;
	SpkGroupPlace *places = MemoryContextAllocExtended(memory, n * sizeof(SpkGroupPlace),
													   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (uint64 i = 0; i < table->n_places; i++)
	{
		uint64 at = table->places[i].hash & (n - 1);

		if (table->places[i].group == NULL)
			continue;
		while (places[at].group != NULL)
			at = (at + 1) & (n - 1);
		places[at] = table->places[i];
	}
	if (table->places != NULL)
		pfree(table->places);
	table->places = places;
	table->n_places = n;
}

SpkGroupPlace *
spk_group_table_find(SpkGroupTable *table, const SpkKeyBytes *key, MemoryContext memory)
{
	if (table->n_groups >= table->n_places / 4 * 3)
		make_places(table, memory);
	for (uint64 at = key->hash;; at++)
	{
		SpkGroupPlace	   *place = &table->places[at & (table->n_places - 1)];
		const SpkJsonGroup *group = place->group;

		if (group == NULL)
			return place;
		if (place->hash == key->hash && group->key_len == key->len && group->nulls == key->nulls &&
			memcmp(group->key, key->bytes, (size_t) key->len) == 0)
			return place;
	}
}

SpkJsonGroup *
spk_group_table_put(SpkGroupTable *table, SpkGroupPlace *place, const SpkKeyBytes *key,
					int n_values, int n_states, MemoryContext memory)
{
	Size		  states = sizeof(SpkJsonState) * n_states;
	Size		  values = sizeof(Datum) * n_values;
	SpkJsonGroup *group = MemoryContextAlloc(memory,
											 offsetof(SpkJsonGroup, states) + states + values +
												 key->len);
	char		 *bytes;

	/* the key's bytes are last, because they need no alignment */
	group->values = (Datum *) ((char *) group->states + states);
	bytes = (char *) group->values + values;
	memcpy(bytes, key->bytes, (size_t) key->len);
	group->key = bytes;
	group->key_len = key->len;
	group->nulls = key->nulls;

	place->hash = key->hash;
	place->group = group;
	table->n_groups++;
	return group;
}

SpkJsonGroup *
spk_group_table_next(SpkGroupTable *table)
{
	SpkJsonGroup *group = NULL;

	while (group == NULL && table->next < table->n_places)
		group = table->places[table->next++].group;
	return group;
}
