/*
 * json_pieces.c
 *	  Long JSON text, one piece after the other.
 */
#include <string.h>

#include "core/base/invariant.h"
#include "json/json_pieces.h"

static const char not_json[] = "The text is not JSON";

/* The longest key, as it is written: no text need be searched to its end for a quote. */
#define KEY_BYTES 65536

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
	const char	*limit;

	if (c->fault != NULL)
		return key;
	skip_space(c);
	limit = c->end - c->at > KEY_BYTES ? c->at + KEY_BYTES : c->end;
	if (c->at < c->end && *c->at == '"')
		behind = skip_string(c->at, limit);
	if (behind == NULL)
	{
		fail(c, limit < c->end && *c->at == '"' ? "A key is too long" : not_json);
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

/* The UTF-16 unit that is escaped at at; -1 when none is. */
static int
escaped_unit(const char *at, const char *end)
{
	int unit = 0;

	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++)
	{
		const char *digit = at[i] == '\0' ? NULL : strchr("0123456789abcdefABCDEF", at[i]);

		if (digit == NULL)
			return -1;
		unit = unit * 16 + (at[i] <= '9' ? at[i] - '0' : (at[i] | 0x20) - 'a' + 10);
	}
	return unit;
}

/* The length of the escape at at.  *fault says what json-c should not have taken. */
static size_t
skip_escape(const char *at, const char *end, const char **fault)
{
	int unit = escaped_unit(at, end);

	if (unit == 0)
		*fault = "A string holds a zero byte";
	if (unit < 0xd800 || unit >= 0xe000)
		return 2;
	/* the first half of a pair makes sense before the second, and nothing else does */
	if (unit < 0xdc00 && (escaped_unit(at + 6, end) & 0xfc00) == 0xdc00)
		return 12;
	*fault = "A string holds half of a character";
	return 2;
}

const char *
spk_json_piece_fault(SpkJsonPiece piece)
{
	const char *end = piece.at + piece.len;
	const char *at = piece.at;
	const char *fault = NULL;
	bool		in_string = false;

	while (at < end && fault == NULL)
	{
		if (*at == '\\')
		{
			at += skip_escape(at, end, &fault);
			continue;
		}
		if (*at == '"')
			in_string = !in_string;
		else if (*at == '\'' && !in_string)
			fault = "A string is in single quotes";
		at++;
	}
	return fault;
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
