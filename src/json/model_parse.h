/*
 * model_parse.h
 *	  Models from JSON text: docs/model-format.md describes it.
 *
 * libc, json-c and the core only, so that it is fuzzed without a server.
 */
#ifndef SPK_JSON_MODEL_PARSE_H
#define SPK_JSON_MODEL_PARSE_H

#include <json-c/json.h>

#include "core/models/model.h"
#include "json/json_strict.h"
#include "json/model_text.h"

#define SPK_WHY_BYTES 256

/*
 * A parser at work.  The first fault counts: from then on status is not SPK_OK,
 * and what is asked for gives zeros and NULLs.  Open json-c objects hang here,
 * and what is read on the model, so that both can be given back when a host
 * jumps.
 */
typedef struct SpkModelParse
{
	const SpkHost *host;
	SpkJsonParser  parser;
	json_object	  *root;	/* the model without its features and trees or terms */
	json_object	  *element; /* the feature, node or term being read */
	SpkModel	  *model;
	SpkStatus	   status;
	char		   why[SPK_WHY_BYTES]; /* of SPK_CORRUPT: a sentence for people */
} SpkModelParse;

/*
 * Parses the text, which is UTF-8 or whatever its strings are to be, and may
 * hold anything, into the model; all memory comes from the host but that of json-c, which
 * takes some megabytes at most.  SPK_CORRUPT: the text is of another layout, see p->why;
 * SPK_NO_MEMORY, SPK_CANCELLED: then, too, nothing is held but what spk_model_parse_close gives back.
 * That the model is sound is for the caller to check, by decoding what it
 * encodes to.
 */
extern SpkStatus spk_model_parse(SpkModelParse *p, const SpkHost *host, const char *text,
								 size_t len, SpkModel *model);

/* Gives back what json-c holds; always, also after a jump, and of one that is all zeros. */
extern void spk_model_parse_close(SpkModelParse *p);

/* ---- For the parts of the parser ---- */

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

/*
 * The insides of the arrays "trees" and "terms", p->root's "intercept", and its
 * "calibration", if the options ask for one, into the model, whose algorithm,
 * options and features are there.
 */
extern void spk_parse_trees(SpkModelParse *p, SpkText text);
extern void spk_parse_terms(SpkModelParse *p, SpkText text);
extern void spk_parse_calibration(SpkModelParse *p);

#endif /* SPK_JSON_MODEL_PARSE_H */
