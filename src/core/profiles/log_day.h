/*
 * log_day.h
 *	  One user's UTC day in any log: what is counted of it.
 *
 * Names of events and levels are numbers: those of a dictionary while a profile
 * grows, those of its own tables in the bytes of a finished one.
 */
#ifndef SPK_CORE_PROFILES_LOG_DAY_H
#define SPK_CORE_PROFILES_LOG_DAY_H

#include "core/base/times.h"
#include "core/profiles/dictionary.h"

/* Events of sessions without an id that are less than this apart belong together. */
#define SPK_SESSION_GAP (INT64_C(30) * 60 * 1000000)

/* Amounts are millionths, and no larger than this either way. */
#define SPK_AMOUNT_ONE INT64_C(1000000)
#define SPK_AMOUNT_MAX (INT64_C(9200000000000) * SPK_AMOUNT_ONE)

/* Sessions between two polls of the host. */
#define SPK_POLL_SESSIONS UINT32_C(16384)

typedef enum SpkSessionKind
{
	SPK_SESSION_DERIVED = 0, /* without an id: told from silence */
	SPK_SESSION_INTEGER,	 /* the id is the session's */
	SPK_SESSION_HASHED		 /* the id is 40 bits of a text's or uuid's hash */
} SpkSessionKind;

/* The events of one name.  Counts and sums stick at their type's maximum. */
typedef struct SpkDayCount
{
	uint32_t name;
	uint32_t events;
	uint32_t valued;   /* events with an amount */
	int64_t	 gained;   /* sum of positive amounts, in millionths */
	int64_t	 refunded; /* sum of negative ones, as a positive number */
} SpkDayCount;

typedef struct SpkDayLevel
{
	uint32_t level;
	uint32_t events;
} SpkDayLevel;

/* A session's part on this day: its first and last event. */
typedef struct SpkDaySession
{
	SpkSessionKind kind;
	int64_t		   id; /* 0 when derived */
	int64_t		   first;
	int64_t		   last;
} SpkDaySession;

/*
 * A day, with arrays that grow by the host's memory.  Between two calls of
 * spk_log_day_normalise a name, level or session may stand there in several parts.
 */
typedef struct SpkLogDay
{
	int32_t	 day;		 /* since 2000-01-01 */
	uint32_t last_level; /* of the latest event that had one; same time: that of the first rank */
	int64_t	 last_level_ts; /* SPK_NO_TIME without one */
	uint64_t hours;			/* sum of the events' UTC hours; sticks at INT64_MAX */
	uint32_t n_counts;
	uint32_t n_levels;
	uint32_t n_sessions;
	uint32_t counts_room;
	uint32_t levels_room;
	uint32_t sessions_room;
	SpkDayCount	  *counts;
	SpkDayLevel	  *levels;
	SpkDaySession *sessions;
} SpkLogDay;

/* A day without memory. */
extern void spk_log_day_init(SpkLogDay *day);
extern void spk_log_day_release(const SpkHost *host, SpkLogDay *day);

/* Empties it for another day; the arrays stay. */
extern void spk_log_day_start(SpkLogDay *day, int32_t number);

/* Room for another count, level or session, where there is none; false when there is no memory. */
extern bool spk_log_day_grow_counts(const SpkHost *host, SpkLogDay *day);
extern bool spk_log_day_grow_levels(const SpkHost *host, SpkLogDay *day);
extern bool spk_log_day_grow_sessions(const SpkHost *host, SpkLogDay *day);

/* One more part, not filled in; NULL when there is no memory. */
static inline SpkDayCount *
spk_log_day_count(const SpkHost *host, SpkLogDay *day)
{
	if (day->n_counts == day->counts_room && !spk_log_day_grow_counts(host, day))
		return NULL;
	return &day->counts[day->n_counts++];
}

static inline SpkDayLevel *
spk_log_day_level(const SpkHost *host, SpkLogDay *day)
{
	if (day->n_levels == day->levels_room && !spk_log_day_grow_levels(host, day))
		return NULL;
	return &day->levels[day->n_levels++];
}

static inline SpkDaySession *
spk_log_day_session(const SpkHost *host, SpkLogDay *day)
{
	if (day->n_sessions == day->sessions_room && !spk_log_day_grow_sessions(host, day))
		return NULL;
	return &day->sessions[day->n_sessions++];
}

/* Notes a level at a time: it is the last one if it is later, or as late and before in rank. */
extern void spk_log_day_see_level(SpkLogDay *day, const SpkDictionary *names, uint32_t level,
								  int64_t ts);

/* A day may have a million sessions: in a loop over them, does the host want to stop at this one? */
static inline bool
spk_poll_sessions(const SpkHost *host, uint64_t i)
{
	return i % SPK_POLL_SESSIONS == SPK_POLL_SESSIONS - 1 && spk_cancelled(host);
}

/* Adds all parts of another day of the same number.  SPK_NO_MEMORY, SPK_CANCELLED. */
extern SpkStatus spk_log_day_append(const SpkHost *host, SpkLogDay *day, const SpkDictionary *names,
									const SpkLogDay *other);

/*
 * Brings a day into the form that depends on its events alone: names and levels
 * ascending, sessions by their first event, each once.  Sessions without an id
 * are one when the silence between them is less than SPK_SESSION_GAP.
 * SPK_CANCELLED or SPK_NO_MEMORY, after which parts may be missing.
 */
extern SpkStatus spk_log_day_normalise(const SpkHost *host, SpkLogDay *day);

/* The same of names and levels alone, when only their numbers have changed. */
extern SpkStatus spk_log_day_normalise_names(const SpkHost *host, SpkLogDay *day);

/* Events of the day, of all names. */
extern uint64_t spk_log_day_events(const SpkLogDay *day);

/* Do all events of a day have one level, and it the time of the last one? */
extern bool spk_log_day_has_one_level(const SpkLogDay *day);

/* The first and last event of a day that has sessions. */
extern int64_t spk_log_day_first(const SpkLogDay *day);
extern int64_t spk_log_day_last(const SpkLogDay *day);

/*
 * Can this day be of events?  Its members agree with each other and its times lie
 * on it.  Asked of a day that was read; it is not normalised by that.
 */
extern bool spk_log_day_is_sound(const SpkLogDay *day);

/* Sums of amounts stick at the maximum, so that the order of adding leaves no trace. */
static inline int64_t
spk_add_amount(int64_t a, int64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

static inline uint64_t
spk_add_hours(uint64_t a, uint64_t b)
{
	return a + b > INT64_MAX ? INT64_MAX : a + b;
}

#endif /* SPK_CORE_PROFILES_LOG_DAY_H */
