/*
 * event_names.h
 *	  Names met in a log that are none of ours, to be told: keys that are no
 *	  column, pages that nothing counts.
 */
#ifndef SPK_CORE_EVENTS_EVENT_NAMES_H
#define SPK_CORE_EVENTS_EVENT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* So many names are kept, of so many bytes at most: enough to see what is wrong. */
#define SPK_MAX_NAMES  16
#define SPK_NAME_BYTES 63

/* The names in the order in which they came, terminated, UTF-8. */
typedef struct SpkNames
{
	int	 n;
	bool more; /* there were others */
	char name[SPK_MAX_NAMES][SPK_NAME_BYTES + 1];
} SpkNames;

/* Adds a name of len bytes, cut between characters where it is too long. */
extern void spk_names_add(SpkNames *names, const char *name, size_t len);

extern void spk_names_merge(SpkNames *names, const SpkNames *others);

/*
 * Adds the keys of a line that are no column of an event.  The line is one JSON
 * object, already known to be valid; keys are taken as they are spelled in it,
 * escapes included, and only those of the object itself.
 */
extern void spk_names_add_keys(SpkNames *names, const char *line, size_t len);

/* Shows the name as ASCII: each other character, and each control, becomes a ?. */
extern void spk_name_to_ascii(char *name);

/*
 * The column that a key seems to mean which is not its name: user_id, User-Id and
 * "user id" look like userId.  SPK_EVENT_NO_COLUMN when there is none.
 */
extern int spk_column_like(const char *key);

#endif /* SPK_CORE_EVENTS_EVENT_NAMES_H */
