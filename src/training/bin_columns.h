/*
 * bin_columns.h
 *	  The bins of all columns of a table, found by several processes.
 */
#ifndef SPK_TRAINING_BIN_COLUMNS_H
#define SPK_TRAINING_BIN_COLUMNS_H

#include "postgres.h"

#include "fmgr.h"
#include "storage/dsm.h"
#include "storage/shm_toc.h"

#include "core/rows/binning.h"
#include "host/progress.h"

/*
 * Does what spk_bin_column does with all columns of the table, and tells of its progress: they
 * come after n_before others, of n_total.
 * features has room for as many, in memory of the host; what is said of rules is left to the
 * caller.  As many workers help with columns of numbers as max_parallel_maintenance_workers
 * allows, are free, and have a processor of their own and memory: 25 bytes for each row.  The
 * result does not depend on them.
 */
extern void spk_bin_columns(const SpkHost *host, const SpkTable *table, SpkBinning binning,
							SpkFeature *features, SpkTrainProgress *progress, uint32 n_before,
							uint32 n_total);

/* The entry point of a parallel worker; nothing else calls it. */
extern PGDLLEXPORT void spk_bin_columns_worker(dsm_segment *seg, shm_toc *toc);

#endif /* SPK_TRAINING_BIN_COLUMNS_H */
