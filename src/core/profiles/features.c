/*
 * features.c
 *	  From the bytes of a profile to feature columns and labels.
 *
 * One pass over the slices, which are in the order of session and day, adds them up
 * to an SpkActivity.  feature_list.h tells what each feature makes of that.
 */
#include <math.h>

#include "core/profiles/features.h"
#include "core/base/sort.h"

#define N_TRENDS 2

static const int32_t trend_days[N_TRENDS] = {7, 14};

/* What the slices before as_of add up to.  Times are SPK_NO_TIME when there is none. */
typedef struct SpkActivity
{
	/* of all events */
	int32_t	 first_day;
	int32_t	 last_day;
	uint32_t sessions;
	/* of all events but those of the two cancel pages, from here on */
	uint32_t used_sessions;
	uint32_t song_sessions; /* sessions with a NextSong */
	uint32_t active_days;	/* distinct days with an event */
	int32_t	 first_used_day;
	int32_t	 reference_day; /* what these two are, feature_list.h says */
	int64_t	 reference;
	int32_t	 days_known; /* from first_used_day to reference_day */
	int64_t	 last_ts;
	int64_t	 first_start; /* the start of the session that started first */
	int64_t	 last_start;  /* the start of the session that started last */
	uint64_t events;
	uint64_t paid;
	/* sums in the order of slices: exact up to 2^53, and they never overflow */
	double	 session_us; /* of the sessions' lengths */
	double	 play_hours;
	double	 listened_us;
	uint64_t pages[SPK_N_PAGES];
	uint64_t recent_songs[N_TRENDS]; /* NextSong events in the last trend_days days */
	/* the last known ones */
	SpkGender gender;
	SpkLevel  level;
	int64_t	  level_ts;
	int64_t	  registration;
} SpkActivity;

/*
 * The days of slices with an event that counts, for when the reference day is
 * known.  Each holds the number of songs in its lower half, and the day above it,
 * mapped so that numbers sort as days do.
 */
typedef struct UsedDays
{
	uint64_t *at; /* has room for one of each slice */
	uint32_t  n;
} UsedDays;

/* This many, more than most users have, need no memory of the host. */
#define FEW_DAYS 256

#define SONG_BITS 32
#define DAY_SIGN  (UINT32_C(1) << 31)

static inline uint64_t
used_day(int32_t day, uint32_t songs)
{
	return (uint64_t) ((uint32_t) day ^ DAY_SIGN) << SONG_BITS | songs;
}

static inline int32_t
day_of_used(uint64_t used)
{
	return (int32_t) ((uint32_t) (used >> SONG_BITS) ^ DAY_SIGN);
}

/* The session that the pass over the slices is in. */
typedef struct OpenSession
{
	bool	any; /* false before the first slice */
	int64_t session;
	bool	songs;	  /* it has a NextSong */
	int64_t first_ts; /* SPK_NO_TIME when it has no event that counts */
	int64_t last_ts;
} OpenSession;

const SpkFeatureType spk_profile_feature_types[SPK_N_PROFILE_FEATURES] = {
#define SPK_FEATURE_ITEM(name, type, value, formula) SPK_TYPE_##type,
#include "core/profiles/feature_list.h"
#undef SPK_FEATURE_ITEM
};

static inline double
ratio_or(double numerator, double denominator, double otherwise)
{
	return denominator > 0 ? numerator / denominator : otherwise;
}

/* Returns the days from a to b, with a fraction; NaN when either is unknown. */
static inline double
days_between(int64_t a, int64_t b)
{
	if (a == SPK_NO_TIME || b == SPK_NO_TIME)
		return NAN;
	return ((double) b - (double) a) / (double) SPK_USECS_PER_DAY;
}

/* Compares the songs a day lately with those before; -1 .. 1. */
static double
trend(const SpkActivity *a, int which)
{
	int32_t earlier_days = a->days_known - trend_days[which];
	double	recent = (double) a->recent_songs[which] / trend_days[which];
	double	before;

	if (earlier_days <= 0)
		return NAN;
	before = (double) (a->pages[SPK_PAGE_NEXT_SONG] - a->recent_songs[which]) / earlier_days;
	return ratio_or(recent - before, recent + before, NAN);
}

static void
close_session(SpkActivity *a, const OpenSession *s)
{
	if (!s->any)
		return;
	a->sessions++;
	if (s->songs)
		a->song_sessions++;
	if (s->first_ts == SPK_NO_TIME)
		return;
	a->used_sessions++;
	a->session_us += (double) s->last_ts - (double) s->first_ts;
	if (a->first_start == SPK_NO_TIME || s->first_ts < a->first_start)
		a->first_start = s->first_ts;
	if (s->first_ts > a->last_start)
		a->last_start = s->first_ts;
}

static void
add_to_session(SpkActivity *a, OpenSession *open, const SpkSlice *slice)
{
	if (!open->any || open->session != slice->session)
	{
		close_session(a, open);
		open->any = true;
		open->session = slice->session;
		open->songs = false;
		open->first_ts = SPK_NO_TIME;
		open->last_ts = SPK_NO_TIME;
	}
	if (slice->pages[SPK_PAGE_NEXT_SONG] > 0)
		open->songs = true;
	if (slice->first_ts != SPK_NO_TIME)
	{
		/* a session's days ascend, and so do its times */
		if (open->first_ts == SPK_NO_TIME)
			open->first_ts = slice->first_ts;
		open->last_ts = slice->last_ts;
	}
}

/* Adds a slice to the sums, to its session and to the days. */
static void
add_slice(SpkActivity *a, OpenSession *open, UsedDays *days, const SpkSlice *slice)
{
	if (!open->any || slice->day < a->first_day)
		a->first_day = slice->day;
	if (!open->any || slice->day > a->last_day)
		a->last_day = slice->day;
	add_to_session(a, open, slice);

	for (int p = 0; p < SPK_N_PAGES; p++)
	{
		a->pages[p] += slice->pages[p];
		if (!spk_page_is_cancel((SpkPage) p))
			a->events += slice->pages[p];
	}

	/* a day with nothing but cancel pages is no day of use */
	if (slice->first_ts == SPK_NO_TIME)
		return;
	days->at[days->n++] = used_day(slice->day, slice->pages[SPK_PAGE_NEXT_SONG]);
	if (slice->last_ts > a->last_ts)
		a->last_ts = slice->last_ts;
	a->paid += slice->paid;
	a->play_hours += (double) slice->play_hours;
	a->listened_us += (double) slice->listened_us;

	/* the same tie rule as within a slice: the result must not depend on how sessions are cut */
	if (slice->level_ts > a->level_ts ||
		(slice->level_ts == a->level_ts && slice->level > a->level))
	{
		a->level = slice->level;
		a->level_ts = slice->level_ts;
	}
}

/* Sorts the days.  They come in the order of sessions, which mostly is that of days, too. */
static SpkStatus
sort_days(const SpkHost *host, UsedDays *days)
{
	uint64_t  few[FEW_DAYS];
	uint64_t *scratch = few;
	SpkStatus status;
	uint32_t  i = 1;

	while (i < days->n && days->at[i - 1] >> SONG_BITS <= days->at[i] >> SONG_BITS)
		i++;
	if (i >= days->n)
		return SPK_OK;
	if (days->n > FEW_DAYS)
		scratch = spk_alloc(host, days->n, sizeof(uint64_t));
	if (scratch == NULL)
		return SPK_NO_MEMORY;
	status = spk_sort_u64(host, days->at, scratch, days->n, SONG_BITS);
	if (scratch != few)
		spk_release(host, scratch);
	return status;
}

/* Sets what depends on the days, which are sorted, and on the reference day. */
static void
finish_days(SpkActivity *a, const UsedDays *days, int32_t as_of)
{
	if (days->n == 0)
		return;
	a->first_used_day = day_of_used(days->at[0]);
	if (as_of == SPK_NO_DAY)
	{
		a->reference_day = day_of_used(days->at[days->n - 1]) + 1;
		a->reference = a->last_ts;
	}
	else
	{
		a->reference_day = as_of;
		a->reference = (int64_t) as_of * SPK_USECS_PER_DAY;
	}

	/* only now is it known which days are the recent ones */
	a->days_known = a->reference_day - a->first_used_day;
	for (uint32_t i = 0; i < days->n; i++)
	{
		int32_t day = day_of_used(days->at[i]);

		if (i == 0 || day != day_of_used(days->at[i - 1]))
			a->active_days++;
		for (int t = 0; t < N_TRENDS; t++)
			if (day >= a->reference_day - trend_days[t])
				a->recent_songs[t] += (uint32_t) days->at[i];
	}
}

static void
fill_values(const SpkActivity *a, double *values)
{
#define SPK_FEATURE_ITEM(name, type, value, formula) values[SPK_FEATURE_##name] = (value);
#include "core/profiles/feature_list.h"
#undef SPK_FEATURE_ITEM
}

SpkStatus
spk_profile_features(const SpkHost *host, const void *data, size_t len, int32_t as_of,
					 double *values, bool *seen, const char **why)
{
	SpkActivity		 a = {.level_ts = SPK_NO_TIME,
						  .last_ts = SPK_NO_TIME,
						  .reference = SPK_NO_TIME,
						  .first_start = SPK_NO_TIME,
						  .last_start = SPK_NO_TIME};
	OpenSession		 open = {0};
	uint64_t		 few_days[FEW_DAYS];
	UsedDays		 days = {few_days, 0};
	SpkProfileHeader header;
	SpkSliceReader	 slices;
	SpkSlice		 slice;
	SpkStatus		 status = spk_profile_open(host, data, len, &header, &slices, why);

	if (status != SPK_OK)
		return status;

	/* each slice leaves a day at most */
	if (slices.left > FEW_DAYS)
	{
		days.at = spk_alloc(host, slices.left, sizeof(uint64_t));
		if (days.at == NULL)
			return SPK_NO_MEMORY;
	}
	while (spk_slice_next(&slices, &slice))
		if (slice.day < as_of)
			add_slice(&a, &open, &days, &slice);

	/* the last session is still open, and days wait for the reference day */
	*why = "A slice is malformed";
	*seen = open.any;
	status = spk_slices_status(&slices);
	if (status == SPK_OK)
		status = sort_days(host, &days);
	if (status == SPK_OK && open.any)
	{
		close_session(&a, &open);
		finish_days(&a, &days, as_of);
		a.gender = header.gender;
		a.registration = header.registration;
		fill_values(&a, values);
	}
	if (days.at != few_days)
		spk_release(host, days.at);
	return status;
}

SpkStatus
spk_profile_last_day(const SpkHost *host, const void *data, size_t len, int32_t *day,
					 const char **why)
{
	SpkProfileHeader header;
	SpkSliceReader	 slices;
	SpkSlice		 slice;
	SpkStatus		 status = spk_profile_open(host, data, len, &header, &slices, why);

	if (status != SPK_OK)
		return status;
	*day = INT32_MIN;
	while (spk_slice_next(&slices, &slice))
		if (slice.day > *day)
			*day = slice.day;
	*why = "A slice is malformed";
	return spk_slices_status(&slices);
}

SpkStatus
spk_profile_label(const SpkHost *host, const void *data, size_t len, int32_t as_of, int64_t until,
				  SpkChurnEvent event, SpkLabel *label, const char **why)
{
	int64_t at;

	return spk_profile_churn_time(host, data, len, as_of, until, event, label, &at, why);
}

SpkStatus
spk_profile_churn_time(const SpkHost *host, const void *data, size_t len, int32_t as_of,
					   int64_t until, SpkChurnEvent event, SpkLabel *label, int64_t *at,
					   const char **why)
{
	SpkProfileHeader header;
	SpkSliceReader	 slices;
	SpkSlice		 slice;
	int64_t			 from = as_of == SPK_NO_DAY ? SPK_NO_TIME : (int64_t) as_of * SPK_USECS_PER_DAY;
	int64_t			 first = SPK_NO_TIME; /* of the event, from as_of on */
	bool			 seen = as_of == SPK_NO_DAY;
	SpkStatus		 status = spk_profile_open(host, data, len, &header, &slices, why);

	if (status != SPK_OK)
		return status;

	/* slices are read to the end whatever the event is, because one of them may be malformed */
	while (spk_slice_next(&slices, &slice))
	{
		if (as_of != SPK_NO_DAY && slice.day < as_of)
			seen = true;
		else if (slice.first_downgrade != SPK_NO_TIME &&
				 (first == SPK_NO_TIME || slice.first_downgrade < first))
			first = slice.first_downgrade;
	}
	*why = "A slice is malformed";
	status = spk_slices_status(&slices);
	if (status != SPK_OK)
		return status;
	if (event == SPK_CHURN_CANCEL)
		first = header.cancelled;

	/* who has cancelled before cannot downgrade either */
	if (!seen ||
		(as_of != SPK_NO_DAY && header.cancelled != SPK_NO_TIME && header.cancelled < from))
		*label = SPK_LABEL_NOT_AT_RISK;
	else if (first != SPK_NO_TIME && (until == SPK_NO_TIME || first < until))
		*label = SPK_LABEL_YES;
	else
		*label = SPK_LABEL_NO;
	*at = *label == SPK_LABEL_YES ? first : SPK_NO_TIME;
	return SPK_OK;
}
