/*
 * label.c
 *	  Labels from profiles: churn_label, churn_inactive and churn_label_at.
 *
 * The music log's profiles know the times of the events that mean churn there;
 * those of any other log count all events by UTC days.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "core/profiles/day_label.h"
#include "core/profiles/log_label.h"
#include "host/args.h"
#include "host/pg_host.h"
#include "profiles/label_args.h"
#include "profiles/label_names.h"
#include "profiles/log_args.h"
#include "profiles/profile_type.h"

PG_FUNCTION_INFO_V1(churn_label);
PG_FUNCTION_INFO_V1(churn_inactive);
PG_FUNCTION_INFO_V1(churn_label_at);
PG_FUNCTION_INFO_V1(churn_label_at_date);
PG_FUNCTION_INFO_V1(churn_last_day);

/* The function's result: NULL unless the user is at risk and the label known. */
static Datum
label_result(FunctionCallInfo fcinfo, SpkLabel label)
{
	if (label == SPK_LABEL_NOT_AT_RISK || label == SPK_LABEL_UNKNOWN)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(label == SPK_LABEL_YES);
}

/* ---- An event ---- */

/*
 * churn_label(churn_profile, as_of date, horizon interval, event text, log_end
 * date, returners boolean)
 */
Datum
churn_label(PG_FUNCTION_ARGS)
{
	static const char *const required[] = {[5] = "returners"};
	SpkHost					 host = spk_pg_host(CurrentMemoryContext);
	SpkLabel				 label = SPK_LABEL_UNKNOWN;
	const char				*why = NULL;
	bytea					*profile;
	const void				*bytes;
	size_t					 len;
	int32					 as_of;
	int64					 until;
	SpkChurnEvent			 event;
	SpkStatus				 status;

	spk_require_args(fcinfo, required, lengthof(required));
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	profile = PG_GETARG_PROFILE_PP(0);
	bytes = VARDATA_ANY(profile);
	len = VARSIZE_ANY_EXHDR(profile);
	as_of = spk_as_of_arg(fcinfo, 1);
	until = spk_horizon_end(fcinfo, 2, as_of);
	if (spk_profile_is_of_any_log(profile))
	{
		SpkEventQuestion question = {spk_log_event_arg(fcinfo, 3), as_of,
									 spk_horizon_end_day(fcinfo, 2, as_of), PG_GETARG_BOOL(5)};

		if (spk_is_beyond_log(fcinfo, 4, until))
			PG_RETURN_NULL();
		spk_check(spk_log_label(&host, bytes, len, &question, &label, &why), PROFILE_WHAT, why);
		return label_result(fcinfo, label);
	}
	event = spk_music_event_arg(fcinfo, 3);
	if (spk_is_beyond_log(fcinfo, 4, until))
		PG_RETURN_NULL();
	/* who came back is told by days; without as_of everybody counts */
	if (PG_GETARG_BOOL(5) && as_of != SPK_NO_DAY)
		status = spk_profile_returner_label(&host, bytes, len, event, as_of,
											spk_horizon_end_day(fcinfo, 2, as_of), &label, &why);
	else
		status = spk_profile_label(&host, bytes, len, as_of, until, event, &label, &why);
	spk_check(status, PROFILE_WHAT, why);
	return label_result(fcinfo, label);
}

/* ---- Silence ---- */

/* churn_inactive(churn_profile, as_of date, horizon interval, ignore text[], log_end date) */
Datum
churn_inactive(PG_FUNCTION_ARGS)
{
	static const char *const required[] = {NULL, "as_of", "horizon"};
	SpkHost					 host = spk_pg_host(CurrentMemoryContext);
	SpkLabel				 label = SPK_LABEL_UNKNOWN;
	const char				*why = NULL;
	bytea					*profile;
	const void				*bytes;
	size_t					 len;
	int32					 from;
	int32					 as_of;
	int32					 until;
	text				   **names;
	int						 n_names;
	SpkStatus				 status;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	spk_require_args(fcinfo, required, lengthof(required));
	profile = PG_GETARG_PROFILE_PP(0);
	bytes = VARDATA_ANY(profile);
	len = VARSIZE_ANY_EXHDR(profile);

	/* as long before the date as behind it */
	as_of = spk_as_of_arg(fcinfo, 1);
	until = spk_horizon_end_day(fcinfo, 2, as_of);
	from = spk_horizon_start_day(fcinfo, 2, as_of);
	names = spk_ignore_arg(fcinfo, 3, &n_names);
	if (spk_is_beyond_log(fcinfo, 4, (int64) until * SPK_USECS_PER_DAY))
		PG_RETURN_NULL();
	if (spk_profile_is_of_any_log(profile))
	{
		SpkSilenceQuestion question = {spk_ignored_events(names, n_names), (uint32) n_names, from,
									   as_of, until};

		status = spk_log_inactive(&host, bytes, len, &question, &label, &why);
	}
	else
		status = spk_profile_inactive(&host, bytes, len, spk_ignored_pages(names, n_names), from,
									  as_of, until, &label, &why);
	spk_check(status, PROFILE_WHAT, why);
	return label_result(fcinfo, label);
}

/* ---- A date from elsewhere ---- */

/* The label by a time at which the user left; infinity is never, as NULL (SPK_NO_TIME) is. */
static Datum
label_at(FunctionCallInfo fcinfo, int64 churned_at)
{
	int32 as_of = spk_as_of_arg(fcinfo, 1);
	int64 until = spk_horizon_end(fcinfo, 2, as_of);
	bool  churned = churned_at != SPK_NO_TIME && churned_at != DT_NOEND;

	if (PG_ARGISNULL(0) || spk_is_beyond_log(fcinfo, 4, until))
		PG_RETURN_NULL();
	if (as_of == SPK_NO_DAY)
		PG_RETURN_BOOL(churned);
	if (spk_first_day(PG_GETARG_PROFILE_PP(0)) >= as_of ||
		(churned && churned_at < as_of * SPK_USECS_PER_DAY))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(churned && (until == SPK_NO_TIME || churned_at < until));
}

/*
 * churn_label_at(churn_profile, as_of date, horizon interval, churned_at, log_end
 * date), where churned_at is timestamptz, or a timestamp of UTC
 */
Datum
churn_label_at(PG_FUNCTION_ARGS)
{
	int64 churned_at = PG_ARGISNULL(3) ? SPK_NO_TIME : PG_GETARG_TIMESTAMPTZ(3);

	/* -infinity, which has the number of no time, is before any as_of */
	if (!PG_ARGISNULL(3) && TIMESTAMP_IS_NOBEGIN(churned_at))
		churned_at = SPK_MIN_TIME - 1;
	return label_at(fcinfo, churned_at);
}

/* The same with a date: 00:00 UTC of it. */
Datum
churn_label_at_date(PG_FUNCTION_ARGS)
{
	DateADT day;

	if (PG_ARGISNULL(3))
		return label_at(fcinfo, SPK_NO_TIME);
	day = PG_GETARG_DATEADT(3);
	/* -infinity and days before all timestamps are before any as_of */
	if (day < spk_day_of(SPK_MIN_TIME))
		return label_at(fcinfo, SPK_MIN_TIME - 1);
	if (day > spk_day_of(SPK_MAX_TIME))
		return label_at(fcinfo, DT_NOEND);
	return label_at(fcinfo, day * SPK_USECS_PER_DAY);
}

/* ---- How far the log reaches ---- */

/* churn_last_day(churn_profile) */
Datum
churn_last_day(PG_FUNCTION_ARGS)
{
	bytea	   *profile = PG_GETARG_PROFILE_PP(0);
	SpkHost		host = spk_pg_host(CurrentMemoryContext);
	const void *bytes = VARDATA_ANY(profile);
	size_t		len = VARSIZE_ANY_EXHDR(profile);
	int32		day = 0;
	const char *why = NULL;

	spk_check(spk_profile_is_of_any_log(profile) ?
				  spk_log_last_day(&host, bytes, len, &day, &why) :
				  spk_profile_last_day(&host, bytes, len, &day, &why),
			  PROFILE_WHAT, why);
	PG_RETURN_DATEADT(day);
}
