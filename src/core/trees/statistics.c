/*
 * statistics.c
 *	  Target statistics of categories, and what they make of rows.
 */
#include <string.h>

#include "core/base/merge_sort.h"
#include "core/rows/users.h"
#include "core/trees/statistics.h"

/* After this many rows, which are spread over the memory, the host is polled. */
#define POLLED_ROWS 16384

uint32_t
spk_count_statistics(const SpkFeature *features, uint32_t n, uint32_t subsets)
{
	uint32_t found = 0;

	for (uint32_t f = 0; f < n; f++)
		found += spk_has_statistics(&features[f], subsets);
	return found;
}

bool
spk_orders_users(const SpkModel *model)
{
	uint32_t subsets = (uint32_t) model->options.value[SPK_OPT_CATEGORY_SUBSETS];

	return spk_option_applies(SPK_OPT_CATEGORY_SUBSETS, model->algorithm) &&
		spk_count_statistics(model->features, model->n_features, subsets) > 0;
}

/* ---- One feature ---- */

SpkStatus
spk_statistics_new(SpkStatistics *s, const SpkFeature *features, uint32_t feature)
{
	s->feature = feature;
	s->grouped = features[feature].n_grouped > 0;
	s->number = spk_count_grouped(features, feature);
	s->n_ids = s->grouped ? features[feature].n_grouped + 1 : SPK_CODES;
	s->counts = spk_alloc(s->host, 2 * (size_t) s->n_ids, sizeof(SpkCount));
	s->bins = spk_alloc(s->host, s->n_ids, 1);
	if (s->counts == NULL || s->bins == NULL)
	{
		spk_statistics_release(s);
		return SPK_NO_MEMORY;
	}
	s->before = s->counts + s->n_ids;
	memset(s->counts, 0, 2 * (size_t) s->n_ids * sizeof(SpkCount));
	return SPK_OK;
}

void
spk_statistics_release(SpkStatistics *s)
{
	spk_release(s->host, s->counts);
	spk_release(s->host, s->bins);
	s->counts = s->before = NULL;
	s->bins = NULL;
}

static inline uint32_t
id_of(const SpkStatistics *s, uint32_t row)
{
	uint32_t place;

	if (!s->grouped)
		return spk_matrix_row(s->matrix, row)[s->feature];
	place = spk_matrix_place(s->matrix, row, s->number);
	return place == SPK_NO_PLACE ? s->n_ids - 1 : place;
}

static inline void
count_row(SpkCount *count, uint32_t units, uint8_t label)
{
	count->n += units;
	count->churn += units * label;
}

/* Is it time to ask the host whether to go on at row i, and does it want to stop? */
static inline bool
stopped(const SpkHost *host, uint32_t i)
{
	return i % POLLED_ROWS == 0 && spk_cancelled(host);
}

/* The share of churn, with so many rows more of which the usual share churns. */
static inline double
statistic_of(const SpkStatistics *s, SpkCount count)
{
	double usual = s->all.n == 0 ? 0 : (double) s->all.churn / s->all.n;

	return count.n + s->more > 0 ? (count.churn + s->more * usual) / (count.n + s->more) : usual;
}

/* The bin of a statistic: how many edges are below it. */
static inline uint8_t
bin_of(const SpkStatistics *s, double value)
{
	uint32_t low = 0;
	uint32_t high = s->ranks.n_edges;

	while (low < high)
	{
		uint32_t middle = (low + high) / 2;

		if (s->ranks.edges[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint8_t) low;
}

/* ---- Bins ---- */

/* The statistic of categories, and their rows in units of their weights. */
typedef struct Valued
{
	double	 value;
	uint64_t n_rows;
} Valued;

static int
compare_valued(const void *a, const void *b)
{
	double x = ((const Valued *) a)->value;
	double y = ((const Valued *) b)->value;

	return (x > y) - (x < y);
}

/* Makes one of those that have the same value, in ascending order; returns how many are left. */
static uint32_t
join_equal(Valued *valued, uint32_t n)
{
	uint32_t n_left = 0;

	for (uint32_t i = 0; i < n; i++)
		if (n_left > 0 && valued[n_left - 1].value == valued[i].value)
			valued[n_left - 1].n_rows += valued[i].n_rows;
		else
			valued[n_left++] = valued[i];
	return n_left;
}

/*
 * Puts edges between distinct values that ascend.  A bin ends with the value by which it
 * has its share of the rows that were left when it began, or when each of the values left
 * can have one of its own.
 */
static void
cut_values(const Valued *valued, uint32_t n, uint32_t max_bins, SpkRanks *ranks)
{
	uint64_t left = 0;
	uint64_t in_bin = 0;

	ranks->n_edges = 0;
	for (uint32_t i = 0; i < n; i++)
		left += valued[i].n_rows;
	for (uint32_t i = 0; i + 1 < n; i++)
	{
		uint32_t bins_left = max_bins - ranks->n_edges;
		double	 gap = valued[i + 1].value - valued[i].value;

		in_bin += valued[i].n_rows;
		if (bins_left == 1)
			return;
		if (n - i > bins_left && in_bin * bins_left < left)
			continue;
		ranks->edges[ranks->n_edges++] = valued[i].value + gap / 2;
		left -= in_bin;
		in_bin = 0;
	}
}

/* Ranks the statistics of the first n ids by these counts, and those of all. */
static SpkStatus
rank_ids(SpkStatistics *s, const SpkCount *counts, uint32_t n, uint32_t max_bins)
{
	Valued	 *valued = spk_alloc(s->host, n, sizeof(Valued));
	SpkStatus status;

	if (valued == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t id = 0; id < n; id++)
		valued[id] = (Valued) {statistic_of(s, counts[id]), counts[id].n};
	status = spk_merge_sort(s->host, valued, n, sizeof(Valued), compare_valued);
	if (status == SPK_OK)
		cut_values(valued, join_equal(valued, n), max_bins, &s->ranks);
	spk_release(s->host, valued);
	return status;
}

uint64_t
spk_statistics_most(uint32_t n_categories)
{
	/* sorting takes a copy */
	return ((uint64_t) n_categories + SPK_CODES) * (2 * sizeof(SpkCount) + 1 + 2 * sizeof(Valued));
}

uint64_t
spk_statistics_size(const SpkFeature *features, uint32_t n)
{
	uint32_t most = 0;

	for (uint32_t f = 0; f < n; f++)
		if (features[f].kind == SPK_CATEGORY && spk_n_categories(&features[f]) > most)
			most = spk_n_categories(&features[f]);
	return spk_statistics_most(most);
}

SpkStatus
spk_statistics_count(SpkStatistics *s, uint32_t n, uint32_t max_bins)
{
	SpkCount  out = {0, 0};
	SpkStatus status;

	/* before has the rows that are left out for a while */
	for (uint32_t row = 0; row < s->matrix->n_rows; row++)
	{
		bool	 left_out = s->left_out != NULL && s->left_out(s->ctx, row);
		uint8_t	 label = spk_matrix_label(s->matrix, row);
		uint32_t units = spk_matrix_weight(s->matrix, row);

		if (stopped(s->host, row))
			return SPK_CANCELLED;
		count_row(left_out ? &out : &s->all, units, label);
		count_row(&(left_out ? s->before : s->counts)[id_of(s, row)], units, label);
	}
	if (s->grouped && out.n > 0)
	{
		SpkCount known = s->all;

		s->all = (SpkCount) {known.n + out.n, known.churn + out.churn};
		for (uint32_t id = 0; id < s->n_ids; id++)
		{
			s->before[id].n += s->counts[id].n;
			s->before[id].churn += s->counts[id].churn;
		}
		status = rank_ids(s, s->before, n, max_bins);
		s->all = known;
	}
	else
		status = rank_ids(s, s->counts, n, max_bins);
	for (uint32_t id = 0; id < s->n_ids && status == SPK_OK; id++)
		s->bins[id] = bin_of(s, statistic_of(s, s->counts[id]));
	memset(s->before, 0, s->n_ids * sizeof(SpkCount));
	return status;
}

/* ---- Rows ---- */

SpkStatus
spk_statistics_set_rows(SpkStatistics *s, const uint32_t *order, uint8_t *to)
{
	const SpkMatrix *m = s->matrix;
	uint32_t		 end;

	for (uint32_t i = 0; i < m->n_rows; i = end)
	{
		uint32_t user = spk_matrix_user(m, order[i]);
		bool	 left_out = s->left_out != NULL && s->left_out(s->ctx, order[i]);

		/* a user's rows do not know each other's labels */
		for (end = i; end < m->n_rows && spk_matrix_user(m, order[end]) == user; end++)
		{
			uint32_t row = order[end];
			uint32_t id = id_of(s, row);

			if (stopped(s->host, end))
				return SPK_CANCELLED;
			to[(size_t) row * m->stride + s->feature] = left_out ?
				s->bins[id] :
				bin_of(s, statistic_of(s, s->before[id]));
		}
		for (uint32_t at = i; at < end && !left_out; at++)
			count_row(&s->before[id_of(s, order[at])], spk_matrix_weight(m, order[at]),
					  spk_matrix_label(m, order[at]));
	}
	return SPK_OK;
}

/* Sets places to where the rows of each user begin, when users stand as order has them. */
static void
place_users(const SpkMatrix *matrix, const uint32_t *order, uint32_t *places)
{
	uint32_t at = 0;

	memset(places, 0, matrix->n_users * sizeof(uint32_t));
	for (uint32_t row = 0; row < matrix->n_rows; row++)
		places[matrix->users[row]]++;
	for (uint32_t i = 0; i < matrix->n_users; i++)
	{
		uint32_t user = order[i];
		uint32_t n = places[user];

		places[user] = at;
		at += n;
	}
}

SpkStatus
spk_order_users(const SpkHost *host, const SpkMatrix *matrix, SpkRng rng, uint32_t *order,
				uint32_t *places)
{
	uint32_t n_users = matrix->users == NULL ? matrix->n_rows : matrix->n_users;

	for (uint32_t i = 0; i < n_users; i++)
	{
		uint32_t at = spk_rng_below(&rng, i + 1);

		if (stopped(host, i))
			return SPK_CANCELLED;
		order[i] = order[at];
		order[at] = i;
	}
	if (matrix->users == NULL)
		return SPK_OK;
	place_users(matrix, order, places);
	for (uint32_t row = 0; row < matrix->n_rows; row++)
		order[places[matrix->users[row]]++] = row;
	return SPK_OK;
}

/* ---- Groups ---- */

/* Puts the categories into the groups that the bins of their statistics make. */
static SpkStatus
set_groups(const SpkStatistics *s, SpkFeature *feature)
{
	const SpkMatrix *m = s->matrix;

	feature->n_bins = s->ranks.n_edges + 1;
	memcpy(feature->groups, s->bins, feature->n_grouped);
	feature->missing_group = s->bins[feature->n_grouped];

	/* a model counts rows, whatever they weigh */
	memset(feature->counts, 0, (feature->n_bins + 1) * sizeof(uint32_t));
	for (uint32_t row = 0; row < m->n_rows; row++)
	{
		uint32_t id = id_of(s, row);

		if (stopped(s->host, row))
			return SPK_CANCELLED;
		feature->counts[id < feature->n_grouped ? s->bins[id] : feature->n_bins]++;
	}
	return SPK_OK;
}

SpkStatus
spk_group_categories(const SpkHost *host, const SpkMatrix *matrix, double more, uint32_t max_bins,
					 SpkFeature *features)
{
	for (uint32_t f = 0; f < matrix->n_features; f++)
	{
		SpkStatistics s = {.host = host, .matrix = matrix, .more = more};
		SpkStatus	  status;

		if (features[f].n_grouped == 0)
			continue;
		status = spk_statistics_new(&s, features, f);
		if (status != SPK_OK)
			return status;
		status = spk_statistics_count(&s, features[f].n_grouped, max_bins);
		if (status == SPK_OK)
			status = set_groups(&s, &features[f]);
		spk_statistics_release(&s);
		if (status != SPK_OK)
			return status;
	}
	return SPK_OK;
}
