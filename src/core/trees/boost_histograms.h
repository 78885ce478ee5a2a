/*
 * boost_histograms.h
 *	  The histogram of a tree's root, which is built while gradients are set.
 */
#ifndef SPK_CORE_TREES_BOOST_HISTOGRAMS_H
#define SPK_CORE_TREES_BOOST_HISTOGRAMS_H

#include "core/trees/boost_blocks.h"

/* Makes ready for the root of the tree of this round. */
extern void spk_boost_start_root(SpkBooster *b, uint32_t round);

/* Adds a block's rows, whose gradients are set. */
extern void spk_boost_add_root(SpkBooster *b, const SpkRowBlock *block);

/* What the member has added stands in its part of the root's histogram. */
extern void spk_boost_end_root(SpkBooster *b);

#endif /* SPK_CORE_TREES_BOOST_HISTOGRAMS_H */
