/*
 * active_days.c
 *	  On which days the users of a log were active, and how long they were not.
 */
#include "core/profiles/active_days.h"
#include "core/base/sort.h"

const int32_t spk_horizons[SPK_N_HORIZONS] = {7, 14, 30, 60, 90, 180, 365};

/* The day, since 2000-01-01, that is counted as 0. */
static int32_t
first_day(void)
{
	return spk_day_of(SPK_EARLIEST_EVENT);
}

/* Zeros for each day, and one more; NULL when there is no memory. */
static void *
zeros(const SpkHost *host, int32_t n_days)
{
	void *array = spk_alloc(host, (size_t) n_days + 1, sizeof(uint64_t));

	if (array != NULL)
		memset(array, 0, ((size_t) n_days + 1) * sizeof(uint64_t));
	return array;
}

SpkStatus
spk_active_days_init(SpkActiveDays *days, const SpkHost *host, int32_t last_day)
{
	bool have_all;

	memset(days, 0, sizeof(*days));
	days->host = *host;
	days->n_days = last_day < first_day() ? 0 : last_day - first_day() + 1;
	days->users = zeros(host, days->n_days);
	days->gaps = zeros(host, days->n_days);
	have_all = days->users != NULL && days->gaps != NULL;
	for (int h = 0; h < SPK_N_HORIZONS; h++)
	{
		days->at_risk[h] = zeros(host, days->n_days);
		days->silent[h] = zeros(host, days->n_days);
		have_all = have_all && days->at_risk[h] != NULL && days->silent[h] != NULL;
	}
	if (have_all)
		return SPK_OK;
	spk_active_days_release(days);
	return SPK_NO_MEMORY;
}

void
spk_active_days_release(SpkActiveDays *days)
{
	spk_release(&days->host, days->users);
	spk_release(&days->host, days->gaps);
	for (int h = 0; h < SPK_N_HORIZONS; h++)
	{
		spk_release(&days->host, days->at_risk[h]);
		spk_release(&days->host, days->silent[h]);
	}
}

/* One user more on each of the days from first to last. */
static void
add_range(const SpkActiveDays *days, int64_t *changes, int32_t first, int32_t last)
{
	if (first > last || first > days->n_days)
		return;
	changes[first]++;
	if (last + 1 <= days->n_days)
		changes[last + 1]--;
}

/*
 * Adds an active day, with the one before (-1: none) and after it (INT32_MAX: none).
 * It puts the user at risk on the days behind it, as many as the horizon has, and
 * the user is silent on those of them from which on no event comes in time.
 */
static void
add_day(SpkActiveDays *days, int32_t before, int32_t day, int32_t after)
{
	days->users[day]++;
	if (before >= 0)
	{
		days->gaps[day - before]++;
		days->n_gaps++;
	}
	for (int h = 0; h < SPK_N_HORIZONS; h++)
	{
		int32_t horizon = spk_horizons[h];
		int32_t last = day + horizon;
		int32_t known = before < 0 ? 0 : before + horizon + 1;

		add_range(days, days->at_risk[h], known > day + 1 ? known : day + 1, last);
		if (after - horizon < last)
			last = after - horizon;
		add_range(days, days->silent[h], day + 1, last);
	}
}

SpkStatus
spk_active_days_add(SpkActiveDays *days, const SpkUserTally *tally)
{
	int32_t before = -1;
	int32_t day = -1;

	for (uint32_t i = 0; i < tally->n_blocks; i++)
	{
		int64_t	 next = (int64_t) tally->blocks[i].number * SPK_BLOCK_DAYS;
		uint64_t rest = tally->blocks[i].days;

		for (; rest != 0; rest >>= 1, next++)
		{
			if ((rest & 1) == 0)
				continue;
			if (next >= days->n_days || next <= day)
				return SPK_CORRUPT;
			/* of a day one must know when the next one comes */
			if (day >= 0)
				add_day(days, before, day, (int32_t) next);
			before = day;
			day = (int32_t) next;
		}
	}
	if (day >= 0)
		add_day(days, before, day, INT32_MAX);
	return SPK_OK;
}

int32_t
spk_active_days_count(const SpkActiveDays *days)
{
	int32_t n = 0;

	for (int32_t day = 0; day < days->n_days; day++)
		n += days->users[day] > 0;
	return n;
}

bool
spk_active_days_end(const SpkActiveDays *days, int32_t *end, uint64_t *median, SpkStatus *status)
{
	uint32_t  n = 0;
	uint64_t *counts = spk_alloc(&days->host, (size_t) days->n_days + 1, 2 * sizeof(uint64_t));
	bool	  found = false;

	*status = SPK_NO_MEMORY;
	if (counts == NULL)
		return false;
	for (int32_t day = 0; day < days->n_days; day++)
		if (days->users[day] > 0)
			counts[n++] = days->users[day];
	*status = spk_sort_u64(&days->host, counts, counts + n, n, 0);
	*median = n == 0 ? 0 : counts[(n - 1) / 2];
	spk_release(&days->host, counts);
	for (int32_t day = days->n_days; day-- > 0 && !found && n > 0;)
	{
		/* ten times the users: without fractions */
		found = days->users[day] > 0 && 10 * days->users[day] >= *median;
		*end = day + first_day();
	}
	return *status == SPK_OK && found;
}

int32_t
spk_active_days_gap(const SpkActiveDays *days, double share)
{
	uint64_t n = 0;

	for (int32_t length = 1; length <= days->n_days; length++)
	{
		n += days->gaps[length];
		if (n > 0 && (double) n >= share * (double) days->n_gaps)
			return length;
	}
	return 0;
}

uint64_t
spk_active_days_within(const SpkActiveDays *days, int32_t length)
{
	uint64_t n = 0;

	for (int32_t i = 1; i <= length && i <= days->n_days; i++)
		n += days->gaps[i];
	return n;
}

SpkSilence
spk_active_days_silence(const SpkActiveDays *days, int horizon, int32_t end)
{
	SpkSilence silence = {end - spk_horizons[horizon], 0, 0};
	int32_t	   last = silence.as_of - first_day();
	int64_t	   at_risk = 0;
	int64_t	   silent = 0;

	for (int32_t day = 0; day <= last && day <= days->n_days; day++)
	{
		at_risk += days->at_risk[horizon][day];
		silent += days->silent[horizon][day];
	}
	silence.at_risk = (uint64_t) at_risk;
	silence.silent = (uint64_t) silent;
	return silence;
}
