/*
 * test_line_shape.c
 *	  Lines whose shape is known, in each way that the processor can go: they are read as
 *	  in the plain way, whatever stands in their gaps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/events/event_line.h"
#include "core/events/line_key.h"
#include "unit_host.h"

#ifndef TRIALS
#define TRIALS 4000
#endif

#define LINE_BYTES 4096

static UnitHost		  unit = UNIT_HOST_INIT;
static SpkLineWay	  way;
static SpkSchema	 *schema;
static SpkLineParser *plain;
static SpkLineParser *parser;
static SpkEventRow	  expected;
static SpkEventRow	  row;
static uint64_t		  random_state = 42;

static size_t
draw(size_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (size_t) (random_state % n);
}

static void
make_parsers(SpkSchema *of)
{
	SpkHost host = unit_host(&unit);

	schema = of;
	assert_non_null(schema);
	plain = spk_line_parser_new(schema, &host);
	parser = spk_line_parser_new(schema, &host);
	assert_true(plain != NULL && parser != NULL);
	spk_line_parser_set_way(plain, SPK_LINE_PLAIN);
	spk_line_parser_set_way(parser, way);
	assert_true(spk_event_row_init(&expected, schema->n_columns, &host));
	assert_true(spk_event_row_init(&row, schema->n_columns, &host));
}

static void
release_parsers(void)
{
	SpkHost host = unit_host(&unit);

	spk_event_row_release(&expected, &host);
	spk_event_row_release(&row, &host);
	spk_release(&host, plain);
	spk_release(&host, parser);
	spk_release(&host, schema);
	assert_int_equal(unit.live, 0);
}

static int
make_music(void **state)
{
	SpkHost host = unit_host(&unit);

	(void) state;
	make_parsers(spk_schema_new_music(&host));
	return 0;
}

/* A place inside of an object, one at it, an array, a number of any size, and the whole line. */
static int
make_any(void **state)
{
	static const char *const   os[] = {"device", "os"};
	static const char *const   at[] = {"at"};
	static const char *const   props[] = {"props"};
	static const char *const   tags[] = {"tags"};
	static const char *const   price[] = {"price"};
	static const char *const   n[] = {"n"};
	static const SpkColumnPlan plans[] = {
		{.path = os, .path_len = 2, .label = "os", .type = SPK_TYPE_TEXT, .lenient = true},
		{.path = at,
		 .path_len = 1,
		 .label = "at",
		 .type = SPK_TYPE_TIME,
		 .unit = SPK_UNIT_SECONDS,
		 .lenient = true,
		 .blank = true},
		{.path = props, .path_len = 1, .label = "props", .type = SPK_TYPE_JSON, .lenient = true},
		{.path = tags, .path_len = 1, .label = "tags", .type = SPK_TYPE_JSON, .lenient = true},
		{.path = price, .path_len = 1, .label = "price", .type = SPK_TYPE_NUMBER, .lenient = true},
		{.path = n,
		 .path_len = 1,
		 .label = "n",
		 .type = SPK_TYPE_INT4,
		 .lenient = true,
		 .blank = true},
		{.path = n, .path_len = 0, .label = "line", .type = SPK_TYPE_JSON, .lenient = true},
	};
	SpkHost host = unit_host(&unit);

	(void) state;
	make_parsers(spk_schema_new(plans, sizeof(plans) / sizeof(plans[0]), &host));
	return 0;
}

static int
release_all(void **state)
{
	(void) state;
	release_parsers();
	return 0;
}

static void
assert_same_rows(void)
{
	size_t words = SPK_BITS_WORDS(schema->n_columns) * sizeof(uint64_t);

	assert_memory_equal(row.given, expected.given, words);
	assert_memory_equal(row.blank, expected.blank, words);
	for (int col = 0; col < schema->n_columns; col++)
	{
		assert_int_equal(row.isnull[col], expected.isnull[col]);
		if (row.isnull[col])
			continue;
		if (!spk_type_is_text(schema->columns[col].type))
		{
			assert_int_equal(row.field[col].integer, expected.field[col].integer);
			continue;
		}
		assert_int_equal(row.field[col].text.len, expected.field[col].text.len);
		assert_memory_equal(row.field[col].text.data, expected.field[col].text.data,
							(size_t) row.field[col].text.len);
	}
}

/* Both ways say the same of a copy that ends where the line ends; returns whether they take it. */
static bool
check(const char *line)
{
	static char *copy = NULL;
	size_t		 len = strlen(line);
	bool		 taken;

	free(copy);
	copy = malloc(len);
	assert_non_null(copy);
	memcpy(copy, line, len);
	taken = spk_line_parse(plain, copy, len, &expected);
	assert_int_equal(spk_line_parse(parser, copy, len, &row), taken);
	if (taken)
		assert_same_rows();
	return taken;
}

/* Reads a line twice, so that its shape is known; it has one, unless the way is the plain one. */
static void
learn(const char *line)
{
	int before;

	assert_true(check(line));
	before = parser->shapes.found;
	assert_true(check(line));
	assert_int_equal(parser->shapes.found - before, way != SPK_LINE_PLAIN);
}

/* Puts a text of random tokens together. */
static void
put_tokens(char *text, size_t max, const char *const *tokens, size_t n)
{
	size_t count = draw(max);

	*text = '\0';
	for (size_t i = 0; i < count; i++)
		strcat(text, tokens[draw(n)]);
}

/* Texts at each distance from the ends of blocks, and as the last ones of a line. */
static void
test_texts(void **state)
{
	static const char *const tokens[] = {"a",
										 "Song ",
										 "\\\\",
										 "\\\"",
										 "\\u00e9",
										 "\\ud83c\\udfb5",
										 "\\uD83C",
										 "\\udfb5",
										 "\\u0000",
										 "\\u0001",
										 "\\n",
										 "\\x",
										 "\\",
										 "u",
										 "00",
										 "d8",
										 "\xC3\xA9",
										 "\xE6\x9D\xB1",
										 "0123456789 abcdefghijklmnopqrstuvwxyz 0123456789",
										 "\\u6771\\u4eac\\u591c\\u661f"};
	static const char *const rare[] = {"\"",  "\x1F", "\x80",		 "\\u12G4",
									   "\\/", "\x7F", "\xED\xA0\x80"};
	const size_t			 n = sizeof(tokens) / sizeof(tokens[0]);
	char					 text[1024];
	char					 line[LINE_BYTES];
	int						 taken = 0;

	(void) state;
	for (int wanted = 0; wanted < 2; wanted++)
	{
		uint64_t none = 0;

		spk_line_parser_want(plain, wanted ? schema->all : &none);
		spk_line_parser_want(parser, wanted ? schema->all : &none);
		learn("{\"ts\":1538352117000,\"page\":\"Home\",\"song\":\"x\"}");
		for (int trial = 0; trial < TRIALS; trial++)
		{
			/* most tokens are right, as in a log */
			put_tokens(text, 12, tokens, draw(4) == 0 ? n : 6);
			if (draw(8) == 0)
				strcat(text, rare[draw(sizeof(rare) / sizeof(rare[0]))]);
			snprintf(line, sizeof(line),
					 "{\"ts\":1538352117000,\"page\":\"%.*s%s\",\"song\":\"%s\"}", (int) draw(130),
					 "x                               %                       "
					 "                                                        "
					 "                    ",
					 text, draw(2) ? "" : text);
			taken += check(line);
		}
	}
	assert_in_range(taken, TRIALS / 2, 2 * TRIALS - TRIALS / 8);
}

/* Whatever may stand where a number does. */
static void
test_numbers(void **state)
{
	static const char *const tokens[] = {"0",	  "1",	   "9",	 "5",	"12345678", "00",	".",
										 "-",	  "e",	   "E5", "+",	" ",		"null", "true",
										 "false", "\"7\"", "{}", "[1]", "]"};
	char					 number[128];
	char					 line[LINE_BYTES];
	int						 taken = 0;

	(void) state;
	for (int wanted = 0; wanted < 2; wanted++)
	{
		uint64_t none = 0;

		spk_line_parser_want(plain, wanted ? schema->all : &none);
		spk_line_parser_want(parser, wanted ? schema->all : &none);
		learn("{\"ts\":1538352117000,\"status\":200,\"none\":7,\"length\":1.5,\"sessionId\":29}");
		for (int trial = 0; trial < TRIALS; trial++)
		{
			const char *values[] = {"1538352117000", "200", "7.25", "219.66322", "29"};

			put_tokens(number, draw(3) == 0 ? 9 : 4, tokens,
					   draw(4) == 0 ? sizeof(tokens) / sizeof(tokens[0]) : 7);
			values[draw(5)] = number;
			snprintf(line, sizeof(line),
					 "{\"ts\":%s,\"status\":%s,\"none\":%s,\"length\":%s,\"sessionId\":%s}",
					 values[0], values[1], values[2], values[3], values[4]);
			taken += check(line);
		}
	}
	assert_in_range(taken, TRIALS / 8, 2 * TRIALS - TRIALS / 8);
}

/* Numbers of each count of digits, with the point at each place. */
static void
test_digits(void **state)
{
	static const char digits[] = "90718263544536271809";
	char			  line[LINE_BYTES];

	(void) state;
	learn("{\"ts\":1538352117000,\"status\":200,\"length\":1.5,\"sessionId\":29}");
	for (int n = 1; n < (int) sizeof(digits); n++)
	{
		for (int point = 0; point <= n; point++)
		{
			snprintf(line, sizeof(line),
					 "{\"ts\":1538352117000,\"status\":200,\"length\":%.*s.%.*s,\"sessionId\":29}",
					 point, digits, n - point, digits + point);
			assert_int_equal(check(line), point > 0 && point < n && n <= 15);
			snprintf(line, sizeof(line),
					 "{\"ts\":%.*s,\"status\":200,\"length\":1.5,\"sessionId\":%.*s}", n, digits,
					 point, digits);
			(void) check(line);
		}
	}
}

/* The shape of a line that is cut, or has something more, is not that of the line. */
static void
test_other_shapes(void **state)
{
	static const char whole[] =
		"{\"ts\":1538352117000,\"page\":\"Next Song\",\"none\":{\"a\":[1,\"b\"],\"c\":{\"d\":\"e\"}},\"song\":\"x\"}";
	static const char more[] = "\"\\,:{}[] x0";
	char			  line[sizeof(whole) + 1];

	(void) state;
	learn(whole);
	for (size_t at = 0; at < sizeof(whole) - 1; at++)
	{
		memcpy(line, whole, at);
		strcpy(line + at, whole + at + 1);
		(void) check(line);
		for (size_t i = 0; i < sizeof(more) - 1; i++)
		{
			memcpy(line, whole, at);
			line[at] = more[i];
			strcpy(line + at + 1, whole + at);
			(void) check(line);
			strcpy(line + at + 1, whole + at + 1);
			(void) check(line);
		}
	}
}

/* More shapes than are kept, and lines of which none comes twice. */
static void
test_many_shapes(void **state)
{
	char line[LINE_BYTES];

	(void) state;
	for (int round = 0; round < 3; round++)
	{
		for (int i = 0; i < 3 * SPK_SHAPES; i++)
		{
			int len = snprintf(line, sizeof(line), "{\"ts\":1538352117000,\"page\":\"Home\"");

			for (int j = 0; j < i; j++)
				len += snprintf(line + len, sizeof(line) - (size_t) len, ",\"k%d\":\"v\"", j);
			snprintf(line + len, sizeof(line) - (size_t) len, "}");
			assert_true(check(line));
		}
	}
	for (int i = 0; i < 40000; i++)
	{
		snprintf(line, sizeof(line), "{\"ts\":1538352117000,\"page\":\"Home\",\"%d\":\"x\"}",
				 i % 5000);
		assert_true(check(line));
	}
	/* a shape is found again after a while without any */
	for (int i = 0; i < 40000; i++)
		assert_true(check("{\"ts\":1538352117000,\"page\":\"Home\",\"song\":\"x\"}"));
	if (way != SPK_LINE_PLAIN)
		assert_true(parser->shapes.found > 0);
}

/* Halves of pairs and what else is none at each distance from the ends of blocks. */
static void
test_wrong_escapes(void **state)
{
	static const char *const wrong[] = {"\\ud83c", "\\ud83cxx\\udfb5", "\\udfb5", "\\ud83c\\u0041",
										"\\u0000", "\\u12G4",		   "\\a"};
	char					 line[LINE_BYTES];

	(void) state;
	learn("{\"ts\":1538352117000,\"page\":\"Home\"}");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
	{
		for (int n = 0; n < 200; n++)
		{
			for (int behind = 0; behind < 80; behind += 79)
			{
				assert_true(check("{\"ts\":1538352117000,\"page\":\"Home\"}"));
				snprintf(line, sizeof(line), "{\"ts\":1538352117000,\"page\":\"%*s%s%*s\"}", n, "",
						 wrong[i], behind, "");
				assert_false(check(line));
			}
		}
	}
}

static void
test_short_and_long(void **state)
{
	char *line = malloc(40000);

	(void) state;
	assert_non_null(line);
	for (int n = 0; n < 200; n++)
	{
		snprintf(line, 40000, "{\"ts\":1,\"page\":\"%.*s\"}", n,
				 "%                                                                              "
				 "                                                                              "
				 "                                           ");
		for (int i = 0; i < 3; i++)
			assert_true(check(line));
	}
	for (int n = 32700; n < 32790; n++)
	{
		memset(line, 'x', 40000);
		memcpy(line, "{\"ts\":1,\"page\":\"", 16);
		strcpy(line + n - 2, "\"}");
		for (int i = 0; i < 3; i++)
			assert_int_equal(check(line), n <= SPK_FAST_LINE_BYTES);
	}
	free(line);
}

/* Containers with columns at them and inside, values of other types in quotes, and nested keys. */
static void
test_places(void **state)
{
	static const char *const values[] = {"\"x\"",
										 "\"\"",
										 "null",
										 "7",
										 "1700000000.25",
										 "\"2018-10-01T00:01:57Z\"",
										 "{}",
										 "[]",
										 "{\"os\":\"ios\"}",
										 "{\"os\":null,\"v\":[1,2]}",
										 "[1,\"a\",{\"b\":2}]",
										 "1e5",
										 "true",
										 "\"12\"",
										 "{\"os\":\"a\\u00e9\",\"os\":1}",
										 "\"\\u6771\""};
	const size_t			 n = sizeof(values) / sizeof(values[0]);
	char					 line[LINE_BYTES];

	(void) state;
	learn(
		"{\"at\":1700000000,\"device\":{\"os\":\"ios\",\"v\":3},\"n\":1,\"price\":1.5,\"props\":{\"a\":1}}");
	for (int wanted = 0; wanted < 2; wanted++)
	{
		uint64_t some = 0x25;

		spk_line_parser_want(plain, wanted ? schema->all : &some);
		spk_line_parser_want(parser, wanted ? schema->all : &some);
		for (int trial = 0; trial < TRIALS; trial++)
		{
			const char *order[] = {"1700000000", "{\"os\":\"ios\",\"v\":3}",
								   "1",			 "1.5",
								   "{\"a\":1}",	 "[1,2]"};

			for (size_t changes = draw(3); changes > 0; changes--)
				order[draw(6)] = values[draw(n)];
			snprintf(line, sizeof(line),
					 "{\"at\":%s,\"device\":%s,\"n\":%s, \"price\":%s,\"props\":%s,\"tags\": %s}",
					 order[0], order[1], order[2], order[3], order[4], order[5]);
			(void) check(line);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_texts, make_music, release_all),
		cmocka_unit_test_setup_teardown(test_numbers, make_music, release_all),
		cmocka_unit_test_setup_teardown(test_digits, make_music, release_all),
		cmocka_unit_test_setup_teardown(test_other_shapes, make_music, release_all),
		cmocka_unit_test_setup_teardown(test_many_shapes, make_music, release_all),
		cmocka_unit_test_setup_teardown(test_wrong_escapes, make_music, release_all),
		cmocka_unit_test_setup_teardown(test_short_and_long, make_music, release_all),
		cmocka_unit_test_setup_teardown(test_places, make_any, release_all),
	};
	int failed = 0;

	for (way = SPK_LINE_PLAIN; way <= SPK_LINE_AVX512; way++)
	{
		if (spk_line_has_way(way))
			failed += cmocka_run_group_tests(tests, NULL, NULL);
	}
	return failed;
}
