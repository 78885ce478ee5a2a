/*
 * test_fuzz_profile.c
 *	  The corpus of profiles, and mutations of it: see test/fuzz/fuzz_profile.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../fuzz/fuzz_profile.h"
#include "unit_corpus.h"

#ifndef MUTATIONS
#define MUTATIONS 40000
#endif

/* Counts and differences at their ends. */
static const char *const tokens[] = {"\0",
									 "\1",
									 "\2",
									 "\16",
									 "\377\1",
									 "\377\377\377\377\17",
									 "\377\377\377\377\377\377\377\377\177",
									 "\377\377\377\377\377\377\377\377\377\1"};
static const size_t		 token_lengths[] = {1, 1, 1, 1, 2, 5, 9, 10};

static Corpus corpus = {.random_state = 42,
						.tokens = tokens,
						.token_lengths = token_lengths,
						.n_tokens = sizeof(tokens) / sizeof(tokens[0])};

static void
test_seeds(void **state)
{
	(void) state;
	corpus_read(&corpus, "../fuzz/corpus/profile");
	corpus_replay(&corpus);
	assert_true(fuzz_profiles >= 10);
}

static void
test_mutations(void **state)
{
	uint64_t before = fuzz_profiles;

	(void) state;
	corpus_run_mutations(&corpus, MUTATIONS);
	assert_true(fuzz_profiles > before + MUTATIONS / 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seeds),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests_name("fuzz_profile", tests, NULL, NULL);
}
