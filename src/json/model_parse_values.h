/*
 * model_parse_values.h
 *	  Values of a model's JSON text, each checked before it is used.
 *
 * For the parts of the parser: after the first fault nothing here does anything.
 */
#ifndef SPK_JSON_MODEL_PARSE_VALUES_H
#define SPK_JSON_MODEL_PARSE_VALUES_H

#include "json/model_parse.h"
#include "json/model_text.h"

/* Bytes parsed at once: a feature with the most and longest categories, escaped, and some. */
#define SPK_PART_BYTES (4 * 1024 * 1024)

/* Asks the host whether to go on; false when not, or when there has been a fault. */
extern bool spk_parse_go_on(SpkModelParse *p);

/* The element, of this text, must be an object, of objects and simple values, without repeated keys. */
extern void spk_parse_check_object(SpkModelParse *p, SpkText text);

/* Takes note of the fault, the first one. */
extern void spk_refuse(SpkModelParse *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static inline bool
spk_parsing(const SpkModelParse *p)
{
	return p->status == SPK_OK;
}

/* Parses a text that must be one JSON value into p->element; false when it is none. */
extern bool spk_parse_piece(SpkModelParse *p, SpkText text);

/* Done with the element. */
extern void spk_parse_put(SpkModelParse *p);

/* Elements of a list, of which max are allowed; what they are is for faults. */
extern uint32_t spk_parse_count(SpkModelParse *p, SpkTextList list, uint32_t max, const char *what);

/* The member of an object, of this type; NULL when it is absent, which is a fault unless it is optional. */
extern json_object *spk_parse_member(SpkModelParse *p, json_object *object, const char *key,
									 json_type type, bool optional);

/* It is a fault when the object has other members than these. */
extern void spk_parse_only(SpkModelParse *p, json_object *object, const char *const *keys, int n);

/* Elements of an array, of which max are allowed; 0 of what is none. */
extern uint32_t spk_parse_length(SpkModelParse *p, json_object *array, uint32_t max,
								 const char *what);

/* A finite number; that of an object with this key; a whole number from 0 to max. */
extern double	spk_parse_number(SpkModelParse *p, json_object *value, const char *what);
extern double	spk_parse_number_member(SpkModelParse *p, json_object *object, const char *key);
extern uint32_t spk_parse_integer(SpkModelParse *p, json_object *value, uint32_t max,
								  const char *what);

/* n things of this size, cleared; NULL, which is noted, without memory. */
extern void *spk_parse_array(SpkModelParse *p, size_t n, size_t size);

#endif /* SPK_JSON_MODEL_PARSE_VALUES_H */
