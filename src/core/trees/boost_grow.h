/*
 * boost_grow.h
 *	  What a team shares while it grows boosted trees; boost_layout.c lays it out,
 *	  boost_rows.c, boost_blocks.c and boost_histograms.c pass over rows, boost_search.c
 *	  finds splits, and boost_grow.c makes them.
 *
 * A tree grows in steps.  Each step makes one pass over the rows, block by block.  It
 * parts the rows of each node that the last step has split between the children, and
 * adds them to a child's histogram if that is to be built.  Of two siblings
 * only the one with the smaller hessian is built; the histogram of the other is
 * what its parent's leaves over.  When there are too few slots to keep the
 * histograms of all open nodes, the rest of the tree builds every histogram, in
 * groups, with a pass for each group.  The root's histogram is built when the gradients
 * are set, while the rows are at hand.
 *
 * Where few of the features are drawn for each split, all trees are grown in groups from
 * their roots on, and the histograms are of the drawn features alone.  That is less than
 * what the subtraction needs, which are all features of half of the rows.
 *
 * Between two barriers each member writes its own rows, counts, partial histograms
 * and candidates, and the stretch of each histogram that belongs to its features.
 * Everything else that is shared is written by the leader alone.
 */
#ifndef SPK_CORE_TREES_BOOST_GROW_H
#define SPK_CORE_TREES_BOOST_GROW_H

#include "core/trees/boost.h"
#include "core/trees/boost_split.h"
#include "core/trees/statistics.h"

#define SPK_BOOST_NO_SLOT (-1)

/*
 * The gains of features: up to the best tree, since then, the mean of several models, and of
 * trees of another depth.
 */
#define SPK_BOOST_GAINS 4

/* A row's part in the tree: both are 0 when it has none. */
typedef struct SpkGradient
{
	int16_t	 g;
	uint16_t h;
} SpkGradient;

/* Where the rows of a split node go. */
typedef struct SpkRoute
{
	SpkCodeSet left_codes;
	uint32_t   feature;
} SpkRoute;

/* The rows that a block has in a leaf, by their places in the block's list: from start to end - 1. */
typedef struct SpkSegment
{
	uint16_t start;
	uint16_t end;
} SpkSegment;

typedef struct SpkBoostNode
{
	SpkBoostSplit split;
	SpkSums		  sums;
	uint64_t	  path;	  /* the name of the node's random stream */
	uint32_t	  n_rows; /* rows that reach it, with or without a part in the tree */
	uint32_t	  depth;
	uint32_t	  left;	   /* the left child; 0: a leaf */
	uint32_t	  leaf;	   /* the number of the leaf that it is, or was: its left child's, too */
	int32_t		  slot;	   /* where its histogram is */
	uint32_t	  sibling; /* the node whose histogram loses what is built here; 0: none */
	bool		  open;	   /* no split has been looked for yet, but may be found */
	bool		  many;	   /* a split by subsets of many categories has made it */
} SpkBoostNode;

/* What the rules of features say of a node. */
typedef struct SpkBoostLimits
{
	SpkBounds bounds; /* where features are monotone */
	SpkReach  reach;  /* where features meet only within groups */
} SpkBoostLimits;

/* What one member adds up. */
typedef struct SpkBoostMember
{
	SpkSums	 sums;		/* over its rows */
	int64_t	 loss;		/* over those of its rows that are held out, in quanta */
	uint32_t n_in_tree; /* how many of its rows have a part in the next tree */
	char	 pad[36];	/* gives each member a cache line of its own */
} SpkBoostMember;

/* How many of a member's blocks have been taken in this pass.  Others take them, too. */
typedef struct SpkBoostTicket
{
	uint32_t n; /* atomic */
	char	 pad[60];
} SpkBoostTicket;

/* Mean losses of the rows held out, by which the depth of trees is chosen; NaN: not known. */
typedef struct SpkBoostLosses
{
	double base; /* before the first tree */
	double first;
	double deeper;
} SpkBoostLosses;

typedef struct SpkBoostShared
{
	uint32_t	   failed; /* the SpkStatus of a member that failed; atomic */
	SpkStatus	   status; /* what the leader made of failed, and all members return */
	bool		   tree_done;
	bool		   done;
	bool		   alone;	 /* the leader goes on alone */
	bool		   keep;	 /* slots hold the histograms of all open nodes */
	bool		   improved; /* the last tree is the best one so far */
	bool		   deeper;	 /* deeper trees are to be tried; and then, whether they are better */
	uint32_t	   round;
	uint32_t	   rounds_before; /* of other models, and of trees that found how many are best */
	uint32_t	   models_left;	  /* with the one that grows */
	uint32_t	   best_trees;
	uint32_t	   n_unseen;	   /* rows that were held out to find them */
	int64_t		   best_loss;	   /* the sum over these, in quanta */
	uint64_t	   unseen[2];	   /* what these weigh, by label */
	uint32_t	   n_unseen_of[2]; /* how many they are, by label */
	SpkBoostLosses losses;
	uint32_t	   n_nodes;
	uint32_t	   n_leaves;
	uint32_t	   first;  /* nodes from here on were made in this step */
	uint32_t	   routed; /* rows have been parted between the nodes before this one */
	uint32_t	   cursor; /* without keep: new nodes before this one have been searched */
	uint32_t	   n_built;
	uint32_t	   n_active;
	uint32_t	   n_frontier;
	uint32_t	   n_free;
	double		   share_in_tree; /* share of the rows that have a part in the tree */
} SpkBoostShared;

/* One member's view of the work.  Pointers lead into shared memory, but for the last ones. */
typedef struct SpkBooster
{
	SpkHost			  host;
	SpkTeam			  team;
	SpkBoostPlan	  plan;
	SpkMatrix		  matrix;
	const SpkFeature *features;
	uint32_t		  max_nodes;
	uint32_t		  n_slots;
	uint32_t		  max_built;
	uint32_t		  n_members; /* for whom the memory is laid out */
	uint32_t		  width;	 /* the features of a histogram */
	uint32_t		  block_rows;
	uint32_t		  gradient_way; /* an SpkGradientWay */
	bool			  drawn;		/* they are those that are drawn for the node, not all */
	double			  holdout;		/* the probability by which users are held out; 0: nobody is */

	SpkBoostShared *shared;
	SpkBoostMember *members;	/* one for each member of the team */
	SpkBoostTicket *tickets;	/* likewise */
	SpkGradient	   *gradients;	/* n_rows */
	uint8_t		   *columns;	/* n_rows of each feature: codes; NULL without plan.columns */
	uint16_t	   *lists;		/* n_rows: of each block its rows, by leaf and then in order */
	SpkSegment	   *segments;	/* max_leaves for each block */
	float		   *margins;	/* n_rows */
	uint8_t		   *held_out;	/* n_rows: is the row held out? */
	float		   *best;		/* n_rows: margins of those held out, after the best tree */
	float		   *other_best; /* likewise, of trees of the other depth */
	SpkBoostNode   *nodes;		/* max_nodes, in the order in which they are made */
	SpkBoostLimits *limits;		/* max_nodes; NULL when no feature has a rule */
	SpkRoute	   *routes;		/* max_nodes: of those that are split */
	uint32_t	   *parents;	/* max_leaves: of the children 2 * i + 1 and 2 * i + 2 */
	int32_t		   *built_of;	/* max_nodes: the place in built, or -1 */
	float		   *values;		/* max_nodes: the values of leaves */
	uint32_t	   *counts;		/* max_nodes for each member: its rows in new nodes */
	uint32_t	   *built;		/* max_built: nodes whose histograms this pass builds */
	uint32_t	   *active;		/* n_slots: nodes to search */
	uint32_t	   *frontier;	/* max_nodes: leaves whose split is found, but not made */
	int32_t		   *free_slots; /* n_slots */
	double		   *gains;		/* SPK_BOOST_GAINS of n_features */
	SpkSums		   *histograms; /* n_slots */
	SpkSums		   *partials;	/* max_built for each member but the leader */
	SpkBoostSplit  *candidates; /* n_slots for each member: the best by its features */

	/* with statistics only, see boost_statistics.h */
	uint8_t	 *given_codes; /* of all rows, without statistics */
	uint8_t	 *codes;	   /* of all rows, as the matrix has them */
	uint32_t *order;	   /* n_rows: the rows as they become known */
	uint32_t *places;	   /* n_rows: where each user's rows are in order */
	uint8_t	 *statistics;  /* SPK_CODES for each feature: the bins of its categories */

	/* the member's own memory */
	uint64_t *narrow;	/* max_built histograms, which are 0 between passes */
	uint32_t *filled;	/* max_built: how many rows it has at most */
	bool	 *flushed;	/* max_built: has it been added to the wide one in this pass? */
	uint16_t *scratch;	/* block_rows */
	uint16_t *to_draw;	/* n_features, to draw from */
	uint8_t	 *is_drawn; /* n_features, 0 between draws */
	uint16_t *to_split; /* n_features: those that are drawn for a node, where histograms have all */
	uint16_t *listed;	/* width for each of max_built: the features that its histogram has */
	uint32_t *n_listed; /* max_built */
} SpkBooster;

/* The sums of one histogram: SPK_CODES for each of its features. */
static inline size_t
spk_histogram_length(const SpkBooster *b)
{
	return (size_t) b->width * SPK_CODES;
}

/* The features that the histogram of built[place] has, in ascending order. */
static inline uint16_t *
spk_boost_listed(const SpkBooster *b, uint32_t place)
{
	return b->listed + (size_t) place * b->width;
}

/* The codes of a feature that rows may have are those below this, and SPK_MISSING. */
static inline uint32_t
spk_boost_n_codes(const SpkBooster *b, uint32_t feature)
{
	const SpkFeature *f = &b->features[feature];

	/* a statistic has bins of its own */
	return spk_has_statistics(f, b->plan.category_subsets) ? SPK_MISSING : f->n_bins;
}

/* Between which the values below the node are. */
static inline SpkBounds
spk_booster_bounds(const SpkBooster *b, const SpkBoostNode *node)
{
	return b->limits == NULL ? SPK_NO_BOUNDS : b->limits[node - b->nodes].bounds;
}

/* What a split of the node has to exceed. */
static inline double
spk_booster_score(const SpkBooster *b, const SpkBoostNode *node)
{
	return spk_boost_node_score(node->sums, b->plan.l2, b->plan.monotone,
								spk_booster_bounds(b, node));
}

/* The member's counts of rows, by node. */
static inline uint32_t *
spk_boost_counts(const SpkBooster *b, uint32_t member)
{
	return b->counts + (size_t) member * b->max_nodes;
}

/* All rows of a new node, as the members have counted them in their last pass. */
static inline uint32_t
spk_boost_rows_in(const SpkBooster *b, uint32_t node)
{
	uint32_t n = 0;

	for (uint32_t member = 0; member < b->team.n; member++)
		n += spk_boost_counts(b, member)[node];
	return n;
}

/* The slot of a tree's first node. */
#define SPK_ROOT_SLOT 0

/*
 * Where the member builds the histogram that is number place of those of the pass, and will
 * be in this slot.  The leader builds in the slot itself.
 */
static inline SpkSums *
spk_boost_partial(const SpkBooster *b, uint32_t member, uint32_t place, int32_t slot)
{
	if (member == 0)
		return b->histograms + (size_t) slot * spk_histogram_length(b);
	return b->partials + ((size_t) (member - 1) * b->max_built + place) * spk_histogram_length(b);
}

/* Does each row have a part in each tree? */
static inline bool
spk_boost_all_rows(const SpkBooster *b)
{
	return b->plan.subsample >= 1 && b->holdout == 0;
}

/* The name of the random stream of the tree of this round. */
extern uint64_t spk_boost_tree_path(const SpkBooster *b, uint32_t round);

/* Has the member gone, as the leader was told to go on alone? */
static inline bool
spk_boost_gone(const SpkBooster *b)
{
	return b->team.me != 0 && b->shared->alone;
}

/* Notes that a member has failed, so that the leader ends the work of all. */
static inline void
spk_boost_fail(SpkBooster *b, SpkStatus status)
{
	__atomic_store_n(&b->shared->failed, (uint32_t) status, __ATOMIC_RELAXED);
}

/*
 * Chooses the probability by which users are held out: that of the plan, unless it would
 * hold out none of few users, or all of them.
 */
extern void spk_boost_choose_holdout(SpkBooster *b);

/* Is the row held out for early stopping, so that no tree learns from it? */
extern bool spk_boost_held_out(const SpkBooster *b, uint32_t row);

/* The mean loss of the rows held out when their sum is this, in quanta, and at the base. */
extern double spk_boost_mean_loss(const SpkBooster *b, int64_t loss);
extern double spk_boost_base_loss(const SpkBooster *b);

/*
 * Sets the margins of all rows to the base, and the gradients of the first tree, whose root's
 * histogram it builds.  As all passes it is done by all members together.
 */
extern void spk_boost_start_rows(SpkBooster *b);

/*
 * Lists the features that may split a node, in ascending order, and returns how many
 * they are.  They are drawn from the random stream of this name, so that all members draw
 * the same, of those that the reach has, which may be NULL.  listed has room for all features.
 */
extern uint32_t spk_boost_draw(SpkBooster *b, uint64_t path, const SpkReach *reach,
							   uint16_t *listed);

/* What features meet below the node; NULL: all. */
static inline const SpkReach *
spk_booster_reach(const SpkBooster *b, const SpkBoostNode *node)
{
	return b->limits == NULL ? NULL : &b->limits[node - b->nodes].reach;
}

/*
 * Parts rows between the new nodes and counts them there, and adds up the histograms that
 * are to be built.
 */
extern void spk_boost_pass(SpkBooster *b);

/*
 * Adds up what the members have built in the last pass, and takes it away from siblings
 * that have their parent's sums: the member's share of each histogram.
 */
extern void spk_boost_merge(SpkBooster *b);

/* The leader takes over what the other members have built of the next tree's root. */
extern void spk_boost_take_root(SpkBooster *b);

/*
 * Adds the values of leaves to the margins of their rows, sets the gradients of the next
 * tree, and builds the histogram of its root, if there will be one.
 */
extern void spk_boost_finish_rows(SpkBooster *b);

/* Grows a tree, from the gradients of the rows up to the values of the leaves. */
extern void spk_boost_grow(SpkBooster *b);

/* Drops all trees of the model but the first n. */
extern void spk_boost_cut_trees(const SpkHost *host, SpkModel *model, uint32_t n);

/* Sets the rows of the new nodes to what the members have counted.  For the leader. */
extern void spk_boost_count_rows(SpkBooster *b);

/*
 * Copies the tree to new host memory, with its nodes numbered breadth first.  After
 * a failure spk_model_release gives back what *tree holds.  SPK_NO_MEMORY.  For the
 * leader.
 */
extern SpkStatus spk_boost_keep_tree(SpkBooster *b, SpkTree *tree);

#endif /* SPK_CORE_TREES_BOOST_GROW_H */
