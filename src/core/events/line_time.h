/*
 * line_time.h
 *	  Reading the times of a line of JSON: milliseconds since 1970, or ISO 8601.
 */
#ifndef SPK_CORE_EVENTS_LINE_TIME_H
#define SPK_CORE_EVENTS_LINE_TIME_H

#include "core/base/time_text.h"
#include "core/base/times.h"
#include "core/events/line_number.h"

/* The end of 9999-12-31.  Times beyond it, or before 1970, are left to the complete parser. */
#define SPK_LINE_MAX_MSECS UINT64_C(253402300799999)

/* Sets field to the time that is this many milliseconds after 1970; false otherwise. */
static inline bool
spk_line_time(const SpkLineNumber *number, SpkField *field)
{
	uint64_t msecs;

	if (number->negative || !spk_line_whole(number, &msecs) || msecs > SPK_LINE_MAX_MSECS)
		return false;
	field->integer = ((int64_t) msecs - SPK_EPOCH_MSECS) * 1000;
	return true;
}

/* Reads a time in quotes, from its first quote on; false unless it is ISO 8601. */
static inline bool
spk_line_read_time(SpkLineCursor *c, SpkField *field)
{
	SpkLineText text;

	c->at++;
	return spk_line_read_text(c, &text) && !text.escapes &&
		spk_time_of_iso8601(text.start, (size_t) (text.end - text.start), &field->integer);
}

#endif /* SPK_CORE_EVENTS_LINE_TIME_H */
