/*
 * panel.c
 *	  The rows of each user in the order of their dates.
 */
#include <math.h>
#include <string.h>

#include "core/judging/panel.h"
#include "core/base/sort.h"
#include "core/rows/time_order.h"

/* So many users show how a column behaves that is not always the same. */
#define ENOUGH_USERS 20000

/* Sets rows to all rows in the order of their times, or as they are when there are none. */
static SpkStatus
order_by_time(const SpkHost *host, const double *times, uint32_t n_rows, uint32_t *rows)
{
	SpkTimeOrder order;
	SpkStatus	 status;

	if (times == NULL)
	{
		for (uint32_t i = 0; i < n_rows; i++)
			rows[i] = i;
		return SPK_OK;
	}
	status = spk_time_order(host, times, n_rows, &order);
	if (status != SPK_OK)
		return status;
	for (uint32_t i = 0; i < n_rows && status == SPK_OK; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			status = SPK_CANCELLED;
		rows[order.places[i]] = i;
	}
	spk_time_order_release(host, &order);
	return status;
}

/* Finds the n different users, and puts their keys into users, ascending.  It has room for 2 n_rows. */
static SpkStatus
find_users(const SpkHost *host, const uint64_t *groups, uint32_t n_rows, uint64_t *users,
		   uint32_t *n)
{
	SpkStatus status;

	*n = 0;
	for (uint32_t i = 0; i < n_rows; i++)
		if (groups[i] != 0)
			users[(*n)++] = groups[i];
	status = spk_sort_u64(host, users, users + n_rows, *n, 0);
	*n = spk_unique_keys(users, *n);
	return status;
}

/*
 * Puts the rows, which are in the order of their times, behind one another user by user.
 * The n users have these keys.
 */
static SpkStatus
deal_rows(const SpkHost *host, const uint64_t *groups, const uint64_t *users, uint32_t n,
		  const uint32_t *by_time, uint32_t n_rows, SpkPanel *panel)
{
	uint32_t *next = panel->starts + 1; /* behind by one, so that they end as the starts */
	uint32_t *user_of = spk_alloc(host, n_rows, sizeof(uint32_t));
	uint32_t  at = 0;
	SpkStatus status = SPK_OK;

	if (user_of == NULL)
		return SPK_NO_MEMORY;
	memset(panel->starts, 0, ((size_t) n + 2) * sizeof(uint32_t));
	for (uint32_t i = 0; i < n_rows && status == SPK_OK; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			status = SPK_CANCELLED;
		user_of[i] = groups[i] == 0 ? n : spk_place_of_key(users, n, groups[i]);
		next[user_of[i]]++;
	}

	/* from how many rows a user has to where they start; those without a user come last */
	for (uint32_t u = 0; u <= n && status == SPK_OK; u++)
	{
		uint32_t rows = next[u];

		next[u] = at;
		at += rows;
	}
	for (uint32_t i = 0; i < n_rows && status == SPK_OK; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			status = SPK_CANCELLED;
		panel->rows[next[user_of[by_time[i]]]++] = by_time[i];
	}
	spk_release(host, user_of);
	panel->n_users = n;
	return status;
}

/* Which users have dates, each of them once? */
static SpkStatus
find_dated(const SpkHost *host, const double *times, SpkPanel *panel)
{
	for (uint32_t u = 0; u < panel->n_users; u++)
	{
		const uint32_t *rows = panel->rows + panel->starts[u];
		uint32_t		n = panel->starts[u + 1] - panel->starts[u];

		if (u % SPK_POLL_NODES == 0 && spk_cancelled(host))
			return SPK_CANCELLED;

		/* rows without a date are the last ones */
		panel->dated[u] = times != NULL && !isnan(times[rows[n - 1]]);
		for (uint32_t i = 1; i < n && panel->dated[u]; i++)
			panel->dated[u] = times[rows[i]] != times[rows[i - 1]];
	}
	return SPK_OK;
}

SpkStatus
spk_panel_new(const SpkHost *host, const uint64_t *groups, const double *times, uint32_t n_rows,
			  SpkPanel *panel)
{
	uint32_t *by_time = spk_alloc(host, n_rows, sizeof(uint32_t));
	uint64_t *users = NULL;
	uint32_t  n = 0;
	SpkStatus status = SPK_NO_MEMORY;

	memset(panel, 0, sizeof(*panel));
	if (by_time != NULL)
		status = order_by_time(host, times, n_rows, by_time);
	if (status == SPK_OK)
	{
		users = spk_alloc(host, n_rows, 2 * sizeof(uint64_t));
		status = users == NULL ? SPK_NO_MEMORY : find_users(host, groups, n_rows, users, &n);
	}

	/* the panel has room for what the users turned out to be */
	if (status == SPK_OK)
	{
		panel->rows = spk_alloc(host, n_rows, sizeof(uint32_t));
		panel->starts = spk_alloc(host, (size_t) n + 2, sizeof(uint32_t));
		panel->dated = spk_alloc(host, n, sizeof(bool));
		if (panel->rows == NULL || panel->starts == NULL || panel->dated == NULL)
			status = SPK_NO_MEMORY;
	}
	if (status == SPK_OK)
		status = deal_rows(host, groups, users, n, by_time, n_rows, panel);
	if (status == SPK_OK)
		status = find_dated(host, times, panel);
	spk_release(host, by_time);
	spk_release(host, users);
	if (status != SPK_OK)
		spk_panel_release(host, panel);
	return status;
}

void
spk_panel_release(const SpkHost *host, SpkPanel *panel)
{
	spk_release(host, panel->rows);
	spk_release(host, panel->starts);
	spk_release(host, panel->dated);
	memset(panel, 0, sizeof(*panel));
}

uint64_t
spk_panel_size(uint32_t n_rows)
{
	uint64_t order = spk_time_order_size(n_rows);
	uint64_t users = ((uint64_t) n_rows + 2) *
		(2 * sizeof(uint64_t) + 3 * sizeof(uint32_t) + sizeof(bool));

	return sizeof(uint32_t) * (uint64_t) n_rows + (order > users ? order : users);
}

/* ---- Columns ---- */

/* Is the value of the row missing? */
static inline bool
is_missing(const SpkColumn *column, uint32_t row)
{
	return column->kind == SPK_CATEGORY ? column->ids[row] == SPK_NO_ID :
										  isnan(column->numbers[row]);
}

/* How the value of row b compares with that of a: 1 for higher, -1 for lower or, of categories, other. */
static inline int
compare_rows(const SpkColumn *column, uint32_t a, uint32_t b)
{
	if (column->kind == SPK_CATEGORY)
		return column->ids[a] == column->ids[b] ? 0 : -1;
	return (column->numbers[b] > column->numbers[a]) - (column->numbers[b] < column->numbers[a]);
}

SpkStatus
spk_panel_look(const SpkHost *host, const SpkPanel *panel, const SpkColumn *column,
			   SpkBehaviour *behaviour)
{
	bool number = column->kind != SPK_CATEGORY;

	memset(behaviour, 0, sizeof(*behaviour));
	for (uint32_t u = 0; u < panel->n_users; u++)
	{
		uint32_t n = 0;
		uint32_t last = 0;
		bool	 same = true;

		if (u >= ENOUGH_USERS && behaviour->n_same < behaviour->n_repeated)
			break;
		if (u % SPK_POLL_NODES == 0 && spk_cancelled(host))
			return SPK_CANCELLED;

		/* rows in which the value is missing are not there */
		for (uint32_t i = panel->starts[u]; i < panel->starts[u + 1]; i++)
		{
			uint32_t row = panel->rows[i];
			int		 order;

			if (is_missing(column, row))
				continue;
			order = n++ > 0 ? compare_rows(column, last, row) : 0;
			same &= order == 0;
			if (n > 1 && panel->dated[u])
			{
				behaviour->n_steps++;
				behaviour->n_up += number && order > 0;
				behaviour->n_down += number && order < 0;
			}
			last = row;
		}
		behaviour->n_users += n > 0;
		behaviour->n_repeated += n > 1;
		behaviour->n_same += n > 1 && same;
	}
	return SPK_OK;
}
