/*
 * calendar.h
 *	  Times and days as ISO 8601 text in UTC, exact both ways.
 *
 * 2018-10-01, and 2018-10-01T23:59:00.5+00:00 with up to six digits behind the
 * point and none that is not needed.  Years have four digits or more; those
 * before the first are marked behind all else: 0044-03-15 BC.
 */
#ifndef SPK_CORE_BASE_CALENDAR_H
#define SPK_CORE_BASE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for either text, with its terminator. */
#define SPK_TIME_TEXT 48

/* Days since 2000-01-01 as text into buf; its length. */
extern size_t spk_day_text(int32_t day, char *buf);

/* Microseconds since 2000-01-01 00:00 UTC as text into buf; its length. */
extern size_t spk_time_text(int64_t us, char *buf);

/*
 * The day, or the time, that is written there; false when none is, or none in
 * SPK_MIN_TIME .. SPK_MAX_TIME.  Of a time the seconds may be left out, and
 * zeros may end its fraction; it must end in Z or +00:00 (or +0000, or +00), so
 * that nobody has to guess which zone is meant.
 */
extern bool spk_day_of_text(const char *text, size_t len, int32_t *day);
extern bool spk_time_of_text(const char *text, size_t len, int64_t *us);

#endif /* SPK_CORE_BASE_CALENDAR_H */
