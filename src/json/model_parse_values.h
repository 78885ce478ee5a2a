/*
 * model_parse_values.h
 *	  Reads the values of a model's JSON text, and checks each before it is used.
 *
 * These functions are for the parts of the parser.  After the first fault they do
 * nothing, and return zero, NULL or false.
 */
#ifndef SPK_JSON_MODEL_PARSE_VALUES_H
#define SPK_JSON_MODEL_PARSE_VALUES_H

#include "json/model_parse.h"
#include "json/model_text.h"

/* Bytes parsed at once: the most and longest categories of a feature, escaped, and some more. */
#define SPK_PART_BYTES (8 * 1024 * 1024)

/* Asks the host whether to go on.  False when it is to stop, or when there has been a fault. */
extern bool spk_parse_go_on(SpkModelParse *p);

/*
 * It is a fault unless p->element, which was parsed from this text, is an object
 * without repeated keys, whose arrays hold no objects.
 */
extern void spk_parse_check_object(SpkModelParse *p, SpkText text);

/* Notes a fault, a sentence for people, unless there has been one. */
extern void spk_refuse(SpkModelParse *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static inline bool
spk_parsing(const SpkModelParse *p)
{
	return p->status == SPK_OK;
}

/*
 * Parses a text, which must be one JSON value and not null, into p->element, which
 * spk_parse_put gives back.
 */
extern bool spk_parse_piece(SpkModelParse *p, SpkText text);

/* Gives p->element back. */
extern void spk_parse_put(SpkModelParse *p);

/* The number of elements in a list.  More than max are a fault, which calls them by what. */
extern uint32_t spk_parse_count(SpkModelParse *p, SpkTextList list, uint32_t max, const char *what);

/*
 * The member of an object.  Another type is a fault, and so is its absence unless
 * it is optional; both give NULL.  It belongs to the object.
 */
extern json_object *spk_parse_member(SpkModelParse *p, json_object *object, const char *key,
									 json_type type, bool optional);

/* It is a fault when the object has a member whose key is not one of these n. */
extern void spk_parse_only(SpkModelParse *p, json_object *object, const char *const *keys, int n);

/* The number of elements in an array, 0 when it is not one.  More than max are a fault. */
extern uint32_t spk_parse_length(SpkModelParse *p, json_object *array, uint32_t max,
								 const char *what);

/* A finite number, the same as a member of an object, and a whole number from 0 to max. */
extern double	spk_parse_number(SpkModelParse *p, json_object *value, const char *what);
extern double	spk_parse_number_member(SpkModelParse *p, json_object *object, const char *key);
extern uint32_t spk_parse_integer(SpkModelParse *p, json_object *value, uint32_t max,
								  const char *what);

/* n things of this size in the host's memory, cleared; NULL, which is noted, without memory. */
extern void *spk_parse_array(SpkModelParse *p, size_t n, size_t size);

#endif /* SPK_JSON_MODEL_PARSE_VALUES_H */
