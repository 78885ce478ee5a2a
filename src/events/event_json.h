/*
 * event_json.h
 *	  One line of JSON to one event: the fast way where it leads, else by all
 *	  the rules.
 */
#ifndef SPK_EVENTS_EVENT_JSON_H
#define SPK_EVENTS_EVENT_JSON_H

#include "postgres.h"

#include "json/event_strict.h"

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
 * As spk_judge_event, but out of memory is an error, and texts come in the
 * database's encoding: a line with a character that it lacks is no event.  They
 * last until the next call, or as long as the line if that is less.
 */
extern bool spk_event_parse(SpkEventParser *parser, const char *line, size_t len, SpkEventRow *row,
							SpkEventFault *fault);

/* The SQLSTATE of a fault, for errcode(). */
extern int spk_fault_errcode(const SpkEventFault *fault);

#endif /* SPK_EVENTS_EVENT_JSON_H */
