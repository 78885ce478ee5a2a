/*
 * samples.h
 *	  Rows to which many models are fitted, each leaving out one fold of them.
 *
 * The rows are held once, in the forms that learners take.  A fit copies at most
 * the codes of its rows, which take a byte for each feature.  Everything here is
 * serial: where fits run in parallel, each process makes whole ones.
 *
 * All functions that return a status return SPK_OK, or say what stopped them:
 * SPK_CANCELLED when the host asked to stop, SPK_NO_MEMORY when it gave none, and
 * the statuses that their comments name.
 */
#ifndef SPK_CORE_JUDGING_SAMPLES_H
#define SPK_CORE_JUDGING_SAMPLES_H

#include "core/rows/matrix.h"
#include "core/judging/metrics.h"
#include "core/rows/values.h"

/* In place of a fold's number: leave out no row. */
#define SPK_NO_FOLD (-1)

/*
 * The rows in each form, and for each row the number of its fold.  The two forms
 * have orders of their own.  A form that no model needs may be left out, and folds
 * that no call asks for may be NULL.  The struct owns none of the memory that it
 * points to.
 */
typedef struct SpkSamples
{
	SpkMatrix	   matrix;		 /* for trees */
	const uint8_t *matrix_folds; /* the fold of each row of matrix */
	SpkValues	   values;		 /* for models without trees */
	const uint8_t *values_folds; /* the fold of each row of values */
} SpkSamples;

/*
 * Fits the model to the rows that are not in the fold, or to all rows for
 * SPK_NO_FOLD.  The caller sets the model's algorithm, options and features
 * before.  Where the matrix has users, those left are numbered as if there were no
 * others.  This sets the trees or terms, the threshold, the features' importance
 * and the facts: the numbers of rows and positives, and those of the algorithm.
 *
 * The model is the one that training on these rows alone would give with these
 * features, but that it is not calibrated: its option calibrate is set to none.
 * Returns SPK_INVALID when the rows are all of one class, and SPK_LIMIT when the
 * model would exceed a documented limit.  After a failure, too, the caller
 * releases the model by spk_model_release.
 */
extern SpkStatus spk_samples_fit(const SpkHost *host, const SpkSamples *samples, int fold,
								 SpkModel *model);

/*
 * Makes *some of the rows of samples that are not in the fold, or of all rows for
 * SPK_NO_FOLD, in the one form that the algorithm takes.  Their folds are those
 * of parted, which has the same rows as samples but parts them in another way.  Rows
 * that are SPK_HOLDOUT there are left out, too.
 * The caller gives *some back by spk_samples_release; after a failure nothing is
 * held.
 */
extern SpkStatus spk_samples_take(const SpkHost *host, const SpkSamples *samples, int fold,
								  const SpkSamples *parted, SpkAlgorithm algorithm,
								  SpkSamples *some);
extern void		 spk_samples_release(const SpkHost *host, SpkSamples *some);

/*
 * Scores the rows in the fold, or all rows for SPK_NO_FOLD, with a model that has
 * the same features.  scored belongs to the caller and must have room for these
 * rows; their number is returned in *n.
 */
extern SpkStatus spk_samples_score(const SpkHost *host, const SpkSamples *samples, int fold,
								   const SpkModel *model, SpkScored *scored, size_t *n);

/*
 * Sets weights to how many units of the weight these rows count, in the same order.
 * Returns the unit.  Rows must have weights.
 */
extern double spk_samples_weights(const SpkSamples *samples, int fold, SpkAlgorithm algorithm,
								  uint32_t *weights);

/*
 * Upper bounds of memory, in bytes, for a model whose algorithm, options and
 * features are set.  spk_samples_fit_size is what a fit to n_rows rows takes besides the
 * samples, with the model that it makes and scoring by it; spk_samples_model_size is what
 * the trees of that model take.
 */
extern uint64_t spk_samples_fit_size(const SpkModel *model, uint32_t n_rows);
extern uint64_t spk_samples_model_size(const SpkModel *model, uint32_t n_rows);

#endif /* SPK_CORE_JUDGING_SAMPLES_H */
