/*
 * event_strict.h
 *	  One line of JSON to one event, by all the rules: what is valid is decided
 *	  here.  json-c lives behind this header; no server is needed.
 */
#ifndef SPK_JSON_EVENT_STRICT_H
#define SPK_JSON_EVENT_STRICT_H

#include "core/base/host.h"
#include "core/events/event_line.h"
#include "json/event_fault.h"

typedef struct SpkEventJudge SpkEventJudge;

/* NULL when there is no memory.  json-c's own comes from malloc. */
extern SpkEventJudge *spk_judge_create(const SpkHost *host);

extern void spk_judge_free(SpkEventJudge *judge);

/*
 * Parses len bytes of UTF-8, one JSON object and nothing but white space around
 * it.  True: row is filled, its texts belong to the judge and last until the
 * next call.  False: fault says why, row is undefined.
 *
 * Unknown keys are ignored, absent and null ones are NULL, of duplicate keys
 * the last wins.  Keys are folded as names of columns are: the source's spelling
 * wins over others, two others of one column are a fault, and so is a line with
 * no key of SPK_EVENT_COLUMNS.  Integers may be written as integral floats, texts
 * as integers; ts and registration are milliseconds since the epoch, whose
 * fraction is kept to microseconds, or ISO 8601.  A lone surrogate becomes U+FFFD.  Columns
 * outside of the mask wanted are held to the same rules and become NULL.
 */
extern bool spk_judge_event(SpkEventJudge *judge, const char *line, size_t len, uint32_t wanted,
							SpkEventRow *row, SpkEventFault *fault);

#endif /* SPK_JSON_EVENT_STRICT_H */
