/*
 * json_pieces.c
 *	  Long JSON text, one piece after the other.
 */
#include <string.h>

#include "core/base/invariant.h"
#include "json/json_pieces.h"

static const char not_json[] = "The text is not JSON";

#ifdef SPK_CHECK_INVARIANTS

/* Checks all that is true of a cursor between two calls. */
static void
check_cursor(const SpkJsonCursor *c)
{
	spk_assert(c->start <= c->at && c->at <= c->end);
	spk_assert(!c->too_long || c->fault != NULL);
	if (c->opened)
	{
		spk_assert(c->fault == NULL && c->at > c->start);
		spk_assert(c->at[-1] == '{' || c->at[-1] == '[');
	}
}

/* The same, and that the piece that was just read lies before the cursor, or is empty after a fault. */
static void
check_read(const SpkJsonCursor *c, SpkJsonPiece piece)
{
	check_cursor(c);
	spk_assert((piece.len == 0) == (c->fault != NULL));
	spk_assert(piece.len == 0 || (piece.at >= c->start && piece.at + piece.len <= c->at));
}

#else
#define check_cursor(c)		 ((void) 0)
#define check_read(c, piece) ((void) 0)
#endif

static void
skip_space(SpkJsonCursor *c)
{
	while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\n' || *c->at == '\r'))
		c->at++;
}

static bool
fail(SpkJsonCursor *c, const char *fault)
{
	if (c->fault == NULL)
		c->fault = fault;
	return false;
}

/* Moves behind this character, which must come next. */
static bool
expect(SpkJsonCursor *c, char wanted)
{
	if (c->fault != NULL)
		return false;
	skip_space(c);
	if (c->at == c->end || *c->at != wanted)
		return fail(c, not_json);
	c->at++;
	return true;
}

bool
spk_json_open(SpkJsonCursor *c, char bracket)
{
	check_cursor(c);
	if (c->fault == NULL)
	{
		skip_space(c);
		if (c->at < c->end && *c->at != bracket && strchr("{[\"-0123456789tfn", *c->at) != NULL)
			return fail(c, bracket == '{' ? "An object is expected" : "An array is expected");
	}
	c->opened = expect(c, bracket);
	return c->opened;
}

bool
spk_json_next(SpkJsonCursor *c, char closing_bracket)
{
	bool is_first = c->opened;

	check_cursor(c);
	if (c->fault != NULL)
		return false;
	c->opened = false;
	skip_space(c);
	if (c->at < c->end && *c->at == closing_bracket)
	{
		c->at++;
		return false;
	}
	return is_first || expect(c, ',');
}

/* The place behind the string that opens at at; NULL when it does not end before end. */
static const char *
skip_string(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		if (*at == '\\')
			at++;
	return at < end ? at + 1 : NULL;
}

SpkJsonPiece
spk_json_key(SpkJsonCursor *c)
{
	SpkJsonPiece key = {NULL, 0};
	const char	*behind = NULL;

	if (c->fault != NULL)
		return key;
	skip_space(c);
	if (c->at < c->end && *c->at == '"')
		behind = skip_string(c->at, c->end);
	if (behind == NULL)
	{
		fail(c, not_json);
		return key;
	}
	key.at = c->at;
	key.len = (size_t) (behind - c->at);
	c->at = behind;
	if (!expect(c, ':'))
		key.len = 0;
	check_read(c, key);
	return key;
}

/* The place behind the bracket that closes the one at at; NULL when there is none. */
static const char *
skip_brackets(const char *at, const char *end)
{
	int depth = 0;

	while (at != NULL && at < end)
	{
		if (*at == '"')
		{
			at = skip_string(at, end);
			continue;
		}
		if (*at == '[' || *at == '{')
			depth++;
		else if ((*at == ']' || *at == '}') && --depth == 0)
			return at + 1;
		at++;
	}
	return NULL;
}

/* The place behind a number, true, false or null. */
static const char *
skip_word(const char *at, const char *end)
{
	while (at < end && strchr(",]} \t\r\n", *at) == NULL)
		at++;
	return at;
}

SpkJsonPiece
spk_json_value(SpkJsonCursor *c, size_t max)
{
	SpkJsonPiece value = {NULL, 0};
	const char	*behind;
	const char	*limit;

	if (c->fault != NULL)
		return value;
	skip_space(c);
	/* one byte more than is allowed, so that a value that is too long is seen to be */
	limit = (size_t) (c->end - c->at) > max ? c->at + max + 1 : c->end;
	if (c->at == c->end)
		behind = NULL;
	else if (*c->at == '"')
		behind = skip_string(c->at, limit);
	else if (*c->at == '[' || *c->at == '{')
		behind = skip_brackets(c->at, limit);
	else
		behind = skip_word(c->at, limit);
	if (behind == NULL ? limit < c->end : (size_t) (behind - c->at) > max)
	{
		c->too_long = true;
		fail(c, "A value is too long");
	}
	else if (behind == NULL || behind == c->at)
		fail(c, not_json);
	else
	{
		value.at = c->at;
		value.len = (size_t) (behind - c->at);
		c->at = behind;
	}
	check_read(c, value);
	return value;
}

void
spk_json_finish(SpkJsonCursor *c)
{
	check_cursor(c);
	if (c->fault != NULL)
		return;
	skip_space(c);
	if (c->at < c->end)
		fail(c, "There is more behind the JSON text");
}

bool
spk_json_is_key(SpkJsonPiece key, const char *name)
{
	size_t len = strlen(name);

	return key.len == len + 2 && memcmp(key.at + 1, name, len) == 0;
}

const char *
spk_json_piece_fault(SpkJsonPiece piece)
{
	const char *end = piece.at + piece.len;
	bool		in_string = false;

	for (const char *at = piece.at; at < end; at++)
	{
		if (*at == '"')
			in_string = !in_string;
		else if (*at == '\'' && !in_string)
			return "A string is in single quotes";
		else if (*at == '\\')
		{
			if (end - at >= 6 && memcmp(at, "\\u0000", 6) == 0)
				return "A string holds a zero byte";
			at++;
		}
	}
	return NULL;
}

int
spk_json_count_keys(SpkJsonPiece piece)
{
	const char *at = piece.at;
	const char *end = piece.at + piece.len;
	int			n = 0;

	while (at != NULL && at < end)
		if (*at == '"')
			at = skip_string(at, end);
		else
			n += *at++ == ':';
	return n;
}
