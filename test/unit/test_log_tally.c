/*
 * test_log_tally.c
 *	  Looking at a log: whatever the order and the parts in which events come, the
 *	  tally says what a plain count of them says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/profiles/log_tally.h"
#include "core/profiles/name_groups.h"
#include "unit_host.h"

#define N_USERS	   30
#define MAX_EVENTS 60
#define N_NAMES	   9
#define FIRST_DAY  6800
#define N_DAYS	   140
#define LAST_DAY   (FIRST_DAY + N_DAYS)

typedef struct Event
{
	int		user;
	int		name;
	int64_t ts;
	bool	has_amount;
	int64_t amount;
} Event;

static Event	   events[N_USERS * MAX_EVENTS];
static int		   n_events;
static const char *names[N_NAMES] = {"view", "buy",	 "refund",			 "leave", "", "a/b",
									 "n 17", "n 18", "\xc3\xa9t\xc3\xa9"};

/* Some users are active all the time, others a few days; some rows are repeated. */
static void
make_events(uint64_t seed)
{
	SpkRng rng = spk_rng(seed, 1);

	n_events = 0;
	for (int user = 0; user < N_USERS; user++)
	{
		uint32_t span = 1 + spk_rng_below(&rng, N_DAYS - 1);
		uint32_t n = 1 + spk_rng_below(&rng, MAX_EVENTS - 1);

		for (uint32_t i = 0; i < n; i++)
		{
			Event *e = &events[n_events++];

			*e = (Event) {.user = user, .name = (int) spk_rng_below(&rng, N_NAMES)};
			e->ts = (FIRST_DAY + (int64_t) spk_rng_below(&rng, span)) * SPK_USECS_PER_DAY +
				(int64_t) spk_rng_below(&rng, 4) * SPK_USECS_PER_HOUR;
			e->has_amount = spk_rng_below(&rng, 3) == 0;
			if (e->has_amount)
				e->amount = (int64_t) spk_rng_below(&rng, 2000) - 1000;
			if (i > 0 && spk_rng_below(&rng, 10) == 0)
				*e = *(e - 1);
		}
	}
}

static SpkLogEvent
log_event(const Event *e)
{
	return (SpkLogEvent) {.ts = e->ts,
						  .name = names[e->name],
						  .name_len = strlen(names[e->name]),
						  .has_amount = e->has_amount,
						  .amount = e->amount};
}

/* The bytes of a user's tally: of events in any order, made in several parts. */
static SpkWriter
user_bytes(const SpkHost *host, int user, SpkRng *rng)
{
	uint32_t	  n_parts = 1 + spk_rng_below(rng, 3);
	bool		  backwards = spk_rng_below(rng, 2) == 0;
	SpkDictionary whole_names;
	SpkUserTally  whole;
	SpkWriter	  w = spk_writer(host);

	spk_dictionary_init(&whole_names, host, SPK_SHARED_NAMES);
	spk_user_tally_init(&whole, &whole_names);
	for (uint32_t part = 0; part < n_parts; part++)
	{
		/* a small dictionary is soon left for one of the tally's own */
		SpkDictionary part_names;
		SpkUserTally  tally;
		SpkWriter	  bytes = spk_writer(host);

		spk_dictionary_init(&part_names, host, spk_rng_below(rng, 2) == 0 ? 3 : SPK_SHARED_NAMES);
		spk_user_tally_init(&tally, &part_names);
		for (int i = 0; i < n_events; i++)
		{
			const Event *e = &events[backwards ? n_events - 1 - i : i];
			SpkLogEvent	 event = log_event(e);

			if (e->user == user && (uint32_t) (e->ts / SPK_USECS_PER_HOUR) % n_parts == part)
				assert_int_equal(spk_user_tally_add(&tally, &event, true), SPK_OK);
		}
		assert_int_equal(spk_user_tally_write(&tally, &bytes), SPK_OK);
		assert_int_equal(spk_user_tally_read(&whole, bytes.data, bytes.len), SPK_OK);
		spk_user_tally_release(&tally);
		spk_dictionary_release(&part_names);
		spk_release(host, bytes.data);
	}
	assert_int_equal(spk_user_tally_write(&whole, &w), SPK_OK);
	spk_user_tally_release(&whole);
	spk_dictionary_release(&whole_names);
	return w;
}

static void
release_log(SpkLogTally *tally)
{
	spk_user_tally_release(&tally->user);
	spk_dictionary_release(&tally->names);
	spk_release(&tally->host, tally->totals);
	spk_active_days_release(&tally->days);
}

/* ---- A plain count ---- */

static int32_t
day_of(const Event *e)
{
	return spk_day_of(e->ts);
}

/* The first and last time of a user. */
static void
range_of_user(int user, int64_t *first, int64_t *last)
{
	*first = INT64_MAX;
	*last = INT64_MIN;
	for (int i = 0; i < n_events; i++)
		if (events[i].user == user)
		{
			*first = events[i].ts < *first ? events[i].ts : *first;
			*last = events[i].ts > *last ? events[i].ts : *last;
		}
}

static SpkNameTotal
plain_total(int name)
{
	SpkNameTotal total = {0};

	for (int user = 0; user < N_USERS; user++)
	{
		SpkSpan span = {0};
		int64_t first;
		int64_t last;

		range_of_user(user, &first, &last);
		for (int i = 0; i < n_events; i++)
		{
			const Event *e = &events[i];

			if (e->user != user || e->name != name)
				continue;
			span.first = span.rows == 0 || e->ts < span.first ? e->ts : span.first;
			span.last = span.rows == 0 || e->ts > span.last ? e->ts : span.last;
			span.rows++;
			total.amounts.rows += e->has_amount;
			total.amounts.gained += e->amount > 0 ? e->amount : 0;
			total.amounts.refunded += e->amount < 0 ? -e->amount : 0;
		}
		if (span.rows == 0)
			continue;
		total.users++;
		total.ended += span.last == last;
		total.ended_later += span.last == last && first < last;
		total.span.first = total.span.rows == 0 || span.first < total.span.first ? span.first :
																				   total.span.first;
		total.span.last = total.span.rows == 0 || span.last > total.span.last ? span.last :
																				total.span.last;
		total.span.rows += span.rows;
	}
	return total;
}

static bool
is_active(int user, int32_t from, int32_t to)
{
	for (int i = 0; i < n_events; i++)
		if (events[i].user == user && day_of(&events[i]) >= from && day_of(&events[i]) < to)
			return true;
	return false;
}

static uint64_t
users_of_day(int32_t day)
{
	uint64_t n = 0;

	for (int user = 0; user < N_USERS; user++)
		n += is_active(user, day, day + 1);
	return n;
}

/* Rows of which an earlier one is the same. */
static uint64_t
plain_repeats(void)
{
	uint64_t n = 0;

	for (int i = 0; i < n_events; i++)
		for (int j = 0; j < i; j++)
			if (events[i].user == events[j].user && events[i].name == events[j].name &&
				events[i].ts == events[j].ts && events[i].has_amount == events[j].has_amount &&
				events[i].amount == events[j].amount)
			{
				n++;
				break;
			}
	return n;
}

/* How many gaps between active days there are of at most this length. */
static uint64_t
plain_gaps(int32_t length)
{
	uint64_t n = 0;

	for (int user = 0; user < N_USERS; user++)
	{
		int32_t before = -1;

		for (int32_t day = FIRST_DAY; day < LAST_DAY; day++)
		{
			if (!is_active(user, day, day + 1))
				continue;
			n += before >= 0 && day - before <= length;
			before = day;
		}
	}
	return n;
}

/* ---- Tests ---- */

static void
assert_total(SpkLogTally *tally, int name)
{
	SpkNameTotal plain = plain_total(name);
	uint32_t	 number;

	assert_int_equal(spk_dictionary_add(&tally->names, names[name], strlen(names[name]), &number),
					 SPK_OK);
	assert_memory_equal(&tally->totals[number], &plain, sizeof(plain));
}

/* The end of the log, the gaps between active days, and who is silent at every horizon and end. */
static void
assert_days(const SpkActiveDays *days)
{
	uint64_t  median;
	int32_t	  end;
	int32_t	  n = 0;
	SpkStatus status;

	for (int32_t day = FIRST_DAY; day < LAST_DAY; day++)
		n += users_of_day(day) > 0;
	assert_int_equal(spk_active_days_count(days), n);
	assert_true(spk_active_days_end(days, &end, &median, &status));
	assert_true(10 * users_of_day(end) >= median && users_of_day(end) > 0);
	for (int32_t day = end + 1; day < LAST_DAY; day++)
		assert_true(10 * users_of_day(day) < median || users_of_day(day) == 0);
	for (double share = 0.1; share <= 1; share += 0.3)
	{
		int32_t gap = spk_active_days_gap(days, share);

		assert_int_equal(spk_active_days_within(days, gap), plain_gaps(gap));
		assert_true(plain_gaps(gap) >= share * plain_gaps(N_DAYS));
		assert_true(gap == 1 || plain_gaps(gap - 1) < share * plain_gaps(N_DAYS));
	}
	for (int h = 0; h < SPK_N_HORIZONS; h++)
		for (int32_t to = FIRST_DAY; to <= LAST_DAY; to += 7)
		{
			SpkSilence silence = spk_active_days_silence(days, h, to);
			int32_t	   horizon = spk_horizons[h];
			uint64_t   at_risk = 0;
			uint64_t   silent = 0;

			for (int user = 0; user < N_USERS; user++)
			{
				bool was_active = is_active(user, to - 2 * horizon, to - horizon);

				at_risk += was_active;
				silent += was_active && !is_active(user, to - horizon, to);
			}
			assert_int_equal(silence.as_of, to - horizon);
			assert_int_equal(silence.at_risk, at_risk);
			assert_int_equal(silence.silent, silent);
		}
}

/* Events in any order and any parts, users in any order: what a plain count says. */
static void
test_counts(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);

	(void) unused;
	for (uint64_t seed = 1; seed <= 6; seed++)
	{
		SpkRng		rng = spk_rng(seed, 2);
		SpkLogTally tally;
		uint64_t	rows;

		make_events(seed);
		assert_int_equal(spk_log_tally_init(&tally, &host, LAST_DAY), SPK_OK);
		for (int i = 0; i < N_USERS; i++)
		{
			SpkWriter w = user_bytes(&host, seed % 2 == 0 ? i : N_USERS - 1 - i, &rng);

			assert_int_equal(spk_log_tally_add(&tally, true, w.data, w.len, &rows), SPK_OK);
			spk_release(&host, w.data);
		}
		assert_int_equal(spk_log_tally_finish(&tally), SPK_OK);
		assert_int_equal(tally.events.rows, n_events);
		assert_int_equal(tally.users, N_USERS);
		assert_int_equal(tally.sample_bits, 0);
		assert_int_equal(tally.repeats, plain_repeats());
		for (int name = 0; name < N_NAMES; name++)
			assert_total(&tally, name);
		assert_days(&tally.days);
		release_log(&tally);
	}
	assert_int_equal(unit.live, 0);
}

/* Rows that are no events are counted, those of nobody apart. */
static void
test_blanks(void **unused)
{
	UnitHost	  unit = UNIT_HOST_INIT;
	SpkHost		  host = unit_host(&unit);
	SpkDictionary dictionary;
	SpkUserTally  user;
	SpkLogTally	  tally;
	SpkWriter	  w = spk_writer(&host);
	uint64_t	  rows;

	(void) unused;
	spk_dictionary_init(&dictionary, &host, SPK_SHARED_NAMES);
	spk_user_tally_init(&user, &dictionary);
	spk_user_tally_add_blank(&user, false, true);
	spk_user_tally_add_blank(&user, false, false);
	spk_user_tally_add_blank(&user, true, false);
	spk_user_tally_add_odd(&user, INT64_MIN);
	spk_user_tally_add_odd(&user, INT64_MAX);
	assert_int_equal(spk_user_tally_write(&user, &w), SPK_OK);
	assert_int_equal(spk_log_tally_init(&tally, &host, LAST_DAY), SPK_OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(spk_log_tally_add(&tally, i == 0, w.data, w.len, &rows), SPK_OK);
	assert_int_equal(spk_log_tally_finish(&tally), SPK_OK);
	assert_int_equal(tally.rows, 10);
	assert_int_equal(tally.no_user, 5);
	assert_int_equal(tally.no_time, 4);
	assert_int_equal(tally.no_event, 4);
	assert_int_equal(tally.early.rows, 2);
	assert_true(tally.early.first == INT64_MIN && tally.late.last == INT64_MAX);
	assert_int_equal(tally.early_users, 1);
	assert_int_equal(tally.users, 0);
	release_log(&tally);
	spk_user_tally_release(&user);
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

/* ---- Too many names ---- */

#define MANY_USERS 40
#define MANY_NAMES 1400 /* of each: more than a tally keeps */

static void
many_name(char *text, int user, int i)
{
	/* all have the first ones, of which some have digits */
	if (i < 200)
		snprintf(text, 32, "common-%c%c%s", 'a' + i % 26, 'a' + i / 26, i % 3 == 0 ? "7" : "");
	else
		snprintf(text, 32, "item/%d-%d", user, i);
}

static void
add_many(SpkLogTally *tally, const SpkHost *host, int user, bool backwards)
{
	SpkDictionary dictionary;
	SpkUserTally  one;
	SpkWriter	  w = spk_writer(host);
	uint64_t	  rows;

	spk_dictionary_init(&dictionary, host, backwards ? 700 : SPK_SHARED_NAMES);
	spk_user_tally_init(&one, &dictionary);
	for (int i = 0; i < MANY_NAMES; i++)
	{
		char		text[32];
		SpkLogEvent event = {.ts = FIRST_DAY * SPK_USECS_PER_DAY + user, .name = text};

		many_name(text, user, backwards ? MANY_NAMES - 1 - i : i);
		event.name_len = strlen(text);
		assert_int_equal(spk_user_tally_add(&one, &event, true), SPK_OK);
	}
	assert_int_equal(spk_user_tally_write(&one, &w), SPK_OK);
	assert_int_equal(spk_log_tally_add(tally, true, w.data, w.len, &rows), SPK_OK);
	assert_int_equal(rows, MANY_NAMES);
	spk_user_tally_release(&one);
	spk_dictionary_release(&dictionary);
	spk_release(host, w.data);
}

/* The names that are told apart, and their counts, do not depend on the order. */
static void
test_many_names(void **unused)
{
	UnitHost	unit = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&unit);
	SpkLogTally tallies[2];
	uint64_t	rows[2];

	(void) unused;
	for (int t = 0; t < 2; t++)
	{
		assert_int_equal(spk_log_tally_init(&tallies[t], &host, LAST_DAY), SPK_OK);
		for (int user = 0; user < MANY_USERS; user++)
			add_many(&tallies[t], &host, t == 0 ? user : MANY_USERS - 1 - user, t == 1);
		assert_int_equal(spk_log_tally_finish(&tallies[t]), SPK_OK);
		assert_true(tallies[t].names_dropped);
		assert_int_equal(tallies[t].names.n, SPK_TALLY_NAMES + 1);
		assert_int_equal(tallies[t].many_names_users, MANY_USERS);
		assert_int_equal(tallies[t].max_names, SPK_LOG_NAMES + 1);
		rows[t] = tallies[t].totals[SPK_NAME_OTHER].span.rows;
	}
	for (uint32_t i = 1; i <= SPK_TALLY_NAMES; i++)
	{
		const char *text = spk_dictionary_text(&tallies[0].names, i);
		uint32_t	len = tallies[0].names.names[i].len;
		uint32_t	number;

		assert_int_equal(spk_dictionary_add(&tallies[1].names, text, len, &number), SPK_OK);
		assert_true(number <= SPK_TALLY_NAMES);
		/* a name without digits is never among those that are dropped */
		if (tallies[0].names.names[i].plain)
			assert_int_equal(tallies[0].totals[i].users, MANY_USERS);
		rows[0] += tallies[0].totals[i].span.rows;
		rows[1] += tallies[1].totals[number].span.rows;
		assert_memory_equal(&tallies[0].totals[i], &tallies[1].totals[number],
							sizeof(SpkNameTotal));
	}
	assert_int_equal(rows[0], MANY_USERS * MANY_NAMES);
	assert_int_equal(rows[1], MANY_USERS * MANY_NAMES);
	release_log(&tallies[0]);
	release_log(&tallies[1]);
	assert_int_equal(unit.live, 0);
}

/* ---- Repeats ---- */

/* Whatever the order and the parts, the same estimate, and a good one. */
static void
test_repeats(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	uint64_t estimates[3];

	(void) unused;
	for (int order = 0; order < 3; order++)
	{
		SpkRowSample samples[2];
		SpkWriter	 w = spk_writer(&host);
		SpkReader	 r;

		spk_row_sample_init(&samples[0]);
		spk_row_sample_init(&samples[1]);
		/* 20,000 different rows, each fourth of them three times */
		for (uint64_t i = 0; i < 40000; i++)
		{
			uint64_t at = order == 1 ? 39999 - i : i;
			uint64_t row = at < 20000 ? at : at % 5000 * 4;

			if (at >= 30000)
				continue;
			assert_int_equal(spk_row_sample_add(&host, &samples[order == 2 && at % 3 == 0],
												spk_mix64(row)),
							 SPK_OK);
		}
		spk_row_sample_write(&w, &samples[1]);
		r = spk_reader(w.data, w.len);
		assert_int_equal(spk_row_sample_read(&host, &r, &samples[0]), SPK_OK);
		assert_true(samples[0].bits > 0 && samples[0].n <= SPK_SAMPLE_ROWS);
		estimates[order] = spk_row_sample_repeats(&samples[0]);
		spk_row_sample_release(&host, &samples[0]);
		spk_row_sample_release(&host, &samples[1]);
		spk_release(&host, w.data);
	}
	assert_int_equal(estimates[0], estimates[1]);
	assert_int_equal(estimates[0], estimates[2]);
	assert_in_range(estimates[0], 5000, 20000);
	assert_int_equal(unit.live, 0);
}

/* ---- Groups ---- */

static void
assert_group(const char *name, unsigned steps, const char *expected)
{
	char   text[64];
	size_t len;

	snprintf(text, sizeof(text), "%s", name);
	len = spk_name_groups_apply(text, strlen(text), steps);
	text[len] = '\0';
	assert_string_equal(text, expected);
}

/* What the expressions of SQL do that are proposed for these steps. */
static void
test_groups(void **unused)
{
	UnitHost	  unit = UNIT_HOST_INIT;
	SpkHost		  host = unit_host(&unit);
	SpkDictionary dictionary;
	unsigned	  steps;
	uint32_t	  n;

	(void) unused;
	assert_group("order 17 of 2024", SPK_GROUP_DIGITS, "order # of #");
	assert_group("add-to-cart", SPK_GROUP_DIGITS | SPK_GROUP_IDS, "add-to-cart");
	assert_group("/u/1f3a-77b0/x", SPK_GROUP_IDS, "/u/#/x");
	assert_group("/a/b?c=1#d", SPK_GROUP_CUT, "/a/b");
	assert_group("/a/b?c", SPK_GROUP_FIRST, "/a");
	assert_group("a/b", SPK_GROUP_FIRST, "a");
	assert_group("", SPK_GROUP_CUT | SPK_GROUP_FIRST | SPK_GROUP_IDS, "");
	assert_group("7", SPK_GROUP_IDS, "#");

	spk_dictionary_init(&dictionary, &host, 1000);
	for (uint32_t i = 0; i < 400; i++)
	{
		char	 text[32];
		uint32_t number;

		snprintf(text, sizeof(text), "/%c/%c%c?%u", 'a' + i % 4, 'a' + i % 20, 'a' + i / 20, i);
		assert_int_equal(spk_dictionary_add(&dictionary, text, strlen(text), &number), SPK_OK);
	}
	assert_int_equal(spk_name_groups_find(&dictionary, 400, &steps, &n), SPK_OK);
	assert_int_equal(steps, SPK_GROUP_DIGITS);
	assert_int_equal(n, 400);
	assert_int_equal(spk_name_groups_find(&dictionary, 200, &steps, &n), SPK_OK);
	assert_int_equal(steps, SPK_GROUP_FIRST);
	assert_int_equal(n, 4);
	assert_int_equal(spk_name_groups_find(&dictionary, 3, &steps, &n), SPK_OK);
	assert_int_equal(steps, 0);
	spk_dictionary_release(&dictionary);
	assert_int_equal(unit.live, 0);
}

/* ---- What goes wrong ---- */

/* One allocation after another fails: it is said, and nothing is lost. */
static void
test_no_memory(void **unused)
{
	UnitHost  unit = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&unit);
	SpkRng	  rng = spk_rng(3, 3);
	SpkStatus status = SPK_NO_MEMORY;
	SpkWriter w;

	(void) unused;
	make_events(3);
	w = user_bytes(&host, 1, &rng);
	for (long allocs = 0; status != SPK_OK; allocs++)
	{
		SpkLogTally tally;
		uint64_t	rows;

		unit.allocs_left = allocs;
		status = spk_log_tally_init(&tally, &host, LAST_DAY);
		if (status == SPK_OK)
		{
			status = spk_log_tally_add(&tally, true, w.data, w.len, &rows);
			if (status == SPK_OK)
				status = spk_log_tally_finish(&tally);
			release_log(&tally);
		}
		assert_true(status == SPK_OK || status == SPK_NO_MEMORY);
		unit.allocs_left = -1;
	}
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

/* Bytes that are cut are refused. */
static void
test_cut(void **unused)
{
	UnitHost  unit = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&unit);
	SpkRng	  rng = spk_rng(4, 4);
	SpkWriter w;

	(void) unused;
	make_events(4);
	w = user_bytes(&host, 2, &rng);
	for (size_t len = 0; len < w.len; len++)
	{
		SpkDictionary dictionary;
		SpkUserTally  tally;
		char		 *cut = malloc(len + 1);

		memcpy(cut, w.data, len);
		spk_dictionary_init(&dictionary, &host, SPK_SHARED_NAMES);
		spk_user_tally_init(&tally, &dictionary);
		assert_int_equal(spk_user_tally_read(&tally, cut, len), SPK_CORRUPT);
		spk_user_tally_release(&tally);
		spk_dictionary_release(&dictionary);
		free(cut);
	}
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),	   cmocka_unit_test(test_blanks),
		cmocka_unit_test(test_many_names), cmocka_unit_test(test_repeats),
		cmocka_unit_test(test_groups),	   cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
