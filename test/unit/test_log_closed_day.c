/*
 * test_log_closed_day.c
 *	  Days that a growing profile has closed: what was written is read, at every
 *	  limit of a small day, and events beyond what a state holds are counted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/profiles/log_profile.h"
#include "core/profiles/log_reader.h"
#include "core/profiles/log_small_write.h"
#include "unit_host.h"

#define N_DAYS 3000

/* One of these numbers. */
static int64_t
any_of(SpkRng *rng, const int64_t *numbers, uint32_t n)
{
	return numbers[spk_rng_below(rng, n)];
}

#define ANY_OF(rng, ...) \
	any_of(rng, (const int64_t[]) {__VA_ARGS__}, sizeof((const int64_t[]) {__VA_ARGS__}) / 8)

/* Mostly 1 or 2, sometimes what is about to fill a small day. */
static uint32_t
many(SpkRng *rng, int64_t limit)
{
	return spk_rng_below(rng, 20) > 0 ? 1 + spk_rng_below(rng, 2) :
										(uint32_t) ANY_OF(rng, limit - 1, limit, limit + 1);
}

static void
add_counts(SpkRng *rng, const SpkHost *host, SpkLogDay *day)
{
	uint32_t n = many(rng, SPK_SMALL_COUNTS);
	uint32_t next = (uint32_t) ANY_OF(rng, 0, 1, 900, 1023, 1024, 60000);

	for (uint32_t i = 0; i < n; i++)
	{
		SpkDayCount *c = spk_log_day_count(host, day);

		assert_non_null(c);
		*c = (SpkDayCount) {.name = next,
							.events = (uint32_t) ANY_OF(rng, 1, 2, 63, 64, UINT16_MAX,
														UINT16_MAX + 1, UINT32_MAX)};
		next += 1 + spk_rng_below(rng, 3);
		if (spk_rng_below(rng, 3) > 0)
			continue;
		c->valued = spk_rng_below(rng, 2) == 0 ? c->events : 1;
		c->gained = ANY_OF(rng, 0, 0, 1, 10000, 1000000, INT64_MAX);
		c->refunded = ANY_OF(rng, 0, 0, 1, 10000, 1000000, INT64_MAX);
	}
}

static void
add_sessions(SpkRng *rng, const SpkHost *host, SpkLogDay *day)
{
	uint32_t n = many(rng, SPK_SMALL_SESSIONS);
	int64_t	 start = day->day * SPK_USECS_PER_DAY;
	int64_t	 step = ANY_OF(rng, 1, 1000, 1000000);
	int64_t	 first = start;

	/* each begins a little after the one before, so that they are in order */
	for (uint32_t i = 0; i < n; i++)
	{
		SpkDaySession *s = spk_log_day_session(host, day);

		assert_non_null(s);
		*s = (SpkDaySession) {.kind = (SpkSessionKind) spk_rng_below(rng, 3), .first = first};
		/* ids that are hashes have 40 bits */
		if (s->kind == SPK_SESSION_HASHED)
			s->id = (int64_t) i + ANY_OF(rng, 0, 7, (INT64_C(1) << 40) - 300);
		if (s->kind == SPK_SESSION_INTEGER)
			s->id = ANY_OF(rng, 0, 7, -1, (INT64_C(1) << 51) - 1, INT64_C(1) << 51,
						   -(INT64_C(1) << 51), -(INT64_C(1) << 51) - 1, INT64_MIN, INT64_MAX);
		s->last = ANY_OF(rng, s->first, s->first + step, start + SPK_USECS_PER_DAY - 1);
		first += step;
	}
}

static void
add_levels(SpkRng *rng, const SpkHost *host, SpkLogDay *day)
{
	uint32_t n = spk_rng_below(rng, 3);
	uint64_t all = spk_log_day_events(day);

	for (uint32_t i = 0; i < n; i++)
	{
		SpkDayLevel *level = spk_log_day_level(host, day);

		assert_non_null(level);
		*level = (SpkDayLevel) {5 * i + spk_rng_below(rng, 5),
								spk_rng_below(rng, 2) == 0 || all > UINT32_MAX ? 1 :
																				 (uint32_t) all};
		day->last_level = level->level;
		day->last_level_ts = spk_rng_below(rng, 4) > 0 ? spk_log_day_last(day) :
														 spk_log_day_first(day);
	}
}

static void
make_day(SpkRng *rng, const SpkHost *host, SpkLogDay *day)
{
	spk_log_day_start(day,
					  (int32_t) ANY_OF(rng, 0, -1, 9000, spk_day_of(SPK_MIN_TIME),
									   spk_day_of(SPK_MAX_TIME)));
	add_counts(rng, host, day);
	add_sessions(rng, host, day);
	add_levels(rng, host, day);
	day->hours = (uint64_t) ANY_OF(rng, 0, 23, SPK_SMALL_HOURS, SPK_SMALL_HOURS + 1, INT64_MAX);
}

static void
assert_same_day(const SpkLogDay *a, const SpkLogDay *b)
{
	assert_int_equal(a->day, b->day);
	assert_int_equal(a->hours, b->hours);
	assert_int_equal(a->n_counts, b->n_counts);
	for (uint32_t i = 0; i < a->n_counts; i++)
	{
		assert_int_equal(a->counts[i].name, b->counts[i].name);
		assert_int_equal(a->counts[i].events, b->counts[i].events);
		assert_int_equal(a->counts[i].valued, b->counts[i].valued);
		assert_int_equal(a->counts[i].gained, b->counts[i].gained);
		assert_int_equal(a->counts[i].refunded, b->counts[i].refunded);
	}
	assert_int_equal(a->n_sessions, b->n_sessions);
	for (uint32_t i = 0; i < a->n_sessions; i++)
	{
		assert_int_equal(a->sessions[i].kind, b->sessions[i].kind);
		assert_int_equal(a->sessions[i].id, b->sessions[i].id);
		assert_int_equal(a->sessions[i].first, b->sessions[i].first);
		assert_int_equal(a->sessions[i].last, b->sessions[i].last);
	}
	assert_int_equal(a->n_levels, b->n_levels);
	for (uint32_t i = 0; i < a->n_levels; i++)
	{
		assert_int_equal(a->levels[i].level, b->levels[i].level);
		assert_int_equal(a->levels[i].events, b->levels[i].events);
	}
	assert_int_equal(a->last_level_ts, b->last_level_ts);
	if (a->n_levels > 0)
		assert_int_equal(a->last_level, b->last_level);
}

/* A look at a small day tells what reading it does; true when it is one. */
static bool
look_at(SpkReader r, const SpkLogDay *day)
{
	SpkSmallCount counts[SPK_SMALL_COUNTS];
	SpkSmallDay	  small;
	SpkDayUnits	  units = {1000000, SPK_AMOUNT_ONE, SPK_SESSION_DERIVED};
	SpkDayUnits	  wanted = units;
	unsigned	  kinds = 0;
	unsigned	  wanted_kinds = 0;

	spk_log_day_fit_units(day, &wanted, &wanted_kinds);
	if (!spk_closed_day_look(&r, &small, counts, &units, &kinds))
		return false;
	assert_int_equal(small.n_counts, day->n_counts);
	for (uint32_t i = 0; i < day->n_counts; i++)
	{
		assert_int_equal(counts[i].name, day->counts[i].name);
		assert_int_equal(counts[i].events, day->counts[i].events);
	}
	assert_int_equal(units.time, wanted.time);
	assert_int_equal(units.amount, wanted.amount);
	assert_int_equal(kinds, wanted_kinds);
	return true;
}

/* Days that were added, at whatever limit, are read in the order of adding. */
static void
test_round_trip(void **unused)
{
	UnitHost		unit = UNIT_HOST_INIT;
	SpkHost			host = unit_host(&unit);
	SpkRng			rng = spk_rng(4, 1);
	SpkClosedDays	days;
	SpkLogDay		day;
	SpkLogDay		read;
	SpkClosedReader r;
	uint32_t		n_small = 0;

	(void) unused;
	spk_closed_days_init(&days);
	spk_log_day_init(&day);
	spk_log_day_init(&read);
	for (int i = 0; i < N_DAYS; i++)
	{
		make_day(&rng, &host, &day);
		spk_closed_days_add(&host, &days, &day);
	}
	assert_int_equal(days.status, SPK_OK);
	r = spk_closed_reader(&days);
	rng = spk_rng(4, 1);
	for (int i = 0; i < N_DAYS; i++)
	{
		make_day(&rng, &host, &day);
		n_small += look_at(*spk_closed_next(&r), &day);
		assert_int_equal(spk_closed_day_read(&host, &r.reader, &read), SPK_OK);
		assert_same_day(&read, &day);
	}
	assert_int_equal(spk_unread(&r.reader), 0);
	assert_null(r.next);
	/* both forms were there */
	assert_in_range(n_small, N_DAYS / 10, N_DAYS - N_DAYS / 10);
	spk_log_day_release(&host, &day);
	spk_log_day_release(&host, &read);
	spk_closed_days_release(&host, &days);
	assert_int_equal(unit.live, 0);
}

/* The latest days stand where their owner does, and take no memory until they are more. */
static void
test_latest(void **unused)
{
	UnitHost	  unit = UNIT_HOST_INIT;
	SpkHost		  host = unit_host(&unit);
	SpkDayCount	  count = {.name = 3, .events = 2};
	SpkDaySession session = {.last = 1};
	SpkLogDay	  day = {.last_level_ts = SPK_NO_TIME,
						 .n_counts = 1,
						 .n_sessions = 1,
						 .counts = &count,
						 .sessions = &session};
	SpkClosedDays days;

	(void) unused;
	spk_closed_days_init(&days);
	for (int i = 0; i < 5; i++)
		spk_closed_days_add(&host, &days, &day);
	assert_int_equal(unit.live, 0);
	assert_int_equal(days.len, 0);
	assert_true(days.latest_len > 0);

	/* without memory for the others, the status says so */
	unit.allocs_left = 0;
	for (int i = 0; i < 20; i++)
		spk_closed_days_add(&host, &days, &day);
	assert_int_equal(days.status, SPK_NO_MEMORY);
	assert_int_equal(unit.live, 0);
}

/* Days go on in another piece where one is full, until there is no memory. */
static void
test_pieces(void **unused)
{
	enum
	{
		DAYS = 5000
	};
	UnitHost		unit = UNIT_HOST_INIT;
	SpkHost			host = unit_host(&unit);
	SpkDayCount		count = {.name = 3, .events = 2};
	SpkDaySession	session = {.kind = SPK_SESSION_INTEGER};
	SpkLogDay		day = {.last_level_ts = SPK_NO_TIME,
						   .n_counts = 1,
						   .n_sessions = 1,
						   .counts = &count,
						   .sessions = &session};
	SpkLogDay		read;
	SpkClosedDays	days;
	SpkClosedReader r;
	size_t			len;

	(void) unused;
	spk_closed_days_init(&days);
	for (int i = 0; i < DAYS; i++)
	{
		day.day = i;
		session = (SpkDaySession) {SPK_SESSION_INTEGER, i, i * SPK_USECS_PER_DAY,
								   i * SPK_USECS_PER_DAY + i};
		spk_closed_days_add(&host, &days, &day);
	}
	assert_int_equal(days.status, SPK_OK);
	/* each piece is as large as those before it */
	assert_in_range(unit.live, 2, 15);

	/* a day that finds no room leaves those before it */
	unit.allocs_left = 0;
	len = spk_closed_days_len(&days);
	while (days.status == SPK_OK)
		spk_closed_days_add(&host, &days, &day);
	assert_int_equal(days.status, SPK_NO_MEMORY);
	assert_true(spk_closed_days_len(&days) >= len);
	len = spk_closed_days_len(&days);
	spk_closed_days_add(&host, &days, &day);
	assert_int_equal(spk_closed_days_len(&days), len);

	spk_closed_days_prefetch(&days);
	spk_log_day_init(&read);
	r = spk_closed_reader(&days);
	unit.allocs_left = -1;
	for (int i = 0; i < DAYS; i++)
	{
		assert_int_equal(spk_closed_day_read(&host, spk_closed_next(&r), &read), SPK_OK);
		assert_int_equal(read.day, i);
		assert_int_equal(read.n_sessions, 1);
		assert_int_equal(read.sessions[0].id, i);
		assert_int_equal(read.sessions[0].last - read.sessions[0].first, i);
	}
	spk_log_day_release(&host, &read);
	spk_closed_days_release(&host, &days);
	assert_int_equal(unit.live, 0);
}

#define N_NAMES 66

/* A dictionary of so many names, and tables that have them all in some order. */
static void
make_tables(SpkRng *rng, SpkDictionary *dictionary, SpkNameTable *names, SpkNameTable *levels)
{
	dictionary->stamp++;
	spk_name_table_init(names, dictionary, SPK_TABLE_OF_NAMES);
	spk_name_table_init(levels, dictionary, SPK_TABLE_OF_LEVELS);
	for (uint32_t i = 1; i <= N_NAMES; i++)
	{
		char	 text[16];
		uint32_t number;
		int		 len = snprintf(text, sizeof(text), "name %u", (unsigned) i);

		assert_int_equal(spk_dictionary_add(dictionary, text, (size_t) len, &number), SPK_OK);
		assert_int_equal(number, i);
		assert_int_equal(spk_name_table_use(names, i, spk_rng_below(rng, 1000)), SPK_OK);
		assert_int_equal(spk_name_table_use(levels, i, spk_rng_below(rng, 1000)), SPK_OK);
	}
	/* at times the last of them are told together */
	spk_name_table_settle(names, spk_rng_below(rng, 8) == 0 ? 10 : N_NAMES);
	spk_name_table_settle(levels, N_NAMES);
}

/* A day that may be small, of names and levels of the dictionary, or none of them. */
static void
make_named_day(SpkRng *rng, const SpkHost *host, SpkLogDay *day)
{
	uint32_t next = spk_rng_below(rng, 2);

	spk_log_day_start(day, (int32_t) spk_rng_below(rng, 9000));
	for (; day->n_counts == 0 || (next <= N_NAMES && spk_rng_below(rng, 8) > 0);
		 next += 1 + spk_rng_below(rng, 20))
	{
		SpkDayCount *c = spk_log_day_count(host, day);

		assert_non_null(c);
		*c = (SpkDayCount) {.name = next,
							.events = (uint32_t) ANY_OF(rng, 1, 1, 2, 3, 63, 64, 129, 130, 131,
														UINT16_MAX)};
		if (spk_rng_below(rng, 3) > 0)
			continue;
		c->valued = spk_rng_below(rng, 2) == 0 ? c->events : 1;
		c->gained = ANY_OF(rng, 0, 1, 10000, 1000000, INT64_MAX);
		c->refunded = ANY_OF(rng, 0, 0, 1, 10000, 1000000, INT64_MAX);
	}
	add_sessions(rng, host, day);
	if (spk_rng_below(rng, 2) == 0)
	{
		SpkDayLevel *level = spk_log_day_level(host, day);

		assert_non_null(level);
		*level = (SpkDayLevel) {1 + spk_rng_below(rng, N_NAMES),
								(uint32_t) spk_log_day_events(day)};
		day->last_level = level->level;
		day->last_level_ts = spk_log_day_last(day);
	}
	day->hours = (uint64_t) ANY_OF(rng, 0, 23, SPK_SMALL_HOURS);
}

/* A small day is written as any day is, when it stands as it is read. */
static void
test_written(void **unused)
{
	UnitHost	  unit = UNIT_HOST_INIT;
	SpkHost		  host = unit_host(&unit);
	SpkRng		  rng = spk_rng(7, 0);
	SpkDictionary dictionary;
	SpkLogDay	  day;
	int			  small = 0;

	(void) unused;
	spk_dictionary_init(&dictionary, &host, SPK_OWN_NAMES);
	spk_log_day_init(&day);
	for (int i = 0; i < N_DAYS; i++)
	{
		SpkNameTable	names;
		SpkNameTable	levels;
		SpkDayUnits		units = {1000000, SPK_AMOUNT_ONE, SPK_SESSION_MIXED};
		SpkDayCursor	cursor = {17, 5};
		SpkDayCursor	same = cursor;
		unsigned		kinds = 0;
		SpkWriter		w = spk_writer(&host);
		SpkWriter		expected = spk_writer(&host);
		SpkClosedDays	days;
		SpkClosedReader r;

		make_tables(&rng, &dictionary, &names, &levels);
		make_named_day(&rng, &host, &day);
		spk_log_day_fit_units(&day, &units, &kinds);
		spk_closed_days_init(&days);
		spk_closed_days_add(&host, &days, &day);
		r = spk_closed_reader(&days);
		if (spk_small_day_write(&w, &units, &cursor, spk_closed_next(&r), &names, &levels))
		{
			/* the numbers of the tables, and one part of each that is there now */
			for (uint32_t c = 0; c < day.n_counts; c++)
				day.counts[c].name = spk_name_table_settled(&names, day.counts[c].name);
			for (uint32_t l = 0; l < day.n_levels; l++)
				day.last_level = day.levels[l].level = spk_name_table_settled(&levels,
																			  day.levels[l].level);
			assert_int_equal(spk_log_day_normalise_names(&host, &day), SPK_OK);
			spk_log_day_write(&expected, &units, &same, &day);
			assert_int_equal(w.status, SPK_OK);
			assert_int_equal(w.len, expected.len);
			assert_memory_equal(w.data, expected.data, w.len);
			assert_int_equal(cursor.day, same.day);
			assert_int_equal(cursor.session, same.session);
			assert_ptr_equal(r.reader.at, r.reader.end);
			small++;
		}
		else
		{
			assert_int_equal(w.len, 0);
			assert_int_equal(spk_closed_day_read(&host, &r.reader, &day), SPK_OK);
		}
		spk_release(&host, w.data);
		spk_release(&host, expected.data);
		spk_closed_days_release(&host, &days);
		spk_name_table_release(&host, &names);
		spk_name_table_release(&host, &levels);
	}
	assert_in_range(small, N_DAYS / 5, N_DAYS - 100);
	spk_log_day_release(&host, &day);
	spk_dictionary_release(&dictionary);
	assert_int_equal(unit.live, 0);
}

/* What an event of the next test is worth: gains and refunds. */
static int64_t
worth(uint32_t i)
{
	return i % 3 == 0 ? -INT64_C(2000000) : INT64_C(1000000);
}

/* A day with more events, names and amounts than a state and a small day hold counts all. */
static void
test_beyond(void **unused)
{
	enum
	{
		NAMES = 40,
		EVENTS = 70001
	};
	UnitHost		   unit = UNIT_HOST_INIT;
	SpkHost			   host = unit_host(&unit);
	SpkDictionary	   names;
	SpkLogProfileState state;
	SpkWriter		   w = spk_writer(&host);
	SpkLogReader	   reader;
	SpkLogDay		   day;
	uint64_t		   events = 0;

	(void) unused;
	spk_dictionary_init(&names, &host, SPK_SHARED_NAMES);
	spk_log_profile_init(&state, &names);
	for (uint32_t i = 0; i < EVENTS * 2; i++)
	{
		char		name[8];
		SpkLogEvent e = {.ts = i, .name = name, .session_kind = SPK_SESSION_HASHED, .session = 1};

		/* every other event has one name, the others many, three of which have amounts */
		e.name_len = (size_t) snprintf(name, sizeof(name), "n%u", i % 2 == 0 ? 0 : i % NAMES);
		e.has_amount = i % 2 == 0 || i % NAMES < 4;
		e.amount = worth(i);
		assert_int_equal(spk_log_profile_add(&state, &e), SPK_OK);
	}
	assert_int_equal(spk_log_profile_encode(&state, &w), SPK_OK);
	assert_int_equal(spk_log_reader_open(&reader, &host, w.data, w.len), SPK_OK);
	spk_log_day_init(&day);
	assert_true(spk_log_reader_next(&reader, &day));
	assert_int_equal(day.n_counts, NAMES / 2 + 1);

	/* the most frequent one comes first: each third of its events was refunded */
	assert_int_equal(reader.names[day.counts[0].name].len, 2);
	assert_memory_equal(reader.names[day.counts[0].name].text, "n0", 2);
	assert_int_equal(day.counts[0].events, EVENTS);
	assert_int_equal(day.counts[0].valued, EVENTS);
	assert_int_equal(day.counts[0].refunded, (EVENTS + 2) / 3 * INT64_C(2000000));
	assert_int_equal(day.counts[0].gained, (EVENTS - (EVENTS + 2) / 3) * INT64_C(1000000));
	for (uint32_t i = 0; i < day.n_counts; i++)
		events += day.counts[i].events;
	assert_int_equal(events, EVENTS * 2);
	assert_int_equal(day.n_sessions, 1);
	spk_log_day_release(&host, &day);
	spk_log_reader_close(&reader);
	spk_release(&host, w.data);
	spk_log_profile_release(&state);
	spk_dictionary_release(&names);
	assert_int_equal(unit.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_latest),
		cmocka_unit_test(test_pieces),	   cmocka_unit_test(test_written),
		cmocka_unit_test(test_beyond),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
