/*
 * model_cache.h
 *	  Models that a place in a query has made ready for use.
 *
 * Functions that apply a model are called for millions of rows with few models.
 * A model is detoasted, checked and decoded when it first occurs at a place in
 * a query, and kept there with as many others as there is memory for; a stored
 * model is known again by its toast pointer, without being read.
 */
#ifndef SPK_SCORING_MODEL_CACHE_H
#define SPK_SCORING_MODEL_CACHE_H

#include "postgres.h"

#include "fmgr.h"

#include "core/models/model.h"

/*
 * Makes what the function needs of a model, all in this context, where the
 * model lies as well; both are deleted together.  Its trees have a context of
 * their own below, which prepare may delete when it does not need them.
 */
typedef void *(*SpkPrepare)(SpkModel *model, MemoryContext context, MemoryContext trees);

/* Defines the setting sparkify.model_cache_memory. */
extern void spk_define_model_cache(void);

/*
 * What prepare has made of the model in argument 0, now or in an earlier call.
 * Uses fn_extra; errors are those of decoding a model.
 */
extern void *spk_prepared_model(FunctionCallInfo fcinfo, SpkPrepare prepare);

#endif /* SPK_SCORING_MODEL_CACHE_H */
