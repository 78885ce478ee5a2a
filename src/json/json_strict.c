/*
 * json_strict.c
 *	  Parses JSON text into json-c's objects, by the strict grammar, whichever
 *	  version of json-c is there.
 *
 * The strict mode of json-c 0.18 refuses strings with bytes above 127, which it
 * takes for control characters where char is signed, and integers that 64 bits
 * cannot hold.  Both are JSON, and other versions take them.  So where a probe
 * finds such a json-c, it gets these strings and integers in its lenient mode.
 * They are known to be well-formed, so the mode makes no other difference.
 *
 * json-c up to 0.16 does not look at whether it got memory: it loses members,
 * calls half a value whole, or crashes on a key that it could not copy.  So the
 * memory that a piece of text may take is asked for and given back before it
 * is parsed, and afterwards errno shows whether malloc had none.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/invariant.h"
#include "json/json_strict.h"

/* Bytes of a long text that are parsed between two looks for cancellation. */
#define CHUNK_BYTES (128 * 1024)

#define LENIENT 0

/* The fewest digits of an integer that 64 bits cannot hold. */
#define MANY_DIGITS 19

/*
 * Upper bounds of the memory that json-c takes: for a new table or array; for
 * each member or element, with the growth that it causes and with its key; and
 * for each byte of the text, which may be at the same time in the buffer for
 * strings, in a larger one that takes its place, and in a value.
 */
#define CONTAINER_BYTES 1024
#define MEMBER_BYTES	320
#define BYTES_PER_BYTE	5
#define PARSE_BYTES		4096

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_in_number(char c)
{
	return is_digit(c) || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E';
}

/*
 * The place behind the string that begins with this quote.  The string is
 * difficult when it has bytes above 127 but no control characters: with those it
 * is not JSON, and the strict mode is right to refuse it.
 */
static const char *
skip_string(const char *p, const char *end, bool *is_difficult)
{
	bool is_ascii = true;
	bool has_control = false;

	for (p++; p < end && *p != '"'; p++)
	{
		if (*p == '\\' && end - p > 1)
			p++;
		is_ascii &= (unsigned char) *p < 0x80;
		has_control |= (unsigned char) *p < 0x20;
	}
	*is_difficult = !is_ascii && !has_control;
	return p < end ? p + 1 : end;
}

/*
 * The place behind a number.  An integer with many digits is difficult.  It takes
 * the byte that follows along, since json-c looks at its value only then.
 */
static const char *
skip_number(const char *p, const char *end, bool *is_difficult)
{
	const char *digits = *p == '-' ? p + 1 : p;
	const char *behind = digits;

	while (behind < end && is_digit(*behind))
		behind++;
	*is_difficult = behind - digits >= MANY_DIGITS && *digits != '0' && behind < end &&
		(*behind == ',' || *behind == ']' || *behind == '}' || is_white(*behind));
	if (*is_difficult)
		return behind + 1;
	while (p < end && is_in_number(*p))
		p++;
	return p;
}

/*
 * The end of the next piece that json-c can have in one mode: one difficult
 * token, or everything before the next one.
 */
static const char *
next_piece(const SpkJsonParser *parser, const char *start, const char *end, int *flags)
{
	const char *p = start;

	*flags = JSON_TOKENER_STRICT;
	if (!parser->is_fussy)
		return end;
	while (p < end && (p - start < CHUNK_BYTES || is_in_number(p[-1])))
	{
		const char *token = p;
		bool		is_difficult = false;

		if (*p == '"')
			p = skip_string(p, end, &is_difficult);
		else if (*p == '-' || is_digit(*p))
			p = skip_number(p, end, &is_difficult);
		else
			p++;
		/* directly behind a number no token can begin, and the number must not be cut */
		if (!is_difficult || (token > start && is_in_number(token[-1])))
			continue;
		if (token > start)
			return token;
		*flags = LENIENT;
		return p;
	}
	return p;
}

/*
 * Where to cut a long piece.  Numbers are not cut, because json-c misreads one
 * that comes in two pieces.
 */
static size_t
chunk_length(const char *piece, size_t len)
{
	size_t cut = CHUNK_BYTES;

	if (len <= CHUNK_BYTES)
		return len;
	while (cut < len && is_in_number(piece[cut - 1]))
		cut++;
	return cut;
}

/* The memory that json-c may allocate for a piece, which follows those counted before. */
static size_t
memory_for(SpkJsonParser *parser, const char *piece, size_t len)
{
	size_t containers = 0;
	size_t members = 0;

	for (size_t i = 0; i < len; i++)
	{
		char c = piece[i];

		if (parser->is_escaped)
			parser->is_escaped = false;
		else if (c == '"')
			parser->in_string = !parser->in_string;
		else if (parser->in_string)
			parser->is_escaped = c == '\\';
		else
		{
			containers += c == '{' || c == '[';
			members += c == ',' || c == ':';
		}
	}
	return PARSE_BYTES + BYTES_PER_BYTE * (parser->at + len) + CONTAINER_BYTES * containers +
		MEMBER_BYTES * members;
}

static bool
has_memory(size_t bytes)
{
	/* volatile, or the compiler would leave out memory that nobody writes to */
	void *volatile memory = malloc(bytes);

	free(memory);
	return memory != NULL;
}

/*
 * One call of json-c's parser.  Older versions show a lack of memory by errno
 * only.  Newer ones have a code for it, which the header at hand may not know, so
 * it is recognised by its description.
 */
static enum json_tokener_error
call_json_c(SpkJsonParser *parser, const char *piece, size_t len, struct json_object **value)
{
	enum json_tokener_error error;

	errno = 0;
	*value = json_tokener_parse_ex(parser->tokener, piece, (int) len);
	error = json_tokener_get_error(parser->tokener);
	if (errno != ENOMEM &&
		(error == json_tokener_success || error == json_tokener_continue ||
		 strcmp(json_tokener_error_desc(error), "out of memory") != 0))
		return error;
	json_object_put(*value);
	*value = NULL;
	return SPK_JSON_NO_MEMORY;
}

/*
 * Whether there is memory for the piece at parser->at.  Pieces may be small, so
 * it is asked for several of them at once.
 */
static bool
cover(SpkJsonParser *parser, const char *text, size_t len, size_t piece)
{
	size_t from = parser->covered;

	if (parser->at + piece <= from)
		return true;
	parser->covered = len - from > CHUNK_BYTES ? from + CHUNK_BYTES : len;
	if (parser->covered < parser->at + piece)
		parser->covered = parser->at + piece;
	return has_memory(memory_for(parser, text + from, parser->covered - from));
}

/* Gives json-c the bytes from parser->at to end, and moves behind those that it took. */
static enum json_tokener_error
feed(SpkJsonParser *parser, const char *text, const char *end, struct json_object **value)
{
	enum json_tokener_error error;
	const char			   *p = text + parser->at;

	error = call_json_c(parser, p, end - p, value);
	if (error == json_tokener_continue)
		parser->at += end - p;
	else
		parser->at += json_tokener_get_parse_end(parser->tokener);
	return error;
}

/* Is there nothing but white space behind the value?  Moves behind the white space. */
static bool
ends_here(SpkJsonParser *parser, const char *text, size_t len)
{
	while (parser->at < len && is_white(text[parser->at]))
		parser->at++;
	return parser->at == len;
}

#ifdef SPK_CHECK_INVARIANTS

/* Checks all that is true of a parser between two pieces of a text of len bytes. */
static void
check_parser(const SpkJsonParser *parser, size_t len, const struct json_object *value)
{
	spk_assert(parser->at <= parser->covered && parser->covered <= len);
	spk_assert(!parser->is_escaped || parser->in_string);
	spk_assert(value == NULL || json_tokener_get_error(parser->tokener) == json_tokener_success);
}

#else
#define check_parser(parser, len, value) ((void) 0)
#endif

enum json_tokener_error
spk_json_parse_strict(SpkJsonParser *parser, const char *text, size_t len, const SpkHost *host,
					  struct json_object **value)
{
	enum json_tokener_error error = json_tokener_continue;
	const char			   *piece_end = text;
	int						flags;

	json_tokener_reset(parser->tokener);
	parser->at = parser->covered = 0;
	parser->in_string = parser->is_escaped = false;
	*value = NULL;
	while (error == json_tokener_continue && parser->at < len)
	{
		const char *p = text + parser->at;
		size_t		length;

		if (parser->at > 0 && spk_cancelled(host))
			return json_tokener_continue;
		if (p == piece_end)
		{
			piece_end = next_piece(parser, p, text + len, &flags);
			json_tokener_set_flags(parser->tokener, flags);
		}
		length = chunk_length(p, piece_end - p);
		if (!cover(parser, text, len, length))
			return SPK_JSON_NO_MEMORY;
		error = feed(parser, text, p + length, value);
		check_parser(parser, len, *value);
	}
	if (error == json_tokener_continue)
	{
		/* a terminator ends a number; anything else that is still open ends too early */
		json_tokener_set_flags(parser->tokener, JSON_TOKENER_STRICT);
		error = call_json_c(parser, "", 1, value);
	}
	if (error == json_tokener_success && !ends_here(parser, text, len))
	{
		json_object_put(*value);
		*value = NULL;
		error = json_tokener_error_parse_unexpected;
	}
	return error;
}

/* Finds out whether the strict mode refuses some JSON; false when there is no memory. */
static bool
probe(SpkJsonParser *parser)
{
	static const char		json[] = "[\"\xC3\xA9\",-9999999999999999999]";
	struct json_object	   *value;
	enum json_tokener_error error;

	json_tokener_set_flags(parser->tokener, JSON_TOKENER_STRICT);
	if (!has_memory(memory_for(parser, json, sizeof(json) - 1)))
		return false;
	error = call_json_c(parser, json, sizeof(json) - 1, &value);
	json_object_put(value);
	parser->is_fussy = error != json_tokener_success;
	return error != SPK_JSON_NO_MEMORY;
}

bool
spk_json_parser_open(SpkJsonParser *parser, int max_depth)
{
	parser->at = parser->covered = 0;
	parser->in_string = parser->is_escaped = false;
	parser->tokener = json_tokener_new_ex(max_depth);
	if (parser->tokener != NULL && probe(parser))
		return true;
	spk_json_parser_close(parser);
	return false;
}

void
spk_json_parser_close(SpkJsonParser *parser)
{
	if (parser->tokener != NULL)
		json_tokener_free(parser->tokener);
	parser->tokener = NULL;
}
