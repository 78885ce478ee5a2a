/*
 * profile_json.c
 *	Profiles as JSON text: json/profile_text.c with PostgreSQL's memory and errors.
 */
#include "compat.h"

#include "utils/memutils.h"

#include "host/json_text.h"
#include "host/pg_host.h"
#include "profiles/profile_json.h"
#include "json/profile_text.h"
#include "profiles/profile_type.h"

/* Writes the text, behind room for a varlena's length if that is asked for. */
static SpkWriter
write_text(const SpkHost *host, const bytea *profile, bool with_length)
{
	SpkWriter	w = spk_writer(host);
	const char *why = NULL;

	if (with_length)
		spk_write_u32(&w, 0);
	spk_check(spk_profile_write_text(host, VARDATA_ANY(profile), VARSIZE_ANY_EXHDR(profile), &w,
									 &why),
			  PROFILE_WHAT, why);
	if (w.len >= MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s is too large to be shown as text", PROFILE_WHAT)));
	return w;
}

text *
spk_profile_to_json(const bytea *profile)
{
	SpkHost	  host = spk_pg_host(CurrentMemoryContext);
	SpkWriter w = write_text(&host, profile, true);

	SET_VARSIZE(w.data, w.len);
	return (text *) w.data;
}

char *
spk_profile_to_cstring(const bytea *profile)
{
	SpkHost	  host = spk_pg_host(CurrentMemoryContext);
	SpkWriter w = write_text(&host, profile, false);

	spk_write_u8(&w, 0);
	spk_check(w.status, PROFILE_WHAT, NULL);
	return (char *) w.data;
}

static void
report_fault(const SpkTextFault *fault)
{
	/* a long name may have been cut, but behind what spk_json_shown shows of it */
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s", "churn_profile"),
			 errdetail_internal("%s%s%s.", fault->before, spk_json_shown(fault->name), fault->after)));
}

void
spk_profile_from_json(const char *text, SpkProfileState *state)
{
	SpkJsonParser	   parser;
	SpkTextFault	   fault;
	volatile SpkStatus status = SPK_NO_MEMORY;

	if (!spk_json_parser_open(&parser, SPK_PROFILE_DEPTH))
		spk_check(SPK_NO_MEMORY, PROFILE_WHAT, NULL);
	PG_TRY();
	{
		status = spk_profile_read_text(&parser, text, strlen(text), state, &fault);
	}
	PG_FINALLY();
	{
		spk_json_parser_close(&parser);
	}
	PG_END_TRY();
	if (status == SPK_CORRUPT)
		report_fault(&fault);
	spk_check(status, PROFILE_WHAT, NULL);
}
