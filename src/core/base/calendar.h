/*
 * calendar.h
 *	  Times and days as ISO 8601 text in UTC, exact both ways: the form in which
 *	  profiles are dumped.
 *
 * A day is written as 2018-10-01, and a time as 2018-10-01T23:59:00.5+00:00 with
 * as many digits behind the point as it needs, six at most.  Years have four
 * digits or more.  Those before the year 1 end in BC, as in 0044-03-15 BC.
 *
 * Times of logs, which come in more forms, are read by time_text.h.
 */
#ifndef SPK_CORE_BASE_CALENDAR_H
#define SPK_CORE_BASE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes that either text takes at most, with its terminator. */
#define SPK_TIME_TEXT 48

/* Writes a day (days since 2000-01-01) into buf, terminated; returns the length of the text. */
extern size_t spk_day_text(int32_t day, char *buf);

/* Likewise a time (microseconds since 2000-01-01 00:00 UTC). */
extern size_t spk_time_text(int64_t us, char *buf);

/*
 * Reads a day or a time from len bytes of text.  Returns false when they are none,
 * or none in SPK_MIN_TIME .. SPK_MAX_TIME.  A time may lack its seconds, and its
 * fraction may end in zeros.  It must end in Z, +00:00, +0000 or +00, so that
 * nobody has to guess which zone is meant.
 */
extern bool spk_day_of_text(const char *text, size_t len, int32_t *day);
extern bool spk_time_of_text(const char *text, size_t len, int64_t *us);

/* The month of a day, counted from 2000-01 as 0, and the first day of a month. */
extern int32_t spk_month_of_day(int32_t day);
extern int32_t spk_first_day_of_month(int32_t month);

#endif /* SPK_CORE_BASE_CALENDAR_H */
