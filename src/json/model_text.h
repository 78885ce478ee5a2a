/*
 * model_text.h
 *	  Taking a model's JSON text apart before it is parsed.
 *
 * A parsed JSON value takes ten or more times the memory of its text.  So the
 * long arrays of a model are cut out and their elements parsed one at a time.
 * Nothing here trusts the text: what is no JSON gives pieces that are none,
 * and the parser refuses them.  libc only.  A host that wants to stop may jump;
 * else what it stops gives nothing, and the caller asks the host, too.
 */
#ifndef SPK_JSON_MODEL_TEXT_H
#define SPK_JSON_MODEL_TEXT_H

#include "core/base/host.h"

/* A stretch of text: at .. end - 1. */
typedef struct SpkText
{
	const char *at;
	const char *end;
} SpkText;

/* The elements of an array that are still to come; started and bad are false at first. */
typedef struct SpkTextList
{
	const SpkHost *host;
	SpkText		   rest;
	bool		   started;
	bool		   bad; /* not arrays or objects separated by commas */
} SpkTextList;

static inline SpkTextList
spk_text_list(const SpkHost *host, SpkText inside)
{
	SpkTextList list = {host, inside, false, false};

	return list;
}

/*
 * The inside of the array that is the value of this key of the outermost
 * object, without its brackets; at is NULL when there is none.
 */
extern SpkText spk_text_array(const SpkHost *host, SpkText text, const char *key);

/* The next element, an array or an object; false at the end or when bad turns true. */
extern bool spk_text_next(SpkTextList *list, SpkText *element);

/* Keys in a short text, repeated ones counted. */
extern int spk_text_count_keys(SpkText text);

/* Values in a short text, on all levels, at least: what json-c takes memory for. */
extern size_t spk_text_count_values(SpkText text);

/*
 * What is wrong in the text though json-c would take it: strings in single
 * quotes, and zero bytes, which no text of PostgreSQL can hold.  NULL if
 * nothing is.
 */
extern const char *spk_text_fault(const SpkHost *host, SpkText text);

#endif /* SPK_JSON_MODEL_TEXT_H */
