/*
 * walk_parts.h
 *	  What the ways of walking a forest share; private to walk*.c.
 *
 * The top of each tree is laid out as a complete tree.  Where the tree has a leaf
 * earlier, walks always go left from there on.  The last level of a top leads to
 * exits.  An exit is the value of a leaf, or, when any tree is deeper than the tops,
 * a node from which the walk goes on.  There are two layouts of tops.
 *
 * Plain: tests of four bytes.  The children of test i, counted from 1, are 2i and
 * 2i + 1, so that no pointers are needed.  Several trees are walked in step: while
 * one walk waits for memory, the others go on.
 *
 * Blocks: for processors that look up and compare many bytes at once.  All tests of the
 * first three or four levels of several trees are made together, and all outcomes of a
 * tree are bits of one word, which say where the walk leaves the tree's part of the block.
 * Below each of the exits there may be a middle of three more levels, and below each of its
 * exits a bottom of three.
 */
#ifndef SPK_CORE_SCORING_WALK_PARTS_H
#define SPK_CORE_SCORING_WALK_PARTS_H

#include "core/base/vectors.h"
#include "core/scoring/walk.h"

#define SPK_CACHE_LINE 64

/*
 * This many walks go in step, which hides the wait for all memory but the main one.
 * The trees that are left over go SPK_FEW at a time.
 */
#define SPK_IN_STEP 16
#define SPK_FEW		4
#define SPK_UNROLL	_Pragma("GCC unroll 16")

/* The first byte from here on that begins a cache line, at most 63 bytes further. */
static inline void *
spk_cache_line(void *memory)
{
	return (void *) (((uintptr_t) memory + SPK_CACHE_LINE - 1) & ~(uintptr_t) (SPK_CACHE_LINE - 1));
}

/* This many numeric features are coded together. */
#define SPK_NUMBERS_IN_STEP 8

/*
 * Where the search for a number's code begins: the range of a feature's edges is divided into so
 * many parts of one width, and each part knows how many edges are before it.
 */
#define SPK_EDGE_PARTS 512

/*
 * Features for which so many steps of a binary search find the code within a part.  With more, as
 * when a few edges are very far away, sixteen edges are compared at once where that can be done.
 */
#define SPK_FEW_STEPS 4

#define SPK_EDGE_STEP 16
#define SPK_EDGES	  (SPK_EDGE_STEP * SPK_EDGE_STEP)

/*
 * Numeric features that are coded together, filled up with the last of them.  Edges are filled up
 * with infinities, so that all searches take the same steps.
 */
typedef struct SpkNumberGroup
{
	double	 low[SPK_NUMBERS_IN_STEP];	 /* where the first part begins */
	double	 scale[SPK_NUMBERS_IN_STEP]; /* parts for each unit */
	uint32_t feature[SPK_NUMBERS_IN_STEP];
	uint32_t steps; /* of the search within any part */
	uint32_t padding[SPK_NUMBERS_IN_STEP - 1];
	double	 coarse[SPK_NUMBERS_IN_STEP][SPK_EDGE_STEP]; /* every sixteenth edge */
	double	 edges[SPK_NUMBERS_IN_STEP][SPK_EDGES];

	/* how many edges are before a part; four bytes may be read at once, also at the end */
	uint8_t start[SPK_NUMBERS_IN_STEP * SPK_EDGE_PARTS + 4];
} __attribute__((aligned(SPK_CACHE_LINE))) SpkNumberGroup;

/* A numeric feature, and the slots of its code with missing values above and below all others. */
typedef struct SpkNumberSlots
{
	uint32_t feature;
	uint32_t above;
	uint32_t below;
} SpkNumberSlots;

/*
 * The slots of SPK_MOVED numbers, which follow each other from first on.  Byte i of them comes
 * from byte from[i] of all codes with missing values above and, behind these, all below.
 */
#define SPK_MOVED 64

typedef struct SpkSlotMoves
{
	uint32_t first;
	uint32_t n;
	uint8_t	 from[2 * SPK_MOVED];
} SpkSlotMoves;

/* A set that tests ask for.  The byte in its slot is 0 when the category is in the set, else 1. */
typedef struct SpkSetSlot
{
	SpkCodeSet set;
	uint32_t   slot;
	uint32_t   next; /* the next set of the feature, in set_slots; or SPK_WALK_NO_SLOT */
} SpkSetSlot;

/* How many slots AVX2 can look into, and AVX-512. */
#define SPK_FEW_SLOTS  64
#define SPK_MANY_SLOTS 256

/* In place of a slot or a set: there is none. */
#define SPK_WALK_NO_SLOT UINT32_MAX

/* When there are more sets than this, they are asked only where a walk meets them. */
#define SPK_MAX_SET_SLOTS 128

/* Which byte of a row's codes answers which question. */
typedef struct SpkSlots
{
	uint32_t		n_features;
	uint32_t		n;		   /* slots in use; the byte behind them takes what nobody asks for */
	bool			late_sets; /* are sets asked only where walks meet them? */
	uint32_t	   *above;	   /* n_features: the slot of the code with missing values above all
							* others; with late_sets also that of a category */
	uint32_t	   *below; /* n_features: the slot of a number's code with missing values as 0 */
	uint32_t	   *first_set; /* n_features: the first set of the feature, in set_slots */
	SpkSetSlot	   *set_slots;
	uint32_t		n_set_slots;
	uint32_t		n_numbers; /* numeric features in use, in groups */
	SpkNumberSlots *numbers;   /* these features, filled up to whole groups */
	SpkSlotMoves   *moves;	   /* for each SPK_MOVED of them */
	SpkNumberGroup *groups;	   /* begins a cache line */
	void		   *groups_memory;
} SpkSlots;

/*
 * Gives a slot to everything that the model's tests ask for.  False when the host
 * gave no memory or wants to stop; the caller then releases the slots, too.
 */
extern bool spk_slots_new(const SpkHost *host, const SpkModel *model, SpkSlots *slots);
extern void spk_slots_release(const SpkHost *host, SpkSlots *slots);

/* The number of groups of n numbers. */
static inline size_t
spk_number_groups(size_t n)
{
	return (n + SPK_NUMBERS_IN_STEP - 1) / SPK_NUMBERS_IN_STEP;
}

/*
 * Makes the groups of the model's numbers, once slots have their numbers.  False when the host
 * gave no memory or wants to stop.
 */
extern bool spk_numbers_new(const SpkHost *host, const SpkModel *model, SpkSlots *slots);

/* The slot that this split asks for.  Splits by sets have one only without late_sets. */
extern uint32_t spk_slot_of(const SpkSlots *slots, const SpkTree *tree, const SpkNode *node);

/*
 * A test, in one word because one load is cheaper than three.  From the lowest bit
 * up these are the slot (16 bits), the split (8 bits), and whether a set decides
 * instead.  A walk goes left when the code is not above the split.
 */
typedef uint32_t SpkTest;

#define SPK_TEST_SET  (UINT32_C(1) << 24)
#define SPK_TEST_LEFT (UINT32_C(255) << 16) /* goes left, as no code is above */

/* Where a walk leaves the top of a tree. */
typedef union SpkExit
{
	float	 value;
	uint32_t node;
} SpkExit;

/* A node below the top.  The right child is the one behind left.  A leaf leads to itself. */
typedef struct SpkWalkNode
{
	uint32_t left;
	SpkTest	 test;
} SpkWalkNode;

/*
 * A node below the top in one word, where that has room for it.  From the lowest bit up
 * these are the slot (8 bits), the split (8 bits), and how far behind the node its left
 * child is (16 bits), which is 0 for a leaf.
 */
typedef uint32_t SpkLink;

#define SPK_LINK_LEFT (UINT32_C(255) << 8) /* a leaf's test: always goes left */
#define SPK_MAX_STEP  UINT16_MAX

/* The seven tests of three levels can have this many outcomes. */
#define SPK_WAYS 128

#define SPK_BLOCK_TESTS		 64
#define SPK_MIN_BLOCK_LEVELS 3
#define SPK_MAX_BLOCK_LEVELS 4
#define SPK_MIDDLE_LEVELS	 3
#define SPK_MAX_TOP			 (SPK_MAX_BLOCK_LEVELS + 2 * SPK_MIDDLE_LEVELS)

/*
 * The tests of eight trees of three levels, or of four trees of four, level by
 * level.  Each tree has room for one more test than it needs, so that the outcomes of all
 * begin at whole bytes.
 */
typedef struct SpkWalkBlock
{
	uint8_t slot[SPK_BLOCK_TESTS];
	uint8_t split[SPK_BLOCK_TESTS];
} SpkWalkBlock;

/* The tests of three levels, in the same order. */
typedef struct SpkMiddle
{
	uint8_t slot[1 << SPK_MIDDLE_LEVELS];
	uint8_t split[1 << SPK_MIDDLE_LEVELS];
} SpkMiddle;

/* The same, and where they lead to: all that a walk needs is in one cache line. */
typedef struct SpkBottom
{
	SpkMiddle tests;
	SpkExit	  exit[1 << SPK_MIDDLE_LEVELS];
	uint8_t	  padding[16];
} SpkBottom;

/* A middle has 2^4 bytes, a bottom 2^6. */
#define SPK_MIDDLE_SHIFT 4
#define SPK_BOTTOM_SHIFT 6

/* How many levels a tree has in a block, if its top has so many: the rest is whole middles. */
static inline uint32_t
spk_block_levels(uint32_t top)
{
	return SPK_MIN_BLOCK_LEVELS + (top - SPK_MIN_BLOCK_LEVELS) % SPK_MIDDLE_LEVELS;
}

/* Arrays that the layout or the model does not need are NULL. */
struct SpkWalker
{
	SpkHost		 host;
	SpkWalkWay	 way;
	uint32_t	 n_trees;
	uint32_t	 top;	/* levels of the tops */
	bool		 deep;	/* is any tree deeper than its top? */
	bool		 exact; /* do all sums of leaves have room in a double?  Then their order is free */
	SpkSlots	 slots;
	SpkExit		*exits;		   /* 2^top for each tree; NULL with bottoms */
	size_t		 exits_stride; /* from the exits of one tree to those of the next */
	uint32_t	 n_nodes;
	SpkWalkNode *nodes;		/* deep: those below each exit in turn */
	SpkLink		*links;		/* deep: the same; NULL when any does not fit */
	SpkExit		*ends;		/* deep: for each node, its value if it is a leaf */
	uint32_t	*node_sets; /* deep and late_sets: for each node, its set in sets */
	SpkCodeSet	*sets;		/* late_sets: the sets of all trees, one tree after the other */

	/* while trees are laid out */
	uint32_t *complete; /* 2^(top + 1): a tree's node at each place of a complete tree, from 1 */
	uint32_t *places;	/* deep: the nodes of a part of a tree */

	/* plain */
	SpkTest	 *tests;
	uint32_t *test_sets; /* late_sets: for each test, its set in sets */

	/* blocks */
	uint8_t		 *ways;	  /* SPK_WAYS: the exit from three levels, by the bits of their outcomes */
	uint32_t	  levels; /* how many a tree has in a block */
	SpkWalkBlock *blocks;
	SpkMiddle	 *middles;		 /* 2^levels for each tree, or NULL */
	SpkBottom	 *bottoms;		 /* 2^(levels + 3) for each tree, in place of exits; or NULL */
	void		 *blocks_memory; /* these begin a cache line, somewhere in their memory */
	void		 *middles_memory;
	void		 *bottoms_memory;
};

/* The number of trees, filled up to one that can be walked in step. */
static inline uint32_t
spk_padded_trees(const SpkWalker *walker)
{
	return (walker->n_trees + SPK_FEW - 1) / SPK_FEW * SPK_FEW;
}

/*
 * Allocates what is below the tops: n_nodes nodes in all, and room to work on a tree of most
 * nodes; false when the host gave no memory.
 */
extern bool spk_alloc_below(SpkWalker *walker, size_t n_nodes, size_t most);

/* Sets the exits of a tree's top, and lays out what is below them.  False when cancelled. */
extern bool spk_lay_exits(SpkWalker *walker, uint32_t tree_no, const SpkTree *tree,
						  uint32_t first_set);

/* The test of a node.  That of a leaf always goes left. */
extern SpkTest spk_make_test(const SpkSlots *slots, const SpkTree *tree, const SpkNode *node);

/* How many levels tops have.  n_nodes counts those of all trees; depth is that of the deepest. */
extern uint32_t spk_plain_top(const SpkModel *model, uint64_t n_nodes, uint32_t depth);
extern uint32_t spk_blocks_top(const SpkModel *model, uint64_t n_nodes, uint32_t depth);

/* Allocates what the tops need; false when the host gave no memory. */
extern bool spk_plain_alloc(SpkWalker *walker);
extern bool spk_blocks_alloc(SpkWalker *walker);

/* Lays out the top of a tree from walker->complete.  The tree's sets begin at first_set in sets. */
extern void spk_plain_lay(SpkWalker *walker, uint32_t tree_no, const SpkTree *tree,
						  uint32_t first_set);
extern void spk_blocks_lay(SpkWalker *walker, uint32_t tree_no, const SpkTree *tree);

/*
 * The place, plus 1 if the row goes right.  In this form it compiles to an addition
 * with carry.  sets, a constant in each call, says whether the test may have a set,
 * which is then sets[*set] of the walker.
 */
SPK_ALWAYS_INLINE size_t
spk_plus_right(const SpkWalker *walker, const uint8_t *codes, size_t place, SpkTest test,
			   const uint32_t *set, const bool sets)
{
	uint8_t code = codes[(uint16_t) test];

	if (sets && (test & SPK_TEST_SET) != 0)
		return place + !spk_set_has(&walker->sets[*set], code);
	return place + (code > (uint8_t) (test >> 16));
}

/* Walks on from n exits, SPK_IN_STEP or SPK_FEW, to the nodes that are their leaves. */
extern void spk_walk_nodes(const SpkWalker *walker, const uint8_t *codes, SpkExit *at, uint32_t n);

/* The same, and replaces them by the leaves' values. */
extern void spk_walk_down(const SpkWalker *walker, const uint8_t *codes, SpkExit *at, uint32_t n);

/* What spk_walk and spk_walk_put_numbers do in each way. */
extern double spk_walk_plain(const SpkWalker *walker, const uint8_t *codes);
extern void	  spk_put_numbers_plain(const SpkSlots *slots, const double *numbers, uint8_t *codes);
#ifdef SPK_VECTORS
extern double spk_walk_avx2(const SpkWalker *walker, const uint8_t *codes);
extern double spk_walk_avx512(const SpkWalker *walker, const uint8_t *codes);
extern void	  spk_put_numbers_avx512(const SpkSlots *slots, const double *numbers, uint8_t *codes);
#endif

#endif /* SPK_CORE_SCORING_WALK_PARTS_H */
