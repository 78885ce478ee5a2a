/*
 * line_check.h
 *	  What must be refused in a line before json-c sees it.
 */
#ifndef SPK_JSON_LINE_CHECK_H
#define SPK_JSON_LINE_CHECK_H

#include <stddef.h>

#include "json/event_fault.h"

/* Whether the line is worth json-c's time: valid UTF-8 and an object, if any. */
extern bool spk_check_line(const char *line, size_t len, SpkEventFault *fault);

/* Sets the fault of a line that is no JSON at this byte, from 0; returns false. */
extern bool spk_invalid_json(const char *reason, size_t at, SpkEventFault *fault);

#endif /* SPK_JSON_LINE_CHECK_H */
