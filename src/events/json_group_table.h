/*
 * json_group_table.h
 *	  The groups that a scan has made, found by the bytes of their keys.
 */
#ifndef SPK_EVENTS_JSON_GROUP_TABLE_H
#define SPK_EVENTS_JSON_GROUP_TABLE_H

#include "postgres.h"

#include "events/json_aggregate.h"

/* The bytes that the processor fetches at a time. */
#define SPK_FETCHED_LINE 64

typedef struct SpkKeyBytes
{
	uint64		hash;
	uint64		nulls; /* the set of keys that are NULL */
	const char *bytes; /* of the others, see json_group_keys.h */
	int			len;
} SpkKeyBytes;

typedef struct SpkJsonGroup
{
	int			 key_len;
	uint64		 nulls;
	const char	*key;
	Datum		*values; /* of the keys */
	SpkJsonState states[FLEXIBLE_ARRAY_MEMBER];
} SpkJsonGroup;

typedef struct SpkGroupPlace
{
	uint64		  hash;
	SpkJsonGroup *group; /* or NULL */
} SpkGroupPlace;

typedef struct SpkGroupTable
{
	SpkGroupPlace *places;
	uint64		   n_places; /* a power of two, or 0 */
	uint64		   n_groups;
	uint64		   next; /* place to look at for spk_group_table_next */
} SpkGroupTable;

/* Sets the hash of a key whose other members are set. */
extern void spk_key_bytes_hash(SpkKeyBytes *key);

/*
 * The place of the group that has this key, in a table that is grown in the memory context
 * if need be.  If there is none yet, the place has no group, and one is to be put there
 * with spk_group_table_put before the next call.
 */
extern SpkGroupPlace *spk_group_table_find(SpkGroupTable *table, const SpkKeyBytes *key,
										   MemoryContext memory);

/*
 * Makes a group with room for so many values of keys and states, which are not set, in the
 * memory context.
 */
extern SpkJsonGroup *spk_group_table_put(SpkGroupTable *table, SpkGroupPlace *place,
										 const SpkKeyBytes *key, int n_values, int n_states,
										 MemoryContext memory);

/* The next group, or NULL when there was none behind the one before. */
extern SpkJsonGroup *spk_group_table_next(SpkGroupTable *table);

/* Has the place fetched where the key is looked for first. */
static inline void
spk_group_table_fetch_place(const SpkGroupTable *table, const SpkKeyBytes *key)
{
	if (table->n_places > 0)
		__builtin_prefetch(&table->places[key->hash & (table->n_places - 1)]);
}

/* Has the group fetched that is most likely the key's. */
static inline void
spk_group_table_fetch_group(const SpkGroupTable *table, const SpkKeyBytes *key)
{
	const char *group;

	if (table->n_places == 0)
		return;
	group = (const char *) table->places[key->hash & (table->n_places - 1)].group;
	__builtin_prefetch(group);
	__builtin_prefetch(group + SPK_FETCHED_LINE);
}

#endif /* SPK_EVENTS_JSON_GROUP_TABLE_H */
