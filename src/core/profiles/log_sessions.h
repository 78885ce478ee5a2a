/*
 * log_sessions.h
 *	  A user's sessions, put together from the parts that the days hold.
 *
 * A session with an id is one, wherever its parts are.  Those without are told
 * from silence, and what a day keeps apart only because midnight is between is
 * joined here.
 */
#ifndef SPK_CORE_PROFILES_LOG_SESSIONS_H
#define SPK_CORE_PROFILES_LOG_SESSIONS_H

#include "core/profiles/log_day.h"

/* at[0 .. n - 1], in the order of their first parts.  Memory is used again by the next user. */
typedef struct SpkLogSessions
{
	const SpkHost *host;
	SpkDaySession *at;
	uint32_t	   n;
	uint32_t	   room;
	uint32_t	  *slots; /* of sessions with an id: place in at + 1; 0 is free */
	uint32_t	   n_slots;
	uint32_t	   slots_room;
	uint32_t	   derived; /* place + 1 of the last one without an id; 0: none yet */
} SpkLogSessions;

/* No sessions and no memory; the host stays the caller's. */
extern void spk_log_sessions_init(SpkLogSessions *sessions, const SpkHost *host);
extern void spk_log_sessions_release(SpkLogSessions *sessions);

/* Begins with another user. */
extern void spk_log_sessions_start(SpkLogSessions *sessions);

/* Adds those of a normalised day, which is later than all before; SPK_NO_MEMORY, SPK_CANCELLED. */
extern SpkStatus spk_log_sessions_add(SpkLogSessions *sessions, const SpkLogDay *day);

#endif /* SPK_CORE_PROFILES_LOG_SESSIONS_H */
