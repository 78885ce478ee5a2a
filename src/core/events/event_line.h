/*
 * event_line.h
 *	  The fast way from a line of JSON, in the form that logs have, to an event.
 */
#ifndef SPK_CORE_EVENTS_EVENT_LINE_H
#define SPK_CORE_EVENTS_EVENT_LINE_H

#include "core/events/event_schema.h"
#include "core/events/line_index.h"

/* Longer lines do not take the fast way. */
#define SPK_FAST_LINE_BYTES (32 * 1024)

/* What a parser has learned from the lines before, and room to work in. */
typedef struct SpkLineParser SpkLineParser;

/*
 * Makes a parser that has seen no line, in one piece of the host's memory, which
 * spk_release takes back; NULL when there is none.  The schema has to outlive it.
 */
extern SpkLineParser *spk_line_parser_new(const SpkSchema *schema, const SpkHost *host);

/*
 * From now on lines are read in this way, which the processor must have.  A new parser
 * takes the best one.  All read the same; the others are for tests.
 */
extern void spk_line_parser_set_way(SpkLineParser *parser, SpkLineWay way);

/*
 * From now on columns outside of the set become NULL.  A new parser wants all.  Which
 * lines it takes does not depend on it.
 */
extern void spk_line_parser_want(SpkLineParser *parser, const uint64_t *wanted);

/*
 * Parses a line of len bytes that has the form of a log's lines: one object without
 * any column twice, and values that convert exactly beyond doubt.
 *
 * When it returns true, row, which is one of the schema's columns, holds the event.
 * Texts point into the line or into the parser, so they last until the line goes or
 * the next one is parsed, whichever happens first.  When it returns false, the line
 * must be judged by a complete parser, which may accept or refuse it; row is
 * undefined.
 */
extern bool spk_line_parse(SpkLineParser *parser, const char *line, size_t len, SpkEventRow *row);

#endif /* SPK_CORE_EVENTS_EVENT_LINE_H */
