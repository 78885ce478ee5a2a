/*
 * test_features.c
 *	  Features and labels from bytes: their values are held against plain SQL in
 *	  sql/features.sql; here are memory, corrupt bytes and very long profiles.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "core/profiles/features.h"
#include "core/base/rng.h"
#include "unit_host.h"
#include "unit_rounds.h"

/* A profile with a song on each of n days, each day a session. */
static SpkWriter
daily_profile(const SpkHost *host, int n)
{
	SpkProfileState state;
	SpkWriter		w = spk_writer(host);

	spk_profile_init(&state, host);
	for (int i = 0; i < n; i++)
	{
		SpkEvent e = {.ts = i * SPK_USECS_PER_DAY + 5 * SPK_USECS_PER_HOUR,
					  .session = n - i,
					  .registration = SPK_NO_TIME,
					  .page = SPK_PAGE_NEXT_SONG,
					  .length_us = 1800000000};

		assert_int_equal(spk_profile_add(&state, &e), SPK_OK);
	}
	assert_int_equal(spk_profile_encode(&state, &w), SPK_OK);
	spk_release(host, state.closed.data);
	return w;
}

static void
test_long_profile(void **unused)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	SpkWriter	w = daily_profile(&host, 1000);
	double		v[SPK_N_PROFILE_FEATURES];
	bool		seen;
	const char *why;

	(void) unused;
	assert_int_equal(spk_profile_features(&host, w.data, w.len, 900, v, &seen, &why), SPK_OK);
	assert_true(seen);
	assert_true(v[SPK_FEATURE_n_sessions] == 900);
	assert_true(v[SPK_FEATURE_n_songs] == 900);
	assert_true(v[SPK_FEATURE_listened_hours] == 450);
	assert_true(v[SPK_FEATURE_songs_per_active_day] == 1);
	assert_true(v[SPK_FEATURE_sessions_per_week] == 7);
	assert_true(v[SPK_FEATURE_avg_session_gap_days] == 1);
	assert_true(v[SPK_FEATURE_song_trend_7d] == 0);
	assert_true(isnan(v[SPK_FEATURE_tenure_days]));
	/* the days of a long profile take memory, which may not be there */
	h.allocs_left = 0;
	assert_int_equal(spk_profile_features(&host, w.data, w.len, 900, v, &seen, &why),
					 SPK_NO_MEMORY);
	spk_release(&host, w.data);
	assert_int_equal(h.live, 0);
}

static void
test_before_the_first_day(void **unused)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	SpkWriter	w = daily_profile(&host, 3);
	double		v[SPK_N_PROFILE_FEATURES];
	bool		seen;
	SpkLabel	label;
	int32_t		day = 0;
	const char *why;

	(void) unused;
	assert_int_equal(spk_profile_features(&host, w.data, w.len, 0, v, &seen, &why), SPK_OK);
	assert_false(seen);
	assert_int_equal(spk_profile_label(&host, w.data, w.len, 0, SPK_NO_TIME, SPK_CHURN_CANCEL,
									   &label, &why),
					 SPK_OK);
	assert_int_equal(label, SPK_LABEL_NOT_AT_RISK);
	assert_int_equal(spk_profile_label(&host, w.data, w.len, 1, SPK_NO_TIME, SPK_CHURN_CANCEL,
									   &label, &why),
					 SPK_OK);
	assert_int_equal(label, SPK_LABEL_NO);
	assert_int_equal(spk_profile_last_day(&host, w.data, w.len, &day, &why), SPK_OK);
	assert_int_equal(day, 2);
	spk_release(&host, w.data);
}

/* Bytes that nobody checked are refused or read, but never beyond their end. */
static void
test_corrupt_bytes(void **unused)
{
	UnitHost  h = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&h);
	SpkWriter w = daily_profile(&host, 20);
	SpkRng	  rng = spk_rng(1, 1);
	int		  refused = 0;

	(void) unused;
	for (int round = 0; round < ROUNDS(100000); round++)
	{
		uint32_t	at = spk_rng_below(&rng, (uint32_t) w.len);
		uint8_t		old = w.data[at];
		double		v[SPK_N_PROFILE_FEATURES];
		bool		seen;
		SpkLabel	label;
		int32_t		day;
		const char *why;

		w.data[at] = (uint8_t) spk_rng_next(&rng);
		if (spk_profile_features(&host, w.data, w.len, 10, v, &seen, &why) != SPK_OK)
			refused++;
		spk_profile_label(&host, w.data, w.len, 10, SPK_NO_TIME, SPK_CHURN_DOWNGRADE, &label, &why);
		spk_profile_last_day(&host, w.data, w.len, &day, &why);
		w.data[at] = old;
	}
	assert_true(refused > 0);
	for (size_t len = 0; len < w.len; len++)
	{
		double		v[SPK_N_PROFILE_FEATURES];
		bool		seen;
		int32_t		day;
		const char *why;
		uint8_t	   *cut = malloc(len + (len == 0));

		memcpy(cut, w.data, len);
		assert_int_equal(spk_profile_features(&host, cut, len, SPK_NO_DAY, v, &seen, &why),
						 SPK_CORRUPT);
		assert_int_equal(spk_profile_last_day(&host, cut, len, &day, &why), SPK_CORRUPT);
		free(cut);
	}
	spk_release(&host, w.data);
	assert_int_equal(h.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long_profile),
		cmocka_unit_test(test_before_the_first_day),
		cmocka_unit_test(test_corrupt_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
