/*
 * log_tables.c
 *	  The tables of a growing profile of any log: which names and levels it has.
 */
#include "core/profiles/log_tables.h"

/* The tables of a profile. */
typedef enum TableKind
{
	TABLE_NAMES,
	TABLE_LEVELS
} TableKind;

typedef struct Entry
{
	uint32_t number;
	uint64_t events;
} Entry;

/* The names, or levels, that a state's days use. */
typedef struct Table
{
	SpkDictionary *dictionary;
	TableKind	   kind;
	Entry		  *entries;
	uint32_t	   n;
	uint32_t	   room;
	uint32_t	   stamp; /* a place in the dictionary is good when it has this one */
} Table;

/* Both, and the days that they are of. */
typedef struct Tables
{
	const SpkLogProfileState *state;
	Table					  names;
	Table					  levels;
	SpkLogDay				  day; /* the one that is read */
} Tables;

/* An order of two entries: less, equal or greater than 0. */
typedef int (*EntryOrder)(const SpkDictionary *dictionary, const Entry *a, const Entry *b);

/* The place that a number has in a table. */
static SpkNamePlace *
place_of(const Table *table, uint32_t number)
{
	SpkName *name = &table->dictionary->names[number];

	return table->kind == TABLE_NAMES ? &name->as_name : &name->as_level;
}

/* Adds events to a number's entry, which is made at its first use. */
static SpkStatus
use_number(Table *table, uint32_t number, uint64_t events)
{
	SpkNamePlace *place;

	if (number == SPK_NAME_OTHER)
		return SPK_OK;

	/* the stamp saves a look through the entries, and clearing the dictionary's places */
	place = place_of(table, number);
	if (place->stamp != table->stamp)
	{
		if (table->n == table->room)
		{
			uint32_t room = table->room == 0 ? 16 : 2 * table->room;
			Entry	*entries = spk_alloc(&table->dictionary->host, room, sizeof(Entry));

			if (entries == NULL)
				return SPK_NO_MEMORY;
			if (table->n > 0)
				memcpy(entries, table->entries, table->n * sizeof(Entry));
			spk_release(&table->dictionary->host, table->entries);
			table->entries = entries;
			table->room = room;
		}
		place->stamp = table->stamp;
		place->at = table->n;
		table->entries[table->n++] = (Entry) {.number = number};
	}
	table->entries[place->at].events += events;
	return SPK_OK;
}

/* The next of the state's closed days; false at the end or with a status. */
static bool
next_day(Tables *t, SpkReader *r, uint32_t *i, SpkStatus *status)
{
	const SpkHost *host = &t->state->names->host;

	if (*status != SPK_OK || *i == t->state->n_closed)
		return false;
	if (++*i % SPK_POLL_DAYS == 0 && spk_cancelled(host))
		*status = SPK_CANCELLED;
	else
		*status = spk_closed_day_read(host, r, &t->day);
	return *status == SPK_OK;
}

static SpkReader
read_closed(const SpkLogProfileState *state)
{
	return spk_reader(state->closed.data, state->closed.len);
}

/* Enters what the days use into the tables, and finds the units that they need. */
static SpkStatus
collect(Tables *t, SpkDayUnits *units)
{
	SpkReader r = read_closed(t->state);
	SpkStatus status = SPK_OK;
	uint32_t  i = 0;
	unsigned  kinds = 0;

	*units = (SpkDayUnits) {1000000, SPK_AMOUNT_ONE, SPK_SESSION_DERIVED};
	while (next_day(t, &r, &i, &status))
	{
		for (uint32_t j = 0; j < t->day.n_counts && status == SPK_OK; j++)
			status = use_number(&t->names, t->day.counts[j].name, t->day.counts[j].events);
		for (uint32_t j = 0; j < t->day.n_levels && status == SPK_OK; j++)
			status = use_number(&t->levels, t->day.levels[j].level, t->day.levels[j].events);
		spk_log_day_fit_units(&t->day, units, &kinds);
	}
	for (uint8_t kind = SPK_SESSION_DERIVED; kind <= SPK_SESSION_HASHED; kind++)
		if (kinds == 1u << kind)
			units->sessions = kind;
	if ((kinds & (kinds - 1)) != 0)
		units->sessions = SPK_SESSION_MIXED;
	return status;
}

static int
order_by_rank(const SpkDictionary *dictionary, const Entry *a, const Entry *b)
{
	return spk_dictionary_rank(dictionary, a->number, b->number);
}

/* Most events first, so that frequent names have small numbers, then by bytes. */
static int
order_by_events(const SpkDictionary *dictionary, const Entry *a, const Entry *b)
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
sort_entries(Table *table, EntryOrder order)
{
	static const uint32_t gaps[] = {44842, 19930, 8858, 3937, 1750, 701, 301,
									132,   57,	  23,	10,	  4,	1};

	for (size_t g = 0; g < sizeof(gaps) / sizeof(gaps[0]); g++)
		for (uint32_t i = gaps[g]; i < table->n; i++)
		{
			Entry	 entry = table->entries[i];
			uint32_t at = i;

			for (; at >= gaps[g] &&
				 order(table->dictionary, &table->entries[at - gaps[g]], &entry) > 0;
				 at -= gaps[g])
				table->entries[at] = table->entries[at - gaps[g]];
			table->entries[at] = entry;
		}
}

/*
 * Keeps the entries of the first ranks, orders them, and gives each number its
 * place; all others have the place behind the last.  True when some were dropped.
 */
static bool
settle(Table *table, uint32_t limit)
{
	uint32_t used = table->n;
	bool	 dropped = used > limit;

	if (dropped)
	{
		sort_entries(table, order_by_rank);
		for (uint32_t i = limit; i < used; i++)
			place_of(table, table->entries[i].number)->at = limit;
		table->n = limit;
	}
	sort_entries(table, order_by_events);
	for (uint32_t i = 0; i < table->n; i++)
		place_of(table, table->entries[i].number)->at = i;
	return dropped;
}

/* The place of a number, which the days use, in a settled table. */
static uint32_t
settled(const Table *table, uint32_t number)
{
	return number == SPK_NAME_OTHER ? table->n : place_of(table, number)->at;
}

/* Puts places in the tables where numbers of the dictionary stand. */
static SpkStatus
number_day(Tables *t)
{
	SpkLogDay *day = &t->day;

	for (uint32_t i = 0; i < day->n_counts; i++)
		day->counts[i].name = settled(&t->names, day->counts[i].name);
	for (uint32_t i = 0; i < day->n_levels; i++)
		day->levels[i].level = settled(&t->levels, day->levels[i].level);
	if (day->last_level_ts != SPK_NO_TIME)
		day->last_level = settled(&t->levels, day->last_level);
	return spk_log_day_normalise_names(&t->state->names->host, day);
}

/* Starts on the tables of a state, without entries. */
static Tables
tables_of(SpkLogProfileState *state)
{
	uint32_t stamp = ++state->names->stamp;
	Tables	 t = {.state = state,
				  .names = {.dictionary = state->names, .kind = TABLE_NAMES, .stamp = stamp},
				  .levels = {.dictionary = state->names, .kind = TABLE_LEVELS, .stamp = stamp}};

	spk_log_day_init(&t.day);
	return t;
}

static void
release_tables(const SpkHost *host, Tables *t)
{
	spk_release(host, t->names.entries);
	spk_release(host, t->levels.entries);
	spk_log_day_release(host, &t->day);
}

/* Collects and settles the tables, and notes in the state what they drop. */
static SpkStatus
make_tables(SpkLogProfileState *state, Tables *t, SpkDayUnits *units)
{
	SpkStatus status = collect(t, units);

	if (status != SPK_OK)
		return status;
	if (settle(&t->names, SPK_LOG_NAMES))
		state->names_dropped = true;
	if (settle(&t->levels, SPK_LOG_LEVELS))
		state->levels_dropped = true;
	return SPK_OK;
}

/* Adds a table's texts to another dictionary; numbers[i] is that of entry i, the last one that of others. */
static SpkStatus
copy_texts(const Table *table, SpkDictionary *to, uint32_t *numbers)
{
	numbers[table->n] = SPK_NAME_OTHER;
	for (uint32_t i = 0; i < table->n; i++)
	{
		uint32_t  number = table->entries[i].number;
		SpkStatus status = spk_dictionary_add(to, spk_dictionary_text(table->dictionary, number),
											  table->dictionary->names[number].len, &numbers[i]);

		if (status != SPK_OK)
			return status;
	}
	return SPK_OK;
}

/* Writes the days again, in another dictionary's numbers. */
static SpkStatus
rewrite_days(Tables *t, const uint32_t *names, const uint32_t *levels, SpkWriter *w)
{
	SpkReader r = read_closed(t->state);
	SpkStatus status = SPK_OK;
	uint32_t  i = 0;

	while (next_day(t, &r, &i, &status))
	{
		SpkLogDay *day = &t->day;

		status = number_day(t);
		if (status != SPK_OK)
			break;
		for (uint32_t j = 0; j < day->n_counts; j++)
			day->counts[j].name = names[day->counts[j].name];
		for (uint32_t j = 0; j < day->n_levels; j++)
			day->levels[j].level = levels[day->levels[j].level];
		if (day->last_level_ts != SPK_NO_TIME)
			day->last_level = levels[day->last_level];
		status = spk_log_day_normalise_names(&t->state->names->host, day);
		if (status == SPK_OK)
			spk_closed_day_write(w, day);
	}
	return status != SPK_OK ? status : w->status;
}

/* The state goes over to the dictionary and the days. */
static void
take_over(SpkLogProfileState *state, SpkDictionary *names, const SpkWriter *closed)
{
	SpkHost host = names->host;

	spk_release(&host, state->closed.data);
	if (state->owns_names)
	{
		spk_dictionary_release(state->names);
		spk_release(&host, state->names);
	}
	state->names = names;
	state->owns_names = true;
	state->closed = *closed;
	state->closed.host = &names->host;
}

SpkStatus
spk_log_tables_renew(SpkLogProfileState *state)
{
	SpkHost		   host = state->names->host;
	Tables		   t = tables_of(state);
	SpkDictionary *names = spk_alloc(&host, 1, sizeof(SpkDictionary));
	uint32_t	  *numbers = spk_alloc(&host, SPK_LOG_NAMES + SPK_LOG_LEVELS + 2, sizeof(uint32_t));
	uint32_t	  *levels = numbers == NULL ? NULL : numbers + SPK_LOG_NAMES + 1;
	SpkWriter	   closed = spk_writer(&host);
	SpkDayUnits	   units;
	SpkStatus	   status = SPK_NO_MEMORY;

	/* the state keeps its old dictionary until all of the new one is there */
	if (names != NULL)
		spk_dictionary_init(names, &host, SPK_OWN_NAMES);
	if (names != NULL && numbers != NULL)
		status = make_tables(state, &t, &units);
	if (status == SPK_OK)
		status = copy_texts(&t.names, names, numbers);
	if (status == SPK_OK)
		status = copy_texts(&t.levels, names, levels);
	if (status == SPK_OK)
		status = rewrite_days(&t, numbers, levels, &closed);
	if (status == SPK_OK)
		take_over(state, names, &closed);
	else
	{
		spk_release(&host, closed.data);
		if (names != NULL)
			spk_dictionary_release(names);
		spk_release(&host, names);
	}
	spk_release(&host, numbers);
	release_tables(&host, &t);
	return status;
}

/* Flags behind the version, see log_reader.c. */
static uint8_t
flags_of(const SpkLogProfileState *state, const SpkDayUnits *units)
{
	unsigned time = units->time == 1000000 ? 0 : units->time == 1000 ? 1 : 2;
	unsigned amount = units->amount == SPK_AMOUNT_ONE ? 0 : units->amount > 1 ? 1 : 2;

	return (uint8_t) ((state->names_dropped ? 1 : 0) | (state->levels_dropped ? 2 : 0) | time << 2 |
					  amount << 4 | (unsigned) units->sessions << 6);
}

static void
write_table(SpkWriter *w, const Table *table)
{
	spk_write_varint(w, table->n);
	for (uint32_t i = 0; i < table->n; i++)
	{
		uint32_t number = table->entries[i].number;

		spk_write_u8(w, table->dictionary->names[number].len);
		spk_write_bytes(w, spk_dictionary_text(table->dictionary, number),
						table->dictionary->names[number].len);
	}
}

static SpkStatus
write_days(Tables *t, const SpkDayUnits *units, SpkWriter *w)
{
	SpkReader	 r = read_closed(t->state);
	SpkDayCursor cursor = {0, 0};
	SpkStatus	 status = SPK_OK;
	uint32_t	 i = 0;

	while (next_day(t, &r, &i, &status))
	{
		status = number_day(t);
		if (status == SPK_OK)
			spk_log_day_write(w, units, &cursor, &t->day);
	}
	return status != SPK_OK ? status : w->status;
}

SpkStatus
spk_log_tables_encode(SpkLogProfileState *state, SpkWriter *w)
{
	Tables		t = tables_of(state);
	SpkDayUnits units;
	SpkStatus	status = make_tables(state, &t, &units);

	if (status == SPK_OK)
	{
		spk_write_u8(w, SPK_LOG_PROFILE_VERSION);
		spk_write_u8(w, flags_of(state, &units));
		write_table(w, &t.names);
		write_table(w, &t.levels);
		spk_write_varint(w, state->n_closed);
		status = write_days(&t, &units, w);
	}
	release_tables(&state->names->host, &t);
	return status;
}
