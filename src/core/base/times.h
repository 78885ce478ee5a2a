/*
 * times.h
 *	  Points in time and days, as numbers.
 *
 * Times are microseconds since 2000-01-01 00:00 UTC, as PostgreSQL's are, and
 * days are counted from that one.
 */
#ifndef SPK_CORE_BASE_TIMES_H
#define SPK_CORE_BASE_TIMES_H

#include <stdint.h>

#define SPK_USECS_PER_DAY  INT64_C(86400000000)
#define SPK_USECS_PER_HOUR INT64_C(3600000000)
#define SPK_NO_TIME		   INT64_MIN /* unknown */

/* PostgreSQL's timestamps lie from the first of these up to before the second. */
#define SPK_MIN_TIME (-INT64_C(211813488000000000))
#define SPK_END_TIME INT64_C(9223371331200000000)

/* The last one that is there: a day number fits int32, with room to add. */
#define SPK_MAX_TIME (SPK_END_TIME - 1)

/* From 1970 to 2000, in milliseconds. */
#define SPK_EPOCH_MSECS INT64_C(946684800000)

/* The UTC day of a time: days since 2000-01-01, rounded down. */
static inline int32_t
spk_day_of(int64_t ts)
{
	int64_t day = ts / SPK_USECS_PER_DAY;

	return (int32_t) (ts % SPK_USECS_PER_DAY < 0 ? day - 1 : day);
}

#endif /* SPK_CORE_BASE_TIMES_H */
