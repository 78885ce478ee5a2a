/*
 * search_fits.h
 *	  The fits of a search and of what it has chosen, spread over parallel workers.
 */
#ifndef SPK_TRAINING_SEARCH_FITS_H
#define SPK_TRAINING_SEARCH_FITS_H

#include "postgres.h"

#include "core/judging/search.h"
#include "host/progress.h"
#include "training/workers.h"

/* Rows that fits are made to, in a block of memory that is shared if there are workers. */
typedef struct SpkSearchFits
{
	const SpkHost	*host;
	SpkMemoryBlock	 block;
	int				 n_workers;
	const char		*unit; /* of progress: what is counted, such as "fits of the search done" */
	SpkTrainProgress progress;
	double			 costs[SPK_MAX_TRIED]; /* of a fit of each candidate */
} SpkSearchFits;

/*
 * Puts the rows of the table and their folds into a new block, for candidates of the
 * search, whose n, n_rows and tried are set; sets its pointers into the block.  like has
 * the features, the options of "auto" and the name of the weights.  folds may be NULL when no fit leaves one out.  caller are the bytes that
 * the caller holds besides the table.  More memory than sparkify.max_training_memory is
 * an error.
 */
extern void spk_search_fits_new(SpkSearchFits *fits, const SpkHost *host, const SpkTable *table,
								const SpkModel *like, const uint8 *folds, uint64 caller,
								SpkSearch *search);
extern void spk_search_fits_release(SpkSearchFits *fits);

/* Makes the fits of a round: the SpkSearchRound of a SpkSearchFits. */
extern SpkStatus spk_search_fits_round(void *fits, SpkSearch *search);

/*
 * Fits each candidate that has a weight to all rows, and sets parts to these models, in
 * host memory, in their order.
 */
extern void spk_search_fits_parts(SpkSearchFits *fits, const SpkSearch *search, SpkModel *parts);

/* The entry point of a parallel worker; nothing else calls it. */
extern PGDLLEXPORT void spk_search_worker(dsm_segment *seg, shm_toc *toc);

#endif /* SPK_TRAINING_SEARCH_FITS_H */
