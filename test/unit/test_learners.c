/*
 * test_learners.c
 *	  The rows of the table of algorithms are whole and agree with the options.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/models/learner.h"

static void
test_rows(void **state)
{
	(void) state;
	for (int i = 0; i < SPK_N_ALGORITHMS; i++)
	{
		SpkAlgorithm	  algorithm = (SpkAlgorithm) i;
		SpkAlgorithm	  found;
		const SpkLearner *row = &spk_learners[i];

		assert_non_null(row->name);
		assert_non_null(row->title);
		assert_true(spk_algorithm_of(row->name, strlen(row->name), &found) && found == algorithm);
		assert_string_equal(spk_algorithm_name(algorithm), row->name);
		assert_non_null(row->cost);

		/* a model holds trees, terms or other models, which are fitted, and is not then itself */
		assert_int_equal((row->max_trees > 0) + (row->terms != SPK_TERMS_NONE) +
							 (row->max_parts > 0),
						 1);
		assert_int_equal((row->fit_codes != NULL) + (row->fit_values != NULL), row->max_parts == 0);
		assert_true((row->terms == SPK_TERMS_NONE) == (row->most_nodes != NULL));
		if (spk_option_applies(SPK_OPT_TREES, algorithm))
			assert_true(row->max_trees == spk_option_specs[SPK_OPT_TREES].max);
		/* only trees are grown with others' help, and only codes are binned as an option says */
		assert_true(row->help == SPK_HELP_NONE || row->max_trees > 1);
		assert_true(spk_option_applies(SPK_OPT_BINS, algorithm) == spk_learns_codes(algorithm));
	}
}

/* What a fit takes and costs grows with the rows. */
static void
test_sizes(void **state)
{
	(void) state;
	for (int i = 0; i < SPK_N_ALGORITHMS; i++)
	{
		const SpkLearner *row = &spk_learners[i];
		SpkFeature		  features[3] = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
		SpkModel		  model = {.algorithm = (SpkAlgorithm) i,
								   .options = spk_options_default((SpkAlgorithm) i),
								   .n_features = 3,
								   .features = features};

		assert_true(row->cost(&model, 1000) > 0);
		assert_true(row->cost(&model, 100000) > row->cost(&model, 1000));
		if (row->most_nodes != NULL)
		{
			assert_true(row->most_nodes(&model, 1) >= 1);
			assert_true(row->most_nodes(&model, 100000) >= row->most_nodes(&model, 1000));
			assert_true(row->work_size(&model, 100000) > row->work_size(&model, 1000));
		}
		if (row->count_columns != NULL)
			assert_true(row->count_columns(&model) >= 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
