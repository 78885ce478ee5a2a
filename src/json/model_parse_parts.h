/*
 * model_parse_parts.h
 *	  The parts of a model from its JSON text.
 */
#ifndef SPK_JSON_MODEL_PARSE_PARTS_H
#define SPK_JSON_MODEL_PARSE_PARTS_H

#include "json/model_parse.h"
#include "json/model_text.h"

/* The inside of the array "features", into the model, whose algorithm and options are there. */
extern void spk_parse_features(SpkModelParse *p, SpkText text);

/*
 * The insides of the arrays "trees" and "terms", p->root's "intercept", and its
 * "calibration", if the options ask for one, into the model, whose algorithm,
 * options and features are there.
 */
extern void spk_parse_trees(SpkModelParse *p, SpkText text);
extern void spk_parse_terms(SpkModelParse *p, SpkText text);
extern void spk_parse_calibration(SpkModelParse *p);

#endif /* SPK_JSON_MODEL_PARSE_PARTS_H */
