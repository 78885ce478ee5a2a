/*
 * event_json.h
 *	  Turns one line of JSON into one event: the fast way where that is possible,
 *	  and otherwise by the full rules.
 */
#ifndef SPK_EVENTS_EVENT_JSON_H
#define SPK_EVENTS_EVENT_JSON_H

#include "postgres.h"

#include "events/event_binding.h"
#include "json/event_strict.h"

typedef struct SpkEventParser SpkEventParser;

/*
 * A parser of lines by this binding, which has to outlive it, as long as the memory
 * context, which gives back json-c's memory, too.  Out of memory is an error.
 */
extern SpkEventParser *spk_event_parser_new(MemoryContext context, SpkBinding *binding);

/*
 * From now on columns outside of the set become NULL, which saves their cost.  Which
 * lines are valid does not depend on it.
 */
extern void spk_event_parser_want(SpkEventParser *parser, const uint64 *wanted);

/*
 * Parses a line as spk_strict_parse does, with these differences.  Out of memory is
 * an error.  Texts come in the database's encoding, and a line with a character
 * that it lacks is no event, nor is one with a value that the type of its column
 * refuses; what a domain refuses is an error.  Returns the row, which lasts until the
 * next call, or its texts as long as the line if that is less; NULL, with the fault,
 * when the line is no event.
 */
extern const SpkEventRow *spk_event_parse(SpkEventParser *parser, const char *line, size_t len,
										  SpkEventFault *fault);

/* The SQLSTATE of a fault, for errcode(). */
extern int spk_fault_errcode(const SpkEventFault *fault);

#endif /* SPK_EVENTS_EVENT_JSON_H */
