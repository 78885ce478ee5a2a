/*
 * test_event_names.c
 *	  Unit tests of src/core/events/event_names.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/events/event_names.h"
#include "unit_host.h"

static UnitHost	  unit = UNIT_HOST_INIT;
static SpkSchema *schema;
static SpkNames	  names;

static int
make_music(void **state)
{
	SpkHost host = unit_host(&unit);

	(void) state;
	schema = spk_schema_new_music(&host);
	return schema == NULL;
}

static int
free_music(void **state)
{
	SpkHost host = unit_host(&unit);

	(void) state;
	spk_release(&host, schema);
	return unit.live != 0;
}

static int
add_keys(const char *line)
{
	memset(&names, 0, sizeof(names));
	spk_names_add_keys(&names, schema, line, strlen(line));
	return names.n;
}

static void
test_keys(void **state)
{
	(void) state;
	assert_int_equal(add_keys("{}"), 0);
	assert_int_equal(add_keys("{\"ts\":1,\"userId\":\"30\",\"USERID\":\"x\",\"sessionid\":29}"), 0);
	assert_int_equal(
		add_keys(
			" { \"user_id\" : \"page\" , \"a\":[\"b\",{\"c\":\"d\"},\"e\"], \"f\\\"\":{\"g\":1,\"h\":\"i\"},"
			"\"user_id\":null,\"j\":\"k,l\"} "),
		4);
	assert_string_equal(names.name[0], "user_id");
	assert_string_equal(names.name[1], "a");
	assert_string_equal(names.name[2], "f\\\"");
	assert_string_equal(names.name[3], "j");
	assert_false(names.more);
	/* what is no JSON ends somehow */
	(void) add_keys("{\"a");
	(void) add_keys("{\"a\\");
	(void) add_keys("}]{\"");
	(void) add_keys("\"");
}

static void
test_bounds(void **state)
{
	char	 line[64];
	SpkNames others = {0};
	char	 key[80];

	(void) state;
	memset(&names, 0, sizeof(names));
	for (int i = 0; i < SPK_MAX_NAMES; i++)
	{
		snprintf(line, sizeof(line), "{\"key %d\":0}", i);
		spk_names_add_keys(&names, schema, line, strlen(line));
	}
	assert_false(names.more);
	spk_names_add(&names, "key 3", 5);
	assert_false(names.more);
	spk_names_add(&others, "key 3", 5);
	spk_names_merge(&names, &others);
	assert_false(names.more);
	spk_names_add(&others, "another", 7);
	spk_names_merge(&names, &others);
	assert_true(names.more);
	assert_int_equal(names.n, SPK_MAX_NAMES);

	/* cut between characters: 62 bytes and the first of two */
	memset(&names, 0, sizeof(names));
	memset(key, 'a', sizeof(key));
	memcpy(key + 62, "\xC3\xA9", 2);
	spk_names_add(&names, key, 80);
	assert_int_equal(strlen(names.name[0]), 62);
	spk_names_add(&names, key + 1, 79);
	assert_int_equal(strlen(names.name[1]), 63);
}

static void
test_like(void **state)
{
	(void) state;
	assert_int_equal(spk_event_column_like(schema, "user_id"), SPK_COL_USERID);
	assert_int_equal(spk_event_column_like(schema, "User Id"), SPK_COL_USERID);
	assert_int_equal(spk_event_column_like(schema, "item-in-session"), SPK_COL_ITEMINSESSION);
	assert_int_equal(spk_event_column_like(schema, "_ts"), SPK_COL_TS);
	assert_int_equal(spk_event_column_like(schema, "userid"), SPK_EVENT_NO_COLUMN);
	assert_int_equal(spk_event_column_like(schema, "userId"), SPK_EVENT_NO_COLUMN);
	assert_int_equal(spk_event_column_like(schema, "customer_id"), SPK_EVENT_NO_COLUMN);
	assert_int_equal(spk_event_column_like(schema, "user\xC2\xA0id"), SPK_EVENT_NO_COLUMN);
	assert_int_equal(spk_event_column_like(schema, ""), SPK_EVENT_NO_COLUMN);
	assert_int_equal(spk_event_column_like(schema, "___"), SPK_EVENT_NO_COLUMN);
	assert_int_equal(spk_event_column_like(schema, "a_key_that_is_longer_than_any_of_ours"),
					 SPK_EVENT_NO_COLUMN);
}

static void
test_ascii(void **state)
{
	char name[] = "K\xC3\xB6ln\t\xF0\x9F\x8E\xB5!";

	(void) state;
	spk_name_to_ascii(name);
	assert_string_equal(name,
						"K?ln?"
						"?!");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_like),
		cmocka_unit_test(test_ascii),
	};

	return cmocka_run_group_tests(tests, make_music, free_music);
}
