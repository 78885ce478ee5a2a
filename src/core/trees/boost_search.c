/*
 * boost_search.c
 *	  The best splits of a boosted tree's open nodes, by one member's features.
 */
#include <string.h>

#include "core/trees/boost_search.h"
#include "core/trees/boost_check.h"
#include "core/trees/boost_statistics.h"
#include "core/base/rng.h"

/* Lists the features that the reach has; returns how many they are. */
static uint32_t
list_features(SpkBooster *b, const SpkReach *reach)
{
	uint32_t n = 0;

	for (uint32_t f = 0; f < b->matrix.n_features; f++)
		if (reach == NULL || !b->plan.grouped || spk_reach_has(reach, &b->features[f].rule, f))
			b->to_draw[n++] = (uint16_t) f;
	return n;
}

uint32_t
spk_boost_draw(SpkBooster *b, uint64_t path, const SpkReach *reach, uint16_t *listed)
{
	uint32_t n = list_features(b, reach);
	uint32_t wanted = b->plan.features_per_split < n ? b->plan.features_per_split : n;
	uint32_t n_listed = 0;
	SpkRng	 rng = spk_rng(path, 0);

	for (uint32_t at = 0; at < wanted && wanted < b->matrix.n_features; at++)
	{
		uint32_t with = at + spk_rng_below(&rng, n - at);
		uint16_t drawn = b->to_draw[with];

		b->to_draw[with] = b->to_draw[at];
		b->to_draw[at] = drawn;
	}

	/* in ascending order, because of equal splits the first feature's wins */
	for (uint32_t at = 0; at < wanted; at++)
		b->is_drawn[b->to_draw[at]] = true;
	for (uint32_t f = 0; f < b->matrix.n_features; f++)
	{
		if (b->is_drawn[f])
			listed[n_listed++] = (uint16_t) f;
		b->is_drawn[f] = false;
	}
	return n_listed;
}

/*
 * What splits of the node must hold to.  Histograms do not count rows, so the hessian
 * that so many rows of the node have on average is what keeps leaves, and categories
 * that are ordered, from becoming too small.
 */
static SpkBoostRule
rule_of(const SpkBooster *b, uint32_t node)
{
	double rows = spk_boost_rows_in(b, node) * b->shared->share_in_tree;
	double h = (double) b->nodes[node].sums.h;

	return (SpkBoostRule) {
		.l2 = b->plan.l2,
		.min_hessian = b->plan.min_leaf * h / rows,
		.category_smoothing = b->plan.category_smoothing,
		.category_l2 = b->plan.category_l2,
		.category_hessian = b->plan.category_min_rows * h / rows,
		.bounded = b->plan.monotone,
		.bounds = spk_booster_bounds(b, &b->nodes[node]),
	};
}

/* Are subsets of the feature's codes tried?  Otherwise they are cut in their order. */
static inline bool
has_subsets(const SpkBooster *b, uint32_t feature)
{
	const SpkFeature *f = &b->features[feature];

	return f->kind == SPK_CATEGORY && !spk_has_statistics(f, b->plan.category_subsets);
}

/* Tries a feature, whose sums are those of the node. */
static void
try_feature(const SpkBooster *b, const SpkBoostNode *node, SpkBoostRule *rule, uint32_t feature,
			const SpkSums *sums, SpkBoostSplit *best)
{
	rule->sign = b->features[feature].rule.monotone;
	spk_boost_split_feature(node->sums, rule, (uint16_t) feature, has_subsets(b, feature),
							b->features[feature].n_bins, sums, best);
}

/* The best split of an active node by the features of the member, which has a share of them. */
static SpkBoostSplit
search_node(SpkBooster *b, uint32_t place)
{
	const SpkBoostNode *node = &b->nodes[b->active[place]];
	const SpkSums	   *sums = b->histograms + (size_t) node->slot * spk_histogram_length(b);
	SpkBoostRule		rule = rule_of(b, b->active[place]);
	SpkBoostSplit		best = spk_boost_split_above(spk_booster_score(b, node), b->plan.min_gain);
	uint32_t			from = spk_share(&b->team, b->matrix.n_features, b->team.me);
	uint32_t			to = spk_share(&b->team, b->matrix.n_features, b->team.me + 1);
	uint32_t			built = (uint32_t) b->built_of[b->active[place]];
	const uint16_t	   *listed = b->drawn ? spk_boost_listed(b, built) : b->to_split;
	uint32_t			n = b->drawn ? b->n_listed[built] :
									   spk_boost_draw(b, node->path, spk_booster_reach(b, node), b->to_split);

	if (b->drawn)
	{
		from = spk_share(&b->team, n, b->team.me);
		to = spk_share(&b->team, n, b->team.me + 1);
		for (uint32_t k = from; k < to; k++)
			try_feature(b, node, &rule, listed[k], sums + (size_t) k * SPK_CODES, &best);
		return best;
	}
	for (uint32_t k = 0; k < n; k++)
		if (listed[k] >= from && listed[k] < to)
			try_feature(b, node, &rule, listed[k], sums + (size_t) listed[k] * SPK_CODES, &best);
	return best;
}

void
spk_boost_search(SpkBooster *b)
{
	spk_boost_merge(b);
	spk_booster_check_histograms(b);
	for (uint32_t place = 0; place < b->shared->n_active; place++)
	{
		if (spk_cancelled(&b->host))
		{
			spk_boost_fail(b, SPK_CANCELLED);
			return;
		}
		b->candidates[(size_t) b->team.me * b->n_slots + place] = search_node(b, place);
	}
}
