/*
 * event_value.h
 *	  Turns a value of JSON into a value of an event's column, by the column's type.
 */
#ifndef SPK_JSON_EVENT_VALUE_H
#define SPK_JSON_EVENT_VALUE_H

#include <json-c/json.h>

#include "core/events/event_line.h"
#include "json/event_fault.h"

/* Room for the text of any 64-bit integer, terminated. */
#define SPK_DIGITS 24

/*
 * Sets the field of this column to a value that is not null, by the rules of
 * spk_strict_parse.  False, with the fault, when the column cannot hold it.  The
 * field of a text points into the value, or into digits (SPK_DIGITS bytes) when
 * the value is an integer.
 */
extern bool spk_event_value(struct json_object *value, int col, char *digits, SpkField *field,
							SpkEventFault *fault);

#endif /* SPK_JSON_EVENT_VALUE_H */
