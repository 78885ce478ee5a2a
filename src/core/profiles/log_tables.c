/*
 * log_tables.c
 *	  The tables of a growing profile of any log: which names and levels it has.
 */
#include "core/profiles/log_tables.h"
#include "core/profiles/log_name_table.h"
#include "core/profiles/log_small_write.h"

/* Names that have a bit each in a set. */
#define FEW_NAMES 64

/* The tables of names and levels, and the days that they are of. */
typedef struct Tables
{
	const SpkLogProfileState *state;
	SpkNameTable			  names;
	SpkNameTable			  levels;
	SpkLogDay				  day; /* the one that is read */
} Tables;

/* The next of the state's closed days; false at the end or with a status. */
static bool
next_day(Tables *t, SpkClosedReader *r, uint32_t *i, SpkStatus *status)
{
	const SpkHost *host = &t->state->names->host;

	if (*status != SPK_OK || *i == t->state->n_closed)
		return false;
	if (++*i % SPK_POLL_DAYS == 0 && spk_cancelled(host))
		*status = SPK_CANCELLED;
	else
		*status = spk_closed_day_read(host, spk_closed_next(r), &t->day);
	return *status == SPK_OK;
}

/* Enters what a small day uses. */
static SpkStatus
use_small(Tables *t, const SpkSmallDay *small, const SpkSmallCount *counts)
{
	SpkStatus status = SPK_OK;
	uint64_t  events = 0;

	for (uint32_t i = 0; i < small->n_counts && status == SPK_OK; i++)
	{
		status = spk_name_table_use(&t->names, counts[i].name, counts[i].events);
		events += counts[i].events;
	}
	if (status == SPK_OK && (small->form & SPK_CLOSED_LEVEL) != 0)
		status = spk_name_table_use(&t->levels, small->level, events);
	return status;
}

/* Enters what any other day uses, and finds the units that it needs. */
static SpkStatus
use_large(Tables *t, SpkReader *r, SpkDayUnits *units, unsigned *kinds)
{
	SpkLogDay *day = &t->day;
	SpkStatus  status = spk_closed_day_read(&t->state->names->host, r, day);

	for (uint32_t i = 0; i < day->n_counts && status == SPK_OK; i++)
		status = spk_name_table_use(&t->names, day->counts[i].name, day->counts[i].events);
	for (uint32_t i = 0; i < day->n_levels && status == SPK_OK; i++)
		status = spk_name_table_use(&t->levels, day->levels[i].level, day->levels[i].events);
	if (status == SPK_OK)
		spk_log_day_fit_units(day, units, kinds);
	return status;
}

/* Enters what the days use into the tables, and finds the units that they need. */
static SpkStatus
collect(Tables *t, SpkDayUnits *units)
{
	SpkSmallCount	counts[SPK_SMALL_COUNTS];
	SpkSmallDay		small;
	SpkClosedReader r = spk_closed_reader(&t->state->closed);
	SpkStatus		status = SPK_OK;
	unsigned		kinds = 0;

	*units = (SpkDayUnits) {1000000, SPK_AMOUNT_ONE, SPK_SESSION_DERIVED};
	for (uint32_t i = 0; i < t->state->n_closed && status == SPK_OK; i++)
	{
		if (i % SPK_POLL_DAYS == SPK_POLL_DAYS - 1 && spk_cancelled(&t->state->names->host))
			status = SPK_CANCELLED;
		else if (spk_closed_day_look(spk_closed_next(&r), &small, counts, units, &kinds))
			status = use_small(t, &small, counts);
		else
			status = use_large(t, &r.reader, units, &kinds);
	}
	for (uint8_t kind = SPK_SESSION_DERIVED; kind <= SPK_SESSION_HASHED; kind++)
		if (kinds == 1u << kind)
			units->sessions = kind;
	if ((kinds & (kinds - 1)) != 0)
		units->sessions = SPK_SESSION_MIXED;
	return status;
}

/*
 * Puts the counts of a day, whose names are settled, in order by a set of bits, which
 * beats sorting them; false when the names are not all different and few.
 */
static bool
order_few(SpkLogDay *day)
{
	SpkDayCount counts[FEW_NAMES];
	uint8_t		at[FEW_NAMES];
	uint64_t	set = 0;

	for (uint32_t i = 0; i < day->n_counts; i++)
	{
		uint32_t name = day->counts[i].name;

		if (name >= FEW_NAMES || (set >> name & 1) != 0)
			return false;
		set |= UINT64_C(1) << name;
		at[name] = (uint8_t) i;
		counts[i] = day->counts[i];
	}
	for (uint32_t i = 0; i < day->n_counts; i++, set &= set - 1)
		day->counts[i] = counts[at[__builtin_ctzll(set)]];
	return true;
}

/* Puts places in the tables where numbers of the dictionary stand. */
static SpkStatus
number_day(Tables *t)
{
	SpkLogDay *day = &t->day;

	for (uint32_t i = 0; i < day->n_counts; i++)
		day->counts[i].name = spk_name_table_settled(&t->names, day->counts[i].name);
	for (uint32_t i = 0; i < day->n_levels; i++)
		day->levels[i].level = spk_name_table_settled(&t->levels, day->levels[i].level);
	if (day->last_level_ts != SPK_NO_TIME)
		day->last_level = spk_name_table_settled(&t->levels, day->last_level);
	if (order_few(day) && day->n_levels <= 1)
		return SPK_OK;
	return spk_log_day_normalise_names(&t->state->names->host, day);
}

/* Starts on the tables of a state. */
static void
start_tables(Tables *t, SpkLogProfileState *state)
{
	state->names->stamp++;
	t->state = state;
	spk_name_table_init(&t->names, state->names, SPK_TABLE_OF_NAMES);
	spk_name_table_init(&t->levels, state->names, SPK_TABLE_OF_LEVELS);
	spk_log_day_init(&t->day);
}

static void
release_tables(const SpkHost *host, Tables *t)
{
	spk_name_table_release(host, &t->names);
	spk_name_table_release(host, &t->levels);
	spk_log_day_release(host, &t->day);
}

/* Collects and settles the tables, and notes in the state what they drop. */
static SpkStatus
make_tables(SpkLogProfileState *state, Tables *t, SpkDayUnits *units)
{
	SpkStatus status = collect(t, units);

	if (status != SPK_OK)
		return status;
	if (spk_name_table_settle(&t->names, SPK_LOG_NAMES))
		state->names_dropped = true;
	if (spk_name_table_settle(&t->levels, SPK_LOG_LEVELS))
		state->levels_dropped = true;
	return SPK_OK;
}

/* Adds a table's texts to another dictionary; numbers[i] is that of entry i, the last one that of others. */
static SpkStatus
copy_texts(const SpkNameTable *table, SpkDictionary *to, uint32_t *numbers)
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
rewrite_days(Tables *t, const uint32_t *names, const uint32_t *levels, SpkClosedDays *to)
{
	SpkClosedReader r = spk_closed_reader(&t->state->closed);
	SpkStatus		status = SPK_OK;
	uint32_t		i = 0;

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
			spk_closed_days_add(&t->state->names->host, to, day);
	}
	return status == SPK_OK ? to->status : status;
}

/* The state goes over to the dictionary and the days. */
static void
take_over(SpkLogProfileState *state, SpkDictionary *names, const SpkClosedDays *closed)
{
	SpkHost host = names->host;

	spk_closed_days_release(&host, &state->closed);
	if (state->owns_names)
	{
		spk_dictionary_release(state->names);
		spk_release(&host, state->names);
	}
	state->names = names;
	state->owns_names = true;
	state->closed = *closed;
}

SpkStatus
spk_log_tables_renew(SpkLogProfileState *state)
{
	SpkHost		   host = state->names->host;
	Tables		   t;
	SpkDictionary *names = spk_alloc(&host, 1, sizeof(SpkDictionary));
	uint32_t	  *numbers = spk_alloc(&host, SPK_LOG_NAMES + SPK_LOG_LEVELS + 2, sizeof(uint32_t));
	uint32_t	  *levels = numbers == NULL ? NULL : numbers + SPK_LOG_NAMES + 1;
	SpkClosedDays  closed;
	SpkDayUnits	   units;
	SpkStatus	   status = SPK_NO_MEMORY;

	start_tables(&t, state);
	spk_closed_days_init(&closed);

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
		spk_closed_days_release(&host, &closed);
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
write_table(SpkWriter *w, const SpkNameTable *table)
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

/* Writes the next of the closed days. */
static SpkStatus
write_day(Tables *t, const SpkDayUnits *units, SpkDayCursor *cursor, SpkReader *r, SpkWriter *w)
{
	SpkStatus status;

	if (spk_small_day_write(w, units, cursor, r, &t->names, &t->levels))
		return w->status;
	status = spk_closed_day_read(&t->state->names->host, r, &t->day);
	if (status == SPK_OK)
		status = number_day(t);
	if (status == SPK_OK)
		spk_log_day_write(w, units, cursor, &t->day);
	return status == SPK_OK ? w->status : status;
}

static SpkStatus
write_days(Tables *t, const SpkDayUnits *units, SpkWriter *w)
{
	SpkClosedReader r = spk_closed_reader(&t->state->closed);
	SpkDayCursor	cursor = {0, 0};
	SpkStatus		status = SPK_OK;

	for (uint32_t i = 0; i < t->state->n_closed && status == SPK_OK; i++)
	{
		if (i % SPK_POLL_DAYS == SPK_POLL_DAYS - 1 && spk_cancelled(&t->state->names->host))
			status = SPK_CANCELLED;
		else
			status = write_day(t, units, &cursor, spk_closed_next(&r), w);
	}
	return status;
}

/* The bytes of all closed days, and some more for short tables. */
static size_t
bytes_of(const SpkLogProfileState *state)
{
	return spk_closed_days_len(&state->closed) + 256;
}

SpkStatus
spk_log_tables_encode(SpkLogProfileState *state, SpkWriter *w)
{
	Tables		t;
	SpkDayUnits units;
	SpkStatus	status;

	start_tables(&t, state);
	status = make_tables(state, &t, &units);
	/* most often all there is fits what the closed days took, so that it is not copied as it grows */
	if (status == SPK_OK && spk_writer_reserve(w, bytes_of(state)))
	{
		spk_write_u8(w, SPK_LOG_PROFILE_VERSION);
		spk_write_u8(w, flags_of(state, &units));
		write_table(w, &t.names);
		write_table(w, &t.levels);
		spk_write_varint(w, state->n_closed);
		status = write_days(&t, &units, w);
	}
	else if (status == SPK_OK)
		status = w->status;
	release_tables(&state->names->host, &t);
	return status;
}
