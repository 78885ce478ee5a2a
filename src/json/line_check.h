/*
 * line_check.h
 *	  What must be refused in a line before json-c sees it.
 */
#ifndef SPK_JSON_LINE_CHECK_H
#define SPK_JSON_LINE_CHECK_H

#include <stddef.h>

#include "json/event_fault.h"

/*
 * Whether json-c may have the line (len bytes): it is valid UTF-8, begins with an
 * object, holds nothing that json-c takes for JSON though it is none, and has not
 * more values than memory is granted for.  False with the fault otherwise.  What
 * passes need not be JSON: json-c finds the other faults.
 */
extern bool spk_check_line(const char *line, size_t len, SpkEventFault *fault);

/*
 * Sets the fault of a line that is not JSON at this byte, counted from 0.  Returns
 * false, for the caller to return.
 */
extern bool spk_invalid_json(const char *reason, size_t at, SpkEventFault *fault);

#endif /* SPK_JSON_LINE_CHECK_H */
