/*
 * test_event_places.c
 *	  What the complete parser finds in lines of any log, and says of those that are
 *	  none; and the texts and numbers of JSON that it reads by itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "json/event_strict.h"
#include "json/json_string.h"
#include "json/number_text.h"
#include "unit_host.h"

#define PATH(...)                 \
	.path = (const char *const[]) \
	{                             \
		__VA_ARGS__               \
	}
#define KEY(key) PATH(key), .path_len = 1, .label = key, .lenient = true, .folds = true

static UnitHost			unit = UNIT_HOST_INIT;
static SpkSchema	   *schema;
static SpkStrictParser *strict;
static SpkEventRow		row;
static SpkEventFault	fault;

static void
open_schema(const SpkColumnPlan *plans, int n)
{
	SpkHost host = unit_host(&unit);

	schema = spk_schema_new(plans, n, &host);
	assert_non_null(schema);
	strict = spk_strict_new(schema, &host);
	assert_non_null(strict);
	assert_true(spk_event_row_init(&row, n, &host));
}

static void
close_schema(void)
{
	SpkHost host = unit_host(&unit);

	spk_event_row_release(&row, &host);
	spk_strict_release(strict);
	spk_release(&host, schema);
	assert_int_equal(unit.live, 0);
}

static bool
parse(const char *line)
{
	return spk_strict_parse(strict, line, strlen(line), schema->all, &row, &fault);
}

static void
assert_text(int col, const char *expected)
{
	assert_false(row.isnull[col]);
	assert_int_equal(row.field[col].text.len, strlen(expected));
	assert_memory_equal(row.field[col].text.data, expected, strlen(expected));
}

static void
assert_refused(const char *line, SpkFaultKind kind, const char *reason)
{
	assert_false(parse(line));
	assert_int_equal(fault.kind, kind);
	assert_string_equal(fault.reason, reason);
}

static void
test_places(void **state)
{
	const SpkColumnPlan plans[] = {
		{KEY("name"), .type = SPK_TYPE_TEXT},
		{PATH("a", "b", "0"), .path_len = 3, .label = "first", .type = SPK_TYPE_TEXT,
		 .lenient = true},
		{PATH("a", "b", "-1"), .path_len = 3, .label = "last", .type = SPK_TYPE_TEXT,
		 .lenient = true},
		{PATH("a"), .path_len = 1, .label = "a", .type = SPK_TYPE_JSON},
	};

	(void) state;
	open_schema(plans, 4);
	assert_true(
		parse(" {\t\"n\\u0061me\" : \"\\u00fc\\ud800\" ,\r\"a\":{ \"b\":[ 1 , [2] , -0 ] } } "));
	assert_text(0, "\xC3\xBC\xEF\xBF\xBD");
	assert_text(1, "1");
	assert_text(2, "-0");
	assert_text(3, "{ \"b\":[ 1 , [2] , -0 ] }");
	/* one element is the first and the last */
	assert_true(parse("{\"a\":{\"b\":[\"x\"]}}"));
	assert_text(1, "x");
	assert_text(2, "x");
	/* in objects indexes are keys */
	assert_true(parse("{\"a\":{\"b\":{\"-1\":true,\"0\":1e5}}}"));
	assert_text(1, "1e5");
	assert_text(2, "true");
	/* what comes again takes the place of the first as a whole; exact spellings stay */
	assert_true(
		parse("{\"a\":{\"b\":[1]},\"a\":{\"c\":1},\"NAME\":\"x\",\"name\":\"y\",\"Name\":\"z\"}"));
	assert_true(row.isnull[1]);
	assert_text(0, "y");
	assert_text(3, "{\"c\":1}");
	assert_true(parse("{\"NAME\":\"x\",\"NAME\":\"y\"}"));
	assert_text(0, "y");
	assert_refused("{\"NAME\":\"x\",\"Name\":\"y\"}", SPK_FAULT_KEYS,
				   "keys \"NAME\" and \"Name\" fold to the same column");
	assert_refused("{\"a\":{\"b\":[[1]]}}", SPK_FAULT_TYPE,
				   "first must be a string, a number or a boolean, not an array");
	assert_refused("{\"a\":[\"\\ud800\"]}", SPK_FAULT_TYPE, "a has half of a surrogate pair");
	assert_refused("{\"a\":[1e131073]}", SPK_FAULT_RANGE, "a has a number that is out of range");
	assert_refused("{\"b\":[1],\"c d\":1}", SPK_FAULT_KEYS,
				   "none of the keys of the columns, but \"b\", \"c d\"");
	close_schema();
}

static void
test_times(void **state)
{
	const SpkColumnPlan plans[] = {
		{KEY("s"), .type = SPK_TYPE_TIME, .unit = SPK_UNIT_SECONDS},
		{KEY("none"), .type = SPK_TYPE_TIME},
	};

	(void) state;
	open_schema(plans, 2);
	assert_true(parse("{\"s\":1.538352117e9}"));
	assert_int_equal(row.field[0].integer, INT64_C(591667317000000));
	assert_true(parse("{\"s\":\"1538352117.12345649999999999999\"}"));
	assert_int_equal(row.field[0].integer, INT64_C(591667317123456));
	assert_true(parse("{\"s\":-0}"));
	assert_int_equal(row.field[0].integer, -INT64_C(946684800000000));
	assert_refused("{\"s\":1e300}", SPK_FAULT_RANGE, "s is out of range");
	assert_refused("{\"s\":9007199254740993e1}", SPK_FAULT_RANGE, "s is out of range");
	assert_refused("{\"s\":\"soon\"}", SPK_FAULT_TYPE,
				   "s must be a number or an ISO 8601 time, not another string");
	assert_refused("{\"none\":1}", SPK_FAULT_UNIT,
				   "none is a number, and no unit of time is given");
	assert_refused("{\"none\":\"1\"}", SPK_FAULT_UNIT,
				   "none is a number, and no unit of time is given");
	assert_refused("{\"none\":false}", SPK_FAULT_TYPE,
				   "none must be an ISO 8601 time, not a boolean");
	close_schema();
}

static void
test_unescape(void **state)
{
	static const struct
	{
		const char *text;
		const char *unescaped;
		bool		lone;
	} cases[] = {
		{"", "", false},
		{"plain", "plain", false},
		{"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", false},
		{"\\u0041\\u00e9\\u20AC", "A\xC3\xA9\xE2\x82\xAC", false},
		{"\\ud83c\\udfb5", "\xF0\x9F\x8E\xB5", false},
		{"\\ud83c", "\xEF\xBF\xBD", true},
		{"\\udfb5x", "\xEF\xBF\xBDx", true},
		{"\\ud83c\\n", "\xEF\xBF\xBD\n", true},
		{"\\ud83c\\ud83c\\udfb5", "\xEF\xBF\xBD\xF0\x9F\x8E\xB5", true},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		char   text[80];
		bool   lone = false;
		size_t len = spk_json_unescape(cases[i].text, cases[i].text + strlen(cases[i].text), text,
									   &lone);

		assert_int_equal(len, strlen(cases[i].unescaped));
		assert_memory_equal(text, cases[i].unescaped, len);
		assert_int_equal(lone, cases[i].lone);
	}
}

static void
test_numbers(void **state)
{
	static const char *const good[] = {"0", "-0", "10", "1.50", "1e5", "1E+05", "-1.5e-10"};
	static const char *const bad[] = {"",	 "-",  "+1", "01",	"1.",  ".5", "1e",
									  "1e+", "1 ", " 1", "0x1", "NaN", "1,5"};
	static const struct
	{
		const char *number;
		bool		fits;
	} limits[] = {{"1e131071", true},	 {"1e131072", false}, {"12e131071", false},
				  {"0.1e131071", true},	 {"1e-16383", true},  {"1e-16384", false},
				  {"0.1e-16383", false}, {"1e0000005", true}, {"1e9999999", false},
				  {"1e-9999999", false}, {"-1.5", true}};
	int64_t whole;

	(void) state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(spk_number_is_valid(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(spk_number_is_valid(bad[i], strlen(bad[i])));
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
	{
		if (spk_number_fits(limits[i].number, strlen(limits[i].number)) != limits[i].fits)
			fail_msg("%s", limits[i].number);
	}
	assert_int_equal(spk_number_whole("-12", &whole), SPK_NUMBER_INTEGER);
	assert_true(whole == -12);
	assert_int_equal(spk_number_whole("1E2", &whole), SPK_NUMBER_INTEGER);
	assert_true(whole == 100);
	assert_int_equal(spk_number_whole("1.5", &whole), SPK_NUMBER_FRACTION);
	assert_int_equal(spk_number_whole("18446744073709551616", &whole), SPK_NUMBER_TOO_LARGE);
}

/* Memory that ends at any place is told as that, and given back. */
static void
test_memory(void **state)
{
	const SpkColumnPlan plans[] = {{KEY("a"), .type = SPK_TYPE_TEXT}};
	SpkHost				host = unit_host(&unit);

	(void) state;
	open_schema(plans, 1);
	for (int allocs = 0; allocs < 2; allocs++)
	{
		unit.allocs_left = allocs;
		assert_refused("{\"a\":\"\\u0061\"}", SPK_FAULT_MEMORY, "out of memory");
	}
	unit.allocs_left = -1;
	assert_true(parse("{\"a\":\"\\u0061\"}"));
	assert_text(0, "a");
	unit.allocs_left = 1;
	assert_null(spk_strict_new(schema, &host));
	unit.allocs_left = -1;
	close_schema();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),	 cmocka_unit_test(test_times),
		cmocka_unit_test(test_unescape), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
