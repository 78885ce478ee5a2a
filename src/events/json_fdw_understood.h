/*
 * json_fdw_understood.h
 *	  The foreign data wrapper sparkify_json: which queries that group a scan can do.
 */
#ifndef SPK_EVENTS_JSON_FDW_UNDERSTOOD_H
#define SPK_EVENTS_JSON_FDW_UNDERSTOOD_H

#include "postgres.h"

#include "nodes/pathnodes.h"

/*
 * Can the scan of this relation make the states of these results?  The relation must be
 * one table, whose option does not forbid it; the keys columns of it, of types whose
 * equal values have equal bytes; the aggregates some of PostgreSQL's and of this
 * extension's, with states that can be put together; and all expressions such that they may be computed in
 * any process and have no subqueries.
 */
extern bool spk_json_can_group(PlannerInfo *root, const RelOptInfo *input,
							   const PathTarget *results, const GroupPathExtraData *extra);

#endif /* SPK_EVENTS_JSON_FDW_UNDERSTOOD_H */
