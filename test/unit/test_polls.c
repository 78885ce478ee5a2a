/*
 * test_polls.c
 *	  Work on large models and sets of scores asks often whether to go on, stops
 *	  wherever it is told to, and then holds nothing.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/models/codec.h"
#include "core/judging/scores.h"
#include "core/scoring/shap.h"
#include "core/scoring/walk.h"
#include "unit_host.h"

#define DEPTH	 17
#define N_NODES	 ((UINT32_C(2) << DEPTH) - 1)
#define N_SPLITS (N_NODES / 2)

/* The most nodes between two polls, and the most moments that are tried. */
#define MOST_NODES 10000
#define MOMENTS	   40

static double	   edges[] = {0, 1, 2};
static SpkCategory categories[] = {{"free", 4}, {"paid", 4}};
static uint32_t	   number_counts[] = {1, 1, 1, (UINT32_C(1) << DEPTH) - 3, 0};
static uint32_t	   category_counts[] = {1, (UINT32_C(1) << DEPTH) - 1, 0};
static SpkFeature  features[] = {
	 {.name = "songs",
	  .kind = SPK_NUMBER,
	  .n_bins = 4,
	  .edges = edges,
	  .counts = number_counts,
	  .importance = 1},
	 {.name = "level",
	  .kind = SPK_CATEGORY,
	  .n_bins = 2,
	  .categories = categories,
	  .counts = category_counts},
};
static SpkNode	  nodes[N_NODES];
static SpkCodeSet sets[N_SPLITS];
static SpkTree	  tree = {.nodes = nodes, .sets = sets};
static SpkModel	  model;
static SpkWriter  bytes;

static UnitHost unit = UNIT_HOST_INIT;
static SpkHost	host;

/* A tree as wide as it can be, of which every other level asks for the category in a set of its own. */
static int
make_model(void **state)
{
	(void) state;
	host = unit_host(&unit);
	tree.n_nodes = N_NODES;
	for (uint32_t i = 0, level = 0; i < N_NODES; i++)
	{
		SpkNode *node = &nodes[i];

		if (i == (UINT32_C(2) << level) - 1)
			level++;
		node->cover = UINT32_C(1) << (DEPTH - level);
		if (level == DEPTH)
		{
			node->flags = SPK_NODE_LEAF;
			node->u.value = (float) (i % 2);
			continue;
		}
		node->u.left = 2 * i + 1;
		node->feature = level % 2;
		node->flags = level % 2 == 1 ? SPK_NODE_SET : 0;
		if (node->flags == SPK_NODE_SET)
		{
			node->set = tree.n_sets++;
			sets[node->set].bits[0] = i % 3;
			sets[node->set].bits[3] = i % 5 < 2 ? UINT64_C(1) << 63 : 0;
		}
		else
			node->split = (uint8_t) (i % 3);
	}
	model = (SpkModel) {.algorithm = SPK_DECISION_TREE,
						.threshold = 0.5,
						.n_features = 2,
						.n_trees = 1,
						.features = features,
						.trees = &tree,
						.options = spk_options_default(SPK_DECISION_TREE)};
	for (int i = 0; i < SPK_N_FACTS; i++)
		model.facts[i] = NAN;
	bytes = spk_writer(&host);
	return spk_model_encode(&model, &bytes) == SPK_OK ? 0 : -1;
}

static int
drop_model(void **state)
{
	(void) state;
	spk_release(&host, bytes.data);
	return unit.live == 0 ? 0 : -1;
}

/* What is tried: SPK_OK or SPK_CANCELLED, with all memory given back. */
typedef SpkStatus (*Work)(void);

/* Runs it once to count its polls, at least so many, then stops it at moments all over it. */
static void
stop_everywhere(Work work, long least)
{
	long before = unit.live;
	long polls;

	unit.polls_left = 1000000;
	assert_int_equal(work(), SPK_OK);
	polls = 1000000 - unit.polls_left;
	assert_true(polls >= least);
	for (long moment = 0; moment < MOMENTS; moment++)
	{
		unit.polls_left = polls * moment / MOMENTS;
		assert_int_equal(work(), SPK_CANCELLED);
		assert_int_equal(unit.live, before);
	}
	unit.polls_left = -1;
	assert_int_equal(work(), SPK_OK);
	assert_int_equal(unit.live, before);
}

static SpkStatus
decode(void)
{
	SpkModel	back;
	const char *why;
	SpkStatus	status = spk_model_decode(&host, bytes.data, bytes.len, &back, &why);

	if (status == SPK_OK)
		spk_model_release(&host, &back);
	return status;
}

static SpkStatus
encode(void)
{
	SpkWriter w = spk_writer(&host);
	SpkStatus status = spk_model_encode(&model, &w);

	if (status == SPK_OK)
		assert_int_equal(w.len, bytes.len);
	spk_release(&host, w.data);
	return status;
}

static SpkWalkWay way;

static SpkStatus
lay_out(void)
{
	SpkWalker *walker = spk_walker_new(&host, &model, way);

	if (walker == NULL)
		return SPK_CANCELLED;
	spk_walker_release(walker);
	return SPK_OK;
}

static SpkStatus
prepare_to_explain(void)
{
	SpkShap *shap = spk_shap_new(&host, &model, way);

	if (shap == NULL)
		return SPK_CANCELLED;
	spk_shap_release(shap);
	return SPK_OK;
}

static SpkShap *explainer;
static double	expected[2];

static SpkStatus
explain(void)
{
	const uint8_t codes[] = {2, SPK_MISSING};
	double		  contributions[2];
	SpkStatus	  status = spk_shap_explain(explainer, codes, contributions);

	if (status == SPK_OK)
		assert_memory_equal(contributions, expected, sizeof(expected));
	return status;
}

static void
test_bytes(void **state)
{
	(void) state;
	/* the sets are counted, cleared and read, the nodes too, and their covers looked at */
	stop_everywhere(decode, 3 * (N_NODES / MOST_NODES) + 4);
	stop_everywhere(encode, N_NODES / MOST_NODES + 2);
}

static void
test_walkers(void **state)
{
	(void) state;
	for (uint32_t i = 0; i <= spk_walk_best(); i++)
	{
		way = (SpkWalkWay) i;
		stop_everywhere(lay_out, N_NODES / MOST_NODES);
	}
}

static void
test_explaining(void **state)
{
	const uint8_t codes[] = {2, SPK_MISSING};

	(void) state;
	for (uint32_t i = 0; i <= spk_walk_best(); i++)
	{
		way = (SpkWalkWay) i;
		stop_everywhere(prepare_to_explain, N_SPLITS / MOST_NODES);
		explainer = spk_shap_new(&host, &model, way);
		assert_non_null(explainer);
		assert_int_equal(spk_shap_explain(explainer, codes, expected), SPK_OK);
		stop_everywhere(explain, 2 * (N_SPLITS / MOST_NODES));
		spk_shap_release(explainer);
	}
}

/* ---- Scores ---- */

static SpkScores parts[2];

static SpkStatus
merge(void)
{
	SpkScores all;
	SpkStatus status = SPK_OK;

	spk_scores_init(&all, 0.5);
	for (int i = 0; i < 2 && status == SPK_OK; i++)
		status = spk_scores_merge(&host, &all, &parts[i]);
	spk_scores_release(&host, &all);
	return status;
}

/* Rows that stay rows, and cells. */
static void
test_scores(void **state)
{
	(void) state;
	for (uint64_t more = 0; more < 2; more++)
	{
		for (int part = 0; part < 2; part++)
		{
			uint64_t n = more == 0 ? SPK_EXACT_SCORES / 2 : SPK_EXACT_SCORES + 1;

			spk_scores_init(&parts[part], 0.5);
			for (uint64_t i = 0; i < n; i++)
				assert_int_equal(spk_scores_add(&host, &parts[part], (double) (i % 1024) / 1024,
												i % 3 == 0),
								 SPK_OK);
		}
		stop_everywhere(merge, 30);
		spk_scores_release(&host, &parts[0]);
		spk_scores_release(&host, &parts[1]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_walkers),
		cmocka_unit_test(test_explaining),
		cmocka_unit_test(test_scores),
	};

	return cmocka_run_group_tests_name("polls", tests, make_model, drop_model);
}
