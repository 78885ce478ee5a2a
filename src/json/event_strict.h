/*
 * event_strict.h
 *	  Turns one line of JSON into one event by the full rules, which decide what
 *	  is valid.  It needs json-c, but no server.
 */
#ifndef SPK_JSON_EVENT_STRICT_H
#define SPK_JSON_EVENT_STRICT_H

#include "core/base/host.h"
#include "core/events/event_schema.h"
#include "json/event_fault.h"

typedef struct SpkStrictParser SpkStrictParser;

/*
 * A parser of lines by this schema, which has to outlive it, in the host's memory;
 * json-c's own memory comes from malloc.  NULL when there is no memory.
 */
extern SpkStrictParser *spk_strict_new(const SpkSchema *schema, const SpkHost *host);

extern void spk_strict_release(SpkStrictParser *strict);

/*
 * Parses len bytes of UTF-8: one JSON object with nothing but white space around
 * it.  True: the row, which is one of the schema's columns, is filled; its texts
 * belong to the parser or are in the line, and last until the next call or as long as
 * the line.  False: the fault says why the line is no event, and the row is
 * undefined.
 *
 * Keys: those of columns by name are folded as names of columns are.  A key as the
 * schema spells it wins over other spellings, and two other spellings of one column
 * are a fault.  Of repeated keys the last one counts.  Unknown keys are ignored, but
 * a line with none of the places that the schema requires is a fault.
 *
 * Values: what is absent or null is NULL.  Integers may be written as floats without
 * a fraction.  Times are numbers of the column's unit since 1970, whose fraction is
 * kept to microseconds, or texts of ISO 8601.  A lone surrogate becomes U+FFFD.
 *
 * In columns that are lenient numbers may stand in quotes, and are booleans, too;
 * texts may be numbers or booleans, as they are spelled.  Texts of other columns may
 * be integers.  Objects and arrays are for columns of JSON.
 *
 * Columns outside of the set wanted are held to the same rules and become NULL.
 */
extern bool spk_strict_parse(SpkStrictParser *strict, const char *line, size_t len,
							 const uint64_t *wanted, SpkEventRow *row, SpkEventFault *fault);

/*
 * Checks all that is true of a row that was parsed with this set of wanted
 * columns, by spk_strict_parse or by spk_line_parse.
 */
#ifdef SPK_CHECK_INVARIANTS
extern void spk_event_row_check(const SpkEventRow *row, const SpkSchema *schema,
								const uint64_t *wanted);
#else
#define spk_event_row_check(row, schema, wanted) ((void) 0)
#endif

#endif /* SPK_JSON_EVENT_STRICT_H */
