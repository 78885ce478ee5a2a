/*
 * measure.h
 *	  What the features of a model without trees add to its margin, over the
 *	  training rows.
 */
#ifndef SPK_CORE_LINEAR_MEASURE_H
#define SPK_CORE_LINEAR_MEASURE_H

#include "core/models/model.h"
#include "core/rows/values.h"

/*
 * Measures what each feature adds to the margin over the rows.  Its mean goes into
 * the model's terms.  Its standard deviation becomes the importance of the feature,
 * scaled so that all of them sum to 1; they are 0 when nothing varies.
 * SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_measure_terms(const SpkHost *host, const SpkValues *rows, SpkModel *model);

#endif /* SPK_CORE_LINEAR_MEASURE_H */
