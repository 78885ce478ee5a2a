/*
 * event_value.c
 *	  Turns a value of JSON into a value of a column, by the column's type.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/elementary.h"
#include "core/base/time_text.h"
#include "core/base/times.h"
#include "core/base/uuid_text.h"
#include "core/events/line_time.h"
#include "json/event_value.h"
#include "json/json_string.h"
#include "json/number_text.h"

static const char *
type_name(const char *start)
{
	switch (*start)
	{
		case '{':
			return "an object";
		case '[':
			return "an array";
		case '"':
			return "a string";
		case 't':
		case 'f':
			return "a boolean";
		default:
			return "a number";
	}
}

static bool
wrong_type(const SpkValueReader *r, const char *wanted, const char *start)
{
	/* one in quotes was read as what is wanted, and was none */
	return spk_fault(r->fault, SPK_FAULT_TYPE, "%s must be %s, not %s", r->column->label, wanted,
					 *start == '"' && r->column->lenient ? "another string" : type_name(start));
}

static bool
out_of_range(const SpkValueReader *r)
{
	return spk_fault(r->fault, SPK_FAULT_RANGE, "%s is out of range", r->column->label);
}

/* Writes a string without its quotes and escapes, terminated, into the room. */
static const char *
take_string(SpkValueReader *r, const char *start, const char *end, size_t *len)
{
	char *text = r->room;

	*len = spk_json_unescape(start + 1, end - 1, text, NULL);
	text[*len] = '\0';
	r->room += *len + 1;
	return text;
}

/*
 * The text of a number, terminated, in the room: it may stand in quotes where the
 * rules of any log hold, and be a boolean.  NULL when the value is no number.
 */
static const char *
take_number(SpkValueReader *r, const char *start, const char *end, size_t *len)
{
	char *text = r->room;

	if (*start == '"')
	{
		(void) take_string(r, start, end, len);
		return r->column->lenient && spk_number_is_valid(text, *len) ? text : NULL;
	}
	if (*start == '{' || *start == '[')
		return NULL;
	if (*start == 't' || *start == 'f')
	{
		if (!r->column->lenient)
			return NULL;
		start = *start == 't' ? "1" : "0";
		end = start + 1;
	}
	*len = (size_t) (end - start);
	memcpy(text, start, *len);
	text[*len] = '\0';
	r->room += *len + 1;
	return text;
}

static bool
get_integer(SpkValueReader *r, const char *start, const char *end, const char *wanted, int64_t min,
			int64_t max, int64_t *result)
{
	size_t		len;
	const char *text = take_number(r, start, end, &len);

	if (text == NULL)
		return wrong_type(r, wanted, start);
	switch (spk_number_whole(text, result))
	{
		case SPK_NUMBER_FRACTION:
			return spk_fault(r->fault, SPK_FAULT_TYPE, "%s must be %s, not a fraction",
							 r->column->label, wanted);
		case SPK_NUMBER_TOO_LARGE:
			return out_of_range(r);
		case SPK_NUMBER_INTEGER:
			break;
	}
	return (*result >= min && *result <= max) || out_of_range(r);
}

/*
 * Turns a number that the exact way of spk_line_time cannot read, because it has an
 * exponent or too many digits, into a time.  Such numbers are doubles.
 */
static bool
get_time_of_double(SpkValueReader *r, const char *text, int64_t *result)
{
	static const double usecs_per_unit[] = {0.0, 1e6, 1e3, 1.0, 1e-3};
	double				number = strtod(text, NULL);
	double				unit = usecs_per_unit[r->column->unit];
	double				whole = floor(number);
	int64_t				nanoseconds;

	/* today's take 19 digits, which are more than a double or the exact way hold */
	if (r->column->unit == SPK_UNIT_NANOSECONDS &&
		spk_number_whole(text, &nanoseconds) == SPK_NUMBER_INTEGER)
	{
		*result = nanoseconds / 1000 - (nanoseconds % 1000 < 0) - SPK_EPOCH_MSECS * 1000;
		*result += (nanoseconds % 1000 + 1000) % 1000 >= 500;
		return true;
	}
	if (!(fabs(number) <= SPK_EXACT_NUMBERS) || fabs(number * unit) >= (double) SPK_END_TIME)
		return out_of_range(r);

	/* down, not towards zero: the microseconds that are left are never negative */
	if (unit >= 1.0)
		*result = (int64_t) (whole * unit) + (int64_t) floor((number - whole) * unit + 0.5);
	else
		*result = (int64_t) floor(number * unit + 0.5);
	*result -= SPK_EPOCH_MSECS * 1000;
	if (*result < SPK_MIN_TIME || *result >= SPK_END_TIME)
		return out_of_range(r);
	return true;
}

/* Turns a number of units since 1970, or a text of ISO 8601, into a timestamptz. */
static bool
get_time(SpkValueReader *r, const char *start, const char *end, SpkField *field)
{
	const char	 *wanted = r->column->unit == SPK_UNIT_NONE ? "an ISO 8601 time" :
															  "a number or an ISO 8601 time";
	SpkLineCursor c;
	SpkLineNumber number;
	const char	 *text;
	size_t		  len;

	if (*start == '"')
	{
		char *before = r->room;

		text = take_string(r, start, end, &len);
		if (spk_time_of_iso8601(text, len, &field->integer))
			return true;
		r->room = before;
	}
	text = *start == 't' || *start == 'f' ? NULL : take_number(r, start, end, &len);
	if (text == NULL)
		return spk_fault(r->fault, SPK_FAULT_TYPE, "%s must be %s, not %s", r->column->label,
						 wanted, *start == '"' ? "another string" : type_name(start));
	if (r->column->unit == SPK_UNIT_NONE)
		return spk_fault(r->fault, SPK_FAULT_UNIT, "%s is a number, and no unit of time is given",
						 r->column->label);

	/* the end of the text ends each loop */
	c = (SpkLineCursor) {text, text + len, NULL};
	if (!spk_line_read_number(&c, &number) || c.at != c.end)
		return get_time_of_double(r, text, &field->integer);
	return spk_line_time(&number, r->column->unit, field) || out_of_range(r);
}

static bool
get_float(SpkValueReader *r, const char *start, const char *end, double *result)
{
	size_t		len;
	const char *text = take_number(r, start, end, &len);

	if (text == NULL)
		return wrong_type(r, "a number", start);
	*result = strtod(text, NULL);
	if (!isfinite(*result))
		return out_of_range(r);
	return true;
}

/* The text of a number that numeric can hold, or a float. */
static bool
get_number(SpkValueReader *r, const char *start, const char *end, SpkField *field)
{
	size_t		len;
	const char *text = take_number(r, start, end, &len);

	if (text == NULL)
		return wrong_type(r, "a number", start);
	if (!spk_number_fits(text, len))
		return out_of_range(r);
	if (r->column->type == SPK_TYPE_REAL)
	{
		float value = strtof(text, NULL);

		if (!isfinite(value) || (value == 0 && strtod(text, NULL) != 0))
			return out_of_range(r);
	}
	field->text.data = text;
	field->text.len = (int) len;
	return true;
}

/* Texts of the music log may be integers, others also any number or a boolean, as it is spelled. */
static bool
get_text(SpkValueReader *r, const char *start, const char *end, SpkField *field)
{
	int64_t integer;
	size_t	len;

	if (*start == '"')
	{
		field->text.data = take_string(r, start, end, &len);
		field->text.len = (int) len;
		return true;
	}
	if (r->column->lenient)
	{
		if (*start == '{' || *start == '[')
			return wrong_type(r, "a string, a number or a boolean", start);
		field->text.data = start;
		field->text.len = (int) (end - start);
		return true;
	}
	if (!get_integer(r, start, end, "a string or an integer", INT64_MIN, INT64_MAX, &integer))
		return false;
	field->text.data = r->room;
	field->text.len = snprintf(r->room, SPK_VALUE_ROOM, "%" PRId64, integer);
	r->room += field->text.len + 1;
	return true;
}

static bool
get_bool(SpkValueReader *r, const char *start, SpkField *field)
{
	if (*start != 't' && *start != 'f')
		return spk_fault(r->fault, SPK_FAULT_TYPE, "%s must be true or false, not %s",
						 r->column->label, type_name(start));
	field->integer = *start == 't';
	return true;
}

static bool
get_uuid(SpkValueReader *r, const char *start, const char *end, SpkField *field)
{
	size_t		len;
	const char *text;

	if (*start != '"')
		return wrong_type(r, "a uuid", start);
	text = take_string(r, start, end, &len);
	if (!spk_uuid_valid(text, len))
		return wrong_type(r, "a uuid", start);
	field->text.data = text;
	field->text.len = (int) len;
	return true;
}

/* Keeps a value as it is, unless jsonb could not hold something in it. */
static bool
get_json(SpkValueReader *r, const char *start, const char *end, SpkField *field)
{
	const char *at = start;

	while (at < end)
	{
		const char *token = at;
		bool		lone = false;

		if (*at == '"')
		{
			at = spk_json_string_end(at, end);
			(void) spk_json_unescape(token + 1, at - 1, r->room, &lone);
			if (lone)
				return spk_fault(r->fault, SPK_FAULT_TYPE, "%s has half of a surrogate pair",
								 r->column->label);
		}
		else if (*at == '-' || spk_line_is_digit(*at))
		{
			at = spk_json_value_end(at, end);
			if (!spk_number_fits(token, (size_t) (at - token)))
				return spk_fault(r->fault, SPK_FAULT_RANGE, "%s has a number that is out of range",
								 r->column->label);
		}
		else
			at++;
	}
	field->text.data = start;
	field->text.len = (int) (end - start);
	return true;
}

bool
spk_event_value(SpkValueReader *r, const char *start, const char *end, SpkField *field)
{
	r->is_blank = r->column->blank && *start == '"' && end - start == 2;
	if (r->is_blank)
		return true;
	switch (r->column->type)
	{
		case SPK_TYPE_TIME:
			return get_time(r, start, end, field);
		case SPK_TYPE_INT8:
			return get_integer(r, start, end, "an integer", INT64_MIN, INT64_MAX, &field->integer);
		case SPK_TYPE_INT4:
			return get_integer(r, start, end, "an integer", INT32_MIN, INT32_MAX, &field->integer);
		case SPK_TYPE_INT2:
			return get_integer(r, start, end, "an integer", INT16_MIN, INT16_MAX, &field->integer);
		case SPK_TYPE_FLOAT:
			return get_float(r, start, end, &field->number);
		case SPK_TYPE_TEXT:
			return get_text(r, start, end, field);
		case SPK_TYPE_REAL:
		case SPK_TYPE_NUMBER:
			return get_number(r, start, end, field);
		case SPK_TYPE_BOOL:
			return get_bool(r, start, field);
		case SPK_TYPE_UUID:
			return get_uuid(r, start, end, field);
		case SPK_TYPE_JSON:
			return get_json(r, start, end, field);
		case SPK_TYPE_ANY:
			return true;
	}
	return false;
}
