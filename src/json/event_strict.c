/*
 * event_strict.c
 *	  One line of JSON to one event, over json-c, by all the rules.
 *
 * libc and json-c only, so that the rules can be tested without a server.
 * json-c's strict mode still takes some things that are no JSON, differently in
 * each version; those are refused here before json-c sees them.
 */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "json/event_strict.h"
#include "json/json_strict.h"

#include "core/events/event_names.h"
#include "core/base/elementary.h"
#include "core/base/time_text.h"
#include "core/base/times.h"
#include "core/base/utf8.h"

/*
 * json-c takes some hundred bytes for each value, so that a line of a few
 * megabytes could take gigabytes that no limit of the server counts.
 */
#define LINE_VALUES 100000

struct SpkEventJudge
{
	SpkHost				host;
	SpkJsonParser		parser;
	struct json_object *object;					   /* of the last line; owns the row's texts */
	char				digits[SPK_N_COLUMNS][24]; /* texts that came as integers */
};

bool
spk_fault(SpkEventFault *fault, SpkFaultKind kind, const char *format, ...)
{
	va_list args;
	int		len;

	fault->kind = kind;
	va_start(args, format);
	len = vsnprintf(fault->reason, sizeof(fault->reason), format, args);
	va_end(args);
	if (len >= (int) sizeof(fault->reason))
		fault->reason[spk_utf8_whole(fault->reason, sizeof(fault->reason) - 1)] = '\0';
	return false;
}

SpkEventJudge *
spk_judge_create(const SpkHost *host)
{
	SpkEventJudge *judge = spk_alloc(host, 1, sizeof(SpkEventJudge));

	if (judge == NULL)
		return NULL;
	judge->host = *host;
	judge->object = NULL;
	if (!spk_json_parser_open(&judge->parser, JSON_TOKENER_DEFAULT_DEPTH))
	{
		spk_release(host, judge);
		return NULL;
	}
	return judge;
}

void
spk_judge_free(SpkEventJudge *judge)
{
	json_object_put(judge->object);
	spk_json_parser_close(&judge->parser);
	spk_release(&judge->host, judge);
}

static bool
invalid_json(const char *reason, size_t at, SpkEventFault *fault)
{
	return spk_fault(fault, SPK_FAULT_SYNTAX, "invalid JSON at byte %zu: %s", at + 1, reason);
}

/*
 * Moves *p from a quote behind the one that ends the string, or to the end of
 * an unterminated one.  Control characters and U+0000 are refused; the latter
 * would also cut a key short.
 */
static bool
skip_string(const char *line, const char **p, const char *end, SpkEventFault *fault)
{
	const char *at;

	for (at = *p + 1; at < end && *at != '"'; at++)
	{
		if ((unsigned char) *at < 0x20)
			return invalid_json("control character in a string", at - line, fault);
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

/* Behind a comma there is a value, and in a container that is not closed at once. */
static bool
begins_value(const char *p, const char *end)
{
	if (*p == '{' || *p == '[')
		return p + 1 < end && p[1] != '}' && p[1] != ']';
	return *p == ',';
}

/*
 * What json-c would let pass in strings and numbers, and single quotes, NaN and
 * Infinity; and more values than an event has.
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
				return invalid_json("malformed number", token - line, fault);
		}
		else if (*p == '\'' || *p == 'N' || *p == 'I')
			return invalid_json("unexpected character", token - line, fault);
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

/* Whether the line is worth json-c's time: valid UTF-8 and an object, if any. */
static bool
check_line(const char *line, size_t len, SpkEventFault *fault)
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

/* Sets judge->object to the line's object. */
static bool
parse_object(SpkEventJudge *judge, const char *line, size_t len, SpkEventFault *fault)
{
	enum json_tokener_error error;

	error = spk_json_parse_strict(&judge->parser, line, len, &judge->host, &judge->object);
	if (error == json_tokener_continue)
		return spk_fault(fault, SPK_FAULT_CANCELLED, "cancelled");
	if (error == SPK_JSON_NO_MEMORY)
		return spk_fault(fault, SPK_FAULT_MEMORY, "out of memory");
	if (error != json_tokener_success)
		return invalid_json(json_tokener_error_desc(error), judge->parser.at, fault);
	if (!json_object_is_type(judge->object, json_type_object))
		return spk_fault(fault, SPK_FAULT_MEMORY, "out of memory");
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
wrong_type(const char *key, const char *wanted, struct json_object *value, SpkEventFault *fault)
{
	return spk_fault(fault, SPK_FAULT_TYPE, "key \"%s\" must be %s, not %s", key, wanted,
					 type_name(json_object_get_type(value)));
}

static bool
out_of_range(const char *key, SpkEventFault *fault)
{
	return spk_fault(fault, SPK_FAULT_RANGE, "key \"%s\" is out of range", key);
}

/*
 * json-c turns an integer that no int64_t holds into a uint64_t above INT64_MAX or
 * into INT64_MIN: all of these count as out of range.
 */
static bool
get_integer(struct json_object *value, const char *key, const char *wanted, int64_t min,
			int64_t max, int64_t *result, SpkEventFault *fault)
{
	if (json_object_is_type(value, json_type_int))
	{
		*result = json_object_get_int64(value);
		if (*result == INT64_MIN || json_object_get_uint64(value) > INT64_MAX)
			return out_of_range(key, fault);
	}
	else if (json_object_is_type(value, json_type_double))
	{
		double number = json_object_get_double(value);

		if (!(fabs(number) <= SPK_EXACT_NUMBERS))
			return out_of_range(key, fault);
		if (number != rint(number))
			return spk_fault(fault, SPK_FAULT_TYPE, "key \"%s\" must be %s, not a fraction", key,
							 wanted);
		*result = (int64_t) number;
	}
	else
		return wrong_type(key, wanted, value, fault);

	if (*result < min || *result > max)
		return out_of_range(key, fault);
	return true;
}

/* Milliseconds since 1970, or ISO 8601, to a timestamptz. */
static bool
get_time(struct json_object *value, const char *key, int64_t *result, SpkEventFault *fault)
{
	int64_t millis;
	int64_t usecs = 0;

	if (json_object_is_type(value, json_type_string))
		return spk_time_of_iso8601(json_object_get_string(value),
								   (size_t) json_object_get_string_len(value), result) ||
			spk_fault(fault, SPK_FAULT_TYPE,
					  "key \"%s\" must be a number or an ISO 8601 time, not another string", key);
	if (json_object_is_type(value, json_type_double))
	{
		double number = json_object_get_double(value);

		if (!(fabs(number) <= SPK_EXACT_NUMBERS))
			return out_of_range(key, fault);
		millis = (int64_t) floor(number);
		usecs = (int64_t) rint((number - floor(number)) * 1000.0);
	}
	else if (!json_object_is_type(value, json_type_int))
		return wrong_type(key, "a number or an ISO 8601 time", value, fault);
	else if (!get_integer(value, key, "a number", INT64_MIN, INT64_MAX, &millis, fault))
		return false;

	if (millis < SPK_MIN_TIME / 1000 + SPK_EPOCH_MSECS ||
		millis >= SPK_END_TIME / 1000 + SPK_EPOCH_MSECS)
		return out_of_range(key, fault);
	*result = (millis - SPK_EPOCH_MSECS) * 1000 + usecs;
	if (*result >= SPK_END_TIME)
		return out_of_range(key, fault);
	return true;
}

static bool
get_number(struct json_object *value, const char *key, double *result, SpkEventFault *fault)
{
	if (!json_object_is_type(value, json_type_double) && !json_object_is_type(value, json_type_int))
		return wrong_type(key, "a number", value, fault);
	*result = json_object_get_double(value);
	if (!isfinite(*result))
		return out_of_range(key, fault);
	return true;
}

static bool
get_text(SpkEventJudge *judge, struct json_object *value, int col, SpkField *field,
		 SpkEventFault *fault)
{
	int64_t integer;

	if (json_object_is_type(value, json_type_string))
	{
		field->text.data = json_object_get_string(value);
		field->text.len = json_object_get_string_len(value);
		return true;
	}
	if (!get_integer(value, spk_event_keys[col].key, "a string or an integer", INT64_MIN, INT64_MAX,
					 &integer, fault))
		return false;
	field->text.data = judge->digits[col];
	field->text.len = snprintf(judge->digits[col], sizeof(judge->digits[col]), "%" PRId64, integer);
	return true;
}

static bool
get_field(SpkEventJudge *judge, struct json_object *value, int col, SpkField *field,
		  SpkEventFault *fault)
{
	const char *key = spk_event_keys[col].key;

	switch (spk_event_keys[col].type)
	{
		case SPK_TYPE_TIME:
			return get_time(value, key, &field->integer, fault);
		case SPK_TYPE_INT8:
			return get_integer(value, key, "an integer", INT64_MIN, INT64_MAX, &field->integer,
							   fault);
		case SPK_TYPE_INT4:
			return get_integer(value, key, "an integer", INT32_MIN, INT32_MAX, &field->integer,
							   fault);
		case SPK_TYPE_FLOAT:
			return get_number(value, key, &field->number, fault);
		case SPK_TYPE_TEXT:
			return get_text(judge, value, col, field, fault);
	}
	return false;
}

/* The keys of a line that mean a column, as json-c holds them: each spelling once. */
typedef struct ColumnKeys
{
	const char		   *key;   /* NULL: none */
	const char		   *other; /* a second spelling */
	bool				exact; /* key is spelled as the source spells it */
	struct json_object *value; /* of key */
} ColumnKeys;

static void
add_key(ColumnKeys *keys, const char *key, bool exact, struct json_object *value)
{
	if (keys->exact)
		return;
	if (keys->key != NULL && !exact)
	{
		keys->other = key;
		return;
	}
	keys->key = key;
	keys->exact = exact;
	keys->value = value;
}

static void
find_keys(struct json_object *object, ColumnKeys *columns)
{
	struct json_object_iter entry;

	memset(columns, 0, sizeof(ColumnKeys) * SPK_N_COLUMNS);
	json_object_object_foreachC(object, entry)
	{
		bool exact;
		int	 col = spk_column_of_key(entry.key, strlen(entry.key), &exact);

		if (col != SPK_EVENT_NO_COLUMN)
			add_key(&columns[col], entry.key, exact, entry.val);
	}
}

/*
 * Names the keys that the line has instead, as many as fit.  Faults are ASCII,
 * for they are told in any encoding.
 */
static bool
no_event(const char *line, size_t len, SpkEventFault *fault)
{
	SpkNames names = {0};
	size_t	 end;

	spk_fault(fault, SPK_FAULT_KEYS, "none of the keys ts, userId and page");
	end = strlen(fault->reason);
	spk_names_add_keys(&names, line, len);
	for (int i = 0; i < names.n; i++)
	{
		int room = (int) (sizeof(fault->reason) - end);
		int n;

		spk_name_to_ascii(names.name[i]);
		n = snprintf(fault->reason + end, (size_t) room, "%s\"%s\"", i == 0 ? ", but " : ", ",
					 names.name[i]);
		if (n >= room)
		{
			fault->reason[end] = '\0';
			break;
		}
		end += (size_t) n;
	}
	return false;
}

bool
spk_judge_event(SpkEventJudge *judge, const char *line, size_t len, uint32_t wanted,
				SpkEventRow *row, SpkEventFault *fault)
{
	ColumnKeys columns[SPK_N_COLUMNS];
	uint32_t   seen = 0;

	json_object_put(judge->object);
	judge->object = NULL;
	if (!check_line(line, len, fault) || !parse_object(judge, line, len, fault))
		return false;

	row->given = 0;
	memset(row->isnull, true, sizeof(row->isnull));
	find_keys(judge->object, columns);
	for (int col = 0; col < SPK_N_COLUMNS; col++)
	{
		const ColumnKeys *keys = &columns[col];
		uint32_t		  bit = UINT32_C(1) << col;

		if (keys->key == NULL)
			continue;
		if (keys->other != NULL && !keys->exact)
			return spk_fault(fault, SPK_FAULT_KEYS,
							 "keys \"%s\" and \"%s\" fold to the same column", keys->key,
							 keys->other);
		seen |= bit;
		if (keys->value == NULL)
			continue;
		if (!get_field(judge, keys->value, col, &row->field[col], fault))
			return false;
		row->given |= bit;
		row->isnull[col] = (wanted & bit) == 0;
	}
	return (seen & SPK_EVENT_COLUMNS) != 0 || no_event(line, len, fault);
}
