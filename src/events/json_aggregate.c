/*
 * json_aggregate.c
 *	  An aggregate of a query whose scan feeds it: its functions, called as the executor
 *	  calls those of a Partial Aggregate.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "parser/parse_agg.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "events/json_aggregate.h"
#include "events/json_fdw_upper.h"

/* Makes the state with which groups begin, if the catalog has one. */
static void
init_initial(SpkJsonAggregate *aggregate, HeapTuple tuple)
{
	bool  isnull;
	Datum value = SysCacheGetAttr(AGGFNOID, tuple, Anum_pg_aggregate_agginitval, &isnull);
	Oid	  input;
	Oid	  ioparam;
	char *initial;

	aggregate->initial_isnull = isnull;
	if (isnull)
		return;
	initial = TextDatumGetCString(value);
	getTypeInputInfo(aggregate->type, &input, &ioparam);
	aggregate->initial = OidInputFunctionCall(input, initial, ioparam, -1);
}

/* Prepares calls of a function that has n arguments. */
static FunctionCallInfo
init_call(FmgrInfo *function, Oid oid, Expr *expr, int n, Oid collation, AggState *aggstate)
{
	FunctionCallInfo call = palloc0(SizeForFunctionCallInfo(n));

	fmgr_info(oid, function);
	fmgr_info_set_expr((Node *) expr, function);
	InitFunctionCallInfoData(*call, function, n, collation, (Node *) aggstate, NULL);
	return call;
}

/* Prepares the functions that the catalog names. */
static void
init_functions(SpkJsonAggregate *aggregate, const Aggref *aggref, AggState *aggstate)
{
	HeapTuple		  tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggref->aggfnoid));
	Form_pg_aggregate form;
	Oid				  types[FUNC_MAX_ARGS];
	Expr			 *expr;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for aggregate %u", aggref->aggfnoid);
	form = (Form_pg_aggregate) GETSTRUCT(tuple);
	init_initial(aggregate, tuple);

	/* functions of arguments of any type look at their types */
	aggregate->transition_oid = form->aggtransfn;
	aggregate->n_args = get_aggregate_argtypes(unconstify(Aggref *, aggref), types);
	build_aggregate_transfn_expr(types, aggregate->n_args, 0, false, aggregate->type,
								 aggregate->collation, form->aggtransfn, InvalidOid, &expr, NULL);
	aggregate->call = init_call(&aggregate->transition, form->aggtransfn, expr,
								aggregate->n_args + 1, aggregate->collation, aggstate);
	aggregate->no_initial = aggregate->initial_isnull && aggregate->transition.fn_strict;

	/* only states that are pointers need be turned into bytes */
	if (aggregate->type == INTERNALOID)
	{
		build_aggregate_serialfn_expr(form->aggserialfn, &expr);
		aggregate->serial_call = init_call(&aggregate->serial, form->aggserialfn, expr, 1,
										   InvalidOid, aggstate);
	}
	ReleaseSysCache(tuple);
}

void
spk_json_aggregate_init(SpkJsonAggregate *aggregate, const Aggref *aggref, const List *parts,
						PlanState *parent, AggState *aggstate)
{
	const List *args = list_nth(parts, SPK_AGGREGATE_ARGS);
	List	   *filter = list_nth(parts, SPK_AGGREGATE_FILTER);
	ListCell   *cell;
	int			i = 0;

	memset(aggregate, 0, sizeof(*aggregate));
	aggregate->parts = parts;
	aggregate->type = aggref->aggtranstype;
	aggregate->collation = aggref->inputcollid;
	aggregate->memory = aggstate->curaggcontext->ecxt_per_tuple_memory;
	get_typlenbyval(aggregate->type, &aggregate->len, &aggregate->by_value);
	init_functions(aggregate, aggref, aggstate);

	/* most arguments are columns, which need no computing */
	aggregate->columns = palloc(sizeof(int) * Max(aggregate->n_args, 1));
	aggregate->args = palloc0(sizeof(ExprState *) * Max(aggregate->n_args, 1));
	foreach (cell, args)
	{
		Expr *arg = lfirst(cell);

		Assert(i < aggregate->n_args);
		aggregate->columns[i] = IsA(arg, Var) ? ((Var *) arg)->varattno - 1 : -1;
		if (!IsA(arg, Var))
			aggregate->args[i] = ExecInitExpr(arg, parent);
		i++;
	}
	if (filter != NULL)
		aggregate->filter = ExecInitQual(list_make1(filter), parent);
}

bool
spk_json_aggregate_same(const SpkJsonAggregate *a, const SpkJsonAggregate *b)
{
	return a->transition_oid == b->transition_oid && a->type == b->type &&
		a->collation == b->collation && a->initial_isnull == b->initial_isnull &&
		(a->initial_isnull || datumIsEqual(a->initial, b->initial, a->by_value, a->len)) &&
		equal(a->parts, b->parts);
}

bool
spk_json_aggregate_computes(const SpkJsonAggregate *aggregate)
{
	for (int i = 0; i < aggregate->n_args; i++)
	{
		if (aggregate->columns[i] < 0)
			return true;
	}
	return aggregate->filter != NULL;
}

static Datum
copy_state(const SpkJsonAggregate *aggregate, Datum value)
{
	MemoryContext oldcontext;
	Datum		  copy;

	if (aggregate->by_value)
		return value;
	oldcontext = MemoryContextSwitchTo(aggregate->memory);
	copy = datumCopy(value, false, aggregate->len);
	MemoryContextSwitchTo(oldcontext);
	return copy;
}

void
spk_json_aggregate_begin(const SpkJsonAggregate *aggregate, SpkJsonState *state)
{
	state->isnull = aggregate->initial_isnull;
	state->none = aggregate->no_initial;
	state->value = state->isnull ? (Datum) 0 : copy_state(aggregate, aggregate->initial);
}

/* Sets the arguments of the call; false when one is NULL and the function is strict. */
static inline bool
set_args(SpkJsonAggregate *aggregate, ExprContext *context)
{
	const TupleTableSlot *slot = context->ecxt_scantuple;
	bool				  is_strict = aggregate->transition.fn_strict;

	for (int i = 0; i < aggregate->n_args; i++)
	{
		NullableDatum *arg = &aggregate->call->args[i + 1];
		int			   column = aggregate->columns[i];

		if (column >= 0)
		{
			arg->value = slot->tts_values[column];
			arg->isnull = slot->tts_isnull[column];
		}
		else
			arg->value = ExecEvalExpr(aggregate->args[i], context, &arg->isnull);
		if (is_strict && arg->isnull)
			return false;
	}
	return true;
}

void
spk_json_aggregate_add(SpkJsonAggregate *aggregate, SpkJsonState *state, ExprContext *context)
{
	FunctionCallInfo call = aggregate->call;
	Datum			 value;

	if (aggregate->filter != NULL && !ExecQual(aggregate->filter, context))
		return;
	if (!set_args(aggregate, context))
		return;
	if (aggregate->transition.fn_strict && state->isnull)
	{
		/* without a state to begin with, the first value is one; a state that became NULL stays so */
		if (state->none)
			*state = (SpkJsonState) {.value = copy_state(aggregate, call->args[1].value)};
		return;
	}

	call->args[0].value = state->value;
	call->args[0].isnull = state->isnull;
	call->isnull = false;
	value = FunctionCallInvoke(call);

	/* what is not the state itself does not live on */
	if (!aggregate->by_value && DatumGetPointer(value) != DatumGetPointer(state->value))
	{
		if (!call->isnull)
			value = copy_state(aggregate, value);
		if (!state->isnull)
			pfree(DatumGetPointer(state->value));
	}
	state->value = value;
	state->isnull = call->isnull;
}

Datum
spk_json_aggregate_partial(SpkJsonAggregate *aggregate, const SpkJsonState *state, bool *isnull)
{
	FunctionCallInfo call = aggregate->serial_call;
	Datum			 value = state->value;

	*isnull = state->isnull;
	if (!OidIsValid(aggregate->serial.fn_oid))
		return value;
	if (*isnull && aggregate->serial.fn_strict)
		return (Datum) 0;
	call->args[0].value = value;
	call->args[0].isnull = *isnull;
	call->isnull = false;
	value = FunctionCallInvoke(call);
	*isnull = call->isnull;
	return value;
}
