/*
 * column_name.c
 *	  A name of events as a part of a column's name.
 */
#include "core/profiles/column_name.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What a slug begins with when nothing of the text may begin it. */
#define PREFIX "event"

/* The character at text, of valid UTF-8, and how many bytes it has. */
static uint32_t
character(const char *text, size_t *bytes)
{
	const uint8_t *at = (const uint8_t *) text;
	uint32_t	   c = at[0];

	*bytes = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	if (*bytes > 1)
		c &= 0x7f >> *bytes;
	for (size_t i = 1; i < *bytes; i++)
		c = c << 6 | (at[i] & 0x3f);
	return c;
}

/*
 * May it stand in a column's name?  Beyond ASCII all may but controls, spaces,
 * marks of direction and of zero width, and what is no character.
 */
static bool
may_stand(uint32_t c)
{
	if (c < 0x80)
		return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	return !(c <= 0xbf || c == 0xd7 || c == 0xf7 || c == 0x61c || c == 0x1680 || c == 0x180e ||
			 (c >= 0x2000 && c <= 0x206f) || c == 0x3000 || (c >= 0xe000 && c <= 0xf8ff) ||
			 c == 0xfeff || (c >= 0xfff0 && c <= 0xffff) || c >= 0xe0000);
}

size_t
spk_column_slug(const char *text, size_t len, char slug[SPK_SLUG_BYTES + 1])
{
	size_t n = 0;
	bool   is_apart = false; /* something was left out since the last character */

	for (size_t at = 0, bytes; at < len; at += bytes)
	{
		uint32_t c = character(text + at, &bytes);
		bool	 is_digit = c >= '0' && c <= '9';

		if (!may_stand(c))
		{
			is_apart = true;
			continue;
		}
		/* a digit at the beginning would need quotes */
		if (n == 0 && is_digit)
		{
			memcpy(slug, PREFIX, strlen(PREFIX));
			n = strlen(PREFIX);
			is_apart = true;
		}
		if (n + (n > 0 && is_apart) + bytes > SPK_SLUG_BYTES)
			break;
		if (n > 0 && is_apart)
			slug[n++] = '_';
		is_apart = false;
		memcpy(slug + n, text + at, bytes);
		if (c >= 'A' && c <= 'Z')
			slug[n] = (char) (c - 'A' + 'a');
		n += bytes;
	}
	if (n == 0)
	{
		memcpy(slug, PREFIX, strlen(PREFIX));
		n = strlen(PREFIX);
	}
	slug[n] = '\0';
	return n;
}
