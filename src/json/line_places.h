/*
 * line_places.h
 *	  Finds what stands at the places of a schema in a line of valid JSON.
 */
#ifndef SPK_JSON_LINE_PLACES_H
#define SPK_JSON_LINE_PLACES_H

#include "core/events/event_schema.h"

/* A key without its escapes; it points into the room that spk_places_find was given. */
typedef struct SpkFoundKey
{
	const char *bytes;
	size_t		len;
} SpkFoundKey;

/* What stands at a place. */
typedef struct SpkFoundValue
{
	const char *start; /* in the line; NULL: nothing */
	const char *end;
	bool		exact;		  /* its key is spelled as the schema spells it */
	bool		is_ambiguous; /* it is not, and other spellings mean the same place */
	SpkFoundKey key;		  /* undefined at the root and in arrays */
	SpkFoundKey other;		  /* the second spelling, if there are several */
} SpkFoundValue;

/*
 * Fills in what a line of valid JSON, which is an object, has at each place of the
 * schema.  Of keys that are repeated the last one counts, with all that is inside of
 * it; a key as the schema spells it wins over other spellings.  room has room for len
 * bytes, and keeps the keys.
 */
extern void spk_places_find(const SpkSchema *schema, const char *line, size_t len,
							SpkFoundValue *values, char *room);

#endif /* SPK_JSON_LINE_PLACES_H */
