/*
 * test_log_label.c
 *	  Labels from profiles of any log are what the events themselves say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/profiles/log_label.h"
#include "core/profiles/log_profile.h"
#include "unit_host.h"

#define MAX_EVENTS 3000
#define MAX_NAME   24
#define N_DAYS	   40

typedef struct Event
{
	int32_t day;
	char	name[MAX_NAME];
} Event;

static Event	events[MAX_EVENTS];
static uint32_t n_events;

/* A log of so many events with so many names; few of them are rare enough to be churn. */
static SpkWriter
make_profile(const SpkHost *host, SpkRng *rng, uint32_t n, uint32_t n_names)
{
	SpkDictionary	   names;
	SpkLogProfileState state;
	SpkWriter		   w = spk_writer(host);

	spk_dictionary_init(&names, host, SPK_SHARED_NAMES);
	spk_log_profile_init(&state, &names);
	n_events = n;
	for (uint32_t i = 0; i < n; i++)
	{
		SpkLogEvent e = {0};

		snprintf(events[i].name, MAX_NAME, "event %u", spk_rng_below(rng, n_names));
		events[i].day = (int32_t) spk_rng_below(rng, N_DAYS) - N_DAYS / 2;
		e.name = events[i].name;
		e.name_len = strlen(e.name);
		e.ts = events[i].day * SPK_USECS_PER_DAY + (int64_t) spk_rng_below(rng, 86400) * 1000000;
		assert_int_equal(spk_log_profile_add(&state, &e), SPK_OK);
	}
	assert_int_equal(spk_log_profile_encode(&state, &w), SPK_OK);
	spk_log_profile_release(&state);
	spk_dictionary_release(&names);
	return w;
}

/* The last day before end of an event of this name, or of any; INT32_MIN without one. */
static int32_t
last_day(const char *name, int32_t end)
{
	int32_t last = INT32_MIN;

	for (uint32_t i = 0; i < n_events; i++)
		if (events[i].day < end && events[i].day > last &&
			(name == NULL || strcmp(events[i].name, name) == 0))
			last = events[i].day;
	return last;
}

static bool
happened(const char *name, int32_t from, int32_t until)
{
	for (uint32_t i = 0; i < n_events; i++)
		if (events[i].day >= from && events[i].day < until && strcmp(events[i].name, name) == 0)
			return true;
	return false;
}

static SpkLabel
expected_label(const char *name, const SpkEventQuestion *q)
{
	int32_t seen = last_day(NULL, q->as_of);
	int32_t had = last_day(name, q->as_of);

	if (q->as_of == SPK_NO_DAY)
		return happened(name, INT32_MIN, q->until) ? SPK_LABEL_YES : SPK_LABEL_NO;
	if (seen == INT32_MIN || (had != INT32_MIN && !(q->returners && seen > had)))
		return SPK_LABEL_NOT_AT_RISK;
	return happened(name, q->as_of, q->until) ? SPK_LABEL_YES : SPK_LABEL_NO;
}

/* A day before, in or behind the log, or none. */
static int32_t
draw_day(SpkRng *rng)
{
	if (spk_rng_below(rng, 12) == 0)
		return SPK_NO_DAY;
	return (int32_t) spk_rng_below(rng, N_DAYS + 6) - N_DAYS / 2 - 3;
}

static void
check_events(const SpkHost *host, SpkRng *rng, const SpkWriter *w, uint32_t n_names, int counts[])
{
	for (int i = 0; i < 400; i++)
	{
		char			 name[MAX_NAME];
		SpkEventQuestion q = {{name, 0}, draw_day(rng), 0, spk_rng_below(rng, 2) == 1};
		SpkLabel		 label = SPK_LABEL_UNKNOWN;
		const char		*why;

		/* one name more than there are */
		snprintf(name, MAX_NAME, "event %u", spk_rng_below(rng, n_names + 1));
		q.event.len = (uint32_t) strlen(name);
		q.until = q.as_of == SPK_NO_DAY || spk_rng_below(rng, 5) == 0 ?
			SPK_NO_DAY :
			q.as_of + 1 + (int32_t) spk_rng_below(rng, 20);
		assert_int_equal(spk_log_label(host, w->data, w->len, &q, &label, &why), SPK_OK);
		counts[label]++;
		if (label == SPK_LABEL_UNKNOWN)
			assert_true(n_names > SPK_LOG_NAMES);
		else
			assert_int_equal(label, expected_label(name, &q));
	}
}

static void
test_event(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	SpkRng	 rng = spk_rng(1, 1);
	int		 counts[SPK_LABEL_UNKNOWN + 1] = {0};

	(void) unused;
	for (int i = 0; i < 60; i++)
	{
		uint32_t  n_names = i % 20 == 0 ? 1500 : 2 + spk_rng_below(&rng, 30);
		SpkWriter w = make_profile(&host, &rng,
								   i % 20 == 0 ? MAX_EVENTS : 1 + spk_rng_below(&rng, 60), n_names);

		check_events(&host, &rng, &w, n_names, counts);
		spk_release(&host, w.data);
	}
	for (int label = 0; label <= SPK_LABEL_UNKNOWN; label++)
		assert_true(counts[label] > 100);
	assert_int_equal(unit.live, 0);
}

/* ---- Silence ---- */

static bool
active(const SpkSilenceQuestion *q, int32_t from, int32_t until)
{
	for (uint32_t i = 0; i < n_events; i++)
	{
		bool ignored = events[i].day < from || events[i].day >= until;

		for (uint32_t k = 0; k < q->n_ignore && !ignored; k++)
			ignored = strlen(events[i].name) == q->ignore[k].len &&
				memcmp(events[i].name, q->ignore[k].text, q->ignore[k].len) == 0;
		if (!ignored)
			return true;
	}
	return false;
}

static SpkLabel
expected_silence(const SpkSilenceQuestion *q)
{
	if (!active(q, q->from, q->as_of))
		return SPK_LABEL_NOT_AT_RISK;
	return active(q, q->as_of, q->until) ? SPK_LABEL_NO : SPK_LABEL_YES;
}

static void
check_silence(const SpkHost *host, SpkRng *rng, const SpkWriter *w, uint32_t n_names, int counts[])
{
	for (int i = 0; i < 400; i++)
	{
		static char		   names[SPK_LOG_NAMES][MAX_NAME];
		static SpkLogText  ignore[SPK_LOG_NAMES];
		int32_t			   as_of = (int32_t) spk_rng_below(rng, N_DAYS + 6) - N_DAYS / 2 - 3;
		int32_t			   days = 1 + (int32_t) spk_rng_below(rng, 20);
		SpkSilenceQuestion q = {ignore, spk_rng_below(rng, 4) * n_names / 8, as_of - days, as_of,
								as_of + days};
		SpkLabel		   label = SPK_LABEL_UNKNOWN;
		const char		  *why;

		q.n_ignore = q.n_ignore > SPK_LOG_NAMES ? SPK_LOG_NAMES : q.n_ignore;
		for (uint32_t k = 0; k < q.n_ignore; k++)
		{
			snprintf(names[k], MAX_NAME, "event %u", spk_rng_below(rng, n_names + 1));
			ignore[k] = (SpkLogText) {names[k], (uint32_t) strlen(names[k])};
		}
		assert_int_equal(spk_log_inactive(host, w->data, w->len, &q, &label, &why), SPK_OK);
		counts[label]++;
		if (label == SPK_LABEL_UNKNOWN)
			assert_true(n_names > SPK_LOG_NAMES && q.n_ignore > 0);
		else
			assert_int_equal(label, expected_silence(&q));
	}
}

static void
test_silence(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	SpkRng	 rng = spk_rng(2, 2);
	int		 counts[SPK_LABEL_UNKNOWN + 1] = {0};

	(void) unused;
	for (int i = 0; i < 60; i++)
	{
		uint32_t  n_names = i % 20 == 0 ? 1500 : 2 + spk_rng_below(&rng, 10);
		SpkWriter w = make_profile(&host, &rng, i % 20 == 0 ? 1300 : 1 + spk_rng_below(&rng, 20),
								   n_names);

		check_silence(&host, &rng, &w, n_names, counts);
		spk_release(&host, w.data);
	}
	for (int label = 0; label < SPK_LABEL_UNKNOWN; label++)
		assert_true(counts[label] > 100);
	assert_int_equal(unit.live, 0);
}

/* A day of events beyond the names that a profile keeps: who did them, if not to be ignored? */
static void
test_dropped_names(void **unused)
{
	UnitHost		   unit = UNIT_HOST_INIT;
	SpkHost			   host = unit_host(&unit);
	SpkDictionary	   names;
	SpkLogProfileState state;
	SpkWriter		   w = spk_writer(&host);
	SpkLogText		   ignore = {"0", 1};
	SpkSilenceQuestion q = {&ignore, 1, 0, 1, 2};
	SpkLabel		   label;
	const char		  *why;
	char			   name[MAX_NAME];

	(void) unused;
	spk_dictionary_init(&names, &host, SPK_SHARED_NAMES);
	spk_log_profile_init(&state, &names);
	/* names without a digit on day 0 fill the profile, and one with a digit is alone on day 1 */
	for (int i = 0; i <= SPK_LOG_NAMES; i++)
	{
		SpkLogEvent e = {.name = name};

		snprintf(name, MAX_NAME, "%c%c%c", 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676);
		if (i == SPK_LOG_NAMES)
			memcpy(name, "1", 2);
		e.name_len = strlen(name);
		e.ts = i == SPK_LOG_NAMES ? SPK_USECS_PER_DAY : 0;
		assert_int_equal(spk_log_profile_add(&state, &e), SPK_OK);
	}
	assert_int_equal(spk_log_profile_encode(&state, &w), SPK_OK);
	assert_int_equal(spk_log_inactive(&host, w.data, w.len, &q, &label, &why), SPK_OK);
	assert_int_equal(label, SPK_LABEL_UNKNOWN);
	q.n_ignore = 0;
	assert_int_equal(spk_log_inactive(&host, w.data, w.len, &q, &label, &why), SPK_OK);
	assert_int_equal(label, SPK_LABEL_NO);
	/* a name that would have been kept was not dropped */
	ignore = (SpkLogText) {"aaa", 3};
	q.n_ignore = 1;
	assert_int_equal(spk_log_inactive(&host, w.data, w.len, &q, &label, &why), SPK_OK);
	assert_int_equal(label, SPK_LABEL_NO);
	spk_release(&host, w.data);
	spk_log_profile_release(&state);
	spk_dictionary_release(&names);
	assert_int_equal(unit.live, 0);
}

/* ---- Bytes ---- */

static void
test_days(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	SpkRng	 rng = spk_rng(3, 3);

	(void) unused;
	for (int i = 0; i < 50; i++)
	{
		SpkWriter	w = make_profile(&host, &rng, 1 + spk_rng_below(&rng, 5), 3);
		int32_t		first = events[0].day;
		int32_t		day;
		const char *why;

		for (uint32_t k = 0; k < n_events; k++)
			first = events[k].day < first ? events[k].day : first;
		assert_int_equal(spk_log_first_day(&host, w.data, w.len, &day, &why), SPK_OK);
		assert_int_equal(day, first);
		assert_int_equal(spk_log_last_day(&host, w.data, w.len, &day, &why), SPK_OK);
		assert_int_equal(day, last_day(NULL, SPK_NO_DAY));
		spk_release(&host, w.data);
	}
	assert_int_equal(unit.live, 0);
}

/* Cut bytes are refused where the answer needs them, and memory is given back. */
static void
test_faults(void **unused)
{
	UnitHost		   unit = UNIT_HOST_INIT;
	SpkHost			   host = unit_host(&unit);
	SpkRng			   rng = spk_rng(4, 4);
	SpkWriter		   w = make_profile(&host, &rng, 100, 5);
	SpkLogText		   name = {"event 1", 7};
	SpkEventQuestion   event = {{"never", 5}, 0, SPK_NO_DAY, false};
	SpkSilenceQuestion silence = {&name, 1, N_DAYS, N_DAYS + 1, N_DAYS + 2};
	SpkLabel		   label;
	const char		  *why = NULL;

	(void) unused;
	for (size_t len = 0; len < w.len; len++)
	{
		int32_t day;

		assert_int_equal(spk_log_label(&host, w.data, len, &event, &label, &why), SPK_CORRUPT);
		assert_int_equal(spk_log_inactive(&host, w.data, len, &silence, &label, &why), SPK_CORRUPT);
		assert_int_equal(spk_log_last_day(&host, w.data, len, &day, &why), SPK_CORRUPT);
		assert_non_null(why);
	}
	for (long allowed = 0; allowed < 4; allowed++)
	{
		SpkStatus status;

		unit.allocs_left = allowed;
		status = spk_log_inactive(&host, w.data, w.len, &silence, &label, &why);
		assert_true(status == SPK_NO_MEMORY || status == SPK_OK);
		unit.allocs_left = allowed;
		status = spk_log_label(&host, w.data, w.len, &event, &label, &why);
		assert_true(status == SPK_NO_MEMORY || status == SPK_OK);
	}
	unit.allocs_left = -1;
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_event),		  cmocka_unit_test(test_silence),
		cmocka_unit_test(test_dropped_names), cmocka_unit_test(test_days),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
