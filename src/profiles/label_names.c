/*
 * label_names.c
 *	  The events and pages that labels are asked about.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "host/pg_host.h"
#include "profiles/label_names.h"
#include "profiles/log_args.h"
#include "profiles/profile_type.h"

/* A name of an event as profiles of any log have it. */
static SpkLogText
event_name(text *name)
{
	size_t		len;
	const char *utf8 = spk_text_to_utf8(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &len);

	if (len > SPK_LOG_NAME_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_NAME_TOO_LONG),
				 errmsg("the name of an event is too long"),
				 errdetail("Profiles keep names of at most %d bytes, and count events of longer ones together.", SPK_LOG_NAME_BYTES)));
	return (SpkLogText) {utf8, (uint32_t) len};
}

/* ---- An event ---- */

SpkChurnEvent
spk_music_event_arg(FunctionCallInfo fcinfo, int n)
{
	char *name;

	if (PG_ARGISNULL(n))
		return SPK_CHURN_CANCEL;
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

SpkLogText
spk_log_event_arg(FunctionCallInfo fcinfo, int n)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("event must not be null"),
				 errdetail("Only profiles of the music log have an event that means churn by default."),
				 errhint("Name the event that says that a user has left, or use churn_inactive.")));
	return event_name(PG_GETARG_TEXT_PP(n));
}

/* ---- Events to ignore ---- */

text **
spk_ignore_arg(FunctionCallInfo fcinfo, int n, int *n_names)
{
	Datum *values;
	bool  *nulls;

	*n_names = 0;
	if (PG_ARGISNULL(n))
		return NULL;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls,
					  n_names);
	for (int i = 0; i < *n_names; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("ignore must not contain nulls")));
		values[i] = PointerGetDatum(DatumGetTextPP(values[i]));
	}
	return (text **) values;
}

SpkPageSet
spk_ignored_pages(text **names, int n_names)
{
	SpkPageSet pages = 0;

	for (int i = 0; i < n_names; i++)
	{
		SpkPage page = spk_page_of(VARDATA_ANY(names[i]), VARSIZE_ANY_EXHDR(names[i]));

		if (page == SPK_PAGE_OTHER)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("page \"%s\" cannot be ignored", text_to_cstring(names[i])),
					 errdetail("Profiles of the music log count it with all other pages that they do not know.")));
		pages |= UINT32_C(1) << page;
	}
	return pages;
}

SpkLogText *
spk_ignored_events(text **names, int n_names)
{
	SpkLogText *events = palloc(Max(n_names, 1) * sizeof(SpkLogText));

	for (int i = 0; i < n_names; i++)
		events[i] = event_name(names[i]);
	return events;
}

/* ---- The first day ---- */

int32
spk_first_day(const bytea *profile)
{
	SpkHost		host = spk_pg_host(CurrentMemoryContext);
	const void *bytes = VARDATA_ANY(profile);
	size_t		len = VARSIZE_ANY_EXHDR(profile);
	int32		day = 0;
	const char *why = NULL;

	spk_check(spk_profile_is_of_any_log(profile) ?
				  spk_log_first_day(&host, bytes, len, &day, &why) :
				  spk_profile_first_day(&host, bytes, len, &day, &why),
			  PROFILE_WHAT, why);
	return day;
}
