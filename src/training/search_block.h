/*
 * search_block.h
 *	  The block of memory in which the rows of a search lie, for leader and workers.
 */
#ifndef SPK_TRAINING_SEARCH_BLOCK_H
#define SPK_TRAINING_SEARCH_BLOCK_H

#include "training/search_fits.h"

/* In place of a fold: the fit is to all rows, and its model is kept. */
#define SPK_SEARCH_ALL PG_UINT32_MAX

/* A fit in the list of a round. */
typedef struct SpkListedFit
{
	SpkSearchFit what;
	double		 cost;
	dsa_pointer	 model; /* of a fit to all rows, when a worker made it */
} SpkListedFit;

/* The block starts with this.  Places are in bytes from its start. */
typedef struct SpkSearchBlock
{
	SpkMatrix  matrix;	  /* without the codes and users */
	SpkValues  values;	  /* without the values */
	SpkTickets tickets;	  /* places in the list of fits */
	uint32	   n;		  /* candidates */
	uint32	   n_done;	  /* fits of the rounds before */
	uint32	   n_planned; /* fits of these and this round */
	bool	   has_users;
	SpkOptions asked;						 /* those of "auto" */
	char	   weights_of[SPK_MAX_NAME + 1]; /* the column of the weights; "" without any */
	Size	   features;					 /* place of the encoded features */
	Size	   features_size;
	Size	   value_rows;
	Size	   codes;
	Size	   users;
	Size	   folds;
	Size	   labels;
	Size	   multiples; /* of the rows' weights, where they have any */
	Size	   margins;	  /* n_rows of each candidate, where fits leave folds out */
	Size	   tried;	  /* n SpkTried */
	Size	   fits;
	Size	   size;
} SpkSearchBlock;

static inline void *
spk_search_at(const SpkSearchBlock *block, Size place)
{
	return (char *) block + place;
}

/* The rows of the block as learners take them. */
extern SpkSamples spk_search_block_samples(const SpkSearchBlock *block);

/* The unfitted model of a candidate, for costs and sizes.  Its features are like's. */
extern SpkModel spk_search_block_model(const SpkTried *tried, const SpkModel *like, uint32 n_rows,
									   uint32 n_positives);

#endif /* SPK_TRAINING_SEARCH_BLOCK_H */
