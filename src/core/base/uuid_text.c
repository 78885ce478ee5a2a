/*
 * uuid_text.c
 *	  What PostgreSQL takes for a uuid.
 */
#include "core/base/uuid_text.h"

#define DIGITS 32

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool
spk_uuid_valid(const char *text, size_t len)
{
	const char *at = text;
	const char *end = text + len;
	bool		braces = len > 0 && *text == '{';

	if (braces)
	{
		at++;
		if (*--end != '}')
			return false;
	}
	for (int i = 0; i < DIGITS; i++, at++)
	{
		if (i > 0 && i % 4 == 0 && at < end && *at == '-')
			at++;
		if (at >= end || !is_hex(*at))
			return false;
	}
	return at == end;
}
