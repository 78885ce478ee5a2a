/*
 * boost_split.c
 *	  The best split of a node by the gradients and hessians of its rows.
 */
#include "core/trees/boost_split.h"

/* A split must gain more than this share of the node's score, which rounding cannot. */
#define ROUNDING 1e-10

/* The best cut of a list of codes so far. */
typedef struct Candidate
{
	double	 score;
	uint32_t n_left; /* this many codes, from the front of the list, go left */
	bool	 missing_left;
	bool	 found;
	SpkSums	 left;
} Candidate;

SpkBoostSplit
spk_boost_split_none(SpkSums node, double l2, double min_gain)
{
	SpkBoostSplit none = {0};
	double		  score = spk_boost_score(node, l2);

	none.score = score + (min_gain > score * ROUNDING ? min_gain : score * ROUNDING);
	return none;
}

static inline SpkSums
add(SpkSums a, SpkSums b)
{
	return (SpkSums) {a.g + b.g, a.h + b.h};
}

static inline bool
is_empty(SpkSums sums)
{
	return sums.g == 0 && sums.h == 0;
}

/* Both sides share one division, because divisions are what a search waits for. */
static inline void
try_split(SpkSums node, double l2, double min_hessian, SpkSums left, uint32_t n_left,
		  bool missing_left, Candidate *best)
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

/* Tries all cuts of a list of n codes with these sums, and missing values on either side. */
static void
try_all(SpkSums node, double l2, double min_hessian, const SpkSums *sums, uint32_t n,
		SpkSums missing, Candidate *best)
{
	SpkSums left = {0, 0};
	bool	any_missing = !is_empty(missing);

	/* hessians are whole: a side with less than 1 has none */
	min_hessian = min_hessian < 1 ? 1 : min_hessian;
	if ((double) node.h < 2 * min_hessian)
		return;
	for (uint32_t i = 0; i + 1 < n; i++)
	{
		left = add(left, sums[i]);
		try_split(node, l2, min_hessian, left, i + 1, false, best);
		if (any_missing)
			try_split(node, l2, min_hessian, add(left, missing), i + 1, true, best);
	}
	if (any_missing && n > 0)
		try_split(node, l2, min_hessian, add(left, sums[n - 1]), n, false, best);
}

/* Lists the known codes that occur, in the order of g / (h + l2); returns their number. */
static uint32_t
order_categories(const SpkSums *histogram, uint32_t n_bins, double l2, uint8_t *codes,
				 SpkSums *sums)
{
	double	 rates[SPK_MAX_BINS];
	uint32_t n = 0;

	for (uint32_t code = 0; code < n_bins; code++)
	{
		/* one quantum more, lest it be 0 */
		double	 rate = (double) histogram[code].g / ((double) histogram[code].h + l2 + 1);
		uint32_t at = n;

		if (is_empty(histogram[code]))
			continue;
		for (; at > 0 && rates[at - 1] > rate; at--)
		{
			rates[at] = rates[at - 1];
			codes[at] = codes[at - 1];
		}
		rates[at] = rate;
		codes[at] = (uint8_t) code;
		n++;
	}
	for (uint32_t i = 0; i < n; i++)
		sums[i] = histogram[codes[i]];
	return n;
}

/* The set of codes that go left.  Codes without rows go where missing values go. */
static SpkCodeSet
codes_left(const uint8_t *codes, uint32_t n, uint32_t n_left, uint32_t n_bins, bool missing_left)
{
	SpkCodeSet set = {{0}};

	if (!missing_left)
	{
		for (uint32_t i = 0; i < n_left; i++)
			spk_set_add(&set, codes[i]);
		return set;
	}
	for (uint32_t code = 0; code < n_bins; code++)
		spk_set_add(&set, (uint8_t) code);
	for (uint32_t i = n_left; i < n; i++)
		set.bits[codes[i] >> 6] &= ~(UINT64_C(1) << (codes[i] & 63));
	spk_set_add(&set, SPK_MISSING);
	return set;
}

/* The cut behind the first n_left codes, in the middle of the gap that follows. */
static uint8_t
cut_of(const SpkSums *histogram, uint32_t n_left, uint32_t n_bins)
{
	uint32_t next = n_left;

	while (next < n_bins && is_empty(histogram[next]))
		next++;
	return (uint8_t) (next == n_bins ? n_bins - 1 : (n_left + next - 2) / 2);
}

void
spk_boost_split_feature(SpkSums node, double l2, double min_hessian, uint16_t feature,
						bool category, uint32_t n_bins, const SpkSums *histogram,
						SpkBoostSplit *best)
{
	Candidate candidate = {.score = best->score};
	uint8_t	  codes[SPK_MAX_BINS];
	SpkSums	  sums[SPK_MAX_BINS];
	uint32_t  n = n_bins;

	/* numbers are cut in the order of their codes, so that the histogram is the list */
	if (category)
	{
		n = order_categories(histogram, n_bins, l2, codes, sums);
		try_all(node, l2, min_hessian, sums, n, histogram[SPK_MISSING], &candidate);
	}
	else
		try_all(node, l2, min_hessian, histogram, n, histogram[SPK_MISSING], &candidate);
	if (!candidate.found)
		return;

	best->found = true;
	best->feature = feature;
	best->category = category;
	best->score = candidate.score;
	best->left = candidate.left;

	/* who has no missing values here may have some later: they go where most goes */
	best->missing_left = is_empty(histogram[SPK_MISSING]) ?
		candidate.left.h >= node.h - candidate.left.h :
		candidate.missing_left;
	if (category)
		best->set = codes_left(codes, n, candidate.n_left, n_bins, best->missing_left);
	else
		best->cut = cut_of(histogram, candidate.n_left, n_bins);
}
