/*
 * active_days.h
 *	  On which days the users of a log were active, and how long they were not.
 *
 * Users are added one after another and not kept: what is told of all of them are
 * counts by day and by length.
 */
#ifndef SPK_CORE_PROFILES_ACTIVE_DAYS_H
#define SPK_CORE_PROFILES_ACTIVE_DAYS_H

#include "core/profiles/user_tally.h"

/* Horizons, in days, for which it is known who stays away. */
#define SPK_N_HORIZONS 7
extern const int32_t spk_horizons[SPK_N_HORIZONS];

/* Days are counted from that of SPK_EARLIEST_EVENT. */
typedef struct SpkActiveDays
{
	SpkHost	  host;
	int32_t	  n_days;
	uint64_t *users; /* active on each day */
	uint64_t *gaps;	 /* between a user's active days, by length */
	uint64_t  n_gaps;
	int64_t
		*at_risk[SPK_N_HORIZONS];	 /* users active before a day: the change from the day before */
	int64_t *silent[SPK_N_HORIZONS]; /* likewise those of them who stay away from then on */
} SpkActiveDays;

/* What there is to say of a horizon. */
typedef struct SpkSilence
{
	int32_t	 as_of;	  /* days since 2000-01-01; of [as_of, as_of + horizon) the end is the log's */
	uint64_t at_risk; /* users active in as many days before as_of */
	uint64_t silent;  /* of them without an event in the horizon */
} SpkSilence;

/* For days up to the last one, days since 2000-01-01, that a tally can have.  SPK_NO_MEMORY. */
extern SpkStatus spk_active_days_init(SpkActiveDays *days, const SpkHost *host, int32_t last_day);

extern void spk_active_days_release(SpkActiveDays *days);

/* Adds a user's days; SPK_CORRUPT when they are beyond the last one. */
extern SpkStatus spk_active_days_add(SpkActiveDays *days, const SpkUserTally *tally);

/* Days on which somebody was active. */
extern int32_t spk_active_days_count(const SpkActiveDays *days);

/*
 * The day, since 2000-01-01, up to whose beginning the log is complete: the last
 * one with at least a tenth of the median day's users.  Days without users do not
 * count for the median, which is *median.  False when nobody was ever active.
 * SPK_NO_MEMORY is *status.
 */
extern bool spk_active_days_end(const SpkActiveDays *days, int32_t *end, uint64_t *median,
								SpkStatus *status);

/* The least length in days that this share of all gaps does not exceed; 0 without gaps. */
extern int32_t spk_active_days_gap(const SpkActiveDays *days, double share);

/* How many of the gaps are no longer than this. */
extern uint64_t spk_active_days_within(const SpkActiveDays *days, int32_t length);

/* Who stayed away in the last days of a log that ends there, by the number of a horizon. */
extern SpkSilence spk_active_days_silence(const SpkActiveDays *days, int horizon, int32_t end);

#endif /* SPK_CORE_PROFILES_ACTIVE_DAYS_H */
