/*
 * boost_split.c
 *	  The best split of a node by the gradients and hessians of its rows.
 */
#include <math.h>

#include "core/trees/boost_cuts.h"
#include "core/trees/boost_split.h"

/* A split must gain more than this share of the node's score, which rounding cannot. */
#define ROUNDING 1e-10

/* Of fewer codes the cuts are tried one by one. */
#define VECTOR_CODES 16

SpkBoostSplit
spk_boost_split_above(double score, double min_gain)
{
	SpkBoostSplit none = {0};
	double		  rounding = fabs(score) * ROUNDING;

	none.score = score + (min_gain > rounding ? min_gain : rounding);
	return none;
}

SpkBoostSplit
spk_boost_split_none(SpkSums node, double l2, double min_gain)
{
	return spk_boost_split_above(spk_boost_score(node, l2), min_gain);
}

/* Both sides share one division, because divisions are what a search waits for. */
static inline void
try_split(SpkSums node, double l2, double min_hessian, SpkSums left, uint32_t n_left,
		  bool missing_left, SpkBoostCut *best)
{
	double left_g = (double) left.g;
	double left_h = (double) left.h;
	double right_g = (double) (node.g - left.g);
	double right_h = (double) (node.h - left.h);
	double score;

	if (left_h < min_hessian || right_h < min_hessian)
		return;
	left_h += l2;
	right_h += l2;
	score = (left_g * left_g * right_h + right_g * right_g * left_h) / (left_h * right_h);
	if (score > best->score)
	{
		best->score = score;
		best->n_left = n_left;
		best->missing_left = missing_left;
		best->found = true;
		best->left = left;
	}
}

/* Does so where some features are monotone; sign is that of the feature that is cut. */
static void
try_bounded(SpkSums node, double l2, const SpkBoostRule *rule, int sign, SpkSums left,
			uint32_t n_left, bool missing_left, SpkBoostCut *best)
{
	double	least = rule->min_hessian < 1 ? 1 : rule->min_hessian;
	SpkSums right = {node.g - left.g, node.h - left.h};
	double	values[2] = {spk_within(rule->bounds, spk_boost_value(left, l2)),
						 spk_within(rule->bounds, spk_boost_value(right, l2))};
	double	score = spk_boost_score_at(left, l2, values[0]) +
		spk_boost_score_at(right, l2, values[1]);

	if ((double) left.h < least || (double) right.h < least ||
		!spk_in_order(sign, values[0], values[1]) || !(score > best->score))
		return;
	*best = (SpkBoostCut) {score, n_left, missing_left, true, left};
}

/* Tries all cuts of a list of n codes, as try_all does, within bounds. */
static void
try_all_bounded(SpkSums node, double l2, const SpkBoostRule *rule, const SpkSums *sums, uint32_t n,
				SpkSums missing, SpkBoostCut *best)
{
	SpkSums left = {0, 0};
	bool	any_missing = !spk_sums_empty(missing);

	for (uint32_t i = 0; i + 1 < n; i++)
	{
		left = spk_sums_add(left, sums[i]);
		try_bounded(node, l2, rule, rule->sign, left, i + 1, false, best);
		if (any_missing)
			try_bounded(node, l2, rule, rule->sign, spk_sums_add(left, missing), i + 1, true, best);
	}
	if (any_missing && n > 0)
		try_bounded(node, l2, rule, 0, spk_sums_add(left, sums[n - 1]), n, false, best);
}

void
spk_try_cuts(const SpkBoostCodes *codes, SpkBoostCut *best)
{
	SpkSums left = {0, 0};
	bool	any_missing = !spk_sums_empty(codes->missing);

	for (uint32_t i = 0; i + 1 < codes->n; i++)
	{
		/* of equal cuts the first one wins */
		if (i > 0 && spk_sums_empty(codes->sums[i]))
			continue;
		left = spk_sums_add(left, codes->sums[i]);
		try_split(codes->node, codes->l2, codes->min_hessian, left, i + 1, false, best);
		if (any_missing)
			try_split(codes->node, codes->l2, codes->min_hessian,
					  spk_sums_add(left, codes->missing), i + 1, true, best);
	}
}

/* Tries all cuts of a list of n codes with these sums, and missing values on either side. */
static void
try_all(SpkSums node, double l2, const SpkBoostRule *rule, const SpkSums *sums, uint32_t n,
		SpkSums missing, SpkBoostCut *best)
{
	/* hessians are whole: a side with less than 1 has none */
	double		  least = rule->min_hessian < 1 ? 1 : rule->min_hessian;
	SpkBoostCodes codes = {sums, n, missing, node, l2, least};

	if (rule->bounded)
	{
		try_all_bounded(node, l2, rule, sums, n, missing, best);
		return;
	}
	if ((double) node.h < 2 * least)
		return;
#ifdef SPK_VECTORS
	if (n >= VECTOR_CODES && __builtin_cpu_supports("avx2"))
		spk_try_cuts_avx2(&codes, best);
	else
#endif
		spk_try_cuts(&codes, best);
	if (!spk_sums_empty(missing) && n > 0)
		try_split(node, l2, least, (SpkSums) {node.g - missing.g, node.h - missing.h}, n, false,
				  best);
}

/* The codes of a category that are ordered, with their sums, and the sums of all others. */
typedef struct Ordered
{
	uint32_t n;
	SpkSums	 rest;
	uint8_t	 codes[SPK_MAX_BINS];
	SpkSums	 sums[SPK_MAX_BINS];
} Ordered;

/* Lists the codes that have so much of a hessian, in the order of g / (h + smoothing). */
static void
order_categories(const SpkSums *histogram, uint32_t n_bins, double smoothing, double least,
				 Ordered *to)
{
	double rates[SPK_MAX_BINS];

	to->n = 0;
	to->rest = histogram[SPK_MISSING];
	for (uint32_t code = 0; code < n_bins; code++)
	{
		/* one quantum more, lest it be 0 */
		double	 rate = (double) histogram[code].g / ((double) histogram[code].h + smoothing + 1);
		uint32_t at = to->n;

		if (spk_sums_empty(histogram[code]))
			continue;
		if ((double) histogram[code].h < least)
		{
			to->rest = spk_sums_add(to->rest, histogram[code]);
			continue;
		}
		for (; at > 0 && rates[at - 1] > rate; at--)
		{
			rates[at] = rates[at - 1];
			to->codes[at] = to->codes[at - 1];
		}
		rates[at] = rate;
		to->codes[at] = (uint8_t) code;
		to->n++;
	}
	for (uint32_t i = 0; i < to->n; i++)
		to->sums[i] = histogram[to->codes[i]];
}

/* The set of codes that go left.  Codes that are not ordered go where missing values go. */
static SpkCodeSet
codes_left(const Ordered *ordered, uint32_t n_left, uint32_t n_bins, bool missing_left)
{
	const uint8_t *codes = ordered->codes;
	SpkCodeSet	   set = {{0}};

	if (!missing_left)
	{
		for (uint32_t i = 0; i < n_left; i++)
			spk_set_add(&set, codes[i]);
		return set;
	}
	for (uint32_t code = 0; code < n_bins; code++)
		spk_set_add(&set, (uint8_t) code);
	for (uint32_t i = n_left; i < ordered->n; i++)
		set.bits[codes[i] >> 6] &= ~(UINT64_C(1) << (codes[i] & 63));
	spk_set_add(&set, SPK_MISSING);
	return set;
}

/* The cut behind the first n_left codes, in the middle of the gap that follows. */
static uint8_t
cut_of(const SpkSums *histogram, uint32_t n_left, uint32_t n_bins)
{
	uint32_t next = n_left;

	while (next < n_bins && spk_sums_empty(histogram[next]))
		next++;
	return (uint8_t) (next == n_bins ? n_bins - 1 : (n_left + next - 2) / 2);
}

/* Tries the cuts of the ordered categories. */
static void
try_categories(SpkSums node, const SpkBoostRule *rule, uint32_t n_bins, const SpkSums *histogram,
			   Ordered *ordered, SpkBoostCut *best)
{
	double l2 = rule->l2;

	if (spk_boost_many(true, n_bins))
	{
		l2 += rule->category_l2;
		order_categories(histogram, n_bins, rule->category_smoothing, rule->category_hessian,
						 ordered);
	}
	else
		order_categories(histogram, n_bins, l2, 0, ordered);
	try_all(node, l2, rule, ordered->sums, ordered->n, ordered->rest, best);
}

void
spk_boost_split_feature(SpkSums node, const SpkBoostRule *rule, uint16_t feature, bool category,
						uint32_t n_bins, const SpkSums *histogram, SpkBoostSplit *best)
{
	SpkBoostCut candidate = {.score = best->score};
	SpkSums		missing = histogram[SPK_MISSING];
	Ordered		ordered;

	/* numbers are cut in the order of their codes, so that the histogram is the list */
	if (category)
	{
		try_categories(node, rule, n_bins, histogram, &ordered, &candidate);
		missing = ordered.rest;
	}
	else
		try_all(node, rule->l2, rule, histogram, n_bins, missing, &candidate);
	if (!candidate.found)
		return;

	best->found = true;
	best->feature = feature;
	best->category = category;
	best->score = candidate.score;
	best->left = candidate.left;

	/* who has no missing values here may have some later: they go where most goes */
	best->missing_left = spk_sums_empty(missing) ? candidate.left.h >= node.h - candidate.left.h :
												   candidate.missing_left;
	if (category)
		best->set = codes_left(&ordered, candidate.n_left, n_bins, best->missing_left);
	else
		best->cut = cut_of(histogram, candidate.n_left, n_bins);
}
