/*
 * binning.c
 *	The bins of a column, and the codes of its values.
 */
#include <math.h>
#include <string.h>

#include "core/models/learner.h"
#include "core/rows/binning.h"
#include "core/rows/cuts.h"
#include "core/base/merge_sort.h"
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

SpkStatus
spk_column_keys(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, uint64_t *keys,
				uint32_t *n)
{
	uint32_t known = 0;

	for (uint32_t from = 0; from < n_rows; from += SPK_PAGE_ROWS)
	{
		const double *numbers = spk_column_numbers(column, from);
		uint32_t	  n_here = spk_page_rows(n_rows, from);

		if (spk_cancelled(host))
			return SPK_CANCELLED;
		for (uint32_t i = 0; i < n_here; i++)
		{
			keys[known] = spk_key_of_number(numbers[i]);
			known += !isnan(numbers[i]);
		}
	}
	*n = known;
	return SPK_OK;
}

/* Puts cuts of n known numbers into the feature, whose kind and name are set. */
static SpkStatus
store_cuts(const SpkHost *host, const SpkCuts *cuts, uint32_t n, uint32_t n_rows,
		   SpkFeature *feature)
{
	feature->n_bins = cuts->n_bins;
	if (cuts->n_bins > 1)
		feature->edges = copy_bytes(host, cuts->edges, (cuts->n_bins - 1) * sizeof(double));
	feature->counts = spk_alloc(host, cuts->n_bins + 1, sizeof(uint32_t));
	if (feature->counts == NULL || (cuts->n_bins > 1 && feature->edges == NULL))
		return SPK_NO_MEMORY;
	memcpy(feature->counts, cuts->counts, cuts->n_bins * sizeof(uint32_t));
	feature->counts[cuts->n_bins] = n_rows - n;
	return SPK_OK;
}

/* *keys is room for two keys of each row, made when it is NULL. */
static SpkStatus
bin_numbers(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, uint32_t max_bins,
			uint64_t **keys, SpkFeature *feature)
{
	uint32_t  n = 0;
	SpkCuts	  cuts;
	SpkStatus status = SPK_NO_MEMORY;

	if (*keys == NULL)
		*keys = spk_alloc(host, n_rows, 2 * sizeof(uint64_t));
	if (*keys != NULL)
		status = spk_column_keys(host, column, n_rows, *keys, &n);
	if (status == SPK_OK)
		status = spk_cut_keys(host, *keys, *keys + n_rows, n, max_bins, &cuts);
	if (status == SPK_OK)
		status = store_cuts(host, &cuts, n, n_rows, feature);
	return status;
}

/* Orders texts by their bytes; one that is the beginning of another comes first. */
static int
compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t len = a_len < b_len ? a_len : b_len;
	int	   order = len == 0 ? 0 : memcmp(a, b, len);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

/* A category that is kept, and how many rows it has. */
typedef struct Kept
{
	const SpkCategory *name;
	uint32_t		   n_rows;
} Kept;

static int
compare_names(const void *a, const void *b)
{
	const SpkCategory *x = ((const Kept *) a)->name;
	const SpkCategory *y = ((const Kept *) b)->name;

	return compare_bytes(x->name, x->len, y->name, y->len);
}

/* Which are kept rather: the more frequent ones, and of equally frequent ones those with smaller bytes. */
static int
compare_ranks(const void *a, const void *b)
{
	uint32_t x = ((const Kept *) a)->n_rows;
	uint32_t y = ((const Kept *) b)->n_rows;

	return x != y ? (x > y ? -1 : 1) : compare_names(a, b);
}

/* Adds a category to those that are kept, most of them at most: a heap with the last in rank on top. */
static void
keep(Kept *kept, uint32_t *n_kept, uint32_t most, Kept category)
{
	uint32_t at = *n_kept;

	if (at < most)
	{
		for (; at > 0 && compare_ranks(&category, &kept[(at - 1) / 2]) > 0; at = (at - 1) / 2)
			kept[at] = kept[(at - 1) / 2];
		kept[at] = category;
		(*n_kept)++;
		return;
	}
	if (most == 0 || compare_ranks(&category, &kept[0]) > 0)
		return;

	/* takes the place of the last in rank, and sinks as far as it must */
	at = 0;
	for (uint32_t child = 1; child < most; child = 2 * at + 1)
	{
		child += child + 1 < most && compare_ranks(&kept[child + 1], &kept[child]) > 0;
		if (compare_ranks(&category, &kept[child]) > 0)
			break;
		kept[at] = kept[child];
		at = child;
	}
	kept[at] = category;
}

/*
 * Leaves as many of the kept categories, in order of rank, as have not too many bytes
 * together.
 */
static SpkStatus
bound_bytes(const SpkHost *host, Kept *kept, uint32_t *n_kept)
{
	uint64_t  bytes = 0;
	uint32_t  n = 0;
	SpkStatus status;

	for (uint32_t i = 0; i < *n_kept; i++)
		bytes += kept[i].name->len;
	if (bytes <= SPK_MAX_CATEGORY_BYTES)
		return SPK_OK;
	status = spk_merge_sort(host, kept, *n_kept, sizeof(Kept), compare_ranks);
	for (bytes = 0; n < *n_kept && bytes + kept[n].name->len <= SPK_MAX_CATEGORY_BYTES; n++)
		bytes += kept[n].name->len;
	*n_kept = n;
	return status;
}

/*
 * Puts the categories to keep, most of them at most, into kept, in the order of their
 * bytes: codes must not depend on the order of rows.
 */
static SpkStatus
choose_categories(const SpkHost *host, const SpkColumn *column, const uint32_t *frequency,
				  uint32_t most, Kept *kept, uint32_t *n_kept)
{
	SpkStatus status;

	*n_kept = 0;
	for (uint32_t id = 0; id < column->n_names; id++)
	{
		if (id % 1024 == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (frequency[id] > 0 && column->names[id].len <= SPK_MAX_CATEGORY)
			keep(kept, n_kept, most, (Kept) {&column->names[id], frequency[id]});
	}
	status = bound_bytes(host, kept, n_kept);
	if (status == SPK_OK)
		status = spk_merge_sort(host, kept, *n_kept, sizeof(Kept), compare_names);
	return status;
}

/* Copies the names of n kept categories into the feature. */
static SpkStatus
store_names(const SpkHost *host, const Kept *kept, uint32_t n, SpkFeature *feature)
{
	size_t size = n * sizeof(SpkCategory);
	char  *bytes;

	/* one allocation for the array and the bytes of the names, as spk_feature_release expects */
	for (uint32_t i = 0; i < n; i++)
		size += kept[i].name->len;
	feature->categories = spk_alloc(host, size, 1);
	if (feature->categories == NULL)
		return SPK_NO_MEMORY;
	bytes = (char *) (feature->categories + n);
	for (uint32_t i = 0; i < n; i++)
	{
		const SpkCategory *name = kept[i].name;

		if (name->len > 0)
			memcpy(bytes, name->name, name->len);
		feature->categories[i].name = bytes;
		feature->categories[i].len = name->len;
		bytes += name->len;
	}
	return SPK_OK;
}

/*
 * Stores n kept categories.  More than max_ungrouped are one group, until a learner parts
 * them.  Rows of categories that are not kept count as missing, as they will be
 * coded.
 */
static SpkStatus
store_categories(const SpkHost *host, const Kept *kept, uint32_t n, uint32_t n_rows,
				 uint32_t max_ungrouped, SpkFeature *feature)
{
	bool	 grouped = n > max_ungrouped;
	uint32_t known = 0;

	feature->n_bins = grouped ? 1 : n;
	feature->counts = spk_alloc(host, grouped ? SPK_CODES : n + 1, sizeof(uint32_t));
	if (feature->counts == NULL || store_names(host, kept, n, feature) != SPK_OK)
		return SPK_NO_MEMORY;
	if (grouped)
	{
		feature->n_grouped = n;
		feature->groups = spk_alloc(host, n, 1);
		if (feature->groups == NULL)
			return SPK_NO_MEMORY;
		memset(feature->groups, 0, n);
	}
	for (uint32_t i = 0; i < n; i++)
	{
		feature->counts[grouped ? 0 : i] = kept[i].n_rows;
		known += kept[i].n_rows;
	}
	if (grouped)
		feature->counts[0] = known;
	feature->counts[feature->n_bins] = n_rows - known;
	return SPK_OK;
}

/* Counts the rows of each of the column's names. */
static SpkStatus
count_names(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, uint32_t *frequency)
{
	memset(frequency, 0, column->n_names * sizeof(uint32_t));
	for (uint32_t from = 0; from < n_rows; from += SPK_PAGE_ROWS)
	{
		const uint32_t *ids = spk_column_ids(column, from);
		uint32_t		n_here = spk_page_rows(n_rows, from);

		if (spk_cancelled(host))
			return SPK_CANCELLED;
		for (uint32_t i = 0; i < n_here; i++)
			if (ids[i] != SPK_NO_ID)
				frequency[ids[i]]++;
	}
	return SPK_OK;
}

static SpkStatus
bin_categories(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, SpkBinning binning,
			   SpkFeature *feature)
{
	uint32_t  most = binning.max_categories;
	uint32_t *frequency = spk_alloc(host, column->n_names, sizeof(uint32_t));
	Kept	 *kept = spk_alloc(host, column->n_names < most ? column->n_names : most, sizeof(Kept));
	uint32_t  n_kept;
	SpkStatus status = SPK_NO_MEMORY;

	if (frequency != NULL && kept != NULL)
		status = count_names(host, column, n_rows, frequency);
	if (status == SPK_OK)
		status = choose_categories(host, column, frequency, most, kept, &n_kept);
	if (status == SPK_OK)
		status = store_categories(host, kept, n_kept, n_rows, binning.max_ungrouped, feature);
	spk_release(host, kept);
	spk_release(host, frequency);
	return status;
}

/* Sets what a feature has of its column alone. */
static SpkStatus
start_feature(const SpkHost *host, const SpkColumn *column, SpkFeature *feature)
{
	memset(feature, 0, sizeof(*feature));
	feature->kind = column->kind;
	feature->name = copy_bytes(host, column->name, strlen(column->name) + 1);
	return feature->name == NULL ? SPK_NO_MEMORY : SPK_OK;
}

SpkStatus
spk_bin_column_in(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, SpkBinning binning,
				  uint64_t **keys, SpkFeature *feature)
{
	SpkStatus status;

	memset(feature, 0, sizeof(*feature));
	if (n_rows > SPK_MAX_ROWS)
		return SPK_LIMIT;
	if (binning.max_bins > SPK_MAX_BINS || binning.max_bins == 0)
		return SPK_INVALID;
	status = start_feature(host, column, feature);
	if (status == SPK_OK && column->kind == SPK_CATEGORY)
		status = bin_categories(host, column, n_rows, binning, feature);
	else if (status == SPK_OK)
		status = bin_numbers(host, column, n_rows, binning.max_bins, keys, feature);
	if (status != SPK_OK)
		spk_feature_release(host, feature);
	return status;
}

SpkStatus
spk_bin_column(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, SpkBinning binning,
			   SpkFeature *feature)
{
	uint64_t *keys = NULL;
	SpkStatus status = spk_bin_column_in(host, column, n_rows, binning, &keys, feature);

	spk_release(host, keys);
	return status;
}

SpkStatus
spk_bin_cuts(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, const SpkCuts *cuts,
			 uint32_t n, SpkFeature *feature)
{
	SpkStatus status = start_feature(host, column, feature);

	if (status == SPK_OK)
		status = store_cuts(host, cuts, n, n_rows, feature);
	if (status != SPK_OK)
		spk_feature_release(host, feature);
	return status;
}

SpkStatus
spk_bin_feature(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, uint32_t max_bins,
				SpkFeature *feature)
{
	return spk_bin_column(host, column, n_rows, (SpkBinning) {max_bins, max_bins, max_bins},
						  feature);
}

/* How many categories of each feature can a regression keep? */
static uint32_t
kept_by_regression(const SpkTable *table)
{
	uint32_t low = SPK_MAX_BINS;
	uint32_t high = SPK_MANY_COLUMNS;

	/* the most of which all features together have few enough */
	while (low < high)
	{
		uint32_t middle = (low + high + 1) / 2;
		uint64_t columns = 0;

		for (uint32_t c = 0; c < table->n_columns; c++)
			if (table->columns[c].kind == SPK_CATEGORY)
				columns += table->columns[c].n_names < middle ? table->columns[c].n_names : middle;
		if (columns <= SPK_MANY_COLUMNS)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

SpkBinning
spk_training_binning(SpkAlgorithm algorithm, const SpkOptions *options, const SpkTable *table)
{
	uint32_t   bins = spk_training_bins(algorithm, options);
	SpkBinning binning = {bins, SPK_MAX_CATEGORIES, SPK_MAX_CATEGORIES};

	/* the parts of a blend share their categories, so that these are as many as a regression can have */
	if (!spk_has_trees(algorithm))
	{
		if (spk_has_parts(algorithm) || spk_learners[algorithm].count_columns != NULL)
			binning.max_categories = kept_by_regression(table);
		return binning;
	}

	/* boosting takes statistics of fewer categories, too, but each of these has a code */
	binning.max_ungrouped = bins;
	if (algorithm != SPK_GRADIENT_BOOSTING && options->value[SPK_OPT_CATEGORY_SUBSETS] < bins)
		binning.max_ungrouped = (uint32_t) options->value[SPK_OPT_CATEGORY_SUBSETS];
	return binning;
}

bool
spk_bins_alike(const SpkTable *table, SpkBinning a, SpkBinning b)
{
	if (a.max_bins != b.max_bins)
		return false;
	for (uint32_t c = 0; c < table->n_columns; c++)
	{
		uint32_t n = table->columns[c].kind == SPK_CATEGORY ? table->columns[c].n_names : 0;

		if (a.max_categories != b.max_categories && (n > a.max_categories || n > b.max_categories))
			return false;
		if (a.max_ungrouped != b.max_ungrouped && (n > a.max_ungrouped || n > b.max_ungrouped))
			return false;
	}
	return true;
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

uint32_t
spk_category_place(const SpkFeature *feature, const char *name, size_t len)
{
	uint32_t low = 0;
	uint32_t high = spk_n_categories(feature);

	while (low < high)
	{
		uint32_t		   middle = (low + high) / 2;
		const SpkCategory *category = &feature->categories[middle];
		int				   order = compare_bytes(name, len, category->name, category->len);

		if (order == 0)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return SPK_NO_PLACE;
}
