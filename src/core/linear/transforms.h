/*
 * transforms.h
 *	  Which function each number goes through before a model without trees is
 *	  fitted, and the rows as they are behind it.
 */
#ifndef SPK_CORE_LINEAR_TRANSFORMS_H
#define SPK_CORE_LINEAR_TRANSFORMS_H

#include "core/models/model.h"
#include "core/models/transform.h"
#include "core/rows/values.h"

/* Rows behind the transforms of their features. */
typedef struct SpkTransformed
{
	SpkTransform *transforms; /* n_features */
	SpkValues	  rows;		  /* those of before, where no feature is transformed */
	double		 *values;	  /* what rows has of its own, or NULL */
} SpkTransformed;

/*
 * Chooses the transforms as the model's option says, and makes the rows behind them,
 * for spk_transforms_release.  The model's algorithm, options and features must be set.
 *
 * With "log" and "yeo_johnson" every number of more than two values is transformed.  In
 * the latter's case the power is the one that makes the training rows most like a
 * normal distribution.  transforms.c says what "auto" does.  Both look at a part of the
 * rows when there are many, which depends on nothing but the rows.
 *
 * SPK_NO_MEMORY, SPK_CANCELLED; then nothing is held.
 */
extern SpkStatus spk_transforms_new(const SpkHost *host, const SpkValues *rows,
									const SpkModel *model, SpkTransformed *made);

/* The bytes of host memory that this takes at most. */
extern uint64_t spk_transforms_size(const SpkModel *model, uint32_t n_rows);

extern void spk_transforms_release(const SpkHost *host, SpkTransformed *made);

#endif /* SPK_CORE_LINEAR_TRANSFORMS_H */
