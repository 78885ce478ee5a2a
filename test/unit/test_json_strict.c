/*
 * test_json_strict.c
 *	  Strict JSON: the same values and faults from every json-c, and by the way
 *	  around a fussy one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/json_strict.h"
#include "unit_host.h"

#ifndef LONG_BYTES
#define LONG_BYTES (3 * 1024 * 1024)
#endif

/* of a text in several chunks, two of whose ends lie in it, or one where that takes long */
#define CHUNKS_BYTES (LONG_BYTES < 1024 * 1024 ? 150000 : 300000)

static SpkJsonParser parsers[2]; /* as probed, and as if fussy */
static UnitHost		 unit = UNIT_HOST_INIT;

static enum json_tokener_error
parse(int i, const char *text, size_t len, json_object **value)
{
	SpkHost host = unit_host(&unit);

	return spk_json_parse_strict(&parsers[i], text, len, &host, value);
}

static void
test_values(void **state)
{
	static const char *const values[][2] = {
		{"{}", "{}"},
		{" [ 1 , -2 ]\t\r\n", "[1,-2]"},
		{"12", "12"},
		{"\"a\"", "\"a\""},
		{"\"\xC3\xA9\"", "\"\xC3\xA9\""},
		{"{\"\xC3\xA9\":\"a\xE2\x82\xAC\xF0\x9F\x8E\xB5\",\"b\":[\"\xC2\x80\"]}",
		 "{\"\xC3\xA9\":\"a\xE2\x82\xAC\xF0\x9F\x8E\xB5\",\"b\":[\"\xC2\x80\"]}"},
		{"[\"\\u00e9\xC3\xA9\\n\\\"\xC3\xA9\\\\\",\"\\\\\"]",
		 "[\"\xC3\xA9\xC3\xA9\\n\\\"\xC3\xA9\\\\\",\"\\\\\"]"},
		{"[\"\\ud83d\xC3\xA9\"]", "[\"\xEF\xBF\xBD\xC3\xA9\"]"},
		{"[\"\\ud83d\\ude00\xC3\xA9\"]", "[\"\xF0\x9F\x98\x80\xC3\xA9\"]"},
		/* no UTF-8, which is somebody else's business */
		{"[\"\xE9\xFF\"]", "[\"\xE9\xFF\"]"},
		/* the ends of 64 bits, and beyond them */
		{"[9223372036854775807,-9223372036854775808]",
		 "[9223372036854775807,-9223372036854775808]"},
		{"[18446744073709551615 , 99999999999999999999999]",
		 "[18446744073709551615,18446744073709551615]"},
		{"{\"a\":-9223372036854775809,\"b\":-99999999999999999999}",
		 "{\"a\":-9223372036854775808,\"b\":-9223372036854775808}"},
	};

	(void) state;
	for (size_t n = 0; n < sizeof(values) / sizeof(values[0]); n++)
	{
		for (int i = 0; i < 2; i++)
		{
			json_object *value;

			assert_int_equal(parse(i, values[n][0], strlen(values[n][0]), &value),
							 json_tokener_success);
			assert_string_equal(json_object_to_json_string_ext(value,
															   JSON_C_TO_STRING_PLAIN |
																   JSON_C_TO_STRING_NOSLASHESCAPE),
								values[n][1]);
			assert_int_equal(parsers[i].at, strlen(values[n][0]));
			json_object_put(value);
		}
	}
}

static void
test_null(void **state)
{
	json_object *value;

	(void) state;
	for (int i = 0; i < 2; i++)
	{
		assert_int_equal(parse(i, " null ", 6, &value), json_tokener_success);
		assert_null(value);
	}
}

static void
test_faults(void **state)
{
	static const struct
	{
		const char			   *text;
		size_t					at;
		enum json_tokener_error error;
	} faults[] = {
		{"", 0, json_tokener_error_parse_eof},
		{"{\"a\":", 5, json_tokener_error_parse_eof},
		{"[\"\xC3\xA9", 4, json_tokener_error_parse_eof},
		{"[\"\xC3\xA9\\\"]", 7, json_tokener_error_parse_eof},
		{"[\"\xC3\xA9\"", 5, json_tokener_error_parse_eof},
		{"\xC3\xA9", 0, json_tokener_error_parse_unexpected},
		{"{} \xC3\xA9", 3, json_tokener_error_parse_unexpected},
		{"[\"\xC3\xA9\"] \"\xC3\xA9\"", 7, json_tokener_error_parse_unexpected},
		{"[\"\xC3\xA9\"\xC3\xA9]", 5, json_tokener_error_parse_array},
		{"[\"\xC3\xA9\",\"\\\xC3\xA9\"]", 8, json_tokener_error_parse_string},
		{"[\"\\u00\xC3\xA9\"]", 6, json_tokener_error_parse_string},
		{"[\"\xC3\xA9\",]", 6, json_tokener_error_parse_unexpected},
		{"[04\"\xC3\xA9\"]", 3, json_tokener_error_parse_number},
		{"['\xC3\xA9']", 1, json_tokener_error_parse_unexpected},
		{"[\"\xC3\xA9\",NULL]", 7, json_tokener_error_parse_null},
		{"{\"\xC3\xA9\" 1}", 6, json_tokener_error_parse_object_key_sep},
		{"[\"\xC3\xA9\",// \"\xC3\xA9\"\n1]", 6, json_tokener_error_parse_unexpected},
	};

	(void) state;
	for (size_t n = 0; n < sizeof(faults) / sizeof(faults[0]); n++)
	{
		for (int i = 0; i < 2; i++)
		{
			json_object *value;

			if (parse(i, faults[n].text, strlen(faults[n].text), &value) != faults[n].error ||
				parsers[i].at != faults[n].at || value != NULL)
				fail_msg("%s: %s at %zu", faults[n].text,
						 json_tokener_error_desc(json_tokener_get_error(parsers[i].tokener)),
						 parsers[i].at);
		}
	}
}

/* Longer than a chunk, whose end falls on every kind of byte. */
static void
test_long_texts(void **state)
{
	static const char unit[] = "\"\xC3\xA9\",-1.5e3,true,\"\",12345678901234567890123,";
	char			 *text = malloc(CHUNKS_BYTES + sizeof(unit));

	(void) state;
	assert_non_null(text);
	for (size_t shift = 0; shift < sizeof(unit); shift++)
	{
		json_object *values[2];
		size_t		 len = shift + 1;

		memset(text, ' ', len);
		text[shift] = '[';
		for (; len < CHUNKS_BYTES; len += sizeof(unit) - 1)
			memcpy(text + len, unit, sizeof(unit) - 1);
		text[len - 1] = ']';
		for (int i = 0; i < 2; i++)
			assert_int_equal(parse(i, text, len, &values[i]), json_tokener_success);
		assert_int_equal(json_object_array_length(values[0]) % 5, 0);
		assert_true(json_object_equal(values[0], values[1]));
		json_object_put(values[0]);
		json_object_put(values[1]);
	}
	free(text);
}

static void
test_cancellation(void **state)
{
	char		*text = malloc(LONG_BYTES);
	json_object *value;

	(void) state;
	assert_non_null(text);
	memset(text, 'a', LONG_BYTES);
	text[0] = text[LONG_BYTES - 1] = '"';
	for (int i = 0; i < 2; i++)
	{
		unit.polls_left = 1;
		assert_int_equal(parse(i, text, LONG_BYTES, &value), json_tokener_continue);
		assert_null(value);
		unit.polls_left = -1;
		/* and the next parse starts anew */
		assert_int_equal(parse(i, text, LONG_BYTES, &value), json_tokener_success);
		json_object_put(value);
	}
	free(text);
}

static int
open_parsers(void **state)
{
	(void) state;
	for (int i = 0; i < 2; i++)
	{
		if (!spk_json_parser_open(&parsers[i], 32))
			return -1;
	}
	parsers[1].is_fussy = true;
	return 0;
}

static int
close_parsers(void **state)
{
	(void) state;
	for (int i = 0; i < 2; i++)
		spk_json_parser_close(&parsers[i]);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),		 cmocka_unit_test(test_null),
		cmocka_unit_test(test_faults),		 cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_cancellation),
	};

	return cmocka_run_group_tests(tests, open_parsers, close_parsers);
}
