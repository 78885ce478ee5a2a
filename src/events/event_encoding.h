/*
 * event_encoding.h
 *	  Converts an event's texts to the database's encoding.
 */
#ifndef SPK_EVENTS_EVENT_ENCODING_H
#define SPK_EVENTS_EVENT_ENCODING_H

#include "postgres.h"

#include "core/events/event_schema.h"
#include "json/event_fault.h"

typedef struct SpkTranscoder SpkTranscoder;

/*
 * A transcoder in this memory context.  NULL where nothing is converted, because
 * the database's encoding is UTF-8 or SQL_ASCII.
 */
extern SpkTranscoder *spk_transcoder_new(MemoryContext context);

/*
 * Converts the row's texts from UTF-8; they last until the next call.  False, with
 * the fault, when the encoding lacks a character of theirs.
 */
extern bool spk_transcode(SpkTranscoder *transcoder, const SpkSchema *schema, SpkEventRow *row,
						  SpkEventFault *fault);

#endif /* SPK_EVENTS_EVENT_ENCODING_H */
