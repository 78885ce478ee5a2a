/*
 * boost_statistics.h
 *	  Ordered target statistics of categories (Prokhorenkova et al.: CatBoost, 2018).
 *
 * A feature with very many categories is not split by subsets of them, which would
 * follow chance.  Each category is replaced by a number: the share of its rows that
 * churn, drawn towards that of all rows.  A row that sees its own label in that number
 * would learn it by heart, and so would one that sees another row of its user.  So the
 * users are put into a random order, and each row has the statistic of the rows of the
 * users before its own.  Prediction knows the statistic of all rows.
 *
 * The statistics of all rows, in ascending order, are the bins of that number.  A cut
 * between two of them parts the categories, so that the tree has a set of categories,
 * as other splits of categories have.
 */
#ifndef SPK_CORE_TREES_BOOST_STATISTICS_H
#define SPK_CORE_TREES_BOOST_STATISTICS_H

#include "core/trees/boost_grow.h"

/* Is the feature split by statistics?  subsets is the option category_subsets. */
static inline bool
spk_boost_has_statistics(const SpkFeature *feature, uint32_t subsets)
{
	return feature->kind == SPK_CATEGORY && feature->n_bins > subsets;
}

/* How many of n features are split by statistics. */
extern uint32_t spk_boost_count_statistics(const SpkFeature *features, uint32_t n,
										   uint32_t subsets);

/*
 * Replaces the codes of such features, in the team's own copy of the matrix, by the
 * bins of the rows' statistics, and sets b->statistics.  Rows that are held out count
 * for no other row, and have the statistic of all rows that are not.  All members call
 * this together, when they have the memory of the team.  They must pass a barrier
 * before anybody reads other rows than its own.
 *
 * Sums are whole numbers and the order is that of a stream, so that the codes do not
 * depend on the size of the team.  Cancellation is noted in shared->failed.
 */
extern void spk_boost_set_statistics(SpkBooster *b);

/* The categories that are left of this cut of such a feature, and whether missing values are. */
extern SpkCodeSet spk_boost_statistics_left(const SpkBooster *b, uint32_t feature, uint8_t cut);

#endif /* SPK_CORE_TREES_BOOST_STATISTICS_H */
