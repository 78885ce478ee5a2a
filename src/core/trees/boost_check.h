/*
 * boost_check.h
 *	  What has to hold while a team grows boosted trees, see
 *	  core/base/invariant.h.
 */
#ifndef SPK_CORE_TREES_BOOST_CHECK_H
#define SPK_CORE_TREES_BOOST_CHECK_H

#include "core/base/invariant.h"
#include "core/trees/boost_grow.h"

#ifdef SPK_CHECK_INVARIANTS

/*
 * The histograms of the active nodes, when the member's share of their features is
 * complete: by each of them the node's rows have the node's sums.  Takes about as long as
 * the search that follows; does nothing after a failure.
 */
extern void spk_booster_check_histograms(const SpkBooster *b);

/*
 * What a team shares at the end of a round, when the rows of the tree's nodes are
 * counted and no member has failed.  For the leader, between two barriers.  Looks
 * once at each row, which the round did many times.
 */
extern void spk_booster_check(const SpkBooster *b);

#else
#define spk_booster_check_histograms(b) ((void) 0)
#define spk_booster_check(b)			((void) 0)
#endif

#endif /* SPK_CORE_TREES_BOOST_CHECK_H */
