/*
 * test_users.c
 *	  Users with several rows: how they are numbered, and that whatever draws rows
 *	  or holds some out takes users whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/judging/samples.h"
#include "core/models/codec.h"
#include "core/models/learner.h"
#include "core/rows/users.h"
#include "core/trees/boost_grow.h"
#include "core/trees/boost_layout.h"
#include "core/trees/oob.h"
#include "core/trees/oob_tally.h"
#include "core/trees/tree_grow.h"
#include "unit_host.h"
#include "unit_matrix.h"
#include "unit_table.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define MAX_ROWS 2000

static UnitHost state = UNIT_HOST_INIT;

/* ---- Numbering ---- */

/* Rows of few values, so that many are equal, with the key of a user each. */
typedef struct Keyed
{
	UnitTable *t;
	uint64_t   keys[MAX_ROWS];
} Keyed;

static Keyed *
keyed_new(SpkRng *rng, uint32_t n_rows, uint32_t n_users, uint32_t n_values)
{
	Keyed  *k = calloc(1, sizeof(Keyed));
	double *x;

	k->t = unit_table_new(n_rows);
	x = unit_table_numbers(k->t, "x");
	for (uint32_t r = 0; r < n_rows; r++)
	{
		x[r] = spk_rng_below(rng, n_values);
		k->t->labels[r] = (uint8_t) spk_rng_below(rng, 2);
		k->keys[r] = spk_mix64(spk_rng_below(rng, n_users));
		if (spk_rng_below(rng, 10) == 0)
			k->keys[r] = 0;
	}
	return k;
}

static void
keyed_free(Keyed *k)
{
	free(k->t);
	free(k);
}

/* Swaps rows at random. */
static void
keyed_shuffle(Keyed *k, SpkRng *rng)
{
	for (uint32_t r = k->t->table.n_rows; r > 1; r--)
	{
		uint32_t with = spk_rng_below(rng, r);
		double	 x = k->t->numbers[0][r - 1];
		uint8_t	 label = k->t->labels[r - 1];
		uint64_t key = k->keys[r - 1];

		k->t->numbers[0][r - 1] = k->t->numbers[0][with];
		k->t->numbers[0][with] = x;
		k->t->labels[r - 1] = k->t->labels[with];
		k->t->labels[with] = label;
		k->keys[r - 1] = k->keys[with];
		k->keys[with] = key;
	}
}

typedef struct Numbered
{
	SpkMatrix  matrix;
	SpkFeature feature;
	uint32_t   origins[MAX_ROWS];
	uint32_t   numbers[MAX_ROWS];
} Numbered;

/* Bins the rows and numbers their users. */
static SpkStatus
number(const SpkHost *host, const Keyed *k, Numbered *n)
{
	const SpkTable *table = &k->t->table;
	uint8_t		   *codes = malloc((size_t) table->n_rows * spk_matrix_stride(1));
	SpkHost			plain = unit_host(&(UnitHost) UNIT_HOST_INIT);
	SpkStatus		status;

	memset(n, 0, sizeof(*n));
	assert_int_equal(spk_bin_feature(&plain, &table->columns[0], table->n_rows, 255, &n->feature),
					 SPK_OK);
	assert_int_equal(spk_bin_table(&plain, table, &n->feature, codes, &n->matrix, n->origins),
					 SPK_OK);
	status = spk_number_users(host, k->keys, n->origins, n->numbers, &n->matrix);
	spk_feature_release(&plain, &n->feature);
	free(codes);
	n->matrix.codes = NULL;
	return status;
}

/* Rows have one number if and only if they have one key, and numbers come in order. */
static void
check_numbers(const Keyed *k, const Numbered *n)
{
	uint32_t n_users = 0;

	for (uint32_t r = 0; r < n->matrix.n_rows; r++)
	{
		uint64_t key = k->keys[n->origins[r]];

		assert_true(n->numbers[r] <= n_users);
		n_users += n->numbers[r] == n_users;
		for (uint32_t before = 0; before < r; before++)
			assert_int_equal(n->numbers[before] == n->numbers[r],
							 key != 0 && k->keys[n->origins[before]] == key);
	}
	assert_int_equal(n->matrix.n_users, n_users);
	assert_ptr_equal(n->matrix.users, n->numbers);
}

static void
numbers(void **unused)
{
	SpkRng	  rng = spk_rng(1, 2);
	SpkHost	  host = unit_host(&state);
	Numbered *a = malloc(sizeof(Numbered));
	Numbered *b = malloc(sizeof(Numbered));

	for (int round = 0; round < 40; round++)
	{
		uint32_t n_rows = 30 + spk_rng_below(&rng, 500);
		Keyed	*k = keyed_new(&rng, n_rows, 2 + spk_rng_below(&rng, n_rows / 2),
							   1 + spk_rng_below(&rng, 40));

		assert_int_equal(number(&host, k, a), SPK_OK);
		check_numbers(k, a);

		/* in another order the same rows have the same numbers */
		keyed_shuffle(k, &rng);
		assert_int_equal(number(&host, k, b), SPK_OK);
		check_numbers(k, b);
		assert_memory_equal(a->numbers, b->numbers, n_rows * sizeof(uint32_t));
		keyed_free(k);
	}
	free(a);
	free(b);
	assert_int_equal(state.live, 0);
}

/* Where no two rows are of one user, it is as if users were not known. */
static void
nobody_twice(void **unused)
{
	SpkRng	  rng = spk_rng(3, 4);
	SpkHost	  host = unit_host(&state);
	Numbered *n = malloc(sizeof(Numbered));
	Keyed	 *k = keyed_new(&rng, 300, 10, 5);

	for (uint32_t r = 0; r < 300; r++)
		k->keys[r] = r % 3 == 0 ? 0 : spk_mix64(r);
	assert_int_equal(number(&host, k, n), SPK_OK);
	assert_null(n->matrix.users);

	/* keys that differ in one half alone are of two users */
	k->keys[1] = UINT64_C(0x500000007);
	k->keys[2] = UINT64_C(0x600000007);
	k->keys[4] = UINT64_C(0x500000008);
	assert_int_equal(number(&host, k, n), SPK_OK);
	assert_null(n->matrix.users);
	k->keys[5] = k->keys[2];
	assert_int_equal(number(&host, k, n), SPK_OK);
	check_numbers(k, n);
	assert_int_equal(n->matrix.n_users, 299);
	keyed_free(k);
	free(n);
}

/* Without memory, and when the host wants to stop, nothing is held. */
static void
failures(void **unused)
{
	SpkRng	  rng = spk_rng(5, 6);
	Numbered *n = malloc(sizeof(Numbered));
	Keyed	 *k = keyed_new(&rng, 500, 50, 3);
	UnitHost  unit = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&unit);
	SpkStatus status = SPK_CANCELLED;
	long	  polls;

	unit.allocs_left = 0;
	assert_int_equal(number(&host, k, n), SPK_NO_MEMORY);
	unit.allocs_left = -1;
	for (polls = 0; status == SPK_CANCELLED; polls++)
	{
		unit.polls_left = polls;
		status = number(&host, k, n);
		assert_int_equal(unit.live, 0);
	}
	assert_int_equal(status, SPK_OK);
	assert_true(polls > 5);
	keyed_free(k);
	free(n);
}

/* ---- Bags ---- */

/* Gives the matrix users of up to most rows, numbered in the order of their first rows. */
static uint32_t *
give_users(UnitMatrix *u, SpkRng *rng, uint32_t n_users)
{
	SpkHost	  host = unit_host(&state);
	uint32_t *numbers = malloc(u->matrix.n_rows * sizeof(uint32_t));
	SpkMatrix all = {.n_users = n_users};

	for (uint32_t r = 0; r < u->matrix.n_rows; r++)
		numbers[r] = spk_rng_below(rng, n_users);
	assert_int_equal(spk_renumber_users(&host, &all, numbers, &u->matrix), SPK_OK);
	return numbers;
}

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

/* How often each row is drawn, reckoned the long way. */
static uint32_t
naive_draws(const SpkMatrix *m, uint64_t name, uint32_t *draws)
{
	SpkRng	 rng = spk_rng(name, SPK_STREAM_ROWS);
	uint32_t n_drawn = 0;

	memset(draws, 0, m->n_rows * sizeof(uint32_t));
	for (;;)
	{
		uint32_t user = spk_rng_below(&rng, m->n_users);
		uint32_t n = 0;

		for (uint32_t r = 0; r < m->n_rows; r++)
			n += m->users[r] == user;
		if (n_drawn + n > m->n_rows)
			return n_drawn;
		n_drawn += n;
		for (uint32_t r = 0; r < m->n_rows; r++)
			draws[r] += m->users[r] == user;
	}
}

/* A tree's bag has all rows of a user or none, and out of it are those of the others. */
static void
bags(void **unused)
{
	SpkRng	  rng = spk_rng(7, 8);
	SpkHost	  host = unit_host(&state);
	uint32_t *draws = malloc(MAX_ROWS * sizeof(uint32_t));

	for (int round = 0; round < 30; round++)
	{
		uint32_t	  n_rows = 1 + spk_rng_below(&rng, 300);
		UnitMatrix	 *u = unit_matrix_new(&rng, n_rows, 7, 9);
		uint32_t	 *numbers = give_users(u, &rng, 1 + spk_rng_below(&rng, n_rows));
		SpkForestPlan plan = plan_of(u, 1);
		SpkGrower	 *grower = spk_grower_new(&host, &plan, &u->matrix, u->features);
		uint64_t	 *tally = calloc(spk_oob_words(&plan, &u->matrix), sizeof(uint64_t));

		spk_grower_tally(grower, tally);
		for (uint64_t name = 0; name < 5; name++)
		{
			SpkPending	   root = {0};
			uint32_t	   n_drawn = naive_draws(&u->matrix, name, draws);
			const uint8_t *packed = grower->rows[0];

			assert_int_equal(spk_grower_sample(grower, name, &root), SPK_OK);
			assert_int_equal(spk_tally_rows(root.tally), n_drawn);
			assert_true(n_drawn > 0 && n_drawn <= n_rows);
			for (uint32_t r = 0; r < n_rows; r++)
			{
				assert_int_equal(grower->out_of_bag[r / 64] >> r % 64 & 1, draws[r] == 0);
				if (draws[r] == 0)
					continue;
				assert_int_equal(packed[7] & SPK_MAX_DRAWS, draws[r]);
				assert_memory_equal(packed, spk_matrix_row(&u->matrix, r), 7);
				packed += u->matrix.stride;
			}
		}
		spk_grower_release(grower);
		free(tally);
		free(numbers);
		unit_matrix_free(u);
	}
	free(draws);
	assert_int_equal(state.live, 0);
}

/* The same matrix with each row twice, both of one user. */
static UnitMatrix *
twice(const UnitMatrix *u, uint32_t *numbers)
{
	UnitMatrix *t = calloc(1, sizeof(UnitMatrix));
	size_t		stride = u->matrix.stride;

	*t = *u;
	t->matrix.n_rows *= 2;
	t->matrix.n_positives *= 2;
	t->matrix.codes = malloc(t->matrix.n_rows * stride);
	for (uint32_t r = 0; r < t->matrix.n_rows; r++)
	{
		memcpy(t->matrix.codes + r * stride, u->matrix.codes + r / 2 * stride, stride);
		numbers[r] = r / 2;
	}
	t->matrix.users = numbers;
	t->matrix.n_users = u->matrix.n_rows;
	return t;
}

/* The trees split alike and say the same, but all nodes of b have twice the rows. */
static void
assert_twice(const SpkTree *a, const SpkTree *b)
{
	assert_int_equal(a->n_nodes, b->n_nodes);
	assert_int_equal(a->n_sets, b->n_sets);
	for (uint32_t i = 0; i < a->n_nodes; i++)
	{
		SpkNode node = b->nodes[i];

		assert_int_equal(node.cover, 2 * a->nodes[i].cover);
		node.cover = a->nodes[i].cover;
		assert_memory_equal(&node, &a->nodes[i], sizeof(SpkNode));
	}
	if (a->n_sets > 0)
		assert_memory_equal(a->sets, b->sets, a->n_sets * sizeof(SpkCodeSet));
}

/* Users who have every row twice are drawn as those who have it once. */
static void
bags_of_twins(void **unused)
{
	SpkRng	  rng = spk_rng(9, 10);
	SpkHost	  host = unit_host(&state);
	uint32_t *numbers = malloc(MAX_ROWS * sizeof(uint32_t));

	for (int round = 0; round < 20; round++)
	{
		UnitMatrix	 *once = unit_matrix_new(&rng, 20 + spk_rng_below(&rng, 300), 6, 12);
		UnitMatrix	 *both = twice(once, numbers);
		SpkForestPlan plan[2] = {plan_of(once, 3), plan_of(both, 3)};
		SpkGrower	 *grower[2];
		uint64_t	 *tally[2];
		SpkTree		  tree[2];
		double		  gains[SPK_MAX_FEATURES];

		plan[0].min_leaf = 3;
		plan[1].min_leaf = 6;
		for (int i = 0; i < 2; i++)
		{
			const UnitMatrix *u = i == 0 ? once : both;

			plan[i].permutation = false;
			grower[i] = spk_grower_new(&host, &plan[i], &u->matrix, u->features);
			tally[i] = calloc(spk_oob_words(&plan[i], &u->matrix), sizeof(uint64_t));
			spk_grower_tally(grower[i], tally[i]);
		}
		for (uint32_t t = 0; t < 3; t++)
		{
			for (int i = 0; i < 2; i++)
				assert_int_equal(spk_grower_grow(grower[i], t, &tree[i], gains), SPK_OK);
			assert_twice(&tree[0], &tree[1]);
		}

		/* and both rows are judged by the trees that have seen neither */
		for (uint32_t r = 0; r < both->matrix.n_rows; r++)
			assert_true(tally[1][r] == tally[0][r / 2]);
		for (int i = 0; i < 2; i++)
		{
			spk_grower_release(grower[i]);
			free(tally[i]);
		}
		unit_matrix_free(once);
		unit_matrix_free(both);
	}
	free(numbers);
	assert_int_equal(state.live, 0);
}

/* ---- Boosting ---- */

static SpkModel
boost(const UnitMatrix *u, const SpkOptions *options)
{
	SpkHost	   host = unit_host(&state);
	SpkModel   model = {.algorithm = SPK_GRADIENT_BOOSTING, .options = *options};
	SpkFeature features[SPK_MAX_FEATURES];

	memcpy(features, u->features, sizeof(features));
	model.features = features;
	model.n_features = u->matrix.n_features;
	assert_int_equal(spk_learners[SPK_GRADIENT_BOOSTING].fit_codes(&host, &u->matrix, &model),
					 SPK_OK);
	model.features = NULL;
	model.n_features = 0;
	return model;
}

/* Likewise in boosting, which draws users for each tree and holds some out. */
static void
boosted_twins(void **unused)
{
	SpkRng	  rng = spk_rng(11, 12);
	SpkHost	  host = unit_host(&state);
	uint32_t *numbers = malloc(MAX_ROWS * sizeof(uint32_t));

	for (int round = 0; round < 12; round++)
	{
		UnitMatrix *once = unit_matrix_new(&rng, 200 + spk_rng_below(&rng, 500), 6, 12);
		UnitMatrix *both = twice(once, numbers);
		SpkOptions	options = spk_options_default(SPK_GRADIENT_BOOSTING);
		SpkModel	model[2];

		options.value[SPK_OPT_TREES] = 12;
		options.value[SPK_OPT_SUBSAMPLE] = round % 2 == 0 ? 0.6 : 1;
		options.value[SPK_OPT_EARLY_STOPPING] = round % 3 == 0 ? 0 : 3;
		options.value[SPK_OPT_VALIDATION] = 0.3;
		options.value[SPK_OPT_MIN_LEAF] = 5;
		options.value[SPK_OPT_L2] = 1;
		options.value[SPK_OPT_CATEGORY_SUBSETS] = round % 4 == 0 ? 20 : 0;
		model[0] = boost(once, &options);
		options.value[SPK_OPT_MIN_LEAF] = 10;
		options.value[SPK_OPT_L2] = 2;
		options.value[SPK_OPT_CATEGORY_L2] *= 2;
		options.value[SPK_OPT_CATEGORY_SMOOTHING] *= 2;
		model[1] = boost(both, &options);

		assert_int_equal(model[0].n_trees, model[1].n_trees);
		for (uint32_t t = 0; t < model[0].n_trees; t++)
			assert_twice(&model[0].trees[t], &model[1].trees[t]);
		for (int i = 0; i < 2; i++)
			spk_model_release(&host, &model[i]);
		unit_matrix_free(once);
		unit_matrix_free(both);
	}
	free(numbers);
	assert_int_equal(state.live, 0);
}

/* Of few users somebody is held out, and not everybody, whatever the share; of one nobody is. */
static void
somebody_is_held_out(void **unused)
{
	SpkRng	 rng = spk_rng(15, 16);
	SpkHost	 host = unit_host(&state);
	uint32_t lonely = 0; /* how often chance alone would have held out nobody or everybody */

	for (int round = 0; round < 200; round++)
	{
		UnitMatrix	*u = unit_matrix_new(&rng, 60, 3, 5);
		uint32_t	*numbers = give_users(u, &rng, 1 + spk_rng_below(&rng, 7));
		uint32_t	 n_users = u->matrix.n_users;
		SpkOptions	 options = spk_options_default(SPK_GRADIENT_BOOSTING);
		SpkBoostPlan plan;
		SpkBooster	 b;
		void		*shared;
		void		*own;
		uint64_t	 out = 0;

		options.value[SPK_OPT_EARLY_STOPPING] = 5;
		options.value[SPK_OPT_VALIDATION] = round % 2 == 0 ? 0.05 : 0.9;
		options.value[SPK_OPT_SUBSAMPLE] = 1;
		options.value[SPK_OPT_SEED] = round;
		plan = spk_boost_plan(&options, &u->matrix, u->features);
		b = spk_booster_of(&plan, &u->matrix);
		b.host = host;
		b.team = (SpkTeam) {.n = 1};
		b.features = u->features;
		shared = calloc(1, spk_boost_shared_size(&plan, &u->matrix, 1));
		own = calloc(1, spk_boost_own_size(&plan, &u->matrix));
		spk_lay_out_shared(&b, 1, shared);
		spk_lay_out_own(&b, own);
		spk_boost_choose_holdout(&b);
		spk_boost_start_rows(&b);

		for (uint32_t r = 0; r < 60; r++)
			out |= (uint64_t) ((b.gradients[r].g | b.gradients[r].h) == 0) << numbers[r];
		for (uint32_t r = 0; r < 60; r++)
		{
			assert_int_equal(out >> numbers[r] & 1, (b.gradients[r].g | b.gradients[r].h) == 0);
			assert_int_equal(out >> numbers[r] & 1, spk_boost_held_out(&b, r));
		}
		if (n_users == 1)
			assert_true(out == 0 && b.holdout == 0);
		else
			assert_true(out != 0 && out != (UINT64_C(1) << n_users) - 1);
		lonely += n_users > 1 && b.holdout != b.plan.holdout;
		free(shared);
		free(own);
		free(numbers);
		unit_matrix_free(u);
	}
	assert_true(lonely > 50);
}

/* ---- Samples ---- */

/* The matrix without the rows of a fold, as if there were no others. */
static UnitMatrix *
without_fold(const UnitMatrix *u, const uint8_t *folds, uint8_t fold, uint32_t *numbers)
{
	SpkHost		host = unit_host(&state);
	UnitMatrix *some = calloc(1, sizeof(UnitMatrix));

	*some = *u;
	some->matrix.n_rows = some->matrix.n_positives = 0;
	some->matrix.codes = malloc((size_t) u->matrix.n_rows * u->matrix.stride);
	for (uint32_t r = 0; r < u->matrix.n_rows; r++)
	{
		if (folds[r] == fold)
			continue;
		memcpy(some->matrix.codes + (size_t) some->matrix.n_rows * u->matrix.stride,
			   spk_matrix_row(&u->matrix, r), u->matrix.stride);
		some->matrix.n_positives += spk_matrix_label(&u->matrix, r);
		numbers[some->matrix.n_rows++] = u->matrix.users[r];
	}
	assert_int_equal(spk_renumber_users(&host, &u->matrix, numbers, &some->matrix), SPK_OK);
	return some;
}

/* What a fit that leaves a fold out makes is what a fit to the other rows alone makes. */
static void
fits_without_a_fold(void **unused)
{
	static const SpkAlgorithm algorithms[] = {SPK_RANDOM_FOREST, SPK_GRADIENT_BOOSTING};
	SpkRng					  rng = spk_rng(13, 14);
	SpkHost					  host = unit_host(&state);
	UnitMatrix				 *u = unit_matrix_new(&rng, 600, 6, 12);
	uint32_t				 *numbers = give_users(u, &rng, 150);
	uint32_t				 *others = malloc(600 * sizeof(uint32_t));
	uint8_t					 *folds = malloc(600);

	for (uint32_t r = 0; r < 600; r++)
		folds[r] = (uint8_t) (spk_mix64(numbers[r]) % 3);
	for (int i = 0; i < 2; i++)
	{
		UnitMatrix *some = without_fold(u, folds, 1, others);
		SpkSamples	all = {.matrix = u->matrix, .matrix_folds = folds};
		SpkSamples	alone = {.matrix = some->matrix};
		SpkModel	model[2];
		SpkFeature	features[2][6];

		for (int k = 0; k < 2; k++)
		{
			memcpy(features[k], u->features, sizeof(features[k]));
			model[k] = (SpkModel) {.algorithm = algorithms[i],
								   .options = spk_options_default(algorithms[i])};
			model[k].options.value[SPK_OPT_TREES] = 6;
			model[k].options.value[SPK_OPT_SUBSAMPLE] = 0.7;
			model[k].features = features[k];
			model[k].n_features = 6;
			assert_int_equal(spk_samples_fit(&host, k == 0 ? &all : &alone,
											 k == 0 ? 1 : SPK_NO_FOLD, &model[k]),
							 SPK_OK);
		}
		assert_int_equal(model[0].n_trees, model[1].n_trees);
		for (uint32_t t = 0; t < model[0].n_trees; t++)
		{
			assert_int_equal(model[0].trees[t].n_nodes, model[1].trees[t].n_nodes);
			assert_memory_equal(model[0].trees[t].nodes, model[1].trees[t].nodes,
								model[0].trees[t].n_nodes * sizeof(SpkNode));
		}
		assert_true(model[0].threshold == model[1].threshold);
		for (int k = 0; k < 2; k++)
		{
			model[k].n_features = 0;
			model[k].features = NULL;
			spk_model_release(&host, &model[k]);
		}
		unit_matrix_free(some);
	}
	free(folds);
	free(others);
	free(numbers);
	unit_matrix_free(u);
	assert_int_equal(state.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(nobody_twice),
		cmocka_unit_test(failures),
		cmocka_unit_test(bags),
		cmocka_unit_test(bags_of_twins),
		cmocka_unit_test(boosted_twins),
		cmocka_unit_test(somebody_is_held_out),
		cmocka_unit_test(fits_without_a_fold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
