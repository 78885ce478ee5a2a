/*
 * test_fuzz_import.c
 *	  The corpus of other programs' models, and mutations of it: see
 *	  test/fuzz/fuzz_import.c.
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../fuzz/fuzz_import.h"
#include "json/import_xgboost_tree.h"
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

/* Up to the edge all doubles are rounded to less than the threshold, and none behind it is. */
static void
check_edge(float t)
{
	double edge = spk_largest_below(t);

	assert_true(t == -FLT_MAX ? edge == -DBL_MAX : (float) edge < t);
	assert_false((float) nextafter(edge, INFINITY) < t && t != -FLT_MAX);
	assert_true(edge < t);
}

static void
test_edges(void **state)
{
	static const float some[] = {0,		  -0.0f,	1,		 -1,	   0.1f,   16777216,
								 FLT_MIN, -FLT_MIN, FLT_MAX, -FLT_MAX, 1e-45f, -1e-45f};

	(void) state;
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		check_edge(some[i]);
	for (int i = 0; i < 100000; i++)
	{
		uint32_t bits = (uint32_t) corpus_draw(&corpus, UINT32_MAX);
		float	 t;

		memcpy(&t, &bits, sizeof(t));
		if (isfinite(t))
			check_edge(t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_seeds),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests_name("fuzz_import", tests, NULL, NULL);
}
