/*
 * boost.h
 *	  Gradient boosting with second-order logistic loss (Friedman: Greedy
 *	  function approximation, 2001; Chen and Guestrin: XGBoost, 2016) on a
 *	  binned matrix.
 *
 * A team grows one tree after the other together: each member passes over its
 * share of the rows and searches its share of the features.  Sums of gradients
 * are sums of whole numbers, so that the trees do not depend on the team.
 */
#ifndef SPK_CORE_TREES_BOOST_H
#define SPK_CORE_TREES_BOOST_H

#include "core/rows/matrix.h"
#include "core/base/team.h"

/* Trees of gradient boosting have at most this many leaves. */
#define SPK_BOOST_MAX_LEAVES UINT32_C(65536)

/* Options resolved; plain data, so that it can lie in shared memory. */
typedef struct SpkBoostPlan
{
	uint32_t n_trees;
	uint32_t features_per_split;
	uint32_t max_depth;
	uint32_t max_leaves; /* a bound for memory */
	bool	 best_first; /* split where it gains most, for the user gave max_leaves */
	uint32_t min_leaf;
	uint32_t patience;	/* rounds without a better loss before the end; 0: no holdout */
	double	 holdout;	/* share of the rows */
	double	 subsample; /* share of the others, drawn for each tree */
	double	 learning_rate;
	double	 l2;		/* in quanta of the hessian */
	double	 min_gain;	/* in quanta of the score: those of a gradient squared, by the hessian's */
	double	 weight[2]; /* of the classes, the larger one 1 */
	double	 base;		/* margin before the first tree: of the weighted share of churn */
	uint64_t seed;
} SpkBoostPlan;

/*
 * Resolves options of gradient_boosting for this matrix, which has rows of
 * both classes.
 */
extern SpkBoostPlan spk_boost_plan(const SpkOptions *options, const SpkMatrix *matrix);

/*
 * Bytes of memory that a team of n members shares, and those that each has for
 * itself beside them.
 */
extern uint64_t spk_boost_shared_size(const SpkBoostPlan *plan, const SpkMatrix *matrix,
									  uint32_t n);
extern uint64_t spk_boost_own_size(const SpkBoostPlan *plan, const SpkMatrix *matrix);

/*
 * Grows trees; every member calls it with the same plan, matrix, features (of
 * which kind and n_bins are used) and shared memory, aligned to 64 bytes, with
 * space for at least as many members.  The leader passes the model, the others
 * NULL: its trees (plan->n_trees places, allocated here), n_trees and the
 * importance of features (their share of the gain) are set; what is there
 * after a failure goes back by spk_model_release.  Leaves hold margins, those
 * of the first tree with the base in them; the probability of churn is the
 * logistic function of their sum.
 *
 * With patience the trees end at the one after which the log loss on the
 * holdout was least; otherwise they end early only when a tree finds no split.
 *
 * The leader goes on alone when team->round says so; the others then return
 * SPK_OK at once.
 *
 * Otherwise every member returns the same: SPK_INVALID when there are no rows, SPK_LIMIT
 * beyond SPK_MAX_ROWS or SPK_MAX_FEATURES, SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_boost(const SpkHost *host, const SpkTeam *team, const SpkBoostPlan *plan,
						   const SpkMatrix *matrix, const SpkFeature *features, void *shared,
						   SpkModel *model);

#endif /* SPK_CORE_TREES_BOOST_H */
