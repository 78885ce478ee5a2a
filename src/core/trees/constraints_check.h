/*
 * constraints_check.h
 *	  Do the trees of a model keep what its options promise?  See constraints.h.
 */
#ifndef SPK_CORE_TREES_CONSTRAINTS_CHECK_H
#define SPK_CORE_TREES_CONSTRAINTS_CHECK_H

#include "core/models/model.h"

/*
 * Sets *fault to what is wrong with the trees of a sound model, a text for people, or to
 * NULL: below each split of a monotone feature all leaves of one side are at most those of
 * the other, and features meet on the way to a leaf only when a group has them all.  So
 * training makes all trees; what a client sends may be anything.
 *
 * Of a blend all parts are looked at.  Without such options it costs nothing; with them, some
 * bytes for each node of a tree while that is looked at.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_constraints_fault(const SpkHost *host, const SpkModel *model,
									   const char **fault);

#endif /* SPK_CORE_TREES_CONSTRAINTS_CHECK_H */
