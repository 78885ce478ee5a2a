/*
 * json_fdw_understood.c
 *	  The foreign data wrapper sparkify_json: which queries that group a scan can do.
 *
 * What is not understood is left to PostgreSQL, with all else of the query.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_foreign_data_wrapper.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "catalog/dependency.h"
#include "foreign/foreign.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/paths.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "events/json_fdw.h"
#include "events/json_fdw_understood.h"
#include "events/json_group_keys.h"

/* Is there anything that a scan cannot compute from an event of the table? */
static bool
has_strange(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		const Var *var = (Var *) node;

		return var->varno != *(const Index *) context || var->varlevelsup != 0 ||
			var->varattno <= 0;
	}
	if (IsA(node, Aggref) || IsA(node, WindowFunc) || IsA(node, GroupingFunc) ||
		IsA(node, PlaceHolderVar) || IsA(node, SubLink) || IsA(node, SubPlan) ||
		IsA(node, AlternativeSubPlan) || IsA(node, CurrentOfExpr))
		return true;
	return expression_tree_walker(node, has_strange, context);
}

static bool
is_plain(const Node *expr, Index relid)
{
	Node *node = unconstify(Node *, expr);

	return !has_strange(node, &relid) && !contain_volatile_functions(node);
}

/*
 * Is it a column by which events can be grouped?  Two values that are equal but differ,
 * such as 1.0 and 1.00, or letters that a collation does not tell apart, would have the
 * plan decide which of them is shown.
 */
static bool
is_key(const Var *var, Index relid)
{
	if (var->varno != relid || var->varlevelsup != 0 || var->varattno <= 0)
		return false;
	switch (var->vartype)
	{
		case BOOLOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case UUIDOID:
			return true;
		case TEXTOID:
		case VARCHAROID:
			return OidIsValid(var->varcollid) && get_collation_isdeterministic(var->varcollid);
		default:
			return false;
	}
}

/* Is the name among these, which end with NULL? */
static bool
is_one_of(const char *name, const char *const *names)
{
	while (*names != NULL && strcmp(name, *names) != 0)
		names++;
	return *names != NULL;
}

/*
 * Is it one of PostgreSQL's aggregates that do not depend on the order of events, or one
 * of the extension that the table's wrapper is of, whose states stay small?
 */
static bool
is_known_aggregate(Oid function, const RelOptInfo *input)
{
	static const char *const builtin[] = {"count",	 "sum",		   "avg",		  "min",
										  "max",	 "bool_and",   "bool_or",	  "every",
										  "stddev",	 "stddev_pop", "stddev_samp", "variance",
										  "var_pop", "var_samp",   NULL};
	static const char *const ours[] = {"churn_profile", "churn_features", NULL};
	const char				*name = get_func_name(function);
	Oid						 extension;

	if (name == NULL || !is_one_of(name, function < FirstNormalObjectId ? builtin : ours))
		return false;
	if (function < FirstNormalObjectId)
		return true;
	extension = getExtensionOfObject(ForeignDataWrapperRelationId,
									 GetForeignServer(input->serverid)->fdwid);
	return OidIsValid(extension) &&
		extension == getExtensionOfObject(ProcedureRelationId, function);
}

/* Can states of this type be kept by a copy of their bytes, if there are any? */
static bool
is_plain_state(Oid type)
{
	/* averages keep arrays of numbers, which their functions change in place */
	return type == INTERNALOID || get_typbyval(type) ||
		(type < FirstNormalObjectId && get_typtype(type) == TYPTYPE_BASE &&
		 (get_element_type(type) == InvalidOid || type == INT8ARRAYOID || type == FLOAT8ARRAYOID));
}

/* Can the scan feed the aggregate? */
static bool
is_fed(const Aggref *aggref, const RelOptInfo *input)
{
	HeapTuple		  tuple;
	Form_pg_aggregate form;
	bool			  understood;

	if (aggref->agglevelsup != 0 || aggref->aggkind != AGGKIND_NORMAL || aggref->aggvariadic ||
		aggref->aggdirectargs != NIL || aggref->aggorder != NIL || aggref->aggdistinct != NIL ||
		!is_plain((Node *) aggref->args, input->relid) ||
		!is_plain((Node *) aggref->aggfilter, input->relid) ||
		!is_known_aggregate(aggref->aggfnoid, input))
		return false;
	/* of letters that a collation does not tell apart, order decides which is the smallest */
	if (OidIsValid(aggref->inputcollid) && !get_collation_isdeterministic(aggref->inputcollid))
		return false;

	tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggref->aggfnoid));
	if (!HeapTupleIsValid(tuple))
		return false;
	form = (Form_pg_aggregate) GETSTRUCT(tuple);
	understood = OidIsValid(form->aggcombinefn) && is_plain_state(aggref->aggtranstype) &&
		(aggref->aggtranstype != INTERNALOID || OidIsValid(form->aggserialfn));
	ReleaseSysCache(tuple);
	return understood;
}

/* Are all columns of the results made of keys and of aggregates that can be fed? */
static bool
are_understood(PlannerInfo *root, const RelOptInfo *input, const PathTarget *results,
			   const GroupPathExtraData *extra)
{
	List	 *clause = spk_group_clause(root);
	List	 *exprs = list_copy(results->exprs);
	ListCell *cell;
	int		  i = 0;
	int		  n_keys = 0;

	/* a key that is an expression could be made of other keys, but would not be one itself */
	foreach (cell, results->exprs)
	{
		Index ref = get_pathtarget_sortgroupref(results, i++);

		if (ref != 0 && get_sortgroupref_clause_noerr(ref, clause) != NULL &&
			!IsA(lfirst(cell), Var))
			return false;
	}
	if (extra->havingQual != NULL)
		exprs = lappend(exprs, extra->havingQual);

	foreach (cell,
			 pull_var_clause((Node *) exprs,
							 PVC_INCLUDE_AGGREGATES | PVC_RECURSE_WINDOWFUNCS |
								 PVC_INCLUDE_PLACEHOLDERS))
	{
		const Node *node = lfirst(cell);

		n_keys += IsA(node, Var);
		if (!(IsA(node, Var) && is_key((Var *) node, input->relid)) &&
			!(IsA(node, Aggref) && is_fed((Aggref *) node, input)))
			return false;
	}
	return n_keys <= SPK_MAX_GROUP_KEYS;
}

/*
 * Are the conditions of the table such that the scan may check them?  Those that must be
 * checked before others, for the sake of security, it does not tell from these.
 */
static bool
are_conditions_plain(const RelOptInfo *input)
{
	ListCell *cell;

	foreach (cell, input->baserestrictinfo)
	{
		const RestrictInfo *info = lfirst_node(RestrictInfo, cell);

		if (info->pseudoconstant || info->security_level > 0 ||
			!is_plain((Node *) info->clause, input->relid))
			return false;
	}
	return true;
}

bool
spk_json_can_group(PlannerInfo *root, const RelOptInfo *input, const PathTarget *results,
				   const GroupPathExtraData *extra)
{
	const RangeTblEntry *rte;

	if (!IS_SIMPLE_REL(input) || input->rtekind != RTE_RELATION || input->lateral_relids != NULL ||
		IS_DUMMY_REL(unconstify(RelOptInfo *, input)) || input->fdw_private == NULL)
		return false;
	if (!root->parse->hasAggs || root->parse->groupingSets != NIL ||
		(extra->flags & GROUPING_CAN_PARTIAL_AGG) == 0)
		return false;
	rte = planner_rt_fetch(input->relid, root);
	return spk_json_options(rte->relid).pushes_down && are_conditions_plain(input) &&
		are_understood(root, input, results, extra);
}
