/*
 * source_gather.c
 *	  Sources that another planner reads, brought here whole.
 *
 * Engines such as Citus send parts of a query, or all of it, to other servers.  They cannot
 * plan every query that we build around a source, and they may send our aggregates away from
 * where their result is wanted.  A function that runs the source alone is nothing that they
 * take apart.
 */
#include "compat.h"

#include "access/transam.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "nodes/nodeFuncs.h"
#include "nodes/plannodes.h"
#include "optimizer/planner.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/tuplestore.h"

#include "host/args.h"
#include "host/source.h"

/* ---- Is another planner at work? ---- */

static bool
is_custom(Plan *plan, bool *found)
{
	ListCell *lc;

	check_stack_depth();
	if (plan == NULL || *found)
		return *found;
	*found = IsA(plan, CustomScan);
	if (IsA(plan, Append))
		foreach (lc, ((Append *) plan)->appendplans)
			is_custom(lfirst(lc), found);
	else if (IsA(plan, MergeAppend))
		foreach (lc, ((MergeAppend *) plan)->mergeplans)
			is_custom(lfirst(lc), found);
	else if (IsA(plan, SubqueryScan))
		is_custom(((SubqueryScan *) plan)->subplan, found);
	is_custom(plan->lefttree, found);
	return is_custom(plan->righttree, found);
}

/* Do nodes of another planner stand in the plan? */
static bool
is_planned_otherwise(const PlannedStmt *planned)
{
	bool	  found = false;
	ListCell *lc;

	is_custom(planned->planTree, &found);
	foreach (lc, planned->subplans)
		is_custom(lfirst(lc), &found);
	return found;
}

/* Is an aggregate neither ours nor PostgreSQL's own, as one that combines parts of ours is? */
static bool
has_other_aggregate(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Aggref))
	{
		Oid function = ((Aggref *) node)->aggfnoid;

		return function >= FirstNormalObjectId && !spk_is_own(ProcedureRelationId, function);
	}
	return expression_tree_walker(node, has_other_aggregate, context);
}

bool
spk_source_aggregates(const char *sql, int n_params, const Oid *types, const Datum *values)
{
	Plan *plan;

	if (planner_hook == NULL)
		return true;
	plan = spk_source_plan(sql, n_params, types, values)->planTree;
	while (plan != NULL && !IsA(plan, Agg))
		plan = plan->lefttree;
	return plan != NULL && !has_other_aggregate((Node *) plan->targetlist, NULL);
}

void
spk_source_refuse_sent(const char *from, const char *column)
{
	if (planner_hook != NULL &&
		is_planned_otherwise(spk_source_plan(psprintf("SELECT q.* FROM %s", from), 0, NULL, NULL)))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_COLUMN),
				 errmsg("column \"%s\" specified more than once in a source that other servers read", column),
				 errhint("Select each column once, or by another name.")));
}

/* ---- The source as a function ---- */

/* The columns as a function's result; NULL when it cannot have them. */
static char *
column_definitions(TupleDesc columns)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		if (spk_source_repeats(columns, i) || get_typtype(column->atttypid) == TYPTYPE_PSEUDO)
			return NULL;
		appendStringInfo(&list, "%s%s %s", i == 0 ? "" : ", ",
						 quote_identifier(NameStr(column->attname)),
						 format_type_extended(column->atttypid, column->atttypmod,
											  FORMAT_TYPE_TYPEMOD_GIVEN |
												  FORMAT_TYPE_FORCE_QUALIFY));
		if (OidIsValid(column->attcollation) &&
			column->attcollation != get_typcollation(column->atttypid))
			appendStringInfo(&list, " COLLATE %s", generate_collation_name(column->attcollation));
	}
	return columns->natts == 0 ? NULL : list.data;
}

char *
spk_source_brought(char *from, const char *schema)
{
	char *definitions = column_definitions(spk_source_columns(from));

	if (definitions == NULL)
		return from;
	return psprintf("%s.sparkify_source_rows(%s) AS " SPK_SOURCE_ALIAS " (%s)", schema,
					quote_literal_cstr(from), definitions);
}

char *
spk_source_gathered(const char *source, const char *schema)
{
	char *from = spk_source_from(source);

	if (planner_hook == NULL ||
		!is_planned_otherwise(spk_source_plan(psprintf("SELECT q.* FROM %s", from), 0, NULL, NULL)))
		return from;
	return spk_source_brought(from, schema);
}

static void
put_row(TupleTableSlot *slot, void *arg)
{
	tuplestore_puttupleslot(arg, slot);
}

/* sparkify_source_rows(text): the rows of a FROM item of ours, of the columns that the call names. */
PG_FUNCTION_INFO_V1(sparkify_source_rows);
Datum
sparkify_source_rows(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	char		  *from = text_to_cstring(PG_GETARG_TEXT_PP(0));
	Oid			  *types;
	int			   n;

	spk_materialized_srf(fcinfo);
	n = rsinfo->setDesc->natts;
	types = palloc(n * sizeof(Oid));
	for (int i = 0; i < n; i++)
		types[i] = TupleDescAttr(rsinfo->setDesc, i)->atttypid;
	spk_source_run(psprintf("SELECT q.* FROM %s", from), 0, NULL, NULL, n, types, put_row,
				   rsinfo->setResult);
	PG_RETURN_NULL();
}
