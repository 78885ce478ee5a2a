/*
 * tree_check.h
 *	  What has to hold while a tree grows, see core/base/invariant.h.
 */
#ifndef SPK_CORE_TREES_TREE_CHECK_H
#define SPK_CORE_TREES_TREE_CHECK_H

#include "core/base/invariant.h"
#include "core/trees/tree_grow.h"

#ifdef SPK_CHECK_INVARIANTS

/*
 * The children of a split, when they have their rows: the two stretches of rows
 * part that of the parent, and the rows in them are those that the split has
 * counted.  Takes a look at each row of the node, less than parting them did.
 */
extern void spk_grower_check_children(const SpkGrower *grower, const SpkPending *parent,
									  const SpkChildren *children);

/*
 * The tree as grown, before its nodes are numbered: it is one tree within the
 * memory laid out for it, each split's rows are those of its children, and what
 * is to be clear between nodes is clear.
 */
extern void spk_grower_check(const SpkGrower *grower, const SpkPending *root);

#else
#define spk_grower_check_children(grower, parent, children) ((void) 0)
#define spk_grower_check(grower, root)						((void) 0)
#endif

#endif /* SPK_CORE_TREES_TREE_CHECK_H */
