/*
 * log_name_table.c
 *	  The names, or levels, of a profile of any log, before it is written.
 */
#include "core/profiles/log_name_table.h"

/* An order of two entries: less, equal or greater than 0. */
typedef int (*EntryOrder)(const SpkDictionary *dictionary, const SpkNameEntry *a,
						  const SpkNameEntry *b);

void
spk_name_table_init(SpkNameTable *table, SpkDictionary *dictionary, SpkNameTableKind kind)
{
	/* the few entries are not cleared: that would take longer than filling them */
	table->dictionary = dictionary;
	table->kind = kind;
	table->entries = table->few;
	table->n = 0;
	table->room = SPK_FEW_ENTRIES;
	table->stamp = dictionary->stamp;
}

void
spk_name_table_release(const SpkHost *host, SpkNameTable *table)
{
	if (table->entries != table->few)
		spk_release(host, table->entries);
}

/* Twice the room. */
static SpkStatus
enlarge(SpkNameTable *table)
{
	const SpkHost *host = &table->dictionary->host;
	SpkNameEntry  *entries = spk_alloc(host, 2 * (size_t) table->room, sizeof(SpkNameEntry));

	if (entries == NULL)
		return SPK_NO_MEMORY;
	memcpy(entries, table->entries, table->n * sizeof(SpkNameEntry));
	spk_name_table_release(host, table);
	table->entries = entries;
	table->room *= 2;
	return SPK_OK;
}

SpkStatus
spk_name_table_enter(SpkNameTable *table, uint32_t number)
{
	if (table->n == table->room && enlarge(table) != SPK_OK)
		return SPK_NO_MEMORY;
	*spk_name_table_place(table, number) = (SpkNamePlace) {.stamp = table->stamp, .at = table->n};
	table->entries[table->n++] = (SpkNameEntry) {.number = number};
	return SPK_OK;
}

static int
order_by_rank(const SpkDictionary *dictionary, const SpkNameEntry *a, const SpkNameEntry *b)
{
	return spk_dictionary_rank(dictionary, a->number, b->number);
}

/* Most events first, so that frequent names have small numbers, then by bytes. */
static int
order_by_events(const SpkDictionary *dictionary, const SpkNameEntry *a, const SpkNameEntry *b)
{
	if (a->events != b->events)
		return a->events > b->events ? -1 : 1;
	return spk_dictionary_compare(dictionary, a->number, b->number);
}

/*
 * Shell's sort, with the gaps of Ciura (Best increments for the average case of
 * Shellsort, FCT 2001): it needs no memory, and there are few entries.
 */
static void
sort_entries(SpkNameTable *table, EntryOrder order)
{
	static const uint32_t gaps[] = {44842, 19930, 8858, 3937, 1750, 701, 301,
									132,   57,	  23,	10,	  4,	1};

	for (size_t g = 0; g < sizeof(gaps) / sizeof(gaps[0]); g++)
		for (uint32_t i = gaps[g]; i < table->n; i++)
		{
			SpkNameEntry entry = table->entries[i];
			uint32_t	 at = i;

			for (; at >= gaps[g] &&
				 order(table->dictionary, &table->entries[at - gaps[g]], &entry) > 0;
				 at -= gaps[g])
				table->entries[at] = table->entries[at - gaps[g]];
			table->entries[at] = entry;
		}
}

bool
spk_name_table_settle(SpkNameTable *table, uint32_t limit)
{
	uint32_t used = table->n;
	bool	 dropped = used > limit;

	if (dropped)
	{
		sort_entries(table, order_by_rank);
		for (uint32_t i = limit; i < used; i++)
			spk_name_table_place(table, table->entries[i].number)->at = limit;
		table->n = limit;
	}
	sort_entries(table, order_by_events);
	for (uint32_t i = 0; i < table->n; i++)
		spk_name_table_place(table, table->entries[i].number)->at = i;
	return dropped;
}
