/*
 * log_name_table.h
 *	  The names, or levels, of a profile of any log, before it is written.
 *
 * A table gathers the numbers of a dictionary that a profile's days use, and then
 * gives each its place in the profile.  It is kept in the dictionary, too, where
 * a number's place is found at once: so one table of names and one of levels can be
 * worked on at a time.
 */
#ifndef SPK_CORE_PROFILES_LOG_NAME_TABLE_H
#define SPK_CORE_PROFILES_LOG_NAME_TABLE_H

#include "core/profiles/dictionary.h"

typedef enum SpkNameTableKind
{
	SPK_TABLE_OF_NAMES,
	SPK_TABLE_OF_LEVELS
} SpkNameTableKind;

typedef struct SpkNameEntry
{
	uint32_t number;
	uint64_t events;
} SpkNameEntry;

/* Entries of which most profiles need no more. */
#define SPK_FEW_ENTRIES 32

typedef struct SpkNameTable
{
	SpkDictionary	*dictionary;
	SpkNameTableKind kind;
	SpkNameEntry	*entries; /* few, or of the host's memory */
	SpkNameEntry	 few[SPK_FEW_ENTRIES];
	uint32_t		 n;
	uint32_t		 room;
	uint32_t		 stamp; /* a place in the dictionary is good when it has this one */
} SpkNameTable;

/* A table without entries, which stays where it is; the dictionary's stamp is a new one. */
extern void spk_name_table_init(SpkNameTable *table, SpkDictionary *dictionary,
								SpkNameTableKind kind);

/* Gives back the memory of a table whose dictionary, which has this host, may be gone. */
extern void spk_name_table_release(const SpkHost *host, SpkNameTable *table);

/* The place that a number has in the dictionary. */
static inline SpkNamePlace *
spk_name_table_place(const SpkNameTable *table, uint32_t number)
{
	SpkName *name = &table->dictionary->names[number];

	return table->kind == SPK_TABLE_OF_NAMES ? &name->as_name : &name->as_level;
}

/* Makes an entry for a number that has none.  SPK_NO_MEMORY. */
extern SpkStatus spk_name_table_enter(SpkNameTable *table, uint32_t number);

/* Adds events to a number's entry, which is made at its first use.  SPK_NO_MEMORY. */
static inline SpkStatus
spk_name_table_use(SpkNameTable *table, uint32_t number, uint64_t events)
{
	SpkStatus status = SPK_OK;

	if (number == SPK_NAME_OTHER)
		return SPK_OK;
	/* the stamp saves a look through the entries, and clearing the dictionary's places */
	if (spk_name_table_place(table, number)->stamp != table->stamp)
		status = spk_name_table_enter(table, number);
	if (status == SPK_OK)
		table->entries[spk_name_table_place(table, number)->at].events += events;
	return status;
}

/*
 * Keeps at most so many entries, those of the first ranks, orders them by their
 * events, and gives each number its place; all others have the place behind the last.
 * True when some were dropped.
 */
extern bool spk_name_table_settle(SpkNameTable *table, uint32_t limit);

/* The place of a number that was used, when that is done. */
static inline uint32_t
spk_name_table_settled(const SpkNameTable *table, uint32_t number)
{
	return number == SPK_NAME_OTHER ? table->n : spk_name_table_place(table, number)->at;
}

#endif /* SPK_CORE_PROFILES_LOG_NAME_TABLE_H */
