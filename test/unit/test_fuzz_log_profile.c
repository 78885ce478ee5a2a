/*
 * test_fuzz_log_profile.c
 *	  The corpus of profiles of any log, and mutations of it: see
 *	  test/fuzz/fuzz_log_profile.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../fuzz/fuzz_log_profile.h"
#include "unit_corpus.h"

#ifndef MUTATIONS
#define MUTATIONS 40000
#endif

/* Counts and differences at their ends, and what a table can hold. */
static const char *const tokens[] = {"\0",
									 "\1",
									 "\2",
									 "\16",
									 "\377\1",
									 "\377\377\377\377\17",
									 "\377\377\377\377\377\377\377\377\177",
									 "\377\377\377\377\377\377\377\377\377\1",
									 "\4view",
									 "\3buy",
									 "\2\303\251",
									 "\1\377"};
static const size_t		 token_lengths[] = {1, 1, 1, 1, 2, 5, 9, 10, 5, 4, 3, 2};

static Corpus corpus = {.random_state = 42,
						.tokens = tokens,
						.token_lengths = token_lengths,
						.n_tokens = sizeof(tokens) / sizeof(tokens[0])};

static void
test_seeds(void **state)
{
	(void) state;
	corpus_read(&corpus, "../fuzz/corpus/log_profile");
	corpus_replay(&corpus);
	assert_true(fuzz_log_profiles >= 10);
}

static void
test_mutations(void **state)
{
	uint64_t before = fuzz_log_profiles;

	(void) state;
	corpus_run_mutations(&corpus, MUTATIONS);
	assert_true(fuzz_log_profiles > before + MUTATIONS / 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seeds),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests_name("fuzz_log_profile", tests, NULL, NULL);
}
