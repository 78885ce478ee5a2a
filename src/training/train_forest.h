/*
 * train_forest.h
 *	  Growing a forest with the help of parallel workers.
 */
#ifndef SPK_TRAINING_TRAIN_FOREST_H
#define SPK_TRAINING_TRAIN_FOREST_H

#include "postgres.h"

#include "fmgr.h"
#include "storage/dsm.h"
#include "storage/shm_toc.h"

#include "core/trees/forest.h"

/*
 * Bins the table and grows the trees of the model, whose options and features are set.
 * Sets n_trees, trees, the importance of features, the threshold and the facts of oob.h.
 * As many workers help as max_parallel_maintenance_workers allows and are free.  The
 * result does not depend on them.
 *
 * The table's values are released once they are binned.  Taking too much memory is an
 * error before anything is binned.
 */
extern void spk_train_forest(const SpkHost *host, SpkTable *table, SpkModel *model);

/* The entry point of a parallel worker; nothing else calls it. */
extern PGDLLEXPORT void spk_train_forest_worker(dsm_segment *seg, shm_toc *toc);

#endif /* SPK_TRAINING_TRAIN_FOREST_H */
