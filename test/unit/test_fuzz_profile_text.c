/*
 * test_fuzz_profile_text.c
 *	  The corpus of profiles' texts, and mutations of it: see
 *	  test/fuzz/fuzz_profile_text.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../fuzz/fuzz_profile_text.h"
#include "json/profile_text.h"
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
									 "9223372036854775807",
									 "4294967295",
									 "null",
									 "T",
									 "Z",
									 "\\",
									 "\"cancelled\": \"2018-10-03T00:00:00.000007+00:00\", ",
									 "\"paid\": 1, ",
									 "\"Cancel\": 1, ",
									 "2018-10-03",
									 "+00:00",
									 "\"now\"",
									 "\\u0000",
									 "\303\251",
									 "'"};

static Corpus corpus = {.random_state = 42,
						.tokens = tokens,
						.n_tokens = sizeof(tokens) / sizeof(tokens[0])};

static void
test_seeds(void **state)
{
	(void) state;
	corpus_read(&corpus, "../fuzz/corpus/profile_text");
	corpus_replay(&corpus);
	assert_true(fuzz_profile_texts >= 10);
}

static void
test_mutations(void **state)
{
	uint64_t before = fuzz_profile_texts;

	(void) state;
	corpus_run_mutations(&corpus, MUTATIONS);
	assert_true(fuzz_profile_texts > before + MUTATIONS / 100);
}

/* What is wrong with a text, in full; NULL when nothing is. */
static const char *
fault_of(const char *text, size_t len)
{
	static char		said[512];
	UnitHost		h = UNIT_HOST_INIT;
	SpkHost			host = unit_host(&h);
	SpkProfileState state;
	SpkJsonParser	parser;
	SpkTextFault	fault;
	SpkStatus		status;

	assert_true(spk_json_parser_open(&parser, SPK_PROFILE_DEPTH));
	spk_profile_init(&state, &host);
	status = spk_profile_read_text(&parser, text, len, &state, &fault);
	spk_json_parser_close(&parser);
	spk_release(&host, state.closed.data);
	assert_int_equal(h.live, 0);
	if (status == SPK_OK)
		return NULL;
	assert_int_equal(status, SPK_CORRUPT);
	snprintf(said, sizeof(said), "%s%s%s", fault.before, fault.name, fault.after);
	return said;
}

#define START "{\"version\": 1, \"slices\": [{\"session\": 5, \"day\": \"2018-10-01\", "
#define HOME \
	"\"pages\": {\"Home\": 1}, \"first\": \"2018-10-01T01:00:00Z\", \"last\": \"2018-10-01T02:00:00Z\""

static void
test_faults(void **state)
{
	static const char *const texts[][2] = {
		{START HOME "}]}", NULL},
		{"{\"slices\": [], \"version\": 1}", NULL},
		{"{\"version\": 1}", "The member \"slices\" is missing"},
		{"{\"version\": 1, \"slices\": [0,0]}",
		 "A slice must be an object with \"session\", \"day\" and \"pages\""},
		{"{\"version\": 1, \"slices\": {}}", "An array is expected"},
		{"{\"version\": 1, \"slices\": [], \"version\": 1}",
		 "The member \"version\" is there twice"},
		{"{\"version\": 1, \"registration\": \"now\", \"slices\": []}",
		 "The member \"registration\" is not a time in UTC, such as 2018-10-01T23:59:00+00:00"},
		{"{\"version\": 1, \"gender\": \"M\", \"slices\": []}",
		 "The members \"gender\" and \"gender_at\" do not agree"},
		{START HOME ", \"session\": 6}]}", "A slice has a member twice"},
		{START "\"pages\": {\"Cancel\": 1, \"Cancel\": 1}}]}", "A slice has a member twice"},
		{START "\"pages\": {\"Cancel\": 9223372036854775808}}]}",
		 "The member \"Cancel\" is out of range"},
		{START "\"pages\": {\"Cancel\": 4294967296}}]}", "The member \"Cancel\" is out of range"},
		{START HOME ", \"listened_us\": 1}]}",
		 "The members of session 5 do not agree with its pages"},
		{START
		 "\"pages\": {\"NextSong\": 1}, \"first\": \"2018-10-01T01:00:00Z\", \"last\": \"2018-10-01T02:00:00Z\", "
		 "\"listened_us\": 9223372036854775808}]}",
		 "The member \"listened_us\" is out of range"},
		{START
		 "\"pages\": {\"Home\": 1}, \"first\": \"2018-10-01T03:00:00Z\", \"last\": \"2018-10-01T02:00:00Z\"}]}",
		 "A slice is malformed"},
		{START
		 "\"pages\": {\"Home\": 1}, \"first\": \"2018-10-02T01:00:00Z\", \"last\": \"2018-10-02T02:00:00Z\"}]}",
		 "A slice is malformed"},
		{START HOME ", \"level\": \"paid\", \"level_at\": \"2018-10-01T02:00:00Z\"}]}",
		 "A slice is malformed"},
		{START HOME ", \"level\": \"free\", \"level_at\": \"2018-10-01T02:30:00Z\"}]}",
		 "A slice is malformed"},
		{START HOME ", 'paid': 1}]}", "A string is in single quotes"},
		{START HOME ", \"\\u0000\": 1}]}", "A string holds a zero byte"},
		{START HOME ", \"x\": [[[[[[[[[]]]]]]]]]}]}", "The text is not JSON: nesting too deep"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
	{
		const char *fault = fault_of(texts[i][0], strlen(texts[i][0]));

		if (texts[i][1] == NULL)
			assert_null(fault);
		else
			assert_string_equal(fault != NULL ? fault : "nothing", texts[i][1]);
	}
}

/* A slice is as long as it may be, or a byte longer. */
static void
test_long_pieces(void **state)
{
	static const char start[] = START HOME;
	size_t							  slice_at = strchr(start + 1, '{') - start;

	(void) state;
	for (size_t len = 65535; len <= 65537; len++)
	{
		char *text = malloc(slice_at + len + 2);

		assert_non_null(text);
		memset(text, ' ', slice_at + len);
		memcpy(text, start, sizeof(start) - 1);
		memcpy(text + slice_at + len - 1, "}]}", 3);
		if (len <= 65536)
			assert_null(fault_of(text, slice_at + len + 2));
		else
			assert_string_equal(fault_of(text, slice_at + len + 2), "A value is too long");
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seeds),
		cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_long_pieces),
	};

	return cmocka_run_group_tests_name("fuzz_profile_text", tests, NULL, NULL);
}
