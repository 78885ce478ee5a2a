/*
 * event_load_options.c
 *	  The arguments of churn_load_events.
 */
#include "compat.h"

#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "events/event_load_options.h"
#include "events/event_source.h"

static List *
paths_of_array(ArrayType *array)
{
	List  *paths = NIL;
	Datum *elements;
	bool  *nulls;
	int	   n;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("paths must not contain nulls")));
		paths = list_concat(paths, spk_paths(TextDatumGetCString(elements[i])));
	}
	if (paths == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("paths must not be empty")));
	return paths;
}

/* The function sparkify_loading_events in the schema of the extension. */
static Oid
reader_function(Oid namespace)
{
	const Oid arguments[] = {INT4OID, ANYELEMENTOID};
	Oid		  reader = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
									   CStringGetDatum("sparkify_loading_events"),
									   PointerGetDatum(buildoidvector(arguments, lengthof(arguments))),
									   ObjectIdGetDatum(namespace));

	if (!OidIsValid(reader))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("function sparkify_loading_events(integer, anyelement) does not exist in the extension's schema")));
	return reader;
}

SpkLoadOptions
spk_load_options(FunctionCallInfo fcinfo, bool several)
{
	const char *const names[] = {"target", several ? "paths" : "path", "on_error", "part", "parts"};
	SpkLoadOptions	  options;

	for (int i = 0; i < lengthof(names); i++)
	{
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s must not be null", names[i])));
	}
	options.relid = PG_GETARG_OID(0);
	options.reader = reader_function(get_func_namespace(fcinfo->flinfo->fn_oid));
	options.skip_faults = spk_on_error_skips(text_to_cstring(PG_GETARG_TEXT_PP(2)));
	options.part = PG_GETARG_INT32(3);
	options.parts = PG_GETARG_INT32(4);
	options.columns = PG_ARGISNULL(5) ? NULL : PG_GETARG_JSONB_P(5);
	if (options.parts < 1 || options.part < 1 || options.part > options.parts)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("part %d of %d parts does not exist",
						options.part, options.parts),
				 errhint("Parts are numbered from 1 to the number of parts.")));

	/* last, because folders are read for it: simple mistakes are told first */
	options.paths = several ? paths_of_array(PG_GETARG_ARRAYTYPE_P(1)) :
							  spk_paths(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	return options;
}
