/*
 * forest_growth.h
 *	  A forest while its trees grow, one after the other or by several workers,
 *	  and are put together.
 */
#ifndef SPK_CORE_TREES_FOREST_GROWTH_H
#define SPK_CORE_TREES_FOREST_GROWTH_H

#include "core/trees/forest.h"

typedef struct SpkGrowth
{
	SpkHost		host;
	SpkForestPlan plan;
	SpkMatrix	matrix;
	SpkModel   *model;
	double	   *gains;			/* n_trees * n_features */
	size_t		n_words;
	uint64_t   *tally;			/* out of bag, n_words: everybody's tallies are added to it */
} SpkGrowth;

/*
 * Starts a forest on this matrix, whose codes must stay; algorithm, options and
 * features of the model are set.  After a failure nothing is held but what
 * spk_model_release gives back.  SPK_NO_MEMORY.
 */
extern SpkStatus spk_growth_start(const SpkHost *host, const SpkMatrix *matrix, SpkModel *model,
								  SpkGrowth *growth);

/* Copies a tree and its gains to their place in the model.  SPK_NO_MEMORY. */
extern SpkStatus spk_growth_keep(SpkGrowth *growth, uint32_t tree_no, const SpkTree *tree,
								 const double *gains);

/* Gives back all but the model. */
extern void spk_growth_release(SpkGrowth *growth);

#endif							/* SPK_CORE_TREES_FOREST_GROWTH_H */
