/*
 * profile_encoding.c
 *	  The JSON text of profiles in the database's encoding.
 *
 * The whole text is converted, and not each name in it: JSON's own characters are
 * ASCII, which no encoding of a database has within others.
 */
#include "compat.h"

#include "catalog/namespace.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "host/pg_host.h"
#include "profiles/profile_encoding.h"
#include "profiles/profile_type.h"

/* Bytes between two looks for interrupts. */
#define POLL_BYTES 65536

/* Characters beyond ASCII that are converted at once, in bytes. */
#define RUN_BYTES 256

static bool
is_ascii(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
	{
		if (i % POLL_BYTES == POLL_BYTES - 1)
			CHECK_FOR_INTERRUPTS();
		if (IS_HIGHBIT_SET(text[i]))
			return false;
	}
	return true;
}

/* Is this text the same in UTF-8? */
static bool
needs_none(const char *text, size_t len)
{
	int encoding = GetDatabaseEncoding();

	return encoding == PG_UTF8 || encoding == PG_SQL_ASCII || is_ascii(text, len);
}

const char *
spk_profile_text_to_utf8(const char *text, size_t *len)
{
	size_t	  text_len = strlen(text);
	SpkHost	  host = spk_pg_host(CurrentMemoryContext);
	SpkWriter w = spk_writer(&host);

	*len = text_len;
	if (needs_none(text, text_len))
		return text;
	for (size_t at = 0; at < text_len;)
	{
		size_t end = Min(at + POLL_BYTES, text_len);
		char  *converted;

		/* a character of several bytes is not to be cut */
		while (end < text_len && IS_HIGHBIT_SET(text[end]))
			end++;
		converted = pg_server_to_any(text + at, (int) (end - at), PG_UTF8);
		if (converted == text + at)
			spk_write_bytes(&w, converted, end - at);
		else
		{
			spk_write_bytes(&w, converted, strlen(converted));
			pfree(converted);
		}
		at = end;
		CHECK_FOR_INTERRUPTS();
	}
	*len = w.len;
	spk_write_u8(&w, 0);
	spk_check(w.status, PROFILE_WHAT, NULL);
	return (const char *) w.data;
}

/* Bytes of the characters beyond ASCII that begin a text, as many as are converted at once. */
static int
run_length(const char *text, size_t len)
{
	size_t run = 0;

	while (run < len && IS_HIGHBIT_SET(text[run]))
	{
		size_t next = run + pg_utf_mblen((const unsigned char *) text + run);

		if (next > len || next > RUN_BYTES)
			break;
		run = next;
	}
	return (int) run;
}

/* A character as JSON escapes it: in halves when it is beyond the first 65536. */
static void
write_escape(SpkWriter *w, const char *character)
{
	unsigned int unicode = (unsigned int) utf8_to_unicode((const unsigned char *) character);
	char		 escape[13];

	if (unicode > 0xffff)
		snprintf(escape, sizeof(escape), "\\u%04x\\u%04x", 0xd800 + ((unicode - 0x10000) >> 10),
				 0xdc00 + (unicode & 0x3ff));
	else
		snprintf(escape, sizeof(escape), "\\u%04x", unicode);
	spk_write_bytes(w, escape, strlen(escape));
}

/* Appends a run of characters; those before one that the encoding lacks, and the escape of that. */
static int
write_run(SpkWriter *w, Oid conversion, const char *text, int len)
{
	char to[RUN_BYTES * MAX_CONVERSION_GROWTH + 1];
	int	 encoding = GetDatabaseEncoding();
	int	 done;

	if (len == 0)
		elog(ERROR, "text of a profile is not UTF-8");
	done = spk_convert_from_utf8(conversion, encoding, text, len, to, sizeof(to));
	if (done < len && done > 0)
		(void) spk_convert_from_utf8(conversion, encoding, text, done, to, sizeof(to));
	if (done > 0)
		spk_write_bytes(w, to, strlen(to));
	if (done == len)
		return len;
	write_escape(w, text + done);
	return done + pg_utf_mblen((const unsigned char *) text + done);
}

void
spk_profile_text_to_server(SpkWriter *w, size_t from)
{
	const char *text = (const char *) w->data;
	SpkWriter	converted = spk_writer(w->host);
	Oid			conversion;
	size_t		at = from;

	if (needs_none(text + from, w->len - from))
		return;
	conversion = FindDefaultConversionProc(PG_UTF8, GetDatabaseEncoding());
	if (!OidIsValid(conversion))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("default conversion function for encoding \"%s\" to \"%s\" does not exist",
						pg_encoding_to_char(PG_UTF8), GetDatabaseEncodingName())));
	spk_write_bytes(&converted, text, from);

	/* what is ASCII goes as it is, and is most of a text */
	while (at < w->len)
	{
		size_t begin = at;

		while (at < w->len && !IS_HIGHBIT_SET(text[at]))
			at++;
		spk_write_bytes(&converted, text + begin, at - begin);
		if (at < w->len)
			at += write_run(&converted, conversion, text + at, run_length(text + at, w->len - at));
		CHECK_FOR_INTERRUPTS();
	}
	spk_check(converted.status, PROFILE_WHAT, NULL);
	spk_release(w->host, w->data);
	*w = converted;
}
