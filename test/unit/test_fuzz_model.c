/*
 * test_fuzz_model.c
 *	  The corpus of models, and mutations of it: see test/fuzz/fuzz_model.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../fuzz/fuzz_model.h"
#include "unit_corpus.h"

#ifndef MUTATIONS
#define MUTATIONS 40000
#endif

/* Counts at their ends, and floating-point numbers that are none or at theirs. */
static const char *const tokens[] = {"\0",
									 "\1",
									 "\377\1",
									 "\200\2",
									 "\377\377\377\377\17",
									 "\0\0\0\0\0\0\0\0",
									 "\0\0\0\0\0\0\0\200",
									 "\0\0\0\0\0\0\360\77",
									 "\0\0\0\0\0\0\340\77",
									 "\0\0\0\0\0\0\370\177",
									 "\0\0\0\0\0\0\360\177",
									 "\377\377\377\377\377\377\357\177",
									 "\1\0\0\0\0\0\0\0",
									 "\0\0\200\177",
									 "\0\0\300\177",
									 "\0\0\0\0",
									 "\377\377\177\177"};
static const size_t		 token_lengths[] = {1, 1, 2, 2, 5, 8, 8, 8, 8, 8, 8, 8, 8, 4, 4, 4, 4};

static Corpus corpus = {.random_state = 42,
						.tokens = tokens,
						.token_lengths = token_lengths,
						.n_tokens = sizeof(tokens) / sizeof(tokens[0])};

static void
test_seeds(void **state)
{
	(void) state;
	corpus_read(&corpus, "../fuzz/corpus/model");
	corpus_replay(&corpus);
	for (int a = 0; a < SPK_N_ALGORITHMS; a++)
		assert_true(fuzz_models[a] > 0);
}

static void
test_mutations(void **state)
{
	uint64_t before[SPK_N_ALGORITHMS];

	(void) state;
	memcpy(before, fuzz_models, sizeof(before));
	corpus_run_mutations(&corpus, MUTATIONS);
	for (int a = 0; a < SPK_N_ALGORITHMS; a++)
		assert_true(fuzz_models[a] > before[a] + MUTATIONS / 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seeds),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests_name("fuzz_model", tests, NULL, NULL);
}
