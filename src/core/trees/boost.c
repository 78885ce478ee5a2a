/*
 * boost.c
 *	  Gradient boosting: grows one tree after the other.
 */
#include <string.h>

#include "core/trees/boost_blocks.h"
#include "core/trees/boost_check.h"
#include "core/trees/boost_depth.h"
#include "core/trees/boost_gradients.h"
#include "core/trees/boost_grow.h"
#include "core/trees/boost_layout.h"
#include "core/trees/boost_statistics.h"
#include "core/base/hash.h"
#include "core/rows/weights.h"
#include "core/trees/forest.h"

/* The streams of the models that are averaged. */
#define STREAM_MODEL UINT64_C(5)

void
spk_boost_cut_trees(const SpkHost *host, SpkModel *model, uint32_t n)
{
	for (uint32_t t = n; t < model->n_trees; t++)
	{
		spk_release(host, model->trees[t].nodes);
		spk_release(host, model->trees[t].sets);
	}
	if (model->n_trees > n)
		model->n_trees = n;
}

/* What the leader notes of how training goes; best_trees is 0 before the first tree. */
typedef struct Progress
{
	uint32_t best_trees;
	int64_t	 best_loss;
	uint32_t n_idle; /* trees without a split since the last one that has any */
} Progress;

/* A feature is in none of so many draws, times what it takes to draw all, with chance e^-10. */
#define IDLE_DRAWS 10

/* Notes whether the loss on the holdout has fallen; true when it has not for too many rounds. */
static bool
note_loss(SpkBooster *b, Progress *progress)
{
	uint32_t n_trees = b->shared->round + 1;
	uint32_t n_features = b->matrix.n_features;
	int64_t	 loss = 0;

	for (uint32_t member = 0; member < b->team.n; member++)
		loss += b->members[member].loss;
	b->shared->improved = b->holdout == 0 || progress->best_trees == 0 ||
		loss < progress->best_loss;
	if (!b->shared->improved)
		return n_trees - progress->best_trees >= b->plan.patience;
	progress->best_trees = n_trees;
	progress->best_loss = loss;
	for (uint32_t f = 0; f < n_features; f++)
	{
		b->gains[f] += b->gains[n_features + f];
		b->gains[n_features + f] = 0;
	}
	return false;
}

/* Is no split to be expected any more, after the tree that has been grown? */
static bool
is_exhausted(const SpkBooster *b, Progress *progress)
{
	uint32_t drawn = b->plan.features_per_split;
	uint32_t draws = (b->matrix.n_features + drawn - 1) / drawn;

	progress->n_idle = b->shared->n_nodes == 1 ? progress->n_idle + 1 : 0;
	/* the next tree would be the same */
	if (draws == 1 && b->plan.subsample >= 1)
		return progress->n_idle > 0;
	return progress->n_idle >= IDLE_DRAWS * draws;
}

/* Keeps the tree that the team has grown.  Ends training, or the team, when it is time. */
static void
finish_round(SpkBooster *b, SpkModel *model, Progress *progress)
{
	SpkBoostShared *shared = b->shared;
	SpkStatus		failed = (SpkStatus) __atomic_load_n(&shared->failed, __ATOMIC_RELAXED);

	if (failed == SPK_OK)
	{
		spk_boost_count_rows(b);
		spk_booster_check(b);
		failed = spk_boost_keep_tree(b, &model->trees[shared->round]);
		model->n_trees = shared->round + 1;
	}
	shared->status = failed;
	shared->done = failed != SPK_OK || note_loss(b, progress) || is_exhausted(b, progress) ||
		model->n_trees == b->plan.n_trees;
	shared->round++;
	if (!shared->done && b->team.round != NULL &&
		b->team.round(b->team.ctx, shared->rounds_before + shared->round,
					  shared->rounds_before + shared->models_left * b->plan.n_trees))
		shared->alone = true;
}

/* The leader takes over what the other members have summed up for the next tree. */
static void
go_alone(SpkBooster *b)
{
	SpkBoostMember *sum = &b->members[0];

	if (!b->shared->done)
		spk_boost_take_root(b);
	for (uint32_t member = 1; member < b->team.n; member++)
	{
		sum->sums.g += b->members[member].sums.g;
		sum->sums.h += b->members[member].sums.h;
		sum->n_in_tree += b->members[member].n_in_tree;
		sum->loss += b->members[member].loss;
	}
	spk_boost_counts(b, 0)[0] = b->matrix.n_rows;
	b->team.n = 1;
}

/* After the last tree: has what the best trees say of the rows held out stand in b->best. */
static void
finish_best(SpkBooster *b)
{
	SpkBoostShared *shared = b->shared;

	shared->n_unseen = 0;
	memset(shared->unseen, 0, sizeof(shared->unseen));
	memset(shared->n_unseen_of, 0, sizeof(shared->n_unseen_of));
	for (uint32_t i = 0; i < b->matrix.n_rows && b->holdout > 0; i++)
	{
		if (shared->improved)
			b->best[i] = b->margins[i];
		if (!b->held_out[i])
			continue;
		shared->n_unseen++;
		shared->n_unseen_of[spk_matrix_label(&b->matrix, i)]++;
		shared->unseen[spk_matrix_label(&b->matrix, i)] += spk_matrix_weight(&b->matrix, i);
	}
}

/* Gives the model what its best trees have said of the rows held out, if any were. */
static SpkStatus
keep_unseen(const SpkBooster *b, SpkModel *model)
{
	uint32_t n = b->shared->n_unseen;

	spk_release(&b->host, model->unseen);
	model->n_unseen = 0;
	model->unseen = NULL;
	if (n == 0)
		return SPK_OK;
	model->unseen = spk_alloc(&b->host, n, sizeof(SpkUnseen));
	if (model->unseen == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t i = 0; i < b->matrix.n_rows; i++)
		if (b->held_out[i])
			model->unseen[model->n_unseen++] = (SpkUnseen) {b->best[i],
															spk_matrix_label(&b->matrix, i)};
	return SPK_OK;
}

/*
 * Grows trees until it is time to end, and keeps the best number of them; returns what
 * spk_boost does.
 */
static SpkStatus
grow_trees(SpkBooster *b, SpkModel *model)
{
	SpkBoostShared *shared = b->shared;
	Progress		progress = {0};

	spk_boost_choose_holdout(b);
	spk_boost_set_statistics(b);
	spk_boost_start_rows(b);
	spk_barrier(&b->team);
	while (!shared->done && shared->status == SPK_OK)
	{
		spk_boost_grow(b);
		if (shared->status != SPK_OK)
			break;
		spk_boost_finish_rows(b);
		spk_barrier(&b->team);
		if (b->team.me == 0)
			finish_round(b, model, &progress);
		spk_barrier(&b->team);
		if (shared->alone && b->team.n > 1)
		{
			/* from here on shared is the leader's */
			if (b->team.me != 0)
				return SPK_OK;
			go_alone(b);
		}
	}
	if (b->team.me == 0 && shared->status == SPK_OK)
	{
		spk_boost_cut_trees(&b->host, model, progress.best_trees);
		shared->best_trees = progress.best_trees;
		shared->best_loss = progress.best_loss;
		if (b->plan.patience > 0)
			finish_best(b);
	}
	return shared->status;
}

/* Makes ready for other trees, in the memory of those before. */
static void
start_anew(SpkBooster *b)
{
	SpkBoostShared *shared = b->shared;

	/* nobody looks any more at what ended the trees before */
	spk_barrier(&b->team);
	if (b->team.me == 0)
	{
		memset(b->gains, 0, 2 * b->matrix.n_features * sizeof(double));
		spk_boost_reset_blocks(b);
		shared->rounds_before += shared->round;
		shared->round = 0;
		shared->done = false;
		shared->improved = false;
	}
	spk_barrier(&b->team);
}

/*
 * Grows as many trees on all rows as were best with a part of them held out.  The
 * memory is that of the trees before, which are given back.
 */
static SpkStatus
grow_again(SpkBooster *b, SpkModel *model)
{
	if (b->team.me == 0)
		spk_boost_cut_trees(&b->host, model, 0);
	start_anew(b);
	b->plan.patience = 0;
	b->plan.n_trees = b->shared->best_trees;
	return grow_trees(b, model);
}

static SpkStatus
grow_from_start(SpkBooster *b, SpkModel *model)
{
	start_anew(b);
	return grow_trees(b, model);
}

/* Grows the trees of one of the models, which has streams of its own, but the first one's depth. */
static SpkStatus
grow_model(SpkBooster *b, const SpkBoostPlan *plan, uint32_t number, SpkModel *model)
{
	SpkStatus status;

	b->plan.n_trees = plan->n_trees;
	b->plan.patience = plan->patience;
	if (number > 0)
		b->plan.seed = spk_hash_combine(spk_hash_combine(plan->seed, STREAM_MODEL), number);
	status = grow_from_start(b, model);
	if (status == SPK_OK && plan->deeper > 0 && number == 0 && !spk_boost_gone(b))
		status = spk_boost_choose_depth(b, grow_from_start, model);
	if (status == SPK_OK && plan->patience > 0 && plan->refit && !spk_boost_gone(b))
		status = grow_again(b, model);
	return status;
}

/* The leader adds the trees of one of the models, and the mean share that features have in it. */
static void
add_part(SpkBooster *b, SpkModel *model, const SpkModel *part)
{
	double *shares = b->gains + 2 * (size_t) b->matrix.n_features;

	model->n_trees += part->n_trees;
	spk_forest_importance(b->gains, 1, model->features, b->matrix.n_features);
	for (uint32_t f = 0; f < b->matrix.n_features; f++)
		shares[f] += model->features[f].importance / b->plan.n_models;
}

/* Grows the trees of all models, one after the other; returns what spk_boost does. */
static SpkStatus
grow_models(SpkBooster *b, const SpkBoostPlan *plan, SpkModel *model)
{
	SpkStatus status = SPK_OK;

	for (uint32_t number = 0; number < plan->n_models && status == SPK_OK && !spk_boost_gone(b);
		 number++)
	{
		SpkModel part;

		if (b->team.me != 0)
		{
			status = grow_model(b, plan, number, NULL);
			continue;
		}
		part = *model;
		part.trees = model->trees + model->n_trees;
		part.n_trees = 0;
		b->shared->models_left = plan->n_models - number;
		status = grow_model(b, plan, number, &part);
		add_part(b, model, &part);
	}
	/* one model's shares are exact already */
	if (b->team.me == 0 && plan->n_models > 1)
		spk_forest_importance(b->gains + 2 * (size_t) b->matrix.n_features, 1, model->features,
							  b->matrix.n_features);
	return status;
}

SpkStatus
spk_boost(const SpkHost *host, const SpkTeam *team, const SpkBoostPlan *plan,
		  const SpkMatrix *matrix, const SpkFeature *features, void *shared, SpkModel *model)
{
	SpkBooster b = spk_booster_of(plan, matrix);
	void	  *own;
	SpkStatus  status;

	if (matrix->n_rows == 0 || matrix->n_features == 0)
		return SPK_INVALID;
	if (matrix->n_rows > SPK_MAX_ROWS || matrix->n_features > SPK_MAX_FEATURES)
		return SPK_LIMIT;

	b.host = *host;
	b.team = *team;
	b.features = features;
	b.gradient_way = spk_gradients_have(SPK_GRADIENT_AVX2) ? SPK_GRADIENT_AVX2 : SPK_GRADIENT_PLAIN;
	spk_lay_out_shared(&b, team->n, shared);
	own = spk_alloc(host, (size_t) spk_own_layout_size(plan, matrix), 1);
	if (own != NULL)
		memset(own, 0, (size_t) spk_lay_out_own(&b, own));
	if (team->me == 0)
	{
		spk_options_settle(&model->options, SPK_GRADIENT_BOOSTING, matrix->n_rows,
						   matrix->n_positives);
		spk_matrix_weight_facts(matrix, model);
		memset(b.shared, 0, sizeof(*b.shared));
		memset(b.gains, 0, SPK_BOOST_GAINS * matrix->n_features * sizeof(double));
	}

	/*
	 * A member without memory must not leave: the others would wait for it at the
	 * next barrier.  It tells them, and the leader makes of it what all return.
	 */
	spk_barrier(team);
	if (own == NULL)
		spk_boost_fail(&b, SPK_NO_MEMORY);
	spk_barrier(team);
	if (team->me == 0)
		b.shared->status = (SpkStatus) b.shared->failed;
	if (own != NULL)
		spk_boost_set_columns(&b);
	spk_barrier(team);

	status = b.shared->status;
	if (status == SPK_OK)
		status = grow_models(&b, plan, model);

	/* other members do not wait any more; of several models each has held out others */
	if (status == SPK_OK && team->me == 0 && plan->n_models == 1)
		status = keep_unseen(&b, model);
	if (status == SPK_OK && team->me == 0)
		spk_boost_tell_depth(&b, model);
	spk_release(host, own);
	return status;
}
