/*
 * model_text.h
 *	  Takes a model's JSON text apart before it is parsed.
 *
 * A parsed JSON value takes ten or more times the memory of its text.  So the
 * long arrays of a model are cut out, and their elements are parsed one at a
 * time.  Nothing here trusts the text: what is not JSON gives pieces that json-c
 * refuses.  It needs libc only.
 *
 * A host that wants to stop may jump.  If it does not, a function that it stops
 * returns as if nothing had been found, so the caller has to ask the host, too.
 */
#ifndef SPK_JSON_MODEL_TEXT_H
#define SPK_JSON_MODEL_TEXT_H

#include "core/base/host.h"

/* A stretch of text: the bytes from at up to, and without, end. */
typedef struct SpkText
{
	const char *at;
	const char *end;
} SpkText;

/* The elements of an array that are still to come. */
typedef struct SpkTextList
{
	const SpkHost *host;
	SpkText		   rest;
	bool		   started; /* an element has been taken */
	bool		   bad;		/* these are not arrays or objects separated by commas */
} SpkTextList;

static inline SpkTextList
spk_text_list(const SpkHost *host, SpkText inside)
{
	SpkTextList list = {host, inside, false, false};

	return list;
}

/*
 * The inside, without the brackets, of the array that the outermost object has
 * under this key; at is NULL when it has none.
 */
extern SpkText spk_text_array(const SpkHost *host, SpkText text, const char *key);

/* Takes the next element, an array or an object; false at the end, and when bad becomes true. */
extern bool spk_text_next(SpkTextList *list, SpkText *element);

/* The number of keys in a short text, on all levels; repeated ones count each time. */
extern int spk_text_count_keys(SpkText text);

/* At least the number of values in a short text, on all levels: json-c takes memory for each. */
extern size_t spk_text_count_values(SpkText text);

/*
 * What is wrong in the text although json-c would take it: strings in single
 * quotes, and zero bytes, which no text of PostgreSQL can hold.  The result is
 * static; NULL when nothing is wrong.
 */
extern const char *spk_text_fault(const SpkHost *host, SpkText text);

#endif /* SPK_JSON_MODEL_TEXT_H */
