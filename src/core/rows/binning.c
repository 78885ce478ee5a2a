/*
 * binning.c
 *	The bins of a column, and the codes of its values.
 */
#include <math.h>
#include <string.h>

#include "core/rows/binning.h"
#include "core/rows/cuts.h"
#include "core/base/sort.h"

/* Returns a copy of len bytes; NULL when there is no memory. */
static void *
copy_bytes(const SpkHost *host, const void *data, size_t len)
{
	void *copy = spk_alloc(host, len, 1);

	if (copy != NULL)
		memcpy(copy, data, len);
	return copy;
}

/* Puts the keys of the known values into keys, and their number into *n. */
static SpkStatus
gather_keys(const SpkHost *host, const double *numbers, uint32_t n_rows, uint64_t *keys,
			uint32_t *n)
{
	uint32_t known = 0;

	for (uint32_t i = 0; i < n_rows; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		keys[known] = spk_key_of_number(numbers[i]);
		known += !isnan(numbers[i]);
	}
	*n = known;
	return SPK_OK;
}

static SpkStatus
bin_numbers(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, uint32_t max_bins,
			SpkFeature *feature)
{
	uint64_t *keys = spk_alloc(host, n_rows, 2 * sizeof(uint64_t));
	uint32_t  n = 0;
	SpkCuts	  cuts;
	SpkStatus status = SPK_NO_MEMORY;

	if (keys != NULL)
		status = gather_keys(host, column->numbers, n_rows, keys, &n);
	if (status == SPK_OK)
		status = spk_cut_keys(host, keys, keys + n_rows, n, max_bins, &cuts);
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

/* Orders texts by their bytes; one that is the beginning of another comes first. */
static int
compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t len = a_len < b_len ? a_len : b_len;
	int	   order = len == 0 ? 0 : memcmp(a, b, len);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

static int
compare_categories(const SpkCategory *a, const SpkCategory *b)
{
	return compare_bytes(a->name, a->len, b->name, b->len);
}

/*
 * Puts the ids of the categories to keep, max_bins at most, into kept, the most
 * frequent first.  kept is a short sorted list into which ids are inserted.  Most of
 * many ids are compared with its last entry alone.
 */
static SpkStatus
choose_categories(const SpkHost *host, const SpkColumn *column, const uint32_t *frequency,
				  uint32_t max_bins, uint32_t *kept, uint32_t *n_kept)
{
	*n_kept = 0;
	for (uint32_t id = 0; id < column->n_names; id++)
	{
		uint32_t at = *n_kept;

		if (id % 1024 == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (frequency[id] == 0 || column->names[id].len > SPK_MAX_CATEGORY)
			continue;
		while (at > 0 &&
			   (frequency[id] > frequency[kept[at - 1]] ||
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
		uint32_t id = ids[i];
		uint32_t at = i;

		for (; at > 0 && compare_categories(&column->names[id], &column->names[ids[at - 1]]) < 0;
			 at--)
			ids[at] = ids[at - 1];
		ids[at] = id;
	}
}

/* Copies the kept categories into the feature, and counts their rows. */
static SpkStatus
store_categories(const SpkHost *host, const SpkColumn *column, const uint32_t *frequency,
				 const uint32_t *kept, uint32_t n_rows, SpkFeature *feature)
{
	size_t	 size = feature->n_bins * sizeof(SpkCategory);
	uint32_t known = 0;
	char	*bytes;

	/* one allocation for the array and the bytes of the names, as spk_feature_release expects */
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
	/* rows of categories that are not kept count as missing, as they will be coded */
	feature->counts[feature->n_bins] = n_rows - known;
	return SPK_OK;
}

static SpkStatus
bin_categories(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, uint32_t max_bins,
			   SpkFeature *feature)
{
	uint32_t *frequency = spk_alloc(host, column->n_names, sizeof(uint32_t));
	uint32_t  kept[SPK_MAX_BINS];
	SpkStatus status = SPK_OK;

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

	/* chosen by frequency, but stored by bytes: codes must not depend on the order of rows */
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
spk_bin_feature(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, uint32_t max_bins,
				SpkFeature *feature)
{
	SpkStatus status;

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
		spk_feature_release(host, feature);
	return status;
}

uint32_t
spk_training_bins(SpkAlgorithm algorithm, const SpkOptions *options)
{
	return spk_option_applies(SPK_OPT_BINS, algorithm) ? (uint32_t) options->value[SPK_OPT_BINS] :
														 SPK_MAX_BINS;
}

/*
 * Counts the edges below the value by a binary search.  It does not branch on the
 * value, because no processor could predict these branches.
 */
uint8_t
spk_code_number(const SpkFeature *feature, double value)
{
	const double *at = feature->edges;
	uint32_t	  n = feature->n_bins;

	if (n == 0 || isnan(value))
		return SPK_MISSING;
	if (--n == 0)
		return 0;
	while (n > 1)
	{
		uint32_t half = n / 2;

		at += half & -(size_t) (at[half - 1] < value);
		n -= half;
	}
	return (uint8_t) (at - feature->edges + (*at < value));
}

/* How many values are searched for together: no step of one has to wait for another's. */
#define GROUP 8

/* Codes GROUP values, as spk_code_number does, of a feature that has an edge. */
static inline void
code_group(const SpkFeature *feature, const double *values, uint8_t *codes, size_t stride)
{
	const double *at[GROUP];
	uint32_t	  n = feature->n_bins - 1;

	for (int i = 0; i < GROUP; i++)
		at[i] = feature->edges;
	for (; n > 1; n -= n / 2)
	{
#pragma GCC unroll 8
		for (int i = 0; i < GROUP; i++)
			at[i] += n / 2 & -(size_t) (at[i][n / 2 - 1] < values[i]);
	}
	for (int i = 0; i < GROUP; i++)
	{
		size_t code = (size_t) (at[i] - feature->edges) + (*at[i] < values[i]);

		codes[(size_t) i * stride] = isnan(values[i]) ? SPK_MISSING : (uint8_t) code;
	}
}

void
spk_code_numbers(const SpkFeature *feature, const double *values, uint32_t n, uint8_t *codes,
				 size_t stride)
{
	uint32_t i = 0;

	if (feature->n_bins > 1)
		for (; i + GROUP <= n; i += GROUP)
			code_group(feature, values + i, codes + i * stride, stride);
	for (; i < n; i++)
		codes[i * stride] = spk_code_number(feature, values[i]);
}

uint8_t
spk_code_category(const SpkFeature *feature, const char *name, size_t len)
{
	uint32_t low = 0;
	uint32_t high = feature->n_bins;

	while (low < high)
	{
		uint32_t		   middle = (low + high) / 2;
		const SpkCategory *category = &feature->categories[middle];
		int				   order = compare_bytes(name, len, category->name, category->len);

		if (order == 0)
			return (uint8_t) middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return SPK_MISSING;
}
