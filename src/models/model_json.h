/*
 * model_json.h
 *	Models as JSON text, whose layout docs/model-format.md describes.
 */
#ifndef SPK_MODELS_MODEL_JSON_H
#define SPK_MODELS_MODEL_JSON_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "core/models/model.h"

/* Appends the model as JSON, exact to the bit. */
extern void spk_model_to_json(StringInfo buf, const SpkModel *model);

/*
 * Appends a JSON object with the facts that are known: all, or without the rule of the
 * threshold and the program that the model was imported from, which are mere numbers there.
 */
extern void spk_facts_to_json(StringInfo buf, const SpkModel *model, bool all);

/* Appends the importance of a feature, and if asked for that by permutation, as further members. */
extern void spk_importance_to_json(StringInfo buf, const SpkFeature *feature, bool permutation);

/* Appends the calibration, if the model has one, as a further member. */
extern void spk_calibration_to_json(StringInfo buf, const SpkModel *model);

/* Appends what a search has tried, if one has found the model, as a further member. */
extern void spk_search_to_json(StringInfo buf, const SpkModel *model);

/*
 * Returns the model that a text describes, which may come from anywhere, in the
 * current memory context (model_input.c).  A text of another layout is an error.
 * Whether the model is sound, the caller finds out by decoding what it encodes to.
 */
extern SpkModel *spk_model_from_json(const char *json);

#endif /* SPK_MODELS_MODEL_JSON_H */
