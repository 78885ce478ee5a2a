/*
 * features_type.c
 *	churn_features, churn_label and churn_last_day: what profiles tell.
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "profiles/features_type.h"
#include "host/pg_host.h"
#include "profiles/profile_type.h"

PG_FUNCTION_INFO_V1(churn_features);
PG_FUNCTION_INFO_V1(churn_label);
PG_FUNCTION_INFO_V1(churn_last_day);

/* Returns the descriptor of the type churn_features, checked against the list of features. */
static TupleDesc
features_desc(FunctionCallInfo fcinfo)
{
	static const Oid type_oids[] =
		{[SPK_TYPE_int4] = INT4OID, [SPK_TYPE_int8] = INT8OID, [SPK_TYPE_float8] = FLOAT8OID};
	TupleDesc	  desc;
	MemoryContext old;

	if (fcinfo->flinfo->fn_extra != NULL)
		return (TupleDesc) fcinfo->flinfo->fn_extra;
	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	if (desc->natts != SPK_N_PROFILE_FEATURES)
		elog(ERROR, "type churn_features has %d columns, not %d", desc->natts,
			 SPK_N_PROFILE_FEATURES);
	for (int i = 0; i < desc->natts; i++)
		if (TupleDescAttr(desc, i)->atttypid != type_oids[spk_profile_feature_types[i]])
			elog(ERROR, "column %d of type churn_features has the wrong type", i + 1);
	desc = BlessTupleDesc(CreateTupleDescCopy(desc));
	fcinfo->flinfo->fn_extra = desc;
	MemoryContextSwitchTo(old);
	return desc;
}

/* Returns the value of a feature as its SQL type. */
static Datum
feature_datum(double value, SpkFeatureType type)
{
	switch (type)
	{
		case SPK_TYPE_int4:
			return Int32GetDatum((int32) value);
		case SPK_TYPE_int8:
			return Int64GetDatum((int64) value);
		case SPK_TYPE_float8:
			return Float8GetDatum(value);
	}
	elog(ERROR, "unknown feature type %d", (int) type);
}

Datum
spk_features_result(FunctionCallInfo fcinfo, const bytea *profile, int32 as_of)
{
	TupleDesc	desc = features_desc(fcinfo);
	SpkHost		host = spk_pg_host(CurrentMemoryContext);
	double		values[SPK_N_PROFILE_FEATURES];
	Datum		datums[SPK_N_PROFILE_FEATURES];
	bool		nulls[SPK_N_PROFILE_FEATURES];
	bool		seen = false;
	const char *why = NULL;

	spk_check(spk_profile_features(&host, VARDATA_ANY(profile), VARSIZE_ANY_EXHDR(profile), as_of,
								   values, &seen, &why),
			  PROFILE_WHAT, why);
	if (!seen)
		PG_RETURN_NULL();
	for (int i = 0; i < SPK_N_PROFILE_FEATURES; i++)
	{
		nulls[i] = isnan(values[i]);
		datums[i] = nulls[i] ? (Datum) 0 : feature_datum(values[i], spk_profile_feature_types[i]);
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, datums, nulls)));
}

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

/* churn_features(churn_profile, as_of date) */
Datum
churn_features(PG_FUNCTION_ARGS)
{
	bytea *profile;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	profile = PG_GETARG_PROFILE_PP(0);
	spk_require_music_profile(profile, "churn_features");
	return spk_features_result(fcinfo, profile, spk_as_of_arg(fcinfo, 1));
}

/* Returns the time at which the horizon, argument n, ends; SPK_NO_TIME when it is NULL. */
static int64
horizon_end(FunctionCallInfo fcinfo, int n, int32 as_of)
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
	/* a timestamp without time zone, because days are UTC days */
	until = DatumGetTimestamp(DirectFunctionCall2(timestamp_pl_interval, TimestampGetDatum(from),
												  IntervalPGetDatum(PG_GETARG_INTERVAL_P(n))));
	if (until <= from)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("horizon must be positive")));
	return until;
}

/*
 * Does the log end before the horizon does?  It is complete until 00:00 UTC of
 * argument n, log_end.  If so, nobody's label is known, not even that of users who have
 * left by then: they would be the only rows of their date, all of them with churn.
 */
static bool
is_beyond_log(FunctionCallInfo fcinfo, int n, int64 until)
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

/* Returns the event that argument n names. */
static SpkChurnEvent
churn_event_arg(FunctionCallInfo fcinfo, int n)
{
	char *name;

	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("event must not be null")));
	name = text_to_cstring(PG_GETARG_TEXT_PP(n));
	if (strcmp(name, "cancel") == 0)
		return SPK_CHURN_CANCEL;
	if (strcmp(name, "downgrade") == 0)
		return SPK_CHURN_DOWNGRADE;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("event \"%s\" is not known", name),
			 errhint("Events are \"cancel\" and \"downgrade\".")));
}

/* churn_label(churn_profile, as_of date, horizon interval, event text, log_end date) */
Datum
churn_label(PG_FUNCTION_ARGS)
{
	SpkHost		  host = spk_pg_host(CurrentMemoryContext);
	bytea		 *profile;
	int32		  as_of;
	int64		  until;
	SpkChurnEvent event;
	SpkLabel	  label = SPK_LABEL_NOT_AT_RISK;
	const char	 *why = NULL;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	profile = PG_GETARG_PROFILE_PP(0);
	spk_require_music_profile(profile, "churn_label");
	as_of = spk_as_of_arg(fcinfo, 1);
	until = horizon_end(fcinfo, 2, as_of);
	event = churn_event_arg(fcinfo, 3);
	if (is_beyond_log(fcinfo, 4, until))
		PG_RETURN_NULL();

	/* a profile is read only when all other arguments are right: their errors come first */
	spk_check(spk_profile_label(&host, VARDATA_ANY(profile), VARSIZE_ANY_EXHDR(profile), as_of,
								until, event, &label, &why),
			  PROFILE_WHAT, why);
	if (label == SPK_LABEL_NOT_AT_RISK)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(label == SPK_LABEL_YES);
}

/* churn_last_day(churn_profile) */
Datum
churn_last_day(PG_FUNCTION_ARGS)
{
	bytea	   *profile = PG_GETARG_PROFILE_PP(0);
	SpkHost		host = spk_pg_host(CurrentMemoryContext);
	int32		day = 0;
	const char *why = NULL;
	const void *data = VARDATA_ANY(profile);
	size_t		len = VARSIZE_ANY_EXHDR(profile);
	SpkStatus	status = spk_is_log_profile(data, len) ?
		  spk_log_last_day(&host, data, len, &day, &why) :
		  spk_profile_last_day(&host, data, len, &day, &why);

	spk_check(status, PROFILE_WHAT, why);
	PG_RETURN_DATEADT(day);
}
