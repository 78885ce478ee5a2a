/*
 * log_tally.h
 *	  What looking at a log for the first time tells, from the tallies of its users.
 *
 * Users are added one after another, in any order, and not kept.  Of names the
 * SPK_TALLY_NAMES of the first ranks are told apart, whatever the order.
 */
#ifndef SPK_CORE_PROFILES_LOG_TALLY_H
#define SPK_CORE_PROFILES_LOG_TALLY_H

#include "core/profiles/active_days.h"
#include "core/profiles/user_tally.h"

#define SPK_TALLY_NAMES 8191

/* A user with more names than this most likely has names that are generated. */
#define SPK_MANY_NAMES 200

/* A name's events of all users. */
typedef struct SpkNameTotal
{
	SpkSpan		   span;
	SpkAmountTally amounts;
	uint64_t	   users;
	uint64_t ended; /* of them, those who did nothing strictly later than the name's last time */
	uint64_t ended_later; /* of these, those who had events strictly before it, of whatever name */
} SpkNameTotal;

typedef struct SpkLogTally
{
	SpkHost		  host;
	SpkDictionary names;
	SpkNameTotal *totals; /* by number; [SPK_NAME_OTHER]: all that are not told apart */
	uint32_t	  totals_room;
	bool names_dropped; /* there were more: then users and ended of the others are too many */
	SpkUserTally  user; /* the one that is added */
	SpkActiveDays days;
	uint64_t	  rows; /* of any kind, of nobody, too */
	uint64_t	  no_user;
	uint64_t	  no_time;
	uint64_t	  no_event;
	SpkSpan		  early; /* see SpkUserTally */
	SpkSpan		  late;
	SpkSpan		  events;
	uint64_t	  users; /* with events */
	uint64_t	  early_users;
	uint64_t	  late_users;
	uint64_t	  repeats;
	uint64_t	  repeating_users;
	uint16_t	  sample_bits; /* repeats are an estimate unless this is 0 */
	uint64_t	  many_names_users;
	uint32_t	  max_names; /* that one user has */
	uint64_t	  max_rows;	 /* events of one user */
} SpkLogTally;

/* Of a log whose events are no later than the last day, days since 2000-01-01.  SPK_NO_MEMORY. */
extern SpkStatus spk_log_tally_init(SpkLogTally *tally, const SpkHost *host, int32_t last_day);

/*
 * Adds a user by the bytes of the user's tally, or the rows of nobody, of which
 * only those are counted that are no events; SPK_CORRUPT, SPK_NO_MEMORY, SPK_CANCELLED.
 * *events is how many events the user has.
 */
extern SpkStatus spk_log_tally_add(SpkLogTally *tally, bool is_somebody, const void *data,
								   size_t len, uint64_t *events);

/* Leaves the names that are told apart; to be called when all users are there. */
extern SpkStatus spk_log_tally_finish(SpkLogTally *tally);

#endif /* SPK_CORE_PROFILES_LOG_TALLY_H */
