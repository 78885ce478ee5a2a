/*
 * collect_states.c
 *	  The states of aggregates that collect training rows, between parallel workers
 *	  and the leader.
 */
#include "compat.h"

#include "fmgr.h"

#include "rows/collect.h"
#include "rows/row_store.h"
#include "rows/row_store_pass.h"

/*
 * The state with the rows of the other store, which lie where they were collected when this
 * process has done so.  Then that store becomes the state.
 */
static SpkRowStore *
combine(FunctionCallInfo fcinfo, MemoryContext aggcontext, SpkRowStore *store, SpkRowStore *other)
{
	if (other->context != NULL)
	{
		spk_collect_own(fcinfo, other);
		if (store == NULL)
			return other;
		spk_store_merge(other, store);
		spk_store_discard(store);
		return other;
	}
	if (store == NULL)
	{
		store = spk_store_new(aggcontext, other->algorithm, &other->options);
		spk_collect_own(fcinfo, store);
	}
	spk_store_merge(store, other);
	spk_store_passed_release(other);
	return store;
}

PG_FUNCTION_INFO_V1(sparkify_collect_combinefn);
Datum
sparkify_collect_combinefn(PG_FUNCTION_ARGS)
{
	SpkRowStore	 *store = PG_ARGISNULL(0) ? NULL : (SpkRowStore *) PG_GETARG_POINTER(0);
	SpkRowStore	 *other = PG_ARGISNULL(1) ? NULL : (SpkRowStore *) PG_GETARG_POINTER(1);
	MemoryContext aggcontext;

	if (!AggCheckCallContext(fcinfo, &aggcontext))
		elog(ERROR, "training rows combined outside an aggregate");
	if (other != NULL)
		store = combine(fcinfo, aggcontext, store, other);
	if (store == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(store);
}

PG_FUNCTION_INFO_V1(sparkify_collect_serialfn);
Datum
sparkify_collect_serialfn(PG_FUNCTION_ARGS)
{
	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "training rows serialized outside an aggregate");
	PG_RETURN_BYTEA_P(spk_store_pass(fcinfo, (SpkRowStore *) PG_GETARG_POINTER(0)));
}

PG_FUNCTION_INFO_V1(sparkify_collect_deserialfn);
Datum
sparkify_collect_deserialfn(PG_FUNCTION_ARGS)
{
	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "training rows deserialized outside an aggregate");
	PG_RETURN_POINTER(spk_store_passed(fcinfo, PG_GETARG_BYTEA_PP(0)));
}
