/*
 * line_time.h
 *	  Reading the times of a line of JSON: numbers of a unit since 1970, or ISO 8601.
 */
#ifndef SPK_CORE_EVENTS_LINE_TIME_H
#define SPK_CORE_EVENTS_LINE_TIME_H

#include "core/base/time_text.h"
#include "core/base/times.h"
#include "core/events/event_schema.h"
#include "core/events/line_number.h"

/* The end of 9999-12-31.  The music log's times beyond it, or before 1970, take the slow way. */
#define SPK_LINE_MAX_MSECS UINT64_C(253402300799999)

/* Sets field to the time that is this many milliseconds after 1970; false otherwise. */
static inline bool
spk_line_msecs(const SpkLineNumber *number, SpkField *field)
{
	uint64_t msecs;

	if (number->negative || !spk_line_whole(number, &msecs) || msecs > SPK_LINE_MAX_MSECS)
		return false;
	field->integer = ((int64_t) msecs - SPK_EPOCH_MSECS) * 1000;
	return true;
}

/*
 * Sets field to the time that is this many units after 1970, exact to the
 * microsecond and rounded half up.  False when no timestamp of PostgreSQL is that
 * time, and for SPK_UNIT_NONE.
 */
static inline bool
spk_line_time(const SpkLineNumber *number, SpkTimeUnit unit, SpkField *field)
{
	/* the digits from a unit to microseconds */
	static const int	 digits[] = {0, 6, 3, 0, -3};
	static const int64_t powers[SPK_LINE_MAX_DIGITS + 1] = {INT64_C(1),
															INT64_C(10),
															INT64_C(100),
															INT64_C(1000),
															INT64_C(10000),
															INT64_C(100000),
															INT64_C(1000000),
															INT64_C(10000000),
															INT64_C(100000000),
															INT64_C(1000000000),
															INT64_C(10000000000),
															INT64_C(100000000000),
															INT64_C(1000000000000),
															INT64_C(10000000000000),
															INT64_C(100000000000000),
															INT64_C(1000000000000000),
															INT64_C(10000000000000000),
															INT64_C(100000000000000000),
															INT64_C(1000000000000000000)};
	int					 shift = digits[unit] - number->scale;
	int64_t				 usecs = (int64_t) number->mantissa;

	if (unit == SPK_UNIT_NONE)
		return false;
	usecs = number->negative ? -usecs : usecs;
	if (shift >= 0)
	{
		/* counted from 2000 before it is multiplied, as the last times would not fit otherwise */
		usecs -= SPK_EPOCH_MSECS * 1000 / powers[shift];
		if (usecs > SPK_END_TIME / powers[shift] || usecs < SPK_MIN_TIME / powers[shift])
			return false;
		usecs *= powers[shift];
	}
	else if (-shift > SPK_LINE_MAX_DIGITS)
		usecs = -SPK_EPOCH_MSECS * 1000; /* less than half a microsecond, whatever the digits */
	else
	{
		int64_t power = powers[-shift];
		int64_t half = usecs + power / 2;

		/* down, not towards zero */
		usecs = half / power - (half % power < 0) - SPK_EPOCH_MSECS * 1000;
	}
	if (usecs < SPK_MIN_TIME || usecs >= SPK_END_TIME)
		return false;
	field->integer = usecs;
	return true;
}

#endif /* SPK_CORE_EVENTS_LINE_TIME_H */
