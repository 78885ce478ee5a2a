/*
 * boost_grow.h
 *	  What a team shares while it grows boosted trees; boost.c lays it out,
 *	  boost_rows.c passes over rows, boost_search.c finds splits, and
 *	  boost_grow.c makes them.
 *
 * A tree grows in steps.  In each, every row is routed from the node that the
 * last step split to its child, and added to the child's histogram if that is
 * one to build: a single sequential pass.  Of two siblings the one with the
 * smaller hessian is built, and the other is what is left of their parent's.
 * When there are not enough slots to keep the histograms of all open nodes,
 * the rest of the tree builds all of them, in groups, a pass for each.
 *
 * Between barriers only the leader writes what is shared, but for a member's
 * own rows, counts, partial histograms and candidates, and its features'
 * stretch of the histograms.
 */
#ifndef SPK_CORE_TREES_BOOST_GROW_H
#define SPK_CORE_TREES_BOOST_GROW_H

#include "core/trees/boost.h"
#include "core/trees/boost_split.h"

#define SPK_BOOST_NO_SLOT (-1)

/* A training row; that of the same number in the matrix has its codes. */
typedef struct SpkBoostRow
{
	int16_t	 g; /* both 0 when the row has no part in the tree */
	uint16_t h;
	uint32_t node;
} SpkBoostRow;

/* Where the rows of a node go: to left or left + 1; those of a leaf to itself. */
typedef struct SpkRoute
{
	SpkCodeSet left_codes;
	uint32_t   left;
	uint32_t   feature;
} SpkRoute;

typedef struct SpkBoostNode
{
	SpkBoostSplit split;
	SpkSums		  sums;
	uint64_t	  path;	  /* names the node's random stream */
	uint32_t	  n_rows; /* all that reach it, also those without a part in the tree */
	uint32_t	  depth;
	uint32_t	  left;	   /* child; 0: a leaf */
	int32_t		  slot;	   /* of its histogram */
	uint32_t	  sibling; /* of a built node: the one to take it from; 0: none */
	bool		  open;	   /* wait for a search */
} SpkBoostNode;

/* What one member adds up. */
typedef struct SpkBoostMember
{
	SpkSums	 sums;		/* of its rows */
	int64_t	 loss;		/* of its rows held out, in quanta */
	uint32_t n_in_tree; /* rows with a part in the next tree */
	char	 pad[36];	/* a cache line for each */
} SpkBoostMember;

typedef struct SpkBoostShared
{
	uint32_t  failed; /* SpkStatus of the first member that failed; atomic */
	SpkStatus status; /* what the leader made of it: all return it */
	bool	  tree_done;
	bool	  done;
	bool	  alone; /* the leader goes on alone */
	bool	  keep;	 /* histograms of open nodes are kept in slots */
	uint32_t  round;
	uint32_t  n_nodes;
	uint32_t  n_leaves;
	uint32_t  first;  /* new nodes of the step: first .. n_nodes - 1 */
	uint32_t  cursor; /* new nodes before it have been searched, without keep */
	uint32_t  n_built;
	uint32_t  n_active;
	uint32_t  n_frontier;
	uint32_t  n_free;
	double	  share_in_tree; /* of the rows */
} SpkBoostShared;

/* One member's view; all pointers but the last ones go into shared memory. */
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

	SpkBoostShared *shared;
	SpkBoostMember *members;	/* n of the team */
	SpkBoostRow	   *rows;		/* n_rows */
	float		   *margins;	/* n_rows */
	SpkBoostNode   *nodes;		/* max_nodes, in order of their making */
	SpkRoute	   *routes;		/* max_nodes */
	int32_t		   *built_of;	/* max_nodes: place in built, or -1 */
	float		   *values;		/* max_nodes: of leaves */
	uint32_t	   *counts;		/* max_nodes for each member: its rows in new nodes */
	uint32_t	   *built;		/* max_built: nodes whose histograms are built in this pass */
	uint32_t	   *active;		/* n_slots: nodes to search */
	uint32_t	   *frontier;	/* max_nodes: nodes with a split to make */
	int32_t		   *free_slots; /* n_slots */
	double		   *gains;		/* n_features, up to the best tree; then n_features since */
	SpkSums		   *histograms; /* n_slots */
	SpkSums		   *partials;	/* max_built for each member but the leader */
	SpkBoostSplit  *candidates; /* n_slots for each member: the best by its features */

	/* the member's own */
	uint64_t *narrow;  /* max_built histograms, all 0 between passes */
	uint32_t *flushed; /* max_built: rows since the last flush, as counted */
	uint16_t *order;   /* n_features, the identity */
	uint8_t	 *drawn;   /* n_features */
} SpkBooster;

static inline size_t
spk_histogram_length(const SpkBooster *b)
{
	return (size_t) b->matrix.n_features * SPK_CODES;
}

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

/* Where the member builds the histogram of built[place]; the leader at once in its slot. */
static inline SpkSums *
spk_boost_partial(const SpkBooster *b, uint32_t member, uint32_t place)
{
	if (member == 0)
		return b->histograms + (size_t) b->nodes[b->built[place]].slot * spk_histogram_length(b);
	return b->partials + ((size_t) (member - 1) * b->max_built + place) * spk_histogram_length(b);
}

/* A member has failed: the leader will end the work of all. */
static inline void
spk_boost_fail(SpkBooster *b, SpkStatus status)
{
	__atomic_store_n(&b->shared->failed, (uint32_t) status, __ATOMIC_RELAXED);
}

/* Starts the margins at the base, and the gradients of the first tree. */
extern void spk_boost_start_rows(SpkBooster *b);

/* Routes the member's rows to the new nodes, and builds histograms of some. */
extern void spk_boost_pass(SpkBooster *b);

/*
 * Routes the member's rows to their leaves, adds the leaves' values to their
 * margins, and sets the gradients of the next tree.
 */
extern void spk_boost_finish_rows(SpkBooster *b);

/* Grows a tree from the rows' gradients up to the values of its leaves. */
extern void spk_boost_grow(SpkBooster *b);

/* Adds up the members' counts of the new nodes.  For the leader. */
extern void spk_boost_count_rows(SpkBooster *b);

/* Copies the tree, numbered breadth first, to memory of the host.  For the leader. */
extern SpkStatus spk_boost_keep_tree(SpkBooster *b, SpkTree *tree);

#endif /* SPK_CORE_TREES_BOOST_GROW_H */
