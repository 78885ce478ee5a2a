/*
 * model_cache.h
 *	  The models that have been made ready for use at a place in a query.
 *
 * Functions that apply a model are called for millions of rows with few models.  A
 * model is detoasted, checked and decoded when it first occurs at a place in a query.
 * It is kept there, with as many others as there is memory for.  A stored model is
 * recognised by its toast pointer, without being read.
 */
#ifndef SPK_SCORING_MODEL_CACHE_H
#define SPK_SCORING_MODEL_CACHE_H

#include "postgres.h"

#include "fmgr.h"

#include "core/models/model.h"

/*
 * Makes what a function needs of a model, in this context, where the model lies as
 * well; both are deleted together.  The model's trees lie in a context of their own
 * below it, which the function may delete when it does not need them.
 */
typedef void *(*SpkPrepare)(SpkModel *model, MemoryContext context, MemoryContext trees);

/* Defines the setting sparkify.model_cache_memory. */
extern void spk_model_cache_define(void);

/*
 * Returns what prepare has made of the model in argument 0, in this call or an earlier
 * one.  It may be used until the next call.  It occupies fn_extra.  A value that is no
 * valid model is an error.
 */
extern void *spk_prepared_model(FunctionCallInfo fcinfo, SpkPrepare prepare);

#endif /* SPK_SCORING_MODEL_CACHE_H */
