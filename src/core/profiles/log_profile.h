/*
 * log_profile.h
 *	  One user's activity in any log, compact and mergeable.
 *
 * Where a profile of the music log (profile.h) counts the pages that it knows,
 * this one describes itself: it holds the names of the events that it counts, so
 * that nothing is registered, and profiles made at different times merge.  It is
 * a table of names, a table of levels and one day after another (log_day.h).
 * Everything in it is an integer that is added, a minimum, a maximum, or the last
 * by time with a fixed tie rule; so the same events give the same bytes in any
 * order, split or number of workers.
 *
 * A profile keeps SPK_LOG_NAMES names and SPK_LOG_LEVELS levels, those of the
 * first ranks (see spk_dictionary_rank); the others are counted together.  As
 * the rank depends on the names alone, a name that is dropped in one part is
 * dropped in the whole.
 */
#ifndef SPK_CORE_PROFILES_LOG_PROFILE_H
#define SPK_CORE_PROFILES_LOG_PROFILE_H

#include "core/profiles/log_closed_day.h"

/* The first byte; profiles of the music log begin with SPK_PROFILE_VERSION. */
#define SPK_LOG_PROFILE_VERSION 2

#define SPK_LOG_NAMES  1023
#define SPK_LOG_LEVELS 63

/* Names that a dictionary of an aggregate can have, and one of a single state. */
#define SPK_SHARED_NAMES UINT32_C(65535)
#define SPK_OWN_NAMES	 UINT32_C(8191)

/* An event of any log.  Texts are UTF-8 and belong to the caller. */
typedef struct SpkLogEvent
{
	int64_t		   ts; /* in SPK_MIN_TIME .. SPK_MAX_TIME */
	const char	  *name;
	size_t		   name_len;
	const char	  *level; /* NULL: none */
	size_t		   level_len;
	SpkSessionKind session_kind;
	int64_t		   session; /* the id; 0 when derived */
	bool		   has_amount;
	int64_t		   amount; /* in millionths, within SPK_AMOUNT_MAX either way */
} SpkLogEvent;

/* Names of an open day that stand in the state itself, a power of 2; and those with amounts. */
#define SPK_LOG_INLINE		   16
#define SPK_LOG_INLINE_AMOUNTS 2

/*
 * A profile that grows: the day that events come in for now, and the days before
 * it (log_closed_day.h), in the order they were closed.  A day may occur there in several
 * parts when events come out of order; they are merged when their bytes have
 * doubled since the last time, so that memory stays in proportion to the finished
 * profile.
 *
 * There is one of these for each user of a GROUP BY, so it is small.  What the plainest
 * logs need of the open day stands in it: a few names, two of them with amounts, one
 * session, one level.  The rest goes to *more, which is made at the first need.  States
 * are many and far apart in memory, so what each event touches stands together in the
 * first two lines of the cache, and the latest closed days behind.  With the head that a
 * pool puts before it is seven lines long: if it were eight, the first two lines of all
 * states would share a fourth of the cache's places.
 */
typedef struct SpkLogProfileState
{
	SpkDictionary *names;	/* of names and levels */
	SpkDaySession  session; /* of the latest event */
	uint64_t	   hours;
	int32_t		   day;		  /* the open one */
	uint16_t	   used;	  /* bits of the counts that stand here */
	uint8_t		   n_amounts; /* that stand here */
	bool		   has_day;
	bool		   has_more; /* *more has something of the open day */
	bool		   in_order; /* closed days ascend: nothing to merge */
	bool		   owns_names;
	bool		   names_dropped;  /* there were names beyond those kept */
	bool		   levels_dropped; /* likewise levels */
	uint16_t	   padding;
	SpkSmallCount  counts[SPK_LOG_INLINE]; /* a hash table by the lowest bits of the name */
	SpkLogDay	  *more;
	uint32_t	   n_closed;
	uint32_t	   compact_at;	 /* length of closed at which to merge */
	int32_t		   last_closed;	 /* day */
	uint32_t	   level;		 /* of the latest event that has one */
	uint32_t	   level_events; /* 0: no level yet */
	uint32_t	   last_level;	 /* see SpkLogDay */
	int64_t		   last_level_ts;
	SpkSmallAmount amounts[SPK_LOG_INLINE_AMOUNTS];
	SpkClosedDays  closed; /* in the dictionary's numbers */
} SpkLogProfileState;

/*
 * A state without events.  The dictionary, which may be shared by any number of
 * states and outlives them, brings the host that the state takes memory from.
 */
extern void spk_log_profile_init(SpkLogProfileState *state, SpkDictionary *names);

/* Gives the state's memory back. */
extern void spk_log_profile_release(SpkLogProfileState *state);

/* Lets what adding an event touches come near, while the event is read. */
static inline void
spk_log_profile_prefetch(const SpkLogProfileState *state)
{
	__builtin_prefetch((const char *) state, 1);
	__builtin_prefetch((const char *) state + 64, 1);
	__builtin_prefetch((const char *) state + 128, 1);
}

/* The same for all of the state, which is going to be read, or to close a day. */
static inline void
spk_log_profile_prefetch_all(const SpkLogProfileState *state)
{
	for (size_t at = 0; at < sizeof(*state); at += SPK_ALIGNMENT)
		__builtin_prefetch((const char *) state + at, 1);
}

/* Adds one event. */
extern SpkStatus spk_log_profile_add(SpkLogProfileState *state, const SpkLogEvent *event);

/*
 * Adds all of an encoded profile, which is checked as far as reading it needs;
 * SPK_CORRUPT.  A profile of the music log is SPK_INVALID.
 */
extern SpkStatus spk_log_profile_add_profile(SpkLogProfileState *state, const void *data,
											 size_t len);

extern bool spk_log_profile_is_empty(const SpkLogProfileState *state);

/*
 * Appends the canonical bytes of the state: names by their number of events,
 * days ascending, the coarsest units that lose nothing.  The state keeps its
 * content.
 */
extern SpkStatus spk_log_profile_encode(SpkLogProfileState *state, SpkWriter *w);

/*
 * Adds one whole day, in the state's dictionary's numbers; SPK_CORRUPT when it is
 * not sound.  The day is normalised by that.
 */
extern SpkStatus spk_log_profile_add_day(SpkLogProfileState *state, SpkLogDay *day);

/*
 * Is this exactly what spk_log_profile_encode writes?  SPK_CORRUPT with a reason
 * for people (static text) in *why when not; SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_log_profile_check(const SpkHost *host, const void *data, size_t len,
									   const char **why);

#endif /* SPK_CORE_PROFILES_LOG_PROFILE_H */
