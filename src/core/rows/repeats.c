/*
 * repeats.c
 *	  Counting rows that come again.
 */
#include "core/base/hash.h"
#include "core/base/sort.h"
#include "core/rows/distinct.h"
#include "core/rows/looks.h"
#include "core/rows/repeats.h"
#include "core/rows/row_names.h"

/* Without users, so many distinct rows at least come again, and at least this share of them. */
#define MIN_REPEATED   20
#define REPEATED_SHARE 0.05

/* And so many times as many as there would be equal pairs by chance. */
#define BEYOND_CHANCE 10

/* Mixes what is not a feature into the names; returns how many rows there are to look at. */
static uint32_t
name_wholly(const SpkTable *table, const double *times, uint64_t *names)
{
	uint32_t n = 0;

	for (uint32_t r = 0; r < table->n_rows; r++)
	{
		uint64_t name = spk_hash_combine(names[r], table->labels[r]);

		if (times != NULL)
			name = spk_hash_combine(name, spk_name_of_number(times[r]));
		if (table->groups != NULL)
			name = spk_hash_combine(name, table->groups[r]);
		if (table->groups == NULL || table->groups[r] != 0)
			names[n++] = name;
	}
	return n;
}

/* Is the value of the row missing? */
static inline bool
is_missing(const SpkColumn *column, uint32_t row)
{
	return column->kind == SPK_CATEGORY ? column->ids[row] == SPK_NO_ID :
										  isnan(column->numbers[row]);
}

static double
pairs_of(double n)
{
	return 0.5 * n * (n - 1);
}

/* Sets *share to how many of all pairs of rows have the same value, or have none. */
static SpkStatus
share_of_equal(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, double *share)
{
	SpkSeries s = {.numbers = column->numbers, .ids = column->ids, .n_rows = n_rows};
	double	  pairs = 0;
	uint32_t  n_missing = 0;
	SpkStatus status = spk_count_equal_pairs(host, &s, &pairs);

	for (uint32_t r = 0; r < n_rows; r++)
		n_missing += is_missing(column, r);
	*share = (pairs + pairs_of(n_missing)) / pairs_of(n_rows);
	return status;
}

/* Sets *beyond to whether so many rows that come again are more than chance would make. */
static SpkStatus
is_beyond_chance(const SpkHost *host, const SpkTable *table, uint32_t n_repeated, bool *beyond)
{
	double	  expected = pairs_of(table->n_rows);
	SpkStatus status = SPK_OK;

	*beyond = false;
	for (uint32_t c = 0; c < table->n_columns && status == SPK_OK && !*beyond; c++)
	{
		double share = 1;

		status = share_of_equal(host, &table->columns[c], table->n_rows, &share);
		expected *= share;
		*beyond = status == SPK_OK && n_repeated > BEYOND_CHANCE * expected;
	}
	return status;
}

/* Counts, of n sorted names, the distinct ones and those of them that come again. */
static void
count_names(const uint64_t *names, uint32_t n, uint32_t *n_distinct, uint32_t *n_repeated)
{
	*n_distinct = *n_repeated = 0;
	for (uint32_t i = 0; i < n; i++)
	{
		bool first = i == 0 || names[i] != names[i - 1];

		*n_distinct += first;
		*n_repeated += first && i + 1 < n && names[i] == names[i + 1];
	}
}

uint64_t
spk_repeats_size(const SpkTable *table)
{
	uint64_t names = 0;

	for (uint32_t c = 0; c < table->n_columns; c++)
		if (table->columns[c].n_names > names)
			names = table->columns[c].n_names;
	return spk_looks_size(table->n_rows) + names * sizeof(uint64_t);
}

SpkStatus
spk_count_repeats(const SpkHost *host, const SpkTable *table, const double *times, uint32_t *n)
{
	uint64_t *names = spk_alloc(host, table->n_rows, 2 * sizeof(uint64_t));
	SpkStatus status = names == NULL ? SPK_NO_MEMORY : spk_row_names(host, table, names);
	bool	  counts = true;
	uint32_t  n_rows = 0;
	uint32_t  n_distinct = 0;
	uint32_t  n_repeated = 0;

	*n = 0;
	if (status == SPK_OK)
	{
		n_rows = name_wholly(table, times, names);
		status = spk_sort_u64(host, names, names + table->n_rows, n_rows, 0);
	}
	if (status == SPK_OK)
		count_names(names, n_rows, &n_distinct, &n_repeated);
	spk_release(host, names);

	/* where users are not known, equal rows may be those of several who do the same */
	if (status == SPK_OK && table->groups == NULL)
	{
		counts = n_repeated >= MIN_REPEATED && n_repeated >= REPEATED_SHARE * n_distinct;
		if (counts)
			status = is_beyond_chance(host, table, n_repeated, &counts);
	}
	if (status == SPK_OK && counts)
		*n = n_rows - n_distinct;
	return status;
}
