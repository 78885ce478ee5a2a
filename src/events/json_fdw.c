/*
 * json_fdw.c
 *	  The foreign data wrapper sparkify_json, which reads logs of JSON lines in
 *	  place, without a load: its handler and its planning.
 */
#include "compat.h"

#include <math.h>

#include "foreign/foreign.h"
#include "nodes/makefuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/planmain.h"
#include "optimizer/restrictinfo.h"
#include "utils/lsyscache.h"

#include "events/json_chunks.h"
#include "events/json_fdw.h"
#include "events/json_fdw_stats.h"
#include "events/json_fdw_upper.h"

PG_FUNCTION_INFO_V1(sparkify_json_handler);

/* The bytes of a line of a real log, for tables that were never analysed. */
#define BYTES_PER_LINE 490

/* The size of files that cannot be looked at while planning, as in file_fdw. */
#define UNKNOWN_PAGES 10

/*
 * The cost of parsing a byte, in operators: about 500 bytes of JSON take as long
 * as ten rows of a table scan.
 */
#define OPERATORS_PER_BYTE 0.1

/* The mean widths of the columns by the sample, for those that ANALYZE has not seen. */
static void
set_widths(RelOptInfo *baserel, Oid foreigntableid, const SpkJsonSample *sample)
{
	for (int attno = 1; attno <= Min(baserel->max_attr, sample->tupdesc->natts); attno++)
	{
		if (sample->widths[attno - 1] > 0 && get_attavgwidth(foreigntableid, attno) <= 0)
			baserel->attr_widths[attno - baserel->min_attr] = sample->widths[attno - 1];
	}
}

/*
 * Rows and widths are those of the last ANALYZE, and the files may have grown since; or,
 * if there was none, those of a sample that is read now.
 */
static void
get_rel_size(PlannerInfo *root, RelOptInfo *baserel, Oid foreigntableid)
{
	SpkJsonOptions		 options = spk_json_options(foreigntableid);
	SpkChunks			*chunks = spk_chunks_plan(options.filename);
	double				 bytes;
	double				 density = 1.0 / BYTES_PER_LINE;
	bool				 is_analyzed = baserel->pages > 0 && baserel->tuples > 0;
	const SpkJsonSample *sample = NULL;

	spk_chunks_cut(chunks, SPK_PARALLEL_CHUNK_BYTES);
	baserel->fdw_private = chunks;

	/* before ANALYZE the files themselves say how long their lines are */
	if (is_analyzed)
		density = baserel->tuples / ((double) baserel->pages * BLCKSZ);
	else
		sample = spk_json_stats_sample(foreigntableid, chunks);
	if (sample != NULL && sample->bytes_per_row > 0)
		density = 1.0 / sample->bytes_per_row;
	bytes = spk_chunks_text(chunks, sample != NULL ? sample->ratio : 0);
	if (chunks->n_files == 0)
		bytes = UNKNOWN_PAGES * (double) BLCKSZ;

	/* the conditions' shares are known from here on */
	baserel->pages = (BlockNumber) Min(ceil(bytes / BLCKSZ), (double) MaxBlockNumber);
	baserel->tuples = clamp_row_est(bytes * density);
	if (sample != NULL)
	{
		spk_json_stats_rows(foreigntableid, baserel->tuples);
		set_widths(baserel, foreigntableid, sample);
	}
	set_baserel_size_estimates(root, baserel);
}

/* By how much the CPU's work is divided among processes, as for a Seq Scan. */
static double
parallel_divisor(int workers)
{
	double leader = parallel_leader_participation ? 1.0 - 0.3 * workers : 0.0;

	return workers + Max(leader, 0.0);
}

Path *
spk_json_scan_path(PlannerInfo *root, RelOptInfo *baserel, int workers)
{
	const SpkChunks *chunks = baserel->fdw_private;
	double			 divisor = workers > 0 ? parallel_divisor(workers) : 1.0;
	double			 rows = clamp_row_est(baserel->rows / divisor);
	PathTarget		*target = baserel->reltarget;
	Cost			 startup = baserel->baserestrictcost.startup + target->cost.startup;
	Cost			 disk = seq_page_cost * ceil((double) chunks->total * chunks->scale / BLCKSZ);
	Cost			 cpu;
	Path			*path;

	cpu = cpu_operator_cost * OPERATORS_PER_BYTE * baserel->pages * BLCKSZ;
	cpu += (cpu_tuple_cost + baserel->baserestrictcost.per_tuple) * baserel->tuples;
	cpu = cpu / divisor + target->cost.per_tuple * rows;

	path = (Path *) spk_create_foreignscan_path(root, baserel, rows, startup, startup + disk + cpu,
												baserel->lateral_relids);
	path->parallel_aware = workers > 0;
	path->parallel_workers = workers;
	return path;
}

static void
get_paths(PlannerInfo *root, RelOptInfo *baserel, Oid foreigntableid)
{
	const SpkChunks *chunks = baserel->fdw_private;
	int				 workers;

	add_path(baserel, spk_json_scan_path(root, baserel, 0));
	if (!baserel->consider_parallel || baserel->lateral_relids != NULL)
		return;
	workers = compute_parallel_worker(baserel, baserel->pages, -1, max_parallel_workers_per_gather);
	if (workers > 0 && chunks->n_chunks > 1)
		add_partial_path(baserel, spk_json_scan_path(root, baserel, workers));
}

static ForeignScan *
get_plan(PlannerInfo *root, RelOptInfo *baserel, Oid foreigntableid, ForeignPath *best_path,
		 List *tlist, List *scan_clauses, Plan *outer_plan)
{
	List *needed;

	if (IS_UPPER_REL(baserel))
		return spk_json_upper_plan(root, best_path, tlist, outer_plan);
	scan_clauses = extract_actual_clauses(scan_clauses, false);
	/* the executor does not know what is used: its target list may hold all attributes */
	needed = spk_json_needed(baserel, baserel->reltarget->exprs, scan_clauses);
	return make_foreignscan(tlist, scan_clauses, baserel->relid, NIL, list_make1(needed), NIL, NIL,
							outer_plan);
}

static bool
is_parallel_safe(PlannerInfo *root, RelOptInfo *rel, RangeTblEntry *rte)
{
	return true;
}

Datum
sparkify_json_handler(PG_FUNCTION_ARGS)
{
	FdwRoutine *routine = makeNode(FdwRoutine);

	routine->GetForeignRelSize = get_rel_size;
	routine->GetForeignPaths = get_paths;
	routine->GetForeignPlan = get_plan;
	routine->GetForeignUpperPaths = spk_json_upper_paths;
	routine->IsForeignScanParallelSafe = is_parallel_safe;
	routine->AnalyzeForeignTable = spk_json_analyze;
	spk_json_scan_routine(routine);
	PG_RETURN_POINTER(routine);
}
