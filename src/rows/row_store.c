/*
 * row_store.c
 *	  Training rows packed into columns.
 *
 * Columns are single arrays that double: beyond a few kilobytes they are
 * mappings of their own, which the allocator extends without copying and whose
 * unused half costs no memory.
 */
#include "compat.h"

#include "utils/memutils.h"

#include "rows/category_hash.h"
#include "rows/row_store.h"
#include "rows/row_store_file.h"
#include "host/memory_limit.h"
#include "host/pg_host.h"

SpkRowStore *
spk_store_new(MemoryContext context, SpkAlgorithm algorithm, const SpkOptions *options)
{
	SpkRowStore *store = MemoryContextAllocZero(context, sizeof(SpkRowStore));

	store->context = context;
	store->algorithm = algorithm;
	store->options = *options;
	return store;
}

void
spk_store_begin(SpkRowStore *store, uint32 n_columns, bool grouped, const char *time_name,
				const char *weight_name)
{
	store->grouped = grouped;
	if (time_name != NULL)
		store->time_name = MemoryContextStrdup(store->context, time_name);
	if (weight_name != NULL)
		store->weight_name = MemoryContextStrdup(store->context, weight_name);
	store->n_columns = n_columns;
	store->columns = MemoryContextAllocZero(store->context, n_columns * sizeof(SpkStoreColumn));
}

void
spk_store_define(SpkRowStore *store, uint32 column, const char *name, SpkFeatureKind kind)
{
	SpkStoreColumn *c = &store->columns[column];

	c->name = MemoryContextStrdup(store->context, name);
	c->kind = kind;
	if (kind == SPK_CATEGORY)
		c->places = category_create(store->context, 16, NULL);
}

/*
 * Returns ptr enlarged to n things of this size, or a new array when ptr is NULL.  Where it
 * is large it is to have large pages: to touch so many small ones takes as long as to fill them.
 */
static void *
enlarge(MemoryContext context, void *ptr, size_t n, size_t size)
{
	void *enlarged = ptr == NULL ? MemoryContextAllocHuge(context, n * size) :
								   repalloc_huge(ptr, n * size);

	spk_ask_for_large_pages(enlarged, n * size);
	return enlarged;
}

/* Raises an error when n_rows rows and the names so far take more memory than training may. */
static void
check_memory(const SpkRowStore *store, uint64 n_rows)
{
	spk_memory_check_collected(spk_store_held(store, n_rows) + store->names_size, n_rows,
							   store->n_columns, spk_store_file_hint(store));
}

/* Of so many rows more are expected to come. */
#define SOME_ROWS 1024

/* At most such a part of the memory that training may take is reserved for rows that may not come. */
#define MOST_EXPECTED 0.25

/*
 * How many rows to make room for, of which so many are needed: those that are expected, so that
 * arrays need not grow.  What is not touched costs no memory.
 */
static uint32
new_capacity(const SpkRowStore *store, uint32 needed)
{
	uint64 row_size = spk_store_whole_size(store);
	uint32 capacity = spk_rows_capacity(store->capacity, needed, row_size, spk_memory_limit());

	if (needed > SOME_ROWS && store->file == NULL && store->expected > capacity &&
		store->expected < Min(SPK_MAX_ROWS, MOST_EXPECTED * spk_memory_limit() / row_size))
		capacity = (uint32) store->expected;
	return capacity;
}

/* Makes room for this many more rows, but for the values of those that a block does not hold. */
static void
reserve(SpkRowStore *store, uint32 more)
{
	uint64 needed = (uint64) store->n_rows + more;
	uint32 capacity;

	if (needed <= store->capacity)
		return;
	if (needed > SPK_MAX_ROWS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("cannot train on more than %u rows", SPK_MAX_ROWS),
				 errhint("Train on a sample of the rows.")));
	/* refuse before anything is allocated, so that the limit also holds while rows arrive */
	spk_store_file_if_large(store, needed);
	check_memory(store, needed);
	capacity = new_capacity(store, (uint32) needed);
	store->labels = enlarge(store->context, store->labels, capacity, 1);
	if (store->grouped)
		store->groups = enlarge(store->context, store->groups, capacity, sizeof(uint64));
	if (store->time_name != NULL)
		store->times = enlarge(store->context, store->times, capacity, sizeof(double));
	if (store->weight_name != NULL)
		store->weights = enlarge(store->context, store->weights, capacity, sizeof(double));
	for (uint32 i = 0; i < store->n_columns && store->file == NULL; i++)
	{
		SpkStoreColumn *c = &store->columns[i];

		c->values = enlarge(store->context, c->values, capacity, spk_store_value_size(c->kind));
	}
	store->capacity = capacity;
}

uint32
spk_store_add(SpkRowStore *store, int label)
{
	reserve(store, 1);
	spk_store_file_full(store);
	store->labels[store->n_rows] = (uint8) label;
	store->n_positives += label;
	return store->n_rows++;
}

/*
 * Returns the category's place among the column's names, adding the name when it is
 * new, or SPK_NO_ID when the category is missing.
 */
static uint32
place_of(SpkRowStore *store, SpkStoreColumn *c, SpkCategory category)
{
	bool		   found;
	CategoryEntry *entry;
	char		  *copy;

	if (category.name == NULL || category.len > SPK_MAX_CATEGORY)
		return SPK_NO_ID;
	entry = category_insert(c->places, category, &found);
	if (found)
		return entry->place;

	/* the category's text belongs to a row that will be gone: entry and list share a copy */
	store->names_size += spk_category_size(category);
	spk_store_file_if_large(store, store->n_rows);
	check_memory(store, store->n_rows);
	if (c->n_names == c->names_capacity)
	{
		c->names_capacity = Max(16, c->names_capacity * 2);
		c->names = enlarge(store->context, c->names, c->names_capacity, sizeof(SpkCategory));
	}
	copy = MemoryContextAlloc(store->context, Max(category.len, 1));
	memcpy(copy, category.name, category.len);
	entry->key.name = copy;
	entry->place = c->n_names;
	c->names[c->n_names] = entry->key;
	return c->n_names++;
}

void
spk_store_put_category(SpkRowStore *store, uint32 column, uint32 row, SpkCategory category)
{
	SpkStoreColumn *c = &store->columns[column];
	uint32			place = place_of(store, c, category); /* may move the values */

	((uint32 *) c->values)[row - store->n_filed] = place;
}

static bool
same_name(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Raises an error unless rows of both stores may go into one training set. */
static void
check_mergeable(const SpkRowStore *a, const SpkRowStore *b)
{
	bool same = a->algorithm == b->algorithm &&
		memcmp(&a->options, &b->options, sizeof(SpkOptions)) == 0;

	if (same && a->n_columns > 0 && b->n_columns > 0)
	{
		same = a->n_columns == b->n_columns && a->grouped == b->grouped &&
			same_name(a->time_name, b->time_name) && same_name(a->weight_name, b->weight_name);
		for (uint32 i = 0; same && i < a->n_columns; i++)
			same = a->columns[i].kind == b->columns[i].kind &&
				a->columns[i].rule.monotone == b->columns[i].rule.monotone &&
				a->columns[i].rule.groups == b->columns[i].rule.groups &&
				strcmp(a->columns[i].name, b->columns[i].name) == 0;
	}
	if (!same)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("training rows differ in their columns or options"),
				 errhint("All rows of one training set must be of one type and have the same options.")));
}

/*
 * The places among our names of each of the other store's, of all columns one after the
 * other: each process numbers a column's names as it meets them.
 */
static uint32 *
map_names(SpkRowStore *store, const SpkRowStore *src)
{
	Size	n = 0;
	uint32 *places;
	uint32 *at;

	for (uint32 i = 0; i < src->n_columns; i++)
		n += src->columns[i].n_names;
	at = places = palloc_extended(Max(n, 1) * sizeof(uint32), MCXT_ALLOC_HUGE);
	for (uint32 i = 0; i < src->n_columns; i++)
		for (uint32 j = 0; j < src->columns[i].n_names; j++)
			*at++ = place_of(store, &store->columns[i], src->columns[i].names[j]);
	return places;
}

/* Appends n_rows values of one column from a row on, for which there is room. */
static void
merge_column(SpkRowStore *store, SpkStoreColumn *c, const SpkStoreColumn *from, uint32 first,
			 uint32 n_rows, const uint32 *places)
{
	size_t	size = spk_store_value_size(c->kind);
	char   *to = (char *) c->values + (store->n_rows - store->n_filed) * size;
	uint32 *ids = (uint32 *) to;

	/* a received array need not be aligned */
	memcpy(to, (const char *) from->values + first * size, n_rows * size);
	for (uint32 i = 0; i < n_rows && c->kind == SPK_CATEGORY; i++)
		if (ids[i] != SPK_NO_ID)
			ids[i] = places[ids[i]];
}

/* Appends copies of the other store's rows, for whose labels there is room, as many at once as may be. */
static void
merge_rows(SpkRowStore *store, const SpkRowStore *src)
{
	uint32 *places = map_names(store, src);

	for (uint32 first = 0, n; first < src->n_rows; first += n)
	{
		const uint32 *at = places;

		spk_store_file_full(store);
		n = Min(src->n_rows - first, spk_store_room(store));
		for (uint32 i = 0; i < store->n_columns; i++)
		{
			merge_column(store, &store->columns[i], &src->columns[i], first, n, at);
			at += src->columns[i].n_names;
		}
		store->n_rows += n;
	}
	pfree(places);
}

void
spk_store_merge(SpkRowStore *store, const SpkRowStore *src)
{
	check_mergeable(store, src);
	store->n_skipped += src->n_skipped;
	store->n_unweighted += src->n_unweighted;
	store->n_unsampled += src->n_unsampled;
	store->trains |= src->trains;

	/* a store that has seen no labelled row yet takes its columns from the other one */
	if (store->n_columns == 0 && src->n_columns > 0)
	{
		spk_store_begin(store, src->n_columns, src->grouped, src->time_name, src->weight_name);
		for (uint32 i = 0; i < src->n_columns; i++)
		{
			spk_store_define(store, i, src->columns[i].name, src->columns[i].kind);
			store->columns[i].rule = src->columns[i].rule;
		}
	}
	for (uint32 i = 0; i < src->n_columns; i++)
		store->columns[i].inexact |= src->columns[i].inexact;
	if (src->n_rows == 0)
		return;

	reserve(store, src->n_rows);
	memcpy(store->labels + store->n_rows, src->labels, src->n_rows);
	if (store->grouped)
		memcpy(store->groups + store->n_rows, src->groups, src->n_rows * sizeof(uint64));
	if (store->time_name != NULL)
		memcpy(store->times + store->n_rows, src->times, src->n_rows * sizeof(double));
	if (store->weight_name != NULL)
		memcpy(store->weights + store->n_rows, src->weights, src->n_rows * sizeof(double));
	merge_rows(store, src);
	store->n_positives += src->n_positives;
	spk_store_check(store);
}

static void
discard_array(void **array)
{
	if (*array != NULL)
		pfree(*array);
	*array = NULL;
}

void
spk_store_discard(SpkRowStore *store)
{
	discard_array((void **) &store->labels);
	discard_array((void **) &store->groups);
	discard_array((void **) &store->times);
	discard_array((void **) &store->weights);
	for (uint32 i = 0; i < store->n_columns; i++)
		discard_array(&store->columns[i].values);
	store->n_rows = store->capacity = 0;
	store->n_positives = 0;
}

SpkTable
spk_store_take(SpkRowStore *store, MemoryContext context)
{
	SpkColumn *columns = MemoryContextAllocZero(context, store->n_columns * sizeof(SpkColumn));
	SpkTable   table = {.n_rows = store->n_rows,
						.n_columns = store->n_columns,
						.labels = store->labels,
						.columns = columns,
						.borrowed = store->borrowed,
						.groups = store->grouped ? store->groups : NULL,
						.weights = store->weight_name != NULL ? store->weights : NULL};

	const SpkPages *pages = spk_store_pages(store);

	spk_store_check(store);
	for (uint32 i = 0; i < store->n_columns; i++)
	{
		SpkStoreColumn *c = &store->columns[i];

		columns[i].name = c->name;
		columns[i].kind = c->kind;
		columns[i].rule = c->rule;
		columns[i].names = c->names;
		columns[i].n_names = c->n_names;
		columns[i].pages = pages;
		columns[i].number = i;
		if (pages == NULL && c->kind == SPK_CATEGORY)
			columns[i].ids = c->values;
		else if (pages == NULL)
			columns[i].numbers = c->values;
		c->values = NULL;
	}
	store->labels = NULL;
	store->capacity = 0;
	return table;
}
