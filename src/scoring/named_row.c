/*
 * named_row.c
 *	  Rows whose columns keep their names when a query is sent elsewhere as text.
 *
 * The row of a subquery that is pulled up into the query around it becomes ROW(a, b), which
 * remembers what its columns are called.  Engines that plan a query in their own way, such as
 * Citus, turn what has become of it back into text for other servers, and there is no way to
 * write the names of a ROW.  A function that makes the row can be told them.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "nodes/makefuncs.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "host/args.h"
#include "host/source.h"
#include "rows/row.h"
#include "scoring/named_row.h"

/* ---- The row ---- */

/* The type of rows whose columns are the arguments from number 1 on, called as argument 0 says. */
static TupleDesc
named_desc(FunctionCallInfo fcinfo)
{
	int		  natts = PG_NARGS() - 1;
	TupleDesc desc = CreateTemplateTupleDesc(natts);
	char	**names;

	if (get_fn_expr_variadic(fcinfo->flinfo))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("values must be listed, not given as an array")));
	names = spk_names_of_columns(PG_GETARG_ARRAYTYPE_P(0), natts);
	for (int i = 0; i < natts; i++)
		TupleDescInitEntry(desc, (AttrNumber) (i + 1), names[i], spk_arg_type(fcinfo, i + 1), -1,
						   0);
	spk_finish_tupdesc(desc);
	return BlessTupleDesc(desc);
}

PG_FUNCTION_INFO_V1(sparkify_named_row);
Datum
sparkify_named_row(PG_FUNCTION_ARGS)
{
	TupleDesc desc = fcinfo->flinfo->fn_extra;
	Datum	  values[FUNC_MAX_ARGS];
	bool	  nulls[FUNC_MAX_ARGS];

	if (desc == NULL)
	{
		MemoryContext old;

		/* the planner writes the names as a constant, so that those of the first row are all */
		if (PG_NARGS() < 2 || PG_ARGISNULL(0) || !get_fn_expr_arg_stable(fcinfo->flinfo, 0))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the names of a row's columns must be a constant")));
		old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
		desc = named_desc(fcinfo);
		MemoryContextSwitchTo(old);
		fcinfo->flinfo->fn_extra = desc;
	}
	for (int i = 0; i < desc->natts; i++)
	{
		values[i] = PG_GETARG_DATUM(i + 1);
		nulls[i] = PG_ARGISNULL(i + 1);
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}

/* ---- The planner's part ---- */

/* A call of the function that makes this row. */
static Node *
named_row(const RowExpr *row, Oid function)
{
	ArrayBuildState *names = initArrayResult(TEXTOID, CurrentMemoryContext, false);
	Datum			 array;
	ListCell		*lc;

	foreach (lc, row->colnames)
		accumArrayResult(names, CStringGetTextDatum(strVal(lfirst(lc))), false, TEXTOID,
						 CurrentMemoryContext);
	array = makeArrayResult(names, CurrentMemoryContext);
	return (Node *) makeFuncExpr(function, RECORDOID,
								 lcons(makeConst(TEXTARRAYOID, -1, DEFAULT_COLLATION_OID, -1, array,
												 false, false),
									   list_copy(row->args)),
								 InvalidOid, DEFAULT_COLLATION_OID, COERCE_EXPLICIT_CALL);
}

Node *
spk_name_row(const FuncExpr *call)
{
	static const Oid types[] = {TEXTARRAYOID, ANYOID};
	FuncExpr		*named = NULL;
	ListCell		*lc;

	foreach (lc, call->args)
	{
		const RowExpr *row = lfirst(lc);
		Oid			   function;

		if (!IsA(row, RowExpr) || row->row_typeid != RECORDOID || row->args == NIL ||
			list_length(row->args) != list_length(row->colnames) ||
			list_length(row->args) >= FUNC_MAX_ARGS)
			continue;
		function = spk_own_function(call->funcid, "sparkify_named_row", lengthof(types), types);
		if (!OidIsValid(function))
			return NULL;
		if (named == NULL)
		{
			named = makeNode(FuncExpr);
			*named = *call;
			named->args = list_copy(call->args);
		}
		lfirst(list_nth_cell(named->args, foreach_current_index(lc))) = named_row(row, function);
	}
	return (Node *) named;
}
