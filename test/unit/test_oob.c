/*
 * test_oob.c
 *	  Out of bag: against a reckoning that keeps every row of every tree, and
 *	  for what must hold of every tally.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "core/trees/tree_grow.h"
#include "core/judging/oob_finish.h"
#include "core/judging/threshold.h"
#include "core/trees/oob.h"
#include "core/trees/oob_tally.h"
#include "core/scoring/predict.h"
#include "unit_host.h"
#include "unit_matrix.h"
#include "unit_rounds.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

static UnitHost state = UNIT_HOST_INIT;

static SpkForestPlan
plan_of(const UnitMatrix *u, uint32_t n_trees)
{
	return (SpkForestPlan) {.n_trees = n_trees,
							.features_per_split = (u->matrix.n_features + 1) / 2,
							.max_depth = SPK_MAX_DEPTH,
							.min_leaf = 1,
							.bootstrap = true,
							.permutation = true,
							.weight = {1, 1},
							.seed = 42};
}

/* What the core must come to, reckoned the long way. */
typedef struct Naive
{
	uint64_t *sum; /* of a row's predictions, in 2^-32 */
	uint32_t *count;
	int64_t	 *cost; /* of shuffling a feature, by class */
	uint64_t  judged[2];
} Naive;

static Naive
naive_new(const UnitMatrix *u)
{
	return (Naive) {.sum = calloc(u->matrix.n_rows, sizeof(uint64_t)),
					.count = calloc(u->matrix.n_rows, sizeof(uint32_t)),
					.cost = calloc(2 * u->matrix.n_features, sizeof(int64_t))};
}

static void
naive_free(Naive *naive)
{
	free(naive->sum);
	free(naive->count);
	free(naive->cost);
}

static int64_t
naive_error(const SpkTree *tree, const uint8_t *row, int label)
{
	int64_t prediction = (int64_t) floor(
		(double) tree->nodes[spk_tree_leaf(tree, row)].u.value * 65536 + 0.5);

	return (label * 65536 - prediction) * (label * 65536 - prediction);
}

/* What shuffling one feature costs in these rows. */
static void
naive_shuffle(const UnitMatrix *u, const SpkTree *tree, uint64_t name, uint32_t feature,
			  const uint32_t *rows, uint32_t n, Naive *naive)
{
	SpkRng	 rng = spk_rng(spk_hash_combine(name, SPK_STREAM_SHUFFLES), feature);
	uint8_t *code = malloc(n + 1);
	uint8_t *row = malloc(u->matrix.stride);

	for (uint32_t i = 0; i < n; i++)
		code[i] = spk_matrix_row(&u->matrix, rows[i])[feature];
	for (uint32_t i = n; i > 1; i--)
	{
		uint32_t with = spk_rng_below(&rng, i);
		uint8_t	 swapped = code[i - 1];

		code[i - 1] = code[with];
		code[with] = swapped;
	}
	for (uint32_t i = 0; i < n; i++)
	{
		int label = spk_matrix_label(&u->matrix, rows[i]);

		memcpy(row, spk_matrix_row(&u->matrix, rows[i]), u->matrix.stride);
		row[feature] = code[i];
		naive->cost[2 * feature + label] += naive_error(tree, row, label) -
			naive_error(tree, spk_matrix_row(&u->matrix, rows[i]), label);
	}
	free(row);
	free(code);
}

/* The rows this tree has not drawn; of many rows, of those judged; how many. */
static uint32_t
naive_rows(const UnitMatrix *u, uint64_t name, uint32_t *rows)
{
	SpkRng	 rng = spk_rng(name, SPK_STREAM_ROWS);
	uint32_t n_rows = u->matrix.n_rows;
	uint8_t *drawn = calloc(n_rows, 1);
	uint32_t every = 1;
	uint32_t n = 0;

	while ((uint64_t) every * SPK_OOB_ROWS < n_rows)
		every++;
	for (uint32_t i = 0; i < n_rows; i++)
		drawn[spk_rng_below(&rng, n_rows)] = 1;
	for (uint32_t i = 0; i < n_rows; i += every)
		if (!drawn[i])
			rows[n++] = i;
	free(drawn);
	return n;
}

static void
naive_judge(const UnitMatrix *u, const SpkTree *tree, uint32_t tree_no, bool permute, Naive *naive)
{
	uint64_t  name = spk_hash_combine(42, tree_no);
	uint32_t *rows = malloc(u->matrix.n_rows * sizeof(uint32_t));
	uint32_t  n = naive_rows(u, name, rows);

	for (uint32_t i = 0; i < n; i++)
	{
		float value = tree->nodes[spk_tree_leaf(tree, spk_matrix_row(&u->matrix, rows[i]))].u.value;

		naive->sum[rows[i]] += (uint64_t) floor((double) value * 4294967296.0 + 0.5);
		naive->count[rows[i]]++;
		naive->judged[spk_matrix_label(&u->matrix, rows[i])]++;
	}
	for (uint32_t f = 0; f < u->matrix.n_features && permute; f++)
		naive_shuffle(u, tree, name, f, rows, n, naive);
	free(rows);
}

/* Grows the trees from .. to - 1, tallying; reckons along unless naive is NULL. */
static void
grow(const UnitMatrix *u, const SpkForestPlan *plan, uint32_t from, uint32_t to, uint64_t *tally,
	 Naive *naive)
{
	SpkHost	   host = unit_host(&state);
	SpkGrower *grower = spk_grower_new(&host, plan, &u->matrix, u->features);
	double	   gains[SPK_MAX_FEATURES];
	SpkTree	   tree;

	assert_non_null(grower);
	spk_grower_tally(grower, tally);
	for (uint32_t t = from; t < to; t++)
	{
		assert_int_equal(spk_grower_grow(grower, t, &tree, gains), SPK_OK);
		if (naive != NULL)
			naive_judge(u, &tree, t, plan->permutation, naive);
	}
	spk_grower_release(grower);
	assert_int_equal(state.live, 0);
}

static SpkModel
finish(const UnitMatrix *u, const SpkForestPlan *plan, uint64_t *tally, SpkFeature *features)
{
	SpkHost	 host = unit_host(&state);
	SpkModel model = {.features = features, .n_features = u->matrix.n_features};

	assert_int_equal(spk_oob_finish(&host, plan, &u->matrix, tally, &model), SPK_OK);
	return model;
}

/* The naive scores, highest first not needed; how many rows have one. */
static size_t
naive_scores(const UnitMatrix *u, const Naive *naive, SpkScored *rows)
{
	size_t n = 0;

	for (uint32_t i = 0; i < u->matrix.n_rows; i++)
		if (naive->count[i] > 0)
			rows[n++] = spk_scored((double) naive->sum[i] / naive->count[i] / 4294967296.0,
								   spk_matrix_label(&u->matrix, i));
	return n;
}

/* The facts are the metrics of the naive scores, and no threshold flags better. */
static void
check_facts(const UnitMatrix *u, const Naive *naive, const SpkModel *model)
{
	SpkHost	   host = unit_host(&state);
	SpkScored *rows = malloc(u->matrix.n_rows * sizeof(SpkScored));
	size_t	   n = naive_scores(u, naive, rows);
	SpkMetrics m;

	if (n == 0)
	{
		assert_true(isnan(model->facts[SPK_FACT_OOB_ROWS]) && model->threshold == 0.5);
		free(rows);
		return;
	}
	assert_int_equal(spk_metrics(&host, rows, n, model->threshold, &m), SPK_OK);
	assert_true(model->facts[SPK_FACT_OOB_ROWS] == n);
	assert_true(model->facts[SPK_FACT_OOB_AUC] == m.auc ||
				(isnan(m.auc) && isnan(model->facts[SPK_FACT_OOB_AUC])));
	assert_true(model->facts[SPK_FACT_OOB_LOG_LOSS] == m.log_loss);
	assert_true(model->facts[SPK_FACT_OOB_F1] == m.f1);
	assert_true(model->facts[SPK_FACT_OOB_WEIGHTED_F1] == m.weighted_f1);
	assert_true(model->facts[SPK_FACT_OOB_MACRO_F1] == m.macro_f1);
	assert_true(model->threshold > 0 && model->threshold < 1);
	if (m.positives < SPK_THRESHOLD_MIN_CLASS || n - m.positives < SPK_THRESHOLD_MIN_CLASS ||
		m.best_threshold == spk_scored_score(rows[0]))
	{
		if (model->facts[SPK_FACT_THRESHOLD_RULE] == SPK_THRESHOLD_HALF)
			assert_true(model->threshold == 0.5);
		else
			assert_true(model->facts[SPK_FACT_THRESHOLD_RULE] == SPK_THRESHOLD_AS_MANY &&
						m.tp + m.fp >= m.positives && m.tp + m.fp < n);
	}
	else
	{
		assert_true(model->facts[SPK_FACT_THRESHOLD_RULE] == SPK_THRESHOLD_BEST_F1);
		assert_true(m.f1 == m.best_f1 && model->threshold <= m.best_threshold);
		for (size_t i = 0; i < n; i++)
			assert_true((spk_scored_score(rows[i]) >= model->threshold) ==
						(spk_scored_score(rows[i]) >= m.best_threshold));
	}
	free(rows);
}

static void
check_permutation(const UnitMatrix *u, const SpkForestPlan *plan, const Naive *naive,
				  const SpkFeature *features)
{
	double weight = plan->weight[0] * naive->judged[0] + plan->weight[1] * naive->judged[1];

	for (uint32_t f = 0; f < u->matrix.n_features; f++)
	{
		double cost = plan->weight[0] * naive->cost[2 * f] +
			plan->weight[1] * naive->cost[2 * f + 1];

		assert_true(features[f].permutation == (weight > 0 ? cost / weight / 4294967296.0 : 0));
	}
}

static void
tallies_are_right(void **unused)
{
	SpkRng rng = spk_rng(31, 32);

	for (int round = 0; round < ROUNDS(400); round++)
	{
		UnitMatrix	 *u = unit_matrix_new(&rng, 1 + spk_rng_below(&rng, round % 4 == 0 ? 2000 : 40),
										  1 + spk_rng_below(&rng, 12), 1 + spk_rng_below(&rng, 255));
		SpkForestPlan plan = plan_of(u, 1 + spk_rng_below(&rng, 12));
		Naive		  naive = naive_new(u);
		SpkModel	  model;
		uint64_t	 *tally;

		plan.entropy = spk_rng_below(&rng, 2);
		plan.min_leaf = 1 + spk_rng_below(&rng, 4);
		if (spk_rng_below(&rng, 2) == 0)
			plan.weight[1] = 0.25 + 8 * spk_rng_double(&rng);
		if (spk_rng_below(&rng, 3) == 0)
			plan.max_leaves = 1 + spk_rng_below(&rng, 9);
		tally = calloc(spk_oob_words(&plan, &u->matrix), sizeof(uint64_t));
		grow(u, &plan, 0, plan.n_trees, tally, &naive);
		model = finish(u, &plan, tally, u->features);
		check_facts(u, &naive, &model);
		check_permutation(u, &plan, &naive, u->features);
		free(tally);
		naive_free(&naive);
		unit_matrix_free(u);
	}
}

/* Of many rows some are judged, which stand for all. */
static void
many_rows(void **unused)
{
	SpkRng rng = spk_rng(33, 34);

	for (uint32_t n_rows = SPK_OOB_ROWS - 1; n_rows < 3 * SPK_OOB_ROWS; n_rows += SPK_OOB_ROWS + 1)
	{
		UnitMatrix	 *u = unit_matrix_new(&rng, n_rows, 3, 50);
		SpkForestPlan plan = plan_of(u, 2);
		Naive		  naive = naive_new(u);
		SpkModel	  model;
		uint64_t	 *tally;

		plan.max_depth = 7;
		plan.permutation = false;
		tally = calloc(spk_oob_words(&plan, &u->matrix), sizeof(uint64_t));
		assert_in_range(spk_oob_words(&plan, &u->matrix), SPK_OOB_ROWS / 2, SPK_OOB_ROWS);
		grow(u, &plan, 0, 2, tally, &naive);
		model = finish(u, &plan, tally, u->features);
		check_facts(u, &naive, &model);
		free(tally);
		naive_free(&naive);
		unit_matrix_free(u);
	}
}

/* Whoever grew which tree: tallies add up, word by word. */
static void
tallies_add_up(void **unused)
{
	SpkRng		  rng = spk_rng(35, 36);
	UnitMatrix	 *u = unit_matrix_new(&rng, 500, 6, 30);
	SpkForestPlan plan = plan_of(u, 9);
	size_t		  n = spk_oob_words(&plan, &u->matrix);
	uint64_t	 *whole = calloc(n, sizeof(uint64_t));
	uint64_t	 *part = calloc(n, sizeof(uint64_t));
	uint64_t	 *other = calloc(n, sizeof(uint64_t));

	assert_int_equal(n, 500 + 2 + 2 * 6);
	grow(u, &plan, 0, 9, whole, NULL);
	grow(u, &plan, 4, 9, part, NULL);
	grow(u, &plan, 0, 4, other, NULL);
	for (size_t i = 0; i < n; i++)
		part[i] += other[i];
	assert_memory_equal(part, whole, n * sizeof(uint64_t));
	free(whole);
	free(part);
	free(other);
	unit_matrix_free(u);
}

/* The most trees, all sure: no word overflows. */
static void
words_have_room(void **unused)
{
	uint64_t word = 0;

	for (int t = 0; t < SPK_MAX_TREES; t++)
	{
		uint64_t before = word;

		word += spk_oob_prediction(1);
		assert_true(word > before);
	}
	assert_int_equal(spk_oob_count(word), SPK_MAX_TREES);
	assert_true(spk_oob_score(word) == 1);
	assert_true(spk_oob_score(spk_oob_prediction(0)) == 0);
	assert_true(spk_oob_score(spk_oob_prediction(0.25f) + spk_oob_prediction(0.75f)) == 0.5);
	assert_int_equal(spk_oob_error(1, 0), UINT64_C(1) << 32);
	assert_int_equal(spk_oob_error(1, 1), 0);
}

static void
nothing_out_of_bag(void **unused)
{
	SpkRng		  rng = spk_rng(37, 38);
	UnitMatrix	 *u = unit_matrix_new(&rng, 50, 2, 9);
	SpkForestPlan plan = plan_of(u, 3);
	uint64_t	  tally[1] = {0};
	SpkModel	  model;

	plan.bootstrap = plan.permutation = false;
	assert_int_equal(spk_oob_words(&plan, &u->matrix), 0);
	grow(u, &plan, 0, 3, tally, NULL);
	assert_int_equal(tally[0], 0);
	model = finish(u, &plan, tally, u->features);
	assert_true(model.threshold == 0.5);
	for (int fact = SPK_FACT_OOB_ROWS; fact <= SPK_FACT_OOB_MACRO_F1; fact++)
		assert_true(isnan(model.facts[fact]));
	unit_matrix_free(u);
}

/* A column of noise with many values tempts impurity, not permutation. */
static void
permutation_sees_through_noise(void **unused)
{
	SpkRng		  rng = spk_rng(39, 40);
	UnitMatrix	 *u = unit_matrix_new(&rng, 3000, 2, 200);
	SpkForestPlan plan = plan_of(u, 50);
	double		  gain[2] = {0, 0};
	double		  gains[2];
	uint64_t	 *tally;
	SpkHost		  host = unit_host(&state);
	SpkGrower	 *grower;
	SpkTree		  tree;

	plan.features_per_split = 2;
	for (uint32_t r = 0; r < 3000; r++)
	{
		uint8_t *row = u->matrix.codes + (size_t) r * u->matrix.stride;

		row[0] = (uint8_t) spk_rng_below(&rng, 3);	 /* tells something */
		row[1] = (uint8_t) spk_rng_below(&rng, 200); /* tells nothing */
		row[2] = spk_rng_below(&rng, 10) < 3u + row[0];
	}
	u->features[0].kind = u->features[1].kind = SPK_NUMBER;
	u->features[0].n_bins = 3;
	u->features[1].n_bins = 200;
	tally = calloc(spk_oob_words(&plan, &u->matrix), sizeof(uint64_t));
	grower = spk_grower_new(&host, &plan, &u->matrix, u->features);
	spk_grower_tally(grower, tally);
	for (uint32_t t = 0; t < plan.n_trees; t++)
	{
		assert_int_equal(spk_grower_grow(grower, t, &tree, gains), SPK_OK);
		gain[0] += gains[0];
		gain[1] += gains[1];
	}
	spk_grower_release(grower);
	finish(u, &plan, tally, u->features);
	assert_true(gain[1] > gain[0]);
	assert_true(u->features[0].permutation > 0.01);
	assert_true(fabs(u->features[1].permutation) < u->features[0].permutation / 4);
	free(tally);
	unit_matrix_free(u);
}

static void
cancelled(void **unused)
{
	SpkHost		  host = unit_host(&state);
	SpkRng		  rng = spk_rng(41, 42);
	UnitMatrix	 *u = unit_matrix_new(&rng, 100000, 9, 255);
	SpkForestPlan plan = plan_of(u, 1);
	uint64_t	 *tally = calloc(spk_oob_words(&plan, &u->matrix), sizeof(uint64_t));
	SpkGrower	 *grower = spk_grower_new(&host, &plan, &u->matrix, u->features);
	SpkModel	  model = {.features = u->features};
	double		  gains[9];
	long		  growing = 0, judging = 0;
	SpkTree		  tree;

	for (int judge = 0; judge < 2; judge++)
	{
		SpkStatus status;
		long	  polls = -1;

		spk_grower_tally(grower, judge ? tally : NULL);
		do
		{
			state.polls_left = ++polls;
			status = spk_grower_grow(grower, 0, &tree, gains);
			state.polls_left = -1;
			assert_true(status == SPK_OK || status == SPK_CANCELLED);
		} while (status != SPK_OK);
		*(judge ? &judging : &growing) = polls;
	}
	assert_true(judging > growing);
	state.polls_left = 0;
	assert_int_equal(spk_oob_finish(&host, &plan, &u->matrix, tally, &model), SPK_CANCELLED);
	state.polls_left = -1;
	spk_grower_release(grower);
	free(tally);
	unit_matrix_free(u);
	assert_int_equal(state.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tallies_are_right),  cmocka_unit_test(many_rows),
		cmocka_unit_test(tallies_add_up),	  cmocka_unit_test(words_have_room),
		cmocka_unit_test(nothing_out_of_bag), cmocka_unit_test(permutation_sees_through_noise),
		cmocka_unit_test(cancelled),
	};

	return cmocka_run_group_tests_name("oob", tests, NULL, NULL);
}
