/*
 * json_string.c
 *	  The texts that stand in valid JSON.
 */
#include <stdint.h>
#include <string.h>

#include "core/events/line_escape.h"
#include "json/json_string.h"

#define REPLACEMENT 0xFFFD

/* The character of the escape \uXXXX at *p, or of a pair of them; moves *p behind. */
static int32_t
take_unicode(const char **p, const char *end, bool *lone)
{
	int32_t code = spk_line_hex4(*p + 2);
	int32_t low;

	*p += 6;
	if (code < 0xD800 || code > 0xDFFF)
		return code;
	if (code < 0xDC00 && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u')
	{
		low = spk_line_hex4(*p + 2);
		if (low >= 0xDC00 && low <= 0xDFFF)
		{
			*p += 6;
			return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
		}
	}
	if (lone != NULL)
		*lone = true;
	return REPLACEMENT;
}

size_t
spk_json_unescape(const char *start, const char *end, char *to, bool *lone)
{
	char *first = to;

	while (start < end)
	{
		const char *backslash = memchr(start, '\\', (size_t) (end - start));
		size_t		plain = (size_t) ((backslash != NULL ? backslash : end) - start);

		memmove(to, start, plain);
		to += plain;
		start += plain;
		if (backslash == NULL)
			break;
		if (start[1] == 'u')
			to = spk_line_put_character(to, take_unicode(&start, end, lone));
		else
		{
			*to++ = spk_line_unescaped_byte(start[1]);
			start += 2;
		}
	}
	return (size_t) (to - first);
}

const char *
spk_json_string_end(const char *quote, const char *end)
{
	const char *p = quote + 1;

	for (; p < end && *p != '"'; p++)
	{
		if (*p == '\\')
			p++;
	}
	return p < end ? p + 1 : end;
}

static bool
is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const char *
spk_json_skip_white(const char *at, const char *end)
{
	while (at < end && is_white(*at))
		at++;
	return at;
}

const char *
spk_json_value_end(const char *at, const char *end)
{
	int depth = 0;

	if (*at == '"')
		return spk_json_string_end(at, end);
	if (*at != '{' && *at != '[')
	{
		while (at < end && !is_white(*at) && *at != ',' && *at != '}' && *at != ']')
			at++;
		return at;
	}
	while (at < end)
	{
		if (*at == '"')
		{
			at = spk_json_string_end(at, end);
			continue;
		}
		depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
		at++;
		if (depth == 0)
			break;
	}
	return at;
}
