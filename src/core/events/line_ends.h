/*
 * line_ends.h
 *	  Where lines end, found for many of them at a time.
 */
#ifndef SPK_CORE_EVENTS_LINE_ENDS_H
#define SPK_CORE_EVENTS_LINE_ENDS_H

#include "core/events/line_index.h"

/* The most bytes that are looked at at a time: what stays in the nearest cache. */
#define SPK_ENDS_BYTES (16 * 1024)

/*
 * Writes the places of all newlines among len bytes, at most SPK_ENDS_BYTES, in order to
 * ends, which has room for one more than there are bytes.  Returns their number.
 */
extern uint32_t spk_line_ends(SpkLineWay way, const char *bytes, size_t len, uint16_t *ends);

#endif /* SPK_CORE_EVENTS_LINE_ENDS_H */
