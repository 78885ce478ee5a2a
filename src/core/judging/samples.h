/*
 * samples.h
 *	  Rows that many models are fitted to and judged by, leaving out one fold
 *	  of them at a time.
 *
 * They are there once, in the forms that learners take; a fit copies at most
 * the codes of its rows, a byte each.  Everything here is serial: what is to be
 * parallel is one fit beside another.
 */
#ifndef SPK_CORE_JUDGING_SAMPLES_H
#define SPK_CORE_JUDGING_SAMPLES_H

#include "core/rows/matrix.h"
#include "core/judging/metrics.h"
#include "core/rows/values.h"

#define SPK_NO_FOLD		(-1)

/* Plain data but for its pointers.  A form that no model needs may be left out, all zeros. */
typedef struct SpkSamples
{
	SpkMatrix	matrix;			/* for trees */
	const uint8_t *matrix_folds;	/* the fold of each of its rows */
	SpkValues	values;			/* for models without trees */
	const uint8_t *values_folds;
} SpkSamples;

/*
 * Fits the model, whose algorithm, options and features are set, to the rows
 * that are not in this fold (SPK_NO_FOLD: to all): all that training sets, and
 * of the facts the rows, positives and those of the algorithm.  The same model
 * as training on these rows alone gives, if its features were these; but it is
 * not calibrated, and its option calibrate is set to none.  After a failure
 * nothing is held but what spk_model_release gives back: SPK_INVALID unless
 * there are rows of both classes, SPK_LIMIT, SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_fit_without(const SpkHost *host, const SpkSamples *samples, int fold, SpkModel *model);

/*
 * The rows of samples that are not in this fold (SPK_NO_FOLD: all), in the form
 * that the algorithm takes, with the folds that parted, the same rows, has them
 * in.  What is new is host memory, for spk_release_some.  SPK_CANCELLED,
 * SPK_NO_MEMORY.
 */
extern SpkStatus spk_take_some(const SpkHost *host, const SpkSamples *samples, int fold,
							   const SpkSamples *parted, SpkAlgorithm algorithm, SpkSamples *some);
extern void spk_release_some(const SpkHost *host, SpkSamples *some);

/*
 * Scores the rows in the fold (SPK_NO_FOLD: all) by a model with the same
 * features into scored, which has room for them; *n is their number.
 * SPK_CANCELLED.
 */
extern SpkStatus spk_score_fold(const SpkHost *host, const SpkSamples *samples, int fold,
								const SpkModel *model, SpkScored *scored, size_t *n);

/*
 * Bytes that a fit to n_rows rows, the model it makes and scoring with it take
 * besides the samples, an upper bound; and those of the model's trees alone.  Of
 * the model algorithm, options and features must be set.
 */
extern uint64_t spk_fit_size(const SpkModel *model, uint32_t n_rows);
extern uint64_t spk_fitted_size(const SpkModel *model, uint32_t n_rows);

#endif							/* SPK_CORE_JUDGING_SAMPLES_H */
