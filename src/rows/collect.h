/*
 * collect.h
 *	  The aggregate that packs training rows, for all that trains.
 */
#ifndef SPK_ROWS_COLLECT_H
#define SPK_ROWS_COLLECT_H

#include "postgres.h"

#include "fmgr.h"

#include "rows/row_store.h"

/* Where a transition function finds its arguments; -1 when it has none. */
typedef struct SpkCollectArgs
{
	int algorithm; /* text; none: random_forest */
	int options;   /* jsonb; none or NULL: the defaults */
	int exclude;   /* text[]; none or NULL: every column is a feature */
	int group;	   /* text; none or NULL: rows have no groups */
	int time;	   /* text; none or NULL: rows have no dates */
} SpkCollectArgs;

/*
 * The transition of a collecting aggregate: argument 0 is the state (an
 * SpkRowStore), 1 the label, 2 the record of features.  A row without a label
 * is counted and left out.
 */
extern SpkRowStore *spk_collect_row(FunctionCallInfo fcinfo, const SpkCollectArgs *args);

#endif /* SPK_ROWS_COLLECT_H */
