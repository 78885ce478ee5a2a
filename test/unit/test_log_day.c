/*
 * test_log_day.c
 *	  A day of any log: which can be, and which is the last.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/merge_sort.h"
#include "core/profiles/log_profile.h"
#include "core/profiles/log_label.h"
#include "core/profiles/log_reader.h"
#include "unit_host.h"
#include "unit_rounds.h"

#define NOON (SPK_USECS_PER_DAY / 2)

/* A day of two events, with arrays that the caller has. */
typedef struct Plain
{
	SpkDayCount	  count;
	SpkDayLevel	  level;
	SpkDaySession session;
	SpkLogDay	  day;
} Plain;

static void
make_plain(Plain *p)
{
	p->count = (SpkDayCount) {.name = 1, .events = 2};
	p->level = (SpkDayLevel) {.level = 2, .events = 2};
	p->session = (SpkDaySession) {.first = 0, .last = NOON};
	p->day = (SpkLogDay) {.last_level = 2,
						  .last_level_ts = NOON,
						  .n_counts = 1,
						  .n_levels = 1,
						  .n_sessions = 1,
						  .counts = &p->count,
						  .levels = &p->level,
						  .sessions = &p->session};
}

static void
test_sound(void **unused)
{
	Plain p;

	(void) unused;
	make_plain(&p);
	assert_true(spk_log_day_is_sound(&p.day));
	p.count.events = 1;
	assert_false(spk_log_day_is_sound(&p.day));
	make_plain(&p);
	p.count.valued = 3;
	assert_false(spk_log_day_is_sound(&p.day));
	make_plain(&p);
	p.count.gained = 1;
	assert_false(spk_log_day_is_sound(&p.day));
	make_plain(&p);
	p.level.events = 3;
	assert_false(spk_log_day_is_sound(&p.day));
	make_plain(&p);
	p.day.last_level_ts = NOON + 1;
	assert_false(spk_log_day_is_sound(&p.day));
	make_plain(&p);
	p.session.last = SPK_USECS_PER_DAY;
	assert_false(spk_log_day_is_sound(&p.day));
}

/* The sum of the hours is at most 23 an event, and does not wrap around. */
static void
test_hours(void **unused)
{
	Plain p;

	(void) unused;
	make_plain(&p);
	p.day.hours = 46;
	assert_true(spk_log_day_is_sound(&p.day));
	p.day.hours = 47;
	assert_false(spk_log_day_is_sound(&p.day));
	for (uint64_t less = 0; less < 64; less++)
	{
		p.day.hours = UINT64_MAX - less;
		assert_false(spk_log_day_is_sound(&p.day));
	}
	/* no bound is known once the number of events sticks, but the sum does, too */
	p.count.events = UINT32_MAX;
	p.day.hours = INT64_MAX;
	assert_true(spk_log_day_is_sound(&p.day));
	p.day.hours++;
	assert_false(spk_log_day_is_sound(&p.day));
	assert_true(spk_add_hours(INT64_MAX, INT64_MAX) == INT64_MAX);
	assert_true(spk_add_hours(INT64_MAX - 1, 1) == INT64_MAX);
	assert_true(spk_add_hours(1, 2) == 3);
}

static void
test_last_day(void **unused)
{
	UnitHost		   unit = UNIT_HOST_INIT;
	SpkHost			   host = unit_host(&unit);
	SpkDictionary	   names;
	SpkLogProfileState state;
	SpkWriter		   w = spk_writer(&host);
	int32_t			   day = 0;
	const char		  *why;

	(void) unused;
	spk_dictionary_init(&names, &host, SPK_OWN_NAMES);
	spk_log_profile_init(&state, &names);
	for (int i = 0; i < 3; i++)
	{
		static const int64_t days[] = {5, 900, -7};
		SpkLogEvent event = {.ts = days[i] * SPK_USECS_PER_DAY, .name = "x", .name_len = 1};

		assert_int_equal(spk_log_profile_add(&state, &event), SPK_OK);
	}
	assert_int_equal(spk_log_profile_encode(&state, &w), SPK_OK);
	assert_int_equal(spk_log_last_day(&host, w.data, w.len, &day, &why), SPK_OK);
	assert_int_equal(day, 900);
	/* cut anywhere, it is none */
	for (size_t len = 0; len < w.len; len++)
		assert_int_equal(spk_log_last_day(&host, w.data, len, &day, &why), SPK_CORRUPT);
	spk_release(&host, w.data);
	spk_log_profile_release(&state);
	spk_dictionary_release(&names);
	assert_int_equal(unit.live, 0);
}

/* ---- Days of many sessions ---- */

/* More than are sorted, read or written between two polls. */
#define MANY UINT32_C(100000)

static int
compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *) a;
	uint64_t y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

/* Numbers in any order are sorted as qsort does it, and stopped wherever the host wants to. */
static void
test_merge_sort(void **unused)
{
	static const uint32_t sizes[] = {0, 1, 2, 4096, 4097, 8192, 12289, 50000, MANY};
	uint64_t			 *numbers = malloc(MANY * sizeof(uint64_t));
	uint64_t			 *sorted = malloc(MANY * sizeof(uint64_t));
	UnitHost			  unit = UNIT_HOST_INIT;
	SpkHost				  host = unit_host(&unit);

	(void) unused;
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
		for (int order = 0; order < 4; order++)
		{
			for (uint32_t i = 0; i < sizes[s]; i++)
				numbers[i] = order == 0 ? i :
					order == 1			? sizes[s] - i :
					order == 2			? i * UINT64_C(0x9E3779B97F4A7C15) >> 20 :
										  i * 7919 % 1000;
			memcpy(sorted, numbers, sizes[s] * sizeof(uint64_t));
			qsort(sorted, sizes[s], sizeof(uint64_t), compare_numbers);
			assert_int_equal(spk_merge_sort(&host, numbers, sizes[s], sizeof(uint64_t),
											compare_numbers),
							 SPK_OK);
			assert_memory_equal(sorted, numbers, sizes[s] * sizeof(uint64_t));
		}
	for (long polls = 0; polls < 40; polls++)
	{
		unit.polls_left = polls;
		assert_int_equal(spk_merge_sort(&host, numbers, MANY, sizeof(uint64_t), compare_numbers),
						 SPK_CANCELLED);
	}
	unit.allocs_left = 0;
	assert_int_equal(spk_merge_sort(&host, numbers, MANY, sizeof(uint64_t), compare_numbers),
					 SPK_NO_MEMORY);
	assert_int_equal(unit.live, 0);
	free(numbers);
	free(sorted);
}

/* Makes a profile of one day of so many sessions, and reads its last day. */
static SpkStatus
make_many_sessions(const SpkHost *host)
{
	SpkDictionary	   names;
	SpkLogProfileState state;
	SpkWriter		   w = spk_writer(host);
	SpkStatus		   status = SPK_OK;
	int32_t			   day;
	const char		  *why;

	spk_dictionary_init(&names, host, SPK_OWN_NAMES);
	spk_log_profile_init(&state, &names);
	for (uint32_t i = 0; i < MANY && status == SPK_OK; i++)
	{
		SpkLogEvent event = {.ts = i * INT64_C(7919) % 86400 * 1000000,
							 .session_kind = SPK_SESSION_INTEGER,
							 .session = i,
							 .name = "x",
							 .name_len = 1};

		status = spk_log_profile_add(&state, &event);
	}
	if (status == SPK_OK)
		status = spk_log_profile_encode(&state, &w);
	if (status == SPK_OK)
		status = spk_log_last_day(host, w.data, w.len, &day, &why);
	spk_release(host, w.data);
	spk_log_profile_release(&state);
	spk_dictionary_release(&names);
	return status;
}

/* Within a day, too, the host is asked often, and wherever it stops the work nothing is held. */
static void
test_many_sessions(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	long	 polls = 1000000;

	(void) unused;
	unit.polls_left = polls;
	assert_int_equal(make_many_sessions(&host), SPK_OK);
	polls -= unit.polls_left;
	assert_true(polls > 200);
	for (long moment = 0; moment < ROUNDS(25); moment++)
	{
		unit.polls_left = polls * moment / ROUNDS(25);
		assert_int_equal(make_many_sessions(&host), SPK_CANCELLED);
		assert_int_equal(unit.live, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),		  cmocka_unit_test(test_hours),
		cmocka_unit_test(test_last_day),	  cmocka_unit_test(test_merge_sort),
		cmocka_unit_test(test_many_sessions),
	};

	return cmocka_run_group_tests_name("log_day", tests, NULL, NULL);
}
