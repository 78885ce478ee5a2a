/*
 * cross_fit.h
 *	  Scores of all rows by models that have not seen them, spread over parallel
 *	  workers.
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
 * Scores the rows of the table into scored, n_rows of them, fold after fold.
 * folds, the fold of each, of SPK_CALIBRATION_FOLDS, is given back.  Algorithm,
 * options and features of the models are those of like.  The table stays.  The
 * scores do not depend on the workers.  What would take more than
 * sparkify.max_training_memory is an error before; fewer workers are used.
 */
extern void spk_score_held_out(const SpkHost *host, const SpkTable *table, const SpkModel *like,
							   uint8 *folds, SpkScored *scored);

/* What a worker runs. */
extern PGDLLEXPORT void spk_held_out_worker(dsm_segment *seg, shm_toc *toc);

#endif							/* SPK_TRAINING_CROSS_FIT_H */
