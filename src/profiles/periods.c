/*
 * periods.c
 *	  churn_periods: a user's time until churn as one row for each period of it.
 *
 * Rows like these are what a model of the hazard learns from: did the user leave in
 * this period, having been there when it began?  A period of which not all days were
 * seen has no row, whatever happened in it: of those who left in it one would know that
 * they did, and of all others nothing, so that it would seem that all leave.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"

#include "host/args.h"

PG_FUNCTION_INFO_V1(churn_periods);

/* Arguments of churn_periods, counted from 0 */
enum
{
	ARG_DAYS,
	ARG_CHURNED,
	ARG_WIDTH,
	ARG_MAX,
	ARG_FOLLOW_UP
};

typedef struct Periods
{
	int64 n;	/* how many periods have a row */
	int64 left; /* the one in which the user left; 0 for none of them */
} Periods;

static void
check_positive(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (!PG_ARGISNULL(n) && PG_GETARG_INT32(n) < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be positive, not %d", name, PG_GETARG_INT32(n))));
}

static void
check_days(int64 days, bool churned)
{
	if (days < 0 || days > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("days must be between 0 and %d, not " INT64_FORMAT, PG_INT32_MAX, days)));
	if (days == 0 && churned)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("days must be positive for a user who churned"),
				 errhint("Count the day on which the time begins as the first one, as churn_time does.")));
}

static Periods *
begin_periods(FunctionCallInfo fcinfo, MemoryContext context)
{
	static const char *const names[] = {[ARG_WIDTH] = "width"};
	Periods					*periods = MemoryContextAllocZero(context, sizeof(Periods));
	int64					 days;
	int64					 width;
	int64					 seen;
	bool					 churned;

	spk_require_args(fcinfo, names, lengthof(names));
	check_positive(fcinfo, ARG_WIDTH, "width");
	check_positive(fcinfo, ARG_MAX, "max");
	if (PG_ARGISNULL(ARG_DAYS) || PG_ARGISNULL(ARG_CHURNED))
		return periods;
	days = PG_GETARG_INT64(ARG_DAYS);
	churned = PG_GETARG_BOOL(ARG_CHURNED);
	check_days(days, churned);
	width = PG_GETARG_INT32(ARG_WIDTH);

	/* the period in which somebody left counts as seen, unless it is known not to be */
	seen = churned ? (days + width - 1) / width * width : days;
	if (!PG_ARGISNULL(ARG_FOLLOW_UP))
	{
		seen = PG_GETARG_INT64(ARG_FOLLOW_UP);
		if (seen < days)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("follow_up must not be less than days"),
					 errdetail("Of a user who was followed for " INT64_FORMAT " days the time is " INT64_FORMAT " days.", seen, days)));
	}
	periods->n = seen / width;
	if (!PG_ARGISNULL(ARG_MAX))
		periods->n = Min(periods->n, PG_GETARG_INT32(ARG_MAX));

	/* there is nothing after the period in which somebody left, or after the last day seen */
	periods->left = churned ? (days + width - 1) / width : 0;
	periods->n = Min(periods->n, churned ? periods->left : days / width);
	return periods;
}

Datum
churn_periods(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	Periods			*periods;
	int64			 period;
	Datum			 values[2];
	bool			 nulls[2] = {false, false};

	if (SRF_IS_FIRSTCALL())
	{
		TupleDesc	  desc;
		MemoryContext old;

		funcctx = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(funcctx->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		funcctx->tuple_desc = BlessTupleDesc(desc);
		funcctx->user_fctx = begin_periods(fcinfo, funcctx->multi_call_memory_ctx);
		MemoryContextSwitchTo(old);
	}
	funcctx = SRF_PERCALL_SETUP();
	periods = funcctx->user_fctx;

	CHECK_FOR_INTERRUPTS();
	period = (int64) funcctx->call_cntr + 1;
	if (period > periods->n)
		SRF_RETURN_DONE(funcctx);
	values[0] = Int32GetDatum((int32) period);
	values[1] = BoolGetDatum(period == periods->left);
	SRF_RETURN_NEXT(funcctx,
					HeapTupleGetDatum(heap_form_tuple(funcctx->tuple_desc, values, nulls)));
}
