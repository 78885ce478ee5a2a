/*
 * event_fault.h
 *	  Why a line is no event.
 */
#ifndef SPK_JSON_EVENT_FAULT_H
#define SPK_JSON_EVENT_FAULT_H

#include <stdbool.h>

typedef enum SpkFaultKind
{
	SPK_FAULT_SYNTAX,		  /* not JSON, or not an object */
	SPK_FAULT_ENCODING,		  /* not UTF-8, or a null byte */
	SPK_FAULT_NULL_CHARACTER, /* an escaped U+0000 */
	SPK_FAULT_UNTRANSLATABLE, /* a character that the database cannot hold */
	SPK_FAULT_TYPE,			  /* a value of another type than its column */
	SPK_FAULT_RANGE,		  /* a number too large for its column */
	SPK_FAULT_UNIT,			  /* a number for a time, whose unit nobody has given */
	SPK_FAULT_VALUE,		  /* a value that the type of its column refuses */
	SPK_FAULT_KEYS,			  /* no key of an event, or two keys for one column */
	SPK_FAULT_LIMIT,		  /* a line that is too long or has too many values */
	SPK_FAULT_MEMORY,
	SPK_FAULT_CANCELLED
} SpkFaultKind;

/* Why a line is no event.  It is a value and not an error, so that a loader can go on. */
typedef struct SpkEventFault
{
	SpkFaultKind kind;
	char		 reason[160]; /* lower-case, without a final period */
} SpkEventFault;

/*
 * Sets the fault; a reason that is too long is cut between two characters.
 * Returns false, for the caller to return.
 */
extern bool spk_fault(SpkEventFault *fault, SpkFaultKind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* SPK_JSON_EVENT_FAULT_H */
