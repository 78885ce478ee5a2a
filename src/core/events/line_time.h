/*
 * line_time.h
 *	  Times of a line of JSON: milliseconds since 1970, or ISO 8601.
 */
#ifndef SPK_CORE_EVENTS_LINE_TIME_H
#define SPK_CORE_EVENTS_LINE_TIME_H

#include "core/base/time_text.h"
#include "core/base/times.h"
#include "core/events/line_number.h"

/* 9999-12-31: beyond, and before 1970, somebody should look twice. */
#define SPK_LINE_MAX_MSECS UINT64_C(253402300799999)

static inline bool
spk_line_time(const SpkLineNumber *number, SpkField *field)
{
	uint64_t msecs;

	if (number->negative || !spk_line_whole(number, &msecs) || msecs > SPK_LINE_MAX_MSECS)
		return false;
	field->integer = ((int64_t) msecs - SPK_EPOCH_MSECS) * 1000;
	return true;
}

/* A time as text. */
static inline bool
spk_line_read_time(SpkLineCursor *c, SpkField *field)
{
	SpkLineText text;

	c->at++;
	return spk_line_read_text(c, &text) && !text.escapes &&
		spk_time_of_iso8601(text.start, (size_t) (text.end - text.start), &field->integer);
}

#endif /* SPK_CORE_EVENTS_LINE_TIME_H */
