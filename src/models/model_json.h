/*
 * model_json.h
 *	  Models as JSON text: docs/model-format.md describes it.
 */
#ifndef SPK_MODELS_MODEL_JSON_H
#define SPK_MODELS_MODEL_JSON_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "core/models/model.h"

/* Appends the model as JSON, exact to the bit. */
extern void spk_model_to_json(StringInfo buf, const SpkModel *model);

/* Appends the facts that are known as a JSON object. */
extern void spk_facts_to_json(StringInfo buf, const SpkModel *model);

/* Appends a feature's importance, and that by permutation when there is one, as further members. */
extern void spk_importance_to_json(StringInfo buf, const SpkFeature *feature, bool permutation);

/* Appends the calibration of a model that has one as a further member. */
extern void spk_calibration_to_json(StringInfo buf, const SpkModel *model);

/*
 * The model that a text from anywhere describes, in the current memory
 * context (model_input.c).  A text of another layout is an error.  That the model is sound is
 * for the caller to check, by decoding what it encodes to.
 */
extern SpkModel *spk_model_from_json(const char *json);

#endif /* SPK_MODELS_MODEL_JSON_H */
