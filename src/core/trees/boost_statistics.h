/*
 * boost_statistics.h
 *	  Ordered target statistics in gradient boosting, see statistics.h.
 *
 * A feature with very many categories is not split by subsets of them, which would
 * follow chance, but by their statistics.  A cut between two bins of these parts the
 * categories, so that the tree has a set of their codes, as other splits of categories
 * have.  Categories that are grouped have the bins of their statistics for codes.
 */
#ifndef SPK_CORE_TREES_BOOST_STATISTICS_H
#define SPK_CORE_TREES_BOOST_STATISTICS_H

#include "core/trees/boost_grow.h"
#include "core/trees/statistics.h"

/*
 * Replaces the codes of such features, in the team's own copy of the matrix, by the
 * bins of the rows' statistics, and sets b->statistics.  Rows that are held out count
 * for no other row, and have the statistic of all rows that are not.  All members call
 * this together, when they have the memory of the team.  They must pass a barrier
 * before anybody reads other rows than its own.
 *
 * The codes do not depend on the size of the team.  A failure is noted in
 * shared->failed.
 */
extern void spk_boost_set_statistics(SpkBooster *b);

/* The categories that are left of this cut of such a feature, and whether missing values are. */
extern SpkCodeSet spk_boost_statistics_left(const SpkBooster *b, uint32_t feature, uint8_t cut);

#endif /* SPK_CORE_TREES_BOOST_STATISTICS_H */
