/*
 * test_event_tally.c
 *	  Unit tests of src/core/events/event_tally.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/events/event_tally.h"

static SpkLineParser parser;

static void
add(SpkEventTally *tally, const char *line, uint32_t wanted)
{
	SpkEventRow row;

	assert_true(spk_line_parse(&parser, line, strlen(line), wanted, &row));
	spk_tally_add(tally, &row, line, strlen(line));
}

static void
test_counts(void **state)
{
	SpkEventTally tally = {0};

	(void) state;
	add(&tally, "{\"ts\":1538352117,\"page\":\"home\",\"user_id\":1}", SPK_ALL_COLUMNS);
	add(&tally, "{\"ts\":1538352117000,\"page\":\"Home\",\"registration\":\"2100-01-01\"}",
		SPK_ALL_COLUMNS);
	add(&tally, "{\"ts\":4200000000000.0,\"page\":null,\"level\":\"free\"}", 1u << SPK_COL_LEVEL);
	assert_int_equal(tally.rows, 3);
	assert_int_equal(tally.given,
					 1u << SPK_COL_TS | 1u << SPK_COL_PAGE | 1u << SPK_COL_REGISTRATION |
						 1u << SPK_COL_LEVEL);
	assert_int_equal(tally.ts.early, 1);
	assert_int_equal(tally.ts.late, 0); /* nobody wanted it */
	assert_int_equal(tally.registration.late, 1);
	assert_int_equal(tally.pages, 2);
	assert_int_equal(tally.other_pages, 1);
	assert_string_equal(tally.page_names.name[0], "home");
	assert_int_equal(tally.keys.n, 1);
	assert_string_equal(tally.keys.name[0], "user_id");
}

/* The edges of what is plausible: the first moment of 1980, the last of 2099. */
static void
test_edges(void **state)
{
	static const char *const lines[] = {"{\"ts\":\"1980-01-01\"}",
										"{\"ts\":\"2099-12-31T23:59:59.999999\"}",
										"{\"ts\":\"1979-12-31T23:59:59.999999\"}",
										"{\"ts\":\"2100-01-01\"}"};
	SpkEventTally			 tally = {0};

	(void) state;
	for (int i = 0; i < 4; i++)
	{
		assert_int_equal(tally.ts.early, i > 2);
		assert_int_equal(tally.ts.late, 0);
		add(&tally, lines[i], SPK_ALL_COLUMNS);
	}
	assert_int_equal(tally.ts.late, 1);
}

/* All of the first hundred lines are searched, then ever fewer. */
static void
test_looks(void **state)
{
	SpkEventTally tally = {0};
	int			  looks = 0;

	(void) state;
	for (int i = 1; i <= 100000; i++)
	{
		char line[64];
		int	 n;

		tally.keys.n = 0;
		snprintf(line, sizeof(line), "{\"ts\":%d,\"key\":0}", i);
		add(&tally, line, 0);
		n = tally.keys.n;
		if (i <= 100)
			assert_int_equal(n, 1);
		looks += n;
	}
	assert_in_range(looks, 101, 120);
}

/* The spelling changes after many rows: what was NULL is counted, and the key found. */
static void
test_lacking(void **state)
{
	SpkEventTally tally = {0};
	SpkEventTally other = {0};

	(void) state;
	for (int i = 0; i < 1000; i++)
		add(&tally, "{\"ts\":1,\"userId\":\"1\",\"sessionId\":1,\"page\":\"Home\"}", 0);
	assert_int_equal(tally.lacking, 0);
	for (int i = 0; i < 150; i++)
		add(&tally,
			i % 2 ? "{\"ts\":1,\"user_id\":\"1\",\"sessionId\":1,\"page\":\"Home\"}" :
					"{\"ts\":1,\"userId\":\"1\",\"session\":1,\"user_id\":1}",
			0);
	assert_int_equal(tally.lacking, 150);
	assert_int_equal(tally.without[SPK_COL_USERID], 75);
	assert_int_equal(tally.without[SPK_COL_SESSIONID], 75);
	assert_int_equal(tally.without[SPK_COL_PAGE], 75);
	assert_int_equal(tally.without[SPK_COL_LEVEL], 0);
	assert_int_equal(tally.meant, 1u << SPK_COL_USERID);
	spk_tally_merge(&other, &tally);
	spk_tally_merge(&other, &tally);
	assert_int_equal(other.without[SPK_COL_USERID], 150);
	assert_int_equal(other.meant, 1u << SPK_COL_USERID);
}

static void
test_merge(void **state)
{
	static const char *const lines[] = {"{\"ts\":1,\"a\":0}",
										"{\"userId\":\"\",\"page\":\"x\",\"a\":0}",
										"{\"page\":\"Home\",\"b\":0}",
										"{\"page\":\"y\",\"registration\":9999999999999}",
										"{\"ts\":4102444800000,\"registration\":1,\"c\":0}"};
	SpkEventTally			 whole = {0};
	SpkEventTally			 parts[2] = {{0}};
	SpkEventTally			 merged = {0};

	(void) state;
	for (int i = 0; i < 5; i++)
	{
		add(&whole, lines[i], SPK_ALL_COLUMNS);
		add(&parts[i % 2], lines[i], SPK_ALL_COLUMNS);
	}
	spk_tally_merge(&merged, &parts[0]);
	spk_tally_merge(&merged, &parts[1]);
	assert_int_equal(merged.rows, whole.rows);
	assert_int_equal(merged.given, whole.given);
	assert_memory_equal(&merged.ts, &whole.ts, sizeof(SpkOddTimes));
	assert_memory_equal(&merged.registration, &whole.registration, sizeof(SpkOddTimes));
	assert_int_equal(whole.ts.early + whole.ts.late + whole.registration.early +
						 whole.registration.late,
					 4);
	assert_int_equal(merged.pages, whole.pages);
	assert_int_equal(merged.other_pages, whole.other_pages);
	assert_int_equal(merged.page_names.n, 2);
	assert_int_equal(merged.keys.n, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),	cmocka_unit_test(test_edges), cmocka_unit_test(test_looks),
		cmocka_unit_test(test_lacking), cmocka_unit_test(test_merge),
	};

	spk_line_parser_init(&parser);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
