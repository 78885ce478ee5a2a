/*
 * model_text.c
 *	  Takes a model's JSON text apart before it is parsed.
 */
#include <string.h>

#include "json/model_text.h"

/* The steps that a scan takes between two looks for cancellation. */
#define POLL_STEPS 0x10000

static const char *
skip_space(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
		at++;
	return at;
}

/* The place behind the string that opens at at, or end. */
static const char *
skip_string(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		if (*at == '\\')
			at++;
	return at < end ? at + 1 : end;
}

/* The bracket that closes the one at at; NULL when there is none, or the host wants to stop. */
static const char *
closing_bracket(const SpkHost *host, const char *at, const char *end)
{
	size_t depth = 0;
	size_t steps = 0;

	while (at < end)
	{
		if (++steps % POLL_STEPS == 0 && spk_cancelled(host))
			return NULL;
		if (*at == '"')
		{
			at = skip_string(at, end);
			continue;
		}
		if (*at == '[' || *at == '{')
			depth++;
		else if ((*at == ']' || *at == '}') && --depth == 0)
			return at;
		at++;
	}
	return NULL;
}

/* The inside of the array, if a colon and an array follow a key that ends here. */
static SpkText
array_behind_key(const SpkHost *host, const char *at, const char *end)
{
	SpkText		inside = {NULL, NULL};
	const char *close;

	at = skip_space(at, end);
	if (at == end || *at != ':')
		return inside;
	at = skip_space(at + 1, end);
	if (at == end || *at != '[')
		return inside;
	close = closing_bracket(host, at, end);
	if (close != NULL)
	{
		inside.at = at + 1;
		inside.end = close;
	}
	return inside;
}

SpkText
spk_text_array(const SpkHost *host, SpkText text, const char *key)
{
	SpkText		inside = {NULL, NULL};
	size_t		len = strlen(key);
	const char *at = skip_space(text.at, text.end);

	if (at == text.end || *at != '{')
		return inside;
	at++;
	while (at < text.end && inside.at == NULL)
	{
		const char *start = at;

		/* a string of this spelling may be a value, too, but then no colon follows it */
		if (*at == '"')
		{
			at = skip_string(at, text.end);
			if ((size_t) (at - start) == len + 2 && memcmp(start + 1, key, len) == 0)
				inside = array_behind_key(host, at, text.end);
		}
		else if (*at == '[' || *at == '{')
		{
			at = closing_bracket(host, at, text.end);
			if (at == NULL)
				break;
		}
		else
			at++;
	}
	return inside;
}

bool
spk_text_next(SpkTextList *list, SpkText *element)
{
	const char *end = list->rest.end;
	const char *at = skip_space(list->rest.at, end);
	const char *close = NULL;

	if (at == end || list->bad)
		return false;
	if (list->started)
	{
		list->bad = *at != ',';
		at = skip_space(at + 1, end);
	}
	if (at < end && (*at == '[' || *at == '{'))
		close = closing_bracket(list->host, at, end);
	list->bad |= close == NULL;
	if (list->bad)
		return false;
	list->started = true;
	list->rest.at = close + 1;
	element->at = at;
	element->end = close + 1;
	return true;
}

int
spk_text_count_keys(SpkText text)
{
	int n = 0;

	while (text.at < text.end)
		if (*text.at == '"')
			text.at = skip_string(text.at, text.end);
		else
			n += *text.at++ == ':';
	return n;
}

size_t
spk_text_count_values(SpkText text)
{
	size_t n = 1;

	while (text.at < text.end)
		if (*text.at == '"')
			text.at = skip_string(text.at, text.end);
		else
		{
			n += *text.at == ',' || *text.at == '[' || *text.at == '{';
			text.at++;
		}
	return n;
}

const char *
spk_text_fault(const SpkHost *host, SpkText text)
{
	bool   in_string = false;
	size_t steps = 0;

	for (const char *at = text.at; at < text.end; at++)
	{
		if (++steps % POLL_STEPS == 0 && spk_cancelled(host))
			return NULL;
		if (*at == '"')
			in_string = !in_string;
		else if (*at == '\'' && !in_string)
			return "A string is in single quotes";
		else if (*at == '\0')
			return "A string holds a zero byte";
		else if (*at == '\\')
		{
			if (text.end - at >= 6 && memcmp(at, "\\u0000", 6) == 0)
				return "A string holds a zero byte";
			at++;
		}
	}
	return NULL;
}
