/*
 * event_source.h
 *	  The events of a JSON-lines file: lines, parser, faults.
 */
#ifndef SPK_EVENTS_EVENT_SOURCE_H
#define SPK_EVENTS_EVENT_SOURCE_H

#include "postgres.h"

#include "events/event_file.h"
#include "events/event_json.h"

#include "core/events/event_tally.h"

/* Does on_error say "skip"?  Anything but that and "stop" is an error. */
extern bool spk_on_error_skips(const char *word);

typedef enum SpkNext
{
	SPK_NEXT_EVENT, /* source->row is the event */
	SPK_NEXT_FAULT, /* source->fault says why the line is none */
	SPK_NEXT_END
} SpkNext;

typedef struct SpkEventSource
{
	SpkLineReader  *lines;
	SpkEventParser *parser;
	SpkEventRow		row; /* texts last until the next call */
	SpkEventFault	fault;
	SpkEventTally  *tally; /* of the events, or NULL: somebody else's */
} SpkEventSource;

/* As spk_lines_open; lives in the current memory context. */
extern SpkEventSource *spk_source_open(const char *path, int part, int parts);

/* As spk_lines_open_unchecked, of the whole file. */
extern SpkEventSource *spk_source_open_unchecked(const char *path);

/*
 * Asks for some columns only, a mask of bits 1 << SpkEventColumn: the others
 * become NULL.  Which lines are events does not depend on it.
 */
extern void spk_source_want(SpkEventSource *source, uint32 wanted);

/* As spk_lines_aim. */
extern void spk_source_aim(SpkEventSource *source, int64 from, int64 to);

/* Moves to the next line.  Looks for interrupts. */
extern SpkNext spk_source_next(SpkEventSource *source);

/* Reports the fault of the current line, with its place in the file. */
extern void spk_source_report(const SpkEventSource *source, int elevel);

/* "line 7 of file "x"" for errcontext and messages, palloc'd. */
extern char *spk_source_place(const SpkEventSource *source, int64 place);

extern void spk_source_close(SpkEventSource *source);

#endif /* SPK_EVENTS_EVENT_SOURCE_H */
