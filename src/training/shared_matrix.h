/*
 * shared_matrix.h
 *	  Binned rows in a block that workers may share, and what growers need to know of
 *	  the features.
 */
#ifndef SPK_TRAINING_SHARED_MATRIX_H
#define SPK_TRAINING_SHARED_MATRIX_H

#include "postgres.h"

#include "core/rows/matrix.h"

/* Bytes of all this: a multiple of SPK_ALIGNMENT, so that data of the caller's can follow. */
extern uint64 spk_shared_matrix_size(uint32 n_rows, uint32 n_features);

/*
 * Bins the table's rows by the features into the memory, which must be aligned to
 * SPK_ALIGNMENT and have that size.  Sets *matrix, whose codes lie there.
 */
extern void spk_shared_matrix_fill(const SpkHost *host, const SpkTable *table,
								   const SpkFeature *features, void *memory, SpkMatrix *matrix);

/*
 * Sets *matrix and *features in a worker, from memory that the leader has filled.  The
 * features are an array in the current memory context, of which only kind and n_bins are
 * set.
 */
extern void spk_shared_matrix_open(void *memory, SpkMatrix *matrix, SpkFeature **features);

#endif /* SPK_TRAINING_SHARED_MATRIX_H */
