/*
 * dates.c
 *	  churn_dates: dates at equal distances, whatever the time zone.
 *
 * generate_series turns dates into timestamps with time zone.  So a view that was
 * made in UTC loses its last date when it is read west of Greenwich.  Here only the
 * calendar counts.
 */
#include "compat.h"

#include <math.h>

#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "host/args.h"

#define DAYS_PER_MONTH_ON_AVERAGE (DAYS_PER_YEAR / MONTHS_PER_YEAR)

/* The distance of two dates.  Neither member is negative, and one of them is positive. */
typedef struct Step
{
	int64 months;
	int64 days;
} Step;

typedef struct DatesState
{
	DateADT first;
	DateADT last;
	Step	step;
} DatesState;

/*
 * Reads a step from an interval.  Hours are taken, too, if they are whole days, as 48
 * are.  Returns false for what is no step forward.
 */
static bool
read_step(const Interval *every, Step *step)
{
	step->months = every->month;
	step->days = (int64) every->day + every->time / USECS_PER_DAY;
	return every->time % USECS_PER_DAY == 0 && step->months >= 0 && step->days >= 0 &&
		step->months + step->days > 0;
}

/*
 * Sets *date to the k-th date.  It is computed from the first date and not from the
 * one before, so that the end of a month remains one after a February.  Returns false
 * when there is no such date.
 */
static bool
kth_date(DateADT first, const Step *step, int64 k, int64 *date)
{
	int	  year;
	int	  month;
	int	  day;
	int64 months;

	*date = first + k * step->days;
	if (step->months == 0)
		return true;
	j2date(first + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	months = (int64) year * MONTHS_PER_YEAR + (month - 1) + k * step->months;
	if (months / MONTHS_PER_YEAR >= JULIAN_MAXYEAR)
		return false;
	/* months before the year 0 count down from it */
	year = (int) floor((double) months / MONTHS_PER_YEAR);
	month = (int) (months - (int64) year * MONTHS_PER_YEAR) + 1;
	day = Min(day, day_tab[isleap(year)][month - 1]);
	*date = date2j(year, month, day) - POSTGRES_EPOCH_JDATE + k * step->days;
	return true;
}

static void
check_bound(const char *argument, DateADT date)
{
	if (DATE_NOT_FINITE(date))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" must be finite", argument)));
}

static DatesState *
begin_dates(FunctionCallInfo fcinfo, MemoryContext context)
{
	static const char *const names[] = {"first", "last", "every"};
	DatesState				*state = MemoryContextAlloc(context, sizeof(DatesState));

	spk_require_args(fcinfo, names, lengthof(names));
	state->first = PG_GETARG_DATEADT(0);
	state->last = PG_GETARG_DATEADT(1);
	check_bound("first", state->first);
	check_bound("last", state->last);
	if (!read_step(PG_GETARG_INTERVAL_P(2), &state->step))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"every\" must be a positive number of whole days, not %s",
						DatumGetCString(DirectFunctionCall1(interval_out, PG_GETARG_DATUM(2)))),
				 errhint("Use days, weeks, months or years, as in '7 days'.")));
	return state;
}

PG_FUNCTION_INFO_V1(churn_dates);
Datum
churn_dates(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	DatesState		*state;
	int64			 date;

	if (SRF_IS_FIRSTCALL())
	{
		funcctx = SRF_FIRSTCALL_INIT();
		funcctx->user_fctx = begin_dates(fcinfo, funcctx->multi_call_memory_ctx);
	}
	funcctx = SRF_PERCALL_SETUP();
	state = funcctx->user_fctx;

	CHECK_FOR_INTERRUPTS();
	if (!kth_date(state->first, &state->step, (int64) funcctx->call_cntr, &date) ||
		date > state->last)
		SRF_RETURN_DONE(funcctx);
	SRF_RETURN_NEXT(funcctx, DateADTGetDatum((DateADT) date));
}

/* Returns the n-th argument if the planner knows its value, and it is not NULL; else NULL. */
static Const *
known_argument(PlannerInfo *root, List *args, int n)
{
	Node *arg = estimate_expression_value(root, list_nth(args, n));

	return IsA(arg, Const) && !((Const *) arg)->constisnull ? (Const *) arg : NULL;
}

/*
 * Planner support: tells the number of dates.  Where months differ in length, it may
 * be wrong by one.
 */
PG_FUNCTION_INFO_V1(sparkify_dates_support);
Datum
sparkify_dates_support(PG_FUNCTION_ARGS)
{
	SupportRequestRows *request = (SupportRequestRows *) PG_GETARG_POINTER(0);
	List			   *args;
	Const			   *first;
	Const			   *last;
	Const			   *every;
	Step				step;
	double				days;

	if (!IsA(request, SupportRequestRows) || !is_funcclause(request->node))
		PG_RETURN_POINTER(NULL);
	args = ((FuncExpr *) request->node)->args;
	first = known_argument(request->root, args, 0);
	last = known_argument(request->root, args, 1);
	every = known_argument(request->root, args, 2);
	if (first == NULL || last == NULL || every == NULL ||
		!read_step(DatumGetIntervalP(every->constvalue), &step))
		PG_RETURN_POINTER(NULL);
	days = (double) DatumGetDateADT(last->constvalue) - DatumGetDateADT(first->constvalue);
	request->rows = Max(1 + floor(days / (step.months * DAYS_PER_MONTH_ON_AVERAGE + step.days)), 1);
	PG_RETURN_POINTER(request);
}
