/*
 * model_parse.h
 *	  What the parts of the parser of models share.
 *
 * Whatever the text holds that it should not is an error; what has been asked
 * for of PostgreSQL's memory by then is in the current context, and what
 * json-c holds in the SpkJsonInput.
 */
#ifndef SPK_MODEL_PARSE_H
#define SPK_MODEL_PARSE_H

#include "postgres.h"

#include <json-c/json.h>

#include "core/model.h"
#include "json_strict.h"
#include "model_text.h"

#define SPK_MODEL_TYPE		"churn_model"
#define SPK_REFUSE(...)		spk_json_error(SPK_MODEL_TYPE, __VA_ARGS__)

/* What json-c holds, to be given back when an error jumps out. */
typedef struct SpkJsonInput
{
	SpkJsonParser parser;
	SpkHost		host;
	json_object *root;			/* the model without its features and trees or terms */
	json_object *element;		/* the feature, node or term being read */
	int			encoding;		/* of the strings in there */
} SpkJsonInput;

/* Parses a text that must be one JSON value; the caller puts it back. */
extern json_object *spk_parse_json(SpkJsonInput *in, SpkText text);

/* Elements of a list, of which max are allowed; what they are is for errors. */
extern uint32 spk_parse_count(SpkTextList list, uint32 max, const char *what);

/* Element i of an array, which must be of this type. */
extern json_object *spk_parse_element(json_object *array, uint32 i, json_type type, const char *what);

/* Elements of an array, of which max are allowed. */
extern uint32 spk_parse_length(json_object *array, uint32 max, const char *what);

/* A finite number; that of an object with this key; a whole number from 0 to max. */
extern double spk_parse_number(json_object *value, const char *what);
extern double spk_parse_number_member(json_object *object, const char *key);
extern uint32 spk_parse_integer(json_object *value, uint32 max, const char *what);

/* n things of this size, palloc'd and cleared. */
extern void *spk_parse_array(size_t n, size_t size);

/*
 * The insides of the arrays "trees" and "terms", in->root's "intercept", and
 * its "calibration", if the options ask for one, into the model, whose
 * algorithm, options and features are there.
 */
extern void spk_parse_trees(SpkJsonInput *in, SpkText text, SpkModel *model);
extern void spk_parse_terms(SpkJsonInput *in, SpkText text, SpkModel *model);
extern void spk_parse_calibration(SpkJsonInput *in, SpkModel *model);

#endif							/* SPK_MODEL_PARSE_H */
