/*
 * json_fdw.h
 *	  The parts of the foreign data wrapper sparkify_json: options, planning,
 *	  execution, sampling.
 */
#ifndef SPK_EVENTS_JSON_FDW_H
#define SPK_EVENTS_JSON_FDW_H

#include "postgres.h"

#include "foreign/fdwapi.h"

/* A piece of work in parallel scans: large for the disk, small for a worker. */
#define SPK_PARALLEL_CHUNK_BYTES (4 * 1024 * 1024)

/* The options of a foreign table, those of its server included. */
typedef struct SpkJsonOptions
{
	char *filename;
	bool  skip_faults; /* on_error is 'skip' */
} SpkJsonOptions;

/* Valid options, as the validator made sure; palloc'd. */
extern SpkJsonOptions spk_json_options(Oid foreigntableid);

/*
 * The event's column of each attribute, as spk_bind_columns, but an attribute
 * that is no column of an event is an error that names it.
 */
extern int *spk_json_columns(Relation rel);

/* Sets the callbacks that run a scan, or explain it. */
extern void spk_json_scan_routine(FdwRoutine *routine);

/* The callback for ANALYZE. */
extern bool spk_json_analyze(Relation rel, AcquireSampleRowsFunc *func, BlockNumber *totalpages);

#endif /* SPK_EVENTS_JSON_FDW_H */
