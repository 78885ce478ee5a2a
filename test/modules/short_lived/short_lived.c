/*
 * short_lived.c
 *	  An aggregate that runs another one as distributed engines do: each of its
 *	  functions by an FmgrInfo that is gone after the call.
 *
 * short_lived(aggregate regprocedure, VARIADIC "any") returns the text of what
 * the aggregate makes of its arguments.  Rows go in turn into two states, of
 * which the second travels as bytes and is combined with the first.  What the
 * functions keep in their FmgrInfo's memory is unmapped when they return, so a
 * state that points there ends the server.
 *
 * Once loaded, it also refuses to plan a query with a list of no parameters,
 * which distributed engines take for a list of some.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "optimizer/planner.h"
#include "parser/parse_agg.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

PG_MODULE_MAGIC;

void _PG_init(void);

PG_FUNCTION_INFO_V1(short_lived_trans);
PG_FUNCTION_INFO_V1(short_lived_final);

/* Larger than what malloc ever keeps for itself: freed is unmapped. */
#define SHORT_LIVED_SIZE ((Size) 64 * 1024 * 1024)

static PlannedStmt *
plan_with_parameters(Query *parse, const char *sql, int options, ParamListInfo params)
{
	if (params != NULL && params->numParams == 0)
		elog(ERROR, "the list of parameters is empty");
	return standard_planner(parse, sql, options, params);
}

void
_PG_init(void)
{
	planner_hook = plan_with_parameters;
}

typedef struct Part
{
	Datum state;
	bool  null;
} Part;

typedef struct Parts
{
	Part   part[2];
	Oid	   aggregate;
	uint64 n_rows;
} Parts;

/* What pg_aggregate says of the aggregate. */
static FormData_pg_aggregate
aggregate_form(Oid aggregate)
{
	HeapTuple			  tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggregate));
	FormData_pg_aggregate form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "no aggregate %u", aggregate);
	form = *(Form_pg_aggregate) GETSTRUCT(tuple);
	ReleaseSysCache(tuple);
	if (form.aggtranstype != INTERNALOID)
		elog(ERROR, "the aggregate's state is not internal");
	return form;
}

/* Calls a function of the aggregate with arguments from ours; expr tells the types of polymorphic ones. */
static Datum
call(FunctionCallInfo fcinfo, Oid function, Node *expr, int n, const Datum *args, const bool *nulls,
	 bool *is_null)
{
	MemoryContext context = AllocSetContextCreateInternal(CurrentMemoryContext, "short-lived",
														  SHORT_LIVED_SIZE, SHORT_LIVED_SIZE,
														  SHORT_LIVED_SIZE);
	FmgrInfo	  info;
	LOCAL_FCINFO(inner, FUNC_MAX_ARGS);
	Datum result;

	fmgr_info_cxt(function, &info, context);
	fmgr_info_set_expr(expr, &info);
	InitFunctionCallInfoData(*inner, &info, n, fcinfo->fncollation, fcinfo->context, NULL);
	for (int i = 0; i < n; i++)
	{
		inner->args[i].value = args[i];
		inner->args[i].isnull = nulls[i];
		if (nulls[i] && info.fn_strict)
			elog(ERROR, "function %u is strict", function);
	}
	result = FunctionCallInvoke(inner);
	*is_null = inner->isnull;
	MemoryContextDelete(context);
	return result;
}

/* Is one of the function's arguments of any type, or any row? */
static bool
takes_any(Oid function)
{
	Oid *types;
	int	 n;

	(void) get_func_signature(function, &types, &n);
	for (int i = 1; i < n; i++)
		if (get_typtype(types[i]) == TYPTYPE_PSEUDO)
			return true;
	return false;
}

Datum
short_lived_trans(PG_FUNCTION_ARGS)
{
	FormData_pg_aggregate form = aggregate_form(PG_GETARG_OID(1));
	MemoryContext		  aggcontext;
	Parts				 *parts;
	Part				 *part;
	Expr				 *expr = NULL;
	Oid					  types[FUNC_MAX_ARGS];
	Datum				  args[FUNC_MAX_ARGS];
	bool				  nulls[FUNC_MAX_ARGS];
	int					  n = PG_NARGS() - 2;

	if (!AggCheckCallContext(fcinfo, &aggcontext))
		elog(ERROR, "called outside an aggregate");
	parts = PG_ARGISNULL(0) ? NULL : (Parts *) PG_GETARG_POINTER(0);
	if (parts == NULL)
	{
		parts = MemoryContextAllocZero(aggcontext, sizeof(Parts));
		parts->part[0].null = parts->part[1].null = true;
		parts->aggregate = PG_GETARG_OID(1);
	}
	part = &parts->part[parts->n_rows++ % 2];
	args[0] = part->state;
	nulls[0] = part->null;
	for (int i = 0; i < n; i++)
	{
		types[i] = get_fn_expr_argtype(fcinfo->flinfo, i + 2);
		args[i + 1] = fcinfo->args[i + 2].value;
		nulls[i + 1] = fcinfo->args[i + 2].isnull;
	}
	if (takes_any(form.aggtransfn))
		build_aggregate_transfn_expr(types, n, 0, false, INTERNALOID, fcinfo->fncollation,
									 form.aggtransfn, InvalidOid, &expr, NULL);
	part->state = call(fcinfo, form.aggtransfn, (Node *) expr, n + 1, args, nulls, &part->null);
	PG_RETURN_POINTER(parts);
}

/* The second part, as bytes and back, into the first. */
static void
combine(FunctionCallInfo fcinfo, const FormData_pg_aggregate *form, Parts *parts)
{
	Datum args[2];
	bool  nulls[2] = {false, false};
	bool  is_null;

	if (parts->part[1].null)
		return;
	args[0] = call(fcinfo, form->aggserialfn, NULL, 1, &parts->part[1].state, nulls, &is_null);
	args[1] = (Datum) 0;
	args[1] = call(fcinfo, form->aggdeserialfn, NULL, 2, args, nulls, &is_null);
	args[0] = parts->part[0].state;
	nulls[0] = parts->part[0].null;
	parts->part[0].state = call(fcinfo, form->aggcombinefn, NULL, 2, args, nulls,
								&parts->part[0].null);
}

Datum
short_lived_final(PG_FUNCTION_ARGS)
{
	FormData_pg_aggregate form;
	Parts				 *parts;
	Datum				  result;
	bool				  is_null;
	Oid					  output;
	bool				  varlena;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	parts = (Parts *) PG_GETARG_POINTER(0);
	form = aggregate_form(parts->aggregate);
	combine(fcinfo, &form, parts);
	result = call(fcinfo, form.aggfinalfn, NULL, 1, &parts->part[0].state, &parts->part[0].null,
				  &is_null);
	if (is_null)
		PG_RETURN_NULL();
	getTypeOutputInfo(get_func_rettype(form.aggfinalfn), &output, &varlena);
	PG_RETURN_TEXT_P(cstring_to_text(OidOutputFunctionCall(output, result)));
}
