/*
 * boost_layout.h
 *	  Where what a team shares while it grows boosted trees lies in memory.
 */
#ifndef SPK_CORE_TREES_BOOST_LAYOUT_H
#define SPK_CORE_TREES_BOOST_LAYOUT_H

#include "core/trees/boost_grow.h"

/* A view without memory, whose sizes are set by the plan. */
extern SpkBooster spk_booster_of(const SpkBoostPlan *plan, const SpkMatrix *matrix);

/*
 * Points the view to what a team of n shares, and to what the member has for itself, which
 * start at base; returns how many bytes these are.  Without a base it only measures.
 */
extern uint64_t spk_lay_out_shared(SpkBooster *b, uint32_t n, char *base);
extern uint64_t spk_lay_out_own(SpkBooster *b, char *base);

/* The bytes of the latter, whichever depth trees will have. */
extern uint64_t spk_own_layout_size(const SpkBoostPlan *plan, const SpkMatrix *matrix);

/*
 * Lays both out again in the same memory, for trees of another depth of the plan that the
 * view was made of.  What is said of rows and users stays, and so do members and gains.
 */
extern void spk_lay_out_again(SpkBooster *b, const SpkBoostPlan *plan);

#endif /* SPK_CORE_TREES_BOOST_LAYOUT_H */
