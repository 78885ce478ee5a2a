/*
 * test_fuzz_import.c
 *	  The corpus of other programs' models, and mutations of it: see
 *	  test/fuzz/fuzz_import.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../fuzz/fuzz_import.h"
#include "unit_corpus.h"

#ifndef MUTATIONS
#define MUTATIONS 20000
#endif

static const char *const tokens[] = {"{",
									 "}",
									 "[",
									 "]",
									 ",",
									 ":",
									 "\"",
									 "\\",
									 "\\u0000",
									 "\\ud800",
									 "'",
									 "null",
									 "true",
									 "false",
									 "0",
									 "-1",
									 "2",
									 "1e999",
									 "1e-35",
									 "-0.0",
									 "99999999999999999999",
									 "\"==\"",
									 "\"<=\"",
									 "\"Zero\"",
									 "\"NaN\"",
									 "\"0||1\"",
									 "\"left_child\": {",
									 "\"leaf_value\": 1",
									 "\"leaf_count\": 0.5",
									 "\"values\": [0, 1]",
									 "\"pandas_categorical\": [[\"a\"]]",
									 "[1,-1,-1]",
									 "[0,0,0]",
									 "\"c\"",
									 "\"cats\":",
									 "\"offsets\":[0,1]",
									 "\"base_score\":\"5E-1\"",
									 "\"num_feature\":\"9\""};

static Corpus corpus = {.random_state = 47,
						.tokens = tokens,
						.n_tokens = sizeof(tokens) / sizeof(tokens[0])};

static void
test_seeds(void **state)
{
	(void) state;
	corpus_read(&corpus, "../fuzz/corpus/import");
	corpus_replay(&corpus);
	for (int i = 0; i < SPK_N_IMPORT_FORMATS; i++)
		assert_true(fuzz_imported[i] > 1);
}

static void
test_mutations(void **state)
{
	uint64_t before = 0;
	uint64_t after = 0;

	(void) state;
	for (int i = 0; i < SPK_N_IMPORT_FORMATS; i++)
		before += fuzz_imported[i];
	corpus_run_mutations(&corpus, MUTATIONS);
	for (int i = 0; i < SPK_N_IMPORT_FORMATS; i++)
		after += fuzz_imported[i];
	assert_true(after > before + MUTATIONS / 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seeds),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests_name("fuzz_import", tests, NULL, NULL);
}
