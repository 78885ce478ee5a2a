/*
 * shared_matrix.h
 *	  Binned rows in a block that workers may share, and what growers need to know of
 *	  the features.
 */
#ifndef SPK_TRAINING_SHARED_MATRIX_H
#define SPK_TRAINING_SHARED_MATRIX_H

#include "postgres.h"

#include "core/rows/matrix.h"

/* How a learner groups the categories that are to be grouped. */
typedef SpkStatus (*SpkGroupRows)(const SpkHost *host, const SpkMatrix *matrix, SpkModel *model);

/*
 * Bytes of all this for a model whose algorithm and options are set: a multiple of
 * SPK_ALIGNMENT, so that data of the caller's can follow.
 */
extern uint64 spk_shared_matrix_size(const SpkTable *table, const SpkModel *model);

/*
 * Bins the table's rows by the model's features into the memory, which must be aligned
 * to SPK_ALIGNMENT and have that size.  Sets *matrix, whose codes lie there, and so do
 * its users, when the table has groups and training with the model's options needs them.
 * Then groups the categories of the model's features as the learner does.
 */
extern void spk_shared_matrix_fill(const SpkHost *host, const SpkTable *table, SpkModel *model,
								   SpkGroupRows group, void *memory, SpkMatrix *matrix);

/* Where the caller's data follow, in memory that has been filled. */
extern void *spk_shared_matrix_end(void *memory);

/*
 * Sets *matrix and *features in a worker, from memory that the leader has filled.  The
 * features are an array in the current memory context, of which only kind, n_bins,
 * n_grouped and rule are set.
 */
extern void spk_shared_matrix_open(void *memory, SpkMatrix *matrix, SpkFeature **features);

#endif /* SPK_TRAINING_SHARED_MATRIX_H */
