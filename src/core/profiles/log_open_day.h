/*
 * log_open_day.h
 *	  The day of a growing profile that events come in for now.
 *
 * Inside of log_profile.h: the part of its state that an event touches.
 */
#ifndef SPK_CORE_PROFILES_LOG_OPEN_DAY_H
#define SPK_CORE_PROFILES_LOG_OPEN_DAY_H

#include "core/profiles/log_profile.h"

/* Room for what of the open day stands in the state, as a day. */
typedef struct SpkOpenDay
{
	SpkLogDay	  day;
	SpkDayCount	  counts[SPK_LOG_INLINE + 1];
	SpkDayLevel	  level;
	SpkDaySession session;
} SpkOpenDay;

/* Opens a day without events; the one before must have been closed. */
extern void spk_open_day_start(SpkLogProfileState *state, int32_t number);

/*
 * Adds an event of the open day, whose texts have these numbers.  SPK_NO_MEMORY.
 */
extern SpkStatus spk_open_day_add(SpkLogProfileState *state, uint32_t name, uint32_t level,
								  const SpkLogEvent *event);

/*
 * All of the open day, which has events, not normalised: in *room, or in the
 * state's own memory.  It is good until the next day is opened; NULL when there
 * is no memory.
 */
extern SpkLogDay *spk_open_day_gather(SpkLogProfileState *state, SpkOpenDay *room);

#endif /* SPK_CORE_PROFILES_LOG_OPEN_DAY_H */
