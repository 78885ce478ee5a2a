/*
 * test_time_text.c
 *	  Unit tests of src/core/base/time_text.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/events/event.h"
#include "core/base/time_text.h"

/* Of a copy that ends where the text ends, so that reads beyond show. */
static bool
parse(const char *text, int64_t *result)
{
	size_t len = strlen(text);
	char  *copy = malloc(len + (len == 0));
	bool   parsed;

	assert_non_null(copy);
	memcpy(copy, text, len);
	parsed = spk_time_of_iso8601(copy, len, result);
	free(copy);
	return parsed;
}

static void
assert_time(const char *text, int64_t expected)
{
	int64_t result;

	if (!parse(text, &result))
		fail_msg("refused: %s", text);
	assert_int_equal(result, expected);
}

#define AT INT64_C(591667317000000) /* 2018-10-01 00:01:57 UTC */

static void
test_forms(void **state)
{
	(void) state;
	assert_time("2018-10-01T00:01:57Z", AT);
	assert_time("2018-10-01 00:01:57", AT);
	assert_time("2018-10-01T00:01:57", AT);
	assert_time("2018-10-01 00:01:57 UTC", AT);
	assert_time("2018-10-01 00:01:57UTC", AT);
	assert_time("2018-10-01 00:01:57+00", AT);
	assert_time("2018-10-01 05:46:57+05:45", AT);
	assert_time("2018-10-01T05:46:57+0545", AT);
	assert_time("2018-10-01 05:46:57 +0545", AT);
	assert_time("2018-09-30T14:31:57-0930", AT);
	assert_time("2018-09-30T20:01:57-04", AT);
	assert_time("2018-10-01T00:01Z", AT - 57000000);
	assert_time("2018-10-01", AT - 117000000);
	assert_time("2018-10-01T00:00:60Z", AT - 57000000);
	assert_time("2000-01-01", 0);
	assert_time("1999-12-31T23:59:59.999999Z", -1);
	assert_time("2000-02-29", 59 * SPK_USECS_PER_DAY);
	assert_time("1970-01-01", INT64_C(-946684800000000));
	assert_time("0001-01-01", INT64_C(-63082281600000000));
	assert_time("9999-12-31T23:59:59.999999-15:59", INT64_C(252455673539999999));
}

static void
test_fractions(void **state)
{
	(void) state;
	assert_time("2018-10-01T00:01:57.5Z", AT + 500000);
	assert_time("2018-10-01T00:01:57.123", AT + 123000);
	assert_time("2018-10-01T00:01:57.123456+00:00", AT + 123456);
	assert_time("2018-10-01T00:01:57.1234564Z", AT + 123456);
	assert_time("2018-10-01T00:01:57.1234565Z", AT + 123457);
	assert_time("2018-10-01T00:01:57.000000499Z", AT);
	assert_time("2018-10-01T00:01:57.000000500Z", AT + 1);
	assert_time("2018-10-01T00:01:57.999999999Z", AT + 1000000);
}

static void
test_refused(void **state)
{
	static const char *const texts[] = {"",
										"2018",
										"2018-10",
										"2018-10-1",
										"18-10-01",
										"2018-10-01T",
										"2018-10-01 ",
										"2018-10-01T00",
										"2018-10-01T00:1",
										"2018-10-01T00:01:5",
										"2018-10-01T00:01:57.",
										"2018-10-01T00:01:57,5",
										"2018-10-01T00:01:57.1234567890",
										"2018-10-01T24:00:00",
										"2018-10-01T00:60:00",
										"2018-10-01T00:00:61",
										"2018-13-01",
										"2018-00-01",
										"2018-10-00",
										"2018-10-32",
										"2018-11-31",
										"2018-02-29",
										"1900-02-29",
										"0000-01-01",
										"+2018-10-01",
										"-2018-10-01",
										"20181001",
										"2018-10-01Z",
										"2018-10-01t00:01:57",
										"2018-10-01T00:01:57z",
										"2018-10-01  00:01:57",
										"2018-10-01T00:01:57 ",
										"2018-10-01T00:01:57 CET",
										"2018-10-01T00:01:57+",
										"2018-10-01T00:01:57+1",
										"2018-10-01T00:01:57+1:00",
										"2018-10-01T00:01:57+01:",
										"2018-10-01T00:01:57+01:0",
										"2018-10-01T00:01:57+01:000",
										"2018-10-01T00:01:57+16",
										"2018-10-01T00:01:57+01:60",
										"2018-10-01T00:01:57Z ",
										"2018-10-01T00:01:57ZZ",
										"2018-10-01T00:01:57 UTC ",
										"2018-10-01T00:01:57  UTC",
										"2018-10-01T00:01:57 GMT",
										" 2018-10-01",
										"1538352117000",
										"infinity",
										"now",
										"today",
										"2018-10-01 BC",
										"2018-10-01T-1:00",
										"2018-1a-01"};
	int64_t					 result;

	(void) state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
	{
		if (parse(texts[i], &result))
			fail_msg("taken: %s", texts[i]);
	}
}

/* Every day of 800 years, against libc. */
static void
test_days(void **state)
{
	(void) state;
	for (int64_t day = -146097; day < 146097; day++)
	{
		time_t	  seconds = (time_t) (day * 86400 + 946684800);
		struct tm tm;
		char	  text[32];

		assert_non_null(gmtime_r(&seconds, &tm));
		strftime(text, sizeof(text), "%Y-%m-%d", &tm);
		assert_time(text, day * SPK_USECS_PER_DAY);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_fractions),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
