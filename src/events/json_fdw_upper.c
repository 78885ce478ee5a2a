/*
 * json_fdw_upper.c
 *	  The foreign data wrapper sparkify_json: planning of queries that group, whose
 *	  aggregates the scan feeds itself.
 *
 * The scan always returns states and not results, which a Finalize Aggregate above it
 * puts together, with and without workers.  So a scan whose groups take more memory than
 * they may hands out those that it has, and begins anew.
 *
 * A query is taken as a whole or not at all: json_fdw_understood.c says which.
 */
#include "compat.h"

#include "access/sysattr.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/planmain.h"
#include "optimizer/planner.h"
#include "optimizer/prep.h"
#include "optimizer/restrictinfo.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "utils/guc.h"
#include "utils/selfuncs.h"

#include "events/json_fdw.h"
#include "events/json_fdw_understood.h"
#include "events/json_fdw_upper.h"

/* What it takes to hand out a group's states and read them again, in rows of a table scan. */
#define ROWS_PER_GROUP 10

/* How many events make a group, when groups have to be handed out before the end. */
#define EVENTS_PER_EARLY_GROUP 8

static bool aggregate_pushdown = true;

void
spk_json_upper_define(void)
{
	DefineCustomBoolVariable(
		"sparkify.aggregate_pushdown",
		"Lets scans of foreign tables of sparkify_json feed aggregates themselves.",
		"The results are the same. The option of this name is for single tables and servers.",
		&aggregate_pushdown, true, PGC_USERSET, 0, NULL, NULL, NULL);
}

/* What is grouped, and how. */
typedef struct Grouping
{
	PlannerInfo		   *root;
	RelOptInfo		   *input;	 /* the scan of the table */
	RelOptInfo		   *partial; /* the relation of states */
	GroupPathExtraData *extra;
	List			   *clause; /* GROUP BY */
} Grouping;

/* The columns of the relation of states, from those of the relation of results, as PostgreSQL does it. */
static PathTarget *
partial_target(const Grouping *grouping, const PathTarget *results)
{
	PathTarget *target = create_empty_pathtarget();
	List	   *others = NIL;
	ListCell   *cell;
	int			i = 0;

	/* keys are as they are, so that the step above can group by them again */
	foreach (cell, results->exprs)
	{
		Index ref = get_pathtarget_sortgroupref(results, i++);

		if (ref != 0 && get_sortgroupref_clause_noerr(ref, grouping->clause) != NULL)
			add_column_to_pathtarget(target, lfirst(cell), ref);
		else
			others = lappend(others, lfirst(cell));
	}

	/* of all else what it is made of, with aggregates as states */
	if (grouping->extra->havingQual != NULL)
		others = lappend(others, grouping->extra->havingQual);
	add_new_columns_to_pathtarget(target,
								  pull_var_clause((Node *) others,
												  PVC_INCLUDE_AGGREGATES | PVC_RECURSE_WINDOWFUNCS |
													  PVC_INCLUDE_PLACEHOLDERS));
	foreach (cell, target->exprs)
	{
		Aggref *aggref;

		if (!IsA(lfirst(cell), Aggref))
			continue;
		aggref = makeNode(Aggref);
		memcpy(aggref, lfirst(cell), sizeof(Aggref));
		mark_partial_aggref(aggref, AGGSPLIT_INITIAL_SERIAL);
		lfirst(cell) = aggref;
	}
	return set_pathtarget_cost_width(grouping->root, target);
}

/*
 * The relation of states below that of results.  PostgreSQL makes it when there may be
 * workers, and otherwise it is made here.
 */
static void
find_partial(Grouping *grouping, RelOptInfo *results)
{
	PlannerInfo		   *root = grouping->root;
	GroupPathExtraData *extra = grouping->extra;
	RelOptInfo		   *partial;

	partial = fetch_upper_rel(root, UPPERREL_PARTIAL_GROUP_AGG, results->relids);
	grouping->partial = partial;
	if (partial->reltarget->exprs == NIL)
	{
		partial->consider_parallel = results->consider_parallel;
		partial->reloptkind = results->reloptkind;
		partial->serverid = results->serverid;
		partial->userid = results->userid;
		partial->useridiscurrent = results->useridiscurrent;
		partial->fdwroutine = results->fdwroutine;
		partial->reltarget = partial_target(grouping, results->reltarget);
	}
	if (extra->partial_costs_set)
		return;

	/* what aggregates cost is noted where PostgreSQL does it, too */
	memset(&extra->agg_partial_costs, 0, sizeof(AggClauseCosts));
	memset(&extra->agg_final_costs, 0, sizeof(AggClauseCosts));
	spk_agg_costs(root, partial->reltarget->exprs, NULL, AGGSPLIT_INITIAL_SERIAL,
				  &extra->agg_partial_costs);
	spk_agg_costs(root, results->reltarget->exprs, extra->havingQual, AGGSPLIT_FINAL_DESERIAL,
				  &extra->agg_final_costs);
	extra->partial_costs_set = true;
}

/* How many groups so many events make. */
static double
number_of_groups(const Grouping *grouping, double events)
{
	List *keys;

	if (grouping->clause == NIL)
		return 1;
	keys = get_sortgrouplist_exprs(grouping->clause, grouping->extra->targetList);
	return spk_estimate_num_groups(grouping->root, keys, events);
}

/*
 * A path that returns states, by the costs of one that returns events: these need not be
 * made into rows.
 */
static Path *
states_path(const Grouping *grouping, const Path *events)
{
	const AggClauseCosts *aggs = &grouping->extra->agg_partial_costs;
	PathTarget			 *target = grouping->partial->reltarget;
	double				  divisor = Max(grouping->input->rows / Max(events->rows, 1), 1);
	double				  tuples = grouping->input->tuples / divisor;
	double				  groups = number_of_groups(grouping, events->rows);
	double				  room = (double) get_hash_memory_limit();
	Cost				  cost = events->total_cost;
	ForeignPath			 *path;

	/* groups that have no room are handed out in parts */
	if (groups * (aggs->transitionSpace + target->width + 100) > room)
		groups = Max(groups, events->rows / EVENTS_PER_EARLY_GROUP);
	groups = clamp_row_est(groups);

	cost -= cpu_tuple_cost * tuples;
	cost = Max(cost, events->startup_cost);
	cost += aggs->transCost.startup + aggs->transCost.per_tuple * events->rows;
	cost += cpu_operator_cost * list_length(grouping->clause) * events->rows;
	cost += aggs->finalCost.startup + aggs->finalCost.per_tuple * groups;
	path = spk_create_foreign_upper_path(grouping->root, grouping->partial, target, groups, cost,
										 cost + cpu_tuple_cost * ROWS_PER_GROUP * groups,
										 list_make1(grouping->input));
	path->path.parallel_aware = events->parallel_aware;
	path->path.parallel_workers = events->parallel_workers;
	return &path->path;
}

/* Adds what makes results of the states of a path to the relation of results. */
static void
add_results(const Grouping *grouping, RelOptInfo *results, Path *states)
{
	PlannerInfo				 *root = grouping->root;
	const GroupPathExtraData *extra = grouping->extra;
	double					  groups = number_of_groups(grouping, grouping->input->rows);
	bool					  is_plain = grouping->clause == NIL;
	Path					 *sorted = states;

	if ((extra->flags & GROUPING_CAN_USE_HASH) != 0 && !is_plain)
		add_path(results,
				 (Path *) create_agg_path(root, results, states, results->reltarget, AGG_HASHED,
										  AGGSPLIT_FINAL_DESERIAL, grouping->clause,
										  (List *) extra->havingQual, &extra->agg_final_costs,
										  groups));
	if ((extra->flags & GROUPING_CAN_USE_SORT) == 0)
		return;
	if (!is_plain)
		sorted = (Path *) create_sort_path(root, results, states, root->group_pathkeys, -1.0);
	add_path(results,
			 (Path *) create_agg_path(root, results, sorted, results->reltarget,
									  is_plain ? AGG_PLAIN : AGG_SORTED, AGGSPLIT_FINAL_DESERIAL,
									  grouping->clause, (List *) extra->havingQual,
									  &extra->agg_final_costs, groups));
}

/* Adds the path of states that the workers of a parallel scan make, if there may be any. */
static void
add_parallel(const Grouping *grouping)
{
	const RelOptInfo *input = grouping->input;
	int				  workers;

	if (!grouping->partial->consider_parallel || input->partial_pathlist == NIL)
		return;
	workers = ((Path *) linitial(input->partial_pathlist))->parallel_workers;
	add_partial_path(grouping->partial,
					 states_path(grouping,
								 spk_json_scan_path(grouping->root, grouping->input, workers)));
}

void
spk_json_upper_paths(PlannerInfo *root, UpperRelationKind stage, RelOptInfo *input_rel,
					 RelOptInfo *output_rel, void *extra)
{
	Grouping grouping = {root, input_rel, NULL, extra, NIL};
	Path	*events;

	if ((stage != UPPERREL_GROUP_AGG && stage != UPPERREL_PARTIAL_GROUP_AGG) ||
		!aggregate_pushdown || !spk_json_can_group(root, input_rel, output_rel->reltarget, extra))
		return;
	grouping.clause = spk_group_clause(root);
	find_partial(&grouping, output_rel);

	/* of a partition whose parent puts together what partitions return, states are all */
	events = spk_json_scan_path(root, input_rel, 0);
	if (stage == UPPERREL_GROUP_AGG)
		add_results(&grouping, output_rel, states_path(&grouping, events));
	else
	{
		if (grouping.extra->patype == PARTITIONWISE_AGGREGATE_PARTIAL)
			add_path(output_rel, states_path(&grouping, events));
		add_parallel(&grouping);
	}
}

List *
spk_json_needed(const RelOptInfo *rel, List *exprs, List *conditions)
{
	Bitmapset *members = NULL;
	List	  *attributes = NIL;
	bool	   whole_row;

	pull_varattnos((Node *) exprs, rel->relid, &members);
	pull_varattnos((Node *) conditions, rel->relid, &members);
	whole_row = bms_is_member(0 - FirstLowInvalidHeapAttributeNumber, members);
	for (int attno = 1; attno <= rel->max_attr; attno++)
	{
		if (whole_row || bms_is_member(attno - FirstLowInvalidHeapAttributeNumber, members))
			attributes = lappend_int(attributes, attno);
	}
	return attributes;
}

/* Conditions in the order in which the planner has them checked elsewhere: the cheap ones first. */
static List *
ordered_conditions(PlannerInfo *root, const RelOptInfo *input)
{
	List	 *conditions = extract_actual_clauses(input->baserestrictinfo, false);
	List	 *ordered = NIL;
	List	 *costs = NIL;
	ListCell *cell;

	foreach (cell, conditions)
	{
		QualCost *cost = palloc(sizeof(QualCost));
		int		  at = list_length(ordered);

		cost_qual_eval_node(cost, lfirst(cell), root);
		while (at > 0 && ((QualCost *) list_nth(costs, at - 1))->per_tuple > cost->per_tuple)
			at--;
		ordered = list_insert_nth(ordered, at, lfirst(cell));
		costs = list_insert_nth(costs, at, cost);
	}
	list_free_deep(costs);
	return ordered;
}

/* What the scan computes for the aggregates of its columns: see json_fdw_upper.h. */
static List *
aggregate_expressions(const PathTarget *target)
{
	List	 *parts = NIL;
	ListCell *cell;

	foreach (cell, target->exprs)
	{
		const Aggref *aggref = lfirst(cell);
		List		 *args = NIL;
		ListCell	 *arg;

		if (!IsA(aggref, Aggref))
			continue;
		foreach (arg, aggref->args)
			args = lappend(args, lfirst_node(TargetEntry, arg)->expr);
		parts = lappend(parts, list_make2(args, aggref->aggfilter));
	}
	return parts;
}

ForeignScan *
spk_json_upper_plan(PlannerInfo *root, ForeignPath *path, List *tlist, Plan *outer_plan)
{
	const RelOptInfo *input = linitial(path->fdw_private);
	PathTarget		 *target = path->path.pathtarget;
	List			 *conditions = ordered_conditions(root, input);
	List			 *expressions = list_make2(conditions, aggregate_expressions(target));
	List			 *columns = make_tlist_from_pathtarget(target);
	List			 *fdw_private;

	fdw_private = list_make3(spk_json_needed(input, target->exprs, conditions),
							 list_make1_oid(planner_rt_fetch(input->relid, root)->relid),
							 list_make1_int(list_length(columns)));
	/* behind what is returned the columns of which it is made */
	columns = add_to_flat_tlist(columns, pull_var_clause((Node *) expressions, 0));
	return make_foreignscan(tlist, NIL, 0, expressions, fdw_private, columns, NIL, outer_plan);
}
