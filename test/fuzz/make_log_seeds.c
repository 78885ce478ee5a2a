/*
 * make_log_seeds.c
 *	  The seeds of the corpora of profiles of any log: a small one of every kind.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/profiles/log_profile.h"
#include "json/log_profile_text.h"
#include "make_seeds.h"

/* 2018-10-03 */
#define SOME_DAY (6850 * SPK_USECS_PER_DAY)

/* A profile that is made. */
typedef struct Made
{
	SpkHost			   host;
	SpkDictionary	   names;
	SpkLogProfileState state;
} Made;

static void
begin(UnitHost *unit, Made *m)
{
	m->host = unit_host(unit);
	spk_dictionary_init(&m->names, &m->host, SPK_OWN_NAMES);
	spk_log_profile_init(&m->state, &m->names);
}

static void
put_bytes(Made *m, const char *name, bool with_text)
{
	SpkWriter	w = spk_writer(&m->host);
	SpkWriter	text = spk_writer(&m->host);
	const char *why;

	must(spk_log_profile_encode(&m->state, &w));
	put_file("log_profile", name, &w);
	must(spk_log_profile_write_text(&m->host, w.data, w.len, &text, &why));
	if (with_text)
		put_file("log_profile_text", name, &text);
	spk_release(&m->host, text.data);
	spk_release(&m->host, w.data);
	spk_log_profile_release(&m->state);
	spk_dictionary_release(&m->names);
}

static void
add(Made *m, int64_t ts, const char *name, SpkLogEvent event)
{
	event.ts = ts;
	event.name = name;
	event.name_len = strlen(name);
	if (event.level != NULL)
		event.level_len = strlen(event.level);
	must(spk_log_profile_add(&m->state, &event));
}

#define PLAIN		  ((SpkLogEvent) {.session_kind = SPK_SESSION_DERIVED})
#define OF_SESSION(n) ((SpkLogEvent) {.session_kind = SPK_SESSION_INTEGER, .session = (n)})
#define OF_HASH(n)	  ((SpkLogEvent) {.session_kind = SPK_SESSION_HASHED, .session = (n)})
#define WORTH(a)	  ((SpkLogEvent) {.has_amount = true, .amount = (a)})
#define AT_LEVEL(l)	  ((SpkLogEvent) {.level = (l)})

static void
make_small(UnitHost *unit)
{
	const int64_t minute = 60 * INT64_C(1000000);
	Made		  m;

	begin(unit, &m);
	add(&m, SOME_DAY, "view", PLAIN);
	put_bytes(&m, "one", true);

	begin(unit, &m);
	for (int i = 0; i < 6; i++)
		add(&m, SOME_DAY - minute + i * 30 * minute, i % 2 == 0 ? "view" : "buy", PLAIN);
	put_bytes(&m, "midnight", true);

	begin(unit, &m);
	for (int i = 0; i < 6; i++)
		add(&m, SOME_DAY + i * SPK_USECS_PER_DAY / 2, "view", OF_SESSION(i % 3 - 1));
	add(&m, SOME_DAY, "view", OF_SESSION(INT64_MIN));
	put_bytes(&m, "sessions", true);

	begin(unit, &m);
	add(&m, SOME_DAY, "view", OF_HASH(INT64_C(0xffffffffff)));
	add(&m, SOME_DAY + 1, "view", OF_SESSION(INT64_MAX));
	add(&m, SOME_DAY + 2, "view", PLAIN);
	put_bytes(&m, "mixed_sessions", true);

	begin(unit, &m);
	add(&m, SPK_MIN_TIME, "", PLAIN);
	add(&m, SPK_MAX_TIME, "a \"b\"\n\\ \303\251 \360\237\230\200", PLAIN);
	put_bytes(&m, "ends", true);
}

static void
make_valued(UnitHost *unit)
{
	Made m;

	begin(unit, &m);
	add(&m, SOME_DAY, "buy", WORTH(19990000));
	add(&m, SOME_DAY, "buy", WORTH(-5000000));
	add(&m, SOME_DAY, "buy", PLAIN);
	add(&m, SOME_DAY, "give", WORTH(0));
	put_bytes(&m, "cents", true);

	begin(unit, &m);
	for (int i = 0; i < 3; i++)
		add(&m, SOME_DAY, "buy", WORTH(i % 2 == 0 ? SPK_AMOUNT_MAX : -SPK_AMOUNT_MAX));
	add(&m, SOME_DAY, "buy", WORTH(1));
	put_bytes(&m, "most", true);

	begin(unit, &m);
	for (int i = 0; i < 4; i++)
		add(&m, SOME_DAY + i, "view", AT_LEVEL(i < 2 ? "free" : "paid"));
	for (int i = 0; i < 4; i++)
		add(&m, SOME_DAY + SPK_USECS_PER_DAY * (1 + i % 2), "view", AT_LEVEL("paid"));
	add(&m, SOME_DAY + SPK_USECS_PER_DAY, "view", PLAIN);
	put_bytes(&m, "levels", true);
}

/* Names and levels that are too long, or more than are kept. */
static void
make_others(UnitHost *unit)
{
	char text[300];
	Made m;

	begin(unit, &m);
	memset(text, 'l', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	add(&m, SOME_DAY, text, AT_LEVEL(text));
	add(&m, SOME_DAY, "view", AT_LEVEL("free"));
	text[255] = '\0';
	add(&m, SOME_DAY, text, WORTH(1000000));
	put_bytes(&m, "long", true);

	/* the text is longer than a corpus has them */
	begin(unit, &m);
	for (int i = 0; i < 1030; i++)
	{
		snprintf(text, sizeof(text), "%x", i);
		add(&m, SOME_DAY, text, AT_LEVEL(text));
	}
	put_bytes(&m, "many", false);

	begin(unit, &m);
	for (int i = 0; i < 70; i++)
	{
		snprintf(text, sizeof(text), "%d", i);
		add(&m, SOME_DAY + i, "view", AT_LEVEL(text));
	}
	put_bytes(&m, "many_levels", true);
}

/* n events of everything, over so many days. */
static void
make_mixed(UnitHost *unit, const char *name, int n, uint32_t n_days)
{
	static const char *const names[] = {"view", "search", "buy", "cart", "help", "n1", "n/2"};
	static const char *const levels[] = {NULL, "free", "paid", "trial"};
	SpkRng					 rng = spk_rng(7, (uint64_t) n);
	Made					 m;

	begin(unit, &m);
	for (int i = 0; i < n; i++)
	{
		int64_t ts = SOME_DAY + (int64_t) spk_rng_below(&rng, n_days * 1440) * 60000000 +
			spk_rng_below(&rng, 2);
		SpkLogEvent event = spk_rng_below(&rng, 3) == 0 ? WORTH(10000 * i) : PLAIN;

		event.level = levels[spk_rng_below(&rng, 4)];
		event.session_kind = (SpkSessionKind) spk_rng_below(&rng, 3);
		event.session = event.session_kind == SPK_SESSION_DERIVED ? 0 : i % 5;
		add(&m, ts, names[spk_rng_below(&rng, 7)], event);
	}
	put_bytes(&m, name, true);
}

/* A day whose counts and sums stick at their maxima. */
static void
make_full(UnitHost *unit)
{
	SpkDayCount	  count = {.events = UINT32_MAX,
						   .valued = UINT32_MAX,
						   .gained = INT64_MAX,
						   .refunded = INT64_MAX};
	SpkDayLevel	  level = {.events = UINT32_MAX};
	SpkDaySession session = {.first = SOME_DAY, .last = SOME_DAY + SPK_USECS_PER_DAY - 1};
	SpkLogDay	  day = {.day = 6850,
						 .last_level_ts = SOME_DAY,
						 .hours = INT64_MAX,
						 .n_counts = 1,
						 .n_levels = 1,
						 .n_sessions = 1,
						 .counts = &count,
						 .levels = &level,
						 .sessions = &session};
	Made		  m;

	begin(unit, &m);
	must(spk_dictionary_add(&m.names, "buy", 3, &count.name));
	must(spk_dictionary_add(&m.names, "paid", 4, &level.level));
	day.last_level = level.level;
	must(spk_log_profile_add_day(&m.state, &day));
	put_bytes(&m, "full", true);
}

void
make_log_profiles(UnitHost *unit)
{
	make_small(unit);
	make_valued(unit);
	make_others(unit);
	make_mixed(unit, "mixed_day", 12, 1);
	make_mixed(unit, "mixed_days", 40, 20);
	make_full(unit);
}
