/*
 * boost_statistics.c
 *	  Ordered target statistics of categories.
 */
#include <string.h>

#include "core/trees/boost_statistics.h"
#include "core/base/rng.h"
#include "core/rows/users.h"

#define STREAM_ORDER UINT64_C(4)

/* After this many rows, which are spread over the memory, the host is polled. */
#define POLLED_ROWS 16384

/* The rows of a category, and those of them that churn, in units of their weights. */
typedef struct Count
{
	uint32_t n;
	uint32_t churn;
} Count;

/* What is known of a feature's categories, and how it becomes a number. */
typedef struct Statistics
{
	Count	 all; /* all rows that are not held out */
	Count	 counts[SPK_CODES];
	uint32_t n_edges;
	double	 edges[SPK_MAX_BINS]; /* between the statistics of the categories, ascending */
} Statistics;

uint32_t
spk_boost_count_statistics(const SpkFeature *features, uint32_t n, uint32_t subsets)
{
	uint32_t found = 0;

	for (uint32_t f = 0; f < n; f++)
		found += spk_boost_has_statistics(&features[f], subsets);
	return found;
}

bool
spk_boost_orders_users(const SpkModel *model)
{
	uint32_t subsets = (uint32_t) model->options.value[SPK_OPT_CATEGORY_SUBSETS];

	return spk_option_applies(SPK_OPT_CATEGORY_SUBSETS, model->algorithm) &&
		spk_boost_count_statistics(model->features, model->n_features, subsets) > 0;
}

/* The share of churn, with so many rows more of which the usual share churns. */
static inline double
statistic_of(const SpkBooster *b, Count all, Count count)
{
	double more = b->plan.category_rows;
	double usual = all.n == 0 ? 0 : (double) all.churn / all.n;

	return count.n + more > 0 ? (count.churn + more * usual) / (count.n + more) : usual;
}

/* The bin of a statistic: how many edges are below it. */
static inline uint8_t
bin_of(const Statistics *s, double value)
{
	uint32_t low = 0;
	uint32_t high = s->n_edges;

	while (low < high)
	{
		uint32_t middle = (low + high) / 2;

		if (s->edges[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint8_t) low;
}

static inline void
count_row(Count *count, const SpkMatrix *from, uint32_t row)
{
	uint32_t units = spk_matrix_weight(from, row);

	count->n += units;
	count->churn += units * spk_matrix_label(from, row);
}

/* Is it time to ask the host whether to go on at row i, and does it want to stop? */
static bool
stopped(SpkBooster *b, uint32_t i)
{
	if (i % POLLED_ROWS != 0 || !spk_cancelled(&b->host))
		return false;
	spk_boost_fail(b, SPK_CANCELLED);
	return true;
}

/* Counts all rows that are not held out, and puts an edge between each two statistics. */
static bool
count_all(SpkBooster *b, const SpkMatrix *from, uint32_t feature, Statistics *s)
{
	uint32_t n_bins = b->features[feature].n_bins;
	double	 values[SPK_MAX_BINS];

	memset(s, 0, sizeof(*s));
	for (uint32_t row = 0; row < from->n_rows; row++)
	{
		if (stopped(b, row))
			return false;
		if (spk_boost_held_out(b, row))
			continue;
		count_row(&s->all, from, row);
		count_row(&s->counts[spk_matrix_row(from, row)[feature]], from, row);
	}

	/* in ascending order */
	for (uint32_t code = 0; code < n_bins; code++)
	{
		double	 value = statistic_of(b, s->all, s->counts[code]);
		uint32_t at = code;

		for (; at > 0 && values[at - 1] > value; at--)
			values[at] = values[at - 1];
		values[at] = value;
	}
	for (uint32_t i = 1; i < n_bins; i++)
		if (values[i - 1] < values[i])
			s->edges[s->n_edges++] = values[i - 1] + (values[i] - values[i - 1]) / 2;
	return true;
}

/* Sets the rows' bins of the feature, in the order in which they become known. */
static void
set_rows(SpkBooster *b, const SpkMatrix *from, uint32_t feature, const Statistics *s)
{
	Count	 counts[SPK_CODES] = {{0, 0}};
	uint8_t	 bins[SPK_CODES];
	uint32_t end;

	for (int code = 0; code < SPK_CODES; code++)
		bins[code] = bin_of(s, statistic_of(b, s->all, s->counts[code]));
	for (uint32_t i = 0; i < from->n_rows; i = end)
	{
		uint32_t user = spk_matrix_user(from, b->order[i]);
		bool	 held_out = spk_boost_held_out(b, b->order[i]);

		/* a user's rows do not know each other's labels */
		for (end = i; end < from->n_rows; end++)
		{
			uint32_t row = b->order[end];
			uint8_t	 code = spk_matrix_row(from, row)[feature];

			if (spk_matrix_user(from, row) != user)
				break;
			if (stopped(b, end))
				return;
			b->codes[(size_t) row * from->stride + feature] = held_out ?
				bins[code] :
				bin_of(s, statistic_of(b, s->all, counts[code]));
		}
		for (uint32_t at = i; at < end && !held_out; at++)
			count_row(&counts[spk_matrix_row(from, b->order[at])[feature]], from, b->order[at]);
	}
	memcpy(b->statistics + (size_t) feature * SPK_CODES, bins, sizeof(bins));
}

/* Sets places to where the rows of each user begin, when users stand as order has them. */
static void
place_users(const SpkBooster *b)
{
	uint32_t at = 0;

	memset(b->places, 0, b->matrix.n_users * sizeof(uint32_t));
	for (uint32_t row = 0; row < b->matrix.n_rows; row++)
		b->places[b->matrix.users[row]]++;
	for (uint32_t i = 0; i < b->matrix.n_users; i++)
	{
		uint32_t user = b->order[i];
		uint32_t n = b->places[user];

		b->places[user] = at;
		at += n;
	}
}

/* Puts the users into a random order (Fisher and Yates), and their rows with them. */
static void
set_order(SpkBooster *b)
{
	SpkRng	 rng = spk_rng(b->plan.seed, STREAM_ORDER);
	uint32_t n_users = b->matrix.users == NULL ? b->matrix.n_rows : b->matrix.n_users;

	for (uint32_t i = 0; i < n_users; i++)
	{
		uint32_t at = spk_rng_below(&rng, i + 1);

		if (stopped(b, i))
			return;
		b->order[i] = b->order[at];
		b->order[at] = i;
	}
	if (b->matrix.users == NULL)
		return;
	place_users(b);
	for (uint32_t row = 0; row < b->matrix.n_rows; row++)
		b->order[b->places[b->matrix.users[row]]++] = row;
}

void
spk_boost_set_statistics(SpkBooster *b)
{
	SpkMatrix  from = b->matrix;
	uint32_t   first = spk_share(&b->team, from.n_rows, b->team.me);
	uint32_t   end = spk_share(&b->team, from.n_rows, b->team.me + 1);
	uint32_t   last_feature = spk_share(&b->team, from.n_features, b->team.me + 1);
	Statistics s;

	if (b->plan.n_statistics == 0)
		return;
	from.codes = b->given_codes;
	memcpy(b->codes + (size_t) first * from.stride, from.codes + (size_t) first * from.stride,
		   (size_t) (end - first) * from.stride);
	if (b->team.me == 0)
		set_order(b);
	spk_barrier(&b->team);

	/* a member without an order, because of cancellation, must still meet the others */
	if (__atomic_load_n(&b->shared->failed, __ATOMIC_RELAXED) == SPK_OK)
		for (uint32_t f = spk_share(&b->team, from.n_features, b->team.me); f < last_feature; f++)
			if (spk_boost_has_statistics(&b->features[f], b->plan.category_subsets) &&
				count_all(b, &from, f, &s))
				set_rows(b, &from, f, &s);
	b->matrix.codes = b->codes;
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
