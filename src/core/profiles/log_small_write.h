/*
 * log_small_write.h
 *	  Small closed days as the bytes of a finished profile.
 *
 * Inside of log_tables.h.
 */
#ifndef SPK_CORE_PROFILES_LOG_SMALL_WRITE_H
#define SPK_CORE_PROFILES_LOG_SMALL_WRITE_H

#include "core/profiles/log_closed_day.h"
#include "core/profiles/log_name_table.h"

/*
 * Appends what spk_log_day_write appends of the next closed day, when its numbers are
 * those of settled tables; a failure is in the writer's status.  False when the day is not
 * small, or has not few names: then it is still the next one.
 */
extern bool spk_small_day_write(SpkWriter *w, const SpkDayUnits *units, SpkDayCursor *cursor,
								SpkReader *r, const SpkNameTable *names,
								const SpkNameTable *levels);

#endif /* SPK_CORE_PROFILES_LOG_SMALL_WRITE_H */
