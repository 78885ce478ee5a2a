/*
 * utf8.c
 *	  What is valid UTF-8 for PostgreSQL.
 */
#include <stdint.h>
#include <string.h>

#include "core/base/utf8.h"

#define HIGH_BITS UINT64_C(0x8080808080808080)
#define LOW_BITS  UINT64_C(0x0101010101010101)

/*
 * Are all of the 8 bytes in 1 .. 127?  Subtracting 1 sets the high bit of a byte
 * that is 0, and a borrow comes only from such a byte.
 */
static bool
is_ascii8(const unsigned char *p)
{
	uint64_t bytes;

	memcpy(&bytes, p, sizeof(bytes));
	return ((bytes | (bytes - LOW_BITS)) & HIGH_BITS) == 0;
}

static bool
in_range(unsigned char byte, unsigned char low, unsigned char high)
{
	return byte >= low && byte <= high;
}

/*
 * Returns the length of the character at p, where left bytes are left; 0 when they
 * do not begin with a character.
 */
static size_t
character_length(const unsigned char *p, size_t left)
{
	unsigned char low = 0x80;
	unsigned char high = 0xBF;
	size_t		  length;

	if (in_range(p[0], 0x01, 0x7F))
		return 1;
	if (in_range(p[0], 0xC2, 0xDF))
		length = 2;
	else if (in_range(p[0], 0xE0, 0xEF))
		length = 3;
	else if (in_range(p[0], 0xF0, 0xF4))
		length = 4;
	else
		return 0;

	/*
	 * Narrower bounds of the second byte leave out overlong forms, surrogates, and
	 * what is above U+10FFFF (RFC 3629, section 4).
	 */
	if (p[0] == 0xE0)
		low = 0xA0;
	else if (p[0] == 0xED)
		high = 0x9F;
	else if (p[0] == 0xF0)
		low = 0x90;
	else if (p[0] == 0xF4)
		high = 0x8F;

	if (left < length || !in_range(p[1], low, high))
		return 0;
	for (size_t i = 2; i < length; i++)
	{
		if (!in_range(p[i], 0x80, 0xBF))
			return 0;
	}
	return length;
}

bool
spk_utf8_valid(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *) text;
	const unsigned char *end = p + len;

	while (p < end)
	{
		size_t length;

		if (end - p >= 8 && is_ascii8(p))
		{
			p += 8;
			continue;
		}
		length = character_length(p, (size_t) (end - p));
		if (length == 0)
			return false;
		p += length;
	}
	return true;
}

size_t
spk_utf8_whole(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *) text;
	size_t				 start = len;
	size_t				 wanted;

	while (start > 0 && len - start < 3 && in_range(p[start - 1], 0x80, 0xBF))
		start--;
	if (start == 0 || p[start - 1] < 0xC0)
		return len;
	start--;
	wanted = p[start] < 0xE0 ? 2 : p[start] < 0xF0 ? 3 : 4;
	return len - start < wanted ? start : len;
}
