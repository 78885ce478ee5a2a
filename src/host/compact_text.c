/*
 * compact_text.c
 *	  The text form of values that is their bytes in base64.
 */
#include "compat.h"

#include "common/base64.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "host/compact_text.h"

/* What the text begins with.  No JSON does. */
#define MARK "base64:"

static bool compact_text = false;

void
spk_compact_text_define(void)
{
	DefineCustomBoolVariable(
		"sparkify.compact_text", "Writes profiles and models as text in base64 and not as JSON.",
		"Both are read in any case. It is for what moves values between servers.", &compact_text,
		false, PGC_USERSET, 0, NULL, NULL, NULL);
}

bool
spk_compact_text_wanted(void)
{
	return compact_text;
}

char *
spk_compact_text_write(const bytea *value)
{
	const size_t mark = strlen(MARK);
	size_t		 len = VARSIZE_ANY_EXHDR(value);
	size_t		 room = (len + 2) / 3 * 4;
	char		*text;
	int			 written;

	if (!AllocSizeIsValid(mark + room + 1))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("value of %zu bytes is too large for base64", len)));
	text = palloc(mark + room + 1);
	memcpy(text, MARK, mark);
	written = pg_b64_encode((const void *) VARDATA_ANY(value), (int) len, text + mark, (int) room);
	if (written < 0)
		elog(ERROR, "base64 of %zu bytes does not fit into %zu", len, room);
	text[mark + written] = '\0';
	return text;
}

bool
spk_is_compact_text(const char *text)
{
	return strncmp(text, MARK, strlen(MARK)) == 0;
}

bytea *
spk_compact_text_read(const char *text, const char *type)
{
	const char *encoded = text + strlen(MARK);
	size_t		len = strlen(encoded);
	size_t		room = len / 4 * 3 + 3;
	bytea	   *value = palloc(VARHDRSZ + room);
	int			n = pg_b64_decode(encoded, (int) len, (void *) VARDATA(value), (int) room);

	if (n < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", type),
				 errdetail("What follows \"%s\" is not base64.", MARK)));
	SET_VARSIZE(value, VARHDRSZ + n);
	return value;
}
