/*
 * retention.c
 *	  Who comes back: of the users of each period, how many are active in those after it.
 */
#include "core/judging/retention.h"

#include "core/base/calendar.h"
#include "core/base/hash.h"
#include "core/base/merge_sort.h"

#define FIRST_PLACES 64

/* 2000-01-03 was a Monday. */
#define FIRST_MONDAY 2

/* ---- Periods ---- */

int32_t
spk_period_of_day(SpkCohortPeriod period, int32_t day)
{
	int64_t since = (int64_t) day - FIRST_MONDAY;

	switch (period)
	{
		case SPK_PERIOD_WEEK:
			return (int32_t) (since >= 0 ? since / 7 : -((6 - since) / 7));
		case SPK_PERIOD_MONTH:
			return spk_month_of_day(day);
		default:
			return day;
	}
}

int32_t
spk_period_start(SpkCohortPeriod period, int32_t number)
{
	switch (period)
	{
		case SPK_PERIOD_WEEK:
			return number * 7 + FIRST_MONDAY;
		case SPK_PERIOD_MONTH:
			return spk_first_day_of_month(number);
		default:
			return number;
	}
}

/* ---- Counts ---- */

/* The place of a count, or a free one. */
static SpkRetentionCount *
find(SpkRetentionCount *counts, uint32_t n_places, int32_t cohort, int32_t age)
{
	uint64_t hash = spk_hash_combine((uint64_t) cohort, (uint64_t) age);
	uint32_t at = (uint32_t) hash & (n_places - 1);

	while (counts[at].users > 0 && (counts[at].cohort != cohort || counts[at].age != age))
		at = (at + 1) & (n_places - 1);
	return &counts[at];
}

static SpkStatus
grow(const SpkHost *host, SpkRetention *r)
{
	uint32_t		   n = r->n_places == 0 ? FIRST_PLACES : 2 * r->n_places;
	SpkRetentionCount *counts = spk_alloc(host, n, sizeof(SpkRetentionCount));

	if (counts == NULL)
		return SPK_NO_MEMORY;
	memset(counts, 0, n * sizeof(SpkRetentionCount));
	for (uint32_t i = 0; i < r->n_places; i++)
		if (r->counts[i].users > 0)
			*find(counts, n, r->counts[i].cohort, r->counts[i].age) = r->counts[i];
	spk_release(host, r->counts);
	r->counts = counts;
	r->n_places = n;
	return SPK_OK;
}

static SpkStatus
count(const SpkHost *host, SpkRetention *r, int32_t cohort, int32_t age, uint64_t users)
{
	SpkStatus		   status = 2 * r->n >= r->n_places ? grow(host, r) : SPK_OK;
	SpkRetentionCount *place;

	if (status != SPK_OK)
		return status;
	place = find(r->counts, r->n_places, cohort, age);
	r->n += place->users == 0;
	*place = (SpkRetentionCount) {cohort, age, place->users + users};
	return SPK_OK;
}

SpkStatus
spk_retention_add(const SpkHost *host, SpkRetention *r, SpkRetentionUser *user, int32_t day)
{
	int32_t number = spk_period_of_day(r->period, day);

	if (day >= r->until || (user->seen && number == user->last))
		return SPK_OK;
	if (!user->seen)
	{
		user->seen = true;
		user->cohort = number;
		r->n_users++;
	}
	user->last = number;
	return count(host, r, user->cohort, number - user->cohort, 1);
}

SpkStatus
spk_retention_merge(const SpkHost *host, SpkRetention *r, const SpkRetention *from)
{
	SpkStatus status = spk_cancelled(host) ? SPK_CANCELLED : SPK_OK;

	for (uint32_t i = 0; i < from->n_places && status == SPK_OK; i++)
		if (from->counts[i].users > 0)
			status = count(host, r, from->counts[i].cohort, from->counts[i].age,
						   from->counts[i].users);
	r->n_users += from->n_users;
	return status;
}

void
spk_retention_release(const SpkHost *host, SpkRetention *r)
{
	spk_release(host, r->counts);
	r->counts = NULL;
	r->n = r->n_places = 0;
}

/* ---- The matrix ---- */

static int
compare_counts(const void *a, const void *b)
{
	const SpkRetentionCount *x = a;
	const SpkRetentionCount *y = b;

	if (x->cohort != y->cohort)
		return x->cohort < y->cohort ? -1 : 1;
	return x->age < y->age ? -1 : x->age > y->age;
}

/* The counts by cohort and age, in host memory. */
static SpkStatus
sort_counts(const SpkHost *host, const SpkRetention *r, SpkRetentionCount **sorted)
{
	uint32_t n = 0;

	*sorted = spk_alloc(host, r->n, sizeof(SpkRetentionCount));
	if (*sorted == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t i = 0; i < r->n_places; i++)
		if (r->counts[i].users > 0)
			(*sorted)[n++] = r->counts[i];
	return spk_merge_sort(host, *sorted, n, sizeof(SpkRetentionCount), compare_counts);
}

/* How many cells the cohorts have, up to this last period. */
static uint64_t
count_cells(const SpkRetentionCount *sorted, uint32_t n, int32_t last)
{
	uint64_t cells = 0;

	for (uint32_t i = 0; i < n; i++)
		if (sorted[i].age == 0)
			cells += (uint64_t) ((int64_t) last - sorted[i].cohort + 1);
	return cells;
}

static uint32_t
fill_cells(const SpkRetention *r, const SpkRetentionCount *sorted, int32_t last,
		   SpkRetentionCell *cells)
{
	uint32_t n = 0;

	/* counts begin with age 0, in which all are active */
	for (uint32_t i = 0; i < r->n;)
	{
		int32_t	 cohort = sorted[i].cohort;
		uint64_t users = sorted[i].users;

		for (int32_t age = 0; age <= last - cohort; age++, n++)
		{
			bool has = i < r->n && sorted[i].cohort == cohort && sorted[i].age == age;

			cells[n] = (SpkRetentionCell) {spk_period_start(r->period, cohort), age, users,
										   has ? sorted[i].users : 0,
										   spk_period_start(r->period, cohort + age + 1) <=
											   r->until};
			i += has;
		}
	}
	return n;
}

SpkStatus
spk_retention_cells(const SpkHost *host, const SpkRetention *r, SpkRetentionCell **cells,
					uint32_t *n)
{
	int32_t			   last = spk_period_of_day(r->period, r->until - 1);
	SpkRetentionCount *sorted = NULL;
	SpkStatus		   status = sort_counts(host, r, &sorted);
	uint64_t		   size = status == SPK_OK ? count_cells(sorted, r->n, last) : 0;

	*cells = NULL;
	*n = 0;
	if (status == SPK_OK && size > SPK_MAX_RETENTION_CELLS)
		status = SPK_LIMIT;
	if (status == SPK_OK)
	{
		*cells = spk_alloc(host, (size_t) size, sizeof(SpkRetentionCell));
		status = *cells == NULL ? SPK_NO_MEMORY : SPK_OK;
	}
	if (status == SPK_OK)
		*n = fill_cells(r, sorted, last, *cells);
	spk_release(host, sorted);
	return status;
}
