/*
 * boost_layout.c
 *	  Where what a team shares while it grows boosted trees lies in memory, and how much that
 *	  is.
 */
#include <string.h>

#include "core/trees/boost_blocks.h"
#include "core/trees/boost_depth.h"
#include "core/trees/boost_layout.h"

/* The histograms that are kept take at most this many bytes, but there are at least two. */
#define HISTOGRAM_BYTES (UINT64_C(256) << 20)
#define MAX_SLOTS		256

/*
 * Takes memory for n things of this size at *at, which moves on behind them.  Without
 * a base it only measures, and returns NULL.
 */
static void *
take(char *base, uint64_t *at, uint64_t n, uint64_t size)
{
	char *taken = base == NULL ? NULL : base + *at;

	*at += (n * size + SPK_ALIGNMENT - 1) / SPK_ALIGNMENT * SPK_ALIGNMENT;
	return taken;
}

/* Of so few rows histograms take longer to search and to take apart than to fill. */
#define QUICK_ROWS 8192

/*
 * Are histograms of drawn features alone?  Then each of max_depth levels adds these of all
 * rows, and otherwise the first one all features, and the others those of less than half
 * of the rows.  Best first, a step would pass over all rows for two nodes.
 */
static bool
has_drawn(const SpkBoostPlan *plan, const SpkMatrix *matrix)
{
	uint64_t drawn = plan->features_per_split;

	return !plan->best_first &&
		(drawn * plan->max_depth <= matrix->n_features ||
		 (drawn * 2 <= matrix->n_features && matrix->n_rows <= QUICK_ROWS));
}

/*
 * Chooses what histograms are of, how many are kept, and how many of them a pass may build.
 * Those of drawn features cannot be taken away from one another.
 */
static void
count_slots(SpkBooster *b)
{
	uint64_t useful = ((uint64_t) b->plan.max_leaves + 1) / 2;
	uint64_t slots;

	b->drawn = has_drawn(&b->plan, &b->matrix);
	b->width = b->drawn ? b->plan.features_per_split : b->matrix.n_features;
	slots = HISTOGRAM_BYTES / (spk_histogram_length(b) * sizeof(SpkSums) + 1);

	/* best first, as many nodes may wait for their split as there may be leaves */
	if (b->plan.best_first)
		useful = b->plan.max_leaves;
	if (slots > useful)
		slots = useful;
	if (slots > MAX_SLOTS)
		slots = MAX_SLOTS;
	b->n_slots = slots < 2 ? 2 : (uint32_t) slots;
	b->max_built = b->drawn ? b->n_slots : (b->n_slots + 1) / 2;
}

/* What is first does not depend on how deep trees are, and stays when they become deeper. */
uint64_t
spk_lay_out_shared(SpkBooster *b, uint32_t n, char *base)
{
	uint64_t histogram = spk_histogram_length(b) * sizeof(SpkSums);
	uint64_t n_rows = b->matrix.n_rows;
	uint64_t held_out = b->plan.patience > 0 ? n_rows : 0;
	uint64_t at = 0;

	b->n_members = n;
	b->shared = take(base, &at, 1, sizeof(SpkBoostShared));
	b->members = take(base, &at, n, sizeof(SpkBoostMember));
	b->tickets = take(base, &at, n, sizeof(SpkBoostTicket));
	b->gradients = take(base, &at, n_rows, sizeof(SpkGradient));
	b->columns = NULL;
	if (b->plan.columns)
		b->columns = take(base, &at, n_rows, b->matrix.n_features);
	b->lists = take(base, &at, n_rows, sizeof(uint16_t));
	b->margins = take(base, &at, n_rows, sizeof(float));
	b->held_out = take(base, &at, held_out, 1);
	b->best = take(base, &at, held_out, sizeof(float));
	b->other_best = take(base, &at, b->plan.deeper > 0 ? held_out : 0, sizeof(float));
	b->gains = take(base, &at, SPK_BOOST_GAINS * (uint64_t) b->matrix.n_features, sizeof(double));
	if (b->plan.n_statistics > 0)
	{
		b->codes = take(base, &at, n_rows, b->matrix.stride);
		b->order = take(base, &at, n_rows, sizeof(uint32_t));
		b->places = take(base, &at, n_rows, sizeof(uint32_t));
		b->statistics = take(base, &at, b->matrix.n_features, SPK_CODES);
	}
	b->nodes = take(base, &at, b->max_nodes, sizeof(SpkBoostNode));
	b->limits = NULL;
	if (b->plan.monotone || b->plan.grouped)
		b->limits = take(base, &at, b->max_nodes, sizeof(SpkBoostLimits));
	b->routes = take(base, &at, b->max_nodes, sizeof(SpkRoute));
	b->parents = take(base, &at, b->plan.max_leaves, sizeof(uint32_t));
	b->segments = take(base, &at, spk_boost_most_blocks(b, n) * b->plan.max_leaves,
					   sizeof(SpkSegment));
	b->built_of = take(base, &at, b->max_nodes, sizeof(int32_t));
	b->values = take(base, &at, b->max_nodes, sizeof(float));
	b->counts = take(base, &at, (uint64_t) n * b->max_nodes, sizeof(uint32_t));
	b->built = take(base, &at, b->max_built, sizeof(uint32_t));
	b->active = take(base, &at, b->n_slots, sizeof(uint32_t));
	b->frontier = take(base, &at, b->max_nodes, sizeof(uint32_t));
	b->free_slots = take(base, &at, b->n_slots, sizeof(int32_t));
	b->candidates = take(base, &at, (uint64_t) n * b->n_slots, sizeof(SpkBoostSplit));
	b->histograms = take(base, &at, b->n_slots, histogram);
	b->partials = take(base, &at, (uint64_t) (n - 1) * b->max_built, histogram);
	return at;
}

uint64_t
spk_lay_out_own(SpkBooster *b, char *base)
{
	uint64_t at = 0;

	b->narrow = take(base, &at, b->max_built, spk_histogram_length(b) * sizeof(uint64_t));
	b->filled = take(base, &at, b->max_built, sizeof(uint32_t));
	b->flushed = take(base, &at, b->max_built, sizeof(bool));
	b->scratch = take(base, &at, b->block_rows, sizeof(uint16_t));
	b->to_draw = take(base, &at, b->matrix.n_features, sizeof(uint16_t));
	b->is_drawn = take(base, &at, b->matrix.n_features, 1);
	b->to_split = take(base, &at, b->matrix.n_features, sizeof(uint16_t));
	b->listed = take(base, &at, (uint64_t) b->max_built * b->width, sizeof(uint16_t));
	b->n_listed = take(base, &at, b->max_built, sizeof(uint32_t));
	return at;
}

/* Has the booster grow trees as the plan says. */
static void
take_plan(SpkBooster *b, const SpkBoostPlan *plan)
{
	b->plan = *plan;
	b->max_nodes = 2 * plan->max_leaves - 1;
	b->block_rows = spk_boost_block_rows(&b->matrix, plan->max_leaves, plan->columns);
	count_slots(b);
}

SpkBooster
spk_booster_of(const SpkBoostPlan *plan, const SpkMatrix *matrix)
{
	SpkBooster b = {.matrix = *matrix, .given_codes = matrix->codes};

	take_plan(&b, plan);
	return b;
}

void
spk_lay_out_again(SpkBooster *b, const SpkBoostPlan *plan)
{
	char *shared = (char *) b->shared;
	char *own = (char *) b->narrow;

	take_plan(b, plan);
	(void) spk_lay_out_shared(b, b->n_members, shared);
	memset(own, 0, (size_t) spk_lay_out_own(b, own));
}

/* The bytes of the shared or the own memory, for trees of any depth that the plan has. */
static uint64_t
size_of(const SpkBoostPlan *plan, const SpkMatrix *matrix, uint32_t n, bool own)
{
	SpkBoostPlan plans[2] = {*plan, spk_boost_deepened(plan)};
	uint64_t	 most = 0;

	for (int deeper = 0; deeper <= (plan->deeper > 0); deeper++)
	{
		SpkBooster b = spk_booster_of(&plans[deeper], matrix);
		uint64_t   size = own ? spk_lay_out_own(&b, NULL) : spk_lay_out_shared(&b, n, NULL);

		most = size > most ? size : most;
	}
	return most;
}

uint64_t
spk_boost_shared_size(const SpkBoostPlan *plan, const SpkMatrix *matrix, uint32_t n)
{
	return size_of(plan, matrix, n, false);
}

uint64_t
spk_own_layout_size(const SpkBoostPlan *plan, const SpkMatrix *matrix)
{
	return size_of(plan, matrix, 1, true);
}

uint64_t
spk_boost_own_size(const SpkBoostPlan *plan, const SpkMatrix *matrix)
{
	/* what the leader keeps of rows held out is at most that of all */
	return spk_own_layout_size(plan, matrix) + plan->statistics_size +
		(plan->patience > 0 ? (uint64_t) matrix->n_rows * sizeof(SpkUnseen) : 0);
}
