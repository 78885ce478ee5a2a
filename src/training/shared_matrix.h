/*
 * shared_matrix.h
 *	  Binned rows in shared memory, for workers that grow trees.
 */
#ifndef SPK_TRAINING_SHARED_MATRIX_H
#define SPK_TRAINING_SHARED_MATRIX_H

#include "postgres.h"

#include "access/parallel.h"
#include "storage/dsm.h"
#include "storage/shm_toc.h"

#include "core/rows/matrix.h"

/*
 * A segment of so many bytes for the matrix and what lies behind it; NULL when
 * there is none, or no room for it and so many bytes more.  A lack of room is a
 * warning.
 */
extern dsm_segment *spk_shared_segment(uint64 size, uint64 more);

/* The warning: training does without (more) workers. */
extern void spk_warn_of_shared_memory(uint64 size);

/* Estimates the space in a parallel context, as one key and one chunk. */
extern void spk_estimate_shared_matrix(ParallelContext *pcxt, uint32 n_features);

/*
 * Tells workers of the matrix, whose codes start the segment, and of kind and
 * n_bins of its features.
 */
extern void spk_share_matrix(ParallelContext *pcxt, const SpkMatrix *matrix, const SpkFeature *features,
							 dsm_segment *segment);

/* The same in a worker; the segment is to be detached. */
extern dsm_segment *spk_attach_matrix(shm_toc *toc, SpkMatrix *matrix, SpkFeature **features);

#endif							/* SPK_TRAINING_SHARED_MATRIX_H */
