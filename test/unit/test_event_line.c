/*
 * test_event_line.c
 *	  The fast way to an event: what it takes, what it leaves, and that it means
 *	  what json-c means.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/event_strict.h"
#include "core/events/event_line.h"
#include "core/base/utf8.h"
#include "unit_corpus.h"

#ifndef MUTATIONS
#define MUTATIONS 200000
#endif

static UnitHost		  unit = UNIT_HOST_INIT;
static SpkLineWay	  way;
static SpkSchema	 *schema;
static SpkLineParser *parser;
static SpkEventRow	  row;

static int
make_music(void **state)
{
	SpkHost host = unit_host(&unit);

	(void) state;
	schema = spk_schema_new_music(&host);
	assert_non_null(schema);
	parser = spk_line_parser_new(schema, &host);
	assert_non_null(parser);
	spk_line_parser_set_way(parser, way);
	assert_true(spk_event_row_init(&row, schema->n_columns, &host));
	return 0;
}

static int
free_music(void **state)
{
	SpkHost host = unit_host(&unit);

	(void) state;
	spk_event_row_release(&row, &host);
	spk_release(&host, parser);
	spk_release(&host, schema);
	assert_int_equal(unit.live, 0);
	return 0;
}

/* Parses a copy that ends where the line ends, so that reads beyond show. */
static bool
parse_bytes(const char *line, size_t len)
{
	static char *copy = NULL;

	free(copy);
	copy = malloc(len + (len == 0));
	assert_non_null(copy);
	memcpy(copy, line, len);
	return spk_line_parse(parser, copy, len, &row);
}

static bool
parse(const char *line)
{
	return parse_bytes(line, strlen(line));
}

static void
assert_text(int col, const char *expected)
{
	assert_false(row.isnull[col]);
	assert_int_equal(row.field[col].text.len, strlen(expected));
	assert_memory_equal(row.field[col].text.data, expected, strlen(expected));
}

static void
test_common_lines(void **state)
{
	(void) state;
	for (int round = 0; round < 2; round++)
	{
		assert_true(
			parse("{\"ts\":1538352117000,\"userId\":\"30\",\"sessionId\":29,\"page\":\"Next"
				  "Song\",\"status\":200,\"length\":277.89016,\"userAgent\":\"\\\"Mo\\/5\\\"\"}"));
		assert_int_equal(row.field[SPK_COL_TS].integer, INT64_C(591667317000000));
		assert_int_equal(row.field[SPK_COL_SESSIONID].integer, 29);
		assert_int_equal(row.field[SPK_COL_STATUS].integer, 200);
		assert_true(row.field[SPK_COL_LENGTH].number == 277.89016);
		assert_text(SPK_COL_USERID, "30");
		assert_text(SPK_COL_PAGE, "NextSong");
		assert_text(SPK_COL_USERAGENT, "\"Mo/5\"");
		assert_true(row.isnull[SPK_COL_SONG]);
	}
	/* another order, nulls, spaces, floats, what is no column */
	assert_true(
		parse("{\"song\": null, \"registration\": 1540919166796.0, \"x\": \"y\", \"userId\": 7}"));
	assert_true(row.isnull[SPK_COL_SONG]);
	assert_int_equal(row.field[SPK_COL_REGISTRATION].integer, INT64_C(594234366796000));
	assert_text(SPK_COL_USERID, "7");
}

static void
test_wanted(void **state)
{
	uint64_t	song = UINT64_C(1) << SPK_COL_SONG;
	const char *line = "{\"page\":\"a\\nb\",\"status\":1,\"song\":\"c\\td\"}";

	(void) state;
	spk_line_parser_want(parser, &song);
	assert_true(spk_line_parse(parser, line, strlen(line), &row));
	assert_true(row.isnull[SPK_COL_PAGE]);
	assert_true(row.isnull[SPK_COL_STATUS]);
	assert_text(SPK_COL_SONG, "c\td");
	line = "{\"page\":\"a\\xb\",\"song\":\"c\"}";
	assert_false(spk_line_parse(parser, line, strlen(line), &row));
	spk_line_parser_want(parser, schema->all);
}

/* Keys in any case, as fast as in the source's: the spelling is learnt. */
static void
test_folded_keys(void **state)
{
	static const char *const lines[] = {
		"{\"ts\":1,\"userid\":\"30\",\"sessionid\":29,\"useragent\":null,\"iteminsession\":50}",
		"{\"TS\":1,\"USERID\":\"30\",\"SESSIONID\":29,\"ITEMINSESSION\":50}",
		"{\"ts\":1,\"userId\":\"30\",\"sessionId\":29,\"itemInSession\":50,\"user_id\":7,\"\xC3\x8D\":1}",
		"{\"Ts\":1,\"uSERiD\":\"30\",\"seSSionid\":29,\"itemInSESSION\":50}"};
	uint32_t given = 1u << SPK_COL_TS | 1u << SPK_COL_USERID | 1u << SPK_COL_SESSIONID |
		1u << SPK_COL_ITEMINSESSION;

	(void) state;
	for (int i = 0; i < 16; i++)
	{
		const char *line = lines[i % 8 / 2];

		assert_true(parse(line));
		assert_int_equal(*row.given, given);
		assert_text(SPK_COL_USERID, "30");
		assert_int_equal(row.field[SPK_COL_SESSIONID].integer, 29);
		assert_int_equal(row.field[SPK_COL_ITEMINSESSION].integer, 50);
	}
	/* the bits that make letters small make others of other bytes */
	assert_false(parse("{\"t\x53\x10\":1}"));
	assert_false(parse("{\"pa@e\":\"a\",\"pa\x07"
					   "e\":1}"));
	assert_true(parse("{\"ts\":1,\"[ser{d\":\"\"}"));
	assert_int_equal(*row.given, 1u << SPK_COL_TS);
}

static void
test_times(void **state)
{
	(void) state;
	assert_true(parse(
		"{\"ts\":\"2018-10-01T00:01:57.123Z\",\"registration\":\"2018-10-01 05:45:00+05:45\"}"));
	assert_int_equal(row.field[SPK_COL_TS].integer, INT64_C(591667317123000));
	assert_int_equal(row.field[SPK_COL_REGISTRATION].integer, INT64_C(591667200000000));
	assert_false(parse("{\"ts\":\"2018-10-01T00:01:57.123 CET\"}"));
	assert_false(parse("{\"ts\":\"2018-10-01T00\\u003a01:57\"}"));
	assert_false(parse("{\"ts\":\"\"}"));
	/* other columns know no times */
	assert_false(parse("{\"ts\":1,\"sessionId\":\"2018-10-01\"}"));
}

/* Whatever \uXXXX stands for, but for half of a surrogate pair, and U+0000. */
static void
test_unicode_escapes(void **state)
{
	(void) state;
	assert_true(parse("{\"page\":\"\\u0061\\u00e9\\u20AC\\ud83c\\udfb5\\n\"}"));
	assert_text(SPK_COL_PAGE, "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x8E\xB5\n");
	assert_false(parse("{\"page\":\"\\u0000\"}"));
	assert_false(parse("{\"page\":\"\\ud83c\"}"));
	assert_false(parse("{\"page\":\"\\udfb5\"}"));
	assert_false(parse("{\"page\":\"\\ud83cx\"}"));
	assert_false(parse("{\"page\":\"\\ud83c\\u0061\"}"));
	assert_false(parse("{\"page\":\"\\u006\"}"));
	assert_false(parse("{\"page\":\"\\u00g1\"}"));
	assert_false(parse("{\"page\":\"\\u006}"));
	assert_false(parse("{\"page\":\"\\ud83c\\udfb}"));
	assert_false(parse("{\"page\":\"\\U0061\"}"));
}

/* Runs of escapes of any length and at any place, in texts that are wanted and in others. */
static void
test_escape_runs(void **state)
{
	static const char *const written[] = {"\\u3042", "\\ud83c\\udfb5", "\\u00E9", "\\u007f",
										  "\\/",	 "\xE3\x81\x82"};
	static const char *const meant[] = {"\xE3\x81\x82", "\xF0\x9F\x8E\xB5", "\xC3\xA9", "\x7F", "/",
										"\xE3\x81\x82"};

	(void) state;
	for (int n = 0; n < 60; n++)
	{
		for (int kind = 0; kind < 36; kind++)
		{
			char line[2048] = "{\"x\":\"";
			char expected[512] = "";

			/* before and behind a run there may be plain text */
			for (int round = 0; round < 2; round++)
			{
				char *end = stpcpy(line + strlen(line), round == 0 ? "" : "\",\"page\":\"");

				expected[0] = '\0';
				for (int i = 0; i < n; i++)
				{
					int piece = (i * 7 + n) % 5 < 2 ? kind % 6 : kind / 6;

					end = stpcpy(end, written[piece]);
					strcat(expected, meant[piece]);
				}
				memset(end, 'a', (size_t) (n % 19));
				end[n % 19] = '\0';
				strncat(expected, "aaaaaaaaaaaaaaaaaaa", (size_t) (n % 19));
			}
			strcat(line, "\"}");
			assert_true(parse(line));
			assert_text(SPK_COL_PAGE, expected);
		}
	}
}

/* Each byte at each place of an escape or a pair, at the end of the line and before. */
static void
test_escape_digits(void **state)
{
	static const char *const texts[] = {"\\u00e9", "\\ud83c\\udfb5"};

	(void) state;
	for (int i = 0; i < 2 * 12 * 255; i++)
	{
		const char *text = texts[i % 2];
		size_t		at = (size_t) (i / 2 % 12) % strlen(text);
		int			byte = i / 24 + 1;
		bool		is_pair = i % 2 == 1;
		char		line[64];

		for (int behind = 0; behind < 2; behind++)
		{
			int32_t code;
			bool	taken;

			snprintf(line, sizeof(line), "{\"page\":\"%s\"%s}", text,
					 behind == 0 ? "" : ",\"song\":\"aaaaaaaaaaaaaaaa\"");
			line[9 + at] = (char) byte;
			taken = parse(line);
			if (at % 6 < 2)
				continue; /* another escape, or none: the judge is asked in test_against_judge */
			code = isxdigit(byte) ? (int32_t) strtol(line + 11 + (at > 5 ? 6 : 0), NULL, 16) : -1;
			if (!is_pair)
				assert_int_equal(taken, code > 0 && (code < 0xD800 || code > 0xDFFF));
			else if (at > 5)
				assert_int_equal(taken, code >= 0xDC00 && code <= 0xDFFF);
			else
				assert_int_equal(taken, code >= 0xD800 && code <= 0xDBFF);
		}
	}
}

/* Keys may have escapes, and mean what they are without; two spellings are left. */
static void
test_escaped_keys(void **state)
{
	(void) state;
	for (int round = 0; round < 3; round++)
	{
		assert_true(parse(
			"{\"t\\u0073\":1,\"\\u0070\\u0041ge\":\"a\",\"\\u3042\\u3044\\n\":{\"\\u3046\":2}}"));
		assert_int_equal(row.field[SPK_COL_TS].integer, INT64_C(-946684799999000));
		assert_text(SPK_COL_PAGE, "a");
		assert_false(parse("{\"ts\":1,\"t\\u0073\":1}"));
		assert_false(parse("{\"ts\":1,\"t\\u00zz\":1}"));
		assert_false(parse("{\"ts\":1,\"\\udfb5\":1}"));
		assert_false(parse("{\"ts\":1,\"\\u0000\":1}"));
		/* too long to be learnt */
		assert_true(parse(
			"{\"ts\":1,\"\\u3042\\u3042\\u3042\\u3042\\u3042\\u3042\\u3042\\u3042\\u3042\\u3042\\u3042"
			"\\u3042\\u3042\\u3042\\u3042\\u3042\\u3042\\u3042\\u3042\\u3042\\u3042\":1}"));
	}
}

/* Columns at one place share its text: together they need no more room than the line. */
static void
test_shared_places(void **state)
{
	static const char *const path[] = {"a"};
	static const char *const other[] = {"b"};
	SpkColumnPlan			 plans[5] = {
				   {.path = path, .path_len = 1, .label = "a", .type = SPK_TYPE_TEXT, .lenient = true},
				   {.path = other, .path_len = 1, .label = "b", .type = SPK_TYPE_TEXT, .lenient = true},
	   };
	static char	   line[SPK_FAST_LINE_BYTES];
	SpkHost		   host = unit_host(&unit);
	SpkSchema	  *many;
	SpkLineParser *reader;
	SpkEventRow	   event;
	uint64_t	   some = 3;
	size_t		   len = SPK_FAST_LINE_BYTES - 40;

	(void) state;
	plans[2] = plans[3] = plans[4] = plans[0];
	many = spk_schema_new(plans, 5, &host);
	reader = spk_line_parser_new(many, &host);
	assert_true(spk_event_row_init(&event, 5, &host));
	memset(line, 'x', sizeof(line));
	memcpy(line, "{\"a\":\"\\n", 8);
	memcpy(line + len, "\",\"b\":\"\\u3042\"}", 15);
	assert_true(spk_line_parse(reader, line, len + 15, &event));
	for (int col = 0; col < 5; col++)
	{
		assert_int_equal(event.field[col].text.len, col == 1 ? 3 : (int) len - 7);
		assert_memory_equal(event.field[col].text.data, col == 1 ? "\xE3\x81\x82" : "\nxx", 3);
	}
	/* those that are not wanted leave the room to the one that is */
	spk_line_parser_want(reader, &some);
	assert_true(spk_line_parse(reader, line, len + 15, &event));
	assert_memory_equal(event.field[0].text.data, "\nxx", 3);
	assert_memory_equal(event.field[1].text.data, "\xE3\x81\x82", 3);
	spk_event_row_release(&event, &host);
	spk_release(&host, reader);
	spk_release(&host, many);
}

/* Not all of these are wrong, but all are somebody else's. */
static void
test_left_lines(void **state)
{
	/* clang-format off */
	static const char *const lines[] = {
		"", "{", "}", "{}", "[]", " {\"page\":\"a\"}", "{\"page\":\"a\"} ",
		"{\"page\":\"a\",\"page\":\"a\"}", "{\"page\":\"\\ud800\"}", "{\"page\":\"a}",
		"{\"page\":\"a\\}", "{\"page\":\"a\tb\"}", "{\"page\":[]}", "{\"ts\":1,\"x\":{]}",
		"{\"ts\":1,\"pa\\ud800ge\":1}", "{\"p\\u0061ge\":1,\"page\":1}", "{\"page\":true}", "{\"page\":1.0}", "{\"page\":}",
		"{\"page\"}", "{\"page\":\"a\",}", "{\"page\":\"a\"}}", "{\"ts\":\"1\"}",
		"{\"page\":\"a\",\"Page\":\"a\"}", "{\"PAGE\":null,\"page\":\"a\"}", "{\"x\":1}",
		"{\"sessionId\":1,\"user_id\":\"1\"}",
		"{\"ts\":-1}", "{\"ts\":1.5}", "{\"ts\":1e3}", "{\"ts\":253402300800000}",
		"{\"ts\":1,\"status\":2147483648}", "{\"ts\":1,\"status\":-0}", "{\"ts\":1,\"status\":00}",
		"{\"ts\":1,\"sessionId\":1000000000000000000}", "{\"ts\":1,\"sessionId\":9007199254740993.0}",
		"{\"ts\":1,\"length\":9007199254740993}", "{\"ts\":1,\"length\":-0.0}", "{\"ts\":1,\"length\":1.}",
		"{\"ts\":1,\"length\":.5}", "{\"ts\":1,\"length\":-}", "{\"ts\":1,\"length\":NaN}", "{\"ts\":1,\"x\":nil}",
		"{\"page\":\"\xff\"}", "{\"ts\":1,\"x\":\"\xc3\"}", "{\"ts\":1,\"\xc3\":1}", "{\"page\":nul}"
	};
	/* clang-format on */

	(void) state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
	{
		if (parse(lines[i]))
			fail_msg("taken: %s", lines[i]);
	}
	assert_false(parse_bytes("{\"page\":\"a\0b\"}", 14));
}

/* Every length and place of the byte that ends a text. */
static void
test_text_lengths(void **state)
{
	static const char *const ends[] = {"\"}", "\\\"\"}", "\xC3\xA9\"}", "\x1F\"}", "\xC3\"}", "}"};
	static const bool		 taken[] = {true, true, true, false, false, false};

	(void) state;
	for (int len = 0; len < 70; len++)
	{
		for (int i = 0; i < 6; i++)
		{
			char line[128];

			snprintf(line, sizeof(line), "{\"page\":\"%.*s%s", len,
					 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
					 ends[i]);
			assert_int_equal(parse(line), taken[i]);
			if (taken[i])
				assert_int_equal(row.field[SPK_COL_PAGE].text.len, len + (i == 0 ? 0 : i));
		}
	}
}

static void
test_long_line(void **state)
{
	static char line[SPK_FAST_LINE_BYTES + 1];

	(void) state;
	memset(line, 'a', sizeof(line));
	memcpy(line, "{\"page\":\"", 9);
	memcpy(line + SPK_FAST_LINE_BYTES - 2, "\"}", 2);
	assert_true(parse_bytes(line, SPK_FAST_LINE_BYTES));
	line[SPK_FAST_LINE_BYTES - 2] = 'a';
	memcpy(line + SPK_FAST_LINE_BYTES - 1, "\"}", 2);
	assert_false(parse_bytes(line, SPK_FAST_LINE_BYTES + 1));
}

static void
test_utf8(void **state)
{
	static const char *const good[] = {"",
									   "abc",
									   "\xC2\x80",
									   "\xDF\xBF",
									   "\xE0\xA0\x80",
									   "\xED\x9F\xBF",
									   "\xEE\x80\x80",
									   "\xEF\xBF\xBF",
									   "\xF0\x90\x80\x80",
									   "\xF4\x8F\xBF\xBF",
									   "12345678\xC3\xA9"
									   "12345678"};
	static const char *const bad[] = {"\x80",
									  "\xBF",
									  "\xC0\x80",
									  "\xC1\xBF",
									  "\xC2",
									  "\xC2\x7F",
									  "\xC2\xC0",
									  "\xE0\x9F\x80",
									  "\xE0\xA0",
									  "\xED\xA0\x80",
									  "\xE1\x80\xC0",
									  "\xF0\x8F\x80\x80",
									  "\xF0\x90\x80",
									  "\xF4\x90\x80\x80",
									  "\xF5\x80\x80\x80",
									  "\xFF",
									  "1234567\xC3",
									  "12345678\xA9"};

	(void) state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(spk_utf8_valid(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(spk_utf8_valid(bad[i], strlen(bad[i])));
	for (size_t i = 0; i < 20; i++)
	{
		char text[20];

		memset(text, 'a', sizeof(text));
		text[i] = '\0';
		assert_false(spk_utf8_valid(text, sizeof(text)));
	}
}

/* ---- the corpus, and mutations of it ---- */

static const char *const tokens[] = {"\"",
									 "\\",
									 "{",
									 "}",
									 "[",
									 "]",
									 ":",
									 ",",
									 " ",
									 "null",
									 "true",
									 "-",
									 ".",
									 "0",
									 "e5",
									 "userid\":",
									 "USERID\":",
									 "\"user_id\":",
									 "\"2018-10-01T00:01:57.5Z\"",
									 "+05:45\"",
									 "\"Page\":",
									 "9",
									 "5",
									 "\\\"",
									 "\\/",
									 "\\u0061",
									 "\\ud83c\\udfb5",
									 "\"props\":{",
									 "\"a\":[",
									 "{\"a\":",
									 "{}",
									 "[]",
									 "}}",
									 "]}",
									 "\"\"",
									 "\"12.50\"",
									 "1709294401.25",
									 "1e-5",
									 "\"page\":",
									 "\"ts\":",
									 "\"length\":",
									 "\"status\":",
									 "9007199254740993",
									 "2147483648",
									 "\xC3\xA9",
									 "\xED\xA0\x80",
									 "\xFF",
									 "\t",
									 "\x7F"};

static void
test_against_judge(void **state)
{
	static Corpus corpus = {.random_state = 42,
							.tokens = tokens,
							.n_tokens = sizeof(tokens) / sizeof(tokens[0])};

	(void) state;
	corpus_read(&corpus, "../fuzz/corpus/event_line");
	corpus_replay(&corpus);
	corpus_run_mutations(&corpus, MUTATIONS);
}

/* What is cut for a message ends with a whole character. */
static void
test_cuts(void **state)
{
	static const struct
	{
		const char *text;
		size_t		cut;
		size_t		whole;
	} cuts[] = {
		{"", 0, 0},
		{"abc", 2, 2},
		{"a\xC3\xA9", 3, 3},
		{"a\xC3\xA9", 2, 1},
		{"\xC3\xA9", 1, 0},
		{"\xE2\x82\xAC", 3, 3},
		{"\xE2\x82\xAC", 2, 0},
		{"\xE2\x82\xAC", 1, 0},
		{"a\xF0\x9F\x8E\xB5", 5, 5},
		{"a\xF0\x9F\x8E\xB5", 4, 1},
		{"a\xF0\x9F\x8E\xB5", 2, 1},
	};
	SpkEventFault fault;
	char		  text[400];

	(void) state;
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
		assert_int_equal(spk_utf8_whole(cuts[i].text, cuts[i].cut), cuts[i].whole);

	for (size_t shift = 0; shift < 4; shift++)
	{
		size_t len = shift;

		memset(text, 'x', shift);
		for (; len < sizeof(text) - 4; len += 4)
			memcpy(text + len, "\xF0\x9F\x8E\xB5", 4);
		text[len] = '\0';
		assert_false(spk_fault(&fault, SPK_FAULT_TYPE, "%s", text));
		len = strlen(fault.reason);
		assert_true(len > sizeof(fault.reason) - 5 && len < sizeof(fault.reason));
		assert_true(spk_utf8_valid(fault.reason, len));
	}
}

/*
 * Whole numbers and fractions of each count of digits, at each distance from the line's
 * end, where digits are read one by one.
 */
static void
test_digits(void **state)
{
	static const char digits[] = "9071826354453627180";
	char			  line[96];

	(void) state;
	for (int n = 1; n < (int) sizeof(digits); n++)
	{
		for (int behind = 0; behind < 12; behind++)
		{
			snprintf(line, sizeof(line), "{\"ts\":1,\"sessionId\":%.*s%*s}", n, digits, behind, "");
			/* more than 18 are for the complete parser */
			assert_int_equal(parse(line), n <= 18);
			if (n <= 18)
				assert_int_equal(row.field[SPK_COL_SESSIONID].integer,
								 strtoll(strrchr(line, ':') + 1, NULL, 10));
			snprintf(line, sizeof(line), "{\"ts\":1,\"length\":1.%.*s%*s}", n, digits, behind, "");
			assert_int_equal(parse(line), n <= 15);
			if (n <= 15)
				assert_true(row.field[SPK_COL_LENGTH].number ==
							strtod(strrchr(line, ':') + 1, NULL));
		}
	}
	/* what is next to digits in ASCII, and what only its low bits make one */
	for (int byte = 1; byte < 256; byte++)
	{
		snprintf(line, sizeof(line), "{\"ts\":1,\"sessionId\":123%c45,\"status\":200}", byte);
		assert_int_equal(parse(line), byte >= '0' && byte <= '9');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digits),			cmocka_unit_test(test_common_lines),
		cmocka_unit_test(test_wanted),			cmocka_unit_test(test_folded_keys),
		cmocka_unit_test(test_times),			cmocka_unit_test(test_left_lines),
		cmocka_unit_test(test_text_lengths),	cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_unicode_escapes), cmocka_unit_test(test_escape_runs),
		cmocka_unit_test(test_escape_digits),	cmocka_unit_test(test_escaped_keys),
		cmocka_unit_test(test_shared_places),
	};
	const struct CMUnitTest others[] = {
		cmocka_unit_test(test_cuts), cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_against_judge), /* in all ways */
	};
	int failed = cmocka_run_group_tests(others, NULL, NULL);

	for (way = SPK_LINE_PLAIN; way <= SPK_LINE_AVX512; way++)
	{
		if (spk_line_has_way(way))
			failed += cmocka_run_group_tests(tests, make_music, free_music);
	}
	return failed;
}
