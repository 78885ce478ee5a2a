/*
 * test_json_pieces.c
 *	  Long JSON text, one piece after the other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../src/json/json_pieces.h"

#define MAX_VALUE 20

/* What a walk over an object, with lists under "l", saw: "key=value;" and "[element]". */
static void
walk(const char *text, size_t len, char *seen, SpkJsonCursor *c)
{
	*seen = '\0';
	*c = spk_json_cursor(text, len);
	spk_json_open(c, '{');
	while (spk_json_next(c, '}'))
	{
		SpkJsonPiece key = spk_json_key(c);
		SpkJsonPiece value;

		if (!spk_json_is_key(key, "l"))
		{
			value = spk_json_value(c, MAX_VALUE);
			seen += sprintf(seen, "%.*s=%.*s;", (int) key.len, key.at, (int) value.len, value.at);
			continue;
		}
		spk_json_open(c, '[');
		while (spk_json_next(c, ']'))
		{
			value = spk_json_value(c, MAX_VALUE);
			seen += sprintf(seen, "[%.*s]", (int) value.len, value.at);
		}
	}
	spk_json_finish(c);
}

static void
test_pieces(void **state)
{
	static const char *const good[][2] = {
		{"{}", ""},
		{" { } \n", ""},
		{"{\"a\":1}", "\"a\"=1;"},
		{"{ \"a\" : \"x\\\"}\" , \"b\":null}", "\"a\"=\"x\\\"}\";\"b\"=null;"},
		{"{\"l\":[],\"b\":[1,{\"]\":2}]}", "\"b\"=[1,{\"]\":2}];"},
		{"{\"l\":[{\"x\":\"]\"} , [\"}\"],-1.5e3],\"\\u006c\":[true]}",
		 "[{\"x\":\"]\"}][[\"}\"]][-1.5e3]\"\\u006c\"=[true];"},
		/* what is no value is for the parser to tell */
		{"{\"a\":tru(e}", "\"a\"=tru(e;"},
		{"{\"a\":[}]}", NULL},
	};
	char		  seen[200];
	SpkJsonCursor c;

	(void) state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
	{
		walk(good[i][0], strlen(good[i][0]), seen, &c);
		assert_int_equal(c.fault == NULL, good[i][1] != NULL);
		if (good[i][1] != NULL)
			assert_string_equal(seen, good[i][1]);
	}
}

static void
test_faults(void **state)
{
	static const char *const bad[][2] = {
		{"", "The text is not JSON"},
		{"x", "The text is not JSON"},
		{"{", "The text is not JSON"},
		{"[]", "An object is expected"},
		{"\"a\"", "An object is expected"},
		{"{\"l\":{}}", "An array is expected"},
		{"{\"l\":7}", "An array is expected"},
		{"{a:1}", "The text is not JSON"},
		{"{\"a\"}", "The text is not JSON"},
		{"{\"a\" 1}", "The text is not JSON"},
		{"{\"a\":}", "The text is not JSON"},
		{"{\"a\":1 \"b\":2}", "The text is not JSON"},
		{"{\"a\":1,}", "The text is not JSON"},
		{"{,\"a\":1}", "The text is not JSON"},
		{"{\"l\":[1 2]}", "The text is not JSON"},
		{"{\"l\":[1,]}", "The text is not JSON"},
		{"{\"l\":[,1]}", "The text is not JSON"},
		{"{\"l\":[1}", "The text is not JSON"},
		{"{\"a\":\"x}", "The text is not JSON"},
		{"{\"a\":\"\\", "The text is not JSON"},
		{"{} {}", "There is more behind the JSON text"},
		{"{\"a\":[[[]]", "The text is not JSON"},
		{"{\"a\":123456789012345678901}", "A value is too long"},
		{"{\"l\":[\"123456789012345678901\"]}", "A value is too long"},
		{"{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[", "A value is too long"},
	};
	char		  seen[200];
	SpkJsonCursor c;

	(void) state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		size_t len = strlen(bad[i][0]);
		char  *copy = malloc(len + 1);

		/* without a terminator to run into */
		memcpy(copy, bad[i][0], len);
		copy = realloc(copy, len == 0 ? 1 : len);
		walk(copy, len, seen, &c);
		assert_non_null(c.fault);
		assert_string_equal(c.fault, bad[i][1]);
		assert_int_equal(c.too_long, strcmp(c.fault, "A value is too long") == 0);
		free(copy);
	}
}

/* The limit is the last length that is taken. */
static void
test_limit(void **state)
{
	static const char *const values[] = {"12345", "[123]", "\"abc\"", "{   }"};

	(void) state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		for (size_t max = 4; max < 8; max++)
		{
			char		  text[20];
			SpkJsonCursor c;
			SpkJsonPiece  value;

			snprintf(text, sizeof(text), "[%s,", values[i]);
			c = spk_json_cursor(text, strlen(text));
			assert_true(spk_json_open(&c, '[') && spk_json_next(&c, ']'));
			value = spk_json_value(&c, max);
			assert_int_equal(value.len, max < 5 ? 0 : 5);
			assert_int_equal(c.too_long, max < 5);
		}
}

static SpkJsonPiece
piece(const char *text)
{
	SpkJsonPiece p = {text, strlen(text)};

	return p;
}

/* The longest key there may be, and one that is longer by a byte. */
static void
test_long_keys(void **state)
{
	(void) state;
	for (size_t len = 65536; len <= 65537; len++)
	{
		char		 *text = malloc(len + 4);
		SpkJsonCursor c;

		assert_non_null(text);
		memset(text, 'k', len + 1);
		text[0] = '{';
		text[1] = text[len] = '"';
		memcpy(text + len + 1, ":1}", 3);
		c = spk_json_cursor(text, len + 4);
		spk_json_open(&c, '{');
		assert_true(spk_json_next(&c, '}'));
		assert_int_equal(spk_json_key(&c).len, len == 65536 ? len : 0);
		if (len == 65536)
			assert_null(c.fault);
		else
			assert_string_equal(c.fault, "A key is too long");
		free(text);
	}
}

static void
test_looks(void **state)
{
	static const char half[] = "A string holds half of a character";

	(void) state;
	assert_null(spk_json_piece_fault(piece("{\"a'\": \"\\\\u0000 '\"}")));
	assert_string_equal(spk_json_piece_fault(piece("{'a': 1}")), "A string is in single quotes");
	assert_string_equal(spk_json_piece_fault(piece("\"x\\u0000\"")), "A string holds a zero byte");
	assert_null(spk_json_piece_fault(piece("\"\\uD83d\\ude00 \\\\ud83d \\u005cud83d\"")));
	assert_string_equal(spk_json_piece_fault(piece("\"\\ud83d\"")), half);
	assert_string_equal(spk_json_piece_fault(piece("\"\\ude00\\ud83d\"")), half);
	assert_string_equal(spk_json_piece_fault(piece("\"\\ud83d\\ud83d\\ude00\"")), half);
	assert_string_equal(spk_json_piece_fault(piece("\"\\ud83d\\u0041\"")), half);
	assert_string_equal(spk_json_piece_fault(piece("\"\\ud83d\\ude0\"")), half);
	assert_int_equal(spk_json_count_keys(piece("{\"a:\": {\"b\": \":\"}, \"a:\": [{\"c\": 1}]}")),
					 4);
	assert_int_equal(spk_json_count_keys(piece("\"a\\\":")), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces), cmocka_unit_test(test_faults),
		cmocka_unit_test(test_limit),  cmocka_unit_test(test_long_keys),
		cmocka_unit_test(test_looks),
	};

	return cmocka_run_group_tests_name("json_pieces", tests, NULL, NULL);
}
