/*
 * churn_time.c
 *	  Times until churn from profiles: churn_time, churn_time_inactive and churn_time_at.
 *
 * They are the labels of label.c with all horizons at once.  days is the least whole
 * number of days for which the label with that horizon is true, or, of users who have
 * not left, the largest for which it is known to be false.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "host/args.h"
#include "host/pg_host.h"
#include "profiles/label_args.h"
#include "profiles/label_names.h"
#include "profiles/profile_type.h"

PG_FUNCTION_INFO_V1(churn_time);
PG_FUNCTION_INFO_V1(churn_time_inactive);
PG_FUNCTION_INFO_V1(churn_time_at);
PG_FUNCTION_INFO_V1(churn_time_at_date);

/* Columns of the result */
enum
{
	OUT_DAYS,
	OUT_CHURNED,
	OUT_FOLLOW_UP,
	N_OUT
};

/* ---- What they share ---- */

/* The descriptor of the result, which is kept in fn_extra. */
static TupleDesc
result_desc(FunctionCallInfo fcinfo)
{
	TupleDesc	  desc;
	MemoryContext old;

	if (fcinfo->flinfo->fn_extra != NULL)
		return (TupleDesc) fcinfo->flinfo->fn_extra;
	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != N_OUT)
		elog(ERROR, "return type must be a row type of %d columns", N_OUT);
	desc = BlessTupleDesc(CreateTupleDescCopy(desc));
	fcinfo->flinfo->fn_extra = desc;
	MemoryContextSwitchTo(old);
	return desc;
}

/*
 * The time from a day on of somebody who left on a later one, or on that, and not at all
 * (SPK_NO_DAY) before the log's end.
 */
static Datum
time_result(FunctionCallInfo fcinfo, int32 from, int32 left, int32 log_end)
{
	bool  churned = left != SPK_NO_DAY;
	Datum values[N_OUT] = {Int32GetDatum(churned ? left - from + 1 : log_end - from),
						   BoolGetDatum(churned), Int32GetDatum(log_end - from)};
	bool  nulls[N_OUT] = {false};

	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(result_desc(fcinfo), values, nulls)));
}

/* The argument log_end, a date in the range of timestamps. */
static int32
log_end_arg(FunctionCallInfo fcinfo, int n)
{
	DateADT day = PG_GETARG_DATEADT(n);

	if (day < spk_day_of(SPK_MIN_TIME) || day > spk_day_of(SPK_MAX_TIME))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("log_end must be a finite date in the range of timestamps")));
	return day;
}

/* The day from which time counts: as_of, or without it that of the first event. */
static int32
first_counted_day(int32 as_of, const bytea *profile)
{
	return as_of != SPK_NO_DAY ? as_of : spk_first_day(profile);
}

/* ---- An event ---- */

/* Did the event of the music log happen, and on which day? */
static SpkStatus
music_event_day(FunctionCallInfo fcinfo, const bytea *profile, int32 as_of, int32 log_end,
				SpkLabel *label, int32 *day, const char **why)
{
	SpkHost		  host = spk_pg_host(CurrentMemoryContext);
	SpkChurnEvent event = spk_music_event_arg(fcinfo, 3);
	const void	 *bytes = VARDATA_ANY(profile);
	size_t		  len = VARSIZE_ANY_EXHDR(profile);
	SpkStatus	  status;
	int64		  at;

	/* who came back is told by days; without as_of everybody counts */
	if (PG_GETARG_BOOL(4) && as_of != SPK_NO_DAY)
		return spk_profile_returner_day(&host, bytes, len, event, as_of, log_end, label, day, why);
	status = spk_profile_churn_time(&host, bytes, len, as_of, log_end * SPK_USECS_PER_DAY, event,
									label, &at, why);
	*day = status == SPK_OK && at != SPK_NO_TIME ? spk_day_of(at) : SPK_NO_DAY;
	return status;
}

/* churn_time(churn_profile, as_of date, log_end date, event text, returners boolean) */
Datum
churn_time(PG_FUNCTION_ARGS)
{
	static const char *const required[] = {[2] = "log_end", [4] = "returners"};
	SpkHost					 host = spk_pg_host(CurrentMemoryContext);
	SpkLabel				 label = SPK_LABEL_UNKNOWN;
	const char				*why = NULL;
	bytea					*profile;
	int32					 as_of;
	int32					 log_end;
	int32					 from;
	int32					 day;
	SpkStatus				 status;

	spk_require_args(fcinfo, required, lengthof(required));
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	profile = PG_GETARG_PROFILE_PP(0);
	as_of = spk_as_of_arg(fcinfo, 1);
	log_end = log_end_arg(fcinfo, 2);
	if (spk_profile_is_of_any_log(profile))
	{
		SpkEventQuestion question = {spk_log_event_arg(fcinfo, 3), as_of, log_end,
									 PG_GETARG_BOOL(4)};

		status = spk_log_event_day(&host, VARDATA_ANY(profile), VARSIZE_ANY_EXHDR(profile),
								   &question, &label, &day, &why);
	}
	else
		status = music_event_day(fcinfo, profile, as_of, log_end, &label, &day, &why);
	spk_check(status, PROFILE_WHAT, why);

	/* a log that ends by then tells nothing of the time after it */
	from = first_counted_day(as_of, profile);
	if (label == SPK_LABEL_NOT_AT_RISK || label == SPK_LABEL_UNKNOWN || from >= log_end)
		PG_RETURN_NULL();
	return time_result(fcinfo, from, day, log_end);
}

/* ---- Silence ---- */

/* The days of silence that mean churn: argument n, an interval of whole days. */
static int32
silence_arg(FunctionCallInfo fcinfo, int n)
{
	const Interval *silence = PG_GETARG_INTERVAL_P(n);
	int64			days = silence->day + silence->time / USECS_PER_DAY;

	if (silence->month != 0 || silence->time % USECS_PER_DAY != 0 || days < 1 ||
		days > SPK_MAX_SILENCE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("silence must be 1 to %d whole days, not %s", SPK_MAX_SILENCE,
						DatumGetCString(DirectFunctionCall1(interval_out, PG_GETARG_DATUM(n)))),
				 errhint("Use days or weeks, as in '30 days'; months differ in length.")));
	return (int32) days;
}

/* churn_time_inactive(churn_profile, as_of date, log_end date, silence interval, ignore text[]) */
Datum
churn_time_inactive(PG_FUNCTION_ARGS)
{
	static const char *const required[] = {[2] = "log_end", [3] = "silence"};
	SpkHost					 host = spk_pg_host(CurrentMemoryContext);
	SpkLabel				 label = SPK_LABEL_UNKNOWN;
	const char				*why = NULL;
	bytea					*profile;
	const void				*bytes;
	size_t					 len;
	int32					 log_end;
	text				   **names;
	int						 n_names;
	SpkSilentSpell			 spell;
	SpkStatus				 status;

	spk_require_args(fcinfo, required, lengthof(required));
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	profile = PG_GETARG_PROFILE_PP(0);
	bytes = VARDATA_ANY(profile);
	len = VARSIZE_ANY_EXHDR(profile);
	log_end = log_end_arg(fcinfo, 2);
	spell = spk_silent_spell(spk_as_of_arg(fcinfo, 1), silence_arg(fcinfo, 3), log_end);
	names = spk_ignore_arg(fcinfo, 4, &n_names);
	if (spk_profile_is_of_any_log(profile))
		status = spk_log_silence(&host, bytes, len, spk_ignored_events(names, n_names),
								 (uint32) n_names, &spell, &label, &why);
	else
		status = spk_profile_silence(&host, bytes, len, spk_ignored_pages(names, n_names), &spell,
									 &label, &why);
	spk_check(status, PROFILE_WHAT, why);

	/* the spell knows the first active day, when there is no as_of */
	if (label == SPK_LABEL_NOT_AT_RISK || label == SPK_LABEL_UNKNOWN || spell.as_of >= log_end)
		PG_RETURN_NULL();
	return time_result(fcinfo, spell.as_of, spell.left, log_end);
}

/* ---- A date from elsewhere ---- */

/* The time until the day on which the user left; SPK_NO_DAY is never. */
static Datum
time_at(FunctionCallInfo fcinfo, int64 left)
{
	static const char *const required[] = {[2] = "log_end"};
	bytea					*profile;
	int32					 as_of;
	int32					 log_end;
	int32					 from;
	int32					 first;

	spk_require_args(fcinfo, required, lengthof(required));
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	profile = PG_GETARG_PROFILE_PP(0);
	as_of = spk_as_of_arg(fcinfo, 1);
	log_end = log_end_arg(fcinfo, 2);
	first = spk_first_day(profile);
	from = as_of != SPK_NO_DAY ? as_of : first;
	if ((as_of != SPK_NO_DAY && first >= as_of) || left < from || from >= log_end)
		PG_RETURN_NULL();
	return time_result(fcinfo, from, left < log_end ? (int32) left : SPK_NO_DAY, log_end);
}

/* churn_time_at(churn_profile, as_of date, log_end date, churned_at timestamp or timestamptz) */
Datum
churn_time_at(PG_FUNCTION_ARGS)
{
	int64 churned_at;

	if (PG_ARGISNULL(3))
		return time_at(fcinfo, SPK_NO_DAY);
	churned_at = PG_GETARG_TIMESTAMPTZ(3);
	if (TIMESTAMP_IS_NOEND(churned_at))
		return time_at(fcinfo, SPK_NO_DAY);
	if (TIMESTAMP_IS_NOBEGIN(churned_at))
		return time_at(fcinfo, PG_INT32_MIN);
	return time_at(fcinfo, spk_day_of(churned_at));
}

/* The same with a date, of which infinity and -infinity are the last and the first number. */
Datum
churn_time_at_date(PG_FUNCTION_ARGS)
{
	return time_at(fcinfo, PG_ARGISNULL(3) ? SPK_NO_DAY : PG_GETARG_DATEADT(3));
}
