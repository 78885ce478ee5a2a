/*
 * audit.c
 *	  What a single feature says about the label.
 *
 * AUCs come from counts of pairs, which are whole numbers.  So they do not depend on
 * the order of the rows.
 */
#include <math.h>
#include <string.h>

#include "core/judging/audit.h"
#include "core/base/sort.h"

/* What a walk up the values of a column has met so far. */
typedef struct Walk
{
	uint64_t positives;
	uint64_t negatives;
	uint64_t wins;
	double	 ties; /* sum of t^3 - t over the values, where t is the number of their rows */
	uint32_t n_distinct;
	uint32_t most_rows;
	uint32_t n_most;
	bool	 mixed; /* some value occurs in both classes */

	/* of the values that many rows have; NULL when they are not wanted */
	SpkSideTally *tallies;
	uint32_t	  n_tallies;
} Walk;

bool
spk_audit_equals_label(const SpkColumn *column, const uint8_t *labels, uint32_t n_rows)
{
	if (column->kind != SPK_NUMBER)
		return false;
	for (uint32_t from = 0; from < n_rows; from += SPK_PAGE_ROWS)
	{
		const double *numbers = spk_column_numbers(column, from);
		uint32_t	  n_here = spk_page_rows(n_rows, from);

		for (uint32_t i = 0; i < n_here; i++)
			if (numbers[i] != labels[from + i])
				return false;
	}
	return true;
}

/* Goes up to the next value, which this many positive and negative rows have. */
static void
walk_value(Walk *walk, uint64_t positives, uint64_t negatives)
{
	double t = (double) (positives + negatives);

	walk->wins += positives * (2 * walk->negatives + negatives);
	walk->positives += positives;
	walk->negatives += negatives;
	walk->ties += t * t * t - t;
	walk->n_distinct++;
	walk->mixed |= positives > 0 && negatives > 0;
}

/* Likewise, and keeps account of the value that this is the key of. */
static void
walk_key(Walk *walk, uint64_t key, uint32_t positives, uint32_t negatives)
{
	uint32_t n = positives + negatives;

	walk_value(walk, positives, negatives);
	if (n > walk->most_rows)
	{
		walk->most_rows = n;
		walk->n_most = 0;
	}
	walk->n_most += n == walk->most_rows;
	if (n >= SPK_SIDE_MIN_ROWS)
		walk->tallies[walk->n_tallies++] = (SpkSideTally) {key, {negatives, positives}};
}

/* The AUC of these wins, which count twice; NaN when all rows are of one class. */
static double
auc_of(uint64_t wins, uint64_t positives, uint64_t negatives)
{
	return positives == 0 || negatives == 0 ?
		NAN :
		(double) wins / 2 / ((double) positives * (double) negatives);
}

/* How far the AUC is from 0.5, in the standard deviations that it has by chance. */
static double
z_of(double auc, uint64_t positives, uint64_t negatives, double ties)
{
	double n = (double) (positives + negatives);
	double variance;

	if (isnan(auc))
		return 0;
	variance = (n + 1 - ties / (n * (n - 1))) / (12 * (double) positives * (double) negatives);
	return variance > 0 ? (auc - 0.5) / sqrt(variance) : 0;
}

/*
 * Makes keys of the known values: those of positive rows from keys on, and those of others
 * from negatives on.  Counts both in counts.
 */
static SpkStatus
split_keys(const SpkHost *host, const SpkTable *table, const double *numbers, uint64_t *keys,
		   uint64_t *negatives, Walk *counts)
{
	uint64_t *ends[2] = {negatives, keys};

	for (uint32_t i = 0; i < table->n_rows; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (!isnan(numbers[i]))
			*ends[table->labels[i]]++ = spk_key_of_number(numbers[i]);
	}
	counts->positives = (uint64_t) (ends[1] - keys);
	counts->negatives = (uint64_t) (ends[0] - negatives);
	return SPK_OK;
}

/* How many of n sorted keys, from the front, equal this one. */
static uint32_t
run_of(const uint64_t *keys, uint64_t n, uint64_t key)
{
	uint32_t run = 0;

	while (run < n && keys[run] == key)
		run++;
	return run;
}

/* Walks up the sorted keys of both classes. */
static SpkStatus
walk_keys(const SpkHost *host, const uint64_t *positives, uint64_t n_positives,
		  const uint64_t *negatives, uint64_t n_negatives, Walk *walk)
{
	while (n_positives > 0 || n_negatives > 0)
	{
		uint64_t key = n_negatives == 0 || (n_positives > 0 && positives[0] < negatives[0]) ?
			positives[0] :
			negatives[0];
		uint32_t p = run_of(positives, n_positives, key);
		uint32_t n = run_of(negatives, n_negatives, key);

		if (walk->n_distinct % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		walk_key(walk, key, p, n);
		positives += p;
		n_positives -= p;
		negatives += n;
		n_negatives -= n;
	}
	return SPK_OK;
}

/*
 * Walks up the known values.  side->keys[1] has room for two keys for each row, and is
 * set to those of positive rows, as side->keys[0] is to those of others.
 */
static SpkStatus
walk_numbers(const SpkHost *host, const double *numbers, uint64_t *keys, SpkSideColumn *side,
			 Walk *walk)
{
	const SpkTable *table = side->table;
	Walk			counts = {0};
	uint64_t	   *scratch = keys + table->n_rows;
	uint64_t	   *negatives = keys + side->n_rows[1];
	SpkStatus		status = split_keys(host, table, numbers, keys, negatives, &counts);

	if (status != SPK_OK)
		return status;
	status = spk_sort_u64(host, keys, scratch, (uint32_t) counts.positives, 0);
	if (status == SPK_OK)
		status = spk_sort_u64(host, negatives, scratch, (uint32_t) counts.negatives, 0);
	if (status == SPK_OK)
		status = walk_keys(host, keys, counts.positives, negatives, counts.negatives, walk);
	side->keys[1] = keys;
	side->keys[0] = negatives;
	return status;
}

/* Looks for what only one class has, when the walk is over. */
static SpkStatus
look_at_sides(const SpkHost *host, SpkSideColumn *side, const Walk *walk, SpkAudit *audit)
{
	side->known[0] = (uint32_t) walk->negatives;
	side->known[1] = (uint32_t) walk->positives;
	side->n_distinct = walk->n_distinct;
	side->tallies = walk->tallies;
	side->n_tallies = walk->n_tallies;
	return spk_one_sided(host, side, audit->sides);
}

/* Are all known values whole? */
static bool
all_whole(const double *numbers, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (!isnan(numbers[i]) && numbers[i] != floor(numbers[i]))
			return false;
	return true;
}

static SpkStatus
audit_numbers(const SpkHost *host, SpkSideColumn *side, Walk *walk, SpkAudit *audit)
{
	const SpkTable	*table = side->table;
	const SpkColumn *column = side->column;
	uint64_t		*keys = spk_alloc(host, table->n_rows, 2 * sizeof(uint64_t));
	SpkStatus		 status = SPK_NO_MEMORY;

	if (keys != NULL)
		status = walk_numbers(host, column->numbers, keys, side, walk);
	if (status == SPK_OK)
		status = look_at_sides(host, side, walk, audit);
	spk_release(host, keys);
	audit->whole = all_whole(column->numbers, table->n_rows);
	audit->equals_label = spk_audit_equals_label(column, table->labels, table->n_rows);
	return status;
}

/* How many rows of each class a category has. */
typedef struct Category
{
	uint32_t positives;
	uint32_t negatives;
} Category;

/* The share of positives in the category without one of its rows; prior if it has no other. */
static double
share_without(const Category *c, int label, double prior)
{
	uint32_t others = c->positives + c->negatives - 1;

	return others == 0 ? prior : (double) (c->positives - (uint32_t) label) / others;
}

static inline uint64_t
share_key(const Category *c, int label, double prior)
{
	return spk_key_of_number(share_without(c, label, prior));
}

/*
 * Counts the pairs that the shares put into the right order, by walking up the shares
 * with the rows that have them.  keys and scratch have room for two keys for each
 * category, and tallies has a pair of counts for each key.
 */
static SpkStatus
walk_shares(const SpkHost *host, const Category *categories, uint32_t n, double prior,
			uint64_t *keys, uint64_t *scratch, uint64_t (*tallies)[2], Walk *walk)
{
	uint64_t  within = 0;
	uint32_t  n_keys = 0;
	SpkStatus status;

	for (uint32_t c = 0; c < n; c++)
		for (int label = 0; label <= 1; label++)
			if ((label ? categories[c].positives : categories[c].negatives) > 0)
				keys[n_keys++] = share_key(&categories[c], label, prior);
	status = spk_sort_u64(host, keys, scratch, n_keys, 0);
	if (status != SPK_OK)
		return status;
	n_keys = spk_unique_keys(keys, n_keys);
	memset(tallies, 0, n_keys * sizeof(*tallies));
	for (uint32_t c = 0; c < n; c++)
	{
		const Category *category = &categories[c];

		if (c % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (category->positives > 0)
			tallies[spk_place_of_key(keys, n_keys, share_key(category, 1, prior))][1] +=
				category->positives;
		if (category->negatives > 0)
			tallies[spk_place_of_key(keys, n_keys, share_key(category, 0, prior))][0] +=
				category->negatives;

		/* taken out of itself a row is below those of the other class: a tie instead of a loss */
		within += (uint64_t) category->positives * category->negatives;
	}
	for (uint32_t k = 0; k < n_keys; k++)
		walk_value(walk, tallies[k][1], tallies[k][0]);
	walk->wins += within;
	return SPK_OK;
}

/*
 * Counts the rows of each category, keeps account of them in the walk, and moves the n
 * categories that have rows to the front.
 */
static SpkStatus
count_categories(const SpkHost *host, const SpkTable *table, const SpkColumn *column,
				 Category *categories, uint32_t *n, Walk *walk)
{
	memset(categories, 0, column->n_names * sizeof(Category));
	for (uint32_t i = 0; i < table->n_rows; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (column->ids[i] == SPK_NO_ID)
			continue;
		if (table->labels[i])
			categories[column->ids[i]].positives++;
		else
			categories[column->ids[i]].negatives++;
	}
	*n = 0;
	for (uint32_t c = 0; c < column->n_names; c++)
		if (categories[c].positives + categories[c].negatives > 0)
		{
			walk_key(walk, c, categories[c].positives, categories[c].negatives);
			categories[(*n)++] = categories[c];
		}
	return SPK_OK;
}

static SpkStatus
audit_categories(const SpkHost *host, SpkSideColumn *side, Walk *walk, SpkAudit *audit)
{
	uint32_t  n = side->column->n_names;
	Category *categories = spk_alloc(host, n, sizeof(Category));
	uint64_t *keys = spk_alloc(host, n, 4 * sizeof(uint64_t));
	uint64_t(*tallies)[2] = spk_alloc(host, n, 2 * sizeof(*tallies));
	SpkStatus status = SPK_NO_MEMORY;
	Walk	  shares = {0};
	uint64_t  rows;
	double	  prior = 0;

	if (categories != NULL && keys != NULL && tallies != NULL)
		status = count_categories(host, side->table, side->column, categories, &n, walk);
	if (status == SPK_OK)
		status = look_at_sides(host, side, walk, audit);

	/* leaving a pair out, one row of each class, leaves this share of positives among all */
	rows = walk->positives + walk->negatives;
	if (rows > 2 && walk->positives > 0)
		prior = (double) (walk->positives - 1) / (double) (rows - 2);

	/* the shares decide who wins, and several categories may have one in common */
	if (status == SPK_OK)
		status = walk_shares(host, categories, n, prior, keys, keys + 2 * (size_t) n, tallies,
							 &shares);
	walk->wins = shares.wins;
	walk->ties = 0;
	spk_release(host, categories);
	spk_release(host, keys);
	spk_release(host, tallies);
	return status;
}

/* Audits being missing, as a number that is 0 or 1.  The classes have so many rows. */
static void
judge_missing(const uint32_t n_rows[2], const Walk *known, SpkAudit *audit)
{
	Walk walk = {0};

	walk_value(&walk, known->positives, known->negatives);
	walk_value(&walk, n_rows[1] - known->positives, n_rows[0] - known->negatives);
	audit->missing_auc = auc_of(walk.wins, walk.positives, walk.negatives);
	audit->missing_z = z_of(audit->missing_auc, walk.positives, walk.negatives, walk.ties);
	audit->pure = !known->mixed && (n_rows[1] == known->positives || n_rows[0] == known->negatives);
}

SpkStatus
spk_audit_feature(const SpkHost *host, const SpkTable *table, uint32_t column,
				  const uint64_t *groups, SpkAudit *audit)
{
	const SpkColumn *c = &table->columns[column];
	SpkSideColumn	 side = {.table = table, .column = c, .groups = groups};
	Walk			 walk = {0};
	SpkStatus		 status = SPK_NO_MEMORY;

	memset(audit, 0, sizeof(*audit));
	audit->twin = SPK_NO_TWIN;
	for (uint32_t i = 0; i < table->n_rows; i++)
		side.n_rows[1] += table->labels[i];
	side.n_rows[0] = table->n_rows - side.n_rows[1];
	walk.tallies = spk_alloc(host, table->n_rows / SPK_SIDE_MIN_ROWS + 1, sizeof(SpkSideTally));
	if (walk.tallies != NULL)
		status = c->kind == SPK_CATEGORY ? audit_categories(host, &side, &walk, audit) :
										   audit_numbers(host, &side, &walk, audit);
	spk_release(host, walk.tallies);
	if (status != SPK_OK)
		return status;

	/* what the walk has counted */
	audit->n_known = (uint32_t) (walk.positives + walk.negatives);
	audit->n_distinct = walk.n_distinct;
	audit->most_rows = walk.most_rows;
	audit->n_most = walk.n_most;
	audit->wins = walk.wins;
	audit->auc = auc_of(walk.wins, walk.positives, walk.negatives);
	if (c->kind == SPK_CATEGORY && audit->auc < 0.5)
		audit->auc = 0.5;
	audit->z = z_of(audit->auc, walk.positives, walk.negatives, walk.ties);
	judge_missing(side.n_rows, &walk, audit);
	return SPK_OK;
}

uint64_t
spk_audit_size(const SpkTable *table, bool grouped)
{
	uint64_t n_names = 0;
	uint64_t sides = spk_one_sided_size(table->n_rows, grouped);
	uint64_t twins = 2 * sizeof(uint32_t) * (uint64_t) table->n_rows + 32 * table->n_columns;
	uint64_t numbers = 2 * sizeof(uint64_t) * (uint64_t) table->n_rows;
	uint64_t categories;

	for (uint32_t i = 0; i < table->n_columns; i++)
		if (table->columns[i].kind == SPK_CATEGORY && table->columns[i].n_names > n_names)
			n_names = table->columns[i].n_names;
	categories = n_names * (sizeof(Category) + 8 * sizeof(uint64_t));

	/* twins are looked for when what one class has is known, and with keys of numbers only */
	numbers += sides > twins ? sides : twins;
	categories += sides;
	return numbers > categories ? numbers : categories;
}
