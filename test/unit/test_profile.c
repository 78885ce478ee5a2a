/*
 * test_profile.c
 *	  Profiles: any order and split gives the same bytes; nothing but those
 *	  bytes is accepted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "core/profiles/profile.h"
#include "core/base/rng.h"
#include "unit_host.h"
#include "unit_rounds.h"

#define N_EVENTS 3000

static SpkEvent events[N_EVENTS];

/* Events of one user over 40 days: few sessions, many ties. */
static void
make_events(uint64_t seed)
{
	SpkRng rng = spk_rng(seed, 1);

	for (int i = 0; i < N_EVENTS; i++)
	{
		SpkEvent *e = &events[i];

		e->ts = (int64_t) spk_rng_below(&rng, 40 * 1440) * 60 * 1000000 + spk_rng_below(&rng, 2);
		e->session = (int64_t) spk_rng_below(&rng, 30) - 5;
		e->page = (SpkPage) spk_rng_below(&rng, SPK_N_PAGES);
		e->level = (SpkLevel) spk_rng_below(&rng, 3);
		e->gender = (SpkGender) spk_rng_below(&rng, 3);
		e->length_us = spk_rng_below(&rng, 1000000000);
		e->registration = spk_rng_below(&rng, 3) == 0 ? e->ts - 5000 : SPK_NO_TIME;
	}
}

static void
shuffle_events(uint64_t seed)
{
	SpkRng rng = spk_rng(seed, 2);

	for (uint32_t i = N_EVENTS - 1; i > 0; i--)
	{
		uint32_t j = spk_rng_below(&rng, i + 1);
		SpkEvent e = events[i];

		events[i] = events[j];
		events[j] = e;
	}
}

static int
compare_ts(const void *a, const void *b)
{
	int64_t x = ((const SpkEvent *) a)->ts;
	int64_t y = ((const SpkEvent *) b)->ts;

	return (x > y) - (x < y);
}

static void
add_events(SpkProfileState *state, int from, int to)
{
	for (int i = from; i < to; i++)
		assert_int_equal(spk_profile_add(state, &events[i]), SPK_OK);
}

static SpkWriter
encode(SpkProfileState *state, const SpkHost *host)
{
	SpkWriter w = spk_writer(host);

	assert_int_equal(spk_profile_encode(state, &w), SPK_OK);
	return w;
}

static void
release_state(SpkProfileState *state)
{
	spk_release(state->closed.host, state->closed.data);
}

static SpkWriter
profile_of(const SpkHost *host, int from, int to)
{
	SpkProfileState state;
	SpkWriter		w;

	spk_profile_init(&state, host);
	add_events(&state, from, to);
	w = encode(&state, host);
	release_state(&state);
	return w;
}

static void
assert_same(const SpkWriter *a, const SpkWriter *b)
{
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->data, b->data, a->len);
}

static void
test_any_order(void **unused)
{
	UnitHost  h = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&h);
	SpkWriter whole;

	(void) unused;
	make_events(1);
	qsort(events, N_EVENTS, sizeof(SpkEvent), compare_ts);
	whole = profile_of(&host, 0, N_EVENTS);
	for (uint64_t seed = 0; seed < 20; seed++)
	{
		SpkWriter shuffled;

		shuffle_events(seed);
		shuffled = profile_of(&host, 0, N_EVENTS);
		assert_same(&whole, &shuffled);
		spk_release(&host, shuffled.data);
	}
	spk_release(&host, whole.data);
	assert_int_equal(h.live, 0);
}

static void
test_any_split(void **unused)
{
	UnitHost  h = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&h);
	SpkWriter whole;

	(void) unused;
	make_events(2);
	whole = profile_of(&host, 0, N_EVENTS);
	for (int cut = 0; cut <= N_EVENTS; cut += 500)
	{
		SpkProfileState by_profile;
		SpkProfileState by_state;
		SpkProfileState part;
		SpkWriter		w;

		spk_profile_init(&by_profile, &host);
		spk_profile_init(&by_state, &host);
		for (int i = 0; i < 2; i++)
		{
			spk_profile_init(&part, &host);
			add_events(&part, i == 0 ? 0 : cut, i == 0 ? cut : N_EVENTS);
			assert_int_equal(spk_profile_add_state(&by_state, &part), SPK_OK);
			if (!spk_profile_is_empty(&part))
			{
				w = encode(&part, &host);
				assert_int_equal(spk_profile_add_profile(&by_profile, w.data, w.len), SPK_OK);
				spk_release(&host, w.data);
			}
			release_state(&part);
		}
		w = encode(&by_profile, &host);
		assert_same(&whole, &w);
		spk_release(&host, w.data);
		w = encode(&by_state, &host);
		assert_same(&whole, &w);
		spk_release(&host, w.data);
		release_state(&by_profile);
		release_state(&by_state);
	}
	spk_release(&host, whole.data);
	assert_int_equal(h.live, 0);
}

/* Memory follows the profile, not the events. */
static void
test_memory(void **unused)
{
	UnitHost		h = UNIT_HOST_INIT;
	SpkHost			host = unit_host(&h);
	SpkProfileState state;
	SpkWriter		w;

	(void) unused;
	make_events(3);
	spk_profile_init(&state, &host);
	for (int round = 0; round < 30; round++)
		add_events(&state, 0, N_EVENTS);
	w = encode(&state, &host);
	assert_true(state.closed.capacity < 5 * w.len);
	spk_release(&host, w.data);
	release_state(&state);
}

static void
test_check_accepts(void **unused)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	const char *why;

	(void) unused;
	make_events(4);
	for (int n = 1; n <= N_EVENTS; n += 97)
	{
		SpkWriter w = profile_of(&host, 0, n);

		assert_int_equal(spk_profile_check(&host, w.data, w.len, &why), SPK_OK);
		for (size_t cut = 0; cut < w.len; cut += 1 + cut / 16)
			assert_int_equal(spk_profile_check(&host, w.data, cut, &why), SPK_CORRUPT);
		spk_release(&host, w.data);
	}
	assert_int_equal(h.live, 0);
}

/* Whatever passes the check is what encoding it again gives. */
static void
test_check_is_exact(void **unused)
{
	UnitHost  h = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&h);
	SpkRng	  rng = spk_rng(5, 5);
	SpkWriter w;
	int		  accepted = 0;

	(void) unused;
	make_events(5);
	w = profile_of(&host, 0, 40);
	for (int round = 0; round < ROUNDS(200000); round++)
	{
		uint8_t	   *at = &w.data[spk_rng_below(&rng, (uint32_t) w.len)];
		uint8_t		old = *at;
		const char *why;

		*at = (uint8_t) spk_rng_next(&rng);
		if (spk_profile_check(&host, w.data, w.len, &why) == SPK_OK)
		{
			SpkProfileState state;
			SpkWriter		again;

			spk_profile_init(&state, &host);
			assert_int_equal(spk_profile_add_profile(&state, w.data, w.len), SPK_OK);
			again = encode(&state, &host);
			assert_same(&w, &again);
			spk_release(&host, again.data);
			release_state(&state);
			accepted++;
		}
		*at = old;
	}
	assert_true(accepted > 0);
	spk_release(&host, w.data);
	assert_int_equal(h.live, 0);
}

/* One for each user of a GROUP BY: see profile.h. */
static void
test_state_size(void **unused)
{
	(void) unused;
	assert_true(sizeof(SpkProfileState) <= 256);
}

static void
test_counts_stick(void **unused)
{
	UnitHost		 h = UNIT_HOST_INIT;
	SpkHost			 host = unit_host(&h);
	SpkProfileState	 state;
	SpkSlice		 slice = {.session = 1,
							  .day = 2,
							  .level_ts = SPK_NO_TIME,
							  .first_ts = 2 * SPK_USECS_PER_DAY,
							  .last_ts = 2 * SPK_USECS_PER_DAY,
							  .first_downgrade = SPK_NO_TIME,
							  .listened_us = INT64_MAX - 1};
	SpkSliceReader	 slices;
	SpkProfileHeader header;
	SpkWriter		 w;
	const char		*why;

	(void) unused;
	slice.pages[SPK_PAGE_NEXT_SONG] = UINT32_MAX - 1;
	spk_profile_init(&state, &host);
	for (int i = 0; i < 3; i++)
		assert_int_equal(spk_profile_add_slice(&state, &slice), SPK_OK);
	w = encode(&state, &host);
	assert_int_equal(spk_profile_check(&host, w.data, w.len, &why), SPK_OK);
	assert_int_equal(spk_profile_open(&host, w.data, w.len, &header, &slices, &why), SPK_OK);
	assert_true(spk_slice_next(&slices, &slice));
	assert_true(slice.pages[SPK_PAGE_NEXT_SONG] == UINT32_MAX);
	assert_true(slice.listened_us == INT64_MAX);
	assert_false(spk_slice_next(&slices, &slice));
	spk_release(&host, w.data);
	release_state(&state);
}

/* The first and the last time, and those around where the header's form changes, wherever there is one. */
static void
test_far_times(void **unused)
{
	static const int64_t times[] = {SPK_MIN_TIME,
									SPK_MIN_TIME + 1,
									-1,
									0,
									1,
									INT64_MAX / 2 - 1,
									INT64_MAX / 2,
									INT64_MAX / 2 + 1,
									INT64_MAX / 2 + 2,
									SPK_MAX_TIME - 1,
									SPK_MAX_TIME};
	UnitHost			 h = UNIT_HOST_INIT;
	SpkHost				 host = unit_host(&h);

	(void) unused;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
	{
		SpkProfileHeader header;
		SpkSliceReader	 slices;
		SpkSlice		 slice;
		SpkWriter		 w;
		const char		*why;

		events[0] = (SpkEvent) {.ts = times[i],
								.session = 1,
								.registration = times[i],
								.page = SPK_PAGE_CANCELLATION,
								.gender = SPK_GENDER_MALE};
		events[1] = (SpkEvent) {.ts = times[i],
								.session = 1,
								.registration = SPK_NO_TIME,
								.page = SPK_PAGE_SUBMIT_DOWNGRADE,
								.level = SPK_LEVEL_PAID};
		w = profile_of(&host, 0, 2);
		assert_int_equal(spk_profile_check(&host, w.data, w.len, &why), SPK_OK);
		assert_int_equal(spk_profile_open(&host, w.data, w.len, &header, &slices, &why), SPK_OK);
		assert_true(header.gender_ts == times[i]);
		assert_true(header.registration == times[i]);
		assert_true(header.cancelled == times[i]);
		assert_true(spk_slice_next(&slices, &slice));
		assert_true(slice.first_ts == times[i] && slice.last_ts == times[i]);
		assert_true(slice.level_ts == times[i] && slice.first_downgrade == times[i]);
		spk_release(&host, w.data);
	}
	assert_int_equal(h.live, 0);
}

static SpkStatus
check_bytes(const char *bytes, size_t len)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	const char *why;

	return spk_profile_check(&host, bytes, len, &why);
}

/* Times that are beyond what is accepted, or not in the one form that they have. */
static void
test_times_refused(void **unused)
{
	/* version, flags (registration), the time; then a slice with a Cancel page */
	static const char near_as_far[] = "\1\4\377\377\377\377\377\377\377\377\377\1"
									  "\1\0\0\0\0\0\0\0\1\2\0\200\200\20\0";
	static const char far[] = "\1\4\377\377\377\377\377\377\377\377\377\1"
							  "\1\0\0\0\0\0\0\100\1\2\0\200\200\20\0";
	static const char too_far[] = "\1\4\377\377\377\377\377\377\377\377\377\1"
								  "\377\377\377\377\377\377\377\177\1\2\0\200\200\20\0";
	/* the last day, and a Home event a thousand days after its beginning, were that a time */
	static const char beyond_day[] = "\1\0\1\2\334\237\347\145\2\0\200\200\273\335\203\5\0\0";

	(void) unused;
	assert_int_equal(check_bytes(far, sizeof(far) - 1), SPK_OK);
	assert_int_equal(check_bytes(near_as_far, sizeof(near_as_far) - 1), SPK_CORRUPT);
	assert_int_equal(check_bytes(too_far, sizeof(too_far) - 1), SPK_CORRUPT);
	assert_int_equal(check_bytes(beyond_day, sizeof(beyond_day) - 1), SPK_CORRUPT);
}

static void
test_no_memory(void **unused)
{
	UnitHost h = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&h);
	bool	 done = false;

	(void) unused;
	make_events(6);
	for (long allocs = 0; !done; allocs++)
	{
		SpkProfileState state;
		SpkWriter		w = spk_writer(&host);
		SpkStatus		status = SPK_OK;

		h.allocs_left = allocs;
		spk_profile_init(&state, &host);
		for (int i = 0; i < N_EVENTS && status == SPK_OK; i++)
			status = spk_profile_add(&state, &events[i]);
		if (status == SPK_OK)
			status = spk_profile_encode(&state, &w);
		assert_true(status == SPK_OK || status == SPK_NO_MEMORY);
		done = status == SPK_OK;
		spk_release(&host, w.data);
		release_state(&state);
		assert_int_equal(h.live, 0);
	}
}

/* A user with many sessions in no order: whenever the host wants to stop it is heard, and nothing is lost. */
static void
test_cancelled(void **unused)
{
	bool done = false;
	int	 cancelled = 0;

	(void) unused;
	for (long polls = 0; !done; polls++)
	{
		UnitHost		h = UNIT_HOST_INIT;
		SpkHost			host = unit_host(&h);
		SpkProfileState state;
		SpkWriter		w = spk_writer(&host);
		SpkStatus		status = SPK_OK;

		h.polls_left = polls;
		spk_profile_init(&state, &host);
		for (int i = 0; i < 20000 && status == SPK_OK; i++)
		{
			SpkEvent e = {.ts = i,
						  .session = i * 7919 % 20000,
						  .registration = SPK_NO_TIME,
						  .page = SPK_PAGE_HOME};

			status = spk_profile_add(&state, &e);
		}
		if (status == SPK_OK)
			status = spk_profile_encode(&state, &w);
		assert_true(status == SPK_OK || status == SPK_CANCELLED);
		done = status == SPK_OK;
		cancelled += !done;
		spk_release(&host, w.data);
		release_state(&state);
		assert_int_equal(h.live, 0);
	}
	assert_true(cancelled > 20);
}

/* Slices that no events make are not taken, before anything is made of them. */
static void
test_unsound_slices(void **unused)
{
	const int64_t	midnight = 2 * SPK_USECS_PER_DAY;
	UnitHost		h = UNIT_HOST_INIT;
	SpkHost			host = unit_host(&h);
	SpkProfileState state;
	SpkSlice		good;
	SpkSlice		bad[16];
	int				n = 0;

	(void) unused;
	spk_slice_init(&good, 1, 2);
	good.first_ts = midnight + 5;
	good.level_ts = good.first_downgrade = midnight + 6;
	good.last_ts = midnight + 7;
	good.level = SPK_LEVEL_PAID;
	good.paid = 1;
	good.listened_us = good.play_hours = 1;
	good.pages[SPK_PAGE_NEXT_SONG] = good.pages[SPK_PAGE_SUBMIT_DOWNGRADE] = 1;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		bad[i] = good;
	memset(bad[n++].pages, 0, sizeof(good.pages));
	bad[n++].day = 3;
	bad[n++].day = INT32_MAX;
	bad[n++].first_ts = midnight + 8;
	bad[n++].first_ts = SPK_NO_TIME;
	bad[n++].last_ts = SPK_NO_TIME;
	bad[n++].last_ts = midnight + SPK_USECS_PER_DAY;
	bad[n++].level_ts = midnight + 8;
	bad[n++].level_ts = midnight + 4;
	bad[n++].level = SPK_LEVEL_UNKNOWN;
	bad[n++].paid = 0;
	bad[n++].listened_us = -1;
	bad[n++].play_hours = -1;
	bad[n++].pages[SPK_PAGE_NEXT_SONG] = 0;
	bad[n++].first_downgrade = SPK_NO_TIME;
	bad[n++].pages[SPK_PAGE_SUBMIT_DOWNGRADE] = 0;
	assert_int_equal(n, sizeof(bad) / sizeof(bad[0]));
	spk_profile_init(&state, &host);
	for (int i = 0; i < n; i++)
		assert_int_equal(spk_profile_add_slice(&state, &bad[i]), SPK_CORRUPT);
	assert_true(spk_profile_is_empty(&state));
	assert_int_equal(spk_profile_add_slice(&state, &good), SPK_OK);
	release_state(&state);
	assert_int_equal(h.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_order),	   cmocka_unit_test(test_any_split),
		cmocka_unit_test(test_memory),		   cmocka_unit_test(test_check_accepts),
		cmocka_unit_test(test_check_is_exact), cmocka_unit_test(test_state_size),
		cmocka_unit_test(test_counts_stick),   cmocka_unit_test(test_far_times),
		cmocka_unit_test(test_times_refused),  cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_cancelled),	   cmocka_unit_test(test_unsound_slices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
