/*
 * cross_fit.h
 *	  Cross-fitting, spread over parallel workers: every row is scored by a model
 *	  that was not fitted to it.  core/judging/cross_fit.h says what is done.
 */
#ifndef SPK_TRAINING_CROSS_FIT_H
#define SPK_TRAINING_CROSS_FIT_H

#include "postgres.h"

#include "fmgr.h"
#include "storage/dsm.h"
#include "storage/shm_toc.h"

#include "core/rows/matrix.h"
#include "core/judging/metrics.h"

/*
 * Scores the rows of the table in the folds 0 .. n_scored - 1, each by a model fitted
 * to the rows of all other folds.  The models have the algorithm, options and features
 * of like.
 *
 * folds has the number of each row's fold, 0 .. SPK_CALIBRATION_FOLDS - 1; it is
 * host memory, which is released here as soon as it has been read.  scored
 * belongs to the caller and has room for table->n_rows rows; it is filled fold by
 * fold, not in the table's order, and *n is how many there are.  multiples, unless NULL,
 * has as much room, and is set to how many units of the weight these rows count; the unit
 * is returned, or 1 for NULL.  table and like are only read.  The scores are the same
 * whatever the number of workers.
 *
 * Workers are left out where they would take more memory than
 * sparkify.max_training_memory, of which the caller holds so many bytes beside the
 * table; when the leader alone would take more, that is an error before any model is
 * fitted.  Other failures are errors, too.
 */
extern double spk_cross_fit_rows(const SpkHost *host, const SpkTable *table, const SpkModel *like,
								 uint8 *folds, uint32 n_scored, uint64 caller, SpkScored *scored,
								 uint32 *multiples, size_t *n);

/* The entry point of a parallel worker; nothing else calls it. */
extern PGDLLEXPORT void spk_cross_fit_worker(dsm_segment *seg, shm_toc *toc);

#endif /* SPK_TRAINING_CROSS_FIT_H */
