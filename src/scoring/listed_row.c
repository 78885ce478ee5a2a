/*
 * listed_row.c
 *	  Predictions for rows of a query, by their columns instead.
 *
 * The row of a table in an expression is made anew for each tuple: all of its columns are
 * put together, only for the function to take them apart again.  That costs as much as
 * reading the table.  So the planner replaces the call by one of a sibling function that
 * takes the columns as they are, with their names as a constant.
 *
 * This is left alone where it could mean something else.  A row is NULL as a whole on the
 * outer side of a join, and in some grouping sets, which columns cannot tell.  The columns
 * of a composite type that stands alone may be renamed while a plan is kept; those of a
 * relation cannot, for then the plan is made again.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "parser/parsetree.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "host/source.h"
#include "scoring/listed_row.h"

/* A call has the model and the names besides. */
#define MAX_LISTED_COLUMNS (FUNC_MAX_ARGS - 2)

/* The columns of a row: an expression for each, and their names in an array. */
typedef struct Listed
{
	List			*columns;
	ArrayBuildState *names;
} Listed;

static void
list_column(Listed *listed, const char *name, Expr *column)
{
	listed->columns = lappend(listed->columns, column);
	listed->names = accumArrayResult(listed->names, CStringGetTextDatum(name), false, TEXTOID,
									 CurrentMemoryContext);
}

/* ---- Whole rows of the query's relations ---- */

/* Is the relation on a side of an outer join that may be missing, in this part of the query? */
static bool
may_be_missing(const Node *part, int relation, bool missing)
{
	const ListCell *lc;

	if (part == NULL)
		return false;
	if (IsA(part, RangeTblRef))
		return missing && ((const RangeTblRef *) part)->rtindex == relation;
	if (IsA(part, JoinExpr))
	{
		const JoinExpr *join = (const JoinExpr *) part;

		return may_be_missing(join->larg, relation,
							  missing || join->jointype == JOIN_RIGHT ||
								  join->jointype == JOIN_FULL) ||
			may_be_missing(join->rarg, relation,
						   missing || join->jointype == JOIN_LEFT || join->jointype == JOIN_FULL ||
							   join->jointype == JOIN_ANTI);
	}
	if (!IsA(part, FromExpr))
		return true;
	foreach (lc, ((const FromExpr *) part)->fromlist)
		if (may_be_missing(lfirst(lc), relation, missing))
			return true;
	return false;
}

/* A column of the relation whose row this is. */
static Expr *
column_of(const Var *row, int attno, Oid type, int32 typmod, Oid collation)
{
	Var *column = copyObject((Var *) row);

	column->varattno = (AttrNumber) attno;
	column->varattnosyn = (AttrNumber) attno;
	column->vartype = type;
	column->vartypmod = typmod;
	column->varcollid = collation;
	return (Expr *) column;
}

/* Is it the type of the rows of a table or a view? */
static bool
is_row_of_relation(Oid type)
{
	Oid relation = type == RECORDOID ? InvalidOid : get_typ_typrelid(type);

	return OidIsValid(relation) && get_rel_relkind(relation) != RELKIND_COMPOSITE_TYPE;
}

/*
 * Lists the columns of a relation's type; values has an expression for each, or they are those of
 * var.  The relation need not be one of the query: ROW(...)::users.  So the plan is made to end
 * with these columns.
 */
static bool
list_type(Listed *listed, PlannerInfo *root, Oid type, List *values, const Var *var)
{
	TupleDesc desc;

	/* what nobody plans may be kept, and nobody learns that the columns have changed */
	if (root == NULL || !is_row_of_relation(type))
		return false;
	root->glob->relationOids = lappend_oid(root->glob->relationOids, get_typ_typrelid(type));
	desc = lookup_rowtype_tupdesc_copy(type, -1);

	/* columns that were added to the type later are not in a row that was written before */
	if (var == NULL && list_length(values) != desc->natts)
		return false;
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (!att->attisdropped)
			list_column(listed, NameStr(att->attname),
						var == NULL ? list_nth(values, i) :
									  column_of(var, i + 1, att->atttypid, att->atttypmod,
												att->attcollation));
	}
	return true;
}

/* Lists what a subquery returns, by the names that it has in the query around it. */
static bool
list_subquery(Listed *listed, const RangeTblEntry *rte, const Var *var)
{
	ListCell *lc;

	foreach (lc, rte->subquery->targetList)
	{
		const TargetEntry *entry = lfirst(lc);
		const Node		  *value = (const Node *) entry->expr;

		if (entry->resjunk)
			continue;
		if (entry->resno > list_length(rte->eref->colnames))
			return false;
		list_column(listed, strVal(list_nth(rte->eref->colnames, entry->resno - 1)),
					column_of(var, entry->resno, exprType(value), exprTypmod(value),
							  exprCollation(value)));
	}
	return true;
}

/* Lists the columns of a whole row of a table, a view or a subquery of this query. */
static bool
list_var(Listed *listed, PlannerInfo *root, const Var *var)
{
	const Query			*query = root == NULL ? NULL : root->parse;
	const RangeTblEntry *rte;

	if (query == NULL || var->varattno != 0 || var->varlevelsup != 0 ||
		var->varno == query->resultRelation || query->groupingSets != NIL ||
		may_be_missing((const Node *) query->jointree, (int) var->varno, false))
		return false;
	rte = rt_fetch(var->varno, query->rtable);
	if (rte->rtekind == RTE_RELATION || rte->rtekind == RTE_SUBQUERY)
	{
		if (var->vartype != RECORDOID)
			return list_type(listed, root, var->vartype, NIL, var);
		return rte->rtekind == RTE_SUBQUERY && list_subquery(listed, rte, var);
	}
	return false;
}

/* ---- Rows that are made of columns ---- */

/* Lists the columns of a row in the query, or of a subquery that was pulled up into it. */
static bool
list_row(Listed *listed, PlannerInfo *root, const RowExpr *row)
{
	ListCell *value;
	ListCell *name;

	if (row->row_typeid != RECORDOID)
		return list_type(listed, root, row->row_typeid, row->args, NULL);
	if (list_length(row->args) != list_length(row->colnames))
		return false;
	forboth(value, row->args, name, row->colnames)
		list_column(listed, strVal(lfirst(name)), lfirst(value));
	return true;
}

/* ---- The call ---- */

/* The function that takes columns in place of the row; invalid when there is none of ours. */
static Oid
sibling(Oid function)
{
	char *name = get_func_name(function);
	Oid	  types[] = {InvalidOid, TEXTARRAYOID, ANYOID};
	Oid	 *declared;
	int	  n;

	/* who may not execute it hears so of the function that was written */
	if (name == NULL || !spk_may_execute(function))
		return InvalidOid;
	(void) get_func_signature(function, &declared, &n);
	types[0] = declared[0];
	name = strcmp(name, "churn_predict") == 0 ? "sparkify_predict_row" :
		strcmp(name, "churn_at_risk") == 0	  ? "sparkify_at_risk_row" :
												NULL;
	return name == NULL ? InvalidOid : spk_own_function(function, name, lengthof(types), types);
}

Node *
spk_list_row(const SupportRequestSimplify *request)
{
	const FuncExpr *call = request->fcall;
	Listed			listed = {NIL, NULL};
	const Node	   *row;
	Oid				function;
	bool			known = false;

	if (list_length(call->args) != 2)
		return NULL;
	row = lsecond(call->args);
	if (IsA(row, RowExpr))
		known = list_row(&listed, request->root, (const RowExpr *) row);
	else if (IsA(row, Var))
		known = list_var(&listed, request->root, (const Var *) row);
	if (!known || listed.columns == NIL || list_length(listed.columns) > MAX_LISTED_COLUMNS ||
		!OidIsValid(function = sibling(call->funcid)))
		return NULL;

	return (Node *)
		makeFuncExpr(function, call->funcresulttype,
					 lcons(linitial(call->args),
						   lcons(makeConst(TEXTARRAYOID, -1, DEFAULT_COLLATION_OID, -1,
										   makeArrayResult(listed.names, CurrentMemoryContext),
										   false, false),
								 listed.columns)),
					 InvalidOid, DEFAULT_COLLATION_OID, COERCE_EXPLICIT_CALL);
}
