/*
 * test_predict.c
 *	  Walking trees.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/scoring/predict.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define LEAF(v)                                \
	{                                          \
		.u.value = (v), .flags = SPK_NODE_LEAF \
	}

/* x0 <= 3 (missing left) ? (x1 in {1, 70, missing} ? 0.25 : 0.5) : (x0 <= 9 ? 1 : 0) */
static SpkNode nodes[] = {{.u.left = 1, .feature = 0, .split = 3, .flags = SPK_NODE_MISSING_LEFT},
						  {.u.left = 3, .feature = 1, .set = 0, .flags = SPK_NODE_SET},
						  {.u.left = 5, .feature = 0, .split = 9},
						  LEAF(0.25f),
						  LEAF(0.5f),
						  LEAF(1),
						  LEAF(0)};
static SpkNode stump[] = {LEAF(0.75f)};

static void
rows_reach_their_leaves(void **unused)
{
	SpkCodeSet set = {{0}};
	SpkTree	   trees[2] = {{7, 1, nodes, &set}, {1, 0, stump, NULL}};
	SpkModel   model = {.n_features = 2, .n_trees = 1, .trees = trees};
	static const struct
	{
		uint8_t	 codes[2];
		uint32_t leaf;
	} rows[] = {{{3, 1}, 3},	 {{0, 70}, 3}, {{0, 71}, 4}, {{0, 255}, 3}, {{255, 0}, 4},
				{{255, 255}, 3}, {{4, 1}, 5},  {{9, 0}, 5},	 {{10, 0}, 6},	{{254, 0}, 6}};

	spk_set_add(&set, 1);
	spk_set_add(&set, 70);
	spk_set_add(&set, SPK_MISSING);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
	{
		assert_int_equal(spk_tree_leaf(&trees[0], rows[i].codes), rows[i].leaf);
		model.n_trees = 1;
		assert_true(spk_predict(&model, rows[i].codes) == nodes[rows[i].leaf].u.value);
		model.n_trees = 2;
		assert_true(spk_predict(&model, rows[i].codes) == (nodes[rows[i].leaf].u.value + 0.75) / 2);
	}
	/* below the root, missing values of x0 go right where no flag says left */
	nodes[0].flags = 0;
	assert_int_equal(spk_tree_leaf(&trees[0], (const uint8_t[]) {255, 0}), 6);
	nodes[0].flags = SPK_NODE_MISSING_LEFT;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_reach_their_leaves),
	};

	return cmocka_run_group_tests_name("predict", tests, NULL, NULL);
}
