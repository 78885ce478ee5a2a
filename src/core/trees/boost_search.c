/*
 * boost_search.c
 *	  The best splits of a boosted tree's open nodes, by one member's features.
 */
#include <string.h>

#include "core/trees/boost_search.h"
#include "core/trees/boost_check.h"
#include "core/trees/boost_statistics.h"
#include "core/base/rng.h"

/* Lists the features that may split the node; returns how many they are. */
static uint32_t
list_features(SpkBooster *b, const SpkBoostNode *node)
{
	uint32_t n = 0;

	for (uint32_t f = 0; f < b->matrix.n_features; f++)
		if (!b->plan.grouped ||
			spk_reach_has(&b->limits[node - b->nodes].reach, &b->features[f].rule, f))
			b->to_draw[n++] = (uint16_t) f;
	return n;
}

/* Draws features for the node, and marks them in drawn.  All members draw the same. */
static void
draw_features(SpkBooster *b, const SpkBoostNode *node)
{
	uint32_t n = b->matrix.n_features;
	uint32_t wanted = b->plan.features_per_split;
	SpkRng	 rng = spk_rng(node->path, 0);

	memset(b->drawn, wanted == n && !b->plan.grouped, n);
	if (wanted == n && !b->plan.grouped)
		return;
	n = list_features(b, node);
	if (wanted > n)
		wanted = n;
	for (uint32_t at = 0; at < wanted; at++)
	{
		uint32_t with = at + spk_rng_below(&rng, n - at);
		uint16_t drawn = b->to_draw[with];

		b->to_draw[with] = b->to_draw[at];
		b->drawn[drawn] = true;
	}
}

/* Adds up what the members have built of a feature, and takes it away from the sibling. */
static void
merge_feature(SpkBooster *b, uint32_t place, uint32_t feature)
{
	const SpkBoostNode *node = &b->nodes[b->built[place]];
	size_t				length = spk_histogram_length(b);
	size_t				at = (size_t) feature * SPK_CODES;
	SpkSums			   *sums = b->histograms + (size_t) node->slot * length + at;

	/* the leader, member 0, has built in the slot itself */
	for (uint32_t member = 1; member < b->team.n; member++)
	{
		const SpkSums *partial = spk_boost_partial(b, member, place) + at;

		for (int code = 0; code < SPK_CODES; code++)
		{
			sums[code].g += partial[code].g;
			sums[code].h += partial[code].h;
		}
	}

	/* the sibling still has its parent's sums: what this node leaves of them is its own */
	if (node->sibling != 0)
	{
		SpkSums *rest = b->histograms + (size_t) b->nodes[node->sibling].slot * length + at;

		for (int code = 0; code < SPK_CODES; code++)
		{
			rest[code].g -= sums[code].g;
			rest[code].h -= sums[code].h;
		}
	}
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

/* The best split of an active node by the member's features. */
static SpkBoostSplit
search_node(SpkBooster *b, uint32_t place, uint32_t from, uint32_t to)
{
	const SpkBoostNode *node = &b->nodes[b->active[place]];
	const SpkSums	   *sums = b->histograms + (size_t) node->slot * spk_histogram_length(b);
	SpkBoostRule		rule = rule_of(b, b->active[place]);
	SpkBoostSplit		best = spk_boost_split_above(spk_booster_score(b, node), b->plan.min_gain);

	draw_features(b, node);
	for (uint32_t f = from; f < to; f++)
	{
		rule.sign = b->features[f].rule.monotone;
		if (b->drawn[f])
			spk_boost_split_feature(node->sums, &rule, (uint16_t) f, has_subsets(b, f),
									b->features[f].n_bins, sums + (size_t) f * SPK_CODES, &best);
	}
	return best;
}

void
spk_boost_search(SpkBooster *b)
{
	uint32_t from = spk_share(&b->team, b->matrix.n_features, b->team.me);
	uint32_t to = spk_share(&b->team, b->matrix.n_features, b->team.me + 1);

	for (uint32_t place = 0; place < b->shared->n_built; place++)
		for (uint32_t f = from; f < to; f++)
			merge_feature(b, place, f);
	spk_booster_check_histograms(b, from, to);
	for (uint32_t place = 0; place < b->shared->n_active; place++)
	{
		if (spk_cancelled(&b->host))
		{
			spk_boost_fail(b, SPK_CANCELLED);
			return;
		}
		b->candidates[(size_t) b->team.me * b->n_slots + place] = search_node(b, place, from, to);
	}
}
