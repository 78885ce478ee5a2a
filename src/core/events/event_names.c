/*
 * event_names.c
 *	  Names that a log has and we do not know.
 */
#include <string.h>

#include "core/events/event_line.h"
#include "core/events/event_names.h"

/* Returns the longest length up to max at which a cut parts no character of UTF-8. */
static size_t
cut_length(const char *text, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max > 0 && ((unsigned char) text[max] & 0xC0) == 0x80)
		max--;
	return max;
}

void
spk_names_add(SpkNames *names, const char *name, size_t len)
{
	len = cut_length(name, len, SPK_NAME_BYTES);
	for (int i = 0; i < names->n; i++)
	{
		if (strlen(names->name[i]) == len && memcmp(names->name[i], name, len) == 0)
			return;
	}
	if (names->n == SPK_MAX_NAMES)
	{
		names->more = true;
		return;
	}
	memcpy(names->name[names->n], name, len);
	names->name[names->n][len] = '\0';
	names->n++;
}

void
spk_names_merge(SpkNames *names, const SpkNames *others)
{
	for (int i = 0; i < others->n; i++)
		spk_names_add(names, others->name[i], strlen(others->name[i]));
	names->more |= others->more;
}

/* Returns the place of the quote that ends the string, or the end of the line. */
static const char *
string_end(const char *quote, const char *end)
{
	const char *p = quote + 1;

	for (; p < end && *p != '"'; p++)
	{
		if (*p == '\\' && end - p > 1)
			p++;
	}
	return p;
}

void
spk_names_add_keys(SpkNames *names, const char *line, size_t len)
{
	const char *end = line + len;
	int			depth = 0;
	bool		is_key = false;

	for (const char *p = line; p < end; p++)
	{
		const char *start = p + 1;
		bool		exact;

		/*
		 * In a valid object a string is a key when it follows a brace or a comma,
		 * and a value when it follows a colon, so the line need not be parsed.
		 * Strings are skipped whole, because braces inside them mean nothing.
		 */
		switch (*p)
		{
			case '"':
				p = string_end(p, end);
				if (depth == 1 && is_key &&
					spk_event_column_of_key(start, (size_t) (p - start), &exact) ==
						SPK_EVENT_NO_COLUMN)
					spk_names_add(names, start, (size_t) (p - start));
				break;
			case '{':
			case '[':
				is_key = true;
				depth++;
				break;
			case '}':
			case ']':
				depth--;
				break;
			case ',':
				is_key = true;
				break;
			case ':':
				is_key = false;
				break;
		}
	}
}

void
spk_name_to_ascii(char *name)
{
	char *to = name;

	for (; *name != '\0'; name++)
	{
		unsigned char c = (unsigned char) *name;

		/* one "?" for a character, not one for each of its bytes */
		if ((c & 0xC0) != 0x80)
			*to++ = c < 0x20 || c >= 0x7F ? '?' : *name;
	}
	*to = '\0';
}

/*
 * Puts the letters and digits of the name into buf, in lower case.  Returns false
 * when they do not fit, and when the name has characters beyond ASCII.
 */
static bool
letters_of(const char *name, char *buf, size_t size)
{
	size_t n = 0;

	for (; *name != '\0'; name++)
	{
		char c = *name;

		if ((unsigned char) c >= 0x80)
			return false;
		if (c >= 'A' && c <= 'Z')
			c = (char) (c + ('a' - 'A'));
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
			continue;
		if (n + 1 == size)
			return false;
		buf[n++] = c;
	}
	buf[n] = '\0';
	return true;
}

int
spk_event_column_like(const char *key)
{
	char letters[SPK_KEY_BYTES];
	bool exact;
	int	 col;

	if (!letters_of(key, letters, sizeof(letters)))
		return SPK_EVENT_NO_COLUMN;
	col = spk_event_column_of_key(letters, strlen(letters), &exact);
	/* a key that differs in case alone is not like the column's, it is the column's */
	if (col != SPK_EVENT_NO_COLUMN && spk_event_column_of_key(key, strlen(key), &exact) == col)
		return SPK_EVENT_NO_COLUMN;
	return col;
}
