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

/* Rows that may be there again: their places, and their names by what has been looked at. */
typedef struct Twins
{
	const SpkHost  *host;
	const SpkTable *table;
	uint64_t	   *names; /* of all rows */
	uint32_t	   *rows;  /* n of them */
	uint32_t		n;
} Twins;

/* Names the rows by what is not a feature, and lists those that are to be looked at. */
static SpkStatus
start_twins(Twins *twins, const double *times)
{
	const SpkTable *table = twins->table;

	for (uint32_t r = 0; r < table->n_rows; r++)
	{
		uint64_t name = table->labels[r];

		if (r % SPK_POLL_ROWS == 0 && spk_cancelled(twins->host))
			return SPK_CANCELLED;
		if (times != NULL)
			name = spk_hash_combine(name, spk_name_of_number(times[r]));
		if (table->groups != NULL)
			name = spk_hash_combine(name, table->groups[r]);
		/* rows that differ in their weights alone are no twins */
		if (table->weights != NULL)
			name = spk_hash_combine(name, spk_name_of_number(table->weights[r]));
		twins->names[r] = name;
		twins->rows[twins->n] = r;
		twins->n += table->groups == NULL || table->groups[r] != 0;
	}
	return SPK_OK;
}

/* Of more rows than this share it is not worth while to leave out those that differ already. */
#define WORTH_LEAVING 0.75

/*
 * Names the rows by their columns, too.  A row that differs from all others in what has been looked
 * at has no twin, and is left: mostly all but a few are after the user, or a column.
 */
static SpkStatus
name_twins(Twins *twins)
{
	uint32_t  n_columns = twins->table->n_columns;
	bool	  worth = true;
	SpkStatus status = SPK_OK;

	if (twins->table->groups != NULL)
		status = spk_leave_repeated(twins->host, twins->names, twins->rows, &twins->n);
	for (uint32_t from = 0, to; from < n_columns && status == SPK_OK; from = to)
	{
		uint32_t n = twins->n;

		/* one column, then three more, then all */
		to = from == 0 ? 1 : from == 1 && worth ? 4 : n_columns;
		to = to < n_columns ? to : n_columns;
		status = spk_name_listed_rows(twins->host, twins->table, from, to, twins->rows, n,
									  twins->names);
		if (status == SPK_OK && worth)
			status = spk_leave_repeated(twins->host, twins->names, twins->rows, &twins->n);
		worth = from == 0 || twins->n < WORTH_LEAVING * n;
	}
	return status;
}

/* Puts the names of the rows that are left in order, in front of all. */
static SpkStatus
sort_twins(Twins *twins)
{
	uint64_t *scratch = spk_alloc(twins->host, twins->n, sizeof(uint64_t));
	SpkStatus status = SPK_NO_MEMORY;

	/* rows are in their order, so that no name is overwritten before it is read */
	for (uint32_t i = 0; i < twins->n; i++)
		twins->names[i] = twins->names[twins->rows[i]];
	if (scratch != NULL)
		status = spk_sort_u64(twins->host, twins->names, scratch, twins->n, 0);
	spk_release(twins->host, scratch);
	return status;
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
	Twins	  twins = {host, table, spk_alloc(host, table->n_rows, sizeof(uint64_t)),
					   spk_alloc(host, table->n_rows, sizeof(uint32_t)), 0};
	bool	  counts = true;
	uint32_t  n_known = 0;
	uint32_t  n_distinct = 0;
	uint32_t  n_repeated = 0;
	SpkStatus status = SPK_NO_MEMORY;

	*n = 0;
	if (twins.names != NULL && twins.rows != NULL)
		status = start_twins(&twins, times);
	n_known = twins.n;
	if (status == SPK_OK)
		status = name_twins(&twins);
	if (status == SPK_OK)
		status = sort_twins(&twins);
	if (status == SPK_OK)
		count_names(twins.names, twins.n, &n_distinct, &n_repeated);
	n_distinct += n_known - twins.n;
	spk_release(host, twins.names);
	spk_release(host, twins.rows);

	/* where users are not known, equal rows may be those of several who do the same */
	if (status == SPK_OK && table->groups == NULL)
	{
		counts = n_repeated >= MIN_REPEATED && n_repeated >= REPEATED_SHARE * n_distinct;
		if (counts)
			status = is_beyond_chance(host, table, n_repeated, &counts);
	}
	if (status == SPK_OK && counts)
		*n = n_known - n_distinct;
	return status;
}
