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
#include "unit_host.h"

#define BIT(col)	(UINT64_C(1) << (col))
#define ALL_COLUMNS (BIT(SPK_N_COLUMNS) - 1)

static UnitHost		  unit = UNIT_HOST_INIT;
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
	return !spk_event_row_init(&row, SPK_N_COLUMNS, &host);
}

static int
free_music(void **state)
{
	SpkHost host = unit_host(&unit);

	(void) state;
	spk_event_row_release(&row, &host);
	spk_release(&host, parser);
	spk_release(&host, schema);
	return unit.live != 0;
}

static SpkEventTally *
new_tally(int n_columns)
{
	SpkEventTally *tally = malloc(spk_tally_size(n_columns));

	assert_non_null(tally);
	spk_tally_clear(tally, n_columns);
	return tally;
}

static void
add(SpkEventTally *tally, const char *line, uint64_t wanted)
{
	spk_line_parser_want(parser, &wanted);
	assert_true(spk_line_parse(parser, line, strlen(line), &row));
	spk_tally_add(tally, schema, &row, line, strlen(line));
}

static void
test_counts(void **state)
{
	SpkEventTally *tally = new_tally(SPK_N_COLUMNS);

	(void) state;
	add(tally, "{\"ts\":1538352117,\"page\":\"home\",\"user_id\":1}", ALL_COLUMNS);
	add(tally, "{\"ts\":1538352117000,\"page\":\"Home\",\"registration\":\"2100-01-01\"}",
		ALL_COLUMNS);
	add(tally, "{\"ts\":4200000000000.0,\"page\":null,\"level\":\"free\"}",
		UINT64_C(1) << SPK_COL_LEVEL);
	assert_int_equal(tally->rows, 3);
	assert_int_equal(*spk_tally_given(tally),
					 UINT64_C(1) << SPK_COL_TS | UINT64_C(1) << SPK_COL_PAGE |
						 UINT64_C(1) << SPK_COL_REGISTRATION | UINT64_C(1) << SPK_COL_LEVEL);
	assert_int_equal(tally->columns[SPK_COL_TS].times.early, 1);
	assert_int_equal(tally->columns[SPK_COL_TS].times.late, 0); /* nobody wanted it */
	assert_int_equal(tally->columns[SPK_COL_REGISTRATION].times.late, 1);
	assert_int_equal(tally->pages, 2);
	assert_int_equal(tally->other_pages, 1);
	assert_string_equal(tally->page_names.name[0], "home");
	assert_int_equal(tally->keys.n, 1);
	assert_string_equal(tally->keys.name[0], "user_id");
	free(tally);
}

/* The edges of what is plausible: the first moment of 1980, the last of 2099. */
static void
test_edges(void **state)
{
	static const char *const lines[] = {"{\"ts\":\"1980-01-01\"}",
										"{\"ts\":\"2099-12-31T23:59:59.999999\"}",
										"{\"ts\":\"1979-12-31T23:59:59.999999\"}",
										"{\"ts\":\"2100-01-01\"}"};
	SpkEventTally			*tally = new_tally(SPK_N_COLUMNS);

	(void) state;
	for (int i = 0; i < 4; i++)
	{
		assert_int_equal(tally->columns[SPK_COL_TS].times.early, i > 2);
		assert_int_equal(tally->columns[SPK_COL_TS].times.late, 0);
		add(tally, lines[i], ALL_COLUMNS);
	}
	assert_int_equal(tally->columns[SPK_COL_TS].times.late, 1);
	free(tally);
}

/* All of the first hundred lines are searched, then ever fewer. */
static void
test_looks(void **state)
{
	SpkEventTally *tally = new_tally(SPK_N_COLUMNS);
	int			   looks = 0;

	(void) state;
	for (int i = 1; i <= 100000; i++)
	{
		char line[64];
		int	 n;

		tally->keys.n = 0;
		snprintf(line, sizeof(line), "{\"ts\":%d,\"key\":0}", i);
		add(tally, line, 0);
		n = tally->keys.n;
		if (i <= 100)
			assert_int_equal(n, 1);
		looks += n;
	}
	assert_in_range(looks, 101, 120);
	free(tally);
}

/* The spelling changes after many rows: what was NULL is counted, and the key found. */
static void
test_lacking(void **state)
{
	SpkEventTally *tally = new_tally(SPK_N_COLUMNS);
	SpkEventTally *other = new_tally(SPK_N_COLUMNS);

	(void) state;
	for (int i = 0; i < 1000; i++)
		add(tally, "{\"ts\":1,\"userId\":\"1\",\"sessionId\":1,\"page\":\"Home\"}", 0);
	assert_int_equal(tally->lacking, 0);
	for (int i = 0; i < 150; i++)
		add(tally,
			i % 2 ? "{\"ts\":1,\"user_id\":\"1\",\"sessionId\":1,\"page\":\"Home\"}" :
					"{\"ts\":1,\"userId\":\"1\",\"session\":1,\"user_id\":1}",
			0);
	assert_int_equal(tally->lacking, 150);
	assert_int_equal(tally->columns[SPK_COL_USERID].without, 75);
	assert_int_equal(tally->columns[SPK_COL_SESSIONID].without, 75);
	assert_int_equal(tally->columns[SPK_COL_PAGE].without, 75);
	assert_int_equal(tally->columns[SPK_COL_LEVEL].without, 0);
	assert_int_equal(*spk_tally_meant(tally), UINT64_C(1) << SPK_COL_USERID);
	spk_tally_merge(other, tally);
	spk_tally_merge(other, tally);
	assert_int_equal(other->columns[SPK_COL_USERID].without, 150);
	assert_int_equal(*spk_tally_meant(other), UINT64_C(1) << SPK_COL_USERID);
	free(tally);
	free(other);
}

static void
test_merge(void **state)
{
	static const char *const lines[] = {"{\"ts\":1,\"a\":0}",
										"{\"userId\":\"\",\"page\":\"x\",\"a\":0}",
										"{\"page\":\"Home\",\"b\":0}",
										"{\"page\":\"y\",\"registration\":9999999999999}",
										"{\"ts\":4102444800000,\"registration\":1,\"c\":0}"};
	SpkEventTally			*whole = new_tally(SPK_N_COLUMNS);
	SpkEventTally			*parts[2] = {new_tally(SPK_N_COLUMNS), new_tally(SPK_N_COLUMNS)};
	SpkEventTally			*merged = new_tally(SPK_N_COLUMNS);

	(void) state;
	for (int i = 0; i < 5; i++)
	{
		add(whole, lines[i], ALL_COLUMNS);
		add(parts[i % 2], lines[i], ALL_COLUMNS);
	}
	spk_tally_merge(merged, parts[0]);
	spk_tally_merge(merged, parts[1]);
	assert_int_equal(merged->rows, whole->rows);
	assert_int_equal(*spk_tally_given(merged), *spk_tally_given(whole));
	assert_memory_equal(&merged->columns[SPK_COL_TS].times, &whole->columns[SPK_COL_TS].times,
						sizeof(SpkOddTimes));
	assert_memory_equal(&merged->columns[SPK_COL_REGISTRATION].times,
						&whole->columns[SPK_COL_REGISTRATION].times, sizeof(SpkOddTimes));
	assert_int_equal(whole->columns[SPK_COL_TS].times.early +
						 whole->columns[SPK_COL_TS].times.late +
						 whole->columns[SPK_COL_REGISTRATION].times.early +
						 whole->columns[SPK_COL_REGISTRATION].times.late,
					 4);
	assert_int_equal(merged->pages, whole->pages);
	assert_int_equal(merged->other_pages, whole->other_pages);
	assert_int_equal(merged->page_names.n, 2);
	assert_int_equal(merged->keys.n, 3);
	free(whole);
	free(merged);
	free(parts[0]);
	free(parts[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),	cmocka_unit_test(test_edges), cmocka_unit_test(test_looks),
		cmocka_unit_test(test_lacking), cmocka_unit_test(test_merge),
	};

	return cmocka_run_group_tests(tests, make_music, free_music);
}
