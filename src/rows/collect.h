/*
 * collect.h
 *	  The transition function that packs training rows, for all aggregates that train.
 */
#ifndef SPK_ROWS_COLLECT_H
#define SPK_ROWS_COLLECT_H

#include "postgres.h"

#include "fmgr.h"

#include "rows/row_store.h"

/* The numbers of a transition function's arguments; -1 stands for one that it does not have. */
typedef struct SpkCollectArgs
{
	int	 algorithm; /* text; without it, random_forest */
	int	 options;	/* jsonb; without it, or when it is null, the defaults */
	int	 exclude;	/* text[]; without it, or when it is null, every column is a feature */
	int	 group;		/* text, the column that has a row's group; without it, or when it is null,
					* rows have no groups, unless there is id */
	int	 time;		/* text; without it, or when it is null, rows have no dates */
	int	 id;		/* of any type: the row's group itself; never beside group */
	int	 columns;	/* text[], what the record's columns are called; without it, or when it is
					* null, the record's type says it */
	int	 weights;	/* text; without it, options may name the column of weights; when it is null,
					* all rows count as one */
	bool trains;	/* do the rows become a model, so that they may be in a file? */
} SpkCollectArgs;

/*
 * A new store is the state of the aggregate that calls.  When that ends here, so that the state
 * is sent to no other process, the store's values may go to a file, which is closed with the
 * state at the latest: a group's model may never be asked for.
 */
extern void spk_collect_own(FunctionCallInfo fcinfo, SpkRowStore *store);

/*
 * Adds the row of this call to the aggregate's state and returns the state, which
 * lives in the aggregate's memory context.  Argument 0 is the state, null for the first
 * row; argument 1 is the label, and argument 2 the record of features.  A row without
 * a label is counted, but not kept.  Arguments and rows that are wrong are errors.
 */
extern SpkRowStore *spk_collect_row(FunctionCallInfo fcinfo, const SpkCollectArgs *args);

#endif /* SPK_ROWS_COLLECT_H */
