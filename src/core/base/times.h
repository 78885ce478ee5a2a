/*
 * times.h
 *	  Times and days as numbers.
 *
 * A time is a number of microseconds since 2000-01-01 00:00 UTC, as in PostgreSQL.
 * A day is a number of days since 2000-01-01.
 */
#ifndef SPK_CORE_BASE_TIMES_H
#define SPK_CORE_BASE_TIMES_H

#include <stdint.h>

#define SPK_USECS_PER_DAY  INT64_C(86400000000)
#define SPK_USECS_PER_HOUR INT64_C(3600000000)
#define SPK_NO_TIME		   INT64_MIN /* unknown */

/* PostgreSQL's timestamps begin at the first of these and end before the second. */
#define SPK_MIN_TIME (-INT64_C(211813488000000000))
#define SPK_END_TIME INT64_C(9223371331200000000)

/* The last timestamp.  Its day fits int32, with room to add. */
#define SPK_MAX_TIME (SPK_END_TIME - 1)

/* Milliseconds from 1970 to 2000. */
#define SPK_EPOCH_MSECS INT64_C(946684800000)

/* Returns the UTC day of a time; days before 2000 are negative. */
static inline int32_t
spk_day_of(int64_t ts)
{
	int64_t day = ts / SPK_USECS_PER_DAY;

	return (int32_t) (ts % SPK_USECS_PER_DAY < 0 ? day - 1 : day);
}

#endif /* SPK_CORE_BASE_TIMES_H */
