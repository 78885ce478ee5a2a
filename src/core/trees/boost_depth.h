/*
 * boost_depth.h
 *	  How deep boosted trees are to be, where the user leaves that open.
 *
 * Shallow trees are better almost everywhere: what deeper ones find besides is mostly
 * chance.  But where a label follows from many features nearly without error, chance is
 * small, and it takes deep trees to tell the last rows apart.  So when shallow trees have
 * brought the loss of the rows held out below half of what it was without any, deeper ones
 * are grown, too, on the same rows, and whichever have the smaller loss are kept.  Of few
 * rows it is chance which have, and where they are: their mean loss is known to about a
 * tenth of the base loss.  So six tenths are below half as far as they can tell, and the
 * deeper ones are kept if they are below that, too.
 * Where there is little chance, deep trees may follow the rows closely: unless the user says
 * otherwise, they have smaller leaves and a smaller l2 besides.
 */
#ifndef SPK_CORE_TREES_BOOST_DEPTH_H
#define SPK_CORE_TREES_BOOST_DEPTH_H

#include "core/trees/boost_grow.h"

/* The plan with the deeper trees. */
static inline SpkBoostPlan
spk_boost_deepened(const SpkBoostPlan *plan)
{
	SpkBoostPlan deepened = *plan;

	deepened.max_depth = plan->deeper;
	deepened.max_leaves = plan->deeper_leaves;
	deepened.min_leaf = plan->deeper_min_leaf;
	deepened.l2 = plan->deeper_l2;
	return deepened;
}

/* With fewer rows of the rarer class held out, it is chance which depth has the smaller loss. */
#define SPK_BOOST_FEW_HELD_OUT 50

/* Below which share of the base loss deeper trees are worth a try, and of few rows held out. */
#define SPK_BOOST_DEEPER_BELOW	   0.5
#define SPK_BOOST_DEEPER_BELOW_FEW 0.6

/*
 * Are deeper trees worth a try when shallow ones have brought the mean loss from base to
 * this, of so many rows of the rarer class?
 */
static inline bool
spk_boost_asks_for_deeper(double base, double loss, uint32_t n_rare)
{
	return loss < base *
		(n_rare < SPK_BOOST_FEW_HELD_OUT ? SPK_BOOST_DEEPER_BELOW_FEW : SPK_BOOST_DEEPER_BELOW);
}

/* Are deeper trees, which were worth a try, to be kept? */
static inline bool
spk_boost_keeps_deeper(double base, double loss, double deeper, uint32_t n_rare)
{
	return deeper < loss ||
		(n_rare < SPK_BOOST_FEW_HELD_OUT && spk_boost_asks_for_deeper(base, deeper, n_rare));
}

/* Grows the trees of b->plan into the model's places, from the beginning, as spk_boost does. */
typedef SpkStatus (*SpkBoostGrow)(SpkBooster *b, SpkModel *model);

/*
 * After trees of the plan have been grown, while rows were held out: grows deeper ones if
 * they are worth a try, and leaves the better ones in the model, with all that is said of
 * them in b, and their plan in b->plan.  All members call this together.  The leader's model
 * has room for as many trees again as the plan has.  What grow returns.
 */
extern SpkStatus spk_boost_choose_depth(SpkBooster *b, SpkBoostGrow grow, SpkModel *model);

/* Sets the facts of what was chosen, and why. */
extern void spk_boost_tell_depth(const SpkBooster *b, SpkModel *model);

#endif /* SPK_CORE_TREES_BOOST_DEPTH_H */
