/*
 * event_encoding.h
 *	  An event's texts in the database's encoding.
 */
#ifndef SPK_EVENTS_EVENT_ENCODING_H
#define SPK_EVENTS_EVENT_ENCODING_H

#include "postgres.h"

#include "json/event_strict.h"

typedef struct SpkTranscoder SpkTranscoder;

/* NULL where UTF-8 is what the database holds, or anything.  Lives in the context. */
extern SpkTranscoder *spk_transcoder_create(MemoryContext context);

/*
 * Converts the row's texts from UTF-8; they last until the next call.  False when
 * the encoding lacks a character: that is a fault of the line.
 */
extern bool spk_transcode(SpkTranscoder *transcoder, SpkEventRow *row, SpkEventFault *fault);

#endif /* SPK_EVENTS_EVENT_ENCODING_H */
