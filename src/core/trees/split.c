/*
 * split.c
 *	  The best split of a node by one feature.
 */
#include <math.h>
#include <string.h>

#include "core/trees/split.h"
#include "core/base/vectors.h"

#define MIN_GAIN 1e-12 /* a split must gain more than this, times the weight of the node */

/*
 * With x = m * 2^e and m in [sqrt(1/2), sqrt(2)): ln(m) = 2 artanh(s) for
 * s = (m - 1) / (m + 1), |s| < 0.172; the series' twelfth term is below 1e-18.
 */
double
spk_log2(double x)
{
	static const double terms[] = {1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13,
								   1.0 / 11, 1.0 / 9,  1.0 / 7,	 1.0 / 5,  1.0 / 3};
	uint64_t			bits;
	int					exponent;
	double				s, square, sum = 0;

	memcpy(&bits, &x, sizeof(bits));
	/* 0x3fe6a09e667f3bcd is sqrt(1/2): larger mantissas belong to the next exponent */
	exponent = (int) (((int64_t) bits - INT64_C(0x3fe6a09e667f3bcd)) >> 52);
	bits -= (uint64_t) exponent << 52;
	memcpy(&x, &bits, sizeof(x));
	s = (x - 1) / (x + 1);
	square = s * s;
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		sum = (sum + terms[i]) * square;
	return exponent + (s + s * sum) * 2.8853900817779268; /* 2 / ln(2) */
}

static double
x_log2_x(double x)
{
	return x > 0 ? x * spk_log2(x) : 0;
}

SPK_ALWAYS_INLINE double
impurity(const SpkCriterion *criterion, SpkTally tally, bool entropy)
{
	double churn = criterion->weight[1] * spk_tally_churn(tally);
	double stay = criterion->weight[0] * (spk_tally_rows(tally) - spk_tally_churn(tally));

	if (entropy)
		return x_log2_x(stay + churn) - x_log2_x(stay) - x_log2_x(churn);
	return 2 * stay * churn / (stay + churn);
}

double
spk_impurity(const SpkCriterion *criterion, SpkTally tally)
{
	return impurity(criterion, tally, criterion->entropy);
}

/* What a share within bounds costs more than the group's own. */
static double
excess(const SpkCriterion *criterion, SpkTally tally, double share)
{
	double churn = criterion->weight[1] * spk_tally_churn(tally);
	double stay = criterion->weight[0] * (spk_tally_rows(tally) - spk_tally_churn(tally));
	double distance = spk_own_share(criterion, tally) - share;

	return (stay + churn) * distance * distance *
		(criterion->entropy ? 2.8853900817779268 : 2); /* 2 / ln(2) */
}

double
spk_bounded_impurity(const SpkCriterion *criterion, SpkTally tally)
{
	double own = spk_impurity(criterion, tally);

	return criterion->bounded ?
		own + excess(criterion, tally, spk_churn_share(criterion, criterion->bounds, tally)) :
		own;
}

SpkSplit
spk_split_none(const SpkCriterion *criterion, SpkTally node)
{
	SpkSplit none = {0};
	double	 churn = criterion->weight[1] * spk_tally_churn(node);
	double	 stay = criterion->weight[0] * (spk_tally_rows(node) - spk_tally_churn(node));
	double	 least;

	least = MIN_GAIN * (stay + churn);
	if (least < criterion->min_gain)
		least = criterion->min_gain;
	none.cost = spk_bounded_impurity(criterion, node) - least;
	return none;
}

/* The first best candidate of a feature. */
typedef struct Candidate
{
	double	 cost;
	uint32_t after; /* the last group on the left side */
	bool	 missing_left;
	bool	 found;
	SpkTally left;
	uint32_t left_rows;
} Candidate;

/* The rows of one side of a split, or of a node. */
typedef struct Side
{
	SpkTally tally;
	uint32_t n_rows; /* with weights only */
} Side;

/* Are they enough for a leaf?  Without weights the tally counts the rows. */
SPK_ALWAYS_INLINE bool
is_enough(const SpkCriterion *criterion, const bool weighted, Side side)
{
	return (weighted ? side.n_rows : spk_tally_rows(side.tally)) >= criterion->min_leaf;
}

/* Adds to a split's cost what the bounds make of it; infinity where its sides are not in order. */
static double
bounded_cost(const SpkCriterion *criterion, SpkTally left, SpkTally right, int sign, double cost)
{
	double shares[2] = {spk_churn_share(criterion, criterion->bounds, left),
						spk_churn_share(criterion, criterion->bounds, right)};

	if (!spk_in_order(sign, shares[0], shares[1]))
		return INFINITY;
	return cost + excess(criterion, left, shares[0]) + excess(criterion, right, shares[1]);
}

SPK_ALWAYS_INLINE void
try_split(const SpkCriterion *criterion, const bool entropy, const bool weighted,
		  const bool bounded, Side node, Side left, uint32_t after, bool missing_left, int sign,
		  Candidate *best)
{
	Side   right = {node.tally - left.tally, weighted ? node.n_rows - left.n_rows : 0};
	double cost;

	if (!is_enough(criterion, weighted, left) || !is_enough(criterion, weighted, right))
		return;
	cost = impurity(criterion, left.tally, entropy) + impurity(criterion, right.tally, entropy);
	if (bounded)
		cost = bounded_cost(criterion, left.tally, right.tally, sign, cost);
	if (cost < best->cost)
	{
		best->cost = cost;
		best->after = after;
		best->missing_left = missing_left;
		best->found = true;
		best->left = left.tally;
		best->left_rows = left.n_rows;
	}
}

SPK_ALWAYS_INLINE void
try_all(const SpkCriterion *criterion, const bool entropy, const bool weighted, const bool bounded,
		SpkTally tally, const SpkGroups *groups, Candidate *best)
{
	int		 sign = bounded ? criterion->sign : 0;
	Side	 node = {tally, weighted ? groups->n_rows : 0};
	SpkTally missing = groups->missing;
	uint32_t n_missing = weighted ? groups->n_missing : 0;
	Side	 left = {0, 0};

	for (uint32_t i = 0; i + 1 < groups->n; i++)
	{
		left.tally += groups->tally[i];
		if (weighted)
			left.n_rows += groups->rows[i];
		try_split(criterion, entropy, weighted, bounded, node, left, i, false, sign, best);
		if (missing != 0)
			try_split(criterion, entropy, weighted, bounded, node,
					  (Side) {left.tally + missing, left.n_rows + n_missing}, i, true, sign, best);
	}
	if (missing != 0)
		try_split(criterion, entropy, weighted, bounded, node,
				  (Side) {tally - missing, node.n_rows - n_missing}, groups->n - 1, false, 0, best);
}

/* Is the churn rate of group a below that of the tally?  Fractions are compared exactly. */
static inline bool
rate_below(const SpkGroups *groups, uint32_t a, SpkTally tally, uint8_t code)
{
	uint64_t left = (uint64_t) spk_tally_churn(groups->tally[a]) * spk_tally_rows(tally);
	uint64_t right = (uint64_t) spk_tally_churn(tally) * spk_tally_rows(groups->tally[a]);

	return left < right || (left == right && groups->code[a] < code);
}

/* Shell sort, as the groups are few.  No two groups are equal, so it need not be stable. */
static void
sort_by_rate(SpkGroups *groups)
{
	static const uint32_t gaps[] = {132, 57, 23, 10, 4, 1};

	for (size_t g = 0; g < sizeof(gaps) / sizeof(gaps[0]); g++)
		for (uint32_t gap = gaps[g], i = gap; i < groups->n; i++)
		{
			SpkTally tally = groups->tally[i];
			uint32_t rows = groups->rows[i];
			uint8_t	 code = groups->code[i];
			uint32_t at = i;

			for (; at >= gap && !rate_below(groups, at - gap, tally, code); at -= gap)
			{
				groups->tally[at] = groups->tally[at - gap];
				groups->rows[at] = groups->rows[at - gap];
				groups->code[at] = groups->code[at - gap];
			}
			groups->tally[at] = tally;
			groups->rows[at] = rows;
			groups->code[at] = code;
		}
}

/* The set of codes that go left.  Codes without rows go where missing values go. */
static SpkCodeSet
codes_left(const SpkGroups *groups, uint32_t after, uint32_t n_bins, bool missing_left)
{
	SpkCodeSet set = {{0}};

	if (!missing_left)
	{
		for (uint32_t i = 0; i <= after; i++)
			spk_set_add(&set, groups->code[i]);
		return set;
	}
	for (uint32_t code = 0; code < n_bins; code++)
		spk_set_add(&set, (uint8_t) code);
	for (uint32_t i = after + 1; i < groups->n; i++)
		set.bits[groups->code[i] >> 6] &= ~(UINT64_C(1) << (groups->code[i] & 63));
	spk_set_add(&set, SPK_MISSING);
	return set;
}

void
spk_split_feature(const SpkCriterion *criterion, SpkTally node, uint16_t feature, bool category,
				  uint32_t n_bins, SpkGroups *groups, SpkSplit *best)
{
	Candidate candidate = {.cost = best->cost};
	uint32_t  left_rows;

	if (category)
		sort_by_rate(groups);
	/* features come in random order, so an equal cost must win over that of a later feature */
	if (best->found && feature < best->feature)
		candidate.cost = nextafter(best->cost, INFINITY);
	if (criterion->bounded)
		try_all(criterion, criterion->entropy, criterion->weighted, true, node, groups, &candidate);
	else if (criterion->entropy && criterion->weighted)
		try_all(criterion, true, true, false, node, groups, &candidate);
	else if (criterion->entropy)
		try_all(criterion, true, false, false, node, groups, &candidate);
	else if (criterion->weighted)
		try_all(criterion, false, true, false, node, groups, &candidate);
	else
		try_all(criterion, false, false, false, node, groups, &candidate);
	if (!candidate.found)
		return;

	left_rows = spk_tally_rows(candidate.left);
	best->found = true;
	best->feature = feature;
	best->category = category;
	best->cost = candidate.cost;
	best->left = candidate.left;
	best->left_rows = candidate.left_rows;
	best->missing_left = groups->missing != 0 ? candidate.missing_left :
												left_rows >= spk_tally_rows(node) - left_rows;
	if (category)
		best->set = codes_left(groups, candidate.after, n_bins, best->missing_left);
	else if (candidate.after + 1 == groups->n)
		best->cut = (uint8_t) (n_bins - 1);
	else
		best->cut =
			(uint8_t) ((groups->code[candidate.after] + groups->code[candidate.after + 1] - 1) / 2);
}
