/*
 * event_json.c
 *	  One line of JSON to one event, over json-c.
 *
 * json-c allocates with malloc and knows nothing of longjmp, so what it gives
 * hangs on the parser, whose memory context frees it.  Its strict mode still
 * takes some things that are no JSON, differently in each version; those are
 * refused here before json-c sees them.
 */
#include "compat.h"

#include <ctype.h>
#include <math.h>

#include <json-c/json.h>

#include "catalog/pg_type.h"
#include "common/int.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "event_json.h"

/* A parse of a long line looks for interrupts after so many bytes. */
#define CHUNK_BYTES		(1024 * 1024)

/* Up to here every integer is a float8 of its own. */
#define MAX_EXACT_INT	9007199254740992.0	/* 2^53 */

/* From 1970 to 2000. */
#define EPOCH_OFFSET_MSECS \
	((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY * 1000)

struct SpkEventParser
{
	struct json_tokener *tokener;
	struct json_object *object; /* of the last line; owns the row's texts */
	uint32		wanted;			/* columns, as bits */
	char		digits[SPK_N_COLUMNS][24];	/* texts that came as integers */
	MemoryContextCallback cleanup;
};

bool
spk_fault(SpkEventFault *fault, int sqlerrcode, const char *format,...)
{
	va_list		args;

	fault->sqlerrcode = sqlerrcode;
	va_start(args, format);
	vsnprintf(fault->reason, sizeof(fault->reason), format, args);
	va_end(args);
	return false;
}

static void
free_parser(void *arg)
{
	SpkEventParser *parser = arg;

	json_object_put(parser->object);
	json_tokener_free(parser->tokener);
}

SpkEventParser *
spk_event_parser_create(MemoryContext context)
{
	SpkEventParser *parser = MemoryContextAllocZero(context, sizeof(SpkEventParser));

	parser->wanted = SPK_ALL_COLUMNS;
	parser->tokener = json_tokener_new();
	if (parser->tokener == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory")));
	json_tokener_set_flags(parser->tokener, JSON_TOKENER_STRICT);
	parser->cleanup.func = free_parser;
	parser->cleanup.arg = parser;
	MemoryContextRegisterResetCallback(context, &parser->cleanup);
	return parser;
}

void
spk_event_parser_want(SpkEventParser *parser, uint32 wanted)
{
	parser->wanted = wanted;
}

static bool
invalid_json(const char *reason, size_t at, SpkEventFault *fault)
{
	return spk_fault(fault, ERRCODE_INVALID_TEXT_REPRESENTATION,
					 "invalid JSON at byte %zu: %s", at + 1, reason);
}

/*
 * Moves *p from a quote behind the one that ends the string, or to the end of
 * an unterminated one.  Control characters and U+0000 are refused; the latter
 * would also cut a key short.
 */
static bool
skip_string(const char *line, const char **p, const char *end,
			SpkEventFault *fault)
{
	const char *at;

	for (at = *p + 1; at < end && *at != '"'; at++)
	{
		if ((unsigned char) *at < 0x20)
			return invalid_json("control character in a string", at - line, fault);
		if (*at != '\\')
			continue;
		if (end - at >= 6 && memcmp(at + 1, "u0000", 5) == 0)
			return spk_fault(fault, ERRCODE_UNTRANSLATABLE_CHARACTER,
							 "\\u0000 at byte %zu cannot be converted to text",
							 (size_t) (at - line) + 1);
		at++;
	}
	*p = Min(at + 1, end);
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

/* Moves *p behind a number; false where JSON's grammar has none. */
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

/*
 * What json-c would let pass in strings and numbers, and single quotes, NaN and
 * Infinity.
 */
static bool
check_tokens(const char *line, const char *end, SpkEventFault *fault)
{
	const char *p = line;

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
				return invalid_json("malformed number", token - line, fault);
		}
		else if (*p == '\'' || *p == 'N' || *p == 'I')
			return invalid_json("unexpected character", token - line, fault);
		else
			p++;
	}
	return true;
}

/* Whether the line is worth json-c's time: valid UTF-8 and an object, if any. */
static bool
check_line(const char *line, size_t len, SpkEventFault *fault)
{
	const char *end = line + len;
	const char *p = line;

	if (!pg_verify_mbstr(PG_UTF8, line, (int) len, true))
		return spk_fault(fault, ERRCODE_CHARACTER_NOT_IN_REPERTOIRE,
						 memchr(line, '\0', len) != NULL ? "null byte" :
						 "invalid byte sequence for encoding \"UTF8\"");
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	if (p == end || *p != '{')
		return spk_fault(fault, ERRCODE_INVALID_TEXT_REPRESENTATION,
						 "not a JSON object");
	return check_tokens(line, end, fault);
}

/*
 * Where to cut a long line: json-c takes a number that comes in two pieces for
 * more than it is, so none is cut.
 */
static size_t
chunk_length(const char *line, size_t len)
{
	size_t		cut = CHUNK_BYTES;

	if (len <= CHUNK_BYTES)
		return len;
	while (cut < len && strchr("0123456789+-.eE", line[cut - 1]) != NULL)
		cut++;
	return cut;
}

/* Sets parser->object to the line's object. */
static bool
parse_object(SpkEventParser *parser, const char *line, size_t len,
			 SpkEventFault *fault)
{
	enum json_tokener_error error;
	size_t		done = 0;
	size_t		chunk;

	json_tokener_reset(parser->tokener);
	for (;;)
	{
		chunk = chunk_length(line + done, len - done);
		parser->object = json_tokener_parse_ex(parser->tokener, line + done, (int) chunk);
		error = json_tokener_get_error(parser->tokener);
		if (error != json_tokener_continue || done + chunk == len)
			break;
		done += chunk;
		CHECK_FOR_INTERRUPTS();
	}

	if (error == json_tokener_continue)
		error = json_tokener_error_parse_eof;
	if (error != json_tokener_success)
		return invalid_json(json_tokener_error_desc(error),
							done + json_tokener_get_parse_end(parser->tokener), fault);
	done += json_tokener_get_parse_end(parser->tokener);
	while (done < len && isspace((unsigned char) line[done]))
		done++;
	if (done < len)
		return invalid_json("text behind the object", done, fault);
	if (!json_object_is_type(parser->object, json_type_object))
		return spk_fault(fault, ERRCODE_OUT_OF_MEMORY, "out of memory in json-c");
	return true;
}

static const char *
type_name(enum json_type type)
{
	switch (type)
	{
		case json_type_null:
			return "null";
		case json_type_boolean:
			return "a boolean";
		case json_type_double:
		case json_type_int:
			return "a number";
		case json_type_object:
			return "an object";
		case json_type_array:
			return "an array";
		case json_type_string:
			return "a string";
	}
	return "something else";
}

static bool
wrong_type(const char *key, const char *wanted, struct json_object *value,
		   SpkEventFault *fault)
{
	return spk_fault(fault, ERRCODE_DATATYPE_MISMATCH,
					 "key \"%s\" must be %s, not %s",
					 key, wanted, type_name(json_object_get_type(value)));
}

static bool
out_of_range(const char *key, SpkEventFault *fault)
{
	return spk_fault(fault, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
					 "key \"%s\" is out of range", key);
}

/*
 * json-c turns an integer that no int64 holds into a uint64 above INT64_MAX or
 * into INT64_MIN: all of these count as out of range.
 */
static bool
get_integer(struct json_object *value, const char *key, const char *wanted,
			int64 min, int64 max, int64 *result, SpkEventFault *fault)
{
	if (json_object_is_type(value, json_type_int))
	{
		*result = json_object_get_int64(value);
		if (*result == PG_INT64_MIN ||
			json_object_get_uint64(value) > (uint64_t) PG_INT64_MAX)
			return out_of_range(key, fault);
	}
	else if (json_object_is_type(value, json_type_double))
	{
		double		number = json_object_get_double(value);

		if (!(fabs(number) <= MAX_EXACT_INT))
			return out_of_range(key, fault);
		if (number != rint(number))
			return spk_fault(fault, ERRCODE_DATATYPE_MISMATCH,
							 "key \"%s\" must be %s, not a fraction", key, wanted);
		*result = (int64) number;
	}
	else
		return wrong_type(key, wanted, value, fault);

	if (*result < min || *result > max)
		return out_of_range(key, fault);
	return true;
}

/* Milliseconds since 1970 to a timestamptz. */
static bool
get_time(struct json_object *value, const char *key, int64 *result,
		 SpkEventFault *fault)
{
	int64		millis;
	int64		usecs = 0;

	if (json_object_is_type(value, json_type_double))
	{
		double		number = json_object_get_double(value);

		if (!(fabs(number) <= MAX_EXACT_INT))
			return out_of_range(key, fault);
		millis = (int64) floor(number);
		usecs = (int64) rint((number - floor(number)) * 1000.0);
	}
	else if (!json_object_is_type(value, json_type_int))
		return wrong_type(key, "a number", value, fault);
	else if (!get_integer(value, key, "a number", PG_INT64_MIN, PG_INT64_MAX,
						  &millis, fault))
		return false;

	if (pg_sub_s64_overflow(millis, EPOCH_OFFSET_MSECS, &millis) ||
		pg_mul_s64_overflow(millis, 1000, result) ||
		pg_add_s64_overflow(*result, usecs, result) ||
		!IS_VALID_TIMESTAMP(*result))
		return out_of_range(key, fault);
	return true;
}

static bool
get_number(struct json_object *value, const char *key, double *result,
		   SpkEventFault *fault)
{
	if (!json_object_is_type(value, json_type_double) &&
		!json_object_is_type(value, json_type_int))
		return wrong_type(key, "a number", value, fault);
	*result = json_object_get_double(value);
	if (!isfinite(*result))
		return out_of_range(key, fault);
	return true;
}

static bool
get_text(SpkEventParser *parser, struct json_object *value, int col,
		 SpkField *field, SpkEventFault *fault)
{
	int64		integer;

	if (json_object_is_type(value, json_type_string))
	{
		field->text.data = json_object_get_string(value);
		field->text.len = json_object_get_string_len(value);
		return true;
	}
	if (!get_integer(value, spk_columns[col].key, "a string or an integer",
					 PG_INT64_MIN, PG_INT64_MAX, &integer, fault))
		return false;
	field->text.data = parser->digits[col];
	field->text.len = snprintf(parser->digits[col], sizeof(parser->digits[col]),
							   INT64_FORMAT, integer);
	return true;
}

static bool
get_field(SpkEventParser *parser, struct json_object *value, int col,
		  SpkField *field, SpkEventFault *fault)
{
	const char *key = spk_columns[col].key;

	switch (spk_columns[col].type)
	{
		case TIMESTAMPTZOID:
			return get_time(value, key, &field->integer, fault);
		case INT8OID:
			return get_integer(value, key, "an integer", PG_INT64_MIN, PG_INT64_MAX,
							   &field->integer, fault);
		case INT4OID:
			return get_integer(value, key, "an integer", PG_INT32_MIN, PG_INT32_MAX,
							   &field->integer, fault);
		case FLOAT8OID:
			return get_number(value, key, &field->number, fault);
		default:
			return get_text(parser, value, col, field, fault);
	}
}

bool
spk_event_parse(SpkEventParser *parser, const char *line, size_t len,
				SpkEventRow *row, SpkEventFault *fault)
{
	struct json_object_iter entry;

	json_object_put(parser->object);
	parser->object = NULL;
	if (!check_line(line, len, fault) || !parse_object(parser, line, len, fault))
		return false;

	memset(row->isnull, true, sizeof(row->isnull));
	json_object_object_foreachC(parser->object, entry)
	{
		int			col = spk_column_of_key(entry.key, strlen(entry.key));

		if (col == SPK_NO_COLUMN || entry.val == NULL)
			continue;
		if (!get_field(parser, entry.val, col, &row->field[col], fault))
			return false;
		row->isnull[col] = (parser->wanted & (1U << col)) == 0;
	}
	return true;
}
