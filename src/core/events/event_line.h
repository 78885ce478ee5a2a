/*
 * event_line.h
 *	  One event of the log as plain C values, and the fast way to it from the
 *	  common form of a line of JSON.
 */
#ifndef SPK_CORE_EVENTS_EVENT_LINE_H
#define SPK_CORE_EVENTS_EVENT_LINE_H

#include "core/events/event_columns.h"

/* Longer lines are not for the fast way. */
#define SPK_FAST_LINE_BYTES (32 * 1024)

/* Keys are compared in one piece of so many bytes. */
#define SPK_KEY_BYTES 16

/* A key as it stands in a line, behind the first quote. */
typedef struct SpkQuotedKey
{
	char	bytes[SPK_KEY_BYTES];
	uint8_t len; /* with the quote and the colon */
} SpkQuotedKey;

typedef struct SpkLineParser
{
	/*
	 * The column whose key followed that of each column, the last time; of
	 * SPK_N_COLUMNS, the column whose key was first.
	 */
	uint8_t		 next[SPK_N_COLUMNS + 1];
	SpkQuotedKey keys[SPK_N_COLUMNS]; /* as they were spelled the last time */
	char		 unescaped[SPK_FAST_LINE_BYTES];
} SpkLineParser;

extern void spk_line_parser_init(SpkLineParser *parser);

/*
 * Parses a line of len bytes in the form that logs have: one flat object, no
 * column twice, texts with the short escapes only, numbers that convert exactly
 * without any doubt.  True: row is filled, but for the columns outside of the
 * mask wanted, which are NULL; texts last until the next call or as long as the
 * line, whichever is less.  False: the line is for somebody else to judge, row
 * is undefined.
 */
extern bool spk_line_parse(SpkLineParser *parser, const char *line, size_t len, uint32_t wanted,
						   SpkEventRow *row);

#endif /* SPK_CORE_EVENTS_EVENT_LINE_H */
