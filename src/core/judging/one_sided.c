/*
 * one_sided.c
 *	  Values that only rows of one class have.
 */
#include <math.h>
#include <string.h>

#include "core/judging/one_sided.h"
#include "core/judging/side_users.h"
#include "core/base/elementary.h"
#include "core/base/sort.h"

/* Chance may bring up something one-sided in one of so many tables. */
#define ONE_TABLE_IN 1e3

/* So many rows of the other class may be there, as a share of those expected. */
#define ODD_ROWS 0.01

/* So many of the others must be expected in a range, and so many to have left where none has. */
#define MANY_EXPECTED 50.0

/* So large a share of a class must have a number, or be in a range. */
#define MIN_SHARE 0.1

/* Each of this many things is looked at in any column, beside its values. */
#define N_THINGS 5

/* ---- Chance ---- */

/* What is looked for: things of the rows of one class, the side. */
typedef struct Search
{
	const SpkHost		*host;
	const SpkSideColumn *column;
	int					 side;
	double				 of_class;	  /* rows of the side */
	double				 among_all;	  /* the share of the other class in all rows */
	double				 among_known; /* and in those where the column is known */
	double				 needed;	  /* as a logarithm, for one of many things not to be chance */
} Search;

/*
 * Is it beyond chance that only odd of n rows or users are of the other class, which
 * has this share of all?
 */
static bool
is_one_sided(const Search *s, SpkSideKind kind, double n, double odd, double share)
{
	double expected = n * share;
	bool   range = kind == SPK_SIDE_BELOW || kind == SPK_SIDE_ABOVE;

	if (odd > ODD_ROWS * expected || ((s->side == 0 || range) && expected < MANY_EXPECTED))
		return false;
	return expected - odd + (odd > 0 ? odd * spk_log(odd / expected) : 0) >= s->needed;
}

static Search
new_search(const SpkHost *host, const SpkSideColumn *c, int side)
{
	Search s = {.host = host, .column = c, .side = side};
	double known = (double) c->known[0] + c->known[1];

	s.of_class = c->n_rows[side];
	s.among_all = c->n_rows[!side] / (double) c->table->n_rows;
	s.among_known = known > 0 ? c->known[!side] / known : 0;
	s.needed = spk_log(ONE_TABLE_IN) + spk_log((double) c->table->n_columns) +
		spk_log((double) c->n_tallies + N_THINGS);
	return s;
}

/* ---- Single things ---- */

/*
 * Sets *result when the rows that have the things are one-sided among rows of which
 * this share is of the other class.
 */
static SpkStatus
try_things(const Search *s, const SpkThings *things, const uint32_t rows[2], double share,
		   SpkSide *result)
{
	uint32_t  n = rows[0] + rows[1];
	uint32_t  odd = rows[!s->side];
	uint32_t  users = 0;
	SpkStatus status;

	if (!is_one_sided(s, things->kind, n, odd, share))
		return SPK_OK;
	if (s->column->groups != NULL)
	{
		status = spk_side_users(s->host, s->column, things, false, n, &users);
		if (status != SPK_OK || !is_one_sided(s, things->kind, users, odd, share))
			return status;
	}
	result->kind = things->kind;
	result->rows[0] = rows[0];
	result->rows[1] = rows[1];
	result->n_users = users;
	return SPK_OK;
}

/* Is the column known, or missing, in rows of the side alone? */
static SpkStatus
look_at_missing(const Search *s, SpkSide *result)
{
	const SpkSideColumn *c = s->column;
	uint32_t			 missing[2] = {c->n_rows[0] - c->known[0], c->n_rows[1] - c->known[1]};
	SpkStatus			 status;

	if (missing[0] + missing[1] == 0)
		return SPK_OK;
	status = try_things(s, &(SpkThings) {.kind = SPK_SIDE_KNOWN}, c->known, s->among_all, result);
	if (status == SPK_OK && result->kind == SPK_SIDE_NONE)
		status = try_things(s, &(SpkThings) {.kind = SPK_SIDE_MISSING}, missing, s->among_all,
							result);
	return status;
}

/* Orders values: those of more rows first, then smaller numbers or names. */
static bool
comes_before(const SpkColumn *column, const SpkSideTally *a, const SpkSideTally *b, uint32_t n_a,
			 uint32_t n_b)
{
	const SpkCategory *x;
	const SpkCategory *y;
	int				   order;

	if (n_a != n_b)
		return n_a > n_b;
	if (column->kind != SPK_CATEGORY)
		return a->key < b->key;
	x = &column->names[a->key];
	y = &column->names[b->key];
	order = memcmp(x->name, y->name, x->len < y->len ? x->len : y->len);
	return order != 0 ? order < 0 : x->len < y->len;
}

static double
value_of_key(const SpkColumn *column, uint64_t key)
{
	return column->kind == SPK_CATEGORY ? (double) key : spk_number_of_key(key);
}

/* Have the rows of the side alone values other than the most frequent one? */
static SpkStatus
look_at_others(const Search *s, SpkSide *result)
{
	const SpkSideColumn *c = s->column;
	const SpkSideTally	*most = c->tallies;
	uint32_t			 rows[2];
	SpkStatus			 status;

	if (c->n_tallies == 0)
		return SPK_OK;
	for (const SpkSideTally *t = c->tallies + 1; t < c->tallies + c->n_tallies; t++)
		if (comes_before(c->column, t, most, t->rows[0] + t->rows[1],
						 most->rows[0] + most->rows[1]))
			most = t;
	rows[0] = c->known[0] - most->rows[0];
	rows[1] = c->known[1] - most->rows[1];
	status = try_things(s, &(SpkThings) {.kind = SPK_SIDE_OTHERS, .key = most->key}, rows,
						s->among_known, result);
	if (result->kind == SPK_SIDE_OTHERS)
		result->values[0] = value_of_key(c->column, most->key);
	return status;
}

/* ---- Values ---- */

/* Puts those of n values in front that are one-sided in their users, too, and returns how many. */
static uint32_t
keep_by_users(const Search *s, SpkSideTally *values, uint32_t n, const uint32_t *users)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < n; i++)
		if (is_one_sided(s, SPK_SIDE_VALUES, users[i], values[i].rows[!s->side], s->among_known))
			values[kept++] = values[i];
	return kept;
}

/* Likewise, after their users have been counted. */
static SpkStatus
check_users(const Search *s, SpkSideTally *values, uint32_t *n)
{
	SpkThings things = {.kind = SPK_SIDE_VALUES, .values = values, .n_values = *n};
	uint32_t *users = spk_alloc(s->host, *n, sizeof(uint32_t));
	uint32_t  rows = 0;
	SpkStatus status;

	if (users == NULL)
		return SPK_NO_MEMORY;
	memset(users, 0, *n * sizeof(uint32_t));
	for (uint32_t i = 0; i < *n; i++)
		rows += values[i].rows[0] + values[i].rows[1];
	status = spk_side_users(s->host, s->column, &things, true, rows, users);
	if (status == SPK_OK)
		*n = keep_by_users(s, values, *n, users);
	spk_release(s->host, users);
	return status;
}

/* Shows those of the values that most rows of the side have. */
static void
show_values(const Search *s, const SpkSideTally *values, uint32_t n, SpkSide *result)
{
	const SpkSideTally *shown[SPK_SIDE_SHOWN];
	uint32_t			n_shown = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t at = n_shown;

		while (at > 0 &&
			   comes_before(s->column->column, &values[i], shown[at - 1], values[i].rows[s->side],
							shown[at - 1]->rows[s->side]))
			at--;
		if (at == SPK_SIDE_SHOWN)
			continue;
		n_shown += n_shown < SPK_SIDE_SHOWN;
		for (uint32_t k = n_shown - 1; k > at; k--)
			shown[k] = shown[k - 1];
		shown[at] = &values[i];
	}
	result->n_values = n;
	for (uint32_t i = 0; i < n_shown; i++)
		result->values[i] = value_of_key(s->column->column, shown[i]->key);
}

/* Which values have rows of the side alone?  values has room for all tallies. */
static SpkStatus
find_values(const Search *s, SpkSideTally *values, SpkSide *result)
{
	const SpkSideColumn *c = s->column;
	double				 least = c->column->kind == SPK_CATEGORY || c->n_distinct <= 2 ? 0 :
																						 MIN_SHARE * s->of_class;
	uint32_t			 rows[2] = {0, 0};
	uint32_t			 n = 0;
	SpkStatus			 status = SPK_OK;

	for (uint32_t i = 0; i < c->n_tallies; i++)
	{
		const SpkSideTally *t = &c->tallies[i];

		if (t->rows[s->side] >= least &&
			is_one_sided(s, SPK_SIDE_VALUES, t->rows[0] + t->rows[1], t->rows[!s->side],
						 s->among_known))
			values[n++] = *t;
	}
	if (n > 0 && c->groups != NULL)
		status = check_users(s, values, &n);
	if (status != SPK_OK || n == 0)
		return status;

	/* each is one-sided, and so they are together */
	for (uint32_t i = 0; i < n; i++)
	{
		rows[0] += values[i].rows[0];
		rows[1] += values[i].rows[1];
	}
	status = try_things(s, &(SpkThings) {.kind = SPK_SIDE_VALUES, .values = values, .n_values = n},
						rows, s->among_known, result);
	if (result->kind == SPK_SIDE_VALUES)
		show_values(s, values, n, result);
	return status;
}

static SpkStatus
look_at_values(const Search *s, SpkSide *result)
{
	SpkSideTally *values;
	SpkStatus	  status;

	if (s->column->n_tallies == 0)
		return SPK_OK;
	values = spk_alloc(s->host, s->column->n_tallies, sizeof(SpkSideTally));
	if (values == NULL)
		return SPK_NO_MEMORY;
	status = find_values(s, values, result);
	spk_release(s->host, values);
	return status;
}

/* ---- Ranges ---- */

/* Sorted keys, read from one end. */
typedef struct Reader
{
	const uint64_t *keys;
	uint32_t		n;
	uint32_t		read;
	bool			from_above;
} Reader;

static inline uint64_t
next_key(const Reader *r)
{
	return r->from_above ? r->keys[r->n - 1 - r->read] : r->keys[r->read];
}

/* Reads all keys up to this one, and this one, too. */
static void
read_to(Reader *r, uint64_t key)
{
	while (r->read < r->n && (r->from_above ? next_key(r) >= key : next_key(r) <= key))
		r->read++;
}

/* Looks for the longest range at one end of the numbers that is one-sided. */
static SpkStatus
look_at_range(const Search *s, bool above, SpkSide *result)
{
	const SpkSideColumn *c = s->column;
	Reader				 own = {c->keys[s->side], c->known[s->side], 0, above};
	Reader				 others = {c->keys[!s->side], c->known[!s->side], 0, above};
	SpkThings			 things = {.kind = above ? SPK_SIDE_ABOVE : SPK_SIDE_BELOW};
	double				 most_odd = ODD_ROWS * s->among_known * ((double) own.n + others.n);
	uint32_t			 rows[2] = {0, 0};

	/* the others are few as long as this goes on, so it ends soon when there is nothing to find */
	for (uint32_t n = 0; own.read < own.n && others.read <= most_odd; n++)
	{
		uint64_t key = next_key(&own);

		if (n % SPK_POLL_ROWS == 0 && spk_cancelled(s->host))
			return SPK_CANCELLED;
		read_to(&own, key);
		read_to(&others, key);
		if (own.read < MIN_SHARE * s->of_class ||
			!is_one_sided(s, things.kind, (double) own.read + others.read, others.read,
						  s->among_known))
			continue;
		things.key = key;
		rows[s->side] = own.read;
		rows[!s->side] = others.read;
	}
	if (rows[s->side] <= result->rows[s->side])
		return SPK_OK;

	/* so many rows may be of few users */
	{
		SpkSide	  range = {.kind = SPK_SIDE_NONE};
		SpkStatus status = try_things(s, &things, rows, s->among_known, &range);

		if (status == SPK_OK && range.kind != SPK_SIDE_NONE)
		{
			*result = range;
			result->values[0] = spk_number_of_key(things.key);
		}
		return status;
	}
}

/* ---- Columns ---- */

static SpkStatus
look_at_side(const Search *s, SpkSide *result)
{
	const SpkSideColumn *c = s->column;
	bool				 number = c->column->kind == SPK_NUMBER && c->n_distinct > 2;
	SpkStatus			 status;

	status = look_at_missing(s, result);
	if (status != SPK_OK || result->kind != SPK_SIDE_NONE || c->known[0] == 0 || c->known[1] == 0)
		return status;

	/* that users who do much stay is nothing to wonder at */
	if (s->side == 0 && number)
		return SPK_OK;
	if (c->n_distinct > 2)
		status = look_at_others(s, result);
	if (status == SPK_OK && result->kind == SPK_SIDE_NONE)
		status = look_at_values(s, result);

	/* a range must have more rows than the values */
	if (c->column->kind == SPK_CATEGORY || c->n_distinct <= 2 || result->kind == SPK_SIDE_OTHERS)
		return status;
	for (int above = 0; above <= 1 && status == SPK_OK; above++)
		status = look_at_range(s, above, result);
	return status;
}

SpkStatus
spk_one_sided(const SpkHost *host, const SpkSideColumn *column, SpkSide sides[2])
{
	SpkStatus status = SPK_OK;

	memset(sides, 0, 2 * sizeof(SpkSide));
	for (int side = 0; side <= 1 && status == SPK_OK; side++)
	{
		Search s = new_search(host, column, side);

		status = look_at_side(&s, &sides[side]);
	}
	return status;
}

uint64_t
spk_one_sided_size(uint32_t n_rows, bool grouped)
{
	uint64_t frequent = (uint64_t) n_rows / SPK_SIDE_MIN_ROWS + 1;

	return frequent * (2 * sizeof(SpkSideTally) + sizeof(uint32_t)) +
		(grouped ? 2 * sizeof(uint64_t) * (uint64_t) n_rows : 0);
}
