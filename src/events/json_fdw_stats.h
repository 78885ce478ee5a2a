/*
 * json_fdw_stats.h
 *	  The foreign data wrapper sparkify_json: statistics for the planner, before ANALYZE
 *	  has made any.
 */
#ifndef SPK_EVENTS_JSON_FDW_STATS_H
#define SPK_EVENTS_JSON_FDW_STATS_H

#include "postgres.h"

#include "events/json_fdw_sample.h"

/* From now on the planner asks us for the statistics of columns that have none. */
extern void spk_json_stats_start(void);

/*
 * A sample of a foreign table whose files are these, taken now or kept from before if
 * nobody has written to the files or altered the table since.  It lasts until the next
 * call.  From now on the planner knows the statistics of the table's columns by it, which
 * the call of spk_json_stats_rows completes.
 */
extern const SpkJsonSample *spk_json_stats_sample(Oid relid, const SpkChunks *chunks);

/* Says how many rows the whole table has, by which distinct values are estimated. */
extern void spk_json_stats_rows(Oid relid, double rows);

#endif /* SPK_EVENTS_JSON_FDW_STATS_H */
