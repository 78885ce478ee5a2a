/*
 * whole_history.c
 *	  Columns that know what users do after the date of their row.
 */
#include <math.h>
#include <string.h>

#include "core/judging/whole_history.h"
#include "core/base/sort.h"

/* Ranks of so many users say enough, or of fewer where there are more than so many pairs. */
#define MAX_USERS 20000
#define MIN_USERS 300
#define MAX_PAIRS 200

/* The correlation with so many columns that grow is looked at. */
#define MAX_GROWING 50

/* A column grows when it rises in such a share of its steps, and hardly ever falls. */
#define MIN_UP	 0.05
#define MAX_DOWN 0.001

/* It is what another one grows into when so many users, and so many values of theirs, show it. */
#define MIN_EQUAL		 10
#define MIN_EQUAL_VALUES 5

/* It knows the growth of another one when the correlation is at least this. */
#define MIN_CORRELATION 0.8

/* Work space, with room for MAX_USERS, twice that of keys. */
typedef struct Work
{
	uint64_t *keys;
	double	 *whole;  /* the column's value of each user */
	double	 *first;  /* of the other column: its value in the first row */
	double	 *growth; /* and what is added up to the last one */
	double	 *last;
	uint32_t  n;
} Work;

bool
spk_history_is_constant(const SpkBehaviour *behaviour)
{
	return behaviour->n_repeated >= SPK_HISTORY_MIN_USERS &&
		behaviour->n_same == behaviour->n_repeated;
}

static bool
grows(const SpkBehaviour *b)
{
	return b->n_repeated >= SPK_HISTORY_MIN_USERS && b->n_up >= MIN_UP * (double) b->n_steps &&
		b->n_up > 0 && b->n_down <= MAX_DOWN * (double) b->n_steps;
}

/* The first of n rows in which the column is known, from the front or from the back; n: none. */
static uint32_t
known_row(const double *numbers, const uint32_t *rows, uint32_t n, bool back)
{
	for (uint32_t i = 0; i < n; i++)
		if (!isnan(numbers[rows[back ? n - 1 - i : i]]))
			return back ? n - 1 - i : i;
	return n;
}

/*
 * Takes from up to max dated users who have two rows what both columns have; none when
 * they are too few.  When it is about what the other one grows into, there are none
 * either if the whole is less for a user.
 */
static SpkStatus
take_users(const SpkHost *host, const SpkPanel *panel, const double *whole, const double *other,
		   bool grown, uint32_t max, Work *w)
{
	w->n = 0;
	for (uint32_t u = 0; u < panel->n_users && w->n < max; u++)
	{
		const uint32_t *rows = panel->rows + panel->starts[u];
		uint32_t		n = panel->starts[u + 1] - panel->starts[u];
		uint32_t		value = known_row(whole, rows, n, false);
		uint32_t		from = known_row(other, rows, n, false);
		uint32_t		to = known_row(other, rows, n, true);

		if (u % SPK_POLL_NODES == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (!panel->dated[u] || value == n || from == to || from == n)
			continue;

		/* most columns are no totals of others, which shows soon */
		if (grown && whole[rows[value]] < other[rows[to]])
		{
			w->n = 0;
			return SPK_OK;
		}
		w->whole[w->n] = whole[rows[value]];
		w->first[w->n] = other[rows[from]];
		w->last[w->n] = other[rows[to]];
		w->growth[w->n] = other[rows[to]] - other[rows[from]];
		w->n++;
	}
	if (w->n < SPK_HISTORY_MIN_USERS)
		w->n = 0;
	return SPK_OK;
}

/*
 * Counts the users for whom the other column has grown and is now what the whole one is;
 * 0 when they are too few, or have too few values.
 */
static SpkStatus
count_equal(const SpkHost *host, Work *w, uint32_t *n_equal)
{
	uint32_t  n = 0;
	SpkStatus status;

	for (uint32_t i = 0; i < w->n; i++)
		if (w->whole[i] == w->last[i] && w->growth[i] > 0)
			w->keys[n++] = spk_key_of_number(w->whole[i]);
	*n_equal = n >= MIN_EQUAL ? n : 0;
	status = spk_sort_u64(host, w->keys, w->keys + MAX_USERS, n, 0);
	if (status == SPK_OK && spk_unique_keys(w->keys, n) < MIN_EQUAL_VALUES)
		*n_equal = 0;
	return status;
}

/* The place of the first of n sorted keys that is not below this one. */
static uint32_t
lower_bound(const uint64_t *keys, uint32_t n, uint64_t key)
{
	uint32_t low = 0;
	uint32_t high = n;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (keys[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Puts ranks in place of numbers, less their mean; equal ones share theirs. */
static SpkStatus
rank_numbers(const SpkHost *host, Work *w, double *numbers)
{
	SpkStatus status;

	for (uint32_t i = 0; i < w->n; i++)
		w->keys[i] = spk_key_of_number(numbers[i]);
	status = spk_sort_u64(host, w->keys, w->keys + MAX_USERS, w->n, 0);
	for (uint32_t i = 0; i < w->n && status == SPK_OK; i++)
	{
		uint64_t key = spk_key_of_number(numbers[i]);

		/* from the first to the last of its equals, halved, and from 0 on */
		numbers[i] = (lower_bound(w->keys, w->n, key) + lower_bound(w->keys, w->n, key + 1)) / 2.0 -
			w->n / 2.0;
	}
	return status;
}

/* The correlation of numbers whose means are 0; 0 when either does not vary. */
static double
correlation(const double *a, const double *b, uint32_t n)
{
	double ab = 0;
	double aa = 0;
	double bb = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		ab += a[i] * b[i];
		aa += a[i] * a[i];
		bb += b[i] * b[i];
	}
	return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

/* How the whole goes with the growth, beyond what the first value says of both. */
static SpkStatus
partial_correlation(const SpkHost *host, Work *w, double *result)
{
	double	 *columns[] = {w->whole, w->growth, w->first};
	SpkStatus status = SPK_OK;
	double	  wg;
	double	  wf;
	double	  gf;
	double	  rest;

	for (int i = 0; i < 3 && status == SPK_OK; i++)
		status = rank_numbers(host, w, columns[i]);
	wg = correlation(w->whole, w->growth, w->n);
	wf = correlation(w->whole, w->first, w->n);
	gf = correlation(w->growth, w->first, w->n);
	rest = (1 - wf * wf) * (1 - gf * gf);

	/* one that says what the other does leaves nothing to be known beyond it */
	*result = rest > 1e-6 ? (wg - wf * gf) / sqrt(rest) : 0;
	return status;
}

/* What is compared with what. */
typedef struct History
{
	const SpkHost	   *host;
	const SpkTable	   *table;
	const SpkPanel	   *panel;
	const SpkBehaviour *behaviours;
	const double	   *whole;
	Work				work;
} History;

/* Does this column grow? */
static bool
is_growing(const History *h, uint32_t column)
{
	return h->table->columns[column].kind == SPK_NUMBER && grows(&h->behaviours[column]);
}

/* Looks for a column that grows into the whole. */
static SpkStatus
find_grown(History *h, SpkWholeHistory *result)
{
	for (uint32_t i = 0; i < h->table->n_columns && result->n_equal == 0; i++)
	{
		uint32_t  n_equal;
		SpkStatus status;

		if (!is_growing(h, i))
			continue;
		status = take_users(h->host, h->panel, h->whole, h->table->columns[i].numbers, true,
							MAX_USERS, &h->work);
		if (status == SPK_OK)
			status = count_equal(h->host, &h->work, &n_equal);
		if (status != SPK_OK)
			return status;
		if (n_equal > 0)
			*result = (SpkWholeHistory) {i, h->work.n, n_equal, 0};
	}
	return SPK_OK;
}

/* How many users to look at for each pair of a constant column and one that grows. */
static uint32_t
users_of_pairs(const History *h)
{
	double n_constant = 0;
	double n_growing = 0;
	double n;

	for (uint32_t i = 0; i < h->table->n_columns; i++)
	{
		n_growing += is_growing(h, i);
		n_constant += spk_history_is_constant(&h->behaviours[i]);
	}
	n = n_constant * (n_growing < MAX_GROWING ? n_growing : MAX_GROWING);
	if (n <= MAX_PAIRS)
		return MAX_USERS;
	n = MAX_USERS * (MAX_PAIRS / n);
	return n < MIN_USERS ? MIN_USERS : (uint32_t) n;
}

/* Looks for the column whose growth the whole knows best. */
static SpkStatus
find_foretold(History *h, SpkWholeHistory *result)
{
	uint32_t n_growing = 0;
	uint32_t max = users_of_pairs(h);

	for (uint32_t i = 0; i < h->table->n_columns && n_growing < MAX_GROWING; i++)
	{
		double	  r;
		SpkStatus status;

		if (!is_growing(h, i))
			continue;
		n_growing++;
		status = take_users(h->host, h->panel, h->whole, h->table->columns[i].numbers, false, max,
							&h->work);
		if (status == SPK_OK)
			status = partial_correlation(h->host, &h->work, &r);
		if (status != SPK_OK)
			return status;

		/* a total may also count backwards, as days since something do */
		if (fabs(r) >= MIN_CORRELATION && fabs(r) > fabs(result->correlation))
			*result = (SpkWholeHistory) {i, h->work.n, 0, r};
	}
	return SPK_OK;
}

SpkStatus
spk_whole_history(const SpkHost *host, const SpkTable *table, const SpkPanel *panel,
				  const SpkBehaviour *behaviours, uint32_t column, SpkWholeHistory *result)
{
	History	  h = {.host = host, .table = table, .panel = panel, .behaviours = behaviours};
	Work	 *w = &h.work;
	SpkStatus status = SPK_NO_MEMORY;

	h.whole = table->columns[column].numbers;
	w->keys = spk_alloc(host, MAX_USERS, 2 * sizeof(uint64_t));
	w->whole = spk_alloc(host, MAX_USERS, sizeof(double));
	w->first = spk_alloc(host, MAX_USERS, sizeof(double));
	w->growth = spk_alloc(host, MAX_USERS, sizeof(double));
	w->last = spk_alloc(host, MAX_USERS, sizeof(double));
	*result = (SpkWholeHistory) {.like = SPK_NO_COLUMN};

	/* that a column is what another one comes to says more than that it knows of it */
	if (w->keys != NULL && w->whole != NULL && w->first != NULL && w->growth != NULL &&
		w->last != NULL)
		status = find_grown(&h, result);
	if (status == SPK_OK && result->n_equal == 0)
		status = find_foretold(&h, result);
	spk_release(host, w->keys);
	spk_release(host, w->whole);
	spk_release(host, w->first);
	spk_release(host, w->growth);
	spk_release(host, w->last);
	return status;
}

uint64_t
spk_whole_history_size(void)
{
	return MAX_USERS * (2 * sizeof(uint64_t) + 4 * sizeof(double));
}
