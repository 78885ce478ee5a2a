/*
 * features_type.c
 *	  churn_features: from a profile of the music log to columns.
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"

#include "profiles/features_type.h"
#include "host/pg_host.h"
#include "profiles/label_args.h"
#include "profiles/profile_type.h"

PG_FUNCTION_INFO_V1(churn_features);

static const Oid type_oids[] =
	{[SPK_TYPE_int4] = INT4OID, [SPK_TYPE_int8] = INT8OID, [SPK_TYPE_float8] = FLOAT8OID};

TupleDesc
spk_features_columns(void)
{
	static const char *const names[] = {
#define SPK_FEATURE_ITEM(name, type, value, formula) #name,
#include "core/profiles/feature_list.h"
#undef SPK_FEATURE_ITEM
	};
	TupleDesc desc = CreateTemplateTupleDesc(SPK_N_PROFILE_FEATURES);

	for (int i = 0; i < SPK_N_PROFILE_FEATURES; i++)
		TupleDescInitEntry(desc, (AttrNumber) (i + 1), names[i],
						   type_oids[spk_profile_feature_types[i]], -1, 0);
	spk_finish_tupdesc(desc);
	return desc;
}

/* Returns the descriptor of the type churn_features, checked against the list of features. */
static TupleDesc
features_desc(FunctionCallInfo fcinfo)
{
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

bool
spk_features_values(const bytea *profile, int32 as_of, Datum *values, bool *nulls)
{
	SpkHost		host = spk_pg_host(CurrentMemoryContext);
	double		numbers[SPK_N_PROFILE_FEATURES];
	bool		seen = false;
	const char *why = NULL;

	spk_check(spk_profile_features(&host, VARDATA_ANY(profile), VARSIZE_ANY_EXHDR(profile), as_of,
								   numbers, &seen, &why),
			  PROFILE_WHAT, why);
	for (int i = 0; i < SPK_N_PROFILE_FEATURES && seen; i++)
	{
		nulls[i] = isnan(numbers[i]);
		values[i] = nulls[i] ? (Datum) 0 : feature_datum(numbers[i], spk_profile_feature_types[i]);
	}
	return seen;
}

Datum
spk_features_result(FunctionCallInfo fcinfo, const bytea *profile, int32 as_of)
{
	TupleDesc desc = features_desc(fcinfo);
	Datum	  values[SPK_N_PROFILE_FEATURES];
	bool	  nulls[SPK_N_PROFILE_FEATURES];

	if (!spk_features_values(profile, as_of, values, nulls))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
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
