/*
 * event_fault.h
 *	  Why a line is no event.
 */
#ifndef SPK_JSON_EVENT_FAULT_H
#define SPK_JSON_EVENT_FAULT_H

#include <stdbool.h>

typedef enum SpkFaultKind
{
	SPK_FAULT_SYNTAX,		  /* no JSON, or no object */
	SPK_FAULT_ENCODING,		  /* no UTF-8, or a null byte */
	SPK_FAULT_NULL_CHARACTER, /* an escaped U+0000 */
	SPK_FAULT_UNTRANSLATABLE, /* a character that the database cannot hold */
	SPK_FAULT_TYPE,			  /* a value of another type than its column */
	SPK_FAULT_RANGE,		  /* a number too large for its column */
	SPK_FAULT_KEYS,			  /* keys of no event, or two for one column */
	SPK_FAULT_LIMIT,		  /* a line too long */
	SPK_FAULT_MEMORY,
	SPK_FAULT_CANCELLED
} SpkFaultKind;

/* Why a line is no event: reported by value, so that a loader can go on. */
typedef struct SpkEventFault
{
	SpkFaultKind kind;
	char		 reason[160]; /* lower-case, without a final period */
} SpkEventFault;

/*
 * Sets the fault, a long reason cut between two characters; returns false, for
 * the caller to return.
 */
extern bool spk_fault(SpkEventFault *fault, SpkFaultKind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* SPK_JSON_EVENT_FAULT_H */
