/*
 * boost_depth.c
 *	  Shallow trees or deeper ones?
 */
#include <math.h>
#include <string.h>

#include "core/trees/boost_depth.h"
#include "core/trees/boost_layout.h"

/* Has each member use the other place for margins of the best trees. */
static void
swap_best(SpkBooster *b)
{
	float *best = b->best;

	b->best = b->other_best;
	b->other_best = best;
}

/* The importances up to the best tree, and the place where those of the other depth are kept. */
static double *
kept_gains(const SpkBooster *b)
{
	return b->gains + (SPK_BOOST_GAINS - 1) * (size_t) b->matrix.n_features;
}

static size_t
gains_size(const SpkBooster *b)
{
	return b->matrix.n_features * sizeof(double);
}

/* How many rows of the rarer class are held out. */
static uint32_t
count_rare(const SpkBoostShared *shared)
{
	const uint32_t *n = shared->n_unseen_of;

	return n[0] < n[1] ? n[0] : n[1];
}

/* Notes the losses of the trees that there are.  True when deeper ones may be better. */
static bool
judge_first(const SpkBooster *b)
{
	SpkBoostShared *shared = b->shared;

	/* of few users there may be none to hold out */
	if (shared->unseen[0] + shared->unseen[1] == 0)
		return false;
	shared->losses.base = spk_boost_base_loss(b);
	shared->losses.first = spk_boost_mean_loss(b, shared->best_loss);
	return spk_boost_asks_for_deeper(shared->losses.base, shared->losses.first, count_rare(shared));
}

/* Keeps the better ones of the model's first trees and the deeper ones behind them. */
static void
keep_better(SpkBooster *b, SpkModel *model, SpkModel *deeper)
{
	SpkBoostShared *shared = b->shared;

	shared->losses.deeper = spk_boost_mean_loss(b, shared->best_loss);
	shared->deeper = spk_boost_keeps_deeper(shared->losses.base, shared->losses.first,
											shared->losses.deeper, count_rare(shared));
	if (shared->deeper)
	{
		spk_boost_cut_trees(&b->host, model, 0);
		memmove(model->trees, deeper->trees, deeper->n_trees * sizeof(SpkTree));
		model->n_trees = deeper->n_trees;
		return;
	}
	spk_boost_cut_trees(&b->host, deeper, 0);
	shared->best_trees = model->n_trees;
	memcpy(b->gains, kept_gains(b), gains_size(b));
}

/* Grows deeper trees, and keeps them if they are better. */
static SpkStatus
try_deeper(SpkBooster *b, SpkBoostGrow grow, SpkModel *model)
{
	SpkBoostPlan first = b->plan;
	SpkBoostPlan plan = spk_boost_deepened(&first);
	bool		 leads = b->team.me == 0;
	SpkModel	 deeper;
	SpkStatus	 status;

	/* the trees that there are stay before those that are grown now */
	if (leads)
	{
		memcpy(kept_gains(b), b->gains, gains_size(b));
		deeper = *model;
		deeper.trees = model->trees + model->n_trees;
		deeper.n_trees = 0;
	}
	spk_lay_out_again(b, &plan);
	swap_best(b);
	status = grow(b, leads ? &deeper : NULL);
	if (leads && status == SPK_OK)
		keep_better(b, model, &deeper);
	else if (leads)
		model->n_trees += deeper.n_trees;
	if (status != SPK_OK || spk_boost_gone(b))
		return status;

	/* all learn which they are */
	spk_barrier(&b->team);
	if (!b->shared->deeper)
		spk_lay_out_again(b, &first); /* b->best is the first ones' again */
	return SPK_OK;
}

SpkStatus
spk_boost_choose_depth(SpkBooster *b, SpkBoostGrow grow, SpkModel *model)
{
	if (b->team.me == 0)
	{
		b->shared->losses = (SpkBoostLosses) {NAN, NAN, NAN};
		b->shared->deeper = judge_first(b);
	}
	spk_barrier(&b->team);
	return b->shared->deeper ? try_deeper(b, grow, model) : SPK_OK;
}

void
spk_boost_tell_depth(const SpkBooster *b, SpkModel *model)
{
	const SpkBoostLosses *losses = &b->shared->losses;

	if (b->plan.deeper == 0)
		return;
	model->facts[SPK_FACT_CHOSEN_DEPTH] = b->plan.max_depth;
	model->facts[SPK_FACT_BASE_LOG_LOSS] = losses->base;
	model->facts[SPK_FACT_SHALLOW_LOG_LOSS] = losses->first;
	model->facts[SPK_FACT_DEEP_LOG_LOSS] = losses->deeper;
}
