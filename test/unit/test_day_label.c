/*
 * test_day_label.c
 *	  Labels by whole days from profiles of the music log are what the events say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/profiles/day_label.h"
#include "unit_host.h"

#define MAX_EVENTS 60
#define N_DAYS	   30

static SpkEvent events[MAX_EVENTS];
static uint32_t n_events;

static SpkWriter
make_profile(const SpkHost *host, SpkRng *rng)
{
	static const SpkPage pages[] = {SPK_PAGE_NEXT_SONG, SPK_PAGE_HOME, SPK_PAGE_SUBMIT_DOWNGRADE,
									SPK_PAGE_CANCELLATION, SPK_PAGE_OTHER};
	SpkProfileState		 state;
	SpkWriter			 w = spk_writer(host);

	spk_profile_init(&state, host);
	n_events = 1 + spk_rng_below(rng, MAX_EVENTS);
	for (uint32_t i = 0; i < n_events; i++)
	{
		/* who leaves is rare */
		int n_pages = spk_rng_below(rng, 8) == 0 ? 5 : 2;

		events[i] = (SpkEvent) {.registration = SPK_NO_TIME};
		events[i].page = pages[spk_rng_below(rng, (uint32_t) n_pages)];
		events[i].session = spk_rng_below(rng, 10);
		events[i].ts = ((int64_t) spk_rng_below(rng, N_DAYS) - N_DAYS / 2) * SPK_USECS_PER_DAY +
			(int64_t) spk_rng_below(rng, 86400) * 1000000;
		assert_int_equal(spk_profile_add(&state, &events[i]), SPK_OK);
	}
	assert_int_equal(spk_profile_encode(&state, &w), SPK_OK);
	spk_release(host, state.closed.data);
	return w;
}

/* The last day in [from, until) with an event of one of these pages; INT32_MIN without one. */
static int32_t
last_day(SpkPageSet pages, int32_t from, int32_t until)
{
	int32_t last = INT32_MIN;

	for (uint32_t i = 0; i < n_events; i++)
	{
		int32_t day = spk_day_of(events[i].ts);

		if (day >= from && day < until && day > last &&
			(pages & UINT32_C(1) << events[i].page) != 0)
			last = day;
	}
	return last;
}

#define ALL_PAGES  (~(SpkPageSet) 0)
#define PAGE(page) ((SpkPageSet) 1 << (page))

static SpkLabel
expected_return(SpkPage page, int32_t as_of, int32_t until)
{
	int32_t seen = last_day(ALL_PAGES, INT32_MIN, as_of);

	if (seen == INT32_MIN || seen == last_day(PAGE(SPK_PAGE_CANCELLATION), INT32_MIN, as_of))
		return SPK_LABEL_NOT_AT_RISK;
	return last_day(PAGE(page), as_of, until) != INT32_MIN ? SPK_LABEL_YES : SPK_LABEL_NO;
}

static SpkLabel
expected_silence(SpkPageSet ignored, int32_t from, int32_t as_of, int32_t until)
{
	if (last_day(~ignored, from, as_of) == INT32_MIN)
		return SPK_LABEL_NOT_AT_RISK;
	return last_day(~ignored, as_of, until) == INT32_MIN ? SPK_LABEL_YES : SPK_LABEL_NO;
}

static void
check_profile(const SpkHost *host, SpkRng *rng, const SpkWriter *w, int returns[], int silences[])
{
	const char *why;
	SpkLabel	label;

	for (int i = 0; i < 100; i++)
	{
		int32_t		  as_of = (int32_t) spk_rng_below(rng, N_DAYS + 4) - N_DAYS / 2 - 2;
		int32_t		  days = 1 + (int32_t) spk_rng_below(rng, 15);
		int32_t		  until = spk_rng_below(rng, 5) == 0 ? SPK_NO_DAY : as_of + days;
		SpkChurnEvent event = spk_rng_below(rng, 2) == 0 ? SPK_CHURN_CANCEL : SPK_CHURN_DOWNGRADE;
		SpkPage		  page = event == SPK_CHURN_CANCEL ? SPK_PAGE_CANCELLATION :
														 SPK_PAGE_SUBMIT_DOWNGRADE;
		SpkPageSet	  ignored = spk_rng_below(rng, 2) == 0 ?
			   0 :
			   PAGE(SPK_PAGE_HOME) | PAGE(SPK_PAGE_SUBMIT_DOWNGRADE);

		assert_int_equal(spk_profile_returner_label(host, w->data, w->len, event, as_of, until,
													&label, &why),
						 SPK_OK);
		assert_int_equal(label, expected_return(page, as_of, until));
		returns[label]++;
		assert_int_equal(spk_profile_inactive(host, w->data, w->len, ignored, as_of - days, as_of,
											  as_of + days, &label, &why),
						 SPK_OK);
		assert_int_equal(label, expected_silence(ignored, as_of - days, as_of, as_of + days));
		silences[label]++;
	}
}

static void
test_labels(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	SpkRng	 rng = spk_rng(1, 1);
	int		 returns[SPK_LABEL_UNKNOWN + 1] = {0};
	int		 silences[SPK_LABEL_UNKNOWN + 1] = {0};

	(void) unused;
	for (int i = 0; i < 200; i++)
	{
		SpkWriter	w = make_profile(&host, &rng);
		int32_t		first;
		int32_t		expected = spk_day_of(events[0].ts);
		const char *why;

		check_profile(&host, &rng, &w, returns, silences);
		for (uint32_t k = 0; k < n_events; k++)
			if (spk_day_of(events[k].ts) < expected)
				expected = spk_day_of(events[k].ts);
		assert_int_equal(spk_profile_first_day(&host, w.data, w.len, &first, &why), SPK_OK);
		assert_int_equal(first, expected);
		spk_release(&host, w.data);
	}
	for (int label = 0; label < SPK_LABEL_UNKNOWN; label++)
		assert_true(returns[label] > 100 && silences[label] > 100);
	assert_int_equal(unit.live, 0);
}

static void
test_faults(void **unused)
{
	UnitHost  unit = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&unit);
	SpkRng	  rng = spk_rng(2, 2);
	SpkWriter w = make_profile(&host, &rng);

	(void) unused;
	for (size_t len = 0; len < w.len; len++)
	{
		SpkLabel	label;
		int32_t		day;
		const char *why = NULL;

		assert_int_equal(spk_profile_returner_label(&host, w.data, len, SPK_CHURN_CANCEL, 0,
													SPK_NO_DAY, &label, &why),
						 SPK_CORRUPT);
		assert_int_equal(spk_profile_inactive(&host, w.data, len, 0, -1, 0, 1, &label, &why),
						 SPK_CORRUPT);
		assert_int_equal(spk_profile_first_day(&host, w.data, len, &day, &why), SPK_CORRUPT);
		assert_non_null(why);
	}
	spk_release(&host, w.data);
	assert_int_equal(unit.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
