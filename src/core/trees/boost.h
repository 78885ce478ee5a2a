/*
 * boost.h
 *	  Gradient boosting with second-order logistic loss (Friedman: Greedy
 *	  function approximation, 2001; Chen and Guestrin: XGBoost, 2016) on a
 *	  binned matrix.
 *
 * The members of a team grow every tree together: each passes over its share of
 * the rows and searches its share of the features.  Gradients are whole numbers,
 * so their sums are exact, and the trees do not depend on the size of the team.
 */
#ifndef SPK_CORE_TREES_BOOST_H
#define SPK_CORE_TREES_BOOST_H

#include "core/rows/matrix.h"
#include "core/base/team.h"

/* No tree of gradient boosting has more leaves. */
#define SPK_BOOST_MAX_LEAVES UINT32_C(65536)

/* The options, resolved.  This is plain data, so that it can lie in shared memory. */
typedef struct SpkBoostPlan
{
	uint32_t n_models; /* that are averaged, each of random streams of its own */
	uint32_t n_trees;  /* of one model, at most */
	uint32_t features_per_split;
	uint32_t max_depth;
	uint32_t max_leaves; /* the least of all bounds; memory is laid out for it */
	uint32_t deeper;	 /* of this depth trees may be better; 0: the user chose one, or nobody is
						  * held out to tell */
	uint32_t deeper_leaves; /* the next ones are what differs in these besides */
	uint32_t deeper_min_leaf;
	double	 deeper_l2;
	bool	 best_first; /* the user gave max_leaves: split the leaf that gains most */
	uint32_t min_leaf;
	uint32_t category_min_rows;
	uint32_t category_subsets; /* features with more categories are split by statistics */
	uint32_t n_statistics;	   /* how many features are */
	uint32_t max_bins;		   /* of the statistics of a feature */
	uint64_t statistics_size;  /* what a member takes while it makes those of a feature */
	bool	 monotone;		   /* is some feature? */
	bool	 grouped;		   /* do features meet only within groups? */
	uint32_t patience;		   /* end after this many rounds without a better loss; 0: no holdout */
	double	 holdout;		   /* share of the users that are held out, with all their rows */
	bool	 refit;			   /* then grow the best number of trees on all rows */
	double	 subsample;		   /* share of the other users whose rows are drawn for each tree */
	double	 learning_rate;
	double	 l2;				 /* in quanta of the hessian, of a row that weighs a unit */
	double	 category_smoothing; /* likewise, as is the next */
	double	 category_l2;
	double	 category_rows; /* added to a category's statistic, in units of the weight */
	double	 min_gain;		/* in quanta of the score, which is a gradient squared by a hessian */
	double	 weight[2];		/* of the classes; the larger one is 1 */
	bool	 columns;		/* are codes kept by column besides, see spk_boost_can_have_columns? */
	double	 base;			/* the margin before the first tree, of the weighted share of churn */
	uint64_t seed;
} SpkBoostPlan;

/* The trees of all models together, at most, and of one model more while its depth is chosen. */
static inline uint32_t
spk_boost_most_trees(const SpkBoostPlan *plan)
{
	return (plan->n_models + (plan->deeper > 0)) * plan->n_trees;
}

/* The most leaves of a tree. */
static inline uint32_t
spk_boost_most_leaves(const SpkBoostPlan *plan)
{
	return plan->deeper_leaves > plan->max_leaves ? plan->deeper_leaves : plan->max_leaves;
}

/*
 * Resolves the options of gradient_boosting for a matrix with rows of both classes.  Of
 * its features only kind, n_bins, n_grouped and rule are read.
 */
extern SpkBoostPlan spk_boost_plan(const SpkOptions *options, const SpkMatrix *matrix,
								   const SpkFeature *features);

/*
 * May codes be kept by column besides, which takes as much memory as they take, and parts rows
 * sooner?  The plan does not say so: who has the memory sets columns.  Statistics of
 * categories change codes from one model to the next.
 */
static inline bool
spk_boost_can_have_columns(const SpkBoostPlan *plan)
{
	return plan->n_statistics == 0;
}

/*
 * The bytes that a team of n members shares, and the bytes that each member
 * allocates for itself besides.
 */
extern uint64_t spk_boost_shared_size(const SpkBoostPlan *plan, const SpkMatrix *matrix,
									  uint32_t n);
extern uint64_t spk_boost_own_size(const SpkBoostPlan *plan, const SpkMatrix *matrix);

/*
 * Groups the categories that are to be grouped, before trees are grown on the matrix.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_boost_group(const SpkHost *host, const SpkMatrix *matrix, SpkModel *model);

/*
 * Grows the trees.  Every member calls this with the same plan, matrix, features
 * and shared memory.  Of the features only kind, n_bins, n_grouped and rule are read; those
 * whose categories are grouped have the groups of spk_boost_group.  The shared
 * memory is aligned to SPK_ALIGNMENT and has spk_boost_shared_size bytes for at
 * least as many members.
 *
 * The leader passes the model, with spk_boost_most_trees zeroed places in model->trees;
 * the other members pass NULL.  This sets the model's trees, whose nodes are new host
 * memory, n_trees, and the importance of the features, which is their share of the
 * gain.  After a failure spk_model_release gives back what the model holds.  Leaves
 * hold margins, and those of the first tree include the base.  The probability of
 * churn is the logistic function of the sum of the margins.  With several models the
 * leaves of each hold its share of the mean margin, so that together they are one.
 *
 * With patience the model ends with the tree after which the log loss on the
 * holdout was least; with refit, too, as many trees are then grown on all rows.
 * Without patience, training ends early only when no split is to be expected: after a
 * tree without one, or, where features or users are drawn, after so many in a row that
 * hardly a feature has been in none of the draws.
 *
 * Where the plan has deeper trees, boost_depth.h chooses, and facts tell why; of several
 * models the first one does.
 *
 * When team->round tells the leader to go on alone, the others return SPK_OK at
 * once.  Otherwise all members return the same: SPK_OK, SPK_INVALID when there are
 * no rows or no features, SPK_LIMIT beyond SPK_MAX_ROWS or SPK_MAX_FEATURES,
 * SPK_NO_MEMORY, or SPK_CANCELLED.
 */
extern SpkStatus spk_boost(const SpkHost *host, const SpkTeam *team, const SpkBoostPlan *plan,
						   const SpkMatrix *matrix, const SpkFeature *features, void *shared,
						   SpkModel *model);

#endif /* SPK_CORE_TREES_BOOST_H */
