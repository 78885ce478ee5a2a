/*
 * shared_matrix.h
 *	  Binned rows in a block that workers may share, with what growers need to
 *	  know of their features.
 */
#ifndef SPK_TRAINING_SHARED_MATRIX_H
#define SPK_TRAINING_SHARED_MATRIX_H

#include "postgres.h"

#include "core/rows/matrix.h"

/* Bytes of it, a multiple of a block's alignment, so that a caller's own can follow. */
extern uint64 spk_shared_matrix_size(uint32 n_rows, uint32 n_features);

/*
 * Bins the table's rows by features into the memory, aligned and of that size;
 * sets *matrix, whose codes are there.
 */
extern void spk_shared_matrix_fill(const SpkHost *host, const SpkTable *table,
								   const SpkFeature *features, void *memory, SpkMatrix *matrix);

/*
 * The same in a worker.  Of the features, an array in the current memory
 * context, only kind and n_bins are set.
 */
extern void spk_shared_matrix_open(void *memory, SpkMatrix *matrix, SpkFeature **features);

#endif /* SPK_TRAINING_SHARED_MATRIX_H */
