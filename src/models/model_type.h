/*
 * model_type.h
 *	  The SQL types churn_model and churn_forest: a model's bytes as a varlena.
 */
#ifndef SPK_MODELS_MODEL_TYPE_H
#define SPK_MODELS_MODEL_TYPE_H

#include "postgres.h"

#include "core/models/model.h"

/*
 * The model in a churn_model or churn_forest value, checked and decoded, all
 * of it in memory of this context.  Bytes that are no model are an error:
 * stored data is checked whenever it is used.
 */
extern SpkModel *spk_model_from_datum(Datum datum, MemoryContext context);

/* Likewise, but its trees are in memory of another context, as spk_model_decode_apart has them. */
extern SpkModel *spk_model_apart_from_datum(Datum datum, MemoryContext context,
											MemoryContext trees);

/*
 * The value that stores the model, palloc'd.  The model must be sound, as the
 * learners and the decoder make it.
 */
extern bytea *spk_model_to_bytes(const SpkModel *model);

#endif /* SPK_MODELS_MODEL_TYPE_H */
