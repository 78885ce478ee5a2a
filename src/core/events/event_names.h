/*
 * event_names.h
 *	  Names that a log has and we do not know: keys that are no column, and pages
 *	  that no feature counts.  Users are told about them.
 */
#ifndef SPK_CORE_EVENTS_EVENT_NAMES_H
#define SPK_CORE_EVENTS_EVENT_NAMES_H

#include "core/events/event_schema.h"

/* The most names that are kept, and the most bytes of each: enough to see what is wrong. */
#define SPK_MAX_NAMES  16
#define SPK_NAME_BYTES 63

/* Distinct names in the order in which they came, in UTF-8, terminated.  All zeros: none. */
typedef struct SpkNames
{
	int	 n;
	bool more; /* there were others, which are not kept */
	char name[SPK_MAX_NAMES][SPK_NAME_BYTES + 1];
} SpkNames;

/* Adds a name of len bytes; a name that is too long is cut behind a whole character. */
extern void spk_names_add(SpkNames *names, const char *name, size_t len);

/* Adds the others' names behind ours. */
extern void spk_names_merge(SpkNames *names, const SpkNames *others);

/*
 * Adds the keys of a line of len bytes that have no place in the schema.  The line
 * must be one valid JSON object.  Keys of objects inside of it count only where the
 * schema has places in those objects; then they are shown as "outer.inner".  Keys of
 * the music log are not added where the schema is of that log.  Keys
 * are kept as they are spelled, with their escapes.
 */
extern void spk_names_add_keys(SpkNames *names, const SpkSchema *schema, const char *line,
							   size_t len);

/* Turns a name into ASCII, in place: control characters and all others beyond ASCII become "?". */
extern void spk_name_to_ascii(char *name);

/*
 * Returns the column that a terminated key of a line seems to mean although it is
 * called otherwise: user_id, User-Id and "user id" look like userId.  Returns
 * SPK_EVENT_NO_COLUMN when there is none, or when the key is the column's own.
 */
extern int spk_event_column_like(const SpkSchema *schema, const char *key);

#endif /* SPK_CORE_EVENTS_EVENT_NAMES_H */
