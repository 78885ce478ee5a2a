/*
 * test_fuzz_log_profile_text.c
 *	  The corpus of the texts of profiles of any log, and mutations of it: see
 *	  test/fuzz/fuzz_log_profile_text.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../fuzz/fuzz_log_profile_text.h"
#include "json/log_profile_text.h"
#include "unit_corpus.h"

#ifndef MUTATIONS
#define MUTATIONS 20000
#endif

/* What changes a text but leaves it one. */
static const char *const tokens[] = {"\"",
									 "{",
									 "}",
									 "[",
									 "]",
									 ",",
									 ":",
									 " ",
									 "1",
									 "0",
									 "-",
									 ".5",
									 "9223372036854775807",
									 "4294967295",
									 "null",
									 "true",
									 "T",
									 "Z",
									 "\\",
									 "\"more_names\": false, ",
									 "\"hours\": 1, ",
									 "\"other_events\": 1, ",
									 "\"id\": 1, ",
									 "\"hash\": \"0123456789\", ",
									 "{\"events\": 1, \"amounts\": 1, \"sum\": 1.5}",
									 "2018-10-03",
									 "+00:00",
									 "\"now\"",
									 "\\u0000",
									 "\\ud83d",
									 "\303\251",
									 "'"};

static Corpus corpus = {.random_state = 42,
						.tokens = tokens,
						.n_tokens = sizeof(tokens) / sizeof(tokens[0])};

static void
test_seeds(void **state)
{
	(void) state;
	corpus_read(&corpus, "../fuzz/corpus/log_profile_text");
	corpus_replay(&corpus);
	assert_true(fuzz_log_profile_texts >= 10);
}

static void
test_mutations(void **state)
{
	uint64_t before = fuzz_log_profile_texts;

	(void) state;
	corpus_run_mutations(&corpus, MUTATIONS);
	assert_true(fuzz_log_profile_texts > before + MUTATIONS / 100);
}

/* Which log a text is of, by the member that tells. */
static void
test_kind(void **state)
{
	static const char *const of_any_log[] = {"{\"days\": []}", " { \"version\" : 7 , \"days\":",
											 "{\"a\": {\"slices\": []}, \"days\": []}"};
	static const char *const others[] = {"",
										 "[",
										 "{}",
										 "{\"slices\": [], \"days\": []}",
										 "{\"version\": 2}",
										 "{\"version\": {\"days\": []}}",
										 "{\"d\\u0061ys\": []}",
										 "{\"days\" []}",
										 "{1: 2, \"days\": []}"};

	(void) state;
	for (size_t i = 0; i < sizeof(of_any_log) / sizeof(of_any_log[0]); i++)
		assert_true(spk_is_log_profile_text(of_any_log[i], strlen(of_any_log[i])));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(spk_is_log_profile_text(others[i], strlen(others[i])));
}

/* The text of what a text says; empty when it is refused. */
static void
read_and_write(const char *text, size_t len, char *written, size_t room)
{
	UnitHost		   unit = UNIT_HOST_INIT;
	SpkHost			   host = unit_host(&unit);
	SpkDictionary	   names;
	SpkLogProfileState profile;
	SpkWriter		   bytes = spk_writer(&host);
	SpkWriter		   again = spk_writer(&host);
	SpkJsonParser	   parser;
	SpkTextFault	   fault;
	const char		  *why;

	*written = '\0';
	assert_true(spk_json_parser_open(&parser, SPK_PROFILE_DEPTH));
	spk_dictionary_init(&names, &host, SPK_OWN_NAMES);
	spk_log_profile_init(&profile, &names);
	if (spk_log_profile_read_text(&parser, text, len, &profile, &fault) == SPK_OK)
	{
		assert_int_equal(spk_log_profile_encode(&profile, &bytes), SPK_OK);
		assert_int_equal(spk_log_profile_write_text(&host, bytes.data, bytes.len, &again, &why),
						 SPK_OK);
		assert_true(again.len < room);
		memcpy(written, again.data, again.len);
		written[again.len] = '\0';
	}
	spk_json_parser_close(&parser);
	spk_release(&host, bytes.data);
	spk_release(&host, again.data);
	spk_log_profile_release(&profile);
	spk_dictionary_release(&names);
	assert_int_equal(unit.live, 0);
}

#define BEFORE "{\"version\": 2, \"days\": [{\"day\": \"2018-10-03\", \"events\": {\"buy\": "
#define BEHIND \
	"}, \"sessions\": [{\"first\": \"2018-10-03T00:00:00+00:00\", \"last\": \"2018-10-03T00:00:00+00:00\"}]}]}"

/* Amounts are exact, and written as short as they can be. */
static void
test_amounts(void **state)
{
	static const char *const amounts[][2] = {
		{"1", "1"},
		{"0.1", "0.1"},
		{"0.000001", "0.000001"},
		{"19.990000", "19.99"},
		{"100", "100"},
		{"100.010", "100.01"},
		{"123456789012.345678", "123456789012.345678"},
		{"9223372036854", "9223372036854"},
		{"9223372036854.775807", "9223372036854.775807"},
		{"9223372036854.775808", NULL},
		{"9223372036855", NULL},
		{"9223372036855.0", NULL},
		{"99999999999999999999.5", NULL},
		{"0", NULL},
		{"0.0", NULL},
		{"-1", NULL},
		{"-0.5", NULL},
		{"0.0000001", NULL},
		{"1e2", NULL},
		{"1.5e2", NULL},
		{"\"1\"", NULL},
		{"NaN", NULL},
		{"Infinity", NULL},
		{"null", NULL},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++)
	{
		char text[512];
		char expected[512] = "";
		char written[512];

		snprintf(text, sizeof(text), "%s{\"events\": 1, \"amounts\": 1, \"sum\": %s}%s", BEFORE,
				 amounts[i][0], BEHIND);
		if (amounts[i][1] != NULL)
			snprintf(expected, sizeof(expected), "%s{\"events\": 1, \"amounts\": 1, \"sum\": %s}%s",
					 BEFORE, amounts[i][1], BEHIND);
		read_and_write(text, strlen(text), written, sizeof(written));
		assert_string_equal(written, expected);
	}
}

/* A text with a byte that ends it for C, in any place, is none. */
static void
test_zero_bytes(void **state)
{
	static const char text[] = BEFORE "1" BEHIND;
	char			  with_zero[sizeof(text)];
	char			  written[512];

	(void) state;
	read_and_write(text, sizeof(text) - 1, written, sizeof(written));
	assert_string_equal(written, text);
	for (size_t i = 0; i < sizeof(text) - 1; i++)
	{
		memcpy(with_zero, text, i);
		with_zero[i] = '\0';
		memcpy(with_zero + i + 1, text + i, sizeof(text) - 1 - i);
		read_and_write(with_zero, sizeof(text), written, sizeof(written));
		assert_string_equal(written, "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seeds),	   cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_kind),	   cmocka_unit_test(test_amounts),
		cmocka_unit_test(test_zero_bytes),
	};

	return cmocka_run_group_tests_name("fuzz_log_profile_text", tests, NULL, NULL);
}
