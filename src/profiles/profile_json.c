/*
 * profile_json.c
 *	  Profiles as JSON text: src/json with PostgreSQL's memory and errors.
 */
#include "compat.h"

#include "utils/memutils.h"

#include "core/base/utf8.h"
#include "host/pg_host.h"
#include "json/log_profile_text.h"
#include "profiles/profile_encoding.h"
#include "profiles/profile_json.h"
#include "profiles/profile_type.h"

/* The most bytes of a user's text in a message. */
#define MAX_SHOWN 63

/* Writes the text, behind room for a varlena's length if that is asked for. */
static SpkWriter
write_text(const SpkHost *host, const bytea *profile, bool with_length)
{
	const void *data = VARDATA_ANY(profile);
	size_t		len = VARSIZE_ANY_EXHDR(profile);
	SpkWriter	w = spk_writer(host);
	const char *why = NULL;
	SpkStatus	status;

	if (with_length)
		spk_write_u32(&w, 0);
	status = spk_is_log_profile(data, len) ? spk_log_profile_write_text(host, data, len, &w, &why) :
											 spk_profile_write_text(host, data, len, &w, &why);
	spk_check(status, PROFILE_WHAT, why);
	spk_profile_text_to_server(&w, with_length ? sizeof(uint32) : 0);
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

/* What a fault quotes, which may be cut within a character: of UTF-8 for the database's reader. */
static const char *
quoted(const SpkHost *host, const char *name)
{
	SpkWriter	w = spk_writer(host);
	const char *text;

	spk_write_bytes(&w, name, spk_utf8_whole(name, strlen(name)));
	spk_profile_text_to_server(&w, 0);
	spk_write_u8(&w, 0);
	spk_check(w.status, PROFILE_WHAT, NULL);
	text = (const char *) w.data;
	/* the beginning, cut between characters */
	return pnstrdup(text, pg_mbcliplen(text, (int) strlen(text), MAX_SHOWN));
}

static void
report_fault(const SpkHost *host, const SpkTextFault *fault)
{
	/* a long name may have been cut, but behind what is shown of it */
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s", "churn_profile"),
			 errdetail_internal("%s%s%s.", fault->before, quoted(host, fault->name), fault->after)));
}

/* Reads the text into the one or the other state. */
static void
read_text(const char *text, size_t len, SpkProfileState *state, SpkLogProfileState *log_state)
{
	SpkHost			   host = spk_pg_host(CurrentMemoryContext);
	SpkJsonParser	   parser;
	SpkTextFault	   fault;
	volatile SpkStatus status = SPK_NO_MEMORY;

	if (!spk_json_parser_open(&parser, SPK_PROFILE_DEPTH))
		spk_check(SPK_NO_MEMORY, PROFILE_WHAT, NULL);
	PG_TRY();
	{
		if (state != NULL)
			status = spk_profile_read_text(&parser, text, len, state, &fault);
		else
			status = spk_log_profile_read_text(&parser, text, len, log_state, &fault);
	}
	PG_FINALLY();
	{
		spk_json_parser_close(&parser);
	}
	PG_END_TRY();
	if (status == SPK_CORRUPT)
		report_fault(&host, &fault);
	spk_check(status, PROFILE_WHAT, NULL);
}

void
spk_profile_from_json(const char *text, size_t len, SpkProfileState *state)
{
	read_text(text, len, state, NULL);
}

void
spk_log_profile_from_json(const char *text, size_t len, SpkLogProfileState *state)
{
	read_text(text, len, NULL, state);
}
