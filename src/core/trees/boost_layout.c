/*
 * boost_layout.c
 *	  Where what a team shares while it grows boosted trees lies in memory, and how much that
 *	  is.
 */
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

uint64_t
spk_lay_out_shared(SpkBooster *b, uint32_t n, char *base)
{
	uint64_t histogram = spk_histogram_length(b) * sizeof(SpkSums);
	uint64_t n_rows = b->matrix.n_rows;
	uint64_t at = 0;

	b->shared = take(base, &at, 1, sizeof(SpkBoostShared));
	b->members = take(base, &at, n, sizeof(SpkBoostMember));
	b->rows = take(base, &at, n_rows, sizeof(SpkBoostRow));
	b->margins = take(base, &at, n_rows, sizeof(float));
	b->held_out = take(base, &at, b->plan.patience > 0 ? n_rows : 0, 1);
	b->best = take(base, &at, b->plan.patience > 0 ? n_rows : 0, sizeof(float));
	b->nodes = take(base, &at, b->max_nodes, sizeof(SpkBoostNode));
	b->limits = NULL;
	if (b->plan.monotone || b->plan.grouped)
		b->limits = take(base, &at, b->max_nodes, sizeof(SpkBoostLimits));
	b->routes = take(base, &at, b->max_nodes, sizeof(SpkRoute));
	b->built_of = take(base, &at, b->max_nodes, sizeof(int32_t));
	b->values = take(base, &at, b->max_nodes, sizeof(float));
	b->counts = take(base, &at, (uint64_t) n * b->max_nodes, sizeof(uint32_t));
	b->built = take(base, &at, b->max_built, sizeof(uint32_t));
	b->active = take(base, &at, b->n_slots, sizeof(uint32_t));
	b->frontier = take(base, &at, b->max_nodes, sizeof(uint32_t));
	b->free_slots = take(base, &at, b->n_slots, sizeof(int32_t));
	b->gains = take(base, &at, 3 * (uint64_t) b->matrix.n_features, sizeof(double));
	b->candidates = take(base, &at, (uint64_t) n * b->n_slots, sizeof(SpkBoostSplit));
	b->histograms = take(base, &at, b->n_slots, histogram);
	b->partials = take(base, &at, (uint64_t) (n - 1) * b->max_built, histogram);
	if (b->plan.n_statistics > 0)
	{
		b->codes = take(base, &at, n_rows, b->matrix.stride);
		b->order = take(base, &at, n_rows, sizeof(uint32_t));
		b->places = take(base, &at, n_rows, sizeof(uint32_t));
		b->statistics = take(base, &at, b->matrix.n_features, SPK_CODES);
	}
	return at;
}

uint64_t
spk_lay_out_own(SpkBooster *b, char *base)
{
	uint64_t at = 0;

	b->narrow = take(base, &at, b->max_built, spk_histogram_length(b) * sizeof(uint64_t));
	b->flushed = take(base, &at, b->max_built, sizeof(uint32_t));
	b->to_draw = take(base, &at, b->matrix.n_features, sizeof(uint16_t));
	b->is_drawn = take(base, &at, b->matrix.n_features, 1);
	b->to_split = take(base, &at, b->matrix.n_features, sizeof(uint16_t));
	b->listed = take(base, &at, (uint64_t) b->max_built * b->width, sizeof(uint16_t));
	b->n_listed = take(base, &at, b->max_built, sizeof(uint32_t));
	return at;
}

SpkBooster
spk_booster_of(const SpkBoostPlan *plan, const SpkMatrix *matrix)
{
	SpkBooster b = {.plan = *plan, .matrix = *matrix, .given_codes = matrix->codes};

	b.max_nodes = 2 * plan->max_leaves - 1;
	count_slots(&b);
	return b;
}

uint64_t
spk_boost_shared_size(const SpkBoostPlan *plan, const SpkMatrix *matrix, uint32_t n)
{
	SpkBooster b = spk_booster_of(plan, matrix);

	return spk_lay_out_shared(&b, n, NULL);
}

uint64_t
spk_boost_own_size(const SpkBoostPlan *plan, const SpkMatrix *matrix)
{
	SpkBooster b = spk_booster_of(plan, matrix);

	/* what the leader keeps of rows held out is at most that of all */
	return spk_lay_out_own(&b, NULL) + plan->statistics_size +
		(plan->patience > 0 ? (uint64_t) matrix->n_rows * sizeof(SpkUnseen) : 0);
}
