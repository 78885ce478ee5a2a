/*
 * time_text.h
 *	  The times that logs write as text: ISO 8601, read alike everywhere.
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
 * with a fraction of 1 to 9 digits, rounded to microseconds, and the zone Z, UTC,
 * +HH, +HHMM or +HH:MM (or -), behind a space or not.  A time without a zone is
 * UTC, a date alone is its midnight in UTC, and second 60 is the next minute's
 * first, as for PostgreSQL.  False for whatever else; result is then undefined.
 */
extern bool spk_time_of_iso8601(const char *text, size_t len, int64_t *result);

#endif /* SPK_CORE_BASE_TIME_TEXT_H */
