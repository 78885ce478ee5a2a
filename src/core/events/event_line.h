/*
 * event_line.h
 *	  The fast way from a line of JSON, in the form that logs have, to an event.
 */
#ifndef SPK_CORE_EVENTS_EVENT_LINE_H
#define SPK_CORE_EVENTS_EVENT_LINE_H

#include "core/events/event_columns.h"

/* Longer lines do not take the fast way. */
#define SPK_FAST_LINE_BYTES (32 * 1024)

/* Keys are compared in one piece of this many bytes, which each of them fits with room to spare. */
#define SPK_KEY_BYTES 16

/* A key as it stands in a line, from behind its first quote to the colon. */
typedef struct SpkQuotedKey
{
	char	bytes[SPK_KEY_BYTES];
	uint8_t len; /* includes the second quote and the colon */
} SpkQuotedKey;

/* What a parser has learned from the lines before, and room to work in. */
typedef struct SpkLineParser
{
	/*
	 * For each column, the column whose key came next when it was last seen.  The
	 * entry at SPK_N_COLUMNS is the column whose key came first in the line.
	 */
	uint8_t		 next[SPK_N_COLUMNS + 1];
	SpkQuotedKey keys[SPK_N_COLUMNS]; /* as they were last spelled */
	char		 unescaped[SPK_FAST_LINE_BYTES];
} SpkLineParser;

/* Makes a parser that has seen no line: it expects the keys as the music log spells them. */
extern void spk_line_parser_init(SpkLineParser *parser);

/*
 * Parses a line of len bytes that has the form of a log's lines: one flat object
 * without any column twice, texts with short escapes only (\n, but not \u000a),
 * and numbers that convert exactly beyond doubt.
 *
 * When it returns true, row holds the event.  Columns outside of the mask wanted
 * are NULL in it.  Texts point into the line or into the parser, so they last
 * until the line goes or the next one is parsed, whichever happens first.  When it
 * returns false, the line must be judged by a complete parser, which may accept or
 * refuse it; row is undefined.
 */
extern bool spk_line_parse(SpkLineParser *parser, const char *line, size_t len, uint32_t wanted,
						   SpkEventRow *row);

#endif /* SPK_CORE_EVENTS_EVENT_LINE_H */
