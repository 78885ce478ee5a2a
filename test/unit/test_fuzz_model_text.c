/*
 * test_fuzz_model_text.c
 *	  The corpus of models' text, and mutations of it: see
 *	  test/fuzz/fuzz_model_text.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../fuzz/fuzz_model_text.h"
#include "unit_corpus.h"

#ifndef MUTATIONS
#define MUTATIONS 40000
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
									 "0",
									 "-0.0",
									 "1e999",
									 "-1",
									 "99999999999999999999",
									 "0.5",
									 "[]",
									 "{}",
									 "[[",
									 "]]",
									 "\"features\": [",
									 "\"trees\": [",
									 "\"terms\": [",
									 "\"name\": \"x\"",
									 "\"left\"",
									 "\"category\"",
									 "\"categories\": []",
									 "\"edges\": []",
									 "\"counts\": [0]",
									 "\"calibrate\": \"isotonic\"",
									 "\"transform\": \"auto\"",
									 "\"transform\": \"none\"",
									 "\"weights\": \"w\"",
									 "\"monotone\": {\"a\": \"increasing\"}",
									 "\"decreasing\"",
									 "\"interactions\": [[\"a\"]]",
									 "[\"b\", \"c\"]",
									 "\"scores\": [",
									 "[0, 5]",
									 "[0, [1], 5]",
									 "[0, 0, \"right\", 5]",
									 "\"random_forest\"",
									 "\"naive_bayes\""};

static Corpus corpus = {.random_state = 43,
						.tokens = tokens,
						.n_tokens = sizeof(tokens) / sizeof(tokens[0])};

static void
test_seeds(void **state)
{
	(void) state;
	corpus_read(&corpus, "../fuzz/corpus/model_text");
	corpus_replay(&corpus);
	for (int a = 0; a < SPK_N_ALGORITHMS; a++)
		assert_true(fuzz_text_models[a] > 0);
}

static void
test_mutations(void **state)
{
	uint64_t before = 0;
	uint64_t after = 0;

	(void) state;
	for (int a = 0; a < SPK_N_ALGORITHMS; a++)
		before += fuzz_text_models[a];
	corpus_run_mutations(&corpus, MUTATIONS);
	for (int a = 0; a < SPK_N_ALGORITHMS; a++)
		after += fuzz_text_models[a];
	assert_true(after > before + MUTATIONS / 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seeds),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests_name("fuzz_model_text", tests, NULL, NULL);
}
