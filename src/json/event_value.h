/*
 * event_value.h
 *	  Turns a value of JSON into a value of a column, by the column's type.
 */
#ifndef SPK_JSON_EVENT_VALUE_H
#define SPK_JSON_EVENT_VALUE_H

#include "core/events/event_schema.h"
#include "json/event_fault.h"

/* The bytes of room that a value of JSON may need beside its own length. */
#define SPK_VALUE_ROOM 24

/* What is asked of a value, and where it goes. */
typedef struct SpkValueReader
{
	const SpkSchemaColumn *column;
	char				  *room;	 /* that is left; moved on behind what is used */
	bool				   is_blank; /* it is NULL, because it is "" */
	SpkEventFault		  *fault;
} SpkValueReader;

/*
 * Sets the field to a value of valid JSON that is not null, by the rules of
 * spk_strict_parse.  False, with the fault, when the column cannot hold it.  The
 * field of a text points into the value or into the room.
 */
extern bool spk_event_value(SpkValueReader *reader, const char *start, const char *end,
							SpkField *field);

#endif /* SPK_JSON_EVENT_VALUE_H */
