/*
 * looks.c
 *	  Finds columns that look like the id of a user or the date of a snapshot.
 *
 * Counting stops at the first value that occurs twice, so only columns that may be
 * ids are looked at to the end.
 */
#include <math.h>
#include <string.h>

#include "core/base/times.h"
#include "core/rows/distinct.h"
#include "core/rows/id_names.h"
#include "core/rows/looks.h"

/* Whole numbers that all differ in fewer rows than this may well be counts. */
#define MIN_ROWS_OF_NUMBERS 100

/* A category is an id when it has at least this many distinct values for each row. */
#define DISTINCT_SHARE 0.9

/* A column that is called the id of users is one when it has this many for each row. */
#define NAMED_SHARE 0.1

/* A double holds all numbers of this many digits. */
#define NUMBER_DIGITS 15

/* When this many pairs are expected, the probability that there is none is e^-20. */
#define NO_CHANCE 20.0

/* Likewise for pairs of users, who are fewer than rows. */
#define NO_CHANCE_OF_USERS 10.0

/* Snapshots are taken on this many dates at most, and each of these has this many rows at least. */
#define MAX_DATES		 1000
#define MIN_ROWS_OF_DATE 10

/* Are all numbers of the column whole?  Sets *range to the distance from smallest to largest. */
static bool
is_whole(const SpkColumn *column, uint32_t n_rows, double *range)
{
	double low = INFINITY;
	double high = -INFINITY;

	for (uint32_t row = 0; row < n_rows; row++)
	{
		double value = column->numbers[row];

		if (isnan(value))
			continue;
		if (value != floor(value))
			return false;
		low = fmin(low, value);
		high = fmax(high, value);
	}
	*range = high - low;
	return true;
}

/* Likewise: are all categories of the column written in digits alone, as zip codes are? */
static bool
is_digits(const SpkColumn *column, double *range)
{
	double low = INFINITY;
	double high = -INFINITY;

	for (uint32_t i = 0; i < column->n_names; i++)
	{
		const SpkCategory *c = &column->names[i];
		double			   value = 0;

		if (c->len == 0 || c->len > NUMBER_DIGITS)
			return false;
		for (uint32_t k = 0; k < c->len; k++)
		{
			if (c->name[k] < '0' || c->name[k] > '9')
				return false;
			value = 10 * value + (c->name[k] - '0');
		}
		low = fmin(low, value);
		high = fmax(high, value);
	}
	*range = high - low;
	return column->n_names > 0;
}

/* Would some of n values that are drawn from this range almost certainly be equal? */
static bool
is_narrow(double range, uint32_t n, double no_chance)
{
	return range < (double) n * n / (2 * no_chance);
}

/* ---- Columns ---- */

static SpkSeries
series_of(const SpkColumn *column, uint32_t n_rows)
{
	return (SpkSeries) {.numbers = column->numbers, .ids = column->ids, .n_rows = n_rows};
}

/* Do all rows, or nearly all, differ in the column? */
static SpkStatus
look_at_rows(const SpkHost *host, const SpkTable *table, const SpkColumn *column, double range,
			 SpkLooks *looks)
{
	bool	  number = column->kind == SPK_NUMBER;
	SpkSeries s = series_of(column, table->n_rows);
	uint32_t  again = number ? 0 : (uint32_t) (table->n_rows * (1 - DISTINCT_SHARE));
	uint32_t  n_known;
	uint32_t  n_distinct;
	SpkStatus status = spk_count_distinct(host, &s, NULL, again, UINT32_MAX, &n_known, &n_distinct);
	bool	  unique;

	if (number)
		unique = n_known >= MIN_ROWS_OF_NUMBERS && n_distinct == n_known &&
			(is_narrow(range, n_known, NO_CHANCE) || spk_names_id(column->name));
	else
		unique = n_known >= SPK_LOOKS_MIN_ROWS && n_distinct >= DISTINCT_SHARE * n_known &&
			(!is_digits(column, &range) || spk_names_id(column->name) ||
			 (n_distinct == n_known && is_narrow(range, n_known, NO_CHANCE)));
	if (status == SPK_OK && unique)
		looks->look = SPK_LOOKS_UNIQUE;
	return status;
}

/* Is the column called the id of users, and has it enough values to be one? */
static SpkStatus
look_at_name(const SpkHost *host, const SpkTable *table, const SpkColumn *column, SpkLooks *looks)
{
	SpkSeries s = series_of(column, table->n_rows);
	uint32_t  n_known;
	uint32_t  n_distinct;
	SpkStatus status;

	if (!spk_names_user(column->name))
		return SPK_OK;
	status = spk_count_distinct(host, &s, NULL, UINT32_MAX, UINT32_MAX, &n_known, &n_distinct);
	if (status == SPK_OK && n_known >= MIN_ROWS_OF_NUMBERS && n_distinct >= NAMED_SHARE * n_known)
		looks->look = SPK_LOOKS_NAMED;
	return status;
}

/* Sets *key to whether no user has two rows of one date, and chance does not explain that. */
static SpkStatus
look_at_pair(const SpkHost *host, const SpkSeries *user, const SpkSeries *date, bool *key)
{
	uint32_t  n_known;
	uint32_t  n_distinct;
	double	  users = 0;
	double	  dates = 0;
	SpkStatus status = spk_count_distinct(host, user, date, 0, UINT32_MAX, &n_known, &n_distinct);

	*key = false;
	if (status != SPK_OK || n_known < MIN_ROWS_OF_NUMBERS || n_distinct < n_known)
		return status;
	status = spk_count_equal_pairs(host, user, &users);
	if (status == SPK_OK)
		status = spk_count_equal_pairs(host, date, &dates);
	*key = status == SPK_OK &&
		users * dates / (0.5 * (double) n_known * (n_known - 1)) >= NO_CHANCE;
	return status;
}

/*
 * Counts the dates if they may be those of snapshots: known in all rows, not many, and
 * each in many rows.  Otherwise *n is 0.
 */
static SpkStatus
count_dates(const SpkHost *host, const SpkSeries *date, uint32_t *n)
{
	uint32_t  n_known;
	uint32_t  n_distinct;
	SpkStatus status = spk_count_distinct(host, date, NULL, UINT32_MAX, MAX_DATES, &n_known,
										  &n_distinct);

	*n = 0;
	if (n_known == date->n_rows && n_distinct > 1 && n_distinct <= MAX_DATES &&
		n_known / n_distinct >= MIN_ROWS_OF_DATE)
		*n = n_distinct;
	return status;
}

/* Sets *same to whether the values of s are the same in all rows of a user, as an id's are. */
static SpkStatus
look_at_users(const SpkHost *host, const SpkSeries *group, const SpkSeries *s, bool *same)
{
	uint32_t  n_known;
	uint32_t  n_users;
	uint32_t  n_pairs = 0;
	SpkStatus status = spk_count_distinct(host, group, NULL, UINT32_MAX, UINT32_MAX, &n_known,
										  &n_users);

	if (status == SPK_OK)
		status = spk_count_distinct(host, group, s, UINT32_MAX, n_users, &n_known, &n_pairs);
	*same = n_pairs <= n_users;
	return status;
}

/*
 * Sets *no_chance to whether chance does not explain that users differ in the column.
 * What is the same in all rows of a user and differs from user to user need not be an
 * id: amounts and times in seconds do so when their range is wide, and ages when
 * users are few.
 */
static SpkStatus
look_at_range(const SpkHost *host, const SpkColumn *column, const SpkSeries *s, bool *no_chance)
{
	uint32_t  n_known;
	uint32_t  n_users;
	double	  range = 0;
	SpkStatus status;

	*no_chance = spk_names_id(column->name);
	if (*no_chance)
		return SPK_OK;
	status = spk_count_distinct(host, s, NULL, UINT32_MAX, UINT32_MAX, &n_known, &n_users);
	if (column->kind == SPK_NUMBER ? is_whole(column, s->n_rows, &range) :
									 is_digits(column, &range))
		*no_chance = is_narrow(range, n_users, NO_CHANCE_OF_USERS);
	else
		*no_chance = n_users >= SPK_LOOKS_MIN_ROWS;
	return status;
}

/*
 * Sets *distance to whether the column has the days from something to the date, as
 * from the last time that a user did what few users do.  Few do it on the same day, so
 * that such numbers are no more equal on one date than ids are; but from date to date
 * they grow by the days between, so that the days they count from are fewer than they
 * are, where an id less a date would have more.
 */
static SpkStatus
look_at_distance(const SpkHost *host, const SpkColumn *column, const SpkSeries *date,
				 bool *distance)
{
	SpkSeries s = series_of(column, date->n_rows);
	SpkSeries since = {.n_rows = date->n_rows};
	uint32_t  n_known;
	uint32_t  n_values;
	uint32_t  n_since = 0;
	double	 *days;
	SpkStatus status;

	*distance = false;
	if (column->kind != SPK_NUMBER || date->numbers == NULL || spk_names_id(column->name))
		return SPK_OK;
	status = spk_count_distinct(host, &s, NULL, UINT32_MAX, UINT32_MAX, &n_known, &n_values);
	if (status != SPK_OK)
		return status;

	/* days that are not known stay so */
	days = spk_alloc(host, date->n_rows, sizeof(double));
	if (days == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t row = 0; row < date->n_rows; row++)
		days[row] = floor(date->numbers[row] / SPK_USECS_PER_DAY) - s.numbers[row];
	since.numbers = days;
	status = spk_count_distinct(host, &since, NULL, UINT32_MAX, n_values, &n_known, &n_since);
	spk_release(host, days);
	*distance = n_since < n_values;
	return status;
}

/*
 * Looks at all columns that may be ids, beside these dates.  column is where the dates
 * are from, or SPK_LOOKS_NO_COLUMN.  *any becomes true when one is an id, or when the
 * users that are known have one row for each date.
 */
static SpkStatus
look_at_dates(const SpkHost *host, const SpkTable *table, const bool *may_be_id,
			  const uint64_t *groups, const SpkSeries *date, uint32_t column, SpkLooks *looks,
			  bool *any)
{
	SpkSeries group = {.groups = groups, .n_rows = table->n_rows};
	SpkStatus status = SPK_OK;

	/* dates of a column are those of snapshots if each user has them once */
	*any = false;
	if (groups != NULL && column != SPK_LOOKS_NO_COLUMN)
		status = look_at_pair(host, &group, date, any);

	for (uint32_t i = 0; i < table->n_columns && status == SPK_OK; i++)
	{
		SpkSeries s = series_of(&table->columns[i], table->n_rows);
		bool	  key = false;
		bool	  distance = false;

		if (!may_be_id[i] || (looks[i].look != SPK_LOOKS_FINE && looks[i].look != SPK_LOOKS_NAMED))
			continue;

		/* where users are known, an id of theirs must also be the same in all their rows */
		status = look_at_pair(host, &s, date, &key);
		if (key && groups != NULL)
			status = look_at_users(host, &group, &s, &key);
		if (key && groups != NULL && status == SPK_OK)
			status = look_at_range(host, &table->columns[i], &s, &key);
		if (key && status == SPK_OK)
			status = look_at_distance(host, &table->columns[i], date, &distance);
		key &= !distance;
		if (key)
			looks[i] = (SpkLooks) {SPK_LOOKS_ONCE_A_DATE, column};
		*any |= key;
	}
	return status;
}

/* Returns the column with the fewest dates but some; SPK_LOOKS_NO_COLUMN when there is none. */
static uint32_t
coarsest(const uint32_t *n_dates, uint32_t n)
{
	uint32_t best = SPK_LOOKS_NO_COLUMN;

	for (uint32_t i = 0; i < n; i++)
		if (n_dates[i] > 0 && (best == SPK_LOOKS_NO_COLUMN || n_dates[i] < n_dates[best]))
			best = i;
	return best;
}

/* Looks for a column with the dates of snapshots. */
static SpkStatus
look_for_dates(const SpkHost *host, const SpkTable *table, const bool *may_be_id,
			   const uint64_t *groups, uint32_t *n_dates, SpkLooks *looks)
{
	SpkStatus status = SPK_OK;
	bool	  found = false;
	uint32_t  column;

	memset(n_dates, 0, table->n_columns * sizeof(uint32_t));
	for (uint32_t i = 0; i < table->n_columns && status == SPK_OK; i++)
	{
		SpkSeries s = series_of(&table->columns[i], table->n_rows);

		if (spk_kind_is_time(table->columns[i].kind))
			status = count_dates(host, &s, &n_dates[i]);
	}

	/* the coarsest first: finer times, as of a purchase, differ from row to row anyway */
	while (status == SPK_OK && !found &&
		   (column = coarsest(n_dates, table->n_columns)) != SPK_LOOKS_NO_COLUMN)
	{
		SpkSeries s = series_of(&table->columns[column], table->n_rows);

		n_dates[column] = 0;
		status = look_at_dates(host, table, may_be_id, groups, &s, column, looks, &found);
		if (found)
			looks[column].look = SPK_LOOKS_DATE;
	}
	return status;
}

/* Looks at each column alone, and notes which ones may be ids. */
static SpkStatus
look_at_columns(const SpkHost *host, const SpkTable *table, bool *may_be_id, SpkLooks *looks)
{
	SpkStatus status = SPK_OK;

	for (uint32_t i = 0; i < table->n_columns && status == SPK_OK; i++)
	{
		const SpkColumn *column = &table->columns[i];
		double			 range = 0;

		looks[i] = (SpkLooks) {SPK_LOOKS_FINE, SPK_LOOKS_NO_COLUMN};
		may_be_id[i] = column->kind == SPK_CATEGORY ||
			(column->kind == SPK_NUMBER && is_whole(column, table->n_rows, &range));
		if (!may_be_id[i])
			continue;
		status = look_at_rows(host, table, column, range, &looks[i]);
		if (status == SPK_OK && looks[i].look == SPK_LOOKS_FINE)
			status = look_at_name(host, table, column, &looks[i]);
	}
	return status;
}

/* Sets *one to whether each user has one row: all are known and differ, or a column is unique. */
static SpkStatus
one_row_each(const SpkHost *host, const SpkTable *table, const uint64_t *groups,
			 const SpkLooks *looks, bool *one)
{
	*one = false;
	if (groups != NULL)
		return spk_all_differ(host, groups, table->n_rows, one);
	for (uint32_t i = 0; i < table->n_columns; i++)
		*one |= looks[i].look == SPK_LOOKS_UNIQUE;
	return SPK_OK;
}

SpkStatus
spk_find_looks(const SpkHost *host, const SpkTable *table, const uint64_t *groups,
			   const double *times, SpkLooks *looks)
{
	bool	 *may_be_id = spk_alloc(host, table->n_columns, sizeof(bool));
	uint32_t *n_dates = spk_alloc(host, table->n_columns, sizeof(uint32_t));
	SpkSeries date = {.numbers = times, .n_rows = table->n_rows};
	SpkStatus status = SPK_NO_MEMORY;
	bool	  one = false;
	bool	  any;

	if (may_be_id != NULL && n_dates != NULL)
		status = look_at_columns(host, table, may_be_id, looks);
	if (status == SPK_OK)
		status = one_row_each(host, table, groups, looks, &one);

	/* beside dates, a column without equals numbers rows rather than users, if these are not known */
	if (status == SPK_OK && times != NULL && (!one || groups == NULL))
		status = look_at_dates(host, table, may_be_id, groups, &date, SPK_LOOKS_NO_COLUMN, looks,
							   &any);
	else if (status == SPK_OK && times == NULL && !one)
		status = look_for_dates(host, table, may_be_id, groups, n_dates, looks);
	spk_release(host, may_be_id);
	spk_release(host, n_dates);
	return status;
}

uint64_t
spk_looks_size(uint32_t n_rows)
{
	/* a set that has just grown is less than a quarter full, and half of it was there before */
	uint64_t set = 6 * sizeof(uint64_t) * ((uint64_t) n_rows + 1024);

	/* beside the set, the days that a column may count from */
	return set + sizeof(double) * (uint64_t) n_rows;
}
