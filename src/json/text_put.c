/*
 * text_put.c
 *	  Appends what JSON text is made of.
 */
#include <string.h>

#include "core/base/calendar.h"
#include "core/base/times.h"
#include "json/text_put.h"

void
spk_put(SpkWriter *w, const char *text)
{
	spk_write_bytes(w, text, strlen(text));
}

void
spk_put_number(SpkWriter *w, int64_t number)
{
	char	 digits[20];
	char	*at = digits + sizeof(digits);
	uint64_t left = number < 0 ? 0 - (uint64_t) number : (uint64_t) number;

	do
		*--at = (char) ('0' + left % 10);
	while ((left /= 10) > 0);
	if (number < 0)
		*--at = '-';
	spk_write_bytes(w, at, (size_t) (digits + sizeof(digits) - at));
}

void
spk_put_key(SpkWriter *w, const char *key)
{
	spk_put(w, ", \"");
	spk_put(w, key);
	spk_put(w, "\": ");
}

void
spk_put_time(SpkWriter *w, const char *key, int64_t ts)
{
	char   buf[SPK_TIME_TEXT];
	size_t len;

	if (ts == SPK_NO_TIME)
		return;
	len = spk_time_text(ts, buf);
	spk_put_key(w, key);
	spk_put(w, "\"");
	spk_write_bytes(w, buf, len);
	spk_put(w, "\"");
}

void
spk_put_count(SpkWriter *w, const char *key, int64_t count)
{
	if (count == 0)
		return;
	spk_put_key(w, key);
	spk_put_number(w, count);
}

/* A character that may not stand in a string. */
static void
put_escaped(SpkWriter *w, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char named[] = "\"\\\b\f\n\r\t";
	static const char names[] = "\"\\bfnrt";
	const char		 *found = c == 0 ? NULL : strchr(named, c);
	char			  escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};

	if (found != NULL)
		escape[1] = names[found - named];
	spk_write_bytes(w, escape, found != NULL ? 2 : sizeof(escape));
}

static bool
needs_escape(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\' || c == 0x7f;
}

void
spk_put_string(SpkWriter *w, const char *text, size_t len)
{
	size_t done = 0;

	spk_put(w, "\"");
	for (size_t i = 0; i < len; i++)
		if (needs_escape((unsigned char) text[i]))
		{
			spk_write_bytes(w, text + done, i - done);
			put_escaped(w, (unsigned char) text[i]);
			done = i + 1;
		}
	spk_write_bytes(w, text + done, len - done);
	spk_put(w, "\"");
}
