/*
 * json_fdw_upper.h
 *	  The foreign data wrapper sparkify_json: planning of queries that group, whose
 *	  aggregates the scan feeds itself.
 */
#ifndef SPK_EVENTS_JSON_FDW_UPPER_H
#define SPK_EVENTS_JSON_FDW_UPPER_H

#include "postgres.h"

#include "nodes/pathnodes.h"
#include "nodes/plannodes.h"

/*
 * A scan that groups returns one row for each group and, when memory is short, several.
 * Its rows have the columns of its fdw_scan_tlist: first the groups' keys, which are
 * columns of the table, and the aggregates' states, as a Partial Aggregate returns them;
 * then columns of the table that have no value in these rows, but in the events from
 * which they are made.  fdw_exprs has two members, whose expressions are about such
 * events: the conditions, and a list with an SpkAggregatePart of each aggregate.
 */
typedef enum SpkAggregatePart
{
	SPK_AGGREGATE_ARGS,
	SPK_AGGREGATE_FILTER, /* NULL when there is none */
	SPK_AGGREGATE_PARTS
} SpkAggregatePart;

/* Members of fdw_private. */
typedef enum SpkScanPrivate
{
	SPK_SCAN_NEEDED,	/* of all scans: the attributes whose values are used */
	SPK_SCAN_GROUPS_OF, /* of those that group: the Oid of the table, and no others have it */
	SPK_SCAN_N_OUTPUTS	/* the columns that have values in the rows of groups */
} SpkScanPrivate;

/* The callback that adds paths for grouping. */
extern void spk_json_upper_paths(PlannerInfo *root, UpperRelationKind stage, RelOptInfo *input_rel,
								 RelOptInfo *output_rel, void *extra);

/* The plan of a path that was added by it. */
extern ForeignScan *spk_json_upper_plan(PlannerInfo *root, ForeignPath *path, List *tlist,
										Plan *outer_plan);

/* The numbers of the table's attributes that these expressions use, as a list of integers. */
extern List *spk_json_needed(const RelOptInfo *rel, List *exprs, List *conditions);

/* Defines the setting sparkify.aggregate_pushdown; for _PG_init. */
extern void spk_json_upper_define(void);

#endif /* SPK_EVENTS_JSON_FDW_UPPER_H */
