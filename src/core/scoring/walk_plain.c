/*
 * walk_plain.c
 *	  Walking a forest test by test, on any processor and for any model.
 */
#include "core/scoring/walk_parts.h"

/* The top of a tree has 4, 6, 8 or 10 levels; 10 levels are 8 KB of tests and exits. */
#define MIN_TOP 4
#define MAX_TOP 10

/*
 * From the tests of one tree to those of the next.  This is a cache line more than the
 * tests take, so that the first tests of all trees do not compete for the same place in
 * the cache.
 */
#define STRIDE(top) (((size_t) 1 << (top)) + 16)

uint32_t
spk_plain_top(const SpkModel *model, uint64_t n_nodes, uint32_t depth)
{
	uint32_t top = MIN_TOP;

	while (top < depth && top < MAX_TOP && ((uint64_t) model->n_trees << top) <= n_nodes)
		top += 2;
	return top;
}

bool
spk_plain_alloc(SpkWalker *walker)
{
	const SpkHost *host = &walker->host;
	size_t		   n = spk_padded_trees(walker) * STRIDE(walker->top);

	walker->exits_stride = STRIDE(walker->top);
	return (walker->tests = spk_alloc(host, n, sizeof(SpkTest))) != NULL &&
		(walker->exits = spk_alloc(host, n, sizeof(SpkExit))) != NULL &&
		(!walker->slots.late_sets ||
		 (walker->test_sets = spk_alloc(host, n, sizeof(uint32_t))) != NULL);
}

void
spk_plain_lay(SpkWalker *walker, uint32_t tree_no, const SpkTree *tree, uint32_t first_set)
{
	size_t start = tree_no * STRIDE(walker->top);

	walker->tests[start] = SPK_TEST_LEFT;
	for (size_t i = 1; i < (size_t) 1 << walker->top; i++)
	{
		const SpkNode *node = &tree->nodes[walker->complete[i]];

		walker->tests[start + i] = spk_make_test(&walker->slots, tree, node);
		if (walker->test_sets != NULL && (node->flags & SPK_NODE_SET))
			walker->test_sets[start + i] = first_set + node->set;
	}
}

/* Walks n trees in step, from this one on, and adds their leaves to the sum. */
SPK_ALWAYS_INLINE double
walk_trees(const SpkWalker *walker, const uint8_t *codes, uint32_t tree, const int n,
		   const uint32_t top, const bool sets, double sum)
{
	size_t		   start = tree * STRIDE(top);
	const SpkTest *tests = walker->tests + start;
	const SpkExit *exits = walker->exits + start;
	size_t	twice[SPK_IN_STEP]; /* the place of each walk in its top: adding to it is cheaper so */
	SpkExit at[SPK_IN_STEP];

	/* level by level, all trees: while one waits for memory, the others go on */
	SPK_UNROLL
	for (int i = 0; i < n; i++)
		twice[i] = 2;
	for (uint32_t level = 0; level < top; level++)
		SPK_UNROLL
	for (int i = 0; i < n; i++)
	{
		const SpkTest  *test = (const void *) ((const char *) (tests + i * STRIDE(top)) +
											   2 * twice[i]);
		const uint32_t *set = sets ? walker->test_sets + (test - walker->tests) : NULL;

		twice[i] = 2 * spk_plus_right(walker, codes, twice[i], *test, set, sets);
	}

	SPK_UNROLL
	for (int i = 0; i < n; i++)
		at[i] = exits[i * STRIDE(top) + twice[i] / 2 - (1 << top)];
	if (walker->deep)
		spk_walk_down(walker, codes, at, n);

	/* in the order of the trees, as sums of doubles depend on it; without the padding */
	for (uint32_t i = 0; i < (uint32_t) n && tree + i < walker->n_trees; i++)
		sum += at[i].value;
	return sum;
}

SPK_ALWAYS_INLINE double
walk_forest(const SpkWalker *walker, const uint8_t *codes, const uint32_t top, const bool sets)
{
	uint32_t tree = 0;
	double	 sum = 0;

	for (; tree + SPK_IN_STEP <= walker->n_trees; tree += SPK_IN_STEP)
		sum = walk_trees(walker, codes, tree, SPK_IN_STEP, top, sets, sum);
	for (; tree < walker->n_trees; tree += SPK_FEW)
		sum = walk_trees(walker, codes, tree, SPK_FEW, top, sets, sum);
	return sum;
}

/* A copy of the code for each size of the tops, so that addresses are constants. */
SPK_ALWAYS_INLINE double
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
spk_walk_plain(const SpkWalker *walker, const uint8_t *codes)
{
	return walker->slots.late_sets ? walk_tops(walker, codes, true) :
									 walk_tops(walker, codes, false);
}
