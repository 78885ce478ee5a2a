/*
 * model_parse_parts.h
 *	  Reads the parts of a model from its JSON text.
 */
#ifndef SPK_JSON_MODEL_PARSE_PARTS_H
#define SPK_JSON_MODEL_PARSE_PARTS_H

#include "json/model_parse.h"
#include "json/model_text.h"

/*
 * Reads the inside of the array "features" into the model, whose algorithm and
 * options have been read.
 */
extern void spk_parse_features(SpkModelParse *p, SpkText text);

/*
 * Read what the options of p->root say with names of columns: first how much that is, and
 * the column of the weights, before there are features, and then the rules of these.
 */
extern void spk_parse_names(SpkModelParse *p, json_object *value, SpkOption option);
extern void spk_parse_rules(SpkModelParse *p);

/*
 * Read the inside of the array "trees", that of "terms" with the "intercept" of
 * p->root, the "calibration" of p->root, if the options ask for one, and the "scores",
 * if the facts count their rows, into the model, whose algorithm, options and features
 * have been read.
 */
extern void spk_parse_trees(SpkModelParse *p, SpkText text);
extern void spk_parse_terms(SpkModelParse *p, SpkText text);
extern void spk_parse_calibration(SpkModelParse *p);
extern void spk_parse_scores(SpkModelParse *p);

/*
 * Read the inside of the array "parts" of a blend, with the "weights" of p->root, and
 * that of "search", which belongs to a model whose facts count candidates.
 */
extern void spk_parse_blend(SpkModelParse *p, SpkText text);
extern void spk_parse_search(SpkModelParse *p, SpkText text);

/* ---- model_parse.c ---- */

/* Reads a whole model into p->model, and its root into p->root. */
extern void spk_parse_model(SpkModelParse *p, SpkText text);

/* Read the members "algorithm" and "options", those of this algorithm, of an object. */
extern void spk_parse_algorithm(SpkModelParse *p, json_object *object, SpkAlgorithm *algorithm);
extern void spk_parse_options(SpkModelParse *p, json_object *object, SpkAlgorithm algorithm,
							  SpkOptions *options);

#endif /* SPK_JSON_MODEL_PARSE_PARTS_H */
