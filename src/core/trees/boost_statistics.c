/*
 * boost_statistics.c
 *	  Ordered target statistics of categories.
 */
#include <string.h>

#include "core/base/rng.h"
#include "core/trees/boost_statistics.h"

/* The stream of the order of users, by the second part of its name. */
#define STREAM_ORDER UINT64_C(4)

SpkStatus
spk_boost_group(const SpkHost *host, const SpkMatrix *matrix, SpkModel *model)
{
	const double *value = model->options.value;

	return spk_group_categories(host, matrix,
								spk_statistics_more(matrix, value[SPK_OPT_CATEGORY_SMOOTHING]),
								(uint32_t) value[SPK_OPT_BINS], model->features);
}

static bool
is_held_out(const void *ctx, uint32_t row)
{
	return spk_boost_held_out(ctx, row);
}

/* Sets the rows' codes of the feature, and what trees need to know of its bins. */
static SpkStatus
set_feature(SpkBooster *b, const SpkMatrix *from, uint32_t feature)
{
	const SpkFeature *f = &b->features[feature];
	uint8_t			 *bins = b->statistics + (size_t) feature * SPK_CODES;
	uint32_t		  n = spk_n_categories(f);
	SpkStatistics	  s = {.host = &b->host,
						   .matrix = from,
						   .more = b->plan.category_rows,
						   .left_out = b->holdout > 0 ? is_held_out : NULL,
						   .ctx = b};
	SpkStatus		  status = spk_statistics_new(&s, b->features, feature);

	if (status != SPK_OK)
		return status;
	status = spk_statistics_count(&s, n, b->plan.max_bins);
	if (status == SPK_OK)
		status = spk_statistics_set_rows(&s, b->order, b->codes);

	/* the codes of grouped categories are bins already */
	for (uint32_t code = 0; code < SPK_CODES; code++)
		bins[code] = s.grouped ? (uint8_t) code : s.bins[code];
	if (s.grouped)
		bins[SPK_MISSING] = s.bins[n];
	spk_statistics_release(&s);
	return status;
}

void
spk_boost_set_statistics(SpkBooster *b)
{
	SpkMatrix from = b->matrix;
	uint32_t  first = spk_share(&b->team, from.n_rows, b->team.me);
	uint32_t  end = spk_share(&b->team, from.n_rows, b->team.me + 1);
	uint32_t  last_feature = spk_share(&b->team, from.n_features, b->team.me + 1);
	SpkStatus status = SPK_OK;

	if (b->plan.n_statistics == 0)
		return;
	from.codes = b->given_codes;
	memcpy(b->codes + (size_t) first * from.stride, from.codes + (size_t) first * from.stride,
		   (size_t) (end - first) * from.stride);
	if (b->team.me == 0)
		status = spk_order_users(&b->host, &from, spk_rng(b->plan.seed, STREAM_ORDER), b->order,
								 b->places);
	if (status != SPK_OK)
		spk_boost_fail(b, status);
	spk_barrier(&b->team);

	/* a member without an order, because of cancellation, must still meet the others */
	if (__atomic_load_n(&b->shared->failed, __ATOMIC_RELAXED) == SPK_OK)
		for (uint32_t f = spk_share(&b->team, from.n_features, b->team.me);
			 f < last_feature && status == SPK_OK; f++)
			if (spk_has_statistics(&b->features[f], b->plan.category_subsets))
				status = set_feature(b, &from, f);
	if (status != SPK_OK)
		spk_boost_fail(b, status);
	b->matrix.codes = b->codes;
	/* the first root's histogram is of all features */
	spk_barrier(&b->team);
}

SpkCodeSet
spk_boost_statistics_left(const SpkBooster *b, uint32_t feature, uint8_t cut)
{
	const uint8_t *bins = b->statistics + (size_t) feature * SPK_CODES;
	SpkCodeSet	   set = {{0}};

	for (uint32_t code = 0; code < b->features[feature].n_bins; code++)
		if (bins[code] <= cut)
			spk_set_add(&set, (uint8_t) code);
	if (bins[SPK_MISSING] <= cut)
		spk_set_add(&set, SPK_MISSING);
	return set;
}
