/*
 * boost_search.h
 *	  The search for splits: what a team does in each step of a boosted tree,
 *	  after its pass over the rows.
 */
#ifndef SPK_CORE_TREES_BOOST_SEARCH_H
#define SPK_CORE_TREES_BOOST_SEARCH_H

#include "core/trees/boost_grow.h"

/*
 * Completes the histograms of the member's features, in the nodes that the last
 * pass has built and in their siblings, and then finds the best split by these
 * features of every active node, as the member's candidate.  All members must have
 * passed a barrier since they built, because each reads what all have built.
 * Cancellation is noted in shared->failed.
 */
extern void spk_boost_search(SpkBooster *b);

#endif /* SPK_CORE_TREES_BOOST_SEARCH_H */
