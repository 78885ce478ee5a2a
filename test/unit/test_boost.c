/*
 * test_boost.c
 *	  Gradient boosting: splits against a search that tries everything, trees
 *	  against a learner that goes row by row, and what must hold of any model.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <pthread.h>

#include "core/trees/boost.h"
#include "core/trees/boost_cuts.h"
#include "core/trees/boost_gradients.h"
#include "core/trees/boost_split.h"
#include "core/models/codec.h"
#include "core/base/elementary.h"
#include "core/scoring/predict.h"
#include "unit_host.h"
#include "unit_matrix.h"
#include "unit_rounds.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define MAX_TEAM 8

static UnitHost state = UNIT_HOST_INIT;

/* ---- One split ---- */

/* The score when the codes in left go left; below 0 if they may not. */
static double
naive_score(const SpkSums *histogram, const bool *left, double l2, double min_hessian)
{
	SpkSums sums[2] = {{0, 0}, {0, 0}};
	double	score = 0;

	for (int code = 0; code < 256; code++)
	{
		sums[left[code]].g += histogram[code].g;
		sums[left[code]].h += histogram[code].h;
	}
	for (int side = 0; side < 2; side++)
	{
		if (sums[side].h < 1 || (double) sums[side].h < min_hessian)
			return -1;
		score += (double) sums[side].g * (double) sums[side].g / ((double) sums[side].h + l2);
	}
	return score;
}

/* The best score of a number's cuts, or of all subsets of a category's codes. */
static double
naive_best(const SpkSums *histogram, bool category, uint32_t n_bins, double l2, double min_hessian)
{
	double best = -1;

	for (int missing_left = 0; missing_left < 2; missing_left++)
		for (uint32_t way = 0; way < (category ? UINT32_C(1) << n_bins : n_bins + 1); way++)
		{
			bool left[256] = {false};

			for (uint32_t code = 0; code < n_bins; code++)
				left[code] = category ? way >> code & 1 : code < way;
			left[SPK_MISSING] = missing_left;
			best = fmax(best, naive_score(histogram, left, l2, min_hessian));
		}
	return best;
}

static void
splits_are_the_best(void **unused)
{
	SpkRng rng = spk_rng(1, 1);
	int	   n_found = 0;

	for (int round = 0; round < ROUNDS(3000); round++)
	{
		SpkSums	 histogram[256] = {{0, 0}};
		SpkSums	 node = {0, 0};
		bool	 category = round % 3 == 0;
		uint32_t n_bins = 1 + spk_rng_below(&rng, category ? 8 : round % 2 == 0 ? 255 : 6);
		/* subsets are only as good as cuts of the ordered rates where nothing shrinks them */
		double		  l2 = category ? 0 : spk_rng_below(&rng, 3) * 10000;
		double		  least = category ? 0 : spk_rng_below(&rng, 3) * 50000;
		SpkBoostRule  rule = {.l2 = l2, .min_hessian = least};
		bool		  left[256] = {false};
		double		  best;
		SpkBoostSplit split;

		for (uint32_t i = 0; i <= n_bins; i++)
		{
			SpkSums *sums = &histogram[i == n_bins ? SPK_MISSING : i];

			if (spk_rng_below(&rng, 4) == 0 || (i == n_bins && round % 5 < 2))
				continue;
			sums->h = 1 + spk_rng_below(&rng, 65535);
			sums->g = (int64_t) spk_rng_below(&rng, 65535) - 32767;
			node.g += sums->g;
			node.h += sums->h;
		}
		best = naive_best(histogram, category, n_bins, l2, least);
		/* what is asked of a gain is what counts, to the last bits */
		if (best > 0)
		{
			double gain = best - spk_boost_score(node, l2);

			split = spk_boost_split_none(node, l2, gain * (1 + 1e-6) + 1e-6 * best);
			spk_boost_split_feature(node, &rule, 3, category, n_bins, histogram, &split);
			assert_false(split.found);
			split = spk_boost_split_none(node, l2, gain * (1 - 1e-6));
			spk_boost_split_feature(node, &rule, 3, category, n_bins, histogram, &split);
			assert_true(split.found || gain < 1e-6 * best);
		}
		split = spk_boost_split_none(node, l2, 0);
		spk_boost_split_feature(node, &rule, 3, category, n_bins, histogram, &split);
		if (best <= split.score && !split.found)
			continue;
		assert_true(split.found);
		n_found++;
		assert_int_equal(split.feature, 3);
		for (int code = 0; code < 256; code++)
			left[code] = category ? spk_set_has(&split.set, (uint8_t) code) : code <= split.cut;
		if (!category)
			left[SPK_MISSING] = split.missing_left;
		assert_true(fabs(split.score - best) <= 1e-9 * best);
		assert_true(fabs(naive_score(histogram, left, l2, least) - best) <= 1e-9 * best);
		assert_true(category || (uint32_t) split.cut + split.missing_left < n_bins);
		for (uint32_t code = n_bins; category && code < SPK_MISSING; code++)
			assert_false(left[code]);
	}
	assert_true(n_found > ROUNDS(2000));
}

/* May the codes in left part from the others, as the rule for many categories says? */
static bool
rule_allows(const SpkBoostRule *rule, const SpkSums *histogram, uint32_t n_bins, const bool *left)
{
	for (uint32_t a = 0; a < n_bins; a++)
	{
		double rate = (double) histogram[a].g /
			((double) histogram[a].h + rule->category_smoothing + 1);

		if (histogram[a].h == 0)
			continue;
		if ((double) histogram[a].h < rule->category_hessian)
		{
			if (left[a] != left[SPK_MISSING])
				return false;
			continue;
		}
		for (uint32_t b = 0; b < n_bins && left[a]; b++)
			if (!left[b] && histogram[b].h > 0 && (double) histogram[b].h >= rule->category_hessian)
			{
				double other = (double) histogram[b].g /
					((double) histogram[b].h + rule->category_smoothing + 1);

				if (other < rate || (other == rate && b < a))
					return false;
			}
	}
	return true;
}

/* The best split among all subsets of many categories that the rule allows. */
static void
many_categories_keep_the_rule(void **unused)
{
	SpkRng rng = spk_rng(11, 1);
	int	   n_found = 0;
	int	   n_pooled = 0;

	for (int round = 0; round < ROUNDS(2000); round++)
	{
		SpkSums		  histogram[256] = {{0, 0}};
		SpkSums		  node = {0, 0};
		uint32_t	  n_bins = 5 + spk_rng_below(&rng, 5);
		SpkBoostRule  rule = {.l2 = spk_rng_below(&rng, 3) * 10000,
							  .min_hessian = spk_rng_below(&rng, 3) * 20000,
							  .category_smoothing = spk_rng_below(&rng, 3) * 30000,
							  .category_l2 = spk_rng_below(&rng, 3) * 30000,
							  .category_hessian = spk_rng_below(&rng, 3) * 20000};
		double		  l2 = rule.l2 + rule.category_l2;
		double		  best = -1;
		bool		  left[256] = {false};
		SpkBoostSplit split;

		for (uint32_t i = 0; i <= n_bins; i++)
		{
			SpkSums *sums = &histogram[i == n_bins ? SPK_MISSING : i];

			if (spk_rng_below(&rng, 4) == 0)
				continue;
			sums->h = 1 + spk_rng_below(&rng, 65535);
			sums->g = (int64_t) spk_rng_below(&rng, 65535) - 32767;
			node.g += sums->g;
			node.h += sums->h;
			n_pooled += i < n_bins && (double) sums->h < rule.category_hessian;
		}
		for (uint32_t way = 0; way < UINT32_C(2) << n_bins; way++)
		{
			for (uint32_t code = 0; code < n_bins; code++)
				left[code] = way >> code & 1;
			left[SPK_MISSING] = way >> n_bins & 1;
			if (rule_allows(&rule, histogram, n_bins, left))
				best = fmax(best, naive_score(histogram, left, l2, rule.min_hessian));
		}
		split = spk_boost_split_none(node, rule.l2, 0);
		spk_boost_split_feature(node, &rule, 3, true, n_bins, histogram, &split);
		if (!split.found)
		{
			assert_true(best <= split.score * (1 + 1e-9));
			continue;
		}
		n_found++;
		for (int code = 0; code < 256; code++)
			left[code] = spk_set_has(&split.set, (uint8_t) code);
		assert_true(rule_allows(&rule, histogram, n_bins, left));
		assert_true(fabs(split.score - best) <= 1e-9 * best);
		assert_true(fabs(naive_score(histogram, left, l2, rule.min_hessian) - best) <= 1e-9 * best);
		/* what had no rows goes where missing values go */
		for (uint32_t code = 0; code < SPK_MISSING; code++)
			if (code >= n_bins)
				assert_false(left[code]);
			else if (histogram[code].h == 0)
				assert_int_equal(left[code], left[SPK_MISSING]);
	}
	assert_true(n_found > ROUNDS(1000) && n_pooled > ROUNDS(1000));
}

static void
ties_go_to_the_first(void **unused)
{
	SpkSums		  histogram[256] = {[2] = {-50, 10}, [5] = {50, 10}};
	SpkSums		  node = {0, 20};
	SpkBoostRule  rule = {0};
	SpkBoostSplit split = spk_boost_split_none(node, 0, 0);

	spk_boost_split_feature(node, &rule, 4, false, 9, histogram, &split);
	assert_int_equal(split.cut, 3);	 /* in the middle of the gap */
	assert_true(split.missing_left); /* both sides weigh the same */
	spk_boost_split_feature(node, &rule, 7, false, 9, histogram, &split);
	assert_int_equal(split.feature, 4);

	/* nothing to gain */
	histogram[5].g = -50;
	node.g = -100;
	split = spk_boost_split_none(node, 0, 0);
	spk_boost_split_feature(node, &rule, 4, false, 9, histogram, &split);
	assert_false(split.found);
	/* a side would have no hessian */
	histogram[2].h = 0;
	histogram[5].g = 50;
	node = (SpkSums) {0, 10};
	split = spk_boost_split_none(node, 0, 0);
	spk_boost_split_feature(node, &rule, 4, false, 9, histogram, &split);
	assert_false(split.found);
}

/* With vectors the same cut is found, to the bit, of equal ones the first. */
static void
cuts_are_the_same_with_vectors(void **unused)
{
#ifdef SPK_VECTORS
	SpkRng rng = spk_rng(21, 1);

	for (int round = 0; round < ROUNDS(3000) && __builtin_cpu_supports("avx2"); round++)
	{
		SpkSums		  sums[SPK_MAX_BINS] = {{0, 0}};
		SpkBoostCodes codes = {sums,
							   spk_rng_below(&rng, SPK_MAX_BINS + 1),
							   {0, 0},
							   {0, 0},
							   spk_rng_below(&rng, 3) * 10000,
							   1 + spk_rng_below(&rng, 3) * 90000};
		/* few different sums, so that many cuts are equal */
		uint32_t	n_values = round % 2 == 0 ? 2 : 60000;
		SpkBoostCut plain;
		SpkBoostCut vectors;

		if (round % 3 == 0)
			codes.missing = (SpkSums) {-(int64_t) spk_rng_below(&rng, 9000), 9000};
		codes.node = codes.missing;
		for (uint32_t i = 0; i < codes.n; i++)
		{
			if (spk_rng_below(&rng, 4) > 0)
				sums[i] = (SpkSums) {(int64_t) spk_rng_below(&rng, n_values) - n_values / 2,
									 1 + spk_rng_below(&rng, n_values)};
			codes.node.g += sums[i].g;
			codes.node.h += sums[i].h;
		}
		plain = (SpkBoostCut) {.score = spk_boost_score(codes.node, codes.l2)};
		vectors = plain;
		spk_try_cuts(&codes, &plain);
		spk_try_cuts_avx2(&codes, &vectors);
		assert_true(plain.found == vectors.found && plain.score == vectors.score);
		assert_int_equal(plain.n_left, vectors.n_left);
		assert_true(plain.missing_left == vectors.missing_left);
		assert_true(plain.left.g == vectors.left.g && plain.left.h == vectors.left.h);
	}
#endif
}

/* ---- Gradients ---- */

/* A gradient as its definition says, row by row. */
static SpkGradient
plain_gradient(float margin, double label, double weight)
{
	double		against = margin < -700 ? 700 : margin > 700 ? -700 : -margin;
	double		p = 1 / (1 + spk_fast_exp(against));
	SpkGradient gradient;

	gradient.g = (int16_t) ((int32_t) (weight * (p - label) * SPK_GRADIENT_ONE +
									   (SPK_GRADIENT_ONE + 1.5)) -
							(SPK_GRADIENT_ONE + 1));
	gradient.h = (uint16_t) (weight * p * (1 - p) * SPK_HESSIAN_ONE + 0.5);
	return gradient;
}

/* Each way of the processor gives the same bits, of any number of rows. */
static void
gradients_are_the_same_by_any_way(void **unused)
{
	SpkRng rng = spk_rng(20, 1);

	for (int round = 0; round < 300; round++)
	{
		float			margins[SPK_GRADIENT_ROWS];
		int32_t			labels[SPK_GRADIENT_ROWS];
		int32_t			parts[SPK_GRADIENT_ROWS];
		SpkGradient		gradients[SPK_GRADIENT_ROWS];
		SpkGradientRows rows = {1 + spk_rng_below(&rng, SPK_GRADIENT_ROWS),
								margins,
								labels,
								round % 3 == 0 ? NULL : parts,
								{spk_rng_double(&rng), round % 2 == 0 ? 1 : 1e-6}};
		double			scale = round % 7 == 0 ? 1e5 : round % 7 == 1 ? 1e-30 : 20;

		for (uint32_t i = 0; i < rows.n; i++)
		{
			margins[i] = (float) ((spk_rng_double(&rng) - 0.5) * scale);
			labels[i] = spk_rng_below(&rng, 2);
			parts[i] = spk_rng_below(&rng, 2);
		}
		for (uint32_t way = SPK_GRADIENT_PLAIN; way <= SPK_GRADIENT_AVX2; way++)
		{
			SpkSums sums;

			if (!spk_gradients_have((SpkGradientWay) way))
				continue;
			sums = spk_set_gradients((SpkGradientWay) way, &rows, gradients);
			for (uint32_t i = 0; i < rows.n; i++)
			{
				SpkGradient is = {0, 0};

				if (rows.parts == NULL || parts[i])
					is = plain_gradient(margins[i], labels[i], rows.weight[labels[i]]);
				assert_int_equal(gradients[i].g, is.g);
				assert_int_equal(gradients[i].h, is.h);
				sums.g -= is.g;
				sums.h -= is.h;
			}
			assert_true(sums.g == 0 && sums.h == 0);
		}
	}
}

/* ---- Teams of threads ---- */

typedef struct Job
{
	SpkHost			  host;
	SpkBoostPlan	  plan;
	const UnitMatrix *u;
	SpkModel		 *model;
	void			 *shared;
	pthread_barrier_t barrier;
	uint32_t		  n;
	uint32_t		  alone_after; /* trees */
	SpkStatus		  status[MAX_TEAM];
} Job;

typedef struct Member
{
	Job		*job;
	uint32_t me;
} Member;

static void
meet(void *ctx)
{
	pthread_barrier_wait(&((Job *) ctx)->barrier);
}

static bool
tell_round(void *ctx, uint32_t done, uint32_t total)
{
	assert_true(done > 0 && done < total);
	return done == ((Job *) ctx)->alone_after;
}

static void *
run_member(void *arg)
{
	Member	*member = arg;
	Job		*job = member->job;
	SpkTeam	 team = {job->n, member->me, meet, tell_round, job};
	SpkHost	 host = job->host;
	UnitHost own = UNIT_HOST_INIT;

	if (member->me > 0)
		host = unit_host(&own);
	job->status[member->me] = spk_boost(&host, &team, &job->plan, &job->u->matrix, job->u->features,
										job->shared, member->me == 0 ? job->model : NULL);
	return NULL;
}

/*
 * Trains with a team of n, from so many trees on with the leader alone; what the
 * leader returned, as all the others who stayed.
 */
static SpkStatus
train_and_leave(const UnitMatrix *u, const SpkOptions *options, uint32_t n, uint32_t alone_after,
				SpkModel *model)
{
	Job		  job = {.u = u, .model = model, .n = n, .alone_after = alone_after};
	pthread_t threads[MAX_TEAM];
	Member	  members[MAX_TEAM];

	*model = (SpkModel) {.algorithm = SPK_GRADIENT_BOOSTING, .options = *options, .threshold = 0.5};
	job.host = unit_host(&state);
	job.plan = spk_boost_plan(options, &u->matrix, u->features);
	/* the trees are the same with codes by column */
	job.plan.columns = n % 2 == 0 && spk_boost_can_have_columns(&job.plan);
	job.shared = aligned_alloc(64, spk_boost_shared_size(&job.plan, &u->matrix, n));
	pthread_barrier_init(&job.barrier, NULL, n);
	model->n_features = u->matrix.n_features;
	model->features = spk_alloc(&job.host, model->n_features, sizeof(SpkFeature));
	memset(model->features, 0, model->n_features * sizeof(SpkFeature));
	model->trees = spk_alloc(&job.host, spk_boost_most_trees(&job.plan), sizeof(SpkTree));
	memset(model->trees, 0, spk_boost_most_trees(&job.plan) * sizeof(SpkTree));
	for (uint32_t i = 0; i < n; i++)
	{
		members[i] = (Member) {&job, i};
		if (i > 0)
			pthread_create(&threads[i], NULL, run_member, &members[i]);
	}
	run_member(&members[0]);
	for (uint32_t i = 1; i < n; i++)
	{
		pthread_join(threads[i], NULL);
		assert_true(job.status[i] == job.status[0] || (alone_after > 0 && job.status[i] == SPK_OK));
	}
	pthread_barrier_destroy(&job.barrier);
	free(job.shared);
	return job.status[0];
}

static SpkStatus
train(const UnitMatrix *u, const SpkOptions *options, uint32_t n, SpkModel *model)
{
	return train_and_leave(u, options, n, 0, model);
}

static void
free_model(SpkModel *model)
{
	SpkHost host = unit_host(&state);

	spk_model_release(&host, model);
}

/* Nothing is left behind. */
static int
check_live(void **unused)
{
	return state.live == 0 ? 0 : -1;
}

static void
assert_same_trees(const SpkModel *a, const SpkModel *b)
{
	assert_int_equal(a->n_trees, b->n_trees);
	for (uint32_t t = 0; t < a->n_trees; t++)
	{
		assert_int_equal(a->trees[t].n_nodes, b->trees[t].n_nodes);
		assert_int_equal(a->trees[t].n_sets, b->trees[t].n_sets);
		assert_memory_equal(a->trees[t].nodes, b->trees[t].nodes,
							a->trees[t].n_nodes * sizeof(SpkNode));
		assert_memory_equal(a->trees[t].sets, b->trees[t].sets,
							a->trees[t].n_sets * sizeof(SpkCodeSet));
	}
}

/* So many trees of all rows and features, whatever the defaults are. */
static SpkOptions
options_of(double trees)
{
	SpkOptions options = spk_options_default(SPK_GRADIENT_BOOSTING);

	options.value[SPK_OPT_TREES] = trees;
	options.value[SPK_OPT_MIN_LEAF] = 3;
	options.value[SPK_OPT_MAX_DEPTH] = 6;
	options.value[SPK_OPT_LEARNING_RATE] = 0.1;
	options.value[SPK_OPT_L2] = 1;
	options.value[SPK_OPT_SUBSAMPLE] = 1;
	options.value[SPK_OPT_FEATURES_PER_SPLIT] = SPK_FEATURES_ALL;
	options.value[SPK_OPT_EARLY_STOPPING] = 0;
	return options;
}

/*
 * What holds of every model: breadth-first order, covers of the rows that
 * reach a node, few enough leaves, finite values.
 */
static void
check_trees(const UnitMatrix *u, const SpkOptions *options, const SpkModel *model)
{
	double max_leaves = options->value[SPK_OPT_MAX_LEAVES];
	bool   statistics = spk_boost_plan(options, &u->matrix, u->features).n_statistics > 0;

	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		const SpkTree *tree = &model->trees[t];
		uint32_t	  *rows = calloc(tree->n_nodes, sizeof(uint32_t));
		uint32_t	   splits = 0;
		uint32_t	   sets = 0;

		for (uint32_t r = 0; r < u->matrix.n_rows; r++)
			rows[spk_tree_leaf(tree, spk_matrix_row(&u->matrix, r))]++;
		assert_int_equal(tree->nodes[0].cover, u->matrix.n_rows);
		for (uint32_t i = 0; i < tree->n_nodes; i++)
		{
			const SpkNode *node = &tree->nodes[i];

			if (node->flags & SPK_NODE_LEAF)
			{
				/* training takes rows by statistics of some rows, prediction by those of all */
				assert_true(statistics || node->cover == rows[i]);
				assert_true(node->cover > 0);
				assert_true(isfinite(node->u.value));
				continue;
			}
			assert_int_equal(node->u.left, 2 * splits++ + 1);
			assert_int_equal(node->cover,
							 tree->nodes[node->u.left].cover + tree->nodes[node->u.left + 1].cover);
			if (node->flags & SPK_NODE_SET)
				assert_int_equal(node->set, sets++);
		}
		assert_int_equal(tree->n_nodes, 2 * splits + 1);
		assert_int_equal(tree->n_sets, sets);
		assert_true(max_leaves == 0 || splits + 1 <= max_leaves);
		free(rows);
	}
}

static double
loss_of(const UnitMatrix *u, const SpkModel *model)
{
	double loss = 0;

	for (uint32_t r = 0; r < u->matrix.n_rows; r++)
	{
		double p = spk_predict(model, spk_matrix_row(&u->matrix, r));

		assert_true(p > 0 && p < 1);
		loss -= log(spk_matrix_label(&u->matrix, r) ? p : 1 - p);
	}
	return loss / u->matrix.n_rows;
}

static void
any_team_grows_the_same_trees(void **unused)
{
	SpkRng rng = spk_rng(2, 1);

	for (int round = 0; round < 40; round++)
	{
		UnitMatrix *u = unit_matrix_new(&rng, 1 + spk_rng_below(&rng, 3000),
										1 + spk_rng_below(&rng, 12), 1 + spk_rng_below(&rng, 255));
		SpkOptions	options = options_of(6);
		SpkModel	alone;

		options.value[SPK_OPT_MAX_DEPTH] = 1 + spk_rng_below(&rng, 12);
		options.value[SPK_OPT_MAX_LEAVES] = round % 3 == 0 ? 2 + spk_rng_below(&rng, 20) : 0;
		options.value[SPK_OPT_SUBSAMPLE] = round % 4 == 0 ? 0.6 : 1;
		options.value[SPK_OPT_EARLY_STOPPING] = round % 5 == 0 ? 2 : 0;
		options.value[SPK_OPT_REFIT] = round % 10 == 0;
		options.value[SPK_OPT_MODELS] = round % 7 < 2 ? 1 + spk_rng_below(&rng, 3) : 1;
		options.value[SPK_OPT_FEATURES_PER_SPLIT] = round % 2 == 0 ? SPK_FEATURES_ALL :
																	 SPK_FEATURES_SQRT;
		options.value[SPK_OPT_CATEGORY_SUBSETS] = round % 3 * 100;
		options.value[SPK_OPT_CLASS_WEIGHT] = round % 6 == 0 ? SPK_WEIGHT_BALANCED :
															   SPK_WEIGHT_NONE;
		assert_int_equal(train(u, &options, 1, &alone), SPK_OK);
		check_trees(u, &options, &alone);
		for (uint32_t n = 2; n <= MAX_TEAM; n += 3)
		{
			SpkModel model;

			assert_int_equal(train_and_leave(u, &options, n, spk_rng_below(&rng, 7), &model),
							 SPK_OK);
			assert_same_trees(&alone, &model);
			for (uint32_t f = 0; f < model.n_features; f++)
				assert_true(model.features[f].importance == alone.features[f].importance);
			free_model(&model);
		}
		free_model(&alone);
		unit_matrix_free(u);
	}
}

/* Deep trees of many leaves: more open nodes than there are slots for histograms. */
static void
deep_trees_grow_in_groups(void **unused)
{
	SpkRng		rng = spk_rng(3, 1);
	UnitMatrix *u = unit_matrix_new(&rng, 20000, 6, 255);
	SpkOptions	options = options_of(2);
	SpkModel	shallow, deep, best_first;

	options.value[SPK_OPT_MIN_LEAF] = 1;
	assert_int_equal(train(u, &options, 2, &shallow), SPK_OK);
	options.value[SPK_OPT_MAX_DEPTH] = SPK_MAX_DEPTH;
	assert_int_equal(train(u, &options, 2, &deep), SPK_OK);
	check_trees(u, &options, &deep);
	assert_true(deep.trees[0].n_nodes > 4 * 256);
	/* the same splits as far as the shallow ones go */
	for (uint32_t i = 0; i < 63; i++)
		if ((shallow.trees[0].nodes[i].flags & SPK_NODE_LEAF) == 0)
			assert_int_equal(shallow.trees[0].nodes[i].split, deep.trees[0].nodes[i].split);
	/* enough leaves: in whatever order, the same tree */
	options.value[SPK_OPT_MAX_DEPTH] = 6;
	options.value[SPK_OPT_MAX_LEAVES] = 64;
	assert_int_equal(train(u, &options, 1, &best_first), SPK_OK);
	assert_same_trees(&shallow, &best_first);
	free_model(&best_first);
	free_model(&deep);
	free_model(&shallow);
	unit_matrix_free(u);
}

/*
 * Where few features are drawn, histograms are of these alone, and no node's are taken away
 * from its parent's.  Best first they are of all features: the trees are the same.
 */
static void
drawn_features_give_the_same_trees(void **unused)
{
	SpkRng rng = spk_rng(3, 2);

	for (int round = 0; round < 12; round++)
	{
		UnitMatrix *u = unit_matrix_new(&rng, 2000, 4 + spk_rng_below(&rng, 20), 255);
		SpkOptions	options = options_of(5);
		SpkModel	drawn, all;

		options.value[SPK_OPT_MAX_DEPTH] = 3 + round % 2;
		options.value[SPK_OPT_FEATURES_PER_SPLIT] = round % 3 == 0 ? 0.5 : 0.3;
		options.value[SPK_OPT_SUBSAMPLE] = 0.7;
		options.value[SPK_OPT_CATEGORY_SUBSETS] = round % 3 * 20;
		assert_int_equal(train(u, &options, 1 + (uint32_t) round % 3, &drawn), SPK_OK);
		check_trees(u, &options, &drawn);
		assert_true(drawn.n_trees == 5);
		options.value[SPK_OPT_MAX_LEAVES] = 64;
		assert_int_equal(train(u, &options, 2, &all), SPK_OK);
		assert_same_trees(&drawn, &all);
		free_model(&all);
		free_model(&drawn);
		unit_matrix_free(u);
	}
}

/* ---- The learner that goes row by row ---- */

/* The margins that a model's trees give, and what the loss asks of the next. */
static SpkSums
naive_sums(const UnitMatrix *u, const double *margins, const bool *in)
{
	SpkSums sums = {0, 0};

	for (uint32_t r = 0; r < u->matrix.n_rows; r++)
	{
		double p = 1 / (1 + exp(-(float) margins[r]));

		if (!in[r])
			continue;
		sums.g += (int64_t) floor((p - spk_matrix_label(&u->matrix, r)) * SPK_GRADIENT_ONE + 0.5);
		sums.h += (int64_t) floor(p * (1 - p) * SPK_HESSIAN_ONE + 0.5);
	}
	return sums;
}

static bool
near(double a, double b, double tolerance)
{
	return fabs(a - b) <= tolerance * (1 + fabs(b));
}

/* What a leaf pays besides l2, because its parent splits many categories. */
static double
category_l2_of(const UnitMatrix *u, const SpkOptions *options, const SpkTree *tree, uint32_t leaf)
{
	for (uint32_t i = 0; i < leaf; i++)
	{
		const SpkNode *node = &tree->nodes[i];

		if ((node->flags & SPK_NODE_SET) && (leaf - 1) / 2 * 2 + 1 == node->u.left)
			return u->features[node->feature].n_bins > 4 ?
				options->value[SPK_OPT_CATEGORY_L2] * SPK_HESSIAN_ONE :
				0;
	}
	return 0;
}

/*
 * Every leaf moves its rows by -learning_rate * g / (h + l2), and every split
 * is at least as good as any other of its node.
 */
static void
trees_are_newtons_steps(void **unused)
{
	SpkRng	 rng = spk_rng(4, 1);
	uint32_t n_with = 0;
	uint32_t n_without = 0;

	for (int round = 0; round < 12; round++)
	{
		UnitMatrix *u = unit_matrix_new(&rng, 200 + spk_rng_below(&rng, 300), 4, 7);
		uint32_t	n = u->matrix.n_rows;
		SpkOptions	options = options_of(3);
		double		l2 = options.value[SPK_OPT_L2] * SPK_HESSIAN_ONE;
		double		min_gain = round % 2 == 0 ? 0 : 1 + spk_rng_below(&rng, 4);
		double		score_one = (double) SPK_GRADIENT_ONE * SPK_GRADIENT_ONE / SPK_HESSIAN_ONE;
		uint32_t	n_splits = 0;
		uint32_t	n_first;
		double	   *margins = calloc(n, sizeof(double));
		double		base = log((double) u->matrix.n_positives / (n - u->matrix.n_positives));
		bool	   *in = calloc(n, sizeof(bool));
		SpkModel	model;

		options.value[SPK_OPT_MIN_LEAF] = 1;
		options.value[SPK_OPT_MIN_GAIN] = min_gain;
		options.value[SPK_OPT_CATEGORY_L2] = round % 3;
		assert_int_equal(train(u, &options, 1, &model), SPK_OK);
		for (uint32_t r = 0; r < n; r++)
			margins[r] = base;
		for (uint32_t t = 0; t < model.n_trees; t++)
		{
			const SpkTree *tree = &model.trees[t];

			for (uint32_t i = 0; i < tree->n_nodes; i++)
			{
				SpkTree		   cut = *tree;
				SpkNode		  *nodes = malloc(tree->n_nodes * sizeof(SpkNode));
				const SpkNode *node = &tree->nodes[i];
				SpkSums		   sums;
				double		   score;
				double		   whole;
				double		   least;

				/* the node's rows are those that end in it once it is a leaf */
				memcpy(nodes, tree->nodes, tree->n_nodes * sizeof(SpkNode));
				nodes[i].flags = SPK_NODE_LEAF;
				cut.nodes = nodes;
				for (uint32_t r = 0; r < n; r++)
					in[r] = spk_tree_leaf(&cut, spk_matrix_row(&u->matrix, r)) == i;
				free(nodes);
				sums = naive_sums(u, margins, in);
				/* min_leaf rows have at least so much; gradients here may differ by a quantum */
				least = (double) sums.h / node->cover * (1 + 1e-3);
				if (node->flags & SPK_NODE_LEAF)
				{
					double penalty = l2 + category_l2_of(u, &options, tree, i);
					double value = -options.value[SPK_OPT_LEARNING_RATE] * sums.g /
						SPK_GRADIENT_ONE / ((sums.h + penalty) / SPK_HESSIAN_ONE);

					assert_true(near(node->u.value, value + (t == 0 ? base : 0), 1e-4));
					continue;
				}
				n_splits++;
				whole = spk_boost_score(sums, l2);
				score = 0;
				for (uint32_t f = 0; f < u->matrix.n_features; f++)
				{
					SpkSums histogram[256] = {{0, 0}};

					for (int code = 0; code < 256; code++)
					{
						bool *with = calloc(n, sizeof(bool));

						for (uint32_t r = 0; r < n; r++)
							with[r] = in[r] && spk_matrix_row(&u->matrix, r)[f] == code;
						if (code < 7 || code == SPK_MISSING)
							histogram[code] = naive_sums(u, margins, with);
						free(with);
					}
					if (u->features[f].kind != SPK_CATEGORY)
						score = fmax(score,
									 naive_best(histogram, false, u->features[f].n_bins, l2,
												least));
				}
				{
					SpkSums left;

					for (uint32_t r = 0; r < n; r++)
					{
						uint8_t code = spk_matrix_row(&u->matrix, r)[node->feature];
						bool	goes_left = node->flags & SPK_NODE_SET ?
							   spk_set_has(&tree->sets[node->set], code) :
							   code == SPK_MISSING ? (node->flags & SPK_NODE_MISSING_LEFT) != 0 :
													 code <= node->split;

						in[r] &= goes_left;
					}
					left = naive_sums(u, margins, in);
					sums.g -= left.g;
					sums.h -= left.h;
					assert_true(spk_boost_score(left, l2) + spk_boost_score(sums, l2) >=
								score * (1 - 1e-3));
					assert_true(spk_boost_score(left, l2) + spk_boost_score(sums, l2) - whole >=
								min_gain * score_one - 1e-3 * score);
				}
			}
			for (uint32_t r = 0; r < n; r++)
				margins[r] +=
					tree->nodes[spk_tree_leaf(tree, spk_matrix_row(&u->matrix, r))].u.value -
					(t == 0 ? base : 0);
		}
		free(margins);
		free(in);
		n_first = model.trees[0].n_nodes;
		free_model(&model);
		if (min_gain > 0)
		{
			/* the first tree loses splits; those after it differ, and may win some */
			options.value[SPK_OPT_MIN_GAIN] = 0;
			assert_int_equal(train(u, &options, 1, &model), SPK_OK);
			assert_true(n_first <= model.trees[0].n_nodes);
			for (uint32_t t = 0; t < model.n_trees; t++)
				n_without += model.trees[t].n_nodes / 2;
			n_with += n_splits;
			free_model(&model);
		}
		unit_matrix_free(u);
	}
	assert_true(n_with < n_without);
}

/* ---- Ordered target statistics ---- */

/* The share of churn among these rows, of a category or of all (-1), with more usual ones. */
static double
naive_statistic(const UnitMatrix *u, const uint32_t *rows, uint32_t n, int code, double more,
				double usual)
{
	double in = more;
	double churn = more * usual;

	for (uint32_t i = 0; i < n; i++)
		if (code < 0 || spk_matrix_row(&u->matrix, rows[i])[0] == code)
		{
			in++;
			churn += spk_matrix_label(&u->matrix, rows[i]);
		}
	return in > 0 ? churn / in : usual;
}

/*
 * One split of one feature with many categories: the best of all cuts of the rows'
 * statistics, each of which is that of the rows of users before its own; rows that are
 * held out have that of all others.  The set has the categories whose last statistic is left of it.
 */
static void
statistics_are_of_rows_before(void **unused)
{
	SpkRng rng = spk_rng(12, 1);
	int	   n_splits = 0;

	for (int round = 0; round < 40; round++)
	{
		UnitMatrix *u = unit_matrix_new(&rng, 100 + spk_rng_below(&rng, 300), 1,
										2 + spk_rng_below(&rng, 254));
		uint32_t	n = u->matrix.n_rows;
		SpkOptions	options = options_of(1);
		bool		holds = round % 2 == 1;
		double		more = spk_rng_below(&rng, 4);
		double		usual;
		double		finals[256];
		double		best = 0;
		double		found = 0;
		double		base = log((double) u->matrix.n_positives / (n - u->matrix.n_positives));
		double	   *values = calloc(n, sizeof(double));
		double	   *margins = calloc(n, sizeof(double));
		uint32_t   *order = calloc(n, sizeof(uint32_t));
		uint32_t   *known = calloc(n, sizeof(uint32_t));
		uint32_t   *users = calloc(n, sizeof(uint32_t));
		uint32_t	n_users = round % 4 < 2 ? n : 1 + n / 3;
		uint32_t	n_ordered = 0;
		bool	   *out = calloc(n, sizeof(bool));
		bool	   *left = calloc(n, sizeof(bool));
		bool	   *right = calloc(n, sizeof(bool));
		uint32_t	n_known = 0;
		SpkRng		stream = spk_rng(42, 4);
		SpkModel	model;

		u->features[0].kind = SPK_CATEGORY;
		options.value[SPK_OPT_MAX_DEPTH] = 1;
		options.value[SPK_OPT_MIN_LEAF] = 1;
		options.value[SPK_OPT_CATEGORY_SUBSETS] = 0;
		options.value[SPK_OPT_CATEGORY_SMOOTHING] = more;
		options.value[SPK_OPT_EARLY_STOPPING] = holds;
		options.value[SPK_OPT_REFIT] = 0;
		options.value[SPK_OPT_VALIDATION] = 0.3;
		/* each user has a row, the others are anybody's; known has the users' order at first */
		for (uint32_t r = 0; r < n; r++)
		{
			SpkRng held;

			users[r] = r < n_users ? r : spk_rng_below(&rng, n_users);
			held = spk_rng(spk_hash_combine(42, 1), users[r]);
			out[r] = holds && spk_rng_double(&held) < 0.3;
			margins[r] = base;
		}
		for (uint32_t i = 0; i < n_users; i++)
		{
			uint32_t at = spk_rng_below(&stream, i + 1);

			known[i] = known[at];
			known[at] = i;
		}
		for (uint32_t i = 0; i < n_users; i++)
			for (uint32_t r = 0; r < n; r++)
				if (users[r] == known[i])
					order[n_ordered++] = r;
		if (n_users < n)
		{
			u->matrix.users = users;
			u->matrix.n_users = n_users;
		}
		for (uint32_t r = 0; r < n; r++)
			if (!out[r])
				known[n_known++] = r;
		usual = naive_statistic(u, known, n_known, -1, 0, 0);
		for (int code = 0; code < 256; code++)
			finals[code] = naive_statistic(u, known, n_known, code, more, usual);
		n_known = 0;
		for (uint32_t i = 0; i < n; i++)
		{
			uint8_t	 code = spk_matrix_row(&u->matrix, order[i])[0];
			uint32_t n_before = n_known;

			while (n_before > 0 && users[known[n_before - 1]] == users[order[i]])
				n_before--;
			values[order[i]] = out[order[i]] ?
				finals[code] :
				naive_statistic(u, known, n_before, code, more, usual);
			if (!out[order[i]])
				known[n_known++] = order[i];
		}
		assert_int_equal(train(u, &options, 1 + round % 3, &model), SPK_OK);
		for (uint32_t a = 0; a < u->features[0].n_bins; a++)
		{
			double	next = 2; /* the least statistic above that of a */
			double	edge;
			SpkSums sums[2];
			bool	taken = model.trees[0].n_nodes == 3;

			for (uint32_t b = 0; b < u->features[0].n_bins; b++)
				if (finals[b] > finals[a])
					next = fmin(next, finals[b]);
			if (next > 1)
				continue;
			edge = finals[a] + (next - finals[a]) / 2;
			for (uint32_t r = 0; r < n; r++)
			{
				left[r] = !out[r] && values[r] <= edge;
				right[r] = !out[r] && values[r] > edge;
			}
			sums[0] = naive_sums(u, margins, left);
			sums[1] = naive_sums(u, margins, right);
			if (sums[0].h > 0 && sums[1].h > 0)
				best = fmax(best,
							spk_boost_score(sums[0], SPK_HESSIAN_ONE) +
								spk_boost_score(sums[1], SPK_HESSIAN_ONE));
			for (uint32_t code = 0; code < 256 && taken; code++)
				taken = (code >= u->features[0].n_bins && code != SPK_MISSING) ||
					spk_set_has(&model.trees[0].sets[0], (uint8_t) code) == (finals[code] <= edge);
			if (!taken)
				continue;
			n_splits++;
			for (int side = 0; side < 2; side++)
			{
				double value = -0.1 * sums[side].g / SPK_GRADIENT_ONE /
					((double) sums[side].h / SPK_HESSIAN_ONE + 1);

				assert_true(near(model.trees[0].nodes[1 + side].u.value, base + value, 1e-4));
			}
			found = spk_boost_score(sums[0], SPK_HESSIAN_ONE) +
				spk_boost_score(sums[1], SPK_HESSIAN_ONE);
		}
		/* some cut was the one that the tree has, and none was better */
		if (model.trees[0].n_nodes == 3)
			assert_true(found >= best * (1 - 1e-3));
		free_model(&model);
		free(values);
		free(margins);
		free(order);
		free(known);
		free(users);
		free(out);
		free(left);
		free(right);
		unit_matrix_free(u);
	}
	assert_true(n_splits > 25);
}

static void
more_trees_fit_better(void **unused)
{
	SpkRng		rng = spk_rng(5, 1);
	UnitMatrix *u = unit_matrix_new(&rng, 5000, 8, 60);
	double		last = 1;

	for (int trees = 1; trees <= 64; trees *= 4)
	{
		SpkOptions options = options_of(trees);
		SpkModel   model;
		double	   loss;

		assert_int_equal(train(u, &options, 2, &model), SPK_OK);
		loss = loss_of(u, &model);
		assert_true(loss < last);
		last = loss;
		free_model(&model);
	}
	unit_matrix_free(u);
}

/* What a stopped model keeps of the rows held out is what it says of them, in their order. */
static void
check_unseen(const UnitMatrix *u, const SpkModel *model, double share)
{
	double	 expected = share * u->matrix.n_rows;
	uint32_t r = 0;

	assert_true(fabs(model->n_unseen - expected) < 5 * sqrt(expected));
	for (uint32_t k = 0; k < model->n_unseen; k++, r++)
	{
		while (r < u->matrix.n_rows &&
			   (model->unseen[k].label != spk_matrix_label(&u->matrix, r) ||
				!near(spk_predict(model, spk_matrix_row(&u->matrix, r)),
					  spk_sigmoid(model->unseen[k].margin), 1e-5)))
			r++;
		assert_true(r < u->matrix.n_rows);
	}
}

/* The trees kept are the first ones of the model without stopping on the same rows. */
static void
early_stopping_keeps_the_best(void **unused)
{
	SpkRng		rng = spk_rng(6, 1);
	UnitMatrix *u = unit_matrix_new(&rng, 600, 6, 200);
	SpkOptions	options = options_of(400);
	SpkModel	stopped, patient;

	options.value[SPK_OPT_LEARNING_RATE] = 0.5;
	options.value[SPK_OPT_VALIDATION] = 0.3;
	options.value[SPK_OPT_EARLY_STOPPING] = 5;
	options.value[SPK_OPT_REFIT] = 0;
	assert_int_equal(train(u, &options, 2, &stopped), SPK_OK);
	assert_true(stopped.n_trees >= 1 && stopped.n_trees < 390);
	check_trees(u, &options, &stopped);
	check_unseen(u, &stopped, 0.3);
	options.value[SPK_OPT_EARLY_STOPPING] = 8;
	assert_int_equal(train(u, &options, 1, &patient), SPK_OK);
	assert_true(patient.n_trees >= stopped.n_trees);
	for (uint32_t t = 0; t < stopped.n_trees; t++)
		assert_memory_equal(stopped.trees[t].nodes, patient.trees[t].nodes,
							stopped.trees[t].n_nodes * sizeof(SpkNode));
	free_model(&patient);
	free_model(&stopped);
	unit_matrix_free(u);
}

/*
 * After early stopping the model is that of all rows with as many trees as were best,
 * and nothing in it is of the trees that told how many.
 */
static void
refit_has_the_best_number_of_trees(void **unused)
{
	SpkRng		rng = spk_rng(6, 1);
	UnitMatrix *u = unit_matrix_new(&rng, 600, 6, 200);
	SpkOptions	options = options_of(400);
	SpkModel	stopped, refitted, plain;

	options.value[SPK_OPT_LEARNING_RATE] = 0.5;
	options.value[SPK_OPT_SUBSAMPLE] = 0.7;
	options.value[SPK_OPT_VALIDATION] = 0.3;
	options.value[SPK_OPT_EARLY_STOPPING] = 5;
	options.value[SPK_OPT_CATEGORY_SUBSETS] = 255;
	assert_int_equal(train(u, &options, 2, &refitted), SPK_OK);
	check_trees(u, &options, &refitted);
	options.value[SPK_OPT_REFIT] = 0;
	assert_int_equal(train(u, &options, 1, &stopped), SPK_OK);
	assert_int_equal(refitted.n_trees, stopped.n_trees);
	check_unseen(u, &stopped, 0.3);
	assert_int_equal(refitted.n_unseen, stopped.n_unseen);
	assert_memory_equal(refitted.unseen, stopped.unseen, stopped.n_unseen * sizeof(SpkUnseen));
	assert_true(loss_of(u, &refitted) < loss_of(u, &stopped));
	options.value[SPK_OPT_EARLY_STOPPING] = 0;
	options.value[SPK_OPT_TREES] = stopped.n_trees;
	assert_int_equal(train(u, &options, 1, &plain), SPK_OK);
	assert_same_trees(&refitted, &plain);
	assert_int_equal(plain.n_unseen, 0);
	for (uint32_t f = 0; f < plain.n_features; f++)
		assert_true(refitted.features[f].importance == plain.features[f].importance);
	free_model(&plain);
	free_model(&refitted);
	free_model(&stopped);
	unit_matrix_free(u);
}

/* Numbers with 16 bins, whose sums say without error who churns, but for a share of the rows. */
static UnitMatrix *
separable(SpkRng *rng, uint32_t n_rows, double noise)
{
	UnitMatrix *u = unit_matrix_new(rng, n_rows, 6, 16);
	SpkMatrix  *m = &u->matrix;

	m->n_positives = 0;
	for (uint32_t f = 0; f < m->n_features; f++)
		u->features[f] = (SpkFeature) {.kind = SPK_NUMBER, .n_bins = 16};
	for (uint32_t r = 0; r < n_rows; r++)
	{
		uint8_t *row = m->codes + (size_t) r * m->stride;

		for (uint32_t f = 0; f < m->n_features; f++)
			row[f] = (uint8_t) spk_rng_below(rng, 16);
		row[m->n_features] = row[0] + 2 * row[1] + row[2] > 20 + row[3] + 2 * (row[4] % 8);
		if (spk_rng_double(rng) < noise)
			row[m->n_features] = (uint8_t) spk_rng_below(rng, 2);
		m->n_positives += row[m->n_features];
	}
	return u;
}

/* The mean loss of the rows held out, by what a model says of them, or by the base alone. */
static double
unseen_loss(const UnitMatrix *u, const SpkModel *model, bool by_base)
{
	double base = log((double) u->matrix.n_positives /
					  (double) (u->matrix.n_rows - u->matrix.n_positives));
	double loss = 0;

	for (uint32_t i = 0; i < model->n_unseen; i++)
	{
		double margin = by_base ? base : model->unseen[i].margin;

		loss += log1p(exp(model->unseen[i].label ? -margin : margin));
	}
	return loss / model->n_unseen;
}

/* The options as they are when this depth has been chosen. */
static SpkOptions
chosen(SpkOptions options, bool deeper)
{
	options.value[SPK_OPT_MAX_DEPTH] = deeper ? 8 : 3;
	if (options.value[SPK_OPT_MIN_LEAF] == SPK_LEAF_AUTO)
		options.value[SPK_OPT_MIN_LEAF] = deeper ? 3 : 10;
	if (options.value[SPK_OPT_L2] == SPK_L2_AUTO)
		options.value[SPK_OPT_L2] = deeper ? 1 : 3;
	return options;
}

/*
 * Trains with max_depth "auto", and in the ways that it may choose from, one by one.  Adds to
 * n how often shallow trees did not ask for deeper ones, and which were kept when they did.
 */
static void
check_choice(const UnitMatrix *u, const SpkOptions *options, uint32_t n[3])
{
	SpkOptions single = *options;
	SpkModel   ways[2], model, left, same;
	double	   base, bound, loss[2];
	uint32_t   n_churn = 0;
	bool	   asks, few, deeper;

	single.value[SPK_OPT_MODELS] = 1;
	single.value[SPK_OPT_REFIT] = 0;
	for (int d = 0; d < 2; d++)
	{
		SpkOptions way = chosen(single, d == 1);

		assert_int_equal(train(u, &way, 1, &ways[d]), SPK_OK);
		assert_true(ways[d].facts[SPK_FACT_CHOSEN_DEPTH] == 0); /* is not set */
		loss[d] = unseen_loss(u, &ways[d], false);
	}
	base = unseen_loss(u, &ways[0], true);
	for (uint32_t i = 0; i < ways[0].n_unseen; i++)
		n_churn += ways[0].unseen[i].label;
	few = n_churn < 50 || ways[0].n_unseen - n_churn < 50;
	bound = few ? 0.6 * base : base / 2;
	asks = loss[0] < bound;
	deeper = asks && (loss[1] < loss[0] || (few && loss[1] < bound));
	n[asks ? 1 + deeper : 0]++;

	/* what is chosen is the model that its options make, and says why */
	assert_int_equal(train(u, options, 3, &model), SPK_OK);
	single = chosen(*options, deeper);
	assert_memory_equal(&model.options, options, sizeof(SpkOptions));
	assert_true(model.facts[SPK_FACT_CHOSEN_DEPTH] == single.value[SPK_OPT_MAX_DEPTH]);
	assert_true(fabs(model.facts[SPK_FACT_BASE_LOG_LOSS] - base) < 1e-5);
	assert_true(fabs(model.facts[SPK_FACT_SHALLOW_LOG_LOSS] - loss[0]) < 1e-5);
	assert_true(asks ? fabs(model.facts[SPK_FACT_DEEP_LOG_LOSS] - loss[1]) < 1e-5 :
					   isnan(model.facts[SPK_FACT_DEEP_LOG_LOSS]));
	assert_int_equal(train(u, &single, 1, &same), SPK_OK);
	assert_same_trees(&model, &same);
	for (uint32_t f = 0; f < model.n_features; f++)
		assert_true(model.features[f].importance == same.features[f].importance);
	assert_int_equal(model.n_unseen, same.n_unseen);
	if (model.n_unseen > 0)
		assert_memory_equal(model.unseen, same.unseen, same.n_unseen * sizeof(SpkUnseen));

	/* whoever leaves, and when: among the shallow trees, the deeper ones, or those of all rows */
	assert_int_equal(train_and_leave(u, options, 4, ways[0].n_trees / 2 + 1, &left), SPK_OK);
	assert_same_trees(&left, &same);
	free_model(&left);
	assert_int_equal(train_and_leave(u, options, 2, ways[0].n_trees + 12, &left), SPK_OK);
	assert_same_trees(&left, &same);
	free_model(&left);
	free_model(&same);
	free_model(&model);
	free_model(&ways[0]);
	free_model(&ways[1]);
}

static void
rows_held_out_choose_the_depth(void **unused)
{
	static const double noise[] = {0, 0.03, 0.08, 0.6};
	SpkRng				rng = spk_rng(16, 1);
	uint32_t			n[3] = {0};

	for (int round = 0; round < 24; round++)
	{
		UnitMatrix *u = separable(&rng, 250 + spk_rng_below(&rng, 600), noise[round % 4]);
		SpkOptions	options = spk_options_default(SPK_GRADIENT_BOOSTING);

		options.value[SPK_OPT_TREES] = 60;
		options.value[SPK_OPT_LEARNING_RATE] = 0.3;
		options.value[SPK_OPT_EARLY_STOPPING] = 6;
		options.value[SPK_OPT_FEATURES_PER_SPLIT] = round % 5 == 0 ? SPK_FEATURES_ALL : 0.5;
		options.value[SPK_OPT_REFIT] = round % 3 != 0;
		options.value[SPK_OPT_MODELS] = 1 + round % 7 / 5;
		options.value[SPK_OPT_SEED] = round;
		options.value[SPK_OPT_VALIDATION] = round % 2 == 0 ? 0.2 : 0.4;
		if (round % 6 == 1)
			options.value[SPK_OPT_MIN_LEAF] = 5;
		if (round % 6 == 2)
			options.value[SPK_OPT_MAX_LEAVES] = 12;
		check_choice(u, &options, n);
		unit_matrix_free(u);
	}
	assert_true(n[0] > 3 && n[1] > 3 && n[2] > 3);
}

/* Nobody held out says anything of depth. */
static void
without_rows_held_out_trees_are_shallow(void **unused)
{
	SpkRng		rng = spk_rng(17, 1);
	UnitMatrix *u = separable(&rng, 400, 0);
	SpkOptions	options = spk_options_default(SPK_GRADIENT_BOOSTING);
	SpkOptions	shallow;
	SpkModel	a, b;

	options.value[SPK_OPT_TREES] = 20;
	options.value[SPK_OPT_EARLY_STOPPING] = 0;
	shallow = chosen(options, false);
	assert_int_equal(train(u, &options, 2, &a), SPK_OK);
	assert_int_equal(train(u, &shallow, 1, &b), SPK_OK);
	assert_memory_equal(&a.options, &shallow, sizeof(SpkOptions));
	assert_true(a.facts[SPK_FACT_CHOSEN_DEPTH] == 0);
	assert_same_trees(&a, &b);
	free_model(&a);
	free_model(&b);
	unit_matrix_free(u);
}

/* Where features are drawn, a tree that drew none of use does not end training. */
static void
idle_trees_go_on(void **unused)
{
	SpkRng		rng = spk_rng(13, 1);
	UnitMatrix *u = unit_matrix_new(&rng, 500, 4, 20);
	SpkOptions	options = options_of(300);
	SpkModel	model;
	uint32_t	n_idle = 0;

	/* only the first feature has more than one value, and it tells the label */
	for (uint32_t r = 0; r < u->matrix.n_rows; r++)
	{
		uint8_t *row = u->matrix.codes + (size_t) r * u->matrix.stride;

		row[0] = row[u->matrix.n_features];
		memset(row + 1, 0, u->matrix.n_features - 1);
	}
	options.value[SPK_OPT_FEATURES_PER_SPLIT] = 1;
	assert_int_equal(train(u, &options, 2, &model), SPK_OK);
	for (uint32_t t = 0; t < model.n_trees; t++)
		n_idle += model.trees[t].n_nodes == 1;
	assert_true(n_idle > model.n_trees / 2 && n_idle < model.n_trees);
	assert_true(model.n_trees > 40);
	assert_true(loss_of(u, &model) < 0.1);
	free_model(&model);

	/* and when none is of use at all, it ends all the same */
	for (uint32_t r = 0; r < u->matrix.n_rows; r++)
		u->matrix.codes[(size_t) r * u->matrix.stride] = 0;
	assert_int_equal(train(u, &options, 2, &model), SPK_OK);
	assert_int_equal(model.n_trees, 40);
	free_model(&model);
	options.value[SPK_OPT_FEATURES_PER_SPLIT] = SPK_FEATURES_ALL;
	assert_int_equal(train(u, &options, 2, &model), SPK_OK);
	assert_int_equal(model.n_trees, 1);
	free_model(&model);
	unit_matrix_free(u);
}

/*
 * Several models are one whose margins are the mean of theirs.  The first of them is
 * what there is without others, and each has streams of its own.
 */
static void
models_are_averaged(void **unused)
{
	enum
	{
		N = 3,
		TREES = 20
	};
	SpkRng		rng = spk_rng(11, 1);
	UnitMatrix *u = unit_matrix_new(&rng, 800, 6, 200);
	SpkOptions	options = options_of(TREES);
	SpkModel	single, mean;
	double		losses = 0;

	options.value[SPK_OPT_SUBSAMPLE] = 0.6;
	assert_int_equal(train(u, &options, 1, &single), SPK_OK);
	options.value[SPK_OPT_MODELS] = N;
	assert_int_equal(train(u, &options, 2, &mean), SPK_OK);
	check_trees(u, &options, &mean);
	assert_int_equal(mean.n_trees, N * TREES);
	for (uint32_t part = 0; part < N; part++)
	{
		SpkModel one = mean;

		one.trees = mean.trees + part * TREES;
		one.n_trees = TREES;
		for (uint32_t t = 0; t < TREES; t++)
			for (uint32_t i = 0; i < one.trees[t].n_nodes; i++)
				if (one.trees[t].nodes[i].flags & SPK_NODE_LEAF)
					one.trees[t].nodes[i].u.value *= N;
		losses += loss_of(u, &one) / N;
		if (part == 0)
			assert_true(fabs(loss_of(u, &one) - loss_of(u, &single)) < 1e-6);
		else
			assert_true(fabs(loss_of(u, &one) - loss_of(u, &single)) > 1e-6);
		for (uint32_t t = 0; t < TREES; t++)
			for (uint32_t i = 0; i < one.trees[t].n_nodes; i++)
				if (one.trees[t].nodes[i].flags & SPK_NODE_LEAF)
					one.trees[t].nodes[i].u.value /= N;
	}
	/* the log loss is convex in the margin */
	assert_true(loss_of(u, &mean) < losses);
	free_model(&mean);
	free_model(&single);
	unit_matrix_free(u);
}

/* Far more rows than a narrow histogram has room for, with the largest sums there are. */
static void
sums_do_not_overflow(void **unused)
{
	uint32_t	n = 300001;
	UnitMatrix *u = calloc(1, sizeof(UnitMatrix));
	SpkOptions	options = options_of(2);
	SpkModel	model;

	u->matrix = (SpkMatrix) {.n_rows = n, .n_features = 1, .stride = 8, .codes = calloc(n, 8)};
	u->features[0].n_bins = 2;
	for (uint32_t r = 0; r < n; r++)
	{
		/* one class to each side, in equal parts: gradients and hessians of a half and a quarter */
		u->matrix.codes[8 * (size_t) r] = u->matrix.codes[8 * (size_t) r + 1] = r < n / 2;
		u->matrix.n_positives += r < n / 2;
	}
	options.value[SPK_OPT_L2] = 0;
	assert_int_equal(train(u, &options, 1, &model), SPK_OK);
	/* -0.1 * (-1/2) / (1/4) */
	assert_true(near(model.trees[0].nodes[2].u.value, 0.2, 1e-4));
	assert_true(near(model.trees[0].nodes[1].u.value, -0.2, 1e-4));
	assert_int_equal(model.trees[0].nodes[2].cover, n / 2);
	free_model(&model);

	/* weights at their limits give finite leaves and no overflow */
	for (int i = 0; i < 2; i++)
	{
		options.value[SPK_OPT_CLASS_WEIGHT] = i == 0 ? 1e6 : 1e-6;
		options.value[SPK_OPT_LEARNING_RATE] = 1;
		assert_int_equal(train(u, &options, 2, &model), SPK_OK);
		check_trees(u, &options, &model);
		free_model(&model);
	}
	unit_matrix_free(u);
}

/* Without anything to split by there is one tree, of the base alone. */
static void
constant_features_give_the_base(void **unused)
{
	SpkRng		rng = spk_rng(7, 1);
	UnitMatrix *u = unit_matrix_new(&rng, 100, 2, 1);
	SpkOptions	options = options_of(10);
	SpkModel	model;

	for (uint32_t r = 0; r < 100; r++)
		memset(u->matrix.codes + (size_t) r * u->matrix.stride, 0, 2);
	assert_int_equal(train(u, &options, 1, &model), SPK_OK);
	assert_int_equal(model.n_trees, 1);
	assert_int_equal(model.trees[0].n_nodes, 1);
	assert_true(near(spk_predict(&model, spk_matrix_row(&u->matrix, 0)),
					 u->matrix.n_positives / 100.0, 1e-4));
	assert_true(model.features[0].importance == 0);
	free_model(&model);
	unit_matrix_free(u);
}

static void
faults_are_told_to_all(void **unused)
{
	SpkRng		rng = spk_rng(8, 1);
	UnitMatrix *u = unit_matrix_new(&rng, 2000, 5, 50);
	SpkOptions	options = options_of(5);
	SpkStatus	status = SPK_NO_MEMORY;
	SpkModel	model;

	/* each allocation fails once; the first two are the test's own */
	for (long allowed = 2; status != SPK_OK; allowed++)
	{
		state.allocs_left = allowed;
		status = train(u, &options, allowed % 3 + 1, &model);
		assert_true(status == SPK_OK || status == SPK_NO_MEMORY);
		assert_true(allowed < 40);
		state.allocs_left = -1;
		free_model(&model);
	}
	status = SPK_CANCELLED;
	for (long polls = 0; status != SPK_OK; polls += 1 + polls / 4)
	{
		state.polls_left = polls;
		status = train(u, &options, polls % 3 + 1, &model);
		assert_true(status == SPK_OK || status == SPK_CANCELLED);
		state.polls_left = -1;
		free_model(&model);
	}
	unit_matrix_free(u);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(splits_are_the_best, check_live),
		cmocka_unit_test_teardown(cuts_are_the_same_with_vectors, check_live),
		cmocka_unit_test_teardown(gradients_are_the_same_by_any_way, check_live),
		cmocka_unit_test_teardown(many_categories_keep_the_rule, check_live),
		cmocka_unit_test_teardown(ties_go_to_the_first, check_live),
		cmocka_unit_test_teardown(any_team_grows_the_same_trees, check_live),
		cmocka_unit_test_teardown(deep_trees_grow_in_groups, check_live),
		cmocka_unit_test_teardown(drawn_features_give_the_same_trees, check_live),
		cmocka_unit_test_teardown(trees_are_newtons_steps, check_live),
		cmocka_unit_test_teardown(statistics_are_of_rows_before, check_live),
		cmocka_unit_test_teardown(more_trees_fit_better, check_live),
		cmocka_unit_test_teardown(early_stopping_keeps_the_best, check_live),
		cmocka_unit_test_teardown(refit_has_the_best_number_of_trees, check_live),
		cmocka_unit_test_teardown(rows_held_out_choose_the_depth, check_live),
		cmocka_unit_test_teardown(without_rows_held_out_trees_are_shallow, check_live),
		cmocka_unit_test_teardown(idle_trees_go_on, check_live),
		cmocka_unit_test_teardown(models_are_averaged, check_live),
		cmocka_unit_test_teardown(sums_do_not_overflow, check_live),
		cmocka_unit_test_teardown(constant_features_give_the_base, check_live),
		cmocka_unit_test_teardown(faults_are_told_to_all, check_live),
	};

	return cmocka_run_group_tests_name("boost", tests, NULL, NULL);
}
