/*
 * log_open_day.h
 *	  The day of a growing profile that events come in for now.
 *
 * Inside of log_profile.h: the part of its state that an event touches.
 */
#ifndef SPK_CORE_PROFILES_LOG_OPEN_DAY_H
#define SPK_CORE_PROFILES_LOG_OPEN_DAY_H

#include "core/profiles/log_profile.h"

/* Opens a day without events; the one before must have been closed. */
extern void spk_open_day_start(SpkLogProfileState *state, int32_t number);

/*
 * Adds an event of the open day, whose texts have these numbers.  SPK_NO_MEMORY.
 */
extern SpkStatus spk_open_day_add(SpkLogProfileState *state, uint32_t name, uint32_t level,
								  const SpkLogEvent *event);

/* Appends the open day, which has events, as a closed one.  SPK_NO_MEMORY, SPK_CANCELLED. */
extern SpkStatus spk_open_day_close(SpkLogProfileState *state);

#endif /* SPK_CORE_PROFILES_LOG_OPEN_DAY_H */
