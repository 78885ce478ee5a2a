/*
 * binning.c
 *	  Bins of a column, and the codes of its values.
 */
#include <math.h>
#include <string.h>

#include "binning.h"
#include "sort.h"

/* The bins of a numeric column while they are being cut. */
typedef struct Cuts
{
	uint32_t	n_bins;
	double		edges[SPK_MAX_BINS];
	uint32_t	counts[SPK_MAX_BINS];
} Cuts;

/* Gives back what a half-made feature holds. */
static void
release_feature(const SpkHost *host, SpkFeature *feature)
{
	spk_release(host, (void *) feature->name);
	spk_release(host, feature->edges);
	spk_release(host, feature->categories);
	spk_release(host, feature->counts);
	memset(feature, 0, sizeof(*feature));
}

static void *
copy_bytes(const SpkHost *host, const void *data, size_t len)
{
	void	   *copy = spk_alloc(host, len, 1);

	if (copy != NULL)
		memcpy(copy, data, len);
	return copy;
}

/*
 * A cut between neighbouring values: the middle, which is what a learner that
 * sees the values themselves would choose.
 */
static double
edge_between(double low, double high)
{
	double		middle = low * 0.5 + high * 0.5 + 0.0;

	return low <= middle && middle < high ? middle : low;
}

/* The keys of the known values in keys, their number in *n. */
static SpkStatus
gather_keys(const SpkHost *host, const double *numbers, uint32_t n_rows, uint64_t *keys, uint32_t *n)
{
	*n = 0;
	for (uint32_t i = 0; i < n_rows; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (!isnan(numbers[i]))
			keys[(*n)++] = spk_key_of_number(numbers[i]);
	}
	return SPK_OK;
}

static SpkStatus
count_distinct(const SpkHost *host, const uint64_t *keys, uint32_t n, uint32_t *n_distinct)
{
	*n_distinct = n > 0;
	for (uint32_t i = 1; i < n; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		*n_distinct += keys[i] != keys[i - 1];
	}
	return SPK_OK;
}

/*
 * Cuts sorted keys into bins.  With too many distinct values each bin aims at
 * an equal share of the rows that are left, and ends before the run of equal
 * values that would carry it farther beyond its share than it falls short now.
 */
static SpkStatus
cut_bins(const SpkHost *host, const uint64_t *keys, uint32_t n, uint32_t max_bins, Cuts *cuts)
{
	uint32_t	n_distinct = 0;
	uint64_t	in_bin = 0;
	uint64_t	rows_left = n;	/* from the start of the bin */
	uint64_t	polled = 0;
	SpkStatus	status = count_distinct(host, keys, n, &n_distinct);

	cuts->n_bins = 0;
	if (status != SPK_OK || n == 0)
		return status;
	for (uint32_t from = 0, to; from < n; from = to)
	{
		uint64_t	bins_left = max_bins - cuts->n_bins;
		uint64_t	run;

		for (to = from + 1; to < n && keys[to] == keys[from]; to++)
			;
		run = to - from;
		polled += run;
		if (polled >= SPK_POLL_ROWS)
		{
			polled = 0;
			if (spk_cancelled(host))
				return SPK_CANCELLED;
		}
		if (from > 0 && (n_distinct <= max_bins ||
						 (bins_left > 1 && (2 * in_bin + run) * bins_left > 2 * rows_left)))
		{
			cuts->edges[cuts->n_bins] = edge_between(spk_number_of_key(keys[from - 1]),
													 spk_number_of_key(keys[from]));
			cuts->counts[cuts->n_bins++] = (uint32_t) in_bin;
			rows_left -= in_bin;
			in_bin = 0;
		}
		in_bin += run;
	}
	cuts->counts[cuts->n_bins++] = (uint32_t) in_bin;
	return SPK_OK;
}

static SpkStatus
bin_numbers(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, uint32_t max_bins,
			SpkFeature *feature)
{
	uint64_t   *keys = spk_alloc(host, n_rows, 2 * sizeof(uint64_t));
	uint32_t	n = 0;
	Cuts		cuts;
	SpkStatus	status = SPK_NO_MEMORY;

	if (keys != NULL)
		status = gather_keys(host, column->numbers, n_rows, keys, &n);
	if (status == SPK_OK)
		status = spk_sort_u64(host, keys, keys + n_rows, n, 0);
	if (status == SPK_OK)
		status = cut_bins(host, keys, n, max_bins, &cuts);
	spk_release(host, keys);
	if (status != SPK_OK)
		return status;

	feature->n_bins = cuts.n_bins;
	if (cuts.n_bins > 1)
		feature->edges = copy_bytes(host, cuts.edges, (cuts.n_bins - 1) * sizeof(double));
	feature->counts = spk_alloc(host, cuts.n_bins + 1, sizeof(uint32_t));
	if (feature->counts == NULL || (cuts.n_bins > 1 && feature->edges == NULL))
		return SPK_NO_MEMORY;
	memcpy(feature->counts, cuts.counts, cuts.n_bins * sizeof(uint32_t));
	feature->counts[cuts.n_bins] = n_rows - n;
	return SPK_OK;
}

/* By bytes; a prefix comes first. */
static int
compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t		len = a_len < b_len ? a_len : b_len;
	int			order = len == 0 ? 0 : memcmp(a, b, len);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

static int
compare_categories(const SpkCategory *a, const SpkCategory *b)
{
	return compare_bytes(a->name, a->len, b->name, b->len);
}

/*
 * The ids of at most max_bins categories to keep, most frequent first, into
 * kept.  An insertion into a short sorted list: most ids fail its last entry.
 */
static SpkStatus
choose_categories(const SpkHost *host, const SpkColumn *column, const uint32_t *frequency,
				  uint32_t max_bins, uint32_t *kept, uint32_t *n_kept)
{
	*n_kept = 0;
	for (uint32_t id = 0; id < column->n_names; id++)
	{
		uint32_t	at = *n_kept;

		if (id % 1024 == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (frequency[id] == 0 || column->names[id].len > SPK_MAX_CATEGORY)
			continue;
		while (at > 0 && (frequency[id] > frequency[kept[at - 1]] ||
						  (frequency[id] == frequency[kept[at - 1]] &&
						   compare_categories(&column->names[id], &column->names[kept[at - 1]]) < 0)))
			at--;
		if (at == max_bins)
			continue;
		if (*n_kept < max_bins)
			(*n_kept)++;
		memmove(kept + at + 1, kept + at, (*n_kept - 1 - at) * sizeof(uint32_t));
		kept[at] = id;
	}
	return SPK_OK;
}

/* Sorts the ids of at most SPK_MAX_BINS categories by their bytes. */
static void
sort_by_bytes(const SpkColumn *column, uint32_t *ids, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
	{
		uint32_t	id = ids[i];
		uint32_t	at = i;

		for (; at > 0 && compare_categories(&column->names[id], &column->names[ids[at - 1]]) < 0; at--)
			ids[at] = ids[at - 1];
		ids[at] = id;
	}
}

/* Copies the kept categories, the bytes of their names behind the array. */
static SpkStatus
store_categories(const SpkHost *host, const SpkColumn *column, const uint32_t *frequency,
				 const uint32_t *kept, uint32_t n_rows, SpkFeature *feature)
{
	size_t		size = feature->n_bins * sizeof(SpkCategory);
	uint32_t	known = 0;
	char	   *bytes;

	for (uint32_t i = 0; i < feature->n_bins; i++)
		size += column->names[kept[i]].len;
	feature->categories = spk_alloc(host, size, 1);
	feature->counts = spk_alloc(host, feature->n_bins + 1, sizeof(uint32_t));
	if (feature->categories == NULL || feature->counts == NULL)
		return SPK_NO_MEMORY;
	bytes = (char *) (feature->categories + feature->n_bins);
	for (uint32_t i = 0; i < feature->n_bins; i++)
	{
		const SpkCategory *name = &column->names[kept[i]];

		if (name->len > 0)
			memcpy(bytes, name->name, name->len);
		feature->categories[i].name = bytes;
		feature->categories[i].len = name->len;
		feature->counts[i] = frequency[kept[i]];
		known += frequency[kept[i]];
		bytes += name->len;
	}
	feature->counts[feature->n_bins] = n_rows - known;
	return SPK_OK;
}

static SpkStatus
bin_categories(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, uint32_t max_bins,
			   SpkFeature *feature)
{
	uint32_t   *frequency = spk_alloc(host, column->n_names, sizeof(uint32_t));
	uint32_t	kept[SPK_MAX_BINS];
	SpkStatus	status = SPK_OK;

	if (frequency == NULL)
		return SPK_NO_MEMORY;
	memset(frequency, 0, column->n_names * sizeof(uint32_t));
	for (uint32_t i = 0; i < n_rows && status == SPK_OK; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			status = SPK_CANCELLED;
		if (column->ids[i] != SPK_NO_ID)
			frequency[column->ids[i]]++;
	}
	if (status == SPK_OK)
		status = choose_categories(host, column, frequency, max_bins, kept, &feature->n_bins);
	if (status == SPK_OK)
	{
		sort_by_bytes(column, kept, feature->n_bins);
		status = store_categories(host, column, frequency, kept, n_rows, feature);
	}
	spk_release(host, frequency);
	return status;
}

SpkStatus
spk_bin_column(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, uint32_t max_bins,
			   SpkFeature *feature)
{
	SpkStatus	status;

	memset(feature, 0, sizeof(*feature));
	if (n_rows > SPK_MAX_ROWS)
		return SPK_LIMIT;
	if (max_bins > SPK_MAX_BINS || max_bins == 0)
		return SPK_INVALID;
	feature->kind = column->kind;
	feature->name = copy_bytes(host, column->name, strlen(column->name) + 1);
	if (feature->name == NULL)
		status = SPK_NO_MEMORY;
	else if (column->kind == SPK_CATEGORY)
		status = bin_categories(host, column, n_rows, max_bins, feature);
	else
		status = bin_numbers(host, column, n_rows, max_bins, feature);
	if (status != SPK_OK)
		release_feature(host, feature);
	return status;
}

/*
 * The number of edges below the value, by a binary search without branches on
 * the value, which no processor could predict.
 */
uint8_t
spk_code_number(const SpkFeature *feature, double value)
{
	const double *at = feature->edges;
	uint32_t	n = feature->n_bins;

	if (n == 0 || isnan(value))
		return SPK_MISSING;
	if (--n == 0)
		return 0;
	while (n > 1)
	{
		uint32_t	half = n / 2;

		at += at[half - 1] < value ? half : 0;
		n -= half;
	}
	return (uint8_t) (at - feature->edges + (*at < value));
}

uint8_t
spk_code_category(const SpkFeature *feature, const char *name, size_t len)
{
	uint32_t	low = 0;
	uint32_t	high = feature->n_bins;

	while (low < high)
	{
		uint32_t	middle = (low + high) / 2;
		const SpkCategory *category = &feature->categories[middle];
		int			order = compare_bytes(name, len, category->name, category->len);

		if (order == 0)
			return (uint8_t) middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return SPK_MISSING;
}
