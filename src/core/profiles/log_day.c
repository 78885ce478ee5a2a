/*
 * log_day.c
 *	  One user's UTC day in any log.
 */
#include "core/base/merge_sort.h"
#include "core/profiles/log_day.h"
#include "core/profiles/slice.h"

#define FIRST_ROOM 4

/* Sorting fewer than this by insertion beats a call for each comparison. */
#define FEW 12

void
spk_log_day_init(SpkLogDay *day)
{
	memset(day, 0, sizeof(*day));
	day->last_level_ts = SPK_NO_TIME;
}

void
spk_log_day_release(const SpkHost *host, SpkLogDay *day)
{
	spk_release(host, day->counts);
	spk_release(host, day->levels);
	spk_release(host, day->sessions);
	spk_log_day_init(day);
}

void
spk_log_day_start(SpkLogDay *day, int32_t number)
{
	day->day = number;
	day->last_level = SPK_NAME_OTHER;
	day->last_level_ts = SPK_NO_TIME;
	day->hours = 0;
	day->n_counts = 0;
	day->n_levels = 0;
	day->n_sessions = 0;
}

/* Twice the room (or the first) for an array that fills it; NULL when there is no memory. */
static void *
enlarge(const SpkHost *host, void *array, uint32_t *room, size_t size)
{
	uint32_t more = *room == 0 ? FIRST_ROOM : 2 * *room;
	void	*larger = more > *room ? spk_alloc(host, more, size) : NULL;

	if (larger == NULL)
		return NULL;
	if (array != NULL)
	{
		memcpy(larger, array, *room * size);
		spk_release(host, array);
	}
	*room = more;
	return larger;
}

bool
spk_log_day_grow_counts(const SpkHost *host, SpkLogDay *day)
{
	SpkDayCount *counts = enlarge(host, day->counts, &day->counts_room, sizeof(SpkDayCount));

	if (counts == NULL)
		return false;
	day->counts = counts;
	return true;
}

bool
spk_log_day_grow_levels(const SpkHost *host, SpkLogDay *day)
{
	SpkDayLevel *levels = enlarge(host, day->levels, &day->levels_room, sizeof(SpkDayLevel));

	if (levels == NULL)
		return false;
	day->levels = levels;
	return true;
}

bool
spk_log_day_grow_sessions(const SpkHost *host, SpkLogDay *day)
{
	SpkDaySession *sessions = enlarge(host, day->sessions, &day->sessions_room,
									  sizeof(SpkDaySession));

	if (sessions == NULL)
		return false;
	day->sessions = sessions;
	return true;
}

void
spk_log_day_see_level(SpkLogDay *day, const SpkDictionary *names, uint32_t level, int64_t ts)
{
	if (ts > day->last_level_ts ||
		(ts == day->last_level_ts && ts != SPK_NO_TIME &&
		 spk_dictionary_rank(names, level, day->last_level) < 0))
	{
		day->last_level = level;
		day->last_level_ts = ts;
	}
}

SpkStatus
spk_log_day_append(const SpkHost *host, SpkLogDay *day, const SpkDictionary *names,
				   const SpkLogDay *other)
{
	/* parts of one name, level or session meet when the day is normalised */
	for (uint32_t i = 0; i < other->n_counts; i++)
	{
		SpkDayCount *count = spk_log_day_count(host, day);

		if (count == NULL)
			return SPK_NO_MEMORY;
		*count = other->counts[i];
	}
	for (uint32_t i = 0; i < other->n_levels; i++)
	{
		SpkDayLevel *level = spk_log_day_level(host, day);

		if (level == NULL)
			return SPK_NO_MEMORY;
		*level = other->levels[i];
	}
	for (uint32_t i = 0; i < other->n_sessions; i++)
	{
		SpkDaySession *session = spk_log_day_session(host, day);

		if (spk_poll_sessions(host, i))
			return SPK_CANCELLED;
		if (session == NULL)
			return SPK_NO_MEMORY;
		*session = other->sessions[i];
	}
	day->hours = spk_add_hours(day->hours, other->hours);
	if (other->last_level_ts != SPK_NO_TIME)
		spk_log_day_see_level(day, names, other->last_level, other->last_level_ts);
	return SPK_OK;
}

static int
compare_counts(const void *a, const void *b)
{
	uint32_t x = ((const SpkDayCount *) a)->name;
	uint32_t y = ((const SpkDayCount *) b)->name;

	return (x > y) - (x < y);
}

static int
compare_levels(const void *a, const void *b)
{
	uint32_t x = ((const SpkDayLevel *) a)->level;
	uint32_t y = ((const SpkDayLevel *) b)->level;

	return (x > y) - (x < y);
}

/* Parts of one session stand together, by their first event. */
static int
compare_identities(const void *a, const void *b)
{
	const SpkDaySession *x = a;
	const SpkDaySession *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

/* The order in which sessions are kept: by first event, then by what tells them apart. */
static int
compare_sessions(const void *a, const void *b)
{
	const SpkDaySession *x = a;
	const SpkDaySession *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return compare_identities(a, b);
}

/* spk_merge_sort, with few things sorted by insertion. */
static SpkStatus
sort(const SpkHost *host, void *array, uint32_t n, size_t size, SpkCompare compare)
{
	char *base = array;
	char  moved[sizeof(SpkDaySession)]; /* the largest that is sorted so */

	if (n > FEW)
		return spk_merge_sort(host, array, n, size, compare);
	for (uint32_t i = 1; i < n; i++)
	{
		uint32_t at = i;

		if (compare(base + (i - 1) * size, base + i * size) <= 0)
			continue;
		memcpy(moved, base + i * size, size);
		for (; at > 0 && compare(base + (at - 1) * size, moved) > 0; at--)
			memcpy(base + at * size, base + (at - 1) * size, size);
		memcpy(base + at * size, moved, size);
	}
	return SPK_OK;
}

/* As sort; most of the work of closing a day would be calls of the comparison. */
static SpkStatus
sort_counts(const SpkHost *host, SpkDayCount *counts, uint32_t n)
{
	if (n > FEW)
		return spk_merge_sort(host, counts, n, sizeof(SpkDayCount), compare_counts);
	for (uint32_t i = 1; i < n; i++)
	{
		SpkDayCount count = counts[i];
		uint32_t	at = i;

		for (; at > 0 && counts[at - 1].name > count.name; at--)
			counts[at] = counts[at - 1];
		counts[at] = count;
	}
	return SPK_OK;
}

static SpkStatus
normalise_counts(const SpkHost *host, SpkLogDay *day)
{
	SpkDayCount *counts = day->counts;
	uint32_t	 n = 0;
	SpkStatus	 status = sort_counts(host, counts, day->n_counts);

	if (status != SPK_OK)
		return status;
	for (uint32_t i = 0; i < day->n_counts; i++)
	{
		SpkDayCount *last = &counts[n - 1];

		if (n == 0 || last->name != counts[i].name)
		{
			counts[n++] = counts[i];
			continue;
		}
		last->events = spk_add_count(last->events, counts[i].events);
		last->valued = spk_add_count(last->valued, counts[i].valued);
		last->gained = spk_add_amount(last->gained, counts[i].gained);
		last->refunded = spk_add_amount(last->refunded, counts[i].refunded);
	}
	day->n_counts = n;
	return SPK_OK;
}

static SpkStatus
normalise_levels(const SpkHost *host, SpkLogDay *day)
{
	SpkDayLevel *levels = day->levels;
	uint32_t	 n = 0;
	SpkStatus	 status = sort(host, levels, day->n_levels, sizeof(SpkDayLevel), compare_levels);

	if (status != SPK_OK)
		return status;
	for (uint32_t i = 0; i < day->n_levels; i++)
	{
		if (n > 0 && levels[n - 1].level == levels[i].level)
			levels[n - 1].events = spk_add_count(levels[n - 1].events, levels[i].events);
		else
			levels[n++] = levels[i];
	}
	day->n_levels = n;
	return SPK_OK;
}

/* Are these, in the order of compare_identities, parts of one session? */
static bool
is_same_session(const SpkDaySession *a, const SpkDaySession *b)
{
	if (a->kind != b->kind || a->id != b->id)
		return false;
	return a->kind != SPK_SESSION_DERIVED || b->first - a->last < SPK_SESSION_GAP;
}

static SpkStatus
normalise_sessions(const SpkHost *host, SpkLogDay *day)
{
	SpkDaySession *sessions = day->sessions;
	uint32_t	   n = 0;
	SpkStatus	   status = sort(host, sessions, day->n_sessions, sizeof(SpkDaySession),
								 compare_identities);

	if (status != SPK_OK)
		return status;
	for (uint32_t i = 0; i < day->n_sessions; i++)
	{
		if (n > 0 && is_same_session(&sessions[n - 1], &sessions[i]))
			sessions[n - 1].last = spk_later(sessions[n - 1].last, sessions[i].last);
		else
			sessions[n++] = sessions[i];
	}
	day->n_sessions = n;
	return sort(host, sessions, n, sizeof(SpkDaySession), compare_sessions);
}

SpkStatus
spk_log_day_normalise_names(const SpkHost *host, SpkLogDay *day)
{
	SpkStatus status = normalise_counts(host, day);

	return status == SPK_OK ? normalise_levels(host, day) : status;
}

SpkStatus
spk_log_day_normalise(const SpkHost *host, SpkLogDay *day)
{
	SpkStatus status = spk_log_day_normalise_names(host, day);

	return status == SPK_OK ? normalise_sessions(host, day) : status;
}

uint64_t
spk_log_day_events(const SpkLogDay *day)
{
	uint64_t events = 0;

	for (uint32_t i = 0; i < day->n_counts; i++)
		events += day->counts[i].events;
	return events;
}

bool
spk_log_day_has_one_level(const SpkLogDay *day)
{
	return day->n_levels == 1 && day->levels[0].events == spk_log_day_events(day) &&
		day->last_level_ts == spk_log_day_last(day);
}

int64_t
spk_log_day_first(const SpkLogDay *day)
{
	int64_t first = day->sessions[0].first;

	for (uint32_t i = 1; i < day->n_sessions; i++)
		first = spk_earlier(first, day->sessions[i].first);
	return first;
}

int64_t
spk_log_day_last(const SpkLogDay *day)
{
	int64_t last = day->sessions[0].last;

	for (uint32_t i = 1; i < day->n_sessions; i++)
		last = spk_later(last, day->sessions[i].last);
	return last;
}

/* Events that the others cannot exceed: no bound once a count sticks. */
static uint64_t
most_events(const SpkLogDay *day)
{
	uint64_t events = 0;

	for (uint32_t i = 0; i < day->n_counts; i++)
	{
		if (day->counts[i].events == UINT32_MAX)
			return UINT64_MAX;
		events += day->counts[i].events;
	}
	return events;
}

/* Have the sessions times of this day, and no more events than there are? */
static bool
sessions_are_sound(const SpkLogDay *day, uint64_t events)
{
	int64_t	 start = day->day * SPK_USECS_PER_DAY;
	uint64_t needed = 0;

	for (uint32_t i = 0; i < day->n_sessions; i++)
	{
		const SpkDaySession *s = &day->sessions[i];

		if (s->first < SPK_MIN_TIME || s->last > SPK_MAX_TIME || s->last < s->first ||
			s->first < start || s->last - start >= SPK_USECS_PER_DAY)
			return false;
		if (s->kind == SPK_SESSION_DERIVED && s->id != 0)
			return false;
		/* one that lasts has an event at either end */
		needed += s->first < s->last ? 2 : 1;
	}
	return day->n_sessions > 0 && needed <= events;
}

/* Does the last level stand among the day's, at a time of the day? */
static bool
levels_are_sound(const SpkLogDay *day, uint64_t events)
{
	uint64_t leveled = 0;
	bool	 found = false;

	for (uint32_t i = 0; i < day->n_levels; i++)
	{
		leveled += day->levels[i].events;
		found = found || day->levels[i].level == day->last_level;
		if (day->levels[i].events == 0)
			return false;
	}
	if (day->n_levels == 0)
		return day->last_level_ts == SPK_NO_TIME;
	return found && leveled <= events && day->last_level_ts >= spk_log_day_first(day) &&
		day->last_level_ts <= spk_log_day_last(day);
}

bool
spk_log_day_is_sound(const SpkLogDay *day)
{
	uint64_t events = most_events(day);

	for (uint32_t i = 0; i < day->n_counts; i++)
	{
		const SpkDayCount *c = &day->counts[i];

		if (c->events == 0 || c->valued > c->events || c->gained < 0 || c->refunded < 0 ||
			(c->valued == 0 && (c->gained > 0 || c->refunded > 0)))
			return false;
	}
	return day->n_counts > 0 && sessions_are_sound(day, events) && levels_are_sound(day, events) &&
		day->hours <= INT64_MAX && (day->hours + 22) / 23 <= events;
}
