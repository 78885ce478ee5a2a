/*
 * test_log_profile.c
 *	  Profiles of any log: any order and split gives the same bytes, which say
 *	  what the events were; nothing but those bytes is accepted.
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
#include "unit_host.h"

#define N_EVENTS 2000
#define MAX_NAME 24

/* What the events of a test are like. */
typedef struct Shape
{
	const char *label;
	uint32_t	n_names;
	uint32_t	n_levels; /* 0: events have none */
	uint32_t	n_days;
	uint32_t	n_sessions; /* ids; 0: derived ones */
	uint32_t	amounts;	/* one event of so many has one; 0: none */
	int64_t		step;		/* times are multiples of it */
} Shape;

static const Shape shapes[] = {
	{"plain", 6, 0, 30, 0, 0, 1000000},			  {"shop", 13, 3, 40, 25, 4, 1000},
	{"many names", 1500, 100, 3, 4000, 2, 1},	  {"one day", 40, 2, 1, 0, 3, 60000000},
	{"sessions without end", 3, 2, 2, 300, 0, 1},
};

#define N_SHAPES (int) (sizeof(shapes) / sizeof(shapes[0]))

typedef struct Texts
{
	char name[MAX_NAME];
	char level[MAX_NAME];
} Texts;

static SpkLogEvent events[N_EVENTS];
static Texts	   texts[N_EVENTS];

static void
make_event(SpkRng *rng, const Shape *shape, SpkLogEvent *e, Texts *t)
{
	uint32_t name = spk_rng_below(rng, shape->n_names);
	int64_t	 day = (int64_t) spk_rng_below(rng, shape->n_days) - 2;

	memset(e, 0, sizeof(*e));
	/* half of the names have digits, which ranks them behind the others */
	if (name % 2 == 0)
		snprintf(t->name, MAX_NAME, "n%u", name);
	else
		snprintf(t->name, MAX_NAME, "name-%c%c%c", (int) ('a' + name % 26),
				 (int) ('a' + name / 26 % 26), (int) ('a' + name / 676));
	e->name = t->name;
	e->name_len = strlen(t->name);
	/* near midnight and the half hour of silence more often than not */
	e->ts = day * SPK_USECS_PER_DAY +
		(spk_rng_below(rng, 3) == 0 ? 0 : (int64_t) spk_rng_below(rng, 48) * SPK_SESSION_GAP) +
		(int64_t) spk_rng_below(rng, 3) * shape->step;
	if (shape->n_levels > 0 && spk_rng_below(rng, 5) > 0)
	{
		snprintf(t->level, MAX_NAME, "level %u", spk_rng_below(rng, shape->n_levels));
		e->level = t->level;
		e->level_len = strlen(t->level);
	}
	if (shape->n_sessions > 0 && spk_rng_below(rng, 10) > 0)
	{
		e->session_kind = spk_rng_below(rng, 4) == 0 ? SPK_SESSION_HASHED : SPK_SESSION_INTEGER;
		e->session = spk_rng_below(rng, shape->n_sessions);
	}
	if (shape->amounts > 0 && spk_rng_below(rng, shape->amounts) == 0)
	{
		e->has_amount = true;
		e->amount = (int64_t) spk_rng_below(rng, 2000000) * 10000 - INT64_C(5000000000);
	}
}

static void
make_events(const Shape *shape, uint64_t seed)
{
	SpkRng rng = spk_rng(seed, 1);

	for (int i = 0; i < N_EVENTS; i++)
		make_event(&rng, shape, &events[i], &texts[i]);
}

/* Events point to their texts, which stay where they are. */
static void
shuffle_events(uint64_t seed)
{
	SpkRng rng = spk_rng(seed, 2);

	for (uint32_t i = N_EVENTS - 1; i > 0; i--)
	{
		uint32_t	j = spk_rng_below(&rng, i + 1);
		SpkLogEvent e = events[i];

		events[i] = events[j];
		events[j] = e;
	}
}

static int
compare_ts(const void *a, const void *b)
{
	int64_t x = ((const SpkLogEvent *) a)->ts;
	int64_t y = ((const SpkLogEvent *) b)->ts;

	return (x > y) - (x < y);
}

static SpkWriter
encode(SpkLogProfileState *state, const SpkHost *host)
{
	SpkWriter w = spk_writer(host);

	assert_int_equal(spk_log_profile_encode(state, &w), SPK_OK);
	return w;
}

/* The profile of some of the events; a small limit makes states leave the dictionary. */
static SpkWriter
profile_of(const SpkHost *host, int from, int to, uint32_t limit)
{
	SpkDictionary	   names;
	SpkLogProfileState state;
	SpkWriter		   w;

	spk_dictionary_init(&names, host, limit);
	spk_log_profile_init(&state, &names);
	assert_true(spk_log_profile_is_empty(&state));
	for (int i = from; i < to; i++)
		assert_int_equal(spk_log_profile_add(&state, &events[i]), SPK_OK);
	assert_false(spk_log_profile_is_empty(&state));
	w = encode(&state, host);
	spk_log_profile_release(&state);
	spk_dictionary_release(&names);
	return w;
}

static void
assert_same(const SpkWriter *a, const SpkWriter *b)
{
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->data, b->data, a->len);
}

static void
assert_valid(const SpkHost *host, const SpkWriter *w)
{
	const char *why = "";
	SpkStatus	status = spk_log_profile_check(host, w->data, w->len, &why);

	if (status != SPK_OK)
		print_message("%s\n", why);
	assert_int_equal(status, SPK_OK);
}

/* Any order of the events, and any dictionary, gives the same bytes. */
static void
test_order(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);

	(void) unused;
	for (int i = 0; i < N_SHAPES; i++)
	{
		SpkWriter sorted;

		make_events(&shapes[i], 10);
		qsort(events, N_EVENTS, sizeof(SpkLogEvent), compare_ts);
		sorted = profile_of(&host, 0, N_EVENTS, SPK_SHARED_NAMES);
		assert_valid(&host, &sorted);
		for (uint64_t seed = 1; seed <= 4; seed++)
		{
			SpkWriter other;

			shuffle_events(seed);
			other = profile_of(&host, 0, N_EVENTS, seed % 2 == 0 ? SPK_SHARED_NAMES : 20);
			assert_same(&sorted, &other);
			spk_release(&host, other.data);
		}
		spk_release(&host, sorted.data);
	}
	assert_int_equal(unit.live, 0);
}

/* Merging the profiles of parts, in any order, gives that of the whole. */
static void
test_merge(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);

	(void) unused;
	for (int i = 0; i < N_SHAPES; i++)
	{
		SpkWriter whole;

		make_events(&shapes[i], 20);
		whole = profile_of(&host, 0, N_EVENTS, SPK_SHARED_NAMES);
		for (uint64_t seed = 1; seed <= 4; seed++)
		{
			SpkDictionary	   names;
			SpkLogProfileState state;
			SpkRng			   rng = spk_rng(seed, 3);
			SpkWriter		   merged;

			shuffle_events(seed);
			spk_dictionary_init(&names, &host, seed % 2 == 0 ? SPK_SHARED_NAMES : 20);
			spk_log_profile_init(&state, &names);
			for (int from = 0; from < N_EVENTS;)
			{
				int		  to = from + 1 + (int) spk_rng_below(&rng, N_EVENTS / 3);
				SpkWriter part;

				to = to > N_EVENTS ? N_EVENTS : to;
				part = profile_of(&host, from, to, SPK_SHARED_NAMES);
				assert_valid(&host, &part);
				assert_int_equal(spk_log_profile_add_profile(&state, part.data, part.len), SPK_OK);
				spk_release(&host, part.data);
				from = to;
			}
			merged = encode(&state, &host);
			assert_same(&whole, &merged);
			spk_release(&host, merged.data);
			spk_log_profile_release(&state);
			spk_dictionary_release(&names);
		}
		spk_release(&host, whole.data);
	}
	assert_int_equal(unit.live, 0);
}

static bool
is_text(const SpkLogText *text, const char *other, size_t len)
{
	return text->len == len && memcmp(text->text, other, len) == 0;
}

/* What a day says of a name is what its events say. */
static void
check_count(const SpkLogReader *reader, const SpkLogDay *day, const SpkDayCount *count)
{
	const SpkLogText *text = &reader->names[count->name];
	SpkDayCount		  expected = {.name = count->name};

	for (int i = 0; i < N_EVENTS; i++)
	{
		const SpkLogEvent *e = &events[i];

		if (spk_day_of(e->ts) != day->day || !is_text(text, e->name, e->name_len))
			continue;
		expected.events++;
		expected.valued += e->has_amount;
		if (e->amount > 0)
			expected.gained += e->amount;
		else
			expected.refunded -= e->amount;
	}
	assert_int_equal(expected.events, count->events);
	assert_int_equal(expected.valued, count->valued);
	assert_int_equal(expected.gained, count->gained);
	assert_int_equal(expected.refunded, count->refunded);
}

/* Each event lies in a session of its kind and id, and sessions without an id keep their distance. */
static void
check_sessions(const SpkLogDay *day)
{
	for (int i = 0; i < N_EVENTS; i++)
	{
		const SpkLogEvent *e = &events[i];
		int				   found = 0;

		for (uint32_t s = 0; s < day->n_sessions && spk_day_of(e->ts) == day->day; s++)
			found += day->sessions[s].kind == e->session_kind &&
				day->sessions[s].id == e->session && day->sessions[s].first <= e->ts &&
				e->ts <= day->sessions[s].last;
		assert_int_equal(found, spk_day_of(e->ts) == day->day);
	}
	for (uint32_t a = 0; a < day->n_sessions; a++)
		for (uint32_t b = 0; b < a; b++)
			if (day->sessions[a].kind == SPK_SESSION_DERIVED &&
				day->sessions[b].kind == SPK_SESSION_DERIVED)
				assert_true(day->sessions[a].first - day->sessions[b].last >= SPK_SESSION_GAP);
}

static void
check_levels(const SpkLogReader *reader, const SpkLogDay *day)
{
	uint64_t hours = 0;
	int64_t	 last = SPK_NO_TIME;

	for (int i = 0; i < N_EVENTS; i++)
		if (spk_day_of(events[i].ts) == day->day)
		{
			hours += (uint64_t) (events[i].ts - day->day * SPK_USECS_PER_DAY) / SPK_USECS_PER_HOUR;
			if (events[i].level != NULL && events[i].ts > last)
				last = events[i].ts;
		}
	assert_int_equal(hours, day->hours);
	assert_int_equal(last, day->last_level_ts);
	for (uint32_t l = 0; l < day->n_levels; l++)
	{
		const SpkLogText *text = &reader->levels[day->levels[l].level];
		uint32_t		  n = 0;

		if (day->levels[l].level == reader->n_levels)
			continue;
		for (int i = 0; i < N_EVENTS; i++)
			n += spk_day_of(events[i].ts) == day->day && events[i].level != NULL &&
				is_text(text, events[i].level, events[i].level_len);
		assert_int_equal(n, day->levels[l].events);
	}
}

static void
test_content(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);

	(void) unused;
	for (int i = 0; i < N_SHAPES; i++)
	{
		SpkWriter	 w;
		SpkLogReader reader;
		SpkLogDay	 day;
		uint64_t	 n = 0;

		make_events(&shapes[i], 30);
		w = profile_of(&host, 0, N_EVENTS, SPK_SHARED_NAMES);
		assert_int_equal(spk_log_reader_open(&reader, &host, w.data, w.len), SPK_OK);
		assert_int_equal(reader.names_dropped, shapes[i].n_names > 1100);
		spk_log_day_init(&day);
		while (spk_log_reader_next(&reader, &day))
		{
			n += spk_log_day_events(&day);
			for (uint32_t c = 0; c < day.n_counts; c++)
				if (day.counts[c].name < reader.n_names)
					check_count(&reader, &day, &day.counts[c]);
			check_sessions(&day);
			check_levels(&reader, &day);
		}
		assert_int_equal(reader.status, SPK_OK);
		assert_int_equal(n, N_EVENTS);
		spk_log_day_release(&host, &day);
		spk_log_reader_close(&reader);
		spk_release(&host, w.data);
	}
	assert_int_equal(unit.live, 0);
}

/* A name that a profile lacks had no events, or nothing is known of it. */
static void
test_find(void **unused)
{
	UnitHost	 unit = UNIT_HOST_INIT;
	SpkHost		 host = unit_host(&unit);
	SpkLogReader reader;
	SpkWriter	 w;
	bool		 is_known;
	int			 unknown = 0;

	(void) unused;
	make_events(&shapes[1], 40);
	w = profile_of(&host, 0, N_EVENTS, SPK_SHARED_NAMES);
	assert_int_equal(spk_log_reader_open(&reader, &host, w.data, w.len), SPK_OK);
	assert_int_not_equal(spk_log_reader_find(&reader, "n2", 2, &is_known), reader.n_names);
	assert_int_equal(spk_log_reader_find(&reader, "never", 5, &is_known), reader.n_names);
	assert_true(is_known);
	spk_log_reader_close(&reader);
	spk_release(&host, w.data);

	make_events(&shapes[2], 40);
	w = profile_of(&host, 0, N_EVENTS, SPK_SHARED_NAMES);
	assert_int_equal(spk_log_reader_open(&reader, &host, w.data, w.len), SPK_OK);
	for (int i = 0; i < N_EVENTS; i++)
		if (spk_log_reader_find(&reader, events[i].name, events[i].name_len, &is_known) ==
			reader.n_names)
		{
			/* one that had events is never said to have had none */
			assert_false(is_known);
			unknown++;
		}
	assert_true(unknown > 0);
	spk_log_reader_close(&reader);
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

/* Counts and sums stick at their maximum, and the profile is still one. */
static void
test_limits(void **unused)
{
	UnitHost	unit = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&unit);
	SpkWriter	w;
	SpkLogEvent edge = {.ts = SPK_MIN_TIME,
						.name = "",
						.has_amount = true,
						.amount = SPK_AMOUNT_MAX,
						.session_kind = SPK_SESSION_INTEGER,
						.session = INT64_MIN};

	(void) unused;
	events[0] = edge;
	events[1] = edge;
	events[1].amount = -SPK_AMOUNT_MAX;
	events[1].session = INT64_MAX;
	events[2] = edge;
	events[2].ts = SPK_MAX_TIME;
	events[2].session_kind = SPK_SESSION_DERIVED;
	events[2].session = 0;
	w = profile_of(&host, 0, 3, SPK_SHARED_NAMES);
	assert_valid(&host, &w);
	/* doubling it more often than counts have bits */
	for (int i = 0; i < 70; i++)
	{
		SpkDictionary	   names;
		SpkLogProfileState state;

		spk_dictionary_init(&names, &host, SPK_SHARED_NAMES);
		spk_log_profile_init(&state, &names);
		for (int k = 0; k < 2; k++)
			assert_int_equal(spk_log_profile_add_profile(&state, w.data, w.len), SPK_OK);
		spk_release(&host, w.data);
		w = encode(&state, &host);
		assert_valid(&host, &w);
		spk_log_profile_release(&state);
		spk_dictionary_release(&names);
	}
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

/* Changed bytes are refused, or are another profile in canonical form. */
static void
test_hostile(void **unused)
{
	UnitHost	unit = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&unit);
	SpkRng		rng = spk_rng(5, 5);
	SpkWriter	w;
	const char *why;
	int			refused = 0;

	(void) unused;
	make_events(&shapes[1], 50);
	w = profile_of(&host, 0, 60, SPK_SHARED_NAMES);
	for (size_t len = 0; len < w.len; len++)
		assert_int_equal(spk_log_profile_check(&host, w.data, len, &why), SPK_CORRUPT);
	for (int i = 0; i < 20000; i++)
	{
		size_t	at = spk_rng_below(&rng, (uint32_t) w.len);
		uint8_t was = w.data[at];

		w.data[at] = (uint8_t) spk_rng_below(&rng, 256);
		if (spk_log_profile_check(&host, w.data, w.len, &why) == SPK_CORRUPT)
			refused++;
		w.data[at] = was;
	}
	print_message("%d of 20000 refused\n", refused);
	assert_true(refused > 5000);
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

/* Without memory at any point, or cancelled, nothing is lost but the work. */
static void
test_memory(void **unused)
{
	(void) unused;
	make_events(&shapes[2], 60);
	for (long allowed = 0;; allowed += 7)
	{
		UnitHost		   unit = UNIT_HOST_INIT;
		SpkHost			   host = unit_host(&unit);
		SpkDictionary	   names;
		SpkLogProfileState state;
		SpkWriter		   w;
		SpkStatus		   status = SPK_OK;

		unit.allocs_left = allowed;
		spk_dictionary_init(&names, &host, 50);
		spk_log_profile_init(&state, &names);
		w = spk_writer(&host);
		for (int i = 0; i < 400 && status == SPK_OK; i++)
			status = spk_log_profile_add(&state, &events[i]);
		if (status == SPK_OK)
			status = spk_log_profile_encode(&state, &w);
		unit.allocs_left = -1;
		spk_release(&host, w.data);
		spk_log_profile_release(&state);
		spk_dictionary_release(&names);
		assert_int_equal(unit.live, 0);
		if (status == SPK_OK)
			break;
		assert_int_equal(status, SPK_NO_MEMORY);
	}
}

/* Texts that differ in one byte, of each length: each has a number of its own, found in any order. */
static void
test_dictionary(void **unused)
{
	UnitHost	  unit = UNIT_HOST_INIT;
	SpkHost		  host = unit_host(&unit);
	SpkDictionary names;
	uint32_t	  numbers[41][41];

	(void) unused;
	spk_dictionary_init(&names, &host, 2000);
	for (int round = 0; round < 3; round++)
		for (uint32_t len = 0; len <= 40; len++)
			for (uint32_t at = 0; at <= len; at++)
			{
				char	 text[40];
				uint32_t number;

				/* at the end none differs */
				memset(text, 'a', sizeof(text));
				if (at < len)
					text[at] = 'b';
				assert_int_equal(spk_dictionary_add(&names, text, len, &number), SPK_OK);
				assert_int_equal(spk_dictionary_find(&names, text, len), number);
				assert_memory_equal(spk_dictionary_text(&names, number), text, len);
				assert_int_equal(names.names[number].len, len);
				if (round == 0)
					numbers[len][at] = number;
				assert_int_equal(number, numbers[len][at]);
			}
	assert_int_equal(names.n, 1 + 41 * 42 / 2);
	spk_dictionary_release(&names);
	assert_int_equal(unit.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dictionary), cmocka_unit_test(test_order),
		cmocka_unit_test(test_merge),	   cmocka_unit_test(test_content),
		cmocka_unit_test(test_find),	   cmocka_unit_test(test_limits),
		cmocka_unit_test(test_hostile),	   cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
