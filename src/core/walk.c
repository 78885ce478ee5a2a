/*
 * walk.c
 *	  A forest laid out for walking.
 */
#include <math.h>
#include <string.h>

#include "walk.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/*
 * Walks that go in step, to hide the wait for all but main memory; what is left
 * of the trees goes FEW at a time.
 */
#define IN_STEP		16
#define FEW			4

#define UNROLL		_Pragma("GCC unroll 16")

/* Levels of the top of a tree: 4, 6, 8 or 10, which is 8 KB of tests and exits. */
#define MIN_TOP		4
#define MAX_TOP		10

/*
 * From the tests of a tree to those of the next: a cache line more than there
 * are, so that the first tests of all trees do not compete for the same place
 * in the cache.
 */
#define STRIDE(top)	(((size_t) 1 << (top)) + 16)

/* Below the top, levels between two looks whether all walks have arrived. */
#define LEVELS		4

/* Numeric features whose edges are searched in step. */
#define FEATURES_IN_STEP	4

/* Edges of a feature, filled up with infinities, so that every search takes eight steps. */
#define N_EDGES		255

/*
 * A test, in one word because one load is cheaper than three: where in the
 * codes of a row to look (16 bits from the lowest up), the split (8; a walk
 * goes left when the code is not above) and whether there is a set instead.
 */
typedef uint32_t Test;

#define TEST_SET		(UINT32_C(1) << 24)
#define TEST_LEFT		(UINT32_C(255) << 16)	/* no code is above */

/*
 * The top of a tree is complete: the children of test i, counted from 1, are 2i
 * and 2i + 1, and where the tree has a leaf earlier, walks go left from there
 * on.  What follows the last level are exits: leaf values, or, when any tree is
 * deeper, nodes.
 */
typedef union Exit
{
	float		value;
	uint32_t	node;
} Exit;

/* Nodes below the top.  The right child is the next of left; a leaf leads to itself. */
typedef struct WalkNode
{
	uint32_t	left;
	Test		test;
} WalkNode;

struct SpkWalker
{
	SpkHost		host;
	uint32_t	n_features;
	uint32_t	n_trees;
	uint32_t	top;			/* levels of the tops */
	bool		deep;			/* is any tree deeper? */
	bool		has_sets;
	Test	   *tests;			/* STRIDE for each tree: the first unused, then those of the top */
	Exit	   *exits;			/* STRIDE for each tree, 2^top of them used */
	uint32_t   *test_sets;		/* has_sets: for each test, into sets */
	WalkNode   *nodes;			/* deep: of all trees, one after the other */
	Exit	   *ends;			/* deep: the value of each node that is a leaf */
	uint32_t   *node_sets;		/* deep and has_sets: for each node, into sets */
	SpkCodeSet *sets;
	uint32_t   *places;			/* while trees are laid out: 2^(top + 1) */
	bool	   *used;			/* n_features */
	uint32_t	n_numbers;		/* used numeric features */
	uint32_t   *numbers;		/* which, filled up to a multiple of FEATURES_IN_STEP */
	double	   *edges;			/* N_EDGES for each of these */
};

size_t
spk_walker_codes(const SpkWalker *walker)
{
	return (2 * (size_t) walker->n_features + 8) & ~(size_t) 7;
}

bool
spk_walk_uses(const SpkWalker *walker, uint32_t feature)
{
	return walker->used[feature];
}

static size_t
rounded_up(size_t n, size_t unit)
{
	return (n + unit - 1) / unit * unit;
}

/* Trees filled up to a number that is walked in step. */
static inline uint32_t
padded_trees(const SpkWalker *walker)
{
	return (uint32_t) rounded_up(walker->n_trees, FEW);
}

static Test
make_test(const SpkWalker *walker, const SpkNode *node)
{
	uint32_t	at = node->feature;

	if (node->flags & SPK_NODE_LEAF)
		return TEST_LEFT;
	if (node->flags & SPK_NODE_SET)
		return at | TEST_SET;
	if (node->flags & SPK_NODE_MISSING_LEFT)
		at += walker->n_features;
	return at | (uint32_t) node->split << 16;
}

/* Lays out the top of a tree; first and first_set: where its nodes and sets begin. */
static void
lay_top(SpkWalker *walker, uint32_t tree_no, const SpkTree *tree, uint32_t first, uint32_t first_set)
{
	size_t		size = (size_t) 1 << walker->top;
	size_t		start = tree_no * STRIDE(walker->top);
	Test	   *tests = walker->tests + start;
	Exit	   *exits = walker->exits + start;
	uint32_t   *places = walker->places;

	tests[0] = TEST_LEFT;
	places[1] = 0;
	for (size_t i = 1; i < size; i++)
	{
		const SpkNode *node = &tree->nodes[places[i]];
		bool		leaf = node->flags & SPK_NODE_LEAF;

		tests[i] = make_test(walker, node);
		places[2 * i] = leaf ? places[i] : node->u.left;
		places[2 * i + 1] = leaf ? places[i] : node->u.left + 1;
		if (node->flags & SPK_NODE_SET)
			walker->test_sets[start + i] = first_set + node->set;
	}
	for (size_t i = 0; i < size; i++)
	{
		if (walker->deep)
			exits[i].node = first + places[size + i];
		else
			exits[i].value = tree->nodes[places[size + i]].u.value;
	}
}

static void
lay_nodes(SpkWalker *walker, const SpkTree *tree, uint32_t first, uint32_t first_set)
{
	for (uint32_t i = 0; i < tree->n_nodes; i++)
	{
		const SpkNode *node = &tree->nodes[i];
		bool		leaf = node->flags & SPK_NODE_LEAF;

		walker->nodes[first + i].left = first + (leaf ? i : node->u.left);
		walker->nodes[first + i].test = make_test(walker, node);
		walker->ends[first + i].value = leaf ? node->u.value : 0;
		if (node->flags & SPK_NODE_SET)
			walker->node_sets[first + i] = first_set + node->set;
	}
}

static void
lay_forest(SpkWalker *walker, const SpkModel *model)
{
	uint32_t	n_nodes = 0;
	uint32_t	n_sets = 0;

	for (uint32_t t = 0; t < padded_trees(walker); t++)
	{
		const SpkTree *tree = &model->trees[t < model->n_trees ? t : 0];

		lay_top(walker, t, tree, t < model->n_trees ? n_nodes : 0, t < model->n_trees ? n_sets : 0);
		if (t >= model->n_trees)
			continue;
		if (walker->deep)
			lay_nodes(walker, tree, n_nodes, n_sets);
		if (tree->n_sets > 0)
			memcpy(walker->sets + n_sets, tree->sets, tree->n_sets * sizeof(SpkCodeSet));
		n_nodes += tree->n_nodes;
		n_sets += tree->n_sets;
	}
}

/* Which features do trees ask for? */
static void
note_used(SpkWalker *walker, const SpkModel *model)
{
	memset(walker->used, 0, model->n_features * sizeof(bool));
	for (uint32_t t = 0; t < model->n_trees; t++)
		for (uint32_t i = 0; i < model->trees[t].n_nodes; i++)
			if (!(model->trees[t].nodes[i].flags & SPK_NODE_LEAF))
				walker->used[model->trees[t].nodes[i].feature] = true;
}

/* Lists the used numeric features; memory for all of them is there. */
static void
list_numbers(SpkWalker *walker, const SpkModel *model)
{
	for (uint32_t f = 0; f < model->n_features; f++)
		if (walker->used[f] && model->features[f].kind != SPK_CATEGORY)
			walker->numbers[walker->n_numbers++] = f;
	for (uint32_t i = walker->n_numbers; i % FEATURES_IN_STEP != 0; i++)
		walker->numbers[i] = walker->numbers[i - 1];
}

static void
copy_edges(SpkWalker *walker, const SpkModel *model)
{
	for (size_t i = 0; i < rounded_up(walker->n_numbers, FEATURES_IN_STEP); i++)
	{
		const SpkFeature *feature = &model->features[walker->numbers[i]];
		double	   *edges = walker->edges + i * N_EDGES;
		uint32_t	n = feature->n_bins == 0 ? 0 : feature->n_bins - 1;

		if (n > 0)
			memcpy(edges, feature->edges, n * sizeof(double));
		for (; n < N_EDGES; n++)
			edges[n] = INFINITY;
	}
}

/*
 * Levels of the tops: as deep as the trees, but not so that tops are mostly
 * filling.
 */
static void
choose_top(SpkWalker *walker, const SpkModel *model, uint64_t n_nodes)
{
	uint32_t	depth = 0;

	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		uint32_t	d = spk_tree_depth(&model->trees[t]);

		depth = d > depth ? d : depth;
	}
	walker->top = MIN_TOP;
	while (walker->top < depth && walker->top < MAX_TOP &&
		   ((uint64_t) model->n_trees << walker->top) <= n_nodes)
		walker->top += 2;
	walker->deep = depth > walker->top;
}

static bool
alloc_forest(SpkWalker *walker, uint64_t n_nodes, uint64_t n_sets)
{
	const SpkHost *host = &walker->host;
	size_t		n_tests = padded_trees(walker) * STRIDE(walker->top);

	return (walker->tests = spk_alloc(host, n_tests, sizeof(Test))) != NULL &&
		(walker->exits = spk_alloc(host, n_tests, sizeof(Exit))) != NULL &&
		(walker->places = spk_alloc(host, (size_t) 2 << walker->top, sizeof(uint32_t))) != NULL &&
		(!walker->has_sets || (walker->test_sets = spk_alloc(host, n_tests, sizeof(uint32_t))) != NULL) &&
		(!walker->deep || (walker->nodes = spk_alloc(host, n_nodes, sizeof(WalkNode))) != NULL) &&
		(!walker->deep || (walker->ends = spk_alloc(host, n_nodes, sizeof(Exit))) != NULL) &&
		(!walker->deep || !walker->has_sets ||
		 (walker->node_sets = spk_alloc(host, n_nodes, sizeof(uint32_t))) != NULL) &&
		(walker->sets = spk_alloc(host, n_sets, sizeof(SpkCodeSet))) != NULL;
}

static bool
alloc_features(SpkWalker *walker, const SpkModel *model)
{
	size_t		n = rounded_up(model->n_features, FEATURES_IN_STEP);

	if ((walker->used = spk_alloc(&walker->host, n, sizeof(bool))) == NULL ||
		(walker->numbers = spk_alloc(&walker->host, n, sizeof(uint32_t))) == NULL)
		return false;
	note_used(walker, model);
	list_numbers(walker, model);
	walker->edges = spk_alloc(&walker->host, rounded_up(walker->n_numbers, FEATURES_IN_STEP),
							  N_EDGES * sizeof(double));
	return walker->edges != NULL;
}

SpkWalker *
spk_walker_new(const SpkHost *host, const SpkModel *model)
{
	SpkWalker  *walker = spk_alloc(host, 1, sizeof(SpkWalker));
	uint64_t	n_nodes = 0;
	uint64_t	n_sets = 0;

	if (walker == NULL)
		return NULL;
	memset(walker, 0, sizeof(*walker));
	walker->host = *host;
	walker->n_features = model->n_features;
	walker->n_trees = model->n_trees;
	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		n_nodes += model->trees[t].n_nodes;
		n_sets += model->trees[t].n_sets;
	}
	walker->has_sets = n_sets > 0;
	choose_top(walker, model, n_nodes);
	if (n_nodes > UINT32_MAX || !alloc_forest(walker, n_nodes, n_sets) || !alloc_features(walker, model))
	{
		spk_walker_release(walker);
		return NULL;
	}
	lay_forest(walker, model);
	copy_edges(walker, model);
	spk_release(host, walker->places);
	walker->places = NULL;
	return walker;
}

void
spk_walker_release(SpkWalker *walker)
{
	SpkHost		host;

	if (walker == NULL)
		return;
	host = walker->host;
	spk_release(&host, walker->tests);
	spk_release(&host, walker->exits);
	spk_release(&host, walker->test_sets);
	spk_release(&host, walker->nodes);
	spk_release(&host, walker->ends);
	spk_release(&host, walker->node_sets);
	spk_release(&host, walker->sets);
	spk_release(&host, walker->places);
	spk_release(&host, walker->used);
	spk_release(&host, walker->numbers);
	spk_release(&host, walker->edges);
	spk_release(&host, walker);
}

void
spk_walk_put_code(const SpkWalker *walker, uint32_t feature, uint8_t code, uint8_t *codes)
{
	codes[feature] = code;
	codes[walker->n_features + feature] = code == SPK_MISSING ? 0 : code;
}

/*
 * Several binary searches in step, without branches on the values: the code is
 * the number of edges below the value, as in spk_code_number.
 */
void
spk_walk_code_numbers(const SpkWalker *walker, const double *numbers, uint8_t *codes)
{
	for (uint32_t i = 0; i < walker->n_numbers; i += FEATURES_IN_STEP)
	{
		const uint32_t *features = walker->numbers + i;
		const double *edges = walker->edges + (size_t) i * N_EDGES;
		double		value[FEATURES_IN_STEP];
		uint32_t	code[FEATURES_IN_STEP] = {0};

		for (int f = 0; f < FEATURES_IN_STEP; f++)
			value[f] = numbers[features[f]];
#pragma GCC unroll 8
		for (uint32_t half = 128; half > 0; half /= 2)
#pragma GCC unroll 4
			for (int f = 0; f < FEATURES_IN_STEP; f++)
				code[f] += half & -(uint32_t) (edges[f * N_EDGES + code[f] + half - 1] < value[f]);
		for (int f = 0; f < FEATURES_IN_STEP; f++)
		{
			bool		missing = isnan(value[f]);

			codes[features[f]] = missing ? SPK_MISSING : (uint8_t) code[f];
			codes[walker->n_features + features[f]] = (uint8_t) code[f];	/* 0 of a NaN */
		}
	}
}

/*
 * The place, plus one if the row goes right; in this form it compiles to an
 * addition with carry.  sets, a constant where it is called: may the test have
 * a set?
 */
ALWAYS_INLINE size_t
plus_right(const SpkWalker *walker, const uint8_t *codes, size_t place, Test test, const uint32_t *set, const bool sets)
{
	uint8_t		code = codes[(uint16_t) test];

	if (sets && (test & TEST_SET) != 0)
		return place + !spk_set_has(&walker->sets[*set], code);
	return place + (code > (uint8_t) (test >> 16));
}

/* From the exits of the tops on to the leaves. */
ALWAYS_INLINE void
walk_down(const SpkWalker *walker, const uint8_t *codes, uint32_t *at, const int n, const bool sets)
{
	uint32_t	moved;

	do
	{
		moved = 0;
		for (int level = 0; level < LEVELS; level++)
			UNROLL
			for (int i = 0; i < n; i++)
			{
				const WalkNode *node = &walker->nodes[at[i]];
				uint32_t	to = (uint32_t) plus_right(walker, codes, node->left, node->test,
													   sets ? walker->node_sets + at[i] : NULL, sets);

				if (level == LEVELS - 1)
					moved |= at[i] ^ to;
				at[i] = to;
			}
	} while (moved != 0);
}

/* n trees in step, from this one on; adds to the sum, as far as there are trees. */
ALWAYS_INLINE double
walk_trees(const SpkWalker *walker, const uint8_t *codes, uint32_t tree, const int n, const uint32_t top,
		   const bool sets, double sum)
{
	size_t		start = tree * STRIDE(top);
	const Test *tests = walker->tests + start;
	const Exit *exits = walker->exits + start;
	size_t		twice[IN_STEP];	/* the place of each walk in its top: adding to it is cheaper so */
	uint32_t	at[IN_STEP];

	UNROLL
	for (int i = 0; i < n; i++)
		twice[i] = 2;
	for (uint32_t level = 0; level < top; level++)
		UNROLL
		for (int i = 0; i < n; i++)
		{
			const Test *test = (const Test *) ((const char *) tests + 4 * i * STRIDE(top) + 2 * twice[i]);

			twice[i] = 2 * plus_right(walker, codes, twice[i], *test,
									  sets ? walker->test_sets + (test - walker->tests) : NULL, sets);
		}
	UNROLL
	for (int i = 0; i < n; i++)
		at[i] = exits[i * STRIDE(top) + twice[i] / 2 - (1 << top)].node;
	if (walker->deep)
	{
		walk_down(walker, codes, at, n, sets);
		for (int i = 0; i < n; i++)
			at[i] = walker->ends[at[i]].node;
	}
	for (uint32_t i = 0; i < (uint32_t) n && tree + i < walker->n_trees; i++)
		sum += ((Exit) {.node = at[i]}).value;
	return sum;
}

ALWAYS_INLINE double
walk_forest(const SpkWalker *walker, const uint8_t *codes, const uint32_t top, const bool sets)
{
	uint32_t	tree = 0;
	double		sum = 0;

	for (; tree + IN_STEP <= walker->n_trees; tree += IN_STEP)
		sum = walk_trees(walker, codes, tree, IN_STEP, top, sets, sum);
	for (; tree < walker->n_trees; tree += FEW)
		sum = walk_trees(walker, codes, tree, FEW, top, sets, sum);
	return sum;
}

/* A copy of the code for each size of the tops, so that addresses are constants. */
ALWAYS_INLINE double
walk_tops(const SpkWalker *walker, const uint8_t *codes, const bool sets)
{
	switch (walker->top)
	{
		case 4:
			return walk_forest(walker, codes, 4, sets);
		case 6:
			return walk_forest(walker, codes, 6, sets);
		case 8:
			return walk_forest(walker, codes, 8, sets);
		default:
			return walk_forest(walker, codes, MAX_TOP, sets);
	}
}

double
spk_walk(const SpkWalker *walker, const uint8_t *codes)
{
	return walker->has_sets ? walk_tops(walker, codes, true) : walk_tops(walker, codes, false);
}
