/*
 * time_text.h
 *	  Reading the times that logs write as text, which is ISO 8601.
 */
#ifndef SPK_CORE_BASE_TIME_TEXT_H
#define SPK_CORE_BASE_TIME_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads a time of len bytes into microseconds since 2000-01-01 00:00 UTC:
 *
 *	  YYYY-MM-DD [ T or space, HH:MM [ :SS [ .fraction ] ] [ zone ] ]
 *
 * The fraction has 1 to 9 digits and is rounded to microseconds.  The zone is Z,
 * UTC, +HH, +HHMM or +HH:MM, or the same with -, and may follow a space.  A time
 * without a zone is UTC, and a date alone is its midnight in UTC.  Second 60 is the
 * next minute's first, as it is for PostgreSQL.  Returns false for anything else;
 * result is then undefined.
 */
extern bool spk_time_of_iso8601(const char *text, size_t len, int64_t *result);

#endif /* SPK_CORE_BASE_TIME_TEXT_H */
