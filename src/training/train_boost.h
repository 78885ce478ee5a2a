/*
 * train_boost.h
 *	  Gradient boosting with the help of parallel workers.
 */
#ifndef SPK_TRAINING_TRAIN_BOOST_H
#define SPK_TRAINING_TRAIN_BOOST_H

#include "postgres.h"

#include "fmgr.h"
#include "storage/dsm.h"
#include "storage/shm_toc.h"

#include "core/trees/boost.h"

/*
 * Bins the table and grows the model's trees, whose options and features are
 * set; sets n_trees, trees and the importance of features.
 * As many workers help as max_parallel_maintenance_workers allows, are there
 * and have a processor; the result does not depend on them.
 *
 * The table's values are released once they are binned.  What would take too
 * much memory is an error before.
 */
extern void spk_boost_model(const SpkHost *host, SpkTable *table, SpkModel *model);

/* What a worker runs. */
extern PGDLLEXPORT void spk_boost_worker(dsm_segment *seg, shm_toc *toc);

#endif /* SPK_TRAINING_TRAIN_BOOST_H */
