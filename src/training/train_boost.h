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
 * Bins the table and grows the trees of the model, whose options and features are set.
 * Sets n_trees, trees and the importance of features.  As many workers help as
 * max_parallel_maintenance_workers allows, are free, and have a processor of their own.
 * The result does not depend on them.
 *
 * The table's values are released once they are binned.  Taking too much memory is an
 * error before anything is binned.
 */
extern void spk_train_boost(const SpkHost *host, SpkTable *table, SpkModel *model);

/* The entry point of a parallel worker; nothing else calls it. */
extern PGDLLEXPORT void spk_train_boost_worker(dsm_segment *seg, shm_toc *toc);

#endif /* SPK_TRAINING_TRAIN_BOOST_H */
