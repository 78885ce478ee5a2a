/*
 * model_terms.h
 *	What models without trees have learned, for people.
 */
#ifndef SPK_MODELS_MODEL_TERMS_H
#define SPK_MODELS_MODEL_TERMS_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "core/models/model.h"

/*
 * Appends members of a JSON object.  Those of a logistic regression are
 * "coefficients", on the features' own scale, with standard errors, z and p values.
 * Those of naive Bayes are "classes" and "likelihoods".  Where a number goes through a
 * transform, its entry names it and is on the scale behind it.
 */
extern void spk_append_terms(StringInfo buf, const SpkModel *model);

#endif /* SPK_MODELS_MODEL_TERMS_H */
