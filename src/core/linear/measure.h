/*
 * measure.h
 *	  What the features of a model without trees add over the training rows.
 */
#ifndef SPK_CORE_LINEAR_MEASURE_H
#define SPK_CORE_LINEAR_MEASURE_H

#include "core/models/model.h"
#include "core/rows/values.h"

/*
 * Measures what each feature adds over the rows: sets its mean in the terms and
 * the importance, the standard deviation, scaled to sum 1 (or all 0).
 * SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_additive_measure(const SpkHost *host, const SpkValues *rows, SpkModel *model);

#endif /* SPK_CORE_LINEAR_MEASURE_H */
