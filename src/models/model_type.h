/*
 * model_type.h
 *	The SQL types churn_model and churn_forest, which hold a model's bytes.
 */
#ifndef SPK_MODELS_MODEL_TYPE_H
#define SPK_MODELS_MODEL_TYPE_H

#include "postgres.h"

#include "core/models/model.h"

/*
 * Decodes the model of a churn_model or churn_forest value into memory of this
 * context.  Stored data are checked whenever they are used: bytes that are no model
 * are an error.
 */
extern SpkModel *spk_model_from_datum(Datum datum, MemoryContext context);

/* Likewise, but the trees are in memory of another context; see spk_model_decode_apart. */
extern SpkModel *spk_model_apart_from_datum(Datum datum, MemoryContext context,
											MemoryContext trees);

/*
 * Returns the value that stores the model, palloc'd.  The model must be sound, as the
 * learners and the decoder make it.
 */
extern bytea *spk_model_to_bytes(const SpkModel *model);

#endif /* SPK_MODELS_MODEL_TYPE_H */
