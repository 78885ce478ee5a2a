/*
 * event_json.h
 *	  One line of JSON to one event.  json-c lives behind this header.
 */
#ifndef SPK_EVENT_JSON_H
#define SPK_EVENT_JSON_H

#include "postgres.h"

#include "event_row.h"

/* Why a line is no event: reported by value, so that a loader can go on. */
typedef struct SpkEventFault
{
	int			sqlerrcode;
	char		reason[160];	/* lower-case, without a final period */
} SpkEventFault;

typedef struct SpkEventParser SpkEventParser;

/*
 * A parser that lives as long as the memory context.  Out of memory is an
 * error.
 */
extern SpkEventParser *spk_event_parser_create(MemoryContext context);

/*
 * From now on columns outside of the mask (bits 1 << SpkEventColumn) become
 * NULL, to save their cost.  The rules stay the same: a line is valid or not
 * whatever is wanted.
 */
extern void spk_event_parser_want(SpkEventParser *parser, uint32 wanted);

/*
 * Parses len bytes of UTF-8, one JSON object and nothing but white space around
 * it.  True: row is filled, its texts belong to the parser and last until the
 * next call.  False: fault says why, row is undefined.
 *
 * Unknown keys are ignored, absent and null ones are NULL, of duplicate keys
 * the last wins.  Integers may be written as integral floats, texts as
 * integers; ts and registration are milliseconds since the epoch, whose
 * fraction is kept to microseconds.  A lone surrogate becomes U+FFFD.
 */
extern bool spk_event_parse(SpkEventParser *parser, const char *line, size_t len,
							SpkEventRow *row, SpkEventFault *fault);

/* Sets the fault; returns false, for the caller to return. */
extern bool spk_fault(SpkEventFault *fault, int sqlerrcode, const char *format,...)
			pg_attribute_printf(3, 4);

#endif							/* SPK_EVENT_JSON_H */
