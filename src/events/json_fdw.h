/*
 * json_fdw.h
 *	  What the parts of the foreign data wrapper sparkify_json (options, planning,
 *	  execution, sampling) need of each other.
 */
#ifndef SPK_EVENTS_JSON_FDW_H
#define SPK_EVENTS_JSON_FDW_H

#include "postgres.h"

#include "foreign/fdwapi.h"
#include "nodes/pathnodes.h"

#include "events/event_binding.h"

/* The chunks of parallel scans: large for the disk, small beside a worker's share. */
#define SPK_PARALLEL_CHUNK_BYTES (4 * 1024 * 1024)

/* The options of a foreign table, with those of its server. */
typedef struct SpkJsonOptions
{
	char *filename;
	bool  skip_faults; /* on_error is 'skip' */
	bool  pushes_down; /* aggregate_pushdown is not off */
} SpkJsonOptions;

/* The options of this foreign table, palloc'd.  The validator made sure that they are valid. */
extern SpkJsonOptions spk_json_options(Oid foreigntableid);

/*
 * The columns of a foreign table with their options, bound in the current memory context.
 * Those that are left out, by attribute, get no value; left_out may be NULL.
 */
extern SpkBinding *spk_json_binding(Relation rel, const bool *left_out);

/*
 * A path that reads all events of a table whose size is known, with this many workers,
 * which may be none.
 */
extern Path *spk_json_scan_path(PlannerInfo *root, RelOptInfo *baserel, int workers);

/* Sets the callbacks that run a scan and explain it. */
extern void spk_json_scan_routine(FdwRoutine *routine);

/* The callback for ANALYZE. */
extern bool spk_json_analyze(Relation rel, AcquireSampleRowsFunc *func, BlockNumber *totalpages);

#endif /* SPK_EVENTS_JSON_FDW_H */
