/*
 * walk_parts.h
 *	  What the ways of walking a forest share; private to walk*.c.
 *
 * The top of each tree is laid out complete, and where the tree has a leaf
 * earlier, walks go left from there on.  What follows the last level of a top
 * are exits: leaf values, or, when any tree is deeper, nodes, from which walks
 * go on one by one.  The layouts of the tops differ:
 *
 * Plain, tests of four bytes: the children of test i, counted from 1, are 2i
 * and 2i + 1, so that there are no pointers.  Walks of several trees go in
 * step, each hiding the others' waits.
 *
 * Blocks, for processors that look up and compare many bytes at once: all 63
 * tests of the first six levels are made together, whose outcomes are the bits
 * of one word; two looks into a small table tell where a walk comes out.  Four
 * more levels, below each of the 64 ways out, are a smaller block.
 */
#ifndef SPK_CORE_SCORING_WALK_PARTS_H
#define SPK_CORE_SCORING_WALK_PARTS_H

#include "core/base/vectors.h"
#include "core/scoring/walk.h"

#define SPK_CACHE_LINE 64

/*
 * Walks that go in step, to hide the wait for all but main memory; what is left
 * of the trees goes FEW at a time.
 */
#define SPK_IN_STEP 16
#define SPK_FEW		4
#define SPK_UNROLL	_Pragma("GCC unroll 16")

/* The first place in memory, of at least this and 63 bytes more, that begins a cache line. */
static inline void *
spk_cache_line(void *memory)
{
	return (void *) (((uintptr_t) memory + SPK_CACHE_LINE - 1) & ~(uintptr_t) (SPK_CACHE_LINE - 1));
}

/* Numeric features whose edges are searched in step. */
#define SPK_NUMBERS_IN_STEP 4

/*
 * The edges of a feature, filled up with infinities so that every search goes
 * the same way, and before them each sixteenth of them.
 */
#define SPK_EDGE_STEP 16
#define SPK_EDGES	  (SPK_EDGE_STEP * SPK_EDGE_STEP)

typedef struct SpkEdges
{
	double coarse[SPK_EDGE_STEP]; /* the last of them an infinity */
	double fine[SPK_EDGES];
} SpkEdges;

/* A numeric feature, and the slots of its code with a missing value above all and below them. */
typedef struct SpkNumberSlots
{
	uint32_t feature;
	uint32_t above;
	uint32_t below;
} SpkNumberSlots;

/* A byte of the codes: is the category in the set (0) or not (1)? */
typedef struct SpkSetSlot
{
	SpkCodeSet set;
	uint32_t   slot;
	uint32_t   next; /* of the same feature: into set_slots; SPK_WALK_NO_SLOT: none */
} SpkSetSlot;

/* Slots that AVX2 can look into, and AVX-512. */
#define SPK_FEW_SLOTS  64
#define SPK_MANY_SLOTS 256

#define SPK_WALK_NO_SLOT UINT32_MAX

/* More sets than these are not asked in advance, but where a walk meets them. */
#define SPK_MAX_SET_SLOTS 128

/* Where in the codes of a row what is. */
typedef struct SpkSlots
{
	uint32_t		n_features;
	uint32_t		n;		   /* slots in use; the byte behind them takes what nobody asks for */
	bool			late_sets; /* are sets asked where walks meet them? */
	uint32_t	   *above; /* n_features: the code, missing above all; of a category if late_sets */
	uint32_t	   *below; /* n_features: the code of a number, missing as 0 */
	uint32_t	   *first_set; /* n_features: into set_slots */
	SpkSetSlot	   *set_slots;
	uint32_t		n_set_slots;
	uint32_t		n_numbers; /* numeric features in use */
	SpkNumberSlots *numbers;   /* which, filled up to a multiple of SPK_NUMBERS_IN_STEP */
	SpkEdges	   *edges;	   /* of these, likewise; begins a cache line */
	void		   *edges_memory;
} SpkSlots;

/* Chooses slots for all that the model's tests ask for; false without memory, or when the host wants to stop. */
extern bool spk_slots_make(const SpkHost *host, const SpkModel *model, SpkSlots *slots);
extern void spk_slots_release(const SpkHost *host, SpkSlots *slots);

/* The slot that this node, no leaf, asks for; not for sets when those are late. */
extern uint32_t spk_slot_of(const SpkSlots *slots, const SpkTree *tree, const SpkNode *node);

/*
 * A test, in one word because one load is cheaper than three: the slot (16 bits
 * from the lowest up), the split (8; a walk goes left when the code is not
 * above) and whether there is a set instead.
 */
typedef uint32_t SpkTest;

#define SPK_TEST_SET  (UINT32_C(1) << 24)
#define SPK_TEST_LEFT (UINT32_C(255) << 16) /* no code is above */

typedef union SpkExit
{
	float	 value;
	uint32_t node;
} SpkExit;

/* Nodes below the top.  The right child is the next of left; a leaf leads to itself. */
typedef struct SpkWalkNode
{
	uint32_t left;
	SpkTest	 test;
} SpkWalkNode;

/*
 * Tests of six levels: those of the first three in the order of the levels,
 * then in turn those of the eight parts of three levels below them.
 */
typedef struct SpkBlock
{
	uint8_t slot[64];
	uint8_t split[64];
} SpkBlock;

/* Tests of four levels, in the order of the levels. */
typedef struct SpkSmallBlock
{
	uint8_t slot[16];
	uint8_t split[16];
} SpkSmallBlock;

/* Outcomes that the seven tests of three levels can have. */
#define SPK_WAYS 128

#define SPK_BLOCK_LEVELS	   6
#define SPK_SMALL_BLOCK_LEVELS 4
#define SPK_BLOCK_EXITS		   (1 << SPK_BLOCK_LEVELS)
#define SPK_SMALL_BLOCK_EXITS  (1 << SPK_SMALL_BLOCK_LEVELS)

struct SpkWalker
{
	SpkHost		 host;
	SpkWalkWay	 way;
	uint32_t	 n_trees;
	uint32_t	 top;  /* levels of the tops */
	bool		 deep; /* is any tree deeper? */
	SpkSlots	 slots;
	SpkExit		*exits;		   /* 2^top for each tree */
	size_t		 exits_stride; /* from those of a tree to those of the next */
	uint32_t	 n_nodes;
	SpkWalkNode *nodes;		/* deep: below each exit in turn */
	SpkExit		*ends;		/* deep: the value of each node that is a leaf */
	uint32_t	*node_sets; /* deep, sets that are late: for each node, into sets */
	SpkCodeSet	*sets;		/* late: of all trees, one after the other */

	/* while trees are laid out */
	uint32_t *complete; /* 2^(top + 1): nodes of a tree by their place in a complete one, from 1 */
	uint32_t *places;	/* deep: nodes of a part of a tree */

	/* plain */
	SpkTest	 *tests;
	uint32_t *test_sets; /* sets that are late: for each test, into sets */

	/* blocks */
	uint8_t		  *ways; /* SPK_WAYS: the way out of three levels, by the bits of their outcomes */
	SpkBlock	  *blocks;		 /* one for each tree; begin a cache line, as small ones do */
	SpkSmallBlock *small_blocks; /* SPK_BLOCK_EXITS for each tree; NULL when six levels will do */
	void		  *blocks_memory;
	void		  *small_blocks_memory;
};

/* Trees filled up to a number that is walked in step. */
static inline uint32_t
spk_padded_trees(const SpkWalker *walker)
{
	return (walker->n_trees + SPK_FEW - 1) / SPK_FEW * SPK_FEW;
}

/* The test of a node; of a leaf one that always goes left. */
extern SpkTest spk_make_test(const SpkSlots *slots, const SpkTree *tree, const SpkNode *node);

/* Levels of the tops of a forest; n_nodes and depth: of all trees, and of the deepest. */
extern uint32_t spk_plain_top(const SpkModel *model, uint64_t n_nodes, uint32_t depth);
extern uint32_t spk_blocks_top(const SpkModel *model, uint64_t n_nodes, uint32_t depth);

/* Memory for tops of so many levels; false when there is none. */
extern bool spk_plain_alloc(SpkWalker *walker);
extern bool spk_blocks_alloc(SpkWalker *walker);

/* Lays out the top of a tree, complete in walker->complete; first_set: where its sets begin. */
extern void spk_plain_lay(SpkWalker *walker, uint32_t tree_no, const SpkTree *tree,
						  uint32_t first_set);
extern void spk_blocks_lay(SpkWalker *walker, uint32_t tree_no, const SpkTree *tree);

/*
 * The place, plus one if the row goes right; in this form it compiles to an
 * addition with carry.  sets, a constant where it is called: may the test have
 * a set, which is the one at *set?
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

/* From exits of SPK_IN_STEP, or of SPK_FEW, tops on to the leaves: at becomes their values. */
extern void spk_walk_down(const SpkWalker *walker, const uint8_t *codes, SpkExit *at, uint32_t n);

/* The walks themselves, and the coding of numbers. */
extern double spk_walk_plain(const SpkWalker *walker, const uint8_t *codes);
extern void	  spk_put_numbers_plain(const SpkSlots *slots, const double *numbers, uint8_t *codes);
#ifdef SPK_VECTORS
extern double spk_walk_avx2(const SpkWalker *walker, const uint8_t *codes);
extern double spk_walk_avx512(const SpkWalker *walker, const uint8_t *codes);
extern void	  spk_put_numbers_avx512(const SpkSlots *slots, const double *numbers, uint8_t *codes);
#endif

#endif /* SPK_CORE_SCORING_WALK_PARTS_H */
