/*
 * event_json.h
 *	  Turns one line of JSON into one event: the fast way where that is possible,
 *	  and otherwise by the full rules.
 */
#ifndef SPK_EVENTS_EVENT_JSON_H
#define SPK_EVENTS_EVENT_JSON_H

#include "postgres.h"

#include "json/event_strict.h"

typedef struct SpkEventParser SpkEventParser;

/*
 * A parser that lives as long as the memory context, and gives back json-c's
 * memory with it.  Out of memory is an error.
 */
extern SpkEventParser *spk_event_parser_new(MemoryContext context);

/*
 * From now on columns outside of the mask (bits 1 << SpkEventColumn) become NULL,
 * which saves their cost.  Which lines are valid does not depend on it.
 */
extern void spk_event_parser_want(SpkEventParser *parser, uint32 wanted);

/*
 * Parses a line as spk_strict_parse does, with two differences.  Out of memory is
 * an error.  Texts come in the database's encoding, and a line with a character
 * that it lacks is no event.  They last until the next call, or as long as the
 * line if that is less.
 */
extern bool spk_event_parse(SpkEventParser *parser, const char *line, size_t len, SpkEventRow *row,
							SpkEventFault *fault);

/* The SQLSTATE of a fault, for errcode(). */
extern int spk_fault_errcode(const SpkEventFault *fault);

#endif /* SPK_EVENTS_EVENT_JSON_H */
