/*
 * line_check.c
 *	  What must be refused in a line before json-c sees it.
 *
 * Even json-c's strict mode takes some things that are not JSON, and each version
 * takes others.
 */
#include <ctype.h>
#include <string.h>

#include "core/base/utf8.h"
#include "json/line_check.h"

/*
 * The most values of a line.  json-c takes some hundred bytes for each value, so
 * without this limit a line of a few megabytes could take gigabytes, which no
 * limit of the server counts.
 */
#define LINE_VALUES 100000

bool
spk_invalid_json(const char *reason, size_t at, SpkEventFault *fault)
{
	return spk_fault(fault, SPK_FAULT_SYNTAX, "invalid JSON at byte %zu: %s", at + 1, reason);
}

/*
 * Moves *p from the opening quote to the place behind the string, or to end when
 * nothing closes it.  Refuses control characters, and U+0000, which would also
 * cut a key short.
 */
static bool
skip_string(const char *line, const char **p, const char *end, SpkEventFault *fault)
{
	const char *at;

	for (at = *p + 1; at < end && *at != '"'; at++)
	{
		if ((unsigned char) *at < 0x20)
			return spk_invalid_json("control character in a string", at - line, fault);
		if (*at != '\\')
			continue;
		if (end - at >= 6 && memcmp(at + 1, "u0000", 5) == 0)
			return spk_fault(fault, SPK_FAULT_NULL_CHARACTER,
							 "\\u0000 at byte %zu cannot be converted to text",
							 (size_t) (at - line) + 1);
		at++;
	}
	*p = at < end ? at + 1 : end;
	return true;
}

static bool
skip_digits(const char **p, const char *end)
{
	const char *start = *p;

	while (*p < end && isdigit((unsigned char) **p))
		(*p)++;
	return *p > start;
}

/* Moves *p behind a number; false when it is not one by JSON's grammar. */
static bool
skip_number(const char **p, const char *end)
{
	const char *start;

	if (**p == '-')
		(*p)++;
	start = *p;
	if (!skip_digits(p, end) || (*start == '0' && *p - start > 1))
		return false;
	if (*p < end && **p == '.')
	{
		(*p)++;
		if (!skip_digits(p, end))
			return false;
	}
	if (*p < end && (**p == 'e' || **p == 'E'))
	{
		(*p)++;
		if (*p < end && (**p == '+' || **p == '-'))
			(*p)++;
		return skip_digits(p, end);
	}
	return true;
}

/* Does a value follow?  It does behind a comma, and behind a bracket that is not closed at once. */
static bool
begins_value(const char *p, const char *end)
{
	if (*p == '{' || *p == '[')
		return p + 1 < end && p[1] != '}' && p[1] != ']';
	return *p == ',';
}

/*
 * Refuses what json-c would let pass in strings and numbers, single quotes, NaN
 * and Infinity, and lines of more values than an event can have.
 */
static bool
check_tokens(const char *line, const char *end, SpkEventFault *fault)
{
	const char *p = line;
	int			values = 0;

	while (p < end)
	{
		const char *token = p;

		if (*p == '"')
		{
			if (!skip_string(line, &p, end, fault))
				return false;
		}
		else if (*p == '-' || isdigit((unsigned char) *p))
		{
			if (!skip_number(&p, end))
				return spk_invalid_json("malformed number", token - line, fault);
		}
		/* outside of strings these begin what other languages take for JSON */
		else if (*p == '\'' || *p == 'N' || *p == 'I')
			return spk_invalid_json("unexpected character", token - line, fault);
		else
		{
			values += begins_value(p, end);
			if (values > LINE_VALUES)
				return spk_fault(fault, SPK_FAULT_LIMIT, "line has more than %d values",
								 LINE_VALUES);
			p++;
		}
	}
	return true;
}

bool
spk_check_line(const char *line, size_t len, SpkEventFault *fault)
{
	const char *end = line + len;
	const char *p = line;

	if (!spk_utf8_valid(line, len))
		return spk_fault(fault, SPK_FAULT_ENCODING,
						 memchr(line, '\0', len) != NULL ?
							 "null byte" :
							 "invalid byte sequence for encoding \"UTF8\"");
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	if (p == end || *p != '{')
		return spk_fault(fault, SPK_FAULT_SYNTAX, "not a JSON object");
	return check_tokens(line, end, fault);
}
