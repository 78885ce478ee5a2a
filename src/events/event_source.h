/*
 * event_source.h
 *	  The events of a JSON-lines file: its lines, their parser and their faults.
 */
#ifndef SPK_EVENTS_EVENT_SOURCE_H
#define SPK_EVENTS_EVENT_SOURCE_H

#include "postgres.h"

#include "events/event_file.h"
#include "events/event_json.h"

#include "core/events/event_tally.h"

/* Is the word of an option on_error "skip"?  Anything but that and "stop" is an error. */
extern bool spk_on_error_skips(const char *word);

typedef enum SpkNext
{
	SPK_NEXT_EVENT, /* source->row is the event */
	SPK_NEXT_FAULT, /* source->fault says why the line is none */
	SPK_NEXT_END
} SpkNext;

typedef struct SpkEventSource
{
	SpkLineReader	  *lines;
	SpkEventParser	  *parser;
	SpkBinding		  *binding;
	const SpkEventRow *row; /* the current event; it lasts until the next call */
	SpkEventFault	   fault;
#ifdef USE_ASSERT_CHECKING
	int64 n_lines; /* that were events or faults */
#endif
	SpkEventTally *tally; /* events are added to it, if not NULL; it is the caller's */
} SpkEventSource;

/*
 * A source of the rows of this binding, in the current memory context; path and errors
 * are those of spk_lines_open.
 */
extern SpkEventSource *spk_source_open(SpkBinding *binding, const char *path);

/* The same by spk_lines_open_unchecked. */
extern SpkEventSource *spk_source_open_unchecked(SpkBinding *binding, const char *path);

/* From now on columns outside of this set become NULL; see spk_event_parser_want. */
extern void spk_source_want(SpkEventSource *source, const uint64 *wanted);

/* A tally of the schema's columns that has seen nothing, palloc'd. */
extern SpkEventTally *spk_tally_new(const SpkSchema *schema);

/* Points the source at a range of its file, by spk_lines_aim. */
extern void spk_source_aim(SpkEventSource *source, int64 from, int64 to);

/* Moves to the next line, and says what it is.  Looks for interrupts. */
extern SpkNext spk_source_next(SpkEventSource *source);

/* Reports the fault of the current line at this level, with its place in the file. */
extern void spk_source_report(const SpkEventSource *source, int elevel);

/* The place of a line for messages, as 'line 7 of file "x"', palloc'd. */
extern char *spk_source_place(const SpkEventSource *source, int64 place);

/* Closes the file. */
extern void spk_source_close(SpkEventSource *source);

#endif /* SPK_EVENTS_EVENT_SOURCE_H */
