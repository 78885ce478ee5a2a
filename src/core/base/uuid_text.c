/*
 * uuid_text.c
 *	  What PostgreSQL takes for a uuid.
 */
#include "core/base/uuid_text.h"

#define UUID_DIGITS 32

/* A table, because the digits of ids are a good part of some logs. */
static const bool is_hex[256] = {
	['0' ... '9'] = true,
	['A' ... 'F'] = true,
	['a' ... 'f'] = true,
};

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
	for (int i = 0; i < UUID_DIGITS; i++, at++)
	{
		if (i > 0 && i % 4 == 0 && at < end && *at == '-')
			at++;
		if (at >= end || !is_hex[(unsigned char) *at])
			return false;
	}
	return at == end;
}
