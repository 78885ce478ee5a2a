/*
 * walk_below.c
 *	  What is below the tops of a forest that is laid out for walking.
 */
#include "core/scoring/walk_parts.h"

/* Walks look after this many levels whether all have arrived. */
#define LEVELS 4

bool
spk_alloc_below(SpkWalker *walker, size_t n_nodes, size_t most)
{
	const SpkHost *host = &walker->host;

	if ((walker->places = spk_alloc(host, most, sizeof(uint32_t))) == NULL ||
		(walker->ends = spk_alloc(host, n_nodes, sizeof(SpkExit))) == NULL)
		return false;

	/* a left child is behind its node by the nodes of one level, which are half of all at most */
	if (!walker->slots.late_sets && walker->slots.n <= SPK_MANY_SLOTS &&
		(most + 1) / 2 <= SPK_MAX_STEP)
		return (walker->links = spk_alloc(host, n_nodes, sizeof(SpkLink))) != NULL;
	return (walker->nodes = spk_alloc(host, n_nodes, sizeof(SpkWalkNode))) != NULL &&
		(!walker->slots.late_sets ||
		 (walker->node_sets = spk_alloc(host, n_nodes, sizeof(uint32_t))) != NULL);
}

/* Puts a node in its place; left is that of its left child, or of a leaf itself. */
static void
put_node(SpkWalker *walker, const SpkTree *tree, const SpkNode *node, uint32_t at, uint32_t left,
		 uint32_t first_set)
{
	SpkTest test = spk_make_test(&walker->slots, tree, node);

	walker->ends[at].value = node->flags & SPK_NODE_LEAF ? node->u.value : 0;
	if (walker->links != NULL)
	{
		/* a test has the slot and the split as a link has them, but with more room for the slot */
		walker->links[at] = (left - at) << 16 | (test >> 16 & 255) << 8 | (test & 255);
		return;
	}
	walker->nodes[at].left = left;
	walker->nodes[at].test = test;
	if (walker->node_sets != NULL && (node->flags & SPK_NODE_SET))
		walker->node_sets[at] = first_set + node->set;
}

/*
 * Lays out the part of a tree from this node on, level by level in one place, so that
 * a walk through it meets few cache lines.  False when cancelled.
 */
static bool
lay_part(SpkWalker *walker, const SpkTree *tree, uint32_t root, uint32_t first_set, SpkExit *exit)
{
	uint32_t  start = walker->n_nodes;
	uint32_t *places = walker->places;
	uint32_t  n = 1;

	/* places is the queue of a search by levels: the children of one node are neighbours */
	places[0] = root;
	for (uint32_t i = 0; i < n; i++)
	{
		const SpkNode *node = &tree->nodes[places[i]];
		uint32_t	   at = start + i;
		bool		   leaf = node->flags & SPK_NODE_LEAF;

		if (i % SPK_POLL_NODES == SPK_POLL_NODES - 1 && spk_cancelled(&walker->host))
			return false;
		put_node(walker, tree, node, at, leaf ? at : start + n, first_set);
		if (leaf)
			continue;

		places[n++] = node->u.left;
		places[n++] = node->u.left + 1;
	}
	walker->n_nodes += n;
	exit->node = start;
	return true;
}

/* The exit at this place of a tree's top. */
static SpkExit *
exit_at(SpkWalker *walker, uint32_t tree_no, size_t place)
{
	if (walker->bottoms == NULL)
		return &walker->exits[tree_no * walker->exits_stride + place];
	place += (size_t) tree_no << walker->top;
	return &walker->bottoms[place >> SPK_MIDDLE_LEVELS].exit[place % (1 << SPK_MIDDLE_LEVELS)];
}

bool
spk_lay_exits(SpkWalker *walker, uint32_t tree_no, const SpkTree *tree, uint32_t first_set)
{
	size_t			n = (size_t) 1 << walker->top;
	const uint32_t *places = walker->complete + n;

	for (size_t i = 0; i < n; i++)
	{
		SpkExit *exit = exit_at(walker, tree_no, i);

		if (!walker->deep)
			exit->value = tree->nodes[places[i]].u.value;
		else if (i > 0 && places[i] == places[i - 1])
			*exit = *exit_at(walker, tree_no, i - 1);
		else if (!lay_part(walker, tree, places[i], first_set, exit))
			return false;
	}
	return true;
}

/* Takes n walks to the nodes of their leaves; n and sets are constants in each call. */
SPK_ALWAYS_INLINE void
walk_down(const SpkWalker *walker, const uint8_t *codes, SpkExit *at, const uint32_t n,
		  const bool sets)
{
	uint32_t moved;

	do
	{
		moved = 0;
		for (int level = 0; level < LEVELS; level++)
			SPK_UNROLL
		for (uint32_t i = 0; i < n; i++)
		{
			const SpkWalkNode *node = &walker->nodes[at[i].node];
			const uint32_t	  *set = sets ? walker->node_sets + at[i].node : NULL;
			uint32_t to = (uint32_t) spk_plus_right(walker, codes, node->left, node->test, set,
													sets);

			if (level == LEVELS - 1)
				moved |= at[i].node ^ to;
			at[i].node = to;
		}
	} while (moved != 0);
}

/* The same where nodes are links. */
SPK_ALWAYS_INLINE void
follow_links(const SpkWalker *walker, const uint8_t *codes, SpkExit *at, const uint32_t n)
{
	uint32_t moved;

	do
	{
		moved = 0;
		for (int level = 0; level < LEVELS; level++)
			SPK_UNROLL
		for (uint32_t i = 0; i < n; i++)
		{
			SpkLink	 link = walker->links[at[i].node];
			uint32_t step = (link >> 16) + (codes[(uint8_t) link] > (uint8_t) (link >> 8));

			if (level == LEVELS - 1)
				moved |= step;
			at[i].node += step;
		}
	} while (moved != 0);
}

void
spk_walk_nodes(const SpkWalker *walker, const uint8_t *codes, SpkExit *at, uint32_t n)
{
	if (walker->links != NULL)
	{
		if (n == SPK_IN_STEP)
			follow_links(walker, codes, at, SPK_IN_STEP);
		else
			follow_links(walker, codes, at, SPK_FEW);
	}
	else if (walker->slots.late_sets)
	{
		if (n == SPK_IN_STEP)
			walk_down(walker, codes, at, SPK_IN_STEP, true);
		else
			walk_down(walker, codes, at, SPK_FEW, true);
	}
	else if (n == SPK_IN_STEP)
		walk_down(walker, codes, at, SPK_IN_STEP, false);
	else
		walk_down(walker, codes, at, SPK_FEW, false);
}

void
spk_walk_down(const SpkWalker *walker, const uint8_t *codes, SpkExit *at, uint32_t n)
{
	spk_walk_nodes(walker, codes, at, n);
	for (uint32_t i = 0; i < n; i++)
		at[i] = walker->ends[at[i].node];
}
