/*
 * boost_layout.h
 *	  Where what a team shares while it grows boosted trees lies in memory.
 */
#ifndef SPK_CORE_TREES_BOOST_LAYOUT_H
#define SPK_CORE_TREES_BOOST_LAYOUT_H

#include "core/trees/boost_grow.h"

/* A view without memory, whose sizes are set. */
extern SpkBooster spk_booster_of(const SpkBoostPlan *plan, const SpkMatrix *matrix);

/*
 * Points the view to what a team of n shares, and to what the member has for itself, which
 * start at base; returns how many bytes these are.  Without a base it only measures.
 */
extern uint64_t spk_lay_out_shared(SpkBooster *b, uint32_t n, char *base);
extern uint64_t spk_lay_out_own(SpkBooster *b, char *base);

#endif /* SPK_CORE_TREES_BOOST_LAYOUT_H */
