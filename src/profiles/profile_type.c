/*
 * profile_type.c
 *	  The SQL type churn_profile.
 */
#include "compat.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "utils/memutils.h"

#include "host/compact_text.h"
#include "host/pg_host.h"
#include "json/log_profile_text.h"
#include "profiles/profile_encoding.h"
#include "profiles/profile_json.h"
#include "profiles/profile_type.h"

PG_FUNCTION_INFO_V1(sparkify_profile_in);
PG_FUNCTION_INFO_V1(sparkify_profile_out);
PG_FUNCTION_INFO_V1(sparkify_profile_recv);
PG_FUNCTION_INFO_V1(sparkify_profile_send);
PG_FUNCTION_INFO_V1(sparkify_profile_json);

/* Room for the varlena header, before the bytes. */
static SpkWriter
begin_datum(const SpkHost *host)
{
	SpkWriter w = spk_writer(host);

	spk_write_u32(&w, 0);
	return w;
}

static bytea *
finish_datum(SpkWriter *w, SpkStatus status)
{
	spk_check(status, PROFILE_WHAT, NULL);
	if (w->len > MaxAllocSize)
		spk_check(SPK_LIMIT, PROFILE_WHAT, NULL);
	SET_VARSIZE(w->data, w->len);
	return (bytea *) w->data;
}

bytea *
spk_profile_datum(SpkProfileState *state)
{
	SpkHost	  host = spk_pg_host(CurrentMemoryContext);
	SpkWriter w = begin_datum(&host);

	return finish_datum(&w, spk_profile_encode(state, &w));
}

bytea *
spk_log_profile_datum(SpkLogProfileState *state)
{
	SpkHost	  host = spk_pg_host(CurrentMemoryContext);
	SpkWriter w = begin_datum(&host);

	return finish_datum(&w, spk_log_profile_encode(state, &w));
}

void
spk_require_music_profile(const bytea *profile, const char *function)
{
	if (spk_profile_is_of_any_log(profile))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("%s needs a profile of the music log", function),
				 errdetail("This one is of another log: it counts events by names of its own."),
				 errhint("Profiles of any log have functions of their own: churn_define_features makes features of them.")));
}

static void
refuse_mixture(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("a profile of the music log cannot be merged with one of another log"),
			 errhint("Make both with the same form of the aggregate churn_profile.")));
}

void
spk_profile_add_datum(SpkProfileState *state, const bytea *profile)
{
	if (spk_profile_is_of_any_log(profile))
		refuse_mixture();
	spk_check(spk_profile_add_profile(state, VARDATA_ANY(profile), VARSIZE_ANY_EXHDR(profile)),
			  PROFILE_WHAT, "A slice is malformed");
}

void
spk_log_profile_add_datum(SpkLogProfileState *state, const bytea *profile)
{
	if (!spk_profile_is_of_any_log(profile))
		refuse_mixture();
	spk_check(spk_log_profile_add_profile(state, VARDATA_ANY(profile), VARSIZE_ANY_EXHDR(profile)),
			  PROFILE_WHAT, "A day is malformed");
}

/* Raises this error unless the bytes from outside are a profile. */
static void
check_bytes(const void *data, size_t len, int sqlstate, const char *message)
{
	SpkHost		host = spk_pg_host(CurrentMemoryContext);
	const char *why = NULL;
	SpkStatus	status = spk_is_log_profile(data, len) ?
		  spk_log_profile_check(&host, data, len, &why) :
		  spk_profile_check(&host, data, len, &why);

	if (status == SPK_CORRUPT)
		ereport(ERROR,
				(errcode(sqlstate),
				 errmsg("%s", message),
				 errdetail("%s.", why)));
	spk_check(status, PROFILE_WHAT, NULL);
}

/* The profile that a text of the music log says. */
static bytea *
profile_from_text(const char *text, size_t len)
{
	SpkHost			host = spk_pg_host(CurrentMemoryContext);
	SpkProfileState state;

	spk_profile_init(&state, &host);
	spk_profile_from_json(text, len, &state);
	if (spk_profile_is_empty(&state))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", "churn_profile"),
				 errdetail("A profile has at least one slice.")));
	return spk_profile_datum(&state);
}

/* Likewise of any other log. */
static bytea *
log_profile_from_text(const char *text, size_t len)
{
	SpkHost			   host = spk_pg_host(CurrentMemoryContext);
	SpkDictionary	   names;
	SpkLogProfileState state;

	spk_dictionary_init(&names, &host, SPK_OWN_NAMES);
	spk_log_profile_init(&state, &names);
	spk_log_profile_from_json(text, len, &state);
	if (spk_log_profile_is_empty(&state))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", "churn_profile"),
				 errdetail("A profile has at least one day.")));
	return spk_log_profile_datum(&state);
}

/* The profile that the JSON says, which is in the encoding of the database. */
static bytea *
profile_from_json(const char *json)
{
	size_t		len;
	const char *text = spk_profile_text_to_utf8(json, &len);

	return spk_is_log_profile_text(text, len) ? log_profile_from_text(text, len) :
												profile_from_text(text, len);
}

Datum
sparkify_profile_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	bytea	   *result = spk_is_compact_text(text) ? spk_compact_text_read(text, "churn_profile") :
													 profile_from_json(text);

	check_bytes(VARDATA(result), VARSIZE(result) - VARHDRSZ, ERRCODE_INVALID_TEXT_REPRESENTATION,
				"invalid input syntax for type churn_profile");
	PG_RETURN_BYTEA_P(result);
}

Datum
sparkify_profile_out(PG_FUNCTION_ARGS)
{
	bytea *profile = PG_GETARG_PROFILE_PP(0);

	PG_RETURN_CSTRING(spk_compact_text_wanted() ? spk_compact_text_write(profile) :
												  spk_profile_to_cstring(profile));
}

Datum
sparkify_profile_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			len = buf->len - buf->cursor;
	const char *bytes = pq_getmsgbytes(buf, len);
	bytea	   *result;

	check_bytes(bytes, (size_t) len, ERRCODE_INVALID_BINARY_REPRESENTATION,
				"invalid binary churn profile");
	result = palloc(VARHDRSZ + len);
	SET_VARSIZE(result, VARHDRSZ + len);
	memcpy(VARDATA(result), bytes, len);
	PG_RETURN_BYTEA_P(result);
}

Datum
sparkify_profile_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(PG_GETARG_PROFILE_PP(0));
}

/* sparkify_profile_json(churn_profile): the cast to json, which has the bytes of its text. */
Datum
sparkify_profile_json(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(spk_profile_to_json(PG_GETARG_PROFILE_PP(0)));
}
