/*
 * test_event_schema.c
 *	  Lines of any log, by schemas of their own: where the columns are found, what
 *	  they take, and which lines are left to the complete parser.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/uuid_text.h"
#include "core/events/event_line.h"
#include "unit_host.h"

#define PATH(...)                 \
	.path = (const char *const[]) \
	{                             \
		__VA_ARGS__               \
	}
#define KEY(key) PATH(key), .path_len = 1, .label = key, .lenient = true, .folds = true

static UnitHost		  unit = UNIT_HOST_INIT;
static SpkSchema	 *schema;
static SpkLineParser *parser;
static SpkEventRow	  row;

static void
open_schema(const SpkColumnPlan *plans, int n)
{
	SpkHost host = unit_host(&unit);

	schema = spk_schema_new(plans, n, &host);
	assert_non_null(schema);
	parser = spk_line_parser_new(schema, &host);
	assert_non_null(parser);
	assert_true(spk_event_row_init(&row, schema->n_columns, &host));
}

static void
close_schema(void)
{
	SpkHost host = unit_host(&unit);

	spk_event_row_release(&row, &host);
	spk_release(&host, parser);
	spk_release(&host, schema);
	assert_int_equal(unit.live, 0);
}

/* Parses a copy that ends where the line ends, so that reads beyond show. */
static bool
parse(const char *line)
{
	static char *copy = NULL;
	size_t		 len = strlen(line);

	free(copy);
	copy = malloc(len + (len == 0));
	assert_non_null(copy);
	memcpy(copy, line, len);
	return spk_line_parse(parser, copy, len, &row);
}

static void
assert_text(int col, const char *expected)
{
	assert_false(row.isnull[col]);
	assert_int_equal(row.field[col].text.len, strlen(expected));
	assert_memory_equal(row.field[col].text.data, expected, strlen(expected));
}

/* The tree of places: shared steps, several columns at one, indexes of arrays. */
static void
test_places(void **state)
{
	const SpkColumnPlan plans[] = {
		{KEY("a"), .type = SPK_TYPE_TEXT},
		{PATH("a", "b"), .path_len = 2, .label = "b", .type = SPK_TYPE_INT4},
		{PATH("a", "0"), .path_len = 2, .label = "0", .type = SPK_TYPE_INT4},
		{PATH("a", "-1"), .path_len = 2, .label = "-1", .type = SPK_TYPE_INT4},
		{PATH("a", "00"), .path_len = 2, .label = "00", .type = SPK_TYPE_INT4},
		{KEY("Other"), .type = SPK_TYPE_TEXT},
		{KEY("other"), .type = SPK_TYPE_TEXT},
	};
	bool exact;
	int	 a;

	(void) state;
	open_schema(plans, 7);
	assert_int_equal(schema->n_nodes, 8);
	assert_false(schema->any_object);
	a = spk_schema_find(schema, SPK_ROOT, "a", 1, &exact);
	assert_true(exact);
	assert_int_equal(schema->nodes[a].column, 0);
	assert_int_equal(schema->nodes[a].leaf, -1);
	assert_int_equal(spk_schema_find(schema, SPK_ROOT, "A", 1, &exact), a);
	assert_false(exact);
	assert_int_equal(schema->nodes[spk_schema_element(schema, a, 0)].column, 2);
	assert_int_equal(spk_schema_element(schema, a, 1), SPK_NO_NODE);
	assert_true(spk_schema_counts_from_end(schema, a));
	assert_false(spk_schema_takes_containers(schema, a));
	/* inside of objects nothing is folded, and 00 is a key alone */
	assert_int_equal(spk_schema_find(schema, a, "B", 1, &exact), SPK_NO_NODE);
	assert_int_equal(schema->nodes[spk_schema_find(schema, a, "00", 2, &exact)].is_index, false);
	/* of two that fold to the same, the one in lower case */
	assert_int_equal(schema->nodes[spk_schema_find(schema, SPK_ROOT, "OTHER", 5, &exact)].column,
					 6);
	assert_int_equal(schema->nodes[spk_schema_find(schema, SPK_ROOT, "Other", 5, &exact)].column,
					 5);
	assert_string_equal(spk_schema_top(schema, 3)->key, "a");
	close_schema();
}

/* Objects and arrays are entered where something is inside, and passed over elsewhere. */
static void
test_nested(void **state)
{
	const SpkColumnPlan plans[] = {
		{KEY("id"), .type = SPK_TYPE_INT8},
		{PATH("p", "items", "1", "price"), .path_len = 4, .label = "price",
		 .type = SPK_TYPE_NUMBER},
		{PATH("p", "name"), .path_len = 2, .label = "name", .type = SPK_TYPE_TEXT},
		{PATH("p"), .path_len = 1, .label = "p", .type = SPK_TYPE_JSON},
		{.path_len = 0, .label = "line", .type = SPK_TYPE_JSON},
	};
	const char *line =
		"{\"x\":{\"a\":[1,{\"b\":\"}\"},[]],\"c\":{}}, \"p\": { \"name\":\"n\" , \"items\":[{},"
		"{\"price\":1.50,\"z\":[null]},3] },\"id\":7}";

	(void) state;
	open_schema(plans, 5);
	for (int round = 0; round < 2; round++)
	{
		assert_true(parse(line));
		assert_int_equal(row.field[0].integer, 7);
		assert_text(1, "1.50");
		assert_text(2, "n");
		assert_text(3, "{ \"name\":\"n\" , \"items\":[{},{\"price\":1.50,\"z\":[null]},3] }");
		assert_text(4, line);
	}
	assert_true(parse("{\"p\":{},\"id\":null}"));
	assert_true(row.isnull[0] && row.isnull[1] && row.isnull[2]);
	assert_text(3, "{}");
	assert_true(parse("{\"p\":[1,2],\"id\":1}"));
	assert_text(3, "[1,2]");
	assert_true(parse("{\"p\":null}"));
	assert_true(row.isnull[3]);

	/* what is broken, repeated or kept with an exponent is somebody else's */
	assert_false(parse("{\"p\":{\"name\":\"n\"}"));
	assert_false(parse("{\"p\":{\"name\":\"n\",\"name\":\"n\"}}"));
	assert_false(parse("{\"p\":{\"name\":\"n\"},\"p\":{}}"));
	assert_false(parse("{\"p\":{\"name\":\"n\",}}"));
	assert_false(parse("{\"p\":{\"name\":{}}}"));
	assert_false(parse("{\"p\":{\"z\":1e5}}"));
	assert_false(parse("{\"x\":{\"z\":[1,]}}"));
	assert_false(parse("{\"x\":{\"z\":01}}"));
	assert_false(parse("{\"x\":{\"z\" 1}}"));
	assert_false(parse("{\"x\":{\"z\":1}"));
	assert_false(parse("{\"x\":[1}"));
	assert_false(parse("{\"x\":[\"\\ud800\"]}"));
	assert_false(parse("{\"id\":{}}"));
	close_schema();
}

/* As deep as the fast way goes, and one more. */
static void
test_depth(void **state)
{
	const SpkColumnPlan plans[] = {{KEY("id"), .type = SPK_TYPE_INT8}};
	char				line[256];

	(void) state;
	open_schema(plans, 1);
	for (int depth = 1; depth < 40; depth++)
	{
		char *at = line + sprintf(line, "{\"id\":1,\"x\":");

		for (int i = 0; i < depth; i++)
			at += sprintf(at, "[");
		*at++ = '1';
		for (int i = 0; i < depth; i++)
			at += sprintf(at, "]");
		sprintf(at, "}");
		assert_int_equal(parse(line), depth < 24);
	}
	close_schema();
}

/* Numbers in quotes, booleans as numbers, "" as NULL, and what has no such rules. */
static void
test_lenient_values(void **state)
{
	const SpkColumnPlan plans[] = {
		{KEY("i"), .type = SPK_TYPE_INT2, .blank = true},
		{KEY("n"), .type = SPK_TYPE_NUMBER, .blank = true},
		{KEY("t"), .type = SPK_TYPE_TEXT},
		{KEY("b"), .type = SPK_TYPE_BOOL},
		{KEY("u"), .type = SPK_TYPE_UUID},
		{KEY("s"), .type = SPK_TYPE_TIME, .unit = SPK_UNIT_SECONDS, .blank = true},
		{KEY("at"), .type = SPK_TYPE_TIME},
		{KEY("f"), .type = SPK_TYPE_FLOAT},
	};

	(void) state;
	open_schema(plans, 8);
	assert_true(parse(
		"{\"i\":\"-7\",\"n\":\"0.10\",\"t\":1.0,\"b\":true,\"s\":\"1538352117.25\",\"f\":\"2.5\","
		"\"u\":\"0f8fad5b-d9cd-4b1c-8a3e-2f4d6c8a9b10\",\"at\":\"2018-10-01\"}"));
	assert_int_equal(row.field[0].integer, -7);
	assert_text(1, "0.10");
	assert_text(2, "1.0");
	assert_int_equal(row.field[3].integer, 1);
	assert_text(4, "0f8fad5b-d9cd-4b1c-8a3e-2f4d6c8a9b10");
	assert_int_equal(row.field[5].integer, INT64_C(591667317250000));
	assert_int_equal(row.field[6].integer, INT64_C(591667200000000));
	assert_true(row.field[7].number == 2.5);

	assert_true(parse("{\"i\":\"\",\"n\":\"\",\"s\":\"\",\"t\":\"\"}"));
	assert_true(row.any_blank);
	assert_int_equal(*row.blank, 1 | 2 | 32);
	assert_int_equal(*row.given, 4);
	assert_text(2, "");
	assert_true(parse("{\"i\":true,\"n\":false,\"t\":false,\"f\":true}"));
	assert_false(row.any_blank);
	assert_int_equal(*row.blank, 0);
	assert_int_equal(row.field[0].integer, 1);
	assert_text(1, "0");
	assert_text(2, "false");
	assert_true(row.field[7].number == 1);

	/* with more digits than 64 bits hold: as they are spelled, or the nearest double */
	assert_true(parse("{\"n\":0.07000000000000000000,\"t\":-0,\"f\":0.30000000000000004}"));
	assert_text(1, "0.07000000000000000000");
	assert_text(2, "-0");
	assert_true(row.field[7].number == 0.1 + 0.2);
	assert_true(parse("{\"f\":\"123456789012345678901234567890\"}"));
	assert_true(row.field[7].number == 123456789012345678901234567890.0);
	assert_false(parse("{\"f\":\"1234567890123456789012345678901x\"}"));
	assert_false(parse("{\"i\":1234567890123456789012345678901}"));

	assert_false(parse("{\"i\":32768}"));
	assert_false(parse("{\"i\":\"7 \"}"));
	assert_false(parse("{\"i\":\"+7\"}"));
	assert_false(parse("{\"i\":\"1\\u0030\"}"));
	assert_false(parse("{\"b\":1}"));
	assert_false(parse("{\"b\":\"true\"}"));
	assert_false(parse("{\"u\":\"0f8fad5b\"}"));
	assert_false(parse("{\"u\":\"\"}"));
	assert_false(parse("{\"at\":1538352117}"));
	assert_false(parse("{\"at\":\"\"}"));
	assert_false(parse("{\"s\":true}"));
	close_schema();
}

/* What a number of units is, to the microsecond, up to the ends of PostgreSQL's time. */
static void
test_units(void **state)
{
	static const struct
	{
		SpkTimeUnit unit;
		const char *number;
		int64_t		usecs; /* after 1970 */
	} cases[] = {
		{SPK_UNIT_SECONDS, "1.5", 1500000},	  {SPK_UNIT_SECONDS, "0.0000004", 0},
		{SPK_UNIT_SECONDS, "0.0000005", 1},	  {SPK_UNIT_SECONDS, "-0.0000005", 0},
		{SPK_UNIT_SECONDS, "-0.0000006", -1}, {SPK_UNIT_SECONDS, "-1.25", -1250000},
		{SPK_UNIT_MILLISECONDS, "-1", -1000}, {SPK_UNIT_MICROSECONDS, "-1", -1},
		{SPK_UNIT_NANOSECONDS, "1499", 1},	  {SPK_UNIT_NANOSECONDS, "1500", 2},
		{SPK_UNIT_NANOSECONDS, "-1500", -1},  {SPK_UNIT_NANOSECONDS, "0.00000000000000001", 0},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		SpkColumnPlan plan = {KEY("t"), .type = SPK_TYPE_TIME, .unit = cases[i].unit};
		char		  line[64];

		open_schema(&plan, 1);
		snprintf(line, sizeof(line), "{\"t\":%s}", cases[i].number);
		assert_true(parse(line));
		assert_int_equal(row.field[0].integer, cases[i].usecs - INT64_C(946684800000000));
		close_schema();
	}
}

/* The ends of time themselves, which do not fit 64 bits when they are counted from 1970. */
static void
test_ends_of_time(void **state)
{
	SpkColumnPlan plan = {KEY("t"), .type = SPK_TYPE_TIME, .unit = SPK_UNIT_SECONDS};

	(void) state;
	open_schema(&plan, 1);
	assert_true(parse("{\"t\":9224318015999}"));
	assert_int_equal(row.field[0].integer, INT64_C(9223371331199000000));
	assert_false(parse("{\"t\":9224318016000}"));
	assert_true(parse("{\"t\":-210866803200}"));
	assert_int_equal(row.field[0].integer, -INT64_C(211813488000000000));
	assert_false(parse("{\"t\":-210866803201}"));
	close_schema();
}

/* Keys of any length, more of them than are learned, and columns beyond one word of a set. */
static void
test_many_columns(void **state)
{
	enum
	{
		N = 400
	};
	static char			 keys[N][120];
	static const char	*paths[N];
	static SpkColumnPlan plans[N];
	static char			 line[N * 140];
	static bool			 taken;

	(void) state;
	for (int i = 0; i < N; i++)
	{
		snprintf(
			keys[i], sizeof(keys[i]), "key %d %.*s", i, i % 100,
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
			"xxxxxxxxxxxxxxxx");
		paths[i] = keys[i];
		plans[i] = (SpkColumnPlan) {.path = &paths[i],
									.path_len = 1,
									.label = keys[i],
									.type = SPK_TYPE_INT4,
									.lenient = true};
	}
	open_schema(plans, N);
	for (int round = 0; round < 6; round++)
	{
		char *at = line;

		*at++ = '{';
		for (int i = 0; i < N; i++)
			at += sprintf(at, "%s\"%s%s\":%d", i > 0 ? "," : "", keys[(i * 7 + round) % N],
						  i % 5 == 4 ? " unknown" : "", (i * 7 + round) % N);
		strcpy(at, "}");
		taken = parse(line);
		assert_true(taken);
		for (int i = 0; i < N; i++)
		{
			int col = (i * 7 + round) % N;

			assert_int_equal(spk_bits_has(row.given, col), i % 5 != 4);
			assert_int_equal(row.isnull[col], i % 5 == 4);
			if (!row.isnull[col])
				assert_int_equal(row.field[col].integer, col);
		}
	}
	/* more keys than can be learned, of which this one is known all the time */
	for (int i = 0; i < 3000; i++)
	{
		snprintf(line, sizeof(line), "{\"new %d\":1,\"%s\":%d,\"%d\":{}}", i, keys[7], i, i);
		taken = parse(line);
		assert_true(taken);
		assert_int_equal(row.field[7].integer, i);
		assert_true(row.isnull[8]);
	}
	/* one of them twice */
	snprintf(line, sizeof(line), "{\"%s\":1,\"%s\":1}", keys[300], keys[300]);
	assert_false(parse(line));
	close_schema();
}

/* Without columns, or with one of the whole line, any object is an event. */
static void
test_any_object(void **state)
{
	const SpkColumnPlan whole[] = {{.path_len = 0, .label = "line", .type = SPK_TYPE_JSON}};
	const SpkColumnPlan one[] = {{KEY("a"), .type = SPK_TYPE_TEXT}};

	(void) state;
	open_schema(NULL, 0);
	assert_true(parse("{\"b\":1}"));
	assert_false(parse("[1]"));
	close_schema();
	open_schema(whole, 1);
	assert_true(parse("{\"b\":1}"));
	close_schema();
	open_schema(one, 1);
	assert_false(parse("{\"b\":1}"));
	assert_true(parse("{\"A\":null}"));
	close_schema();
}

static void
test_no_memory(void **state)
{
	SpkHost host = unit_host(&unit);

	(void) state;
	unit.allocs_left = 0;
	assert_null(spk_schema_new_music(&host));
	unit.allocs_left = 1;
	schema = spk_schema_new_music(&host);
	assert_non_null(schema);
	assert_null(spk_line_parser_new(schema, &host));
	assert_false(spk_event_row_init(&row, 3, &host));
	spk_release(&host, schema);
	unit.allocs_left = -1;
	assert_int_equal(unit.live, 0);
}

static void
test_uuids(void **state)
{
	static const char *const good[] = {"0f8fad5bd9cd4b1c8a3e2f4d6c8a9b10",
									   "{0F8FAD5B-d9cd-4b1c-8a3e-2f4d6c8a9b10}",
									   "0f8f-ad5b-d9cd-4b1c-8a3e-2f4d-6c8a-9b10"};
	static const char *const bad[] = {"",
									  "{",
									  "{}",
									  "0f8fad5bd9cd4b1c8a3e2f4d6c8a9b1",
									  "0f8fad5bd9cd4b1c8a3e2f4d6c8a9b10-",
									  "0f8fad5bd9cd4b1c8a3e2f4d6c8a9b101",
									  "-0f8fad5bd9cd4b1c8a3e2f4d6c8a9b10",
									  "0f8--ad5bd9cd4b1c8a3e2f4d6c8a9b10",
									  "{0f8fad5bd9cd4b1c8a3e2f4d6c8a9b10",
									  "0f8fad5bd9cd4b1c8a3e2f4d6c8a9b1g"};

	(void) state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(spk_uuid_valid(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(spk_uuid_valid(bad[i], strlen(bad[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),		 cmocka_unit_test(test_nested),
		cmocka_unit_test(test_depth),		 cmocka_unit_test(test_lenient_values),
		cmocka_unit_test(test_units),		 cmocka_unit_test(test_ends_of_time),
		cmocka_unit_test(test_many_columns), cmocka_unit_test(test_any_object),
		cmocka_unit_test(test_no_memory),	 cmocka_unit_test(test_uuids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
