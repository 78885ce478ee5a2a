/*
 * tree_search.c
 *	  The search for a node's split: draws features, counts the node's rows by
 *	  their codes, and tries what splits there are.
 */
#include <string.h>

#include "core/trees/tree_grow.h"
#include "core/base/rng.h"
#include "core/base/sort.h"
#include "core/base/vectors.h"

/*
 * In a node with fewer rows than this the codes that occur are noted while rows are
 * counted, which saves looking through the whole histogram afterwards.
 */
#define FEW_ROWS 96

/*
 * Draws the next feature without replacement, by as much of Fisher and Yates's shuffle
 * as is needed.  Features that are known to be constant in the node are passed over.
 * The swaps are noted, so that undoing them takes no longer than they did.  False when
 * no feature is left.
 */
static bool
draw_feature(SpkGrower *grower, SpkRng *rng, const uint64_t *constant, uint16_t *feature)
{
	uint32_t  n = grower->matrix.n_features;
	uint16_t *order = grower->order;

	while (grower->n_drawn < n)
	{
		uint32_t at = grower->n_drawn++;
		uint32_t with = at + spk_rng_below(rng, n - at);
		uint16_t drawn = order[with];

		order[with] = order[at];
		order[at] = drawn;
		grower->swapped[at] = (uint16_t) with;
		if ((constant[drawn >> 6] >> (drawn & 63) & 1) == 0)
		{
			*feature = drawn;
			return true;
		}
	}
	return false;
}

static void
undo_draws(SpkGrower *grower)
{
	uint16_t *order = grower->order;

	while (grower->n_drawn > 0)
	{
		uint32_t at = --grower->n_drawn;
		uint32_t with = grower->swapped[at];
		uint16_t drawn = order[at];

		order[at] = order[with];
		order[with] = drawn;
	}
}

/*
 * Adds n rows to the histograms of n_features features, at most SPK_FEATURES_PER_PASS.
 * Notes the codes that occur when there are few rows.  n_features, few and weighted are
 * constants in each call, so that the inner loop unrolls.
 */
SPK_ALWAYS_INLINE void
count_rows(SpkGrower *grower, const uint8_t *row, uint32_t n, const uint16_t *features,
		   const int n_features, const bool few, const bool weighted)
{
	size_t	 stride = grower->matrix.stride;
	uint32_t weight_at = grower->matrix.n_features;
	uint32_t at[SPK_FEATURES_PER_PASS];

	for (int f = 0; f < n_features; f++)
		at[f] = features[f];
	for (; n > 0; n--, row += stride)
	{
		SpkTally tally = weighted ? spk_tally_of_weighted(row, weight_at) :
									spk_tally_of_row(row[weight_at]);

#pragma GCC unroll 4
		for (int f = 0; f < n_features; f++)
		{
			uint8_t code = row[at[f]];

			grower->histogram[f][code] += tally;
			if (weighted)
				grower->draws[f][code] += row[weight_at] & SPK_MAX_DRAWS;
			if (few)
				spk_set_add(&grower->touched[f], code);
		}
	}
}

/* Does so feature by feature, where rows have weights. */
static void
count_weighted(SpkGrower *grower, const uint8_t *rows, uint32_t n, const uint16_t *features,
			   int n_features)
{
	if (n < FEW_ROWS)
		count_rows(grower, rows, n, features, n_features, true, true);
	else
		count_rows(grower, rows, n, features, n_features, false, true);
}

static void
count_pass(SpkGrower *grower, const uint8_t *rows, uint32_t n, const uint16_t *features,
		   int n_features)
{
	bool few = n < FEW_ROWS;

	if (grower->matrix.weighted)
	{
		count_weighted(grower, rows, n, features, n_features);
		return;
	}

	switch (n_features)
	{
		case 1:
			few ? count_rows(grower, rows, n, features, 1, true, false) :
				  count_rows(grower, rows, n, features, 1, false, false);
			break;
		case 2:
			few ? count_rows(grower, rows, n, features, 2, true, false) :
				  count_rows(grower, rows, n, features, 2, false, false);
			break;
		case 3:
			few ? count_rows(grower, rows, n, features, 3, true, false) :
				  count_rows(grower, rows, n, features, 3, false, false);
			break;
		default:
			few ? count_rows(grower, rows, n, features, 4, true, false) :
				  count_rows(grower, rows, n, features, 4, false, false);
			break;
	}
}

/* Adds all rows of the node to the histograms of some features. */
static SpkStatus
fill_histograms(SpkGrower *grower, const SpkPending *pending, const uint16_t *features,
				int n_features)
{
	size_t		   stride = grower->matrix.stride;
	const uint8_t *rows = grower->rows[pending->side] + pending->start * stride;

	if (pending->n_rows < FEW_ROWS)
	{
		if (spk_must_stop(grower, (pending->n_rows + 16) * (uint32_t) n_features))
			return SPK_CANCELLED;
		count_pass(grower, rows, pending->n_rows, features, n_features);
		return SPK_OK;
	}
	for (uint32_t done = 0, n; done < pending->n_rows; done += n)
	{
		n = pending->n_rows - done;
		if (n > 2 * SPK_POLL_ROWS)
			n = SPK_POLL_ROWS; /* so that the last part is no small one */
		if (spk_must_stop(grower, (n + SPK_CODES) * (uint32_t) n_features))
			return SPK_CANCELLED;
		count_pass(grower, rows + done * stride, n, features, n_features);
	}
	return SPK_OK;
}

/* Takes the draws of the groups, which have been found, and leaves their counts zero. */
static void
take_draws(SpkGrower *grower, int slot)
{
	SpkGroups *groups = &grower->groups;
	uint32_t  *draws = grower->draws[slot];

	groups->n_rows = groups->n_missing = draws[SPK_MISSING];
	draws[SPK_MISSING] = 0;
	for (uint32_t i = 0; i < groups->n; i++)
	{
		groups->rows[i] = draws[groups->code[i]];
		groups->n_rows += groups->rows[i];
		draws[groups->code[i]] = 0;
	}
}

/* Turns a histogram into groups, and leaves it zero. */
static void
take_groups(SpkGrower *grower, int slot, uint32_t n_bins, bool few)
{
	SpkTally  *histogram = grower->histogram[slot];
	SpkGroups *groups = &grower->groups;
	uint32_t   n = 0;

	groups->missing = histogram[SPK_MISSING];
	histogram[SPK_MISSING] = 0;
	if (few)
	{
		SpkCodeSet *touched = &grower->touched[slot];

		touched->bits[SPK_MISSING >> 6] &= ~(UINT64_C(1) << (SPK_MISSING & 63));
		for (int word = 0; word < 4; word++)
			for (; touched->bits[word] != 0; touched->bits[word] &= touched->bits[word] - 1)
			{
				int code = 64 * word + __builtin_ctzll(touched->bits[word]);

				groups->tally[n] = histogram[code];
				groups->code[n++] = (uint8_t) code;
				histogram[code] = 0;
			}
	}
	else
	{
		/* without branches, because a processor cannot guess which codes occur */
		for (uint32_t code = 0; code < n_bins; code++)
		{
			groups->tally[n] = histogram[code];
			groups->code[n] = (uint8_t) code;
			n += histogram[code] != 0;
		}
		memset(histogram, 0, n_bins * sizeof(SpkTally));
	}
	groups->n = n;
	if (grower->matrix.weighted)
		take_draws(grower, slot);
}

/* Makes the set of the codes up to the cut. */
static void
make_set(SpkSplit *split)
{
	split->category = true;
	memset(&split->set, 0, sizeof(split->set));
	for (int code = 0; code <= split->cut; code++)
		spk_set_add(&split->set, (uint8_t) code);
	if (split->missing_left)
		spk_set_add(&split->set, SPK_MISSING);
}

/*
 * Tries the feature whose histogram is in this slot, which becomes zero; false
 * when it is constant in the node, which is then noted.
 */
static bool
try_feature(SpkGrower *grower, const SpkPending *pending, int slot, uint16_t f, uint64_t *constant,
			SpkSplit *best)
{
	take_groups(grower, slot, grower->n_bins[f], pending->n_rows < FEW_ROWS);
	if (grower->groups.n + (grower->groups.missing != 0) < 2)
	{
		constant[f >> 6] |= UINT64_C(1) << (f & 63);
		return false;
	}
	if (grower->rules != NULL)
		grower->criterion.sign = grower->rules[f].monotone;
	spk_split_feature(&grower->criterion, pending->tally, f,
					  grower->is_category[f] && !grower->is_ranked[f], grower->n_bins[f],
					  &grower->groups, best);
	if (grower->is_ranked[f] && best->found && best->feature == f)
		make_set(best);
	return true;
}

/* Takes features that may not split here for constant ones, which are passed over. */
static void
forbid_features(const SpkGrower *grower, const SpkPending *pending, uint64_t *constant)
{
	for (uint32_t f = 0; f < grower->matrix.n_features; f++)
		if (!spk_reach_has(&pending->reach, &grower->rules[f], f))
			constant[f >> 6] |= UINT64_C(1) << (f & 63);
}

SpkStatus
spk_grower_find_split(SpkGrower *grower, const SpkPending *pending, uint64_t *constant,
					  SpkSplit *best)
{
	SpkRng	  rng = spk_rng(pending->path, SPK_STREAM_FEATURES);
	uint32_t  wanted = grower->plan.features_per_split;
	SpkStatus status = SPK_OK;

	grower->criterion.bounds = pending->bounds;
	if (grower->grouped && pending->reach.started)
		forbid_features(grower, pending, constant);
	*best = spk_split_none(&grower->criterion, pending->tally);
	while (wanted > 0 || !best->found)
	{
		uint16_t features[SPK_FEATURES_PER_PASS];
		int		 n = 0;
		int		 most = wanted == 0				? 1 :
				 wanted < SPK_FEATURES_PER_PASS ? (int) wanted :
												  SPK_FEATURES_PER_PASS;

		/* as many as are still wanted; when all are done and none has a split, one at a time */
		while (n < most && draw_feature(grower, &rng, constant, &features[n]))
			n++;
		if (n == 0)
			break;
		status = fill_histograms(grower, pending, features, n);
		if (status != SPK_OK)
			break;
		for (int i = 0; i < n; i++)
			if (try_feature(grower, pending, i, features[i], constant, best) && wanted > 0)
				wanted--;
	}

	/* what a node draws must depend on its path alone, not on the nodes before */
	undo_draws(grower);
	return status;
}
