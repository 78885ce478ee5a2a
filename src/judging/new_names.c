/*
 * new_names.c
 *	  The categories of a column that a model does not know, in bounded memory.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"

#include "core/base/hash.h"
#include "judging/new_names.h"

#define MOST_NEW_NAMES 4096

/* Longer names are cut where they are shown. */
#define SHOWN_NAME_BYTES 100

typedef struct NewName
{
	uint64 hash; /* tells names apart: of a few thousand no two share it */
	uint64 n;
	char  *name; /* terminated */
} NewName;

struct SpkNewNames
{
	MemoryContext context;
	HTAB		 *table;
	uint32		  level; /* zeros that the hash of a name ends with that is kept */
};

SpkNewNames *
spk_new_names(void)
{
	SpkNewNames *names = palloc0(sizeof(SpkNewNames));
	HASHCTL		 control = {.keysize = sizeof(uint64), .entrysize = sizeof(NewName)};

	names->context = CurrentMemoryContext;
	control.hcxt = CurrentMemoryContext;
	names->table = hash_create("churn new names", 64, &control,
							   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	return names;
}

static bool
is_kept(const SpkNewNames *names, uint64 hash)
{
	return (hash & ((UINT64CONST(1) << names->level) - 1)) == 0;
}

/* Keeps half of the names. */
static void
thin(SpkNewNames *names)
{
	HASH_SEQ_STATUS scan;
	NewName		   *entry;

	names->level++;
	hash_seq_init(&scan, names->table);
	while ((entry = hash_seq_search(&scan)) != NULL)
		if (!is_kept(names, entry->hash))
		{
			pfree(entry->name);
			hash_search(names->table, &entry->hash, HASH_REMOVE, NULL);
		}
}

void
spk_new_names_add(SpkNewNames *names, SpkCategory name)
{
	uint64	 hash = spk_hash_bytes(name.name, name.len, 0);
	NewName *entry;
	bool	 found;

	if (!is_kept(names, hash))
		return;
	entry = hash_search(names->table, &hash, HASH_ENTER, &found);
	if (!found)
	{
		int len = pg_mbcliplen(name.name, (int) name.len, SHOWN_NAME_BYTES);

		entry->n = 0;
		entry->name = MemoryContextAlloc(names->context, len + 1);
		memcpy(entry->name, name.name, len);
		entry->name[len] = '\0';
	}
	entry->n++;
	while (hash_get_num_entries(names->table) > MOST_NEW_NAMES && names->level < 60)
		thin(names);
}

/* The most frequent first. */
static int
compare_names(const void *a, const void *b)
{
	const NewName *x = a;
	const NewName *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return strcmp(x->name, y->name);
}

Datum
spk_new_names_array(const SpkNewNames *names, int most)
{
	long			 n = hash_get_num_entries(names->table);
	NewName			*list = palloc(Max(n, 1) * sizeof(NewName));
	ArrayBuildState *array = initArrayResult(TEXTOID, CurrentMemoryContext, false);
	HASH_SEQ_STATUS	 scan;
	NewName			*entry;
	long			 i = 0;

	hash_seq_init(&scan, names->table);
	while ((entry = hash_seq_search(&scan)) != NULL)
		list[i++] = *entry;
	qsort(list, n, sizeof(NewName), compare_names);
	for (i = 0; i < Min(n, most); i++)
		accumArrayResult(array, CStringGetTextDatum(list[i].name), false, TEXTOID,
						 CurrentMemoryContext);
	return makeArrayResult(array, CurrentMemoryContext);
}
