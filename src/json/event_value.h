/*
 * event_value.h
 *	  A value of JSON as a value of an event's column, by the column's type.
 */
#ifndef SPK_JSON_EVENT_VALUE_H
#define SPK_JSON_EVENT_VALUE_H

#include <json-c/json.h>

#include "core/events/event_line.h"
#include "json/event_fault.h"

/* Room for the text of any 64-bit integer, terminated. */
#define SPK_DIGITS 24

/*
 * Sets the field to a value that is not null, as spk_judge_event says it; false
 * with the fault when the column cannot hold it.  A text belongs to the value,
 * or lies in digits (SPK_DIGITS bytes) when the value is an integer.
 */
extern bool spk_event_value(struct json_object *value, int col, char *digits, SpkField *field,
							SpkEventFault *fault);

#endif /* SPK_JSON_EVENT_VALUE_H */
