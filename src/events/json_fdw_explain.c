/*
 * json_fdw_explain.c
 *	  The foreign data wrapper sparkify_json: what EXPLAIN shows of a scan.
 */
#include "compat.h"

#include SPK_EXPLAIN_FORMAT_H
#include "executor/instrument.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/rel.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"

#include "events/json_fdw_explain.h"
#include "events/json_fdw_upper.h"

void
spk_json_explain_files(const char *path, const SpkChunks *chunks, ExplainState *es)
{
	ExplainPropertyText("Foreign File", path, es);
	if (chunks->n_files != 1)
		ExplainPropertyInteger("Files", NULL, chunks->n_files, es);
	if (es->costs)
		ExplainPropertyInteger("Foreign File Size", "b", chunks->total, es);
}

void
spk_json_explain_columns(Relation rel, const SpkBinding *binding, const int *columns,
						 ExplainState *es)
{
	List *names = NIL;

	for (int i = 0; i < binding->natts; i++)
	{
		if (columns[i] != SPK_EVENT_NO_COLUMN)
			names = lappend(names, NameStr(TupleDescAttr(RelationGetDescr(rel), i)->attname));
	}
	ExplainPropertyList("Decoded Columns", names, es);
}

/*
 * Has parameters that are computed elsewhere in the plan print as $ and their number.  What
 * computes them stands in steps above, and EXPLAIN does not say which these are, without
 * which such a parameter is something that cannot be to newer versions.
 */
static Node *
number_params(Node *node, void *context)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, Param) && ((Param *) node)->paramkind == PARAM_EXEC)
	{
		Param *param = copyObject((Param *) node);

		param->paramkind = PARAM_EXTERN;
		return (Node *) param;
	}
	return expression_tree_mutator(node, number_params, context);
}

static char *
expression_text(Node *expr, List *context, const ExplainState *es)
{
	return deparse_expression(number_params(expr, NULL), context, es->verbose, false);
}

/* The conditions, as EXPLAIN would show them of a scan that returns events. */
static void
explain_conditions(const ForeignScanState *node, List *context, ExplainState *es)
{
	const PlanState *state = &node->ss.ps;
	List			*conditions = linitial(((ForeignScan *) state->plan)->fdw_exprs);

	if (conditions == NIL)
		return;
	ExplainPropertyText("Filter",
						expression_text((Node *) make_ands_explicit(conditions), context, es), es);
	if (es->analyze && state->instrument != NULL && state->instrument->nloops > 0)
		ExplainPropertyFloat("Rows Removed by Filter", NULL,
							 state->instrument->nfiltered1 / state->instrument->nloops, 0, es);
}

void
spk_json_explain_groups(const ForeignScanState *node, Relation rel, ExplainState *es)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	int			 n = linitial_int(list_nth(plan->fdw_private, SPK_SCAN_N_OUTPUTS));
	List		*context = set_deparse_context_plan(es->deparse_cxt, (Plan *) plan, NIL);
	List		*keys = NIL;
	List		*aggregates = NIL;
	const char	*name = RelationGetRelationName(rel);

	for (int i = 0; i < n; i++)
	{
		Node  *expr = (Node *) ((TargetEntry *) list_nth(plan->fdw_scan_tlist, i))->expr;
		List **list = &keys;

		/* that states are returned is clear from the step above */
		if (IsA(expr, Aggref))
		{
			expr = copyObject(expr);
			((Aggref *) expr)->aggsplit = AGGSPLIT_SIMPLE;
			list = &aggregates;
		}
		*list = lappend(*list, expression_text(expr, context, es));
	}

	if (es->verbose)
		name = quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)), name);
	ExplainPropertyText("Foreign Table", name, es);
	ExplainPropertyList("Aggregated", aggregates, es);
	if (keys != NIL)
		ExplainPropertyList("Group Key", keys, es);
	explain_conditions(node, context, es);
}
