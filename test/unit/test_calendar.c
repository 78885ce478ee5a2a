/*
 * test_calendar.c
 *	  Times and days as ISO 8601 text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/calendar.h"
#include "core/events/event.h"

/* What PostgreSQL says of these days and times. */
static void
test_known(void **state)
{
	static const struct
	{
		int64_t		us;
		const char *text;
	} times[] = {
		{0, "2000-01-01T00:00:00+00:00"},
		{-1, "1999-12-31T23:59:59.999999+00:00"},
		{591667140 * INT64_C(1000000), "2018-09-30T23:59:00+00:00"},
		{5097600 * INT64_C(1000000), "2000-02-29T00:00:00+00:00"},
		{500000, "2000-01-01T00:00:00.5+00:00"},
		{120, "2000-01-01T00:00:00.00012+00:00"},
		{SPK_MIN_TIME, "4714-11-24T00:00:00+00:00 BC"},
		{SPK_MAX_TIME, "294276-12-31T23:59:59.999999+00:00"},
		{-INT64_C(63113904000000000), "0001-01-01T00:00:00+00:00 BC"},
		{-INT64_C(63082281600000000), "0001-01-01T00:00:00+00:00"},
	};
	char	buf[SPK_TIME_TEXT];
	int64_t us;

	(void) state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
	{
		assert_int_equal(spk_time_text(times[i].us, buf), strlen(times[i].text));
		assert_string_equal(buf, times[i].text);
		assert_true(spk_time_of_text(buf, strlen(buf), &us));
		assert_true(us == times[i].us);
	}
}

/* Every day comes back, and each is the one after the day before. */
static void
test_days(void **state)
{
	char	buf[SPK_TIME_TEXT];
	int32_t day;

	(void) state;
	for (int32_t d = spk_day_of(SPK_MIN_TIME); d <= spk_day_of(SPK_MAX_TIME);
		 d += d > -800000 && d < 400000 ? 1 : 97)
	{
		size_t len = spk_day_text(d, buf);

		assert_true(len < SPK_TIME_TEXT && spk_day_of_text(buf, len, &day));
		assert_int_equal(day, d);
		assert_false(spk_day_of_text(buf, len - 1, &day) && day == d);
	}
}

static void
test_ways_to_write(void **state)
{
	static const char *const same[] = {"2018-10-01T01:02:00Z",
									   "2018-10-01T01:02:00+00:00",
									   "2018-10-01T01:02:00+0000",
									   "2018-10-01T01:02:00+00",
									   "2018-10-01T01:02Z",
									   "2018-10-01T01:02:00.000Z",
									   "2018-10-01T01:02:00.000000+00:00"};
	static const char *const times[] = {"",
										"now",
										"today",
										"epoch",
										"infinity",
										"-infinity",
										"2018-10-01",
										"2018-10-01T01:02:00",
										"2018-10-01 01:02:00Z",
										"2018-10-01T01:02:00z",
										"2018-10-01T01:02:00 Z",
										"2018-10-01T01:02:00+01:00",
										"2018-10-01T01:02:00-00:00",
										"2018-10-01T01:02:00 UTC",
										"2018-10-01T01:02:00Zx",
										" 2018-10-01T01:02:00Z",
										"2018-10-01T24:00:00Z",
										"2018-10-01T23:60:00Z",
										"2018-10-01T23:59:60Z",
										"2018-10-01T1:02:00Z",
										"2018-10-01T01:02:00.Z",
										"2018-10-01T01:02:00.0000000Z",
										"2018-10-01T01:02:00,5Z",
										"2018-02-29T00:00Z",
										"2018-13-01T00:00Z",
										"2018-00-01T00:00Z",
										"2018-10-00T00:00Z",
										"2018-10-32T00:00Z",
										"0000-01-01T00:00Z",
										"0000-01-01T00:00Z BC",
										"01.10.2018T00:00Z",
										"10/01/2018T00:00Z",
										"18-10-01T00:00Z",
										"-2018-10-01T00:00Z",
										"+2018-10-01T00:00Z",
										"20181001T000000Z",
										"294277-01-01T00:00Z",
										"4714-11-23T23:59:59.999999Z BC",
										"1000000-01-01T00:00Z",
										"2018-W40-1T00:00Z",
										"J2451187T00:00Z"};
	static const char *const days[] =
		{"",		   "today",		   "infinity",		"2018-10-32",		 "2018-02-29",
		 "1900-02-29", "01.10.2018",   "2018-10-1",		"2018-10-01T00:00Z", "2018-10-01 ",
		 "20181001",   "294277-01-01", "4714-11-23 BC", "2018-10-01 AD"};
	int64_t us;
	int32_t day;

	(void) state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
	{
		assert_true(spk_time_of_text(same[i], strlen(same[i]), &us));
		assert_true(us == 591670920 * INT64_C(1000000));
	}
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		assert_false(spk_time_of_text(times[i], strlen(times[i]), &us));
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		assert_false(spk_day_of_text(days[i], strlen(days[i]), &day));
	assert_true(spk_day_of_text("2000-02-29", 10, &day));
	assert_int_equal(day, 59);
}

/* Each day is in its month, whose first day the text shows. */
static void
test_months(void **state)
{
	char day[SPK_TIME_TEXT];
	char first[SPK_TIME_TEXT];

	(void) state;
	assert_int_equal(spk_month_of_day(0), 0);
	assert_int_equal(spk_month_of_day(-1), -1);
	assert_int_equal(spk_first_day_of_month(-1), -31);
	assert_int_equal(spk_first_day_of_month(2), 60);
	assert_int_equal(spk_first_day_of_month(-12), -365);
	for (int32_t d = -400000; d < 400000; d += 13)
	{
		int32_t month = spk_month_of_day(d);

		assert_in_range(d - spk_first_day_of_month(month), 0, 30);
		assert_true(spk_first_day_of_month(month + 1) > d);
		spk_day_text(d, day);
		spk_day_text(spk_first_day_of_month(month), first);
		assert_memory_equal(day, first, 7);
		assert_memory_equal(first + 7, "-01", 3);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_ways_to_write),
		cmocka_unit_test(test_months),
	};

	return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
