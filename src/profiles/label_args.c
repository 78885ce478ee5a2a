/*
 * label_args.c
 *	  The arguments that labels share: a date, a horizon and the end of the log.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "profiles/label_args.h"

int32
spk_as_of_arg(FunctionCallInfo fcinfo, int n)
{
	DateADT day;

	if (PG_ARGISNULL(n))
		return SPK_NO_DAY;
	day = PG_GETARG_DATEADT(n);
	if (day < spk_day_of(SPK_MIN_TIME) || day > spk_day_of(SPK_MAX_TIME))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("as_of must be a finite date in the range of timestamps")));
	return day;
}

int64
spk_horizon_end(FunctionCallInfo fcinfo, int n, int32 as_of)
{
	Timestamp from;
	Timestamp until;

	if (PG_ARGISNULL(n))
		return SPK_NO_TIME;
	if (as_of == SPK_NO_DAY)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("horizon needs as_of"),
				 errhint("Without as_of the label tells whether the event ever happened.")));
	from = (int64) as_of * SPK_USECS_PER_DAY;
	/* without time zone: days are UTC days */
	until = DatumGetTimestamp(DirectFunctionCall2(timestamp_pl_interval, TimestampGetDatum(from),
												  IntervalPGetDatum(PG_GETARG_INTERVAL_P(n))));
	if (until <= from)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("horizon must be positive")));
	return until;
}

int32
spk_horizon_end_day(FunctionCallInfo fcinfo, int n, int32 as_of)
{
	int64 until = spk_horizon_end(fcinfo, n, as_of);

	if (until == SPK_NO_TIME)
		return SPK_NO_DAY;
	/* 48 hours are days as well */
	if (until % SPK_USECS_PER_DAY != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("horizon must be of whole days, weeks or months here, not %s",
						DatumGetCString(DirectFunctionCall1(interval_out, PG_GETARG_DATUM(n)))),
				 errdetail("The events of a profile are counted by UTC days.")));
	return spk_day_of(until);
}

int32
spk_horizon_start_day(FunctionCallInfo fcinfo, int n, int32 as_of)
{
	Timestamp at = (int64) as_of * SPK_USECS_PER_DAY;

	return spk_day_of(
		DatumGetTimestamp(DirectFunctionCall2(timestamp_mi_interval, TimestampGetDatum(at),
											  IntervalPGetDatum(PG_GETARG_INTERVAL_P(n)))));
}

bool
spk_is_beyond_log(FunctionCallInfo fcinfo, int n, int64 until)
{
	DateADT day;

	if (PG_ARGISNULL(n))
		return false;
	if (until == SPK_NO_TIME)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("log_end needs horizon"),
				 errhint("Without horizon the label tells what the log knows, wherever it ends.")));
	day = PG_GETARG_DATEADT(n);
	/* infinite, or beyond all timestamps */
	if (day < spk_day_of(SPK_MIN_TIME) || day > spk_day_of(SPK_MAX_TIME))
		return day < 0;
	return until > day * SPK_USECS_PER_DAY;
}
