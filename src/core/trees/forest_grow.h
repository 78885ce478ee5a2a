/*
 * forest_grow.h
 *	  A forest while its trees are grown, by one worker or by several, and put
 *	  together.
 */
#ifndef SPK_CORE_TREES_FOREST_GROW_H
#define SPK_CORE_TREES_FOREST_GROW_H

#include "core/trees/forest.h"

typedef struct SpkForest
{
	SpkHost		  host;
	SpkForestPlan plan;
	SpkMatrix	  matrix;
	SpkModel	 *model;
	double		 *gains;   /* n_trees * n_features */
	size_t		  n_words; /* of tally */
	uint64_t	 *tally;   /* out of bag; the tallies of all workers are added to it */
} SpkForest;

/*
 * Groups the categories that are to be grouped, and sets the codes of the rows to the groups that the rows before them, in a random order of users, give to
 * their categories (see statistics.h).  For matrices of which the forest is to be grown.
 * It takes 8 bytes of host memory for each row while it works.  SPK_CANCELLED,
 * SPK_NO_MEMORY.
 */
extern SpkStatus spk_forest_group(const SpkHost *host, const SpkMatrix *matrix, SpkModel *model);

/*
 * Starts a forest on this matrix, whose codes must stay.  The algorithm, options
 * and features of the model are set before.  After a failure nothing is held but
 * what spk_model_release gives back.  SPK_NO_MEMORY.
 */
extern SpkStatus spk_forest_start(const SpkHost *host, const SpkMatrix *matrix, SpkModel *model,
								  SpkForest *forest);

/* Copies a tree into the model, and its gains, to the places of its number.  SPK_NO_MEMORY. */
extern SpkStatus spk_forest_keep(SpkForest *forest, uint32_t tree_no, const SpkTree *tree,
								 const double *gains);

/* Gives back everything but the model. */
extern void spk_forest_release(SpkForest *forest);

#endif /* SPK_CORE_TREES_FOREST_GROW_H */
