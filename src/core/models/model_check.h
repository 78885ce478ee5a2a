/*
 * model_check.h
 *	  What has to hold of a finished model, see core/base/invariant.h.
 */
#ifndef SPK_CORE_MODELS_MODEL_CHECK_H
#define SPK_CORE_MODELS_MODEL_CHECK_H

#include "core/base/invariant.h"
#include "core/models/model.h"

#ifdef SPK_CHECK_INVARIANTS

/*
 * Ends the program unless the model is sound: one that spk_model_encode may be
 * given, and whose bytes spk_model_decode reads.  It looks at every node.
 *
 * Models that were parsed from text are not sound before their bytes have been
 * decoded.
 */
extern void spk_model_check(const SpkModel *model);

#else
#define spk_model_check(model) ((void) 0)
#endif

#endif /* SPK_CORE_MODELS_MODEL_CHECK_H */
